"""The facts of an application, as frozen when it was submitted, beside those that were last approved.

Secret numbers are compared by their fingerprints and shown masked; in full only by `core.personal`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import LegalForm, Provider
from core.formats import NOTHING, telepon
from core.personal import KINDS
from regions.models import Area
from verification import fields_of_work
from verification.models import Application, profile

# Group, and its fields in order.
GROUPS = (
    ("Identitas", ("name", "legal_form", "nib", "npwp", "is_pkp")),
    ("Penanggung jawab", ("person_in_charge", "position", "nik")),
    ("Kantor dan kontak", ("address", "area_id", "phone", "email", "website")),
    ("Rekening", ("bank", "account_number", "account_holder")),
    ("Pekerjaan", ("fields", "serves", "experts", "experience", "about")),
)
LABELS = {
    "area_id": "Kabupaten/kota kantor",
    "serves": "Wilayah layanan",
    "fields": "Bidang pekerjaan",
    "experts": "Tenaga ahli",
    "experience": "Pengalaman",
    "is_pkp": "PKP",
}
UNMASKED = {"nik": "nik", "npwp": "npwp", "account_number": "rekening"}  # as core.personal calls them
LISTS = ("fields", "serves", "experts", "experience")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what stands now, what was approved before, and where a masked number is shown in full."""

    name: str
    label: str
    now: str
    before: str = ""
    changed: bool = False
    url: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Facts under a heading."""

    title: str
    facts: list[Fact]

    @property
    def changed(self) -> int:
        return sum(fact.changed for fact in self.facts)


def approved_before(application: Application) -> Application | None:
    """The application whose data were last approved: the one this rests on, else the last listed one here."""
    if application.based_on_id:
        return application.based_on
    rows = Application.objects.filter(
        provider=application.provider_id, regency=application.regency_id, state="listed", pk__lt=application.pk
    )
    return rows.order_by("-pk").first()


def facts(application: Application, base: Application | None, user: Any, *, back: str = "") -> list[Group]:
    """All facts in groups. Without a base nothing counts as changed."""
    provider = application.provider
    now = application.profile or profile.frozen(provider)
    before = base.profile if base and base.profile else None
    names = _area_names(now, before or {})
    shown = _where_shown(provider, user, back)
    return [
        Group(title, [_fact(name, now, before, names, provider, shown) for name in fields]) for title, fields in GROUPS
    ]


Shown = Callable[[str], str]


def _where_shown(provider: Provider, user: Any, back: str) -> Shown:
    """The address at which a number is shown in full; the right is asked once for the page."""
    may = KINDS["penyedia"].may(user, provider)

    def url(name: str) -> str:
        if not may or not getattr(provider, name):
            return ""
        told = f"?{urlencode({'next': back})}" if back else ""
        return reverse("personal-number", args=["penyedia", provider.code, UNMASKED[name]]) + told

    return url


def _area_names(*profiles: dict[str, Any]) -> dict[str, str]:
    codes = {code for each in profiles for code in [each.get("area_id"), *(each.get("serves") or [])] if code}
    return {area.code: area.name for area in Area.objects.filter(code__in=codes)}


def _fact(
    name: str,
    now: dict[str, Any],
    before: dict[str, Any] | None,
    names: dict[str, str],
    provider: Provider,
    shown: Shown,
) -> Fact:
    label = LABELS.get(name) or profile.label(name)
    new = now.get(name)
    old = before.get(name) if before is not None else None
    known = before is not None and name in before
    if name in profile.SECRET:
        return _secret(name, label, new or {}, (old or {}) if known else None, provider, shown)
    changed = known and new != old
    if name in LISTS:
        mine, theirs = _items(name, new, names), _items(name, old, names) if known else []
        return Fact(
            name,
            label,
            ", ".join(mine) or NOTHING,
            ", ".join(theirs) or NOTHING,
            changed,
            added=tuple(item for item in mine if known and item not in theirs),
            removed=tuple(item for item in theirs if item not in mine),
        )
    return Fact(name, label, _text(name, new, names), _text(name, old, names) if known else "", changed)


def _secret(
    name: str, label: str, new: dict[str, str], old: dict[str, str] | None, provider: Provider, shown: Shown
) -> Fact:
    """Equal by fingerprint. What the provider has changed since is not shown under the old mask."""
    current = new.get("index") == getattr(provider, profile.SECRET[name])
    return Fact(
        name,
        label,
        new.get("masked") or NOTHING,
        (old or {}).get("masked") or NOTHING,
        old is not None and new.get("index") != old.get("index"),
        shown(name) if current else "",
        note="" if current else "sudah diubah penyedia sejak diajukan",
    )


def _items(name: str, value: Any, names: dict[str, str]) -> list[str]:
    rows = list(value or []) if isinstance(value, list) else []
    if name == "serves":
        return [names.get(code, code) for code in rows]
    return fields_of_work.labels(rows) if name == "fields" else [str(row) for row in rows]


def _text(name: str, value: Any, names: dict[str, str]) -> str:
    if name == "is_pkp":
        return "Ya" if value else "Tidak"
    if not value:
        return NOTHING
    if name == "legal_form":
        return str(dict(LegalForm.choices).get(value, value))
    if name == "area_id":
        return names.get(value, value)
    return telepon(value) if name == "phone" else str(value)
