"""Names that are almost the same: form, order, blanks and one slip of the finger don't count.

A name is kept as a set of fingerprints: of its words in alphabetical order, of each of them without one letter
beside the others, and of all letters together. Two names that share a fingerprint are near; `near` then judges.
An index over the sets finds them however many providers there are.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from accounts.models import Provider

# Forms of business say nothing about who it is.
FORMS = {"cv", "pt", "ud", "pd", "fa", "tbk", "yayasan", "koperasi", "perkumpulan", "lembaga", "bumdes", "bumdesa"}
LONG = 4  # a letter more or less in a shorter word makes another word
WORDS = 12


def words(name: str) -> list[str]:
    """The words that tell who it is, in lower case and without signs; all of them when only forms are there."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    found = re.findall(r"[a-z0-9]+", re.sub(r"\bbum ?desa?\b", "bumdes", plain))[:WORDS]
    return [word for word in found if word not in FORMS] or found


def fingerprints(name: str) -> list[str]:
    """What two near names have in common, as short hashes."""
    own = words(name)
    texts = {" ".join(sorted(own)), "".join(own)} - {""}
    for place, word in enumerate(own):
        others = own[:place] + own[place + 1 :]
        if _may_slip(word):
            texts |= {" ".join(sorted([*others, word[:at] + word[at + 1 :]])) for at in range(len(word))}
    return sorted(hashlib.blake2b(text.encode(), digest_size=6).hexdigest() for text in texts)


def _may_slip(word: str) -> bool:
    """Long enough to be told with a letter less; another number is another name."""
    return len(word) >= LONG and not word.isdigit()


def near(one: str, other: str) -> bool:
    """The same words in any order, but for one slip in one of them, or but for blanks."""
    a, b = words(one), words(other)
    if "".join(a) == "".join(b):
        return True
    left, right = list((Counter(a) - Counter(b)).elements()), list((Counter(b) - Counter(a)).elements())
    if not left and not right:
        return True
    return len(left) == len(right) == 1 and _one_slip(left[0], right[0])


def _one_slip(a: str, b: str) -> bool:
    """One letter more, less or other, or two neighbours exchanged."""
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < LONG - 1 or a.isdigit() or b.isdigit():
        return False
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[at:], b[at:]
    swapped = rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:]
    return rest_a[1:] == rest_b or rest_a == rest_b[1:] or rest_a[1:] == rest_b[1:] or swapped


class NameKeyQuerySet(models.QuerySet["NameKey"]):
    def keep(self, provider: Provider) -> None:
        """Remember the provider under its name of today."""
        keys = fingerprints(provider.name)
        if not self.filter(provider=provider, keys=keys).exists():
            self.update_or_create(provider=provider, defaults={"keys": keys})

    def near(self, name: str) -> Self:
        """Candidates; ask `near` about each."""
        return self.filter(keys__overlap=fingerprints(name))


class NameKey(models.Model):
    """The fingerprints of one provider's name of today; written whenever the provider is saved (`apps.py`)."""

    provider = models.OneToOneField(Provider, models.CASCADE, primary_key=True, related_name="+")
    keys: Any = ArrayField(models.CharField(max_length=12))

    objects = NameKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "sidik nama"
        verbose_name_plural = "sidik nama"
        indexes = (GinIndex(fields=["keys"], name="name_key_keys"),)

    def __str__(self) -> str:
        return str(self.provider_id)
