"""What we ask of allauth beyond its settings: limits that hold, and a second factor that is kept secret."""

from __future__ import annotations

import logging
import time
from io import BytesIO
from typing import Any

import segno
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts import limits, people
from accounts.models import User
from accounts.second_factor import BOUND_TO
from core import fields

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """E-mail login; wrong passwords are counted before they are tried, by account and widely by address."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Email atau kata sandi tidak cocok.",
        "too_many_login_attempts": "Terlalu banyak percobaan. Coba lagi beberapa menit lagi.",
        "rate_limited": "Terlalu banyak permintaan. Tunggu sebentar, lalu coba lagi.",
        "incorrect_code": "Kode tidak cocok. Periksa kembali, atau minta kode baru.",
        "incorrect_password": "Kata sandi tidak cocok.",
        "enter_current_password": "Ketik kata sandi Anda yang sekarang.",
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The allowance is taken first and given back when the password was right: 80 at once pass as 10."""
        allowances = [
            limits.wrong_passwords(str(credentials.get("email", ""))),
            limits.wrong_passwords_from(request),
        ]
        wait = max(allowance.take() for allowance in allowances)
        if wait:
            raise ValidationError(limits.sentence(wait), code="too_many_login_attempts")
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            for allowance in allowances:
                allowance.give_back()
        return user

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who typed the password a moment ago need not type it again to set up the first second factor."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        request = context.request
        if is_mfa_enabled(request.user):
            return True
        limit = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        records = get_authentication_records(request, request.user)
        return not any(record["method"] == "password" and record["at"] > limit for record in records)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nobody can have a stranger's mailbox filled by asking for codes again and again."""
        if limits.mails_to(email).take():
            logger.warning("account mail held back", extra={"kind": template_prefix})
            return
        super().send_mail(template_prefix, email, context)


class MFAAdapter(DefaultMFAAdapter):
    """Secrets are encrypted at rest; who decides over others cannot put the second factor down."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Kode tidak cocok. Pastikan jam ponsel Anda tepat, lalu ketik kode yang terbaru.",
        "cannot_delete_authenticator": "Peran Anda mewajibkan keamanan dua langkah, sehingga tidak dapat dimatikan.",
        "unverified_email": "Konfirmasi email Anda dahulu, baru aktifkan keamanan dua langkah.",
    }

    def encrypt(self, text: str) -> str:
        return fields.encrypt(text, BOUND_TO)

    def decrypt(self, encrypted_text: str) -> str:
        return fields.decrypt(encrypted_text, BOUND_TO)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not people.needs_second_factor(authenticator.user)

    def build_totp_svg(self, url: str) -> str:
        drawn = BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=4, border=2, xmldecl=False)
        return drawn.getvalue().decode()
