"""The contract's papers: what both sign, its addenda, inspections, and the two hand-overs."""

from __future__ import annotations

from typing import Any

from accounts.models import Role
from core import documents
from core.models import PrintedDocument
from transactions.documents.frame import Printable, holder_of, letterhead
from transactions.models import Addendum, Inspection, Kind
from transactions.order import Order

TEMPLATES = {
    Kind.ORDER: "transactions/print_purchase_order.html",
    Kind.SPK: "transactions/print_spk.html",
    Kind.AGREEMENT: "transactions/print_agreement.html",
}


def both(village: Any, snapshot: dict[str, Any], *, on: Any) -> dict[str, Any]:
    """The two signatures below a contract or an addendum."""
    return {
        "place": village.name,
        "date": on,
        "left": {
            "heading": f"Penyedia, {snapshot['provider']['name']}",
            "name": snapshot["provider"]["person"],
            "position": snapshot["provider"]["position"],
        },
        "right": {
            "heading": f"Untuk dan atas nama {village.label}",
            "name": snapshot["manager"]["name"],
            "position": snapshot["manager"]["position"],
        },
    }


def issue_spk(contract: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """What both sign, from the contract's frozen snapshot: an order, an SPK, or an agreement."""
    snapshot, village = documents.thaw(contract.snapshot), contract.village
    return documents.issue(
        kind="spk",
        title=contract.get_kind_display(),
        template=TEMPLATES[contract.kind],
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": snapshot["number"],
            "spk": snapshot,
            "total": {"total": snapshot["money"]["value"]},
            "account": documents.secret(contract, "provider_account"),
            "npwp": documents.secret(contract, "provider_npwp"),
            "fingerprint": contract.snapshot_sha256,
            "order": contract.need.code,
            "place": village.zone_name,
            "signatures": both(village, snapshot, on=snapshot["signed_on"]),
        },
        holder=contract,
        by=by,
        paper=paper,
        key=f"spk:{contract.pk}:{paper}",
    )


def issue_addendum(addendum: Addendum, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """What both change, from the addendum's frozen snapshot."""
    snapshot, village = documents.thaw(addendum.snapshot), addendum.village
    return documents.issue(
        kind="adendum",
        title=f"Adendum ke-{addendum.sequence}",
        template="transactions/print_addendum.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": snapshot["number"],
            "said": snapshot,
            "fingerprint": addendum.snapshot_sha256,
            "order": addendum.need.code,
            "place": village.zone_name,
            "signatures": both(village, snapshot, on=snapshot["signed_on"]),
        },
        holder=addendum,
        by=by,
        paper=paper,
        key=f"adendum:{addendum.pk}:{paper}",
    )


def persons(contract: Any) -> dict[str, Any]:
    """Who hands over and who takes over, as the contract names them."""
    spk = documents.thaw(contract.snapshot)
    return {
        "provider": {
            "name": spk["provider"]["person"],
            "position": f"{spk['provider']['position']}, {spk['provider']['name']}",
        },
        "manager": {"name": spk["manager"]["name"], "position": spk["manager"]["position"]},
    }


def issue_inspection(contract: Any, row: Inspection, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The minutes of an inspection: filled once decided; before that with lines to write on."""
    village, people = contract.village, persons(contract)
    return documents.issue(
        kind="ba-pemeriksaan",
        title="Berita Acara Pemeriksaan Hasil Pekerjaan",
        template="transactions/print_inspection.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": row.number,
            "spk": documents.thaw(contract.snapshot),
            "on": row.inspected_on,
            "at": contract.need.place or village.label,
            "percent": row.percent,
            "asked_at": row.requested_at,
            "result": row.result,
            "result_label": row.get_result_display(),
            "findings": row.findings,
            "repair_due_on": row.repair_due_on,
            "village": village.label,
            "order": contract.need.code,
            "place": village.zone_name,
            "signatures": {
                "place": village.name,
                "date": row.inspected_on,
                "left": {"heading": "Penyedia", **people["provider"]},
                "right": {"heading": "Yang memeriksa", **people["manager"]},
            },
        },
        holder=contract,
        by=by,
        paper=paper,
        key=f"ba-pemeriksaan:{row.pk}:{paper}:{row.result or 'kosong'}",
    )


def issue_bast(contract: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The first hand-over: filled once recorded; before that with dotted number, day and place to write on."""
    village, people = contract.village, persons(contract)
    recorded = contract.handover_on is not None
    return documents.issue(
        kind="bast",
        title="Berita Acara Serah Terima Hasil Pekerjaan",
        template="transactions/print_bast.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": contract.handover_number,
            "spk": documents.thaw(contract.snapshot),
            "value": contract.value,
            "on": contract.handover_on,
            "at": contract.handover_place,
            "inspection": contract.inspection_note,
            "late": {"days": contract.late_days, "fine": contract.fine, "reason": contract.fine_reason},
            "addenda": addenda_of(contract),
            "village": village.label,
            "order": contract.need.code,
            "place": village.zone_name,
            "signatures": {
                "place": village.name,
                "date": contract.handover_on,
                "left": {"heading": "Pihak Pertama, yang menyerahkan", **people["provider"]},
                "right": {"heading": "Pihak Kedua, yang menerima", **people["manager"]},
                "more": [[{"heading": "Mengetahui,", **holder_of(village, Role.VILLAGE_HEAD)}, None]],
            },
        },
        holder=contract,
        by=by,
        paper=paper,
        key=f"bast:{contract.pk}:{paper}:{'isi' if recorded else 'kosong'}",
    )


def issue_head_bast(contract: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The second hand-over, from the manager to the village head."""
    village, people = contract.village, persons(contract)
    whole = [row for row in contract.inspections.all() if row.result == Inspection.Result.ACCEPTED and row.is_whole]
    minutes = whole[-1] if whole else None
    day = contract.head_handover_on
    return documents.issue(
        kind="bast-kades",
        title="Berita Acara Serah Terima kepada Kepala Desa",
        template="transactions/print_head_bast.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": contract.head_handover_number,
            "spk": documents.thaw(contract.snapshot),
            "value": contract.value,
            "on": day,
            "at": contract.head_handover_place,
            "inspection": {"number": minutes.number, "on": minutes.inspected_on} if minutes else None,
            "first": {"number": contract.handover_number, "on": contract.handover_on},
            "head": holder_of(village, Role.VILLAGE_HEAD),
            "village": village.label,
            "order": contract.need.code,
            "place": village.zone_name,
            "signatures": {
                "place": village.name,
                "date": day,
                "left": {"heading": "Pihak Pertama, yang menyerahkan", **people["manager"]},
                "right": {"heading": "Pihak Kedua, yang menerima", **holder_of(village, Role.VILLAGE_HEAD)},
            },
        },
        holder=contract,
        by=by,
        paper=paper,
        key=f"bast-kades:{contract.pk}:{paper}:{contract.head_handover_number or 'kosong'}:{day or ''}",
    )


def addenda_of(contract: Any) -> list[dict[str, Any]]:
    """The addenda in force, as later papers cite them."""
    return [
        {"number": row.number, "signed_on": row.signed_on} for row in contract.addenda.all() if row.state == "signed"
    ]


def available(order: Order) -> list[Printable]:
    """The contract's papers that can be asked for now."""
    contract = order.contract
    if contract is None or contract.snapshot is None:
        return []
    label = str(contract.get_kind_display())
    found = [Printable("spk", label, lambda **k: issue_spk(contract, **k), (contract,))]
    living = [row for row in contract.addenda.all() if row.state != "withdrawn"]
    for each in living:
        kind = "adendum" if each is living[-1] else f"adendum-{each.sequence}"
        found.append(Printable(kind, str(each), lambda each=each, **k: issue_addendum(each, **k), (each,)))
    if rows := list(contract.inspections.all()):
        minutes = "Berita Acara Pemeriksaan"
        found.append(
            Printable("ba-pemeriksaan", minutes, lambda **k: issue_inspection(contract, rows[-1], **k), (contract,))
        )
    if contract.state in ("inspected", "received", "handed_over"):
        found.append(
            Printable("bast", "Berita Acara Serah Terima (BAST)", lambda **k: issue_bast(contract, **k), (contract,))
        )
    if contract.state in ("received", "handed_over"):
        found.append(
            Printable("bast-kades", "BAST kepada Kepala Desa", lambda **k: issue_head_bast(contract, **k), (contract,))
        )
    return found
