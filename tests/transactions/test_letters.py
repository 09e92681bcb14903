"""Every letter that an order can print, on both papers, made as the worker makes it, and read back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from core.models import PrintedDocument
from tests.areas import SUKADANA
from tests.transactions.stage import Market
from tests.transactions.test_papers import rendered, text_of
from transactions import documents
from transactions.documents.frame import Printable
from transactions.models import JointShare, Need
from transactions.order import Order
from transactions.views.printing import known, letters_of

pytestmark = pytest.mark.django_db

POINTS = {"A4": (595, 842), "F4": (609, 935)}  # 210 x 297 and 215 x 330 mm
BARE = {"daftar-hadir"}  # a list to sign, without the head of a letter
# Orders in which each letter can be asked for.
STORIES: dict[str, Callable[[Market], Any]] = {
    "joined": lambda m: joined(m),
    "asked": lambda m: m.sourcing("open", hps=50_000_000).need,
    "tendered": lambda m: m.sourcing("open", hps=250_000_000).need,
    "negotiated": lambda m: negotiated(m),
    "awarded": lambda m: m.sourcing("awarded", hps=50_000_000).need,
    "changed": lambda m: m.addendum(m.contract("running")).contract.need,
    "inspected": lambda m: m.contract("inspected").need,
    "paid": lambda m: m.account("musdes").contract.need,
    "heard": lambda m: m.account("accepted").contract.need,
    "planned": lambda m: planned(m),
}
# Every letter: kind -> (story, what its text says, without regard to case).
LETTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "kak": ("asked", ("Kerangka Acuan Kerja", "Latar belakang", "Jangka waktu", "Contoh Pka")),
    "hps": ("asked", ("Harga Perkiraan Sendiri", "Lima Puluh Juta Rupiah", "Contoh Pka")),
    "surat-permintaan": ("asked", ("Permintaan penawaran", "Kepada Yth", "Batas", "Rupiah")),
    "pengumuman-lelang": ("tendered", ("Pengumuman Lelang", "HPS", "Rupiah")),
    "ba-pembukaan": ("negotiated", ("Pembukaan Penawaran", "CV Rinjani", "PT Tastura", "WITA")),
    "penetapan": ("awarded", ("Penetapan Pemenang", "PT Tastura", "Rupiah")),
    "pengumuman-pemenang": ("awarded", ("Pengumuman Pemenang", "PT Tastura")),
    "ba-evaluasi": ("negotiated", ("Evaluasi", "CV Rinjani", "PT Tastura", "Administrasi", "Contoh Tpk")),
    "ba-negosiasi": ("negotiated", ("Negosiasi", "CV Rinjani", "sebelum", "sesudah", "Rupiah")),
    "spk": ("inspected", ("Surat Pesanan", "027/1/SPK", "CV Rinjani", "Contoh Pka", "Juta")),
    "adendum": ("changed", ("Adendum", "027/9/ADD", "Hujan deras dua minggu", "CV Rinjani")),
    "ba-pemeriksaan": ("inspected", ("Pemeriksaan", "CV Rinjani", "Contoh Pka")),
    "bast-kades": ("paid", ("Kepala Desa", "028/2/BAST", "Contoh Pka", "Contoh Kades")),
    "bast": ("inspected", ("Serah Terima", "CV Rinjani", "Contoh Pka", "027/1/SPK")),
    "spp": ("paid", ("Surat Permintaan Pembayaran", "900/1/SPP", "Contoh Pka", "Rupiah")),
    "tanggung-jawab": ("paid", ("Tanggung Jawab Belanja", "Contoh Pka", "CV Rinjani")),
    "kuitansi": ("paid", ("Kuitansi", "CV Rinjani", "Rupiah")),
    "undangan-musdes": ("planned", ("Undangan", "Musyawarah", "Aula desa")),
    "ba-musdes-kosong": ("paid", ("Berita Acara Musyawarah Desa", "Pembukuan BUM Desa", "CV Rinjani")),
    "notulen-kosong": ("paid", ("Notulen", "Pembukuan BUM Desa")),
    "daftar-hadir": ("paid", ("Daftar Hadir", "Tanda tangan", "Unsur")),
    "ba-musdes": ("heard", ("Berita Acara Musyawarah Desa", "141/1", "Diterima", "Contoh Bpd")),
    "notulen": ("heard", ("Notulen", "Inaq", "Ada lanjutannya?")),
    "buku-keputusan": ("heard", ("Buku Keputusan", "Diterima")),
    "kesepakatan-bersama": ("joined", ("Kesepakatan Bersama", "Desa Sukadana", "141/7", "4.000.000", "sisa terbesar")),
}


def negotiated(market: Market) -> Need:
    """Evaluated by offers, and both agreed on a price with the lowest."""
    sourcing = market.sourcing("evaluated", hps=50_000_000)
    quotation = sourcing.quotations.get(provider=market.firm.provider)
    quotation.negotiate(
        by=market.user("tpk"), price=quotation.price - 1_000_000, note="Sepakat.", scan=market.file("tpk")
    )
    return sourcing.need


def joined(market: Market) -> Need:
    """Another village takes part."""
    share = JointShare(need=market.need("budgeted"), village_id=SUKADANA, ceiling=4_000_000)
    share.invite(by=market.user("pka"))
    share.agree(by=market.user("operator2"), musdes_on=market.today, musdes_number="141/7")
    return share.need


def planned(market: Market) -> Need:
    account = market.account("musdes")
    market.planned_meeting(account)
    return account.contract.need


def papers_of(market: Market, need: Need) -> list[Printable]:
    found: dict[str, Printable] = {}
    for who in ("pka", "tpk", "bpd"):
        for paper in documents.available(Order(Need.objects.get(pk=need.pk), market.user(who))):
            found.setdefault(paper.kind, paper)
    return list(found.values())


def read_back(paper: PrintedDocument) -> tuple[str, PdfReader]:
    """The PDF as the worker makes it, and its text on one line."""
    pdf = rendered(paper)
    return text_of(pdf), pdf


def test_the_letters_that_can_be_printed_are_these_and_no_others(market: Market) -> None:
    found = {known(paper.kind)[0] for make in STORIES.values() for paper in papers_of(market, make(market))}
    assert found == set(LETTERS)


@pytest.mark.parametrize("kind", LETTERS)
def test_each_letter_reads_well_on_both_papers(kind: str, market: Market) -> None:
    story, sentences = LETTERS[kind]
    need = STORIES[story](market)
    letter = next(paper for paper in papers_of(market, need) if known(paper.kind)[0] == kind)
    for size, points in POINTS.items():
        paper = letter.issue(by=market.user("pka"), paper=size)
        text, pdf = read_back(paper)
        low = text.lower()
        for page in pdf.pages:
            box = sorted((float(page.mediabox.width), float(page.mediabox.height)))
            assert box == pytest.approx(sorted(points), abs=1.5), (kind, size)
        for sentence in sentences:
            assert sentence.lower() in low, (kind, size, sentence)
        assert "desa kuta" in low and (kind in BARE or "kabupaten lombok tengah" in low)
        assert paper.code in text and "bukan tanda tangan elektronik" in text
        assert not re.search(r"\bNone\b|\bnull\b|\{\{|\}\}|\{%|Undefined|\[\]|datetime|Decimal\(", text), kind
        assert not re.search(r"\bWIB\b|\bWIT\b", text), kind  # the village lies in WITA
        assert PrintedDocument.objects.get(pk=paper.pk).pages == len(pdf.pages) <= 6


def test_a_letter_is_printed_by_its_kind_and_turn(market: Market) -> None:
    from django.urls import reverse

    need = STORIES["inspected"](market)
    client = market.client("pka")
    url = reverse("print-paper", args=[need.code, "spk"])
    made = client.post(url, {"kertas": "F4"})
    assert made.status_code == 302
    assert PrintedDocument.objects.get().paper == "F4"
    for odd in ("9", "-1", "x", "9" * 30, "²"):
        assert client.post(url, {"ke": odd}).status_code in (302, 404)
    assert PrintedDocument.objects.count() == 2  # "x" and the like mean the first, on A4
    assert client.post(url, {"ke": "9"}).status_code == 404


def test_the_orders_page_says_what_was_printed_and_what_was_not(market: Market) -> None:
    from django.urls import reverse

    need = STORIES["inspected"](market)
    user = market.user("pka")
    order = Order(need, user)
    next(paper for paper in documents.available(order) if paper.kind == "spk").issue(by=user, paper="F4")
    letters = [letter for _, stage in letters_of(Order(need, user)) for letter in stage]
    assert {letter.paper.kind: len(letter.printed or []) for letter in letters if letter.paper.kind in ("spk", "bast")} == {
        "spk": 1, "bast": 0,
    }  # fmt: skip
    page = market.client("pka").get(reverse("order", args=[need.code])).content.decode()
    assert page.count("Belum dibuat") == sum(letter.printed == [] for letter in letters)
    assert ", F4</a>" in page
    assert 'value="A4"' in page and 'value="F4"' in page


def test_what_was_printed_stands_under_its_own_letter_and_a_bidder_sees_no_others(market: Market) -> None:
    need = Need.objects.select_related("village").get(pk=market.sourcing("open", hps=20_000_000).need_id)
    office = Order(need, market.user("tpk"))
    for letter in documents.available(office):
        if letter.kind.startswith("surat-permintaan") and letter.label.endswith("PT Tastura"):
            rivals = letter.issue(by=market.user("tpk"), paper="A4")
    shown = {each.paper.label: each.printed for _, letters in letters_of(office) for each in letters}
    assert shown["Surat Permintaan Penawaran: PT Tastura"] == [rivals]
    assert shown["Surat Permintaan Penawaran: CV Rinjani"] == []
    page = market.client("firm").get(need.get_absolute_url()).content.decode()
    assert "Surat Permintaan Penawaran: CV Rinjani" in page and rivals.code not in page
