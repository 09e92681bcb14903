"""A creating form makes one thing, however often it is sent.

The server issues a key into the form (`OnceForm`), signed for the person it was issued to; `once`
inserts the key in the same transaction as the thing. A second sender waits for the first at the
unique key, then lands on what the first made.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django import forms
from django.core import signing
from django.db import IntegrityError

from core.models import SubmitKey
from core.models.file import one_act

_salt = "p2ktd.once"


class OnceForm:
    """Mixin for a form that creates: adds the hidden key. Pass `user=`; the key must be theirs."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["submit_key"] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.fields["submit_key"].initial = signing.dumps([secrets.token_hex(16), user.pk], salt=_salt)

    def clean_submit_key(self) -> str:
        try:
            key, owner = signing.loads(self.cleaned_data["submit_key"], salt=_salt)
        except (signing.BadSignature, ValueError, TypeError):
            key, owner = None, None
        if key is None or owner != self.user.pk:
            raise forms.ValidationError("Halaman ini sudah lama terbuka. Muat ulang halaman, lalu kirim lagi.")
        return key


def once(form: OnceForm, make: Callable[[], Any]) -> tuple[str, bool]:
    """Run `make` unless this form's key was used; (address of the thing made, whether it is new)."""
    key = form.cleaned_data["submit_key"]
    try:
        with one_act():
            row = SubmitKey.objects.create(key=key, user=form.user)
            row.url = make().get_absolute_url()
            row.save(update_fields=["url"])
            return row.url, True
    except IntegrityError:
        used = SubmitKey.objects.filter(key=key).first()
        if used is None:  # it was another constraint that broke
            raise
        return used.url, False
