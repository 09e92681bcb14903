"""Encrypted columns for personal numbers."""

import base64
import hashlib
import hmac
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


def blind_index(value: str, purpose: str) -> str:
    """A keyed fingerprint by which equal numbers are found without reading them; empty for empty."""
    if not value:
        return ""
    key = hashlib.sha256(b"blind-index:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """Text that the database holds only as AES-GCM ciphertext with the id of its key."""

    def get_prep_value(self, value: Any) -> Any:
        if not value:
            return value
        key_id, key = list(settings.FIELD_KEYS.items())[-1]
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(base64.b64decode(key)).encrypt(nonce, str(value).encode(), None)
        return f"{key_id}:{base64.b64encode(sealed).decode()}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if not value:
            return value
        key_id, _, text = value.partition(":")
        sealed = base64.b64decode(text)
        return AESGCM(base64.b64decode(settings.FIELD_KEYS[key_id])).decrypt(sealed[:12], sealed[12:], None).decode()
