"""The letters by which a provider is found, in both papers, rendered by the job and read back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.clock import database_now
from core.models import PrintedDocument
from tests.transactions.stage import Market
from tests.transactions.test_papers import rendered, tagged_and_indonesian, text_of
from transactions import documents
from transactions.models import Sourcing
from transactions.order import Order

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def letter(market: Market, sourcing: Sourcing, kind: str, who: str = "tpk", paper: str = "A4") -> Any:
    """As the order's page offers it."""
    whole = Order(sourcing.need, market.user(who))
    found = [each for each in documents.sourcing.available(whole) if each.kind.startswith(kind)]
    return found[0].issue(by=market.user(who), paper=paper)


def read(market: Market, sourcing: Sourcing, kind: str, paper: str, *, pages: int) -> str:
    printed: PrintedDocument = letter(market, sourcing, kind, paper=paper)
    pdf = rendered(printed)
    tagged_and_indonesian(pdf)
    assert len(pdf.pages) <= pages
    assert round(float(pdf.pages[0].mediabox.height)) == {"A4": 842, "F4": 935}[paper]
    return text_of(pdf)


def lacking(text: str, *said: str) -> list[str]:
    return [each for each in said if each not in text]


def outgoing(sourcing: Sourcing) -> dict[str, Any]:
    deadline = database_now() + 9 * DAY
    return {
        "deadline": deadline, "number": "027/15/PP/2026", "on": dt.date(2026, 5, 4), "venue": "Kantor Desa Kuta",
        "evaluates_at": deadline + DAY, "negotiates_at": deadline + 2 * DAY,
    }  # fmt: skip


def opened(market: Market, sourcing: Sourcing) -> None:
    for key, price in (("firm", sourcing.hps - 1_000_000), ("rival", sourcing.hps - 2_000_000)):
        if sourcing.method == "tender":
            market.register(sourcing, key)
        market.quote(sourcing, key, price)
    market.let_deadline_pass(sourcing)
    sourcing.ask_opening(by=market.user("tpk"))
    sourcing.confirm_opening(by=market.user("bpd"), number="027/16/BA-P/2026")


@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_the_letters_of_a_quotation_say_what_was_typed_once(paper: str, market: Market) -> None:
    sourcing, tpk = market.sourcing("draft", hps=20_000_000), market.user("tpk")
    sourcing.announce(by=tpk, **outgoing(sourcing))
    text = read(market, sourcing, "surat-permintaan", paper, pages=2)
    assert lacking(
        text, "TIM PELAKSANA KEGIATAN (TPK)", "DESA KUTA", "027/15/PP/2026", "4 Mei 2026", "CV Rinjani", "Kepada Yth.",
        "Permintaan penawaran Pembukuan BUM Desa", "Dua hari kelas, modul, dan laporan.", "Rp20.000.000",
        "Dua Puluh Juta Rupiah", "APB Desa, Dana Desa", "14 (empat belas) hari kalender", "WITA", "Kantor Desa Kuta",
        "Jalan Pantai 1", "Pemasukan penawaran", "Pembukaan penawaran", "Evaluasi teknis dan biaya", "Negosiasi",
        "Contoh Tpk", "surat penawaran",
    ) == []  # fmt: skip
    opened(market, sourcing)
    text = read(market, sourcing, "ba-pembukaan", paper, pages=2)
    assert lacking(
        text, "BERITA ACARA PEMBUKAAN PENAWARAN", "027/16/BA-P/2026", "Pada hari ini", "Kantor Desa Kuta", "Contoh Tpk",
        "Contoh Bpd", "19.000.000", "18.000.000", "CV Rinjani", "PT Tastura", "Diundang 2 penyedia; 2 menyampaikan",
    ) == []  # fmt: skip
    assert text.index("PT Tastura") < text.index("CV Rinjani")  # the lowest first
    assert "Hanya satu penawaran" not in text
    sourcing.evaluate(by=tpk, results={q.code: (True, "") for q in sourcing.quotations.all()})
    winner = sourcing.quotations.order_by("price")[0]
    sourcing.award(by=tpk, quotation=winner, number="027/17/PNT", on=dt.date(2026, 5, 18), notice_number="027/18/PGM")
    fields = (
        "Pembukuan BUM Desa", "4.3.02", "Rp20.000.000", "Tahun Anggaran", "PT Tastura", "Rp18.000.000",
        "Delapan Belas Juta Rupiah", "18 Mei 2026", "Contoh Tpk",
    )  # fmt: skip
    text = read(market, sourcing, "penetapan", paper, pages=1)
    assert lacking(text, "SURAT PENETAPAN PEMENANG", "027/17/PNT", *fields) == []
    text = read(market, sourcing, "pengumuman-pemenang", paper, pages=1)
    assert lacking(text, "PENGUMUMAN PEMENANG", "027/18/PGM", "027/17/PNT", *fields) == []
    assert "CV Rinjani" not in text


@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_the_announcement_of_a_tender_says_all_that_it_must(paper: str, market: Market) -> None:
    sourcing = market.sourcing("draft", hps=250_000_000)
    sent = outgoing(sourcing)
    sourcing.announce_tender(by=market.user("tpk"), **sent, awards_at=sent["deadline"] + 3 * DAY)
    text = read(market, sourcing, "pengumuman-lelang", paper, pages=2)
    assert lacking(
        text, "PENGUMUMAN LELANG", "027/15/PP/2026", "Pembukuan BUM Desa", "Contoh Tpk", "Kuta", "Dua hari kelas",
        "Rp250.000.000", "Dua Ratus Lima Puluh Juta Rupiah", "14 (empat belas) hari kalender", "Pengumuman",
        "Pendaftaran dan pengambilan dokumen", "Pemasukan penawaran", "Evaluasi teknis dan biaya", "Negosiasi",
        "Penetapan pemenang", sourcing.code,
    ) == []  # fmt: skip


def test_the_award_names_a_negotiation_only_where_one_was_held(market: Market) -> None:
    text = text_of(rendered(letter(market, market.sourcing("awarded", hps=250_000_000), "penetapan")))
    assert "Berdasarkan hasil evaluasi penawaran, ditetapkan" in text
    sourcing, tpk = market.sourcing("opened", hps=20_000_000), market.user("tpk")
    sourcing.evaluate(by=tpk, results={q.code: (True, "") for q in sourcing.quotations.all()})
    winner = sourcing.quotations.order_by("price")[0]
    winner.propose(by=tpk, prices={key: price - 100_000 for key, price in winner.offered_prices().items()}, note="")
    winner.accept_price(by=market.user("rival"))
    sourcing.award(by=tpk, quotation=winner)
    text = text_of(rendered(letter(market, sourcing, "penetapan")))
    assert "Berdasarkan hasil evaluasi dan negosiasi penawaran, ditetapkan" in text


def test_a_single_offer_is_noted_in_the_minutes(market: Market) -> None:
    sourcing = market.sourcing("opened", hps=20_000_000, prices={"firm": 19_000_000})
    text = text_of(rendered(letter(market, sourcing, "ba-pembukaan")))
    assert "Hanya satu penawaran yang masuk." in text


def test_what_the_village_did_not_type_is_dots_to_write_on(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    assert "Nomor : ....................." in text_of(rendered(letter(market, sourcing, "surat-permintaan")))


def test_which_letters_can_be_asked_for_follows_the_state_and_the_person(market: Market) -> None:
    def kinds(sourcing: Sourcing, who: str) -> list[str]:
        whole = Order(sourcing.need, market.user(who))
        return [each.kind.rsplit("-", 1)[0] if each.kind.startswith("surat") else each.kind
                for each in documents.sourcing.available(whole)]  # fmt: skip

    sourcing = market.sourcing("draft", hps=20_000_000)
    assert kinds(sourcing, "tpk") == kinds(sourcing, "firm") == []
    sourcing = market.sourcing("open", hps=20_000_000)
    assert kinds(sourcing, "tpk") == ["surat-permintaan"] * 2
    assert kinds(sourcing, "firm") == kinds(sourcing, "rival") == ["surat-permintaan"]
    assert kinds(sourcing, "outsider") == kinds(sourcing, "tpk2") == []
    sourcing = market.sourcing("opened", hps=20_000_000)
    assert kinds(sourcing, "kades") == ["surat-permintaan", "surat-permintaan", "ba-pembukaan"]
    assert kinds(sourcing, "firm") == ["surat-permintaan"]
    sourcing = market.sourcing("awarded", hps=250_000_000)
    ends = ["penetapan", "pengumuman-pemenang"]
    assert kinds(sourcing, "tpk") == ["pengumuman-lelang", "ba-pembukaan", *ends]
    assert kinds(sourcing, "rival") == ["pengumuman-lelang", *ends]


def test_an_order_from_before_these_letters_shows_its_page_and_offers_none_it_can_not_fill(market: Market) -> None:
    """Two million of them: no minutes, no numbers, no announcement moment."""
    sourcing = market.sourcing("awarded", hps=20_000_000)
    sourcing.minutes.delete()
    Sourcing.objects.filter(pk=sourcing.pk).update(
        announced_at=None, award_on=None, opening_asked_by=None, opened_by=None
    )
    assert market.client("tpk").get(sourcing.get_absolute_url()).status_code == 200
    whole = Order(sourcing.need, market.user("tpk"))
    assert [each.kind for each in documents.sourcing.available(whole)] == ["penetapan", "pengumuman-pemenang"]


@pytest.mark.parametrize(("kind", "readers"), [("surat-permintaan", {"firm"}), ("ba-pembukaan", set())])
def test_a_printed_letter_is_read_by_the_village_and_never_by_a_rival(
    kind: str, readers: set[str], market: Market
) -> None:
    sourcing = market.sourcing("opened", hps=20_000_000)
    printed = letter(market, sourcing, kind)
    url = printed.get_absolute_url()
    bidders = {
        key for key in ("firm", "rival", "outsider", "tpk2", "dpmd2") if market.client(key).get(url).status_code == 200
    }
    assert bidders == readers
    assert market.client("kades").get(url).status_code == 200
