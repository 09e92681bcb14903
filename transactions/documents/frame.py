"""What every letter of a village has: its head, and who signs."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import Membership, Role, VillageOffice
from core import documents
from core.models import PrintedDocument
from regions.models import Area


@dataclass(frozen=True, slots=True)
class Printable:
    """A paper that can be asked for now: `issue(by=, paper=)` gives the printed document.

    `about` are the documents that hold what was printed of it, as far as the asker may read that.
    """

    kind: str
    label: str
    issue: Callable[..., PrintedDocument]
    about: tuple[models.Model, ...] = ()


def letterhead(village: Area) -> dict[str, Any]:
    """Kop surat of the village: government lines, the village largest, the office's address."""
    above = village.ancestry.split(", ")
    office = VillageOffice.objects.filter(area=village).first()
    lines = [f"Pemerintah {above[1]}", above[0]] if len(above) > 1 else [village.ancestry]
    address = ", ".join(
        part
        for part in (office and office.address, office and office.phone, office and f"Kode Pos {office.postal_code}")
        if part and part != "Kode Pos "
    )
    return {
        "lines": [line.upper() for line in [*lines, village.label]],
        "address": address or village.full_name,
    }


def holder_of(village: Area, role: Role, *, on: datetime.date | None = None) -> dict[str, str]:
    """Name and position of whoever holds the role that day (today); dots where nobody does."""
    row = Membership.objects.current(on).at(village.code).holding(role).select_related("user").first()
    if row is None:
        return {"name": "", "position": str(role.label)}
    return {"name": row.user.name, "position": row.position or str(role.label)}


def doer(document: Any, *verbs: str, role: Role, done: object, heading: str = "") -> dict[str, str]:
    """Name and position of whoever did it, as the event keeps them; before it is done, of who holds the role today."""
    event = document.events().filter(verb__in=verbs).last() if done else None
    if event is None:
        return signer(document.village, role, heading)
    position = event.role_label.removesuffix(f", {document.village.label}")
    return {"heading": heading, "name": event.actor_name, "position": position}


def mark(snapshot: dict[str, Any]) -> str:
    """For a paper's key: the same content is printed once, other content is another paper."""
    return documents.fingerprint(documents.freeze(snapshot))[:16]


def council_head(village: Area) -> dict[str, Any]:
    """Kop surat of the BPD, which leads the assembly."""
    head = letterhead(village)
    return {**head, "lines": [*head["lines"][:-1], "BADAN PERMUSYAWARATAN DESA", head["lines"][-1]]}


def package(need: Any, *, hps: int | None = None) -> list[list[Any]]:
    """What a letter says of the package it is about, for `transactions/_print_facts.html`: [label, value] rows."""
    rows: list[list[Any]] = [
        ["Pembelian", need.code],
        ["Nama paket", need.title],
        ["Volume", f"{need.volume} {need.unit}"],
        ["Lokasi", ", ".join(part for part in (need.place, need.village.label) if part)],
        ["Sumber dana", f"APB Desa, {need.get_funding_display()} Tahun Anggaran {need.fiscal_year}"],
        ["Kode kegiatan", need.activity_code],
    ]
    if hps is not None:
        rows.append(["HPS", hps])
    return rows


def signer(village: Area, role: Role, heading: str = "") -> dict[str, str]:
    """Whoever holds the role today, for `signatures`; with a heading such as "Mengetahui,"."""
    return {"heading": heading, **holder_of(village, role)}
