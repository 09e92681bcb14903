"""Applicants that look like another: same NPWP, same NIB, or nearly the same name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower

from accounts.models import Provider
from core.fields import blind_indexes
from verification.models import Application, Standing

# Forms of business and blanks say nothing about who it is.
NOISE = r"\m(cv|pt|ud|pd|yayasan|koperasi|perkumpulan|lembaga|bumdes|bum|desa)\M|[^a-z0-9]"


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Another provider, named only to who may know of it."""

    name: str
    why: tuple[str, ...]


def bare(expression: Any) -> Func:
    """A name without form, blanks and signs, as PostgreSQL compares it."""
    return Func(Lower(expression), Value(NOISE), Value(""), Value("g"), function="regexp_replace")


def lookalikes(application: Application, user: Any) -> list[Lookalike]:
    """Other providers with an application that share a number or a name with this applicant.

    One from elsewhere is counted but not named, unless it stands in a public directory.
    """
    own = application.provider
    same = Q(bare_name=bare(Value(own.name)))
    if own.npwp_index:
        same |= Q(npwp_index__in=blind_indexes(own.npwp, "npwp"))
    if own.nib:
        same |= Q(nib=own.nib)
    applied = Application.objects.exclude(state="draft").values("provider_id")
    found = (
        Provider.objects.annotate(bare_name=bare(F("name")), own_name=bare(Value(own.name)))
        .filter(same, pk__in=applied)
        .exclude(pk=own.pk)
        .order_by("name")[:10]
    )
    others = list(found)
    if not others:
        return []
    known = set(Application.objects.visible_to(user).filter(provider__in=others).values_list("provider_id", flat=True))
    known |= set(Standing.objects.current().filter(provider__in=others).values_list("provider_id", flat=True))
    rows = []
    for other in others:
        why = [
            *(["NPWP sama"] if own.npwp_index and other.npwp_index == own.npwp_index else []),
            *(["NIB sama"] if own.nib and other.nib == own.nib else []),
            *(["nama hampir sama"] if other.bare_name == other.own_name else []),
        ]
        name = other.name if other.pk in known else "Penyedia di kabupaten/kota lain"
        rows.append(Lookalike(name, tuple(why)))
    return rows
