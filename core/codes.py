"""Public identifiers: short, unguessable enough to share, and safe to read out over the telephone."""

import secrets
from typing import Any

from django.db import models

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U


def new_code(length: int = 10) -> str:
    """A random code; 10 characters are 49 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


class CodeField(models.CharField):
    """A unique public code, given at birth and never changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 16)
        kwargs.setdefault("default", new_code)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("verbose_name", "kode")
        super().__init__(*args, **kwargs)
