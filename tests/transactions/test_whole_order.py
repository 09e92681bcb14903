"""One order from the need to the answer of the provider, through its pages: what each shows, plus what a person types."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reviews.models import Rating
from tests.core.files import jpeg, pdf
from tests.transactions.stage import Market
from tests.transactions.test_pages import filled
from transactions.models import Accountability, Contract, Meeting, Need, PaymentRequest, Quotation, Sourcing, Terms

pytestmark = pytest.mark.django_db


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("pindaian.pdf", pdf(), "application/pdf")


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("foto.jpg", jpeg(), "image/jpeg")


def meets(offer: Quotation, **said: str) -> dict[str, str]:
    """The evaluation form of one offer: all three parts meet what was asked, unless said otherwise."""
    parts = {"administration": "yes", "technical": "yes", "price": "yes"} | said
    if not offer.papers.exists() and offer.sourcing.method != "direct":
        parts = {"administration_note": "Berkas menyusul."} | parts
    return {f"{part}_{offer.code}": value for part, value in parts.items()}


def send(market: Market, who: str, url: str, **typed: Any) -> Any:
    """Open the page, type, send. The next page must say that it went well."""
    client = market.client(who)
    page = client.get(url)
    assert page.status_code == 200, (who, url, page.status_code)
    form = page.context["form"]
    shown = filled(form) if form is not None else {}
    response = client.post(url, shown | typed)
    assert response.status_code == 302, response.context["form"].errors or response.context["refusal"]
    landed = client.get(response["Location"])
    assert landed.status_code == 200
    return landed


def test_from_the_need_to_the_providers_answer(market: Market) -> None:
    today = market.today.isoformat()
    send(
        market, "operator", reverse("need-new") + f"?layanan={market.service.code}",
        title="Pembukuan", problem="Belum ada laporan.", why_provider="Belum ada ahlinya.", estimate="9.500.000",
    )  # fmt: skip
    need = Need.objects.get()
    assert need.service == market.service
    send(market, "operator", need.move_url("agree"), musdes_on=today, musdes_number="140/1")
    send(market, "pka", need.move_url("budget"), funding="dd", activity_code="4.3.02", ceiling="9.500.000")
    send(market, "pka", reverse("sourcing-new", args=[need.code]))  # scope, days, deadline, service: proposed
    sourcing = Sourcing.objects.get()
    assert sourcing.scope == market.service.deliverables
    assert sourcing.invitations.get().service == market.service
    send(market, "pka", sourcing.move_url("amend"), days="10")
    send(market, "pka", sourcing.move_url("announce"))
    send(
        market, "firm", reverse("quotation-new", args=[need.code]),
        price="9.300.000", days="10", approach="Kelas dan praktik.", attachment=scan(),
    )  # fmt: skip
    offer = Quotation.objects.get()
    send(market, "firm", offer.move_url("revise"), price="9.200.000")
    assert market.client("firm").get(offer.attachment.get_absolute_url()).status_code == 200
    send(market, "pka", sourcing.move_url("open_quotations"))
    send(market, "pka", sourcing.move_url("evaluate"), **meets(offer))
    send(market, "pka", offer.move_url("propose"), price_1="8.500.000", note="Harga desa tetangga.")
    send(market, "firm", offer.move_url("counter"), price_1="9.000.000", note="Termasuk modul.")
    send(market, "pka", offer.move_url("accept_price"))
    send(market, "pka", sourcing.move_url("award"), quotation=offer.pk, related="tidak")
    contract = Contract.objects.get()
    send(market, "pka", contract.move_url("issue"), number="027/1", signed_on=today, starts_on=today)
    send(market, "firm", contract.move_url("sign_for_provider"), scan=scan())
    send(market, "pka", contract.move_url("sign_for_village"), scan=scan())
    send(
        market, "firm", contract.move_url("report_progress"), percent="100", text="Selesai.", photos=[photo(), photo()]
    )
    send(market, "firm", contract.move_url("request_inspection"), percent="100")
    send(
        market,
        "pka",
        contract.move_url("ask_repair"),
        reason="Modul kurang satu.",
        due_on=today,
        number="028/a",
        on=today,
    )
    send(market, "firm", contract.move_url("request_inspection"), percent="100")
    send(market, "pka", contract.move_url("accept_work"), note="Lengkap.", number="028/b", on=today)
    send(market, "pka", contract.move_url("hand_over"), number="028/1", on=today, place="Kantor desa")
    send(market, "operator", contract.move_url("attach_handover_scan"), scan=scan())
    send(market, "pka", contract.move_url("hand_to_head"), number="028/2", on=today, place="Kantor desa")
    send(market, "kades", contract.move_url("confirm_handover"))
    send(market, "operator", contract.move_url("attach_head_scan"), scan=scan())
    account = Accountability.objects.get()
    send(market, "pka", reverse("payment-request-new", args=[contract.code]))
    spp = PaymentRequest.objects.get()
    send(
        market, "firm", spp.move_url("bill"),
        bill_number="INV/1", billed_on=today, bill_amount="9.000.000", bill_scan=scan(),
    )  # fmt: skip
    send(
        market, "pka", spp.move_url("complete_papers"),
        number="900/1", requested_on=today, work="consulting", statement=scan(),
    )  # fmt: skip
    send(market, "pka", spp.move_url("submit"))
    answers = {key: "ya" for key, _ in PaymentRequest.CHECKS}
    send(market, "sekdes", spp.move_url("examine"), **answers | {"correct": "tidak", "correct_note": "Nomor salah."})
    send(market, "pka", spp.move_url("submit"))
    send(market, "sekdes", spp.move_url("examine"), **answers)
    send(market, "kades", spp.move_url("approve"))
    send(market, "kaur", spp.move_url("pay"), number="KWT/1", paid_on=today, proof=scan())
    payment = contract.payments.get()
    assert (payment.gross, payment.withheld) == (9_000_000, 180_000)  # as proposed
    send(
        market, "pld", reverse("meeting-new", args=[account.code]),
        held_on=today, starts_at="09:00", ends_at="11:30", place="Aula", **{f"presented_{account.code}": "Selesai, tepat waktu."},
        men_bpd="4", women_bpd="2", women_perempuan="9", asker_0="Inaq", question_0="Ada lanjutannya?", answer_0="Ada.",
    )  # fmt: skip
    meeting = Meeting.objects.get()
    assert (meeting.leader, meeting.note_taker) == ("Contoh Bpd", "Contoh Sekdes")  # as proposed
    send(market, "pld", meeting.move_url("amend"), place="Aula kantor desa")
    assert meeting.present() == {"men": 4, "women": 11, "total": 15}
    assert meeting.questions.get().answer == "Ada."
    send(market, "pld", meeting.move_url("attach"), scan=scan(), attendance_scan=scan(), photos=[photo(), photo()])
    due = (market.today + dt.timedelta(days=14)).isoformat()
    send(
        market, "bpd", meeting.move_url("decide"), minutes_number="141/1",
        **{f"decision_{account.code}": "with_notes", f"note_{account.code}": "Bagikan modul."},
        what_0="Bagikan modul", who_0="Kasi Kesejahteraan", due_0=due,
    )  # fmt: skip
    landed = send(market, "kades", account.move_url("close"))
    assert "Pembelian selesai dan dipertanggungjawabkan." in landed.content.decode()
    scores = dict.fromkeys(("quality", "cost", "time", "service", "learning"), "5")
    send(market, "pka", reverse("rating-new", args=[contract.code]), **scores, comment="Sabar dan jelas.")
    rating = Rating.objects.get()
    landed = send(market, "firm", rating.move_url("answer"), reply="Terima kasih.")
    assert "Terima kasih." in landed.content.decode()
    assert "Sabar dan jelas." in market.client("public").get(market.service.get_absolute_url()).content.decode()
    kinds = [
        (event.about.rsplit(".", maxsplit=1)[-1], event.verb)
        for document in (need, sourcing, contract, account)
        for event in document.events()
    ]
    assert len(kinds) == 3 + 6 + 14 + 4


def test_a_quotation_of_two_through_its_pages(market: Market) -> None:
    need = market.need(estimate=20_000_000)
    chosen = [market.service.pk, market.rival_service.pk]
    send(
        market, "tpk", reverse("sourcing-new", args=[need.code]),
        scope="Kelas.", hps="20.000.000", days="14", services=chosen, cari="",
    )  # fmt: skip
    sourcing = Sourcing.objects.get()
    said = {"specification": "Dua pelatih.", "from_village": "Aula.", "progress_reports": "Tiap minggu."}
    send(market, "pka", reverse("terms-new", args=[sourcing.code]), **said)
    send(market, "pka", Terms.objects.get().move_url("price"))  # one lump of the HPS so far: proposed
    assert [(item.name, item.amount) for item in sourcing.items.all()] == [(need.title, 20_000_000)]
    send(market, "tpk", sourcing.move_url("announce"))
    for who, price in (("firm", "19.000.000"), ("rival", "18.000.000")):
        send(market, who, reverse("quotation-new", args=[need.code]), price_1=price, days="14", approach="Kami.")
    market.let_deadline_pass(sourcing)
    send(market, "tpk", sourcing.move_url("ask_opening"))
    send(market, "sekdes", sourcing.move_url("confirm_opening"), number="01/BA-P/2026")
    dear, cheap = sourcing.quotations.order_by("-price")
    judged = meets(dear) | meets(cheap, technical="no", technical_note="Tanpa jadwal.")
    send(market, "tpk", sourcing.move_url("evaluate"), **judged)
    send(market, "tpk", sourcing.move_url("award"), quotation=dear.pk, related="tidak")
    assert Contract.objects.get().provider == market.firm.provider
    text = market.client("rival").get(sourcing.get_absolute_url()).content.decode()
    assert "Penawaran gugur: Tanpa jadwal." in text
