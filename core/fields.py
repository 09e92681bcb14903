"""Personal numbers at rest: encrypted columns, and an index by which equals are found without reading them.

    nik = EncryptedTextField("NIK", blank=True, validators=[validate_nik])
    nik_index = BlindIndexField(source="nik", purpose="nik", unique=True)

    Person.objects.filter(nik_index__in=blind_indexes(typed, "nik"))

Keys come from settings.FIELD_KEYS (key id -> 32 bytes in base64). The last one encrypts, all decrypt. To
rotate: add a key at the end, deploy, run `manage.py rotate_field_keys`, then take the old one out. Until
the command is through, search with `blind_indexes` (all keys), not with `blind_index`.

The model's and the field's name are bound into each value, so that one cannot be moved to another column;
when one is renamed, pass the old "app.model.field" as `bound_to`. What was encrypted under a row cannot be
told from what is encrypted under another row of the same column: access is the views' concern.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django import forms
from django.conf import settings
from django.core import checks
from django.db import models

NONCE_BYTES = 12
KEY_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}", re.ASCII)


class FieldKeyError(Exception):
    """FIELD_KEYS is wrong, or the key that a value needs is not in it."""


class DecryptError(Exception):
    """A stored value does not fit its key or its column: damaged, moved, or tampered with."""


@lru_cache(maxsize=32)
def _secret(key_id: str, encoded: str) -> bytes:
    if not KEY_ID.fullmatch(key_id):
        raise FieldKeyError(f"key id {key_id!r}: use lower-case letters, digits, - and _, at most 20")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise FieldKeyError(f"key {key_id!r} is not base64") from None
    if len(secret) != 32:
        raise FieldKeyError(f"key {key_id!r} has {len(secret)} bytes, needs 32")
    return secret


def secret(key_id: str) -> bytes:
    try:
        return _secret(key_id, settings.FIELD_KEYS[key_id])
    except KeyError:
        raise FieldKeyError(f"key {key_id!r} is not in FIELD_KEYS") from None


def active_key_id() -> str:
    """The key that encrypts: the last one given."""
    try:
        return next(reversed(settings.FIELD_KEYS))
    except StopIteration:
        raise FieldKeyError("FIELD_KEYS is empty") from None


def encrypt(text: str, bound_to: str) -> str:
    """`key id$base64(nonce + ciphertext + tag)`, valid only for the column `bound_to`."""
    key_id = active_key_id()
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(secret(key_id)).encrypt(nonce, text.encode(), bound_to.encode())
    return f"{key_id}${base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, bound_to: str) -> str:
    key_id, _, encoded = stored.partition("$")
    if not encoded:
        raise DecryptError(f"{bound_to}: the stored value is not encrypted")
    try:
        sealed = base64.b64decode(encoded, validate=True)
        return AESGCM(secret(key_id)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError):
        raise DecryptError(f"{bound_to}: a value under key {key_id!r} is damaged or not of this column") from None


# What is encrypted elsewhere than in columns of ours: name, and the function that encrypts it anew (how many).
ROTATIONS: list[tuple[str, Callable[[], int]]] = []


# --- finding equals -----------------------------------------------------------------------------------------
_IGNORED = re.compile(r"[\s.\-/()]+")


def blind_index(value: str, purpose: str, *, key_id: str | None = None) -> str:
    """A keyed fingerprint: equal for equal values of one purpose, however punctuated; empty for empty."""
    if not value:
        return ""
    plain = _IGNORED.sub("", value).lower()
    key = hmac.digest(secret(key_id or active_key_id()), b"blind index\0" + purpose.encode(), "sha256")
    return hmac.new(key, plain.encode(), sha256).hexdigest()


def blind_indexes(value: str, purpose: str) -> list[str]:
    """The fingerprint under every key, for a search that also works in the middle of a rotation."""
    return [blind_index(value, purpose, key_id=key_id) for key_id in settings.FIELD_KEYS]


# --- the columns --------------------------------------------------------------------------------------------
class EncryptedTextField(models.TextField):
    """Text that only the application can read. It cannot be searched; ask a BlindIndexField."""

    description = "Encrypted text"

    def __init__(self, *args: Any, bound_to: str = "", **kwargs: Any) -> None:
        self.bound_to = bound_to
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        if self.bound_to:
            kwargs["bound_to"] = self.bound_to
        return name, path, args, kwargs

    @property
    def binding(self) -> str:
        return self.bound_to or f"{self.model._meta.label_lower}.{self.name}"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        problems = super().check(**kwargs)
        if self.unique or getattr(self, "db_index", False):
            problems.append(
                checks.Error(
                    "An encrypted field cannot be unique or indexed: equal values differ when encrypted.",
                    hint="Add a BlindIndexField beside it.",
                    obj=self,
                    id="core.E020",
                )
            )
        return problems

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`: any other would compare with ciphertext, and quietly find nothing."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, lookup_name: str) -> None:
        return None

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        return encrypt(value, self.binding) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value, self.binding) if value else value

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"widget": forms.TextInput(attrs={"autocomplete": "off"})} | kwargs)


class BlindIndexField(models.CharField):
    """The fingerprint of another field, NULL when that is empty.

    It is computed when the row is saved: `save(update_fields=...)` must name it beside its source, and
    `QuerySet.update` of the source leaves it behind.
    """

    description = "Blind index"

    def __init__(self, *args: Any, source: str = "", purpose: str = "", **kwargs: Any) -> None:
        self.source, self.purpose = source, purpose
        kwargs |= {"max_length": 64, "null": True, "blank": True, "editable": False}
        self.indexed = kwargs.setdefault("db_index", not kwargs.get("unique"))
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "null", "blank", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs | {"source": self.source, "purpose": self.purpose, "db_index": self.indexed}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        problems = super().check(**kwargs)
        if not self.source or not self.purpose:
            problems.append(checks.Error("BlindIndexField needs a source and a purpose.", obj=self, id="core.E021"))
        return problems

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        value = getattr(model_instance, self.source)
        index = blind_index(value or "", self.purpose) or None
        setattr(model_instance, self.attname, index)
        return index
