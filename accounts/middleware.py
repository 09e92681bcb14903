"""A second factor is required of the Pokja, offices and the ministry."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.people import needs_second_factor

# Where a person without a second factor may still go: to set it up, to leave, and what is public.
OPEN = ("/akun/", "/static/", "/healthz", "/readyz")


class SecondFactorMiddleware:
    """Whoever decides over others sets up a second factor before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and not request.path.startswith(OPEN)
            and needs_second_factor(user)
            and not is_mfa_enabled(user)
        ):
            messages.warning(request, "Peran Anda memerlukan pengaman kedua. Aktifkan dahulu untuk melanjutkan.")
            return redirect("mfa_activate_totp")
        return self.get_response(request)
