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
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from core.models import Mail
from core.validators import validate_single_line

# Invented people have addresses here; nobody else's code or name is ever shown on this page.
DOMAIN = "@contoh.example"
LATEST = 50
VISITORS = 20


class MailboxForm(forms.Form):
    alamat = forms.CharField(label="Alamat email", required=False, max_length=254, validators=[validate_single_line])


def accounts() -> list[dict[str, Any]]:
    """The story's people in its order, then the latest who signed up here to practise."""
    from p2ktd.demo import PASSWORD

    labels = story()
    here = User.objects.filter(email__endswith=DOMAIN, is_active=True)
    told = {person.email: person for person in here.filter(email__in=labels)}
    # Whoever signed up by the form has agreed to the privacy notice; the story's other people are in no table.
    visitors = here.exclude(email__in=labels).exclude(consent_version="").order_by("-pk")[:VISITORS]
    people = [*(told[email] for email in labels if email in told), *visitors]
    codes = current_codes(people)
    return [
        {
            "name": person.name,
            "email": person.email,
            "role": labels.get(person.email, "Pendaftar"),
            "password": PASSWORD if person.email in labels else "",
            "code": codes.get(person.pk, ""),
        }
        for person in people
    ]


def story() -> dict[str, str]:
    """Address and role of each account to try; empty before the areas are loaded."""
    from p2ktd.demo import demo_accounts

    try:
        return {email: role for role, email, _ in demo_accounts()}
    except ObjectDoesNotExist:
        return {}


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
