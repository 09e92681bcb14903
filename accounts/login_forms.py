"""allauth's forms, with our questions, our sentences and limits that hold (settings: ACCOUNT_FORMS, MFA_FORMS)."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts import limits
from accounts.models import User
from core.validators import normalise_spaces, validate_person_name

# The text at /privasi/; a new text gets a new version.
PRIVACY_VERSION = "2026-01"


class LoginForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Email"
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].label = "Kata sandi"
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""


class SignupForm(account.SignupForm):
    """Name, address, password, which one are you, and consent to the privacy notice."""

    field_order = ("side", "name", "email", "password1", "agree")

    side = forms.ChoiceField(label="Anda mendaftar sebagai", choices=User.Side.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label="Nama lengkap",
        max_length=150,
        validators=[validate_person_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="Seperti pada KTP, dengan gelar bila ada.",
    )
    agree = forms.BooleanField(
        label="Saya telah membaca dan menyetujui Pemberitahuan Privasi",
        error_messages={"required": "Setujui Pemberitahuan Privasi untuk mendaftar."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agree"].help_text = format_html(
            '<a href="{}" target="_blank">Baca Pemberitahuan Privasi</a> (terbuka di tab baru)', reverse("privacy")
        )
        self.fields["email"].label = "Email"
        self.fields["email"].help_text = "Kami mengirim kode ke alamat ini. Contoh: nama@desa.id"
        self.fields["password1"].label = "Kata sandi"
        self.fields["password1"].help_text = "Sedikitnya 12 karakter. Beberapa kata yang mudah Anda ingat sudah baik."
        for name in ("email", "password1"):
            self.fields[name].widget.attrs.pop("placeholder", None)

    def clean_name(self) -> str:
        return normalise_spaces(self.cleaned_data["name"])

    def try_save(self, request: HttpRequest) -> Any:
        """As allauth's, but a known address costs the same time, and two submits at once make one account."""
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
            return super().try_save(request)
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        super().custom_signup(request, user)
        user.name, user.side = self.cleaned_data["name"], self.cleaned_data["side"]
        user.consent_version, user.consent_at = PRIVACY_VERSION, timezone.now()
        user.save(update_fields=["name", "side", "consent_version", "consent_at"])


class ChangePasswordForm(account.ChangePasswordForm):
    """Whoever sits at an open session cannot guess the old password either."""

    def clean_oldpassword(self) -> str:
        allowance = limits.wrong_passwords(self.user.email)
        wait = allowance.take()
        if wait:
            raise ValidationError(limits.sentence(wait))
        password: str = super().clean_oldpassword()
        allowance.give_back()
        return password


class _MailedCode:
    """A code from a mail: few tries, counted where a volley cannot slip through."""

    cleaned_data: dict[str, Any]
    fields: dict[str, forms.Field]
    address: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Kode dari email"
        self.fields["code"].widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        wait = limits.mailed_codes(self.whom).take()
        if wait:
            raise ValidationError(limits.sentence(wait))
        return super().clean_code()  # type: ignore[misc]

    @property
    def whom(self) -> str:
        raise NotImplementedError


class ConfirmEmailForm(_MailedCode, account.ConfirmEmailVerificationCodeForm):
    @property
    def whom(self) -> str:
        return str(self.email)


class ConfirmResetForm(_MailedCode, account.ConfirmPasswordResetCodeForm):
    @property
    def whom(self) -> str:
        """The code itself stands for the request: it lives in the session, which may be sent in parallel."""
        return f"reset:{self.expected_code}"


class _SecondFactor:
    """A code of the app opens once; a recovery code opens once; wrong ones are counted in PostgreSQL.

    allauth counts in the cache, where a volley passes and where, with Redis away, no code is ever right.
    """

    cleaned_data: dict[str, Any]
    fields: dict[str, forms.Field]
    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Kode 6 angka atau kode pemulihan"
        self.fields["code"].widget.attrs.pop("placeholder", None)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric"}

    def clean_code(self) -> str:
        allowance = limits.wrong_codes(self.user)
        wait = allowance.take()
        if wait:
            raise ValidationError(limits.sentence(wait))
        code = normalize_user_code(self.cleaned_data["code"])
        found = self._authenticator(code)
        if found is None:
            raise ValidationError("Kode tidak cocok. Pastikan jam ponsel Anda tepat, lalu ketik kode yang terbaru.")
        found.user = self.user
        self.authenticator = found
        allowance.give_back()
        return code

    def _authenticator(self, code: str) -> Authenticator | None:
        for each in Authenticator.objects.filter(user=self.user):
            if each.type == Authenticator.Type.TOTP:
                right = validate_totp_code(decrypt(each.data["secret"]), code)
                if right and not limits.used_code(self.user, code).take():
                    return each
            elif each.type == Authenticator.Type.RECOVERY_CODES and each.wrap().validate_code(code):
                return each
        return None


class AuthenticateForm(_SecondFactor, mfa.AuthenticateForm):
    pass


class ReauthenticateForm(_SecondFactor, mfa.ReauthenticateForm):
    pass
