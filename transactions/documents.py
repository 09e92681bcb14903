"""What is printed of an order. Each paper is data, frozen when issued; PDFs come from the worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Membership, Role, VillageOffice
from core import documents
from core.models import Document, PrintedDocument
from regions.models import Area
from transactions.models import Element, Meeting, Need, ProcurementRule
from transactions.models.need import local_today
from transactions.order import Order

BUYERS = (Role.ACTIVITY_MANAGER, Role.PROCUREMENT_TEAM)
BLANK_ROWS = 30


@dataclass(frozen=True, slots=True)
class Printable:
    """A paper that can be asked for now: `issue(by=, paper=)` gives the printed document."""

    kind: str
    label: str
    issue: Callable[..., PrintedDocument]


def rule_of(need: Need) -> ProcurementRule:
    """The rule by which this village buys today."""
    return ProcurementRule.objects.in_force(need.village.regency_code, on=local_today(need.village))


def papers_of(document: Document) -> list[PrintedDocument]:
    """Papers printed of one document, newest first."""
    return list(PrintedDocument.objects.about(document).select_related("file"))


def papers(order: Order) -> list[PrintedDocument]:
    """Papers printed of the whole order, in one query; the contract's first."""
    holders = [*order.documents[2:], *order.meetings]
    if not holders:
        return []
    mine = Q(pk__in=[])
    for document in holders:
        mine |= Q(about=document._meta.label_lower, about_id=str(document.pk))
    place = {(document._meta.label_lower, str(document.pk)): number for number, document in enumerate(holders)}
    found = PrintedDocument.objects.filter(mine).select_related("file").order_by("-pk")
    return sorted(found, key=lambda paper: place[paper.about, paper.about_id])


def available(order: Order) -> list[Printable]:
    """The papers that this order's state allows, for whoever sees its documents."""
    found = []
    contract, account = order.contract, order.accountability
    if contract is not None and contract.snapshot is not None:
        found.append(Printable("spk", "Surat Perintah Kerja (SPK)", lambda **k: issue_spk(contract, **k)))
    if contract is not None and contract.state in ("inspected", "handed_over"):
        found.append(Printable("bast", "Berita Acara Serah Terima (BAST)", lambda **k: issue_bast(contract, **k)))
    if account is not None:
        found.append(
            Printable("ba-musdes-kosong", "Berita Acara Musdes (kosong)", lambda **k: issue_blank_minutes(account, **k))
        )
        found.append(
            Printable("daftar-hadir", "Daftar Hadir Musdes (kosong)", lambda **k: issue_attendance(account, **k))
        )
    for meeting in order.meetings:
        if meeting.state == "decided":
            found.append(
                Printable("ba-musdes", "Berita Acara Musdes", lambda meeting=meeting, **k: issue_minutes(meeting, **k))
            )
    return found


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


def issue_spk(contract: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The SPK from the contract's frozen snapshot."""
    snapshot = documents.thaw(contract.snapshot)
    village = contract.village
    return documents.issue(
        kind="spk",
        title="Surat Perintah Kerja (SPK)",
        template="transactions/print_spk.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": snapshot["number"],
            "spk": snapshot,
            "fingerprint": contract.snapshot_sha256,
            "order": contract.need.code,
            "place": village.zone_name,
            "signatures": {
                "place": village.name,
                "date": snapshot["signed_on"],
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
            },
        },
        holder=contract,
        by=by,
        paper=paper,
        key=f"spk:{contract.pk}:{paper}",
    )


def issue_bast(contract: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The hand-over: filled once recorded; before that with dotted number, day and place to write on."""
    village, spk = contract.village, documents.thaw(contract.snapshot)
    recorded = contract.state == "handed_over"
    return documents.issue(
        kind="bast",
        title="Berita Acara Serah Terima Hasil Pekerjaan",
        template="transactions/print_bast.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": contract.handover_number,
            "spk": spk,
            "on": contract.handover_on,
            "at": contract.handover_place,
            "inspection": contract.inspection_note,
            "village": village.label,
            "order": contract.need.code,
            "place": village.zone_name,
            "signatures": {
                "place": village.name,
                "date": contract.handover_on,
                "left": {
                    "heading": "Pihak Pertama, yang menyerahkan",
                    "name": spk["provider"]["person"],
                    "position": f"{spk['provider']['position']}, {spk['provider']['name']}",
                },
                "right": {
                    "heading": "Pihak Kedua, yang menerima",
                    "name": spk["manager"]["name"],
                    "position": spk["manager"]["position"],
                },
                "more": [[{"heading": "Mengetahui,", **holder_of(village, Role.VILLAGE_HEAD)}, None]],
            },
        },
        holder=contract,
        by=by,
        paper=paper,
        key=f"bast:{contract.pk}:{paper}:{'isi' if recorded else 'kosong'}",
    )


def account_of(account: Any) -> dict[str, Any]:
    """What the assembly hears: the order in figures, planned and done."""
    contract = account.contract
    spk = documents.thaw(contract.snapshot)
    payment = getattr(account, "payment", None)
    return {
        "order": contract.need.code,
        "title": spk["work"]["title"],
        "provider": spk["provider"]["name"],
        "number": spk["number"],
        "signed_on": spk["signed_on"],
        "value": spk["money"]["value"],
        "funding": f"{spk['money']['funding']} Tahun Anggaran {spk['money']['fiscal_year']}",
        "starts_on": spk["starts_on"],
        "ends_on": spk["ends_on"],
        "volume": f"{spk['work']['volume']} {spk['work']['unit']}",
        "handover_on": contract.handover_on,
        "handover_number": contract.handover_number,
        "paid": payment.gross if payment else None,
        "withheld": payment.withheld if payment else None,
        "paid_on": payment.paid_on if payment else None,
    }


def council_head(village: Area) -> dict[str, Any]:
    """Kop surat of the BPD, which leads the assembly."""
    head = letterhead(village)
    return {**head, "lines": [*head["lines"][:-1], "BADAN PERMUSYAWARATAN DESA", head["lines"][-1]]}


def minutes_signatures(village: Area, meeting: Meeting | None) -> dict[str, Any]:
    """Leader and note-taker; below them who acknowledges; then three of those present."""
    leader = {"heading": "", "name": meeting.leader if meeting else "", "position": "Pimpinan Musyawarah"}
    taker = {"heading": "Notulis", "name": meeting.note_taker if meeting else "", "position": ""}
    head = {"heading": "Mengetahui,", **holder_of(village, Role.VILLAGE_HEAD)}
    council = {"heading": "Mengetahui,", **holder_of(village, Role.BPD)}
    witness = {"heading": "Wakil peserta", "name": "", "position": ""}
    return {
        "place": village.name,
        "date": meeting.held_on if meeting else None,
        "left": taker,
        "right": leader,
        "more": [[head, council], [witness, witness]],
    }


def issue_blank_minutes(account: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The minutes to take along: what is known is printed, the rest is dotted lines."""
    village = account.village
    return documents.issue(
        kind="ba-musdes-kosong",
        title="Berita Acara Musyawarah Desa Pertanggungjawaban Hasil Kerja P2KTD",
        template="transactions/print_minutes.html",
        snapshot={
            "letterhead": council_head(village),
            "letter_number": "",
            "account": account_of(account),
            "elements": [str(element.label) for element in Element],
            "village": village.label,
            "place": village.zone_name,
            "meeting": None,
            "signatures": minutes_signatures(village, None),
        },
        holder=account,
        by=by,
        paper=paper,
        key=f"ba-kosong:{account.pk}:{account.state}:{paper}",
    )


def issue_attendance(account: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The attendance list with blank rows; signatures left for odd, right for even numbers."""
    village = account.village
    return documents.issue(
        kind="daftar-hadir",
        title="Daftar Hadir Musyawarah Desa",
        template="transactions/print_attendance.html",
        snapshot={
            "letterhead": council_head(village),
            "account": account_of(account),
            "rows": list(range(1, BLANK_ROWS + 1)),
            "village": village.label,
            "place": village.zone_name,
        },
        holder=account,
        by=by,
        paper=paper,
        key=f"daftar-hadir:{account.pk}:{paper}",
    )


def issue_minutes(meeting: Meeting, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The minutes from the decided record."""
    village, account = meeting.village, meeting.accountability
    came = [(row.get_element_display(), row.men, row.women) for row in meeting.attendance.all()]
    return documents.issue(
        kind="ba-musdes",
        title="Berita Acara Musyawarah Desa Pertanggungjawaban Hasil Kerja P2KTD",
        template="transactions/print_minutes.html",
        snapshot={
            "letterhead": council_head(village),
            "letter_number": meeting.minutes_number,
            "account": account_of(account),
            "elements": [],
            "village": village.label,
            "place": village.zone_name,
            "meeting": {
                "title": meeting.title,
                "held_on": meeting.held_on,
                "starts_at": f"{meeting.starts_at:%H.%M}",
                "ends_at": f"{meeting.ends_at:%H.%M}",
                "at": meeting.place,
                "leader": meeting.leader,
                "leader_from": meeting.leader_from,
                "note_taker": meeting.note_taker,
                "note_taker_from": meeting.note_taker_from,
                "presented": meeting.presented,
                "came": came,
                "present": meeting.present(),
                "questions": [(row.asker, row.question, row.answer) for row in meeting.questions.all()],
                "decision": meeting.get_decision_display(),
                "note": meeting.decision_note,
                "follow_ups": [(row.what, row.who, row.due_on) for row in meeting.follow_ups.all()],
                "assisted_by": meeting.assisted_by.name if meeting.assisted_by else "",
            },
            "signatures": minutes_signatures(village, meeting),
        },
        holder=meeting,
        by=by,
        paper=paper,
        key=f"ba:{meeting.pk}:{paper}",
    )
