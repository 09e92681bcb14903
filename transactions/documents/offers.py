"""From what is asked to what it costs: KAK, HPS, and the minutes of evaluation and of price talks."""

from __future__ import annotations

from typing import Any

from accounts.models import Role
from core import documents
from core.formats import desimal, persen
from core.models import PrintedDocument
from transactions.documents.frame import Printable, holder_of, letterhead, package
from transactions.models import Evaluation, EvaluationMinutes, Method, Quotation, Sourcing, Terms
from transactions.models.sourcing.item import Line, total_of
from transactions.models.sourcing.terms import holders
from transactions.order import Order

UNNAMED = {"name": "", "position": ""}


# --- who signs --------------------------------------------------------------------------------------------------
def buyers(sourcing: Sourcing) -> list[dict[str, str]]:
    """Who buys by this method: the activity manager alone, or the team (dots for three where nobody is named)."""
    village = sourcing.need.village
    if sourcing.method == Method.DIRECT:
        return [holder_of(village, Role.ACTIVITY_MANAGER)]
    team = holders(village.code, Role.PROCUREMENT_TEAM)
    return team or [{"name": "", "position": f"{seat} TPK"} for seat in ("Ketua", "Sekretaris", "Anggota")]


def decree(sourcing: Sourcing) -> str:
    """What the team acts under, as its memberships say; empty where they do not."""
    rows = holders(sourcing.need.village_id, Role.PROCUREMENT_TEAM)
    return next((row["basis"] for row in rows if row["basis"]), "")


def signed_by(village: Any, people: list[dict[str, str]], *, on: Any, left: Any = None) -> dict[str, Any]:
    """The first of the people at the right with place and date, the others in pairs below."""
    first, *rest = people
    pairs = [[rest[at], rest[at + 1] if at + 1 < len(rest) else None] for at in range(0, len(rest), 2)]
    return {"place": village.name, "date": on, "left": left, "right": first, "more": pairs}


def of_provider(quotation: Quotation) -> dict[str, str]:
    provider = quotation.provider
    return {
        "heading": f"Penyedia, {provider.name}",
        "name": provider.person_in_charge,
        "position": f"{provider.position} (stempel bila ada)",
    }


# --- KAK and HPS ------------------------------------------------------------------------------------------------
def written(terms: Terms) -> tuple[dict[str, Any], str, str]:
    """(what the KAK and the HPS say, a watermark, and the part of a key that tells one content from another)."""
    if terms.state == "fixed":
        return documents.thaw(terms.snapshot), "", "tetap"
    said = terms.as_written()
    return said, "DRAF", documents.fingerprint(documents.freeze(said))[:16]


def signature_of_manager(terms: Terms, said: dict[str, Any], on: Any) -> dict[str, Any]:
    manager = next(iter(said["manager"]), {"name": "", "position": str(Role.ACTIVITY_MANAGER.label)})
    return {"place": terms.need.village.name, "date": on, "left": None, "right": manager}


def issue_kak(terms: Terms, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The terms of reference: sixteen headings, of which the order and the offices give what nobody typed."""
    said, watermark, key = written(terms)
    village = terms.need.village
    return documents.issue(
        kind="kak",
        title="Kerangka Acuan Kerja (KAK)",
        template="transactions/print_kak.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": said["number"],
            "kak": said,
            "place": village.zone_name,
            "watermark": watermark,
            "signatures": signature_of_manager(terms, said, said["dated_on"]),
        },
        # Whoever was asked reads the KAK; a draft is the village's own.
        holder=terms if watermark else terms.sourcing,
        by=by,
        paper=paper,
        key=f"kak:{terms.pk}:{paper}:{key}",
    )


def issue_hps(terms: Terms, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The village's own price estimate, line by line. Not for bidders, who know its total alone."""
    said, watermark, key = written(terms)
    village = terms.need.village
    rate = desimal((said["ppn_basis_points"] or 0) / 100, 2).rstrip("0").rstrip(",")
    added = said["ppn_basis_points"] is not None
    return documents.issue(
        kind="hps",
        title="Harga Perkiraan Sendiri (HPS)",
        template="transactions/print_hps.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": said["hps_number"],
            "kak": said,
            "facts": package(terms.need),
            "items": said["items"],
            "totals": {
                "sum": said["subtotal"],
                "tax_label": f"PPN {rate} %",
                "tax": said["ppn"] if added else None,
                "total": said["hps"],
            },
            "place": village.zone_name,
            "watermark": watermark,
            "signatures": signature_of_manager(terms, said, said["hps_on"]),
        },
        holder=terms,
        by=by,
        paper=paper,
        key=f"hps:{terms.pk}:{paper}:{key}",
    )


# --- the evaluation ---------------------------------------------------------------------------------------------
def offer_rows(sourcing: Sourcing) -> list[dict[str, Any]]:
    """Every judged offer from the lowest, with what was found in each part."""
    rows = Evaluation.objects.filter(quotation__sourcing=sourcing).select_related("quotation__provider")
    return [
        {
            "provider": each.quotation.provider.name,
            "address": each.quotation.provider.address,
            "papers": [list(row) for row in each.paper_rows],
            "administration": each.administration,
            "administration_note": each.administration_note,
            "technical": each.technical,
            "technical_note": each.technical_note,
            "days": each.quotation.days,
            "price": each.quotation.price,
            "percent": f"{desimal(each.percent)} %",
            "price_passes": each.price,
            "price_note": each.price_note,
            "passes": each.passes,
        }
        for each in rows.order_by("rank")
    ]


def issue_evaluation(minutes: EvaluationMinutes, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The minutes of the evaluation: administration, technique, price from the lowest, and who may be talked to."""
    sourcing = minutes.sourcing
    need, rows = sourcing.need, offer_rows(sourcing)
    village = need.village
    best = next((row for row in rows if row["passes"]), None)
    return documents.issue(
        kind="ba-evaluasi",
        title="Berita Acara Hasil Evaluasi Penawaran",
        template="transactions/print_evaluation.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": minutes.number,
            "on": minutes.held_on,
            "at": minutes.place,
            "is_direct": sourcing.method == Method.DIRECT,
            "decree": decree(sourcing),
            "village": village.label,
            "facts": [*package(need, hps=sourcing.hps), ["Lingkup pekerjaan", sourcing.scope]],
            "offers": rows,
            "passed": [row["provider"] for row in rows if row["passes"]],
            "best": best["provider"] if best else "",
            "best_price": best["price"] if best else None,
            "place": village.zone_name,
            "signatures": signed_by(village, buyers(sourcing), on=minutes.held_on),
        },
        holder=minutes,
        by=by,
        paper=paper,
        key=f"ba-evaluasi:{minutes.pk}:{paper}",
    )


# --- the price talks --------------------------------------------------------------------------------------------
def both(before: Line, after: Line) -> dict[str, Any]:
    """One item before and after the talks."""
    return {
        "name": before.name,
        "volume": before.volume_text,
        "unit": before.unit,
        "before": before.unit_price,
        "before_amount": before.amount,
        "after": after.unit_price,
        "after_amount": after.amount,
    }


def issue_negotiation(quotation: Quotation, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The minutes of the price talks: what was offered, what was agreed, item by item, and how it came to that."""
    sourcing = quotation.sourcing
    need = sourcing.need
    village, before, after = need.village, quotation.offered_lines(), quotation.lines()
    number, on = quotation.negotiation_number, quotation.negotiated_on
    saved = quotation.price - quotation.final_price
    return documents.issue(
        kind="ba-negosiasi",
        title="Berita Acara Hasil Negosiasi",
        template="transactions/print_negotiation.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": number,
            "on": on,
            "at": "",
            "is_direct": sourcing.method == Method.DIRECT,
            "decree": decree(sourcing),
            "village": village.label,
            "provider": quotation.provider.name,
            "address": quotation.provider.address,
            "facts": [*package(need, hps=sourcing.hps), ["Harga penawaran", quotation.price]],
            "agreed": quotation.final_price,
            "share": persen(quotation.final_price / sourcing.hps),
            "saved": saved,
            "lines": [both(old, new) for old, new in zip(before, after, strict=True)],
            "before_total": total_of(before),
            "after_total": total_of(after),
            "turns": [
                {"side": turn.side_label, "who": turn.first.by.name, "total": turn.total, "note": turn.first.note}
                for turn in quotation.turns()
            ],
            "place": village.zone_name,
            "signatures": signed_by(village, buyers(sourcing), on=on, left=of_provider(quotation)),
        },
        holder=quotation,
        by=by,
        paper=paper,
        key=f"ba-negosiasi:{quotation.pk}:{paper}:{number}:{on}",
    )


# --- what can be asked for ----------------------------------------------------------------------------------------
def available(order: Order) -> list[Printable]:
    """The papers from KAK to price talks that this person may print now."""
    found: list[Printable] = []
    terms, sourcing = order.terms, order.sourcing
    if terms is not None:
        # What was printed of the draft is the village's own.
        about = (terms.sourcing, terms) if order.may_see_prices else (terms.sourcing,)
        found.append(Printable("kak", "Kerangka Acuan Kerja (KAK)", lambda **k: issue_kak(terms, **k), about))
    if terms is not None and order.may_see_prices:
        found.append(Printable("hps", "Harga Perkiraan Sendiri (HPS)", lambda **k: issue_hps(terms, **k), (terms,)))
    if sourcing is not None and sourcing.state in ("evaluated", "awarded", "failed"):
        minutes = order.evaluation_minutes
        if minutes is not None:
            found.append(
                Printable(
                    "ba-evaluasi", "Berita Acara Hasil Evaluasi", lambda **k: issue_evaluation(minutes, **k), (minutes,)
                )
            )
    for quotation in order.quotations:
        if quotation.is_agreed:
            label = f"Berita Acara Hasil Negosiasi, {quotation.provider.name}"
            kind = f"ba-negosiasi-{quotation.code.lower()}"
            found.append(
                Printable(kind, label, lambda quotation=quotation, **k: issue_negotiation(quotation, **k), (quotation,))
            )
    return found
