"""The agreement of villages that buy together: who leads, who bears how much, by which Musdes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import Role
from core import documents
from core.documents import fingerprint, freeze
from core.models import PrintedDocument
from transactions.documents.frame import Printable, letterhead, package, signer
from transactions.models.planning.joint import LIVE, PENDING, JointPurchase
from transactions.order import Order

KIND, TITLE = "kesepakatan-bersama", "Kesepakatan Bersama Pembelian Antar Desa"


def available(order: Order) -> list[Printable]:
    """Once every village that was asked has agreed; not for bidders."""
    living = [share for share in order.shares if share.state in LIVE]
    if not living or any(share.state == "invited" for share in living):
        return []
    about = tuple(JointPurchase.objects.filter(need=order.need))
    return [Printable(KIND, "Kesepakatan bersama antar desa", issue_of(order), about)]


def issue_of(order: Order) -> Callable[..., PrintedDocument]:
    def issue(*, by: Any, paper: str = "A4") -> PrintedDocument:
        holder = JointPurchase.objects.get_or_create(need=order.need)[0]
        snapshot = content(order)
        mark = fingerprint(freeze(snapshot))
        earlier = PrintedDocument.objects.about(holder).exclude(snapshot_sha256=mark)
        return documents.issue(
            kind=KIND,
            title=TITLE,
            template="transactions/print_joint.html",
            snapshot=snapshot,
            holder=holder,
            by=by,
            paper=paper,
            revision=len(set(earlier.values_list("snapshot_sha256", flat=True))),
            key=f"{KIND}:{holder.pk}:{paper}:{mark[:32]}",
        )

    return issue


def content(order: Order) -> dict[str, Any]:
    """As the shares stand now; the lead's first. Money in whole rupiah."""
    need = order.need
    living = [share for share in order.shares if share.state in LIVE]
    villages = [(need.village, need.ceiling, need.musdes_number, need.musdes_on)]
    villages += [(share.village, share.ceiling, share.musdes_number, share.musdes_on) for share in living]
    heads = [signer(village, Role.VILLAGE_HEAD) for village, *_ in villages]
    return {
        "letterhead": letterhead(need.village),
        "village": need.village.label,
        "package": package(need),
        "parties": [
            {"label": "Desa pemimpin" if not number else "Desa peserta", "of": village.full_name, **head}
            for number, ((village, *_), head) in enumerate(zip(villages, heads, strict=True))
        ],
        "lines": [
            {"village": village.label, "ceiling": ceiling, "number": minutes, "on": on}
            for village, ceiling, minutes, on in villages
        ],
        "total": sum(ceiling or 0 for _, ceiling, *_ in villages),
        "is_budgeted": not any(share.state in PENDING for share in living) and need.state == "budgeted",
        "place": need.village.zone_name,
        "signatures": {
            "place": need.village.name,
            "date": None,
            "left": {**heads[1], "heading": villages[1][0].label},
            "right": {**heads[0], "heading": need.village.label},
            "more": in_pairs(
                [{**head, "heading": each[0].label} for each, head in zip(villages[2:], heads[2:], strict=True)]
            ),
        },
    }


def in_pairs(signers: list[dict[str, str]]) -> list[list[dict[str, str] | None]]:
    """Two beside each other."""
    padded = [*signers, None] if len(signers) % 2 else signers
    return [[padded[at], padded[at + 1]] for at in range(0, len(padded), 2)]
