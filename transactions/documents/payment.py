"""The papers of a payment: the SPP with the secretary's check list, the statement of responsibility, the receipt.

Each can be printed from the day the SPP is begun: what is not known yet is left to write on.
"""

from __future__ import annotations

from typing import Any

from accounts.models import Role
from core import documents
from core.models import DatedSetting, PrintedDocument
from transactions.documents.frame import Printable, doer, letterhead, mark
from transactions.models import PaymentRequest
from transactions.models.payment.payment_request import FILED
from transactions.order import Order


def facts_of(request: PaymentRequest) -> dict[str, Any]:
    """What all three papers say of the payment, frozen: amounts are whole rupiah."""
    contract, need = request.contract, request.need
    figures = request.figures()
    payment = request.paid_by
    if payment is None:
        taxes = [{"label": line.label, "amount": line.amount} for line in figures["taxes"]]
    else:
        taxes = [{"label": row.get_tax_display(), "amount": row.amount} for row in payment.taxes.all()]
    withheld = sum(line["amount"] for line in taxes)
    return {
        "order": need.code,
        "title": request.title,
        "work": need.title,
        "spk": {"number": contract.number, "signed_on": contract.signed_on, "value": figures["value"]},
        "provider": {
            "name": contract.provider.name,
            "person": contract.provider.person_in_charge,
            "position": contract.provider.position,
            "address": contract.provider.address,
            "bank": request.bank,
            "holder": request.account_holder,
        },
        "budget": {
            "activity": need.activity.name if need.activity_id else need.title,
            "code": need.activity_code,
            "funding": need.get_funding_display(),
            "year": need.fiscal_year,
            "ceiling": figures["ceiling"],
        },
        "number": request.number,
        "on": request.requested_on,
        "bill": {"number": request.bill_number, "on": request.billed_on},
        "before": figures["before"],
        "asked": request.amount,
        "so_far": figures["before"] + request.amount,
        "after": figures["after"],
        "fine": request.fine,
        "taxes": taxes,
        "withheld": withheld,
        "net": max(0, request.amount - request.fine - withheld),
        "is_estimate": payment is None,
        "paid": {"number": payment.number, "on": payment.paid_on} if payment else None,
    }


def issued(request: PaymentRequest, kind: str, title: str, *, by: Any, paper: str, **more: Any) -> PrintedDocument:
    """Freeze a paper; the same content is printed once, other content is another paper."""
    village = request.village
    snapshot = {"letterhead": letterhead(village), "place": village.zone_name, "pay": facts_of(request), **more}
    return documents.issue(
        kind=kind,
        title=title,
        template=f"transactions/print_{kind}.html",
        snapshot=snapshot,
        holder=request,
        by=by,
        paper=paper,
        key=f"{kind}:{request.pk}:{paper}:{mark(snapshot)}",
    )


def manager(request: PaymentRequest, heading: str = "") -> dict[str, str]:
    """Who files it."""
    return doer(request, "submit", role=Role.ACTIVITY_MANAGER, done=request.state in FILED, heading=heading)


def head(request: PaymentRequest, heading: str) -> dict[str, str]:
    """Who approves it."""
    return doer(request, "approve", role=Role.VILLAGE_HEAD, done=request.approved_at, heading=heading)


def treasurer(request: PaymentRequest, heading: str) -> dict[str, str]:
    """Who pays it."""
    return doer(request, "pay", role=Role.VILLAGE_TREASURER, done=request.paid_by, heading=heading)


def issue_spp(request: PaymentRequest, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The request with the four checks of the secretary, the head's approval and the treasurer's receipt."""
    village = request.village
    return issued(
        request,
        "spp",
        "Surat Permintaan Pembayaran (SPP)",
        by=by,
        paper=paper,
        letter_number=request.number,
        checks=[[check["what"], check["passed"], check["note"]] for check in request.checks()],
        attachments=[
            ["Pernyataan tanggung jawab belanja", True if request.statement_id else None, ""],
            ["Tagihan atau kuitansi penyedia", True if request.bill_scan_id else None, request.bill_number],
            ["Bukti penerimaan barang/jasa di tempat", True if request.receipt_id else None, received(request)],
        ],
        signatures={
            "place": village.name,
            "date": request.requested_on,
            "left": doer(
                request,
                "examine",
                "refuse",
                role=Role.VILLAGE_SECRETARY,
                done=request.checked_at,
                heading="Telah diverifikasi,",
            ),
            "right": manager(request, "Yang mengajukan,"),
            "more": [[head(request, "Setuju untuk dibayarkan,"), treasurer(request, "Telah dibayar,")]],
        },
    )


def received(request: PaymentRequest) -> str:
    """Which paper proves the receipt."""
    contract = request.contract
    return f"BAST {contract.handover_number}" if request.is_last and contract.handover_number else ""


def issue_statement(request: PaymentRequest, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """Pernyataan tanggung jawab belanja: the manager answers for the expense."""
    village = request.village
    return issued(
        request,
        "tanggung-jawab",
        "Pernyataan Tanggung Jawab Belanja",
        by=by,
        paper=paper,
        village=village.full_name,
        manager=manager(request),
        signatures={
            "place": village.name,
            "date": request.requested_on,
            "right": manager(request, "Pelaksana Kegiatan Anggaran,"),
        },
    )


def issue_receipt(request: PaymentRequest, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The kuitansi that the provider signs; above the amount of the day's law it wants a stamp."""
    village, payment = request.village, request.paid_by
    day = payment.paid_on if payment else request.requested_on or request.today
    above = DatedSetting.objects.in_force("stamp-duty-above", on=day)
    provider = request.contract.provider
    return issued(
        request,
        "kuitansi",
        "Kuitansi",
        by=by,
        paper=paper,
        letter_number=payment.number if payment else "",
        upload=request.state in ("draft", "returned"),  # later the bill is filed, and this is signed for the money
        payer=f"Kaur Keuangan {village.label}",
        stamp=DatedSetting.objects.in_force("stamp-duty", on=day) if request.amount > above else None,
        stamp_above=above,
        signatures={
            "place": village.name,
            "date": payment.paid_on if payment else None,
            "left": treasurer(request, "Yang membayar,"),
            "right": {
                "heading": f"Yang menerima, {provider.name}",
                "name": provider.person_in_charge,
                "position": provider.position,
            },
            "more": [[head(request, "Setuju dibayar,"), manager(request, "Mengetahui,")]],
        },
    )


PAPERS = (
    ("spp", "SPP", issue_spp),
    ("tanggung-jawab", "Pernyataan Tanggung Jawab Belanja", issue_statement),
    ("kuitansi", "Kuitansi", issue_receipt),
)


def of_request(request: PaymentRequest) -> list[Printable]:
    """Its three papers; none once it is withdrawn."""
    if request.state == "withdrawn":
        return []
    termin = "" if request.termins == 1 else f" termin {request.termin}"
    return [
        Printable(
            f"{kind}-{request.termin}", f"{label}{termin}", lambda issue=issue, **k: issue(request, **k), (request,)
        )
        for kind, label, issue in PAPERS
    ]


def available(order: Order) -> list[Printable]:
    """The payments' papers that can be asked for now; after them those of contracts that ended before."""
    requests = [*order.payment_requests, *order.former_requests]
    return [each for request in requests for each in of_request(request)]
