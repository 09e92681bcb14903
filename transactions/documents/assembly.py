"""What the papers of an assembly say: its orders in figures, and its record."""

from __future__ import annotations

from typing import Any

from accounts.models import Role
from core import documents
from regions.models import Area
from transactions.documents.frame import council_head, holder_of, signer
from transactions.models import Element, Meeting

AGENDA = (
    "Pembukaan",
    "Penyampaian hasil kerja, biaya, dan waktu oleh PKA/TPK dan penyedia",
    "Tanya jawab dan tanggapan peserta",
    "Keputusan musyawarah dan tindak lanjut",
    "Penutup",
)
WITNESS = {"heading": "Wakil peserta", "name": "", "position": ""}
RELATED = ("accountability__contract__sourcing__need", "accountability__contract__provider")
ALONG = ("accountability__contract__payments", "accountability__remedies")


def account_of(account: Any) -> dict[str, Any]:
    """What the assembly hears: the order in figures, planned and done; whole rupiah."""
    contract = account.contract
    spk = documents.thaw(contract.snapshot)
    payments = payments_of(account)
    paid = sum(row.gross for row in payments)
    refunded = account.refunded
    return {
        "order": contract.need.code,
        "title": spk["work"]["title"],
        "provider": spk["provider"]["name"],
        "number": spk["number"],
        "signed_on": spk["signed_on"],
        "value": contract.value,
        "funding": f"{spk['money']['funding']} Tahun Anggaran {spk['money']['fiscal_year']}",
        "starts_on": contract.starts_on,
        "ends_on": contract.ends_on,
        "volume": f"{spk['work']['volume']} {spk['work']['unit']}",
        "handover_on": contract.handover_on,
        "handover_number": contract.handover_number,
        "late_days": contract.late_days or 0,
        "fine": contract.fine,
        "paid": paid or None,
        "withheld": sum(row.withheld for row in payments),
        "paid_on": payments[-1].paid_on if payments else None,
        "refunded": refunded,
        "left": contract.value - paid,
    }


def payments_of(account: Any) -> list[Any]:
    """What was paid for the contract, in the order of its days."""
    return sorted(account.contract.payments.all(), key=lambda payment: (payment.paid_on, payment.pk))


def told_of(item: Any) -> dict[str, Any]:
    """One order of the agenda with what was said and decided of it, and what is to be done of it."""
    duties = [duty for duty in item.meeting.follow_ups.all() if duty.accountability_id == item.accountability_id]
    return account_of(item.accountability) | {
        "presented": item.presented,
        "output": item.output,
        "opinion": item.get_opinion_display(),
        "decision": item.get_decision_display(),
        "note": item.decision_note,
        "follow_ups": [(duty.what, duty.who, duty.due_on) for duty in duties],
    }


def head_of(village: Area) -> dict[str, Any]:
    """What every paper of the BPD begins with."""
    return {
        "letterhead": council_head(village),
        "letter_number": "",
        "village": village.label,
        "place": village.zone_name,
    }


def plan_of(meeting: Meeting) -> dict[str, Any]:
    """What is known before: the day, the hour, the place, the orders."""
    return {
        "title": meeting.title,
        "held_on": meeting.held_on,
        "starts_at": f"{meeting.starts_at:%H.%M}",
        "at": meeting.place,
        "agenda": [line.strip() for line in meeting.agenda.splitlines() if line.strip()] or list(AGENDA),
    }


def record_of(meeting: Meeting) -> dict[str, Any]:
    """What the sheets said, once it was entered."""
    came = [(row.get_element_display(), row.men, row.women) for row in meeting.attendance.all()]
    duties = meeting.follow_ups.select_related("accountability__contract__sourcing__need")
    return plan_of(meeting) | {
        "ends_at": f"{meeting.ends_at:%H.%M}" if meeting.ends_at else "",
        "leader": meeting.leader,
        "leader_from": meeting.leader_from,
        "note_taker": meeting.note_taker,
        "note_taker_from": meeting.note_taker_from,
        "speakers": meeting.speakers,
        "proceedings": meeting.proceedings,
        "came": came,
        "present": meeting.present(),
        "questions": [(row.asker, row.question, row.answer) for row in meeting.questions.all()],
        "follow_ups": [(row.need.code, row.what, row.who, row.due_on, row.blocks) for row in duties],
        "assisted_by": meeting.assisted_by.name if meeting.assisted_by else "",
    }


def photos_of(meeting: Meeting) -> list[dict[str, Any]]:
    """Up to four photographs for the annex, each with place and day."""
    said = f"{meeting.place}, {meeting.held_on:%d/%m/%Y}"
    files = [row for row in meeting.photos.select_related("file")[:4] if row.file.content_type in documents.FILE_TYPES]
    return [{"picture": documents.picture(row.file), "caption": row.caption or said} for row in files]


def elements() -> list[str]:
    return [str(element.label) for element in Element]


def signatures(village: Area, meeting: Meeting | None) -> dict[str, Any]:
    """Leader and note-taker; below them who acknowledges; then three of those present, and the provider."""
    leader = {"heading": "", "name": meeting.leader if meeting else "", "position": "Pimpinan Musyawarah"}
    taker = {"heading": "Notulis", "name": meeting.note_taker if meeting else "", "position": ""}
    head = signer(village, Role.VILLAGE_HEAD, "Mengetahui,")
    council = signer(village, Role.BPD, "Mengetahui,")
    provider = {"heading": "Saksi penyedia (bila hadir)", "name": "", "position": ""}
    return {
        "place": village.name,
        "date": meeting.held_on if meeting else None,
        "left": taker,
        "right": leader,
        "more": [[head, council], [WITNESS, WITNESS], [WITNESS, provider]],
    }


def council_chair(village: Area) -> dict[str, Any]:
    """Who invites: the BPD."""
    return {"place": village.name, "date": None, "right": {"heading": "", **holder_of(village, Role.BPD)}}
