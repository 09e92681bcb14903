"""The letters by which a provider is found: asking, announcing, opening, awarding.

Who signed is read from the events: the names and offices of the day on which the step was made, whoever holds the
office when the letter is printed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import documents
from core.formats import jam, tanggal, tanggal_sedang, terbilang, waktu
from core.models import PrintedDocument
from regions.models import Area
from transactions.documents.frame import Printable, holder_of, letterhead, package
from transactions.models import Invitation, Method, OpeningMinutes, Sourcing
from transactions.models.rule import OFFICER
from transactions.models.sourcing import offer
from transactions.order import Order

SENT_HERE = "melalui Marketplace P2KTD"


# --- what the letters have in common ------------------------------------------------------------------
def head_of(sourcing: Sourcing) -> dict[str, Any]:
    """The team's letterhead; the village's own for a direct purchase."""
    head = letterhead(sourcing.need.village)
    if sourcing.method == Method.DIRECT:
        return head
    return {**head, "lines": [*head["lines"][:-1], "TIM PELAKSANA KEGIATAN (TPK)", head["lines"][-1]]}


def acted(sourcing: Sourcing, *verbs: str) -> dict[str, str]:
    """Name and office of whoever made the step, as they were then; before events kept it, whoever holds the office."""
    event = sourcing.events().filter(verb__in=verbs).order_by("-pk").first()
    if event is None:
        return holder_of(sourcing.need.village, OFFICER[Method(sourcing.method)])
    return {"name": event.actor_name, "position": event.role_label}


def moment(at: dt.datetime | None, village: Area) -> str:
    """Kamis, 23 Mei 2024 pukul 08.30 WITA."""
    return f"{tanggal(at, village)} pukul {jam(at, village)}" if at else ""


def days_said(days: int) -> str:
    return f"{days} ({terbilang(days, unit='').strip()}) hari kalender"


def schedule(sourcing: Sourcing) -> list[list[str]]:
    """Steps as [what, from, until, where]; what was not fixed is left to write on."""
    village, venue = sourcing.need.village, sourcing.venue
    begin, deadline = moment(sourcing.announced_at, village), moment(sourcing.deadline, village)
    rows = []
    if sourcing.method == Method.TENDER:
        rows = [
            ["Pengumuman", begin, deadline, f"{SENT_HERE} dan papan pengumuman desa"],
            ["Pendaftaran dan pengambilan dokumen", begin, deadline, SENT_HERE],
            ["Pertanyaan dan jawaban", begin, moment(sourcing.questions_until, village), SENT_HERE],
        ]
    rows += [
        ["Pemasukan penawaran", begin, deadline, SENT_HERE],
        ["Pembukaan penawaran", f"sesudah {deadline}", "", venue],
    ]
    if sourcing.method != Method.DIRECT:
        rows += [
            ["Evaluasi teknis dan biaya", moment(sourcing.evaluates_at, village), "", venue],
            ["Negosiasi", moment(sourcing.negotiates_at, village), "", venue],
        ]
    if sourcing.method == Method.TENDER:
        rows.append(["Penetapan pemenang", moment(sourcing.awards_at, village), "", venue])
    return rows


def papers_asked(sourcing: Sourcing) -> str:
    """What an offer has to bring, as its form asks; and a price for each item."""
    named = [str(kind.label).lower() for kind in offer.papers_asked(sourcing)]
    prices = ["daftar kuantitas dan harga"] if sourcing.items.exists() else []  # type: ignore[attr-defined]
    return "; ".join([*named, *prices])


def specification(sourcing: Sourcing) -> str:
    """The technical specification of the terms, where they were written."""
    terms = getattr(sourcing, "terms", None)
    return str(terms.specification) if terms is not None else ""


def announced_fields(sourcing: Sourcing) -> list[list[Any]]:
    """What a tender's announcement says, besides its schedule: [label, value] rows."""
    need = sourcing.need
    team = acted(sourcing, "announce_tender")
    rows: list[list[Any]] = [
        ["Nomor pengumuman", sourcing.request_number],
        ["Nama pekerjaan", need.title],
        ["Tim Pelaksana Kegiatan", f"{team['name']}, {team['position']}"],
        ["Lokasi", ", ".join(part for part in (need.place, need.village.full_name) if part)],
        ["Lingkup pekerjaan", sourcing.scope],
        ["Spesifikasi", specification(sourcing)],
        ["Nilai total HPS", sourcing.hps],
        ["Sumber dana", funding(sourcing)],
        ["Waktu pelaksanaan", days_said(sourcing.days)],
        ["Peserta", f"Penyedia yang terdaftar di direktori {regency_of(need.village)}"],
        ["Isi penawaran", papers_asked(sourcing)],
        ["Dasar", sourcing.rule.basis],
    ]
    return [row for row in rows if row[1]]


def regency_of(village: Area) -> str:
    """Kabupaten Lombok Tengah, as the village's ancestry says it."""
    above = village.ancestry.split(", ")
    return above[1] if len(above) > 1 else village.ancestry


def funding(sourcing: Sourcing) -> str:
    need = sourcing.need
    return f"APB Desa, {need.get_funding_display()} Tahun Anggaran {need.fiscal_year}"


# --- asking -----------------------------------------------------------------------------------------
def issue_request(invitation: Invitation, sourcing: Sourcing, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """Surat Permintaan Penawaran to one invited provider."""
    need, village, provider = sourcing.need, sourcing.need.village, invitation.provider
    asker = acted(sourcing, "announce")
    return documents.issue(
        kind="surat-permintaan",
        title="Surat Permintaan Penawaran",
        template="transactions/print_request.html",
        snapshot={
            "letterhead": head_of(sourcing),
            "letter": {
                "number": sourcing.request_number,
                "enclosures": "",
                "subject": f"Permintaan penawaran {need.title}",
                "to": [provider.name, f"di {provider.address}" if provider.address else ""],
                "place": village.name,
                "date": sourcing.request_on,
            },
            "facts": [
                ["Nama pekerjaan", need.title],
                ["Lokasi", ", ".join(part for part in (need.place, village.full_name) if part)],
                ["Lingkup pekerjaan", sourcing.scope],
                *([["Spesifikasi", text]] if (text := specification(sourcing)) else []),
                ["Nilai total HPS", sourcing.hps],
                ["Sumber dana", funding(sourcing)],
                ["Jangka waktu", days_said(sourcing.days)],
                ["Batas waktu penawaran", moment(sourcing.deadline, village)],
                ["Tempat", ", ".join(part for part in (sourcing.venue, letterhead(village)["address"]) if part)],
            ],
            "items": items_asked(sourcing),
            "papers": papers_asked(sourcing),
            "schedule": schedule(sourcing),
            "order": need.code,
            "place": village.zone_name,
            "signatures": alone(village, sourcing.request_on, asker),
        },
        holder=invitation,
        by=by,
        paper=paper,
        key=f"surat-permintaan:{invitation.pk}:{paper}",
    )


def items_asked(sourcing: Sourcing) -> list[list[str]]:
    """What and how much, without the village's own prices."""
    rows: Any = sourcing.items  # type: ignore[attr-defined]
    return [[item.name, item.specification, item.line().volume_text, item.unit] for item in rows.all()]


def alone(village: Area, on: dt.date | None, person: dict[str, str]) -> dict[str, Any]:
    """One signature."""
    return {"place": village.name, "date": on, "left": None, "right": {"heading": "", **person}}


def issue_tender(sourcing: Sourcing, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """Pengumuman Lelang, for the village's notice board."""
    village = sourcing.need.village
    return documents.issue(
        kind="pengumuman-lelang",
        title="Pengumuman Lelang",
        template="transactions/print_tender.html",
        snapshot={
            "letterhead": head_of(sourcing),
            "letter_number": sourcing.request_number,
            "facts": announced_fields(sourcing)[1 if sourcing.request_number else 0 :],
            "items": items_asked(sourcing),
            "schedule": schedule(sourcing),
            "code": sourcing.code,
            "place": village.zone_name,
            "signatures": alone(village, sourcing.request_on, acted(sourcing, "announce_tender")),
        },
        holder=sourcing,
        by=by,
        paper=paper,
        key=f"pengumuman-lelang:{sourcing.pk}:{paper}",
    )


# --- opening ----------------------------------------------------------------------------------------
def issue_opening(minutes: OpeningMinutes, sourcing: Sourcing, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """Berita Acara Pembukaan Penawaran: who opened, and what every offer says."""
    need, village = sourcing.need, sourcing.need.village
    rows = sourcing.quotations.exclude(state="withdrawn").select_related("provider").order_by("price", "pk")
    offers = [
        {
            "provider": offer.provider.name,
            "address": offer.provider.address,
            "sent": waktu(offer.sent_at, village),
            "price": offer.price,
            "days": offer.days,
        }
        for offer in rows
    ]
    first = {"heading": "Pembuka pertama", "name": minutes.first_name, "position": minutes.first_position}
    second = {"heading": "Pembuka kedua, saksi", "name": minutes.second_name, "position": minutes.second_position}
    return documents.issue(
        kind="ba-pembukaan",
        title="Berita Acara Pembukaan Penawaran",
        template="transactions/print_opening.html",
        snapshot={
            "letterhead": head_of(sourcing),
            "letter_number": minutes.number,
            "on": sourcing.opened_at and sourcing.opened_at.astimezone(village.tzinfo).date(),
            "at": sourcing.venue,
            "clock": jam(sourcing.opened_at, village),
            "deadline": moment(sourcing.deadline, village),
            "facts": package(need, hps=sourcing.hps),
            "method": sourcing.get_method_display(),
            "tender": sourcing.method == Method.TENDER,
            "asked": sourcing.invitations.count(),
            "offers": offers,
            "opened_by": [f"{each['name']}, {each['position']}" for each in (first, second) if each["name"]],
            "place": village.zone_name,
            "signatures": {
                "place": village.name,
                "date": sourcing.opened_at and sourcing.opened_at.astimezone(village.tzinfo).date(),
                "left": second if minutes.second_name else None,
                "right": {**first, "heading": first["heading"] if minutes.second_name else ""},
            },
        },
        holder=minutes,
        by=by,
        paper=paper,
        key=f"ba-pembukaan:{minutes.pk}:{paper}",
    )


# --- awarding ---------------------------------------------------------------------------------------
def awarded(sourcing: Sourcing, offer: Any) -> dict[str, Any]:
    """The winner's lines of both letters."""
    need = sourcing.need
    return {
        "facts": [
            ["Kegiatan", f"{need.activity_code} {need.activity.name if need.activity else ''}".strip()],
            ["Paket pekerjaan", need.title],
            ["Nilai total HPS", sourcing.hps],
            ["Sumber dana", funding(sourcing)],
            ["Cara pengadaan", f"{sourcing.get_method_display()}, {sourcing.rule.basis}"],
        ],
        "winner": [
            ["Nama penyedia", offer.provider.name],
            ["Alamat", offer.provider.address],
            ["Nilai kontrak", offer.final_price],
            ["Waktu pelaksanaan", days_said(offer.days)],
        ],
        "reason": sourcing.award_reason,
        "talked": offer.negotiated_price is not None,
    }


def issue_award(sourcing: Sourcing, offer: Any, *, by: Any, paper: str = "A4", notice: bool = False) -> PrintedDocument:
    """Surat Penetapan Pemenang; with `notice` its announcement, Pengumuman Pemenang."""
    village = sourcing.need.village
    kind = "pengumuman-pemenang" if notice else "penetapan"
    return documents.issue(
        kind=kind,
        title="Pengumuman Pemenang" if notice else "Surat Penetapan Pemenang",
        template="transactions/print_award.html",
        snapshot={
            "letterhead": head_of(sourcing),
            "letter_number": sourcing.notice_number if notice else sourcing.award_number,
            "award": [sourcing.award_number, tanggal_sedang(sourcing.award_on)] if notice else None,
            "notice": notice,
            **awarded(sourcing, offer),
            "village": village.label,
            "place": village.zone_name,
            "signatures": alone(village, sourcing.award_on, acted(sourcing, "award")),
        },
        holder=sourcing,
        by=by,
        paper=paper,
        key=f"{kind}:{offer.pk}:{paper}",
    )


def available(order: Order) -> list[Printable]:
    """The letters that can be asked for now; a bidder is offered its own request and, in the end, the award."""
    sourcing = order.sourcing
    if sourcing is None:
        return []
    found = requests(order, sourcing)
    if sourcing.method == Method.TENDER and sourcing.announced_at:
        found.append(
            Printable("pengumuman-lelang", "Pengumuman Lelang", lambda **k: issue_tender(sourcing, **k), (sourcing,))
        )
    if (minutes := order.opening_minutes) is not None:
        label = "Berita Acara Pembukaan Penawaran"
        found.append(Printable("ba-pembukaan", label, lambda **k: issue_opening(minutes, sourcing, **k), (minutes,)))
    if (winner := order.winner) is not None:
        label = "Surat Penetapan Pemenang"
        found.append(Printable("penetapan", label, lambda **k: issue_award(sourcing, winner, **k), (sourcing,)))
        label = "Pengumuman Pemenang"
        found.append(
            Printable(
                "pengumuman-pemenang", label, lambda **k: issue_award(sourcing, winner, notice=True, **k), (sourcing,)
            )
        )
    return found


def requests(order: Order, sourcing: Sourcing) -> list[Printable]:
    """A request for each invited provider, once they went out."""
    if sourcing.announced_at is None or sourcing.method == Method.TENDER:
        return []
    return [
        Printable(
            f"surat-permintaan-{row.provider.code.lower()}",
            f"Surat Permintaan Penawaran: {row.provider.name}",
            lambda row=row, **k: issue_request(row, sourcing, **k),
            (row,),
        )
        for row in order.invitations
    ]
