"""The papers of the village assembly."""

from __future__ import annotations

from typing import Any

from accounts.models import Role
from core import documents
from core.models import PrintedDocument
from regions.models import Area
from transactions.documents.frame import Printable, council_head, holder_of
from transactions.models import Element, Meeting
from transactions.order import Order

BLANK_ROWS = 30


def account_of(account: Any) -> dict[str, Any]:
    """What the assembly hears: the order in figures, planned and done."""
    contract = account.contract
    spk = documents.thaw(contract.snapshot)
    payments = list(contract.payments.all())
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
        "paid": sum(payment.gross for payment in payments) or None,
        "fine": sum(payment.fine for payment in payments),
        "withheld": sum(payment.withheld for payment in payments),
        "paid_on": max((payment.paid_on for payment in payments), default=None),
    }


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


def available(order: Order) -> list[Printable]:
    """The assembly's papers that can be asked for now: blank ones to take along, filled ones once decided."""
    found, account = [], order.accountability
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
