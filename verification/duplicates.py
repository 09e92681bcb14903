"""Applicants that look like another: the same NIK, NPWP, NIB or account, or nearly the same name.

Numbers are compared by their fingerprints, names by theirs (`models/name_key.py`): each through an index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Provider
from core.fields import blind_indexes
from verification.models import Application, NameKey, Standing
from verification.models.name_key import near

MOST = 10
# Attribute, its index, the purpose of the index, and what to call it.
NUMBERS = (
    ("nik", "nik_index", "nik", "NIK penanggung jawab sama"),
    ("npwp", "npwp_index", "npwp", "NPWP sama"),
    ("account_number", "account_index", "account", "nomor rekening sama"),
)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Another provider, named (and linked by the code of its case) only to who may know of it."""

    name: str
    why: tuple[str, ...]
    code: str = ""


def lookalikes(application: Application, user: Any) -> list[Lookalike]:
    """Other providers that have applied somewhere and share a number or nearly the name with this applicant.

    One from elsewhere is counted but not named, unless it stands in a public directory.
    """
    own = application.provider
    found = [(other, why) for other in candidates(own) if (why := reasons(own, other))][:MOST]
    if not found:
        return []
    others = [other.pk for other, _ in found]
    seen = Application.objects.visible_to(user).filter(provider__in=others).order_by("pk")
    codes = dict(seen.values_list("provider_id", "code"))
    public = set(Standing.objects.current().filter(provider__in=others).values_list("provider_id", flat=True))
    return [
        Lookalike(
            other.name if other.pk in codes or other.pk in public else "Penyedia di kabupaten/kota lain",
            why,
            codes.get(other.pk, ""),
        )
        for other, why in found
    ]


def candidates(own: Provider) -> QuerySet[Provider]:
    """Few rows, found by index; `reasons` judges each."""
    # The ids first: a subquery beside OR, or a LIMIT on the array search, would make PostgreSQL read every row.
    alike = list(NameKey.objects.near(own.name).exclude(pk=own.pk).values_list("pk", flat=True))
    same = Q(pk__in=alike[: MOST * 5])
    for name, index, purpose, _ in NUMBERS:
        if number := getattr(own, name):
            same |= Q(**{f"{index}__in": blind_indexes(number, purpose)})
    if own.nib:
        same |= Q(nib=own.nib)
    applied = Application.objects.filter(provider=OuterRef("pk"), submitted_at__isnull=False)
    return Provider.objects.filter(same, Exists(applied)).exclude(pk=own.pk).order_by("name", "pk")[: MOST * 5]


def reasons(own: Provider, other: Provider) -> tuple[str, ...]:
    """What the two have in common, in words."""
    found = [
        label
        for name, index, purpose, label in NUMBERS
        if getattr(own, name) and getattr(other, index) in blind_indexes(getattr(own, name), purpose)
    ]
    if own.nib and own.nib == other.nib:
        found.append("NIB sama")
    if near(own.name, other.name):
        found.append("nama hampir sama")
    return tuple(found)
