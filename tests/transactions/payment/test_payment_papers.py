"""The papers of a payment, as the worker makes them, on both papers: read back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from core.models import PrintedDocument
from tests.transactions.payment.test_payment import fined
from tests.transactions.stage import YES, Market
from tests.transactions.test_papers import rendered, tagged_and_indonesian, text_of
from transactions.documents.payment import issue_receipt, issue_spp, issue_statement
from transactions.models import Contract

pytestmark = pytest.mark.django_db
SIZES = {"A4": (595, 842), "F4": (609, 935)}


def read(paper: PrintedDocument, size: str) -> str:
    pdf: PdfReader = rendered(paper)
    tagged_and_indonesian(pdf)
    box = pdf.pages[0].mediabox
    assert (round(box.width), round(box.height)) == SIZES[size]
    return text_of(pdf)


def says(text: str, *sentences: str) -> None:
    assert [sentence for sentence in sentences if sentence not in text] == []


@pytest.mark.parametrize("size", SIZES)
def test_the_spp_has_the_secretarys_four_answers(market: Market, size: str) -> None:
    contract = market.account("payment").contract
    fined(contract, 94_000)
    request = market.request(contract, "submitted")
    request.examine(by=market.user("sekdes"), answers=YES | {"funded": (True, "Sisa anggaran cukup.")})
    text = read(issue_spp(request, by=market.user("pka"), paper=size), size)
    says(
        text,
        "SURAT PERMINTAAN PEMBAYARAN (SPP)", "900/1/SPP", "PEMERINTAH KABUPATEN LOMBOK TENGAH", "Pembukuan BUM Desa",
        "Rp9.400.000 (Sembilan Juta Empat Ratus Ribu Rupiah)", "Denda keterlambatan 94.000",
        "PPh Pasal 23 (2 %) (perkiraan) 188.000", "Jumlah bersih (perkiraan) 9.118.000",
        "Pemeriksaan Sekretaris Desa (Permendagri 20/2018 Pasal 55)", "Sisa anggaran cukup.",
        "Kelengkapan lampiran", "Kebenaran perhitungan tagihan", "Ketersediaan dana", "Syarat pengajuan terpenuhi",
        "Telah diverifikasi", "Setuju untuk dibayarkan", "Contoh Sekdes", "Contoh Kades", "Contoh Kaur", "Contoh Pka",
        "perkiraan, dibulatkan ke bawah",
    )  # fmt: skip
    assert text.count("✓") >= 4


@pytest.mark.parametrize("size", SIZES)
def test_the_statement_says_who_answers_for_the_expense(market: Market, size: str) -> None:
    request = market.request(market.account("payment").contract)
    text = read(issue_statement(request, by=market.user("pka"), paper=size), size)
    says(
        text,
        "PERNYATAAN TANGGUNG JAWAB BELANJA", "Contoh Pka", "bertanggung jawab penuh", "CV Rinjani", "9.400.000",
        "Sembilan Juta Empat Ratus Ribu Rupiah", "027/1/SPK",
    )  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_the_receipt_says_what_was_paid(market: Market, size: str) -> None:
    request = market.request(market.account("payment").contract, "paid")
    text = read(issue_receipt(request, by=market.user("kaur"), paper=size), size)
    says(
        text,
        "KUITANSI", "KWT/1", "Kaur Keuangan Desa Kuta", "Rp9.400.000", "Sembilan Juta Empat Ratus Ribu Rupiah",
        "PPh Pasal 23 188.000", "Jumlah bersih 9.212.000", "meterai Rp10.000", "CV Rinjani",
    )  # fmt: skip
    assert "perkiraan" not in text


@pytest.mark.parametrize(("value", "stamped"), [(5_000_000, False), (5_000_001, True)])
def test_a_stamp_is_asked_for_above_the_amount_of_the_law(market: Market, value: int, stamped: bool) -> None:
    contract = market.account("payment").contract
    Contract.objects.filter(pk=contract.pk).update(value=value)
    contract.refresh_from_db()
    paper = issue_receipt(market.request(contract), by=market.user("pka"))
    assert paper.snapshot["stamp"] == (10_000 if stamped else None)


def test_it_is_printed_again_only_when_it_says_something_else(market: Market) -> None:
    request = market.request(market.account("payment").contract, "submitted")
    by: Any = market.user("pka")
    first = issue_spp(request, by=by)
    assert issue_spp(request, by=by) == first
    assert issue_spp(request, by=by, paper="F4") != first
    request.examine(by=market.user("sekdes"), answers=YES)
    assert issue_spp(request, by=by) != first


def test_each_is_asked_for_from_the_requests_page(market: Market) -> None:
    request = market.request(market.account("payment").contract)
    client = market.client("pka")
    for kind, title in (("spp", "SPP"), ("tanggung-jawab", "Pernyataan"), ("kuitansi", "Kuitansi")):
        page = client.get(request.get_absolute_url()).content.decode()
        url = reverse("print-paper", args=[request.need.code, f"{kind}-1"])
        assert url in page, title
        assert client.post(url).status_code == 302
    kinds = PrintedDocument.objects.about(request).values_list("kind", flat=True)
    assert set(kinds) == {"spp", "tanggung-jawab", "kuitansi"}
