"""A payment recorded wrongly is put right by the treasurer, with a reason; what it said before stays to be read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import PrintedDocument, StoredFile
from monitoring import rollup
from monitoring.models import MonthlyFigure
from tests.core.files import pdf
from tests.transactions.stage import Market, attempt
from transactions.models import PaymentRequest
from transactions.tax import TaxLine

pytestmark = pytest.mark.django_db


def paid(market: Market) -> PaymentRequest:
    """A request, paid with the number KWT/1 and 188.000 of PPh."""
    request = market.request(market.account("payment").contract, "approved")
    market.transfer(request, taxes=[TaxLine("pph23", "PPh", 9_400_000, 188_000)])
    return request


def amend(market: Market, request: PaymentRequest, **changes: Any) -> None:
    said = {"number": "KWT/1", "paid_on": market.today, "taxes": [TaxLine("pph23", "PPh", 9_400_000, 188_000)]}
    request.amend_payment(**{"by": market.user("kaur"), "reason": "Salah ketik."} | said | changes)


def test_number_and_taxes_are_put_right_and_the_rest_stays(market: Market) -> None:
    request = paid(market)
    old = request.payment.proof
    taxes = [TaxLine("pph23", "PPh", 9_400_000, 376_000), TaxLine("ppn", "PPN", 9_400_000, 1)]
    amend(market, request, number="KWT/2", taxes=taxes, proof=market.file("kaur"))
    payment = PaymentRequest.objects.get().payment
    assert (payment.number, payment.gross, payment.fine, payment.withheld, payment.net) == (
        "KWT/2", 9_400_000, 0, 376_001, 9_023_999,
    )  # fmt: skip
    assert {row.tax: row.amount for row in payment.taxes.all()} == {"pph23": 376_000, "ppn": 1}
    assert payment.proof != old and payment.recorded_by == market.user("kaur")
    before = request.events().get(verb="amend_payment").data["before"]
    assert before == {
        "number": "KWT/1", "paid_on": market.today.isoformat(), "proof": old.code, "net": 9_212_000,
        "taxes": {"pph23": 188_000},
    }  # fmt: skip
    assert StoredFile.objects.get(pk=old.pk).is_visible_to(market.user("pka"))  # the auditor's, too


def test_a_tax_that_was_not_withheld_is_taken_out(market: Market) -> None:
    request = paid(market)
    amend(market, request, taxes=[])
    assert (request.payment.withheld, request.payment.net, request.payment.taxes.count()) == (0, 9_400_000, 0)


def test_whom_it_concerns_reads_of_it(market: Market) -> None:
    request = paid(market)
    amend(market, request, number="KWT/2")
    told = {notice.user for notice in request.events().get(verb="amend_payment").notices.all()}
    assert told == {market.user(key) for key in ("firm", "pka", "kades")}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Tidak ada yang berubah. Ubah yang keliru, atau kembali ke halaman SPP."),
        ({"paid_on": 1}, "Tanggal pembayaran tidak boleh di masa depan."),
        ({"paid_on": -1}, "Pembayaran dilakukan setelah SPP, yaitu setelah hasil pekerjaan diterima."),
        ({"taxes": [TaxLine("ppn", "PPN", 1, 9_400_001)]}, "Pajak dan denda tidak boleh melebihi nilai pembayaran."),
    ],
)
def test_what_a_record_can_not_say(market: Market, changes: dict[str, Any], sentence: str) -> None:
    request = paid(market)
    said: dict[str, Any] = {"number": "KWT/1", "taxes": [TaxLine("pph23", "PPh", 9_400_000, 188_000)]} | changes
    said["paid_on"] = market.today + dt.timedelta(days=said.get("paid_on", 0))
    assert attempt(request, "amend_payment", market.user("kaur"), said | {"reason": "x"}) == sentence
    payment = PaymentRequest.objects.get().payment
    assert (payment.number, payment.paid_on, payment.withheld, payment.taxes.count()) == (
        "KWT/1", market.today, 188_000, 1,
    )  # fmt: skip


def test_what_the_assembly_accepted_is_not_changed(market: Market) -> None:
    market.account("accepted")
    request = PaymentRequest.objects.get()
    said = {"number": "KWT/2", "paid_on": market.today, "taxes": [], "reason": "x"}
    sentence = attempt(request, "amend_payment", market.user("kaur"), said)
    assert sentence and sentence.startswith("Musdes sudah menerima pertanggungjawaban dengan catatan ini")
    assert "Koreksi Catatan Pembayaran" not in market.client("kaur").get(request.get_absolute_url()).content.decode()


def test_the_form_shows_what_is_recorded_and_the_page_what_was(market: Market) -> None:
    request, client = paid(market), market.client("kaur")
    page = client.get(request.get_absolute_url()).content.decode()
    assert request.move_url("amend_payment") in page and "Sebelum dikoreksi" not in page
    form = client.get(request.move_url("amend_payment")).content.decode()
    assert 'value="KWT/1"' in form and 'value="188.000"' in form
    sent = {"number": "KWT/2", "paid_on": market.today.isoformat(), "tax_pph23": "376.000", "reason": "Tarif keliru."}
    old, new = request.payment.proof, SimpleUploadedFile("baru.pdf", pdf())
    assert client.post(request.move_url("amend_payment"), sent | {"proof": new}).status_code == 302
    file = client.get(f"/pembelian/{request.need.code}/berkas/").content.decode()
    assert file.count("Bukti transfer") and old.code in file and PaymentRequest.objects.get().payment.proof.code in file
    page = client.get(request.get_absolute_url()).content.decode()
    for words in ("Sebelum dikoreksi", "KWT/1", "bukti transfer lama", "Rp9.212.000", "Tarif keliru.", "KWT/2"):
        assert words in page, words


def test_its_receipt_is_printed_anew_and_the_earlier_one_stays(market: Market) -> None:
    request, client = paid(market), market.client("kaur")
    address = f"/pembelian/{request.need.code}/cetak/kuitansi-1/"

    def printed() -> PrintedDocument:
        return PrintedDocument.objects.get(code=client.post(address)["Location"].strip("/").split("/")[-1])

    first = printed()
    assert printed() == first
    amend(market, request, taxes=[])
    assert printed() != first and first.snapshot["pay"]["net"] == 9_212_000


def test_the_month_that_it_was_counted_in_is_counted_again(market: Market) -> None:
    """Its day had been mistyped as the last of the month before, in which nothing else happened."""
    request = paid(market)
    month = market.today.replace(day=1)
    before = month - dt.timedelta(days=1)
    payment = request.payment
    payment.paid_on = before  # as it was mistyped, long ago
    payment.save()
    regency = request.village.code[:5]
    rollup.refresh(everything=True)

    def sum_of(day: dt.date) -> int:
        return sum(MonthlyFigure.objects.filter(month=day, regency=regency).values_list("paid", flat=True))

    assert (sum_of(before.replace(day=1)), sum_of(month)) == (9_400_000, 0)
    amend(market, PaymentRequest.objects.get())
    rollup.refresh()
    assert (sum_of(before.replace(day=1)), sum_of(month)) == (0, 9_400_000)
