"""The practice page: who may be played, and the mails that nobody receives. Only where settings.DEMO is on."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Membership, User
from core.models import Mail
from core.validators import validate_single_line

# Invented people have addresses here; nobody else's code or name is ever shown on this page.
DOMAIN = "@contoh.example"
LATEST = 50


class MailboxForm(forms.Form):
    alamat = forms.CharField(label="Alamat email", required=False, max_length=254, validators=[validate_single_line])


def told() -> dict[str, Any]:
    """What the demo story says of its people (p2ktd/demo.py), by address; empty before it is told."""
    try:
        from p2ktd.demo import demo_accounts
    except ImportError:
        return {}
    return {row.email: row for row in demo_accounts()}


def accounts() -> list[dict[str, Any]]:
    """The invented people: name, address, what they are, password, and the code of their app right now."""
    known = told()
    people = list(User.objects.filter(email__endswith=DOMAIN, is_active=True).order_by("pk"))
    roles: dict[int, list[str]] = {}
    for membership in Membership.objects.filter(user__in=people).current().select_related("area", "provider"):
        roles.setdefault(membership.user_id, []).append(membership.title)
    codes = current_codes(people)
    order = {email: place for place, email in enumerate(known)}
    rows = [
        {
            "name": person.name,
            "email": person.email,
            "roles": roles.get(person.pk) or [getattr(known.get(person.email), "role", "") or "Belum mempunyai peran"],
            "password": getattr(known.get(person.email), "password", ""),
            "code": codes.get(person.pk, ""),
        }
        for person in people
    ]
    return sorted(rows, key=lambda row: order.get(row["email"], len(order)))


def current_codes(people: list[User]) -> dict[int, str]:
    """The code that each one's authenticator app would show at this moment."""
    counter = int(time.time()) // mfa_settings.TOTP_PERIOD
    rows = Authenticator.objects.filter(user__in=people, type=Authenticator.Type.TOTP)
    return {row.user_id: format_hotp_value(hotp_value(decrypt(row.data["secret"]), counter)) for row in rows}


@login_not_required
@require_safe
@never_cache
def practice(request: HttpRequest) -> HttpResponse:
    """What this is, who may be played, and their post."""
    if not settings.DEMO:
        raise Http404
    form = MailboxForm(request.GET)
    mails = Mail.objects.order_by("-pk")
    address = form.cleaned_data["alamat"].strip() if form.is_valid() else ""
    if address:
        mails = mails.filter(to__icontains=address)
    context = {
        "form": form,
        "address": address,
        "accounts": accounts(),
        "mails": mails[:LATEST],
        "left": mfa_settings.TOTP_PERIOD - int(time.time()) % mfa_settings.TOTP_PERIOD,
        "domain": DOMAIN,
    }
    return render(request, "p2ktd/practice.html", context, status=200 if form.is_valid() else 400)
