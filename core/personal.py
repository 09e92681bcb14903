"""Personal numbers on the screen: masked, and in full only to whoever may and says why.

An app says which numbers of its things can be asked for, by whom:

    unmaskable(
        "penyedia",
        fields={"nik": PersonalField("NIK penanggung jawab", "nik")},
        readers=lambda user: Provider.objects...,   # what this person can find at all; else 404
        may=lambda user, provider: Allowed(membership) | Denied("…"),
    )

A page shows `masked_field("penyedia", provider, "nik", user)`: the mask, and the address where the reason
is asked (`/data-pribadi/penyedia/<code>/nik/`). Each number shown is one `PersonalView`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Model, QuerySet
from django.urls import reverse

from core.formats import masked
from core.models import PersonalView
from core.workflow import TransitionRefused, Verdict


@dataclass(frozen=True, slots=True)
class PersonalField:
    """A number: what people call it, the attribute that holds it, and how it is written in full."""

    label: str
    name: str
    show: Callable[[str], str] = str

    def value(self, thing: Any) -> str:
        """As stored; empty when nothing is."""
        return str(getattr(thing, self.name) or "")


@dataclass(frozen=True, slots=True)
class PersonalKind:
    """Things with personal numbers: which, who can find them, who may see a number in full."""

    kind: str
    fields: dict[str, PersonalField]
    readers: Callable[[Any], QuerySet]
    may: Callable[[Any, Any], Verdict]
    name: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Masked:
    """What a page prints: the mask, and where the number is shown ("" for who may not see it)."""

    label: str
    text: str
    url: str


KINDS: dict[str, PersonalKind] = {}


def unmaskable(
    kind: str,
    *,
    fields: dict[str, PersonalField],
    readers: Callable[[Any], QuerySet],
    may: Callable[[Any, Any], Verdict],
    name: Callable[[Any], str] = str,
) -> None:
    """Register the numbers of one kind of thing; `kind` and the keys of `fields` stand in the address, `name`
    in the log."""
    KINDS[kind] = PersonalKind(kind, fields, readers, may, name)


def masked_field(kind: str, thing: Any, field: str, user: Any, *, back: str = "") -> Masked:
    """One number for a page. `back` is the path to return to; ask `may` once a page, not once a row."""
    known = KINDS[kind]
    value = known.fields[field].value(thing)
    url = ""
    if value and known.may(user, thing):
        url = reverse("personal-number", args=[kind, thing.code, field])
        url += f"?{urlencode({'next': back})}" if back else ""
    return Masked(known.fields[field].label, masked(value), url)


def look(kind: str, thing: Model, field: str, *, by: Any, reason: str, note: str = "") -> str:
    """The number in full, and the row that says who saw it. Raises `TransitionRefused`."""
    known = KINDS[kind]
    verdict = known.may(by, thing)
    if not verdict:
        raise TransitionRefused(verdict.reason)
    membership = verdict.membership
    with transaction.atomic():
        PersonalView.objects.create(
            about=thing._meta.label_lower,
            about_id=str(thing.pk),
            about_code=str(thing.code),  # type: ignore[attr-defined]
            about_name=known.name(thing)[:200],
            field=field,
            field_label=known.fields[field].label,
            user=by,
            role=membership.role if membership else "",
            role_label=membership.title if membership else "",
            region=(membership.area_id or "") if membership else "",
            reason=reason,
            note=note,
        )
    return known.fields[field].show(known.fields[field].value(thing))
