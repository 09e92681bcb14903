"""What every letter of a village has: its head, and who signs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Membership, Role, VillageOffice
from core.models import PrintedDocument
from regions.models import Area


@dataclass(frozen=True, slots=True)
class Printable:
    """A paper that can be asked for now: `issue(by=, paper=)` gives the printed document."""

    kind: str
    label: str
    issue: Callable[..., PrintedDocument]


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


def holder_of(village: Area, role: Role) -> dict[str, str]:
    """Name and position of whoever holds the role today; dots where nobody does."""
    row = Membership.objects.current().at(village.code).holding(role).select_related("user").first()
    if row is None:
        return {"name": "", "position": str(role.label)}
    return {"name": row.user.name, "position": row.position or str(role.label)}


def council_head(village: Area) -> dict[str, Any]:
    """Kop surat of the BPD, which leads the assembly."""
    head = letterhead(village)
    return {**head, "lines": [*head["lines"][:-1], "BADAN PERMUSYAWARATAN DESA", head["lines"][-1]]}
