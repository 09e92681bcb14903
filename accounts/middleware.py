"""What every request of a person passes: a second factor where the role demands it, and a session that ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.people import memberships, needs_second_factor

Handler = Callable[[HttpRequest], HttpResponse]

# Where a person without a second factor may still go, by the name of the address: to set it up, to prove who
# they are on the way, to leave. Everything else waits, the admin, files and public pages included.
BEFORE_SECOND_FACTOR = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_email",
        "account_email_verification_sent",
        "mfa_activate_totp",
        "mfa_reauthenticate",
        "mfa_index",
        "privacy",
        "healthz",
        "readyz",
    }
)


class SecondFactorMiddleware:
    """Whoever decides over others sets up a second factor before anything else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Asked with the resolved address, so no spelling of a path gets around it."""
        user = request.user
        if not user.is_authenticated or not needs_second_factor(user):
            return None
        assert request.resolver_match is not None  # noqa: S101  process_view runs after resolving
        if request.resolver_match.view_name in BEFORE_SECOND_FACTOR or user.has_second_factor:
            return None
        messages.warning(request, "Peran Anda memerlukan keamanan dua langkah. Aktifkan dahulu untuk melanjutkan.")
        return redirect("mfa_activate_totp")


class PersonsZoneMiddleware:
    """Moments are told in the zone where the person works, unless a page names the place of the matter."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place = next((m.area or (m.provider and m.provider.area) for m in memberships(request.user)), None)
        if place is None:
            return self.get_response(request)
        with timezone.override(place.tzinfo):
            return self.get_response(request)


class SessionEndMiddleware:
    """A session ends after SESSION_COOKIE_AGE without use, and after SESSION_LONGEST in any case.

    Its date is renewed at most every ten minutes, so that reading pages does not write rows.
    """

    renew_after = 600

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            began = request.session.setdefault("began", now)
            if now - began > settings.SESSION_LONGEST:
                logout(request)  # a page for logged-in people asks for logging in, and keeps what was typed
            elif now - request.session.get("seen", 0) > self.renew_after:
                request.session["seen"] = now
        return self.get_response(request)
