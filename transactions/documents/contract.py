"""The contract's papers: what both sign, its addenda, inspections, and the two hand-overs."""

from __future__ import annotations

from typing import Any

from accounts.models import Role
from core import documents
from core.models import PrintedDocument
from transactions.documents.frame import Printable, doer, holder_of, letterhead, mark
from transactions.models import Addendum, Inspection, Kind
from transactions.order import Order

TEMPLATES = {
    Kind.ORDER: "transactions/print_purchase_order.html",
    Kind.SPK: "transactions/print_spk.html",
    Kind.AGREEMENT: "transactions/print_agreement.html",
}
PAPERS = {
    "ba-pemeriksaan": "transactions/print_inspection.html",
    "bast": "transactions/print_bast.html",
    "bast-kades": "transactions/print_head_bast.html",
}
INSPECTING = ("ask_repair", "accept_part", "accept_work")


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
        key=f"spk:{contract.pk}:{contract.snapshot_sha256[:16]}:{paper}",
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


def provider_of(contract: Any) -> dict[str, str]:
    """Who hands over, as the contract names them."""
    said = documents.thaw(contract.snapshot)["provider"]
    return {"name": said["person"], "position": f"{said['position']}, {said['name']}"}


def issued(contract: Any, kind: str, title: str, *, by: Any, paper: str, **more: Any) -> PrintedDocument:
    """Freeze a paper of the work under a contract."""
    village = contract.village
    snapshot = {
        "letterhead": letterhead(village),
        "spk": documents.thaw(contract.snapshot),
        "village": village.label,
        "order": contract.need.code,
        "place": village.zone_name,
        **more,
    }
    return documents.issue(
        kind=kind,
        title=title,
        template=PAPERS[kind],
        snapshot=snapshot,
        holder=contract,
        by=by,
        paper=paper,
        key=f"{kind}:{contract.pk}:{paper}:{mark(snapshot)}",
    )


def examiner(contract: Any, row: Inspection) -> dict[str, str]:
    """Who looked at the work, and before that who will."""
    village, role = contract.village, Role.ACTIVITY_MANAGER
    if row.decided_by is None:
        return holder_of(village, role)
    event = contract.events().filter(actor=row.decided_by, verb__in=INSPECTING).last()
    position = event.role_label.removesuffix(f", {village.label}") if event else str(role.label)
    return {"name": row.decided_by.name, "position": position}


def issue_inspection(contract: Any, row: Inspection, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The minutes of an inspection: filled once decided; before that with lines to write on."""
    village, manager = contract.village, examiner(contract, row)
    return issued(
        contract,
        "ba-pemeriksaan",
        "Berita Acara Pemeriksaan Hasil Pekerjaan",
        by=by,
        paper=paper,
        letter_number=row.number,
        on=row.inspected_on,
        at=contract.need.place or village.label,
        percent=row.percent,
        asked_at=row.requested_at,
        result=row.result,
        result_label=row.get_result_display(),
        findings=row.findings,
        repair_due_on=row.repair_due_on,
        manager=manager,
        signatures={
            "place": village.name,
            "date": row.inspected_on,
            "left": {"heading": "Penyedia", **provider_of(contract)},
            "right": {"heading": "Yang memeriksa", **manager},
        },
    )


def issue_bast(contract: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The first hand-over: filled once recorded; before that with dotted number, day and place to write on."""
    village, day = contract.village, contract.handover_on
    manager = doer(contract, "hand_over", role=Role.ACTIVITY_MANAGER, done=day)
    return issued(
        contract,
        "bast",
        "Berita Acara Serah Terima Hasil Pekerjaan",
        by=by,
        paper=paper,
        letter_number=contract.handover_number,
        value=contract.value,
        on=day,
        at=contract.handover_place,
        inspection=contract.inspection_note,
        late={"days": contract.late_days, "fine": contract.fine, "reason": contract.fine_reason},
        addenda=addenda_of(contract),
        manager=manager,
        signatures={
            "place": village.name,
            "date": day,
            "left": {"heading": "Pihak Pertama, yang menyerahkan", **provider_of(contract)},
            "right": {**manager, "heading": "Pihak Kedua, yang menerima"},
            "more": [[{"heading": "Mengetahui,", **holder_of(village, Role.VILLAGE_HEAD, on=day)}, None]],
        },
    )


def issue_head_bast(contract: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The second hand-over, from the manager to the village head."""
    village, day = contract.village, contract.head_handover_on
    whole = [row for row in contract.inspections.all() if row.result == Inspection.Result.ACCEPTED and row.is_whole]
    minutes = whole[-1] if whole else None
    manager = doer(contract, "hand_to_head", role=Role.ACTIVITY_MANAGER, done=day)
    head = doer(contract, "confirm_handover", role=Role.VILLAGE_HEAD, done=contract.state == "handed_over")
    return issued(
        contract,
        "bast-kades",
        "Berita Acara Serah Terima kepada Kepala Desa",
        by=by,
        paper=paper,
        letter_number=contract.head_handover_number,
        value=contract.value,
        on=day,
        at=contract.head_handover_place,
        inspection={"number": minutes.number, "on": minutes.inspected_on} if minutes else None,
        first={"number": contract.handover_number, "on": contract.handover_on},
        manager=manager,
        head=head,
        signatures={
            "place": village.name,
            "date": day,
            "left": {**manager, "heading": "Pihak Pertama, yang menyerahkan"},
            "right": {**head, "heading": "Pihak Kedua, yang menerima"},
        },
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
    rows = [row for row in contract.inspections.all() if row.result != Inspection.Result.ENDED]
    for row in rows:  # the last one's is asked for most; the others stay at hand, since termins stand on them
        last = row is rows[-1]
        kind, label = ("ba-pemeriksaan", "") if last else (f"ba-pemeriksaan-{row.pk}", f" {row}")
        found.append(
            Printable(
                kind, f"Berita Acara Pemeriksaan{label}", lambda row=row, **k: issue_inspection(contract, row, **k),
                (contract,),
            )
        )  # fmt: skip
    if contract.state in ("inspected", "received", "handed_over"):
        found.append(
            Printable("bast", "Berita Acara Serah Terima (BAST)", lambda **k: issue_bast(contract, **k), (contract,))
        )
    if contract.state in ("received", "handed_over"):
        found.append(
            Printable("bast-kades", "BAST kepada Kepala Desa", lambda **k: issue_head_bast(contract, **k), (contract,))
        )
    return found
