"""Price talks: in turn, item by item, never above the offer or the HPS, and over once one side accepts the other's last."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from core.models import PrintedDocument
from core.models.append_only import AppendOnlyError
from core.workflow import TransitionRefused
from tests.core.files import pdf
from tests.transactions.sourcing.test_items import HPS, invited
from tests.transactions.stage import Market
from tests.transactions.test_notices import told
from tests.transactions.test_pages import filled
from transactions.models import Contract, NegotiationStep, Quotation, Sourcing
from transactions.order import Order

pytestmark = pytest.mark.django_db


def judged(market: Market, prices: tuple[int, int] = (5_000_000, 120_000)) -> Quotation:
    """The firm's offer for two items (16.100.000 under a HPS of 19.500.000), evaluated beside the rival's."""
    sourcing = invited(market, HPS)
    keys = list(sourcing.items.values_list("pk", flat=True))
    for who, asked in (("firm", prices), ("rival", (7_000_000, 60_000))):
        market.offer(sourcing, who).send(by=market.user(who), prices=dict(zip(keys, asked, strict=True)))
    market.let_deadline_pass(sourcing)
    market.open_offers(sourcing)
    sourcing.evaluate(by=market.user("tpk"), results={q.code: (True, "") for q in sourcing.quotations.all()})
    return Quotation.objects.get(sourcing=sourcing, provider=market.firm.provider)


def at(offer: Quotation, *prices: int) -> dict[int, int]:
    keys = [each.item_id for each in offer.items.all()]
    return dict(zip(keys, prices, strict=True))


# --- in turn -------------------------------------------------------------------------------------------
def test_both_sides_write_in_turn_until_one_accepts(market: Market) -> None:
    offer, tpk, firm = judged(market), market.user("tpk"), market.user("firm")
    offer.propose(by=tpk, prices=at(offer, 4_000_000, 100_000), note="Desa tetangga membayar itu.")
    with pytest.raises(TransitionRefused, match=r"^Menunggu jawaban penyedia atas usulan terakhir desa\.$"):
        offer.propose(by=tpk, prices=at(offer, 3_000_000, 100_000))
    offer.counter(by=firm, prices=at(offer, 4_600_000, 100_000), note="Termasuk perjalanan.")
    with pytest.raises(TransitionRefused, match=r"^Belum ada usulan desa yang perlu dijawab\.$"):
        offer.counter(by=firm, prices=at(offer, 4_500_000, 100_000))
    offer.propose(by=tpk, prices=at(offer, 4_400_001, 100_000))
    offer.accept_price(by=firm)
    offer.refresh_from_db()
    said = [(turn.side, turn.total, turn.first.note) for turn in offer.turns()]
    assert said == [
        ("village", 13_000_000, "Desa tetangga membayar itu."),
        ("provider", 14_500_000, "Termasuk perjalanan."),
        ("village", 14_000_003, ""),  # 2,5 × 4.400.001 = 11.000.002,5
    ]
    assert (offer.price, offer.negotiated_price, offer.awaits) == (15_900_000 + 200_000, 14_000_003, "")
    assert [(line.unit_price, line.amount) for line in offer.lines()] == [(4_400_001, 11_000_003), (100_000, 3_000_000)]
    assert offer.negotiated_on == market.today


def test_the_contract_says_the_agreed_total(market: Market) -> None:
    offer, tpk = judged(market), market.user("tpk")
    offer.propose(by=tpk, prices=at(offer, 4_000_000, 100_000))
    offer.accept_price(by=market.user("firm"))
    sourcing = Sourcing.objects.get(pk=offer.sourcing_id)
    sourcing.award(by=tpk, quotation=offer)
    assert Contract.objects.get(sourcing=sourcing).value == 13_000_000 == sum(line.amount for line in offer.lines())


@pytest.mark.parametrize("who", ["firm", "tpk"])
def test_whoever_heard_the_last_price_may_accept_it(market: Market, who: str) -> None:
    offer = judged(market)
    offer.propose(by=market.user("tpk"), prices=at(offer, 4_000_000, 100_000))
    if who == "tpk":
        with pytest.raises(TransitionRefused, match="Belum ada usulan penyedia yang dapat disetujui"):
            offer.accept_price(by=market.user("tpk"))
        offer.counter(by=market.user("firm"), prices=at(offer, 4_500_000, 100_000))
    offer.accept_price(by=market.user(who))
    assert offer.negotiated_price == (14_250_000 if who == "tpk" else 13_000_000)


@pytest.mark.parametrize("verb", ["propose", "counter", "accept_price", "negotiate"])
def test_nothing_is_said_after_the_agreement(market: Market, verb: str) -> None:
    offer = judged(market)
    offer.propose(by=market.user("tpk"), prices=at(offer, 4_000_000, 100_000))
    offer.accept_price(by=market.user("firm"))
    more: dict[str, Any] = {} if verb == "accept_price" else {"prices": at(offer, 3_000_000, 1)}
    more |= {"note": "x", "scan": market.file("tpk")} if verb == "negotiate" else {}
    with pytest.raises(TransitionRefused, match=r"^Harga sudah disepakati; negosiasi selesai\.$"):
        getattr(offer, verb)(by=market.user("firm" if verb in ("counter", "accept_price") else "tpk"), **more)
    assert offer.steps.count() == 2


# --- limits --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("prices", "sentence"),
    [
        ((5_000_001, 100_000), "tidak boleh melebihi penawaran, juga harga satuan setiap butirnya"),
        ((1_000_000, 120_001), "tidak boleh melebihi penawaran, juga harga satuan setiap butirnya"),
        ((0, 0), "Nilai negosiasi harus lebih dari nol"),
        ((-1, 100_000), "tidak boleh melebihi penawaran"),
    ],
)
def test_no_price_is_above_the_offer_or_below_nothing(market: Market, prices: tuple[int, int], sentence: str) -> None:
    offer = judged(market)
    with pytest.raises(TransitionRefused, match=sentence):
        offer.propose(by=market.user("tpk"), prices=at(offer, *prices))
    assert not NegotiationStep.objects.exists()


def test_no_total_is_above_the_hps_though_the_offer_was(market: Market) -> None:
    offer = judged(market, prices=(7_000_000, 120_000))  # 21.100.000
    with pytest.raises(TransitionRefused, match=r"^Nilai negosiasi tidak boleh melebihi HPS\.$"):
        offer.propose(by=market.user("tpk"), prices=at(offer, 6_400_000, 120_000))  # 19.600.000
    offer.propose(by=market.user("tpk"), prices=at(offer, 6_360_000, 120_000))
    with pytest.raises(TransitionRefused, match=r"^Nilai negosiasi tidak boleh melebihi HPS\.$"):
        offer.counter(by=market.user("firm"), prices=at(offer, 6_900_000, 120_000))


def test_every_item_is_priced_and_the_same_price_is_no_answer(market: Market) -> None:
    offer, tpk = judged(market), market.user("tpk")
    with pytest.raises(TransitionRefused, match=r"^Isi harga satuan untuk setiap butir\.$"):
        offer.propose(by=tpk, prices={})
    offer.propose(by=tpk, prices=at(offer, 4_000_000, 100_000))
    with pytest.raises(TransitionRefused, match="sama dengan usulan terakhir; setujui saja"):
        offer.counter(by=market.user("firm"), prices=at(offer, 4_000_000, 100_000))


def test_steps_are_never_changed(market: Market) -> None:
    offer = judged(market)
    offer.propose(by=market.user("tpk"), prices=at(offer, 4_000_000, 100_000))
    step = offer.steps.first()
    for act in (step.save, step.delete, lambda: offer.steps.update(unit_price=1)):
        with pytest.raises(AppendOnlyError):
            act()
    for sql in ("UPDATE transactions_negotiationstep SET unit_price = 1", "DELETE FROM transactions_negotiationstep"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


# --- at a table ----------------------------------------------------------------------------------------
def test_a_price_agreed_at_a_table_comes_with_the_signed_minutes(market: Market) -> None:
    offer, scan = judged(market), market.file("tpk")
    with pytest.raises(TransitionRefused, match="Isi harga satuan hasil negosiasi untuk setiap butir"):
        offer.negotiate(by=market.user("tpk"), scan=scan, note="Sepakat.", price=15_000_000)
    offer.negotiate(
        by=market.user("tpk"), scan=scan, note="Sepakat.", prices=at(offer, 4_500_000, 110_000), number="027/BA"
    )
    offer.refresh_from_db()
    assert (offer.negotiated_price, offer.negotiation_number) == (14_550_000, "027/BA")
    assert scan.is_visible_to(market.user("firm"))
    assert not scan.is_visible_to(market.user("rival"))


# --- pages ---------------------------------------------------------------------------------------------
def test_the_talks_go_through_both_sides_pages(market: Market) -> None:
    offer = judged(market)
    village, provider = market.client("tpk"), market.client("firm")
    page = village.get(offer.move_url("propose"))
    typed = filled(page.context["form"]) | {"price_1": "5.000.001", "note": "Mahal."}
    wrong = village.post(offer.move_url("propose"), typed)
    assert wrong.status_code == 422
    assert "Tidak boleh melebihi harga satuan penawaran, Rp5.000.000." in wrong.content.decode().replace("\xa0", "")
    assert "Mahal." in wrong.content.decode()
    assert village.post(offer.move_url("propose"), typed | {"price_1": "4.000.000"}).status_code == 302
    assert offer in Quotation.objects.waiting_for(market.user("firm"))
    assert (
        "Desa mengajukan harga. Setujui, atau ajukan harga lain"
        in provider.get(offer.get_absolute_url()).content.decode()
    )
    assert "Desa mengajukan harga." not in market.client("rival").get(offer.get_absolute_url()).content.decode()
    answer = provider.get(offer.move_url("counter"))
    assert answer.context["form"]["price_1"].value() == "4.000.000"
    said = filled(answer.context["form"]) | {"price_1": "4.500.000"}
    assert provider.post(offer.move_url("counter"), said).status_code == 302
    shown = village.get(offer.move_url("accept_price")).content.decode()
    assert "14.850.000" in shown
    assert village.post(offer.move_url("accept_price"), {}).status_code == 302
    offer.refresh_from_db()
    assert offer.negotiated_price == 14_850_000
    text = provider.get(offer.get_absolute_url()).content.decode()
    assert "Langkah negosiasi" in text
    assert "14.850.000" in text
    scan = SimpleUploadedFile("ba.pdf", pdf(), "application/pdf")
    minutes = {"number": "027/BA/2026", "on": market.today.isoformat(), "scan": scan}
    assert village.post(offer.move_url("minute"), minutes).status_code == 302
    offer.refresh_from_db()
    assert (offer.negotiation_number, offer.negotiation_scan.about_id) == ("027/BA/2026", str(offer.pk))


def test_a_rival_reads_nothing_of_the_talks(market: Market) -> None:
    offer = judged(market)
    offer.propose(by=market.user("tpk"), prices=at(offer, 4_321_098, 100_000))
    rival = market.client("rival")
    assert "4.321.098" not in rival.get(offer.get_absolute_url()).content.decode()
    for verb in ("propose", "counter", "accept_price", "negotiate", "minute"):
        assert rival.get(offer.move_url(verb)).status_code == 404


def test_each_side_learns_of_the_others_step(market: Market) -> None:
    offer, tpk, firm = judged(market), market.user("tpk"), market.user("firm")
    assert told(market, lambda: offer.propose(by=tpk, prices=at(offer, 4_000_000, 100_000))) == {"firm"}
    assert told(market, lambda: offer.counter(by=firm, prices=at(offer, 4_500_000, 100_000))) == {"tpk"}
    assert told(market, lambda: offer.accept_price(by=tpk)) == {"firm"}


# --- the minutes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_the_minutes_of_the_talks_say_before_and_after(market: Market, paper: str) -> None:
    from core.documents import page
    from transactions.documents.offers import issue_negotiation

    offer = judged(market)
    offer.propose(by=market.user("tpk"), prices=at(offer, 4_000_000, 100_000), note="Terlalu mahal.")
    offer.accept_price(by=market.user("firm"))
    offer.minute(by=market.user("tpk"), number="027/BA-NEG/2026", on=market.today)
    printed = issue_negotiation(offer, by=market.user("tpk"), paper=paper)
    html, _ = page(PrintedDocument.objects.get(pk=printed.pk))
    for words in (
        "Nomor: 027/BA-NEG/2026", "Rincian sebelum dan sesudah negosiasi", "5.000.000", "4.000.000", "16.100.000",
        "13.000.000", "Tiga Belas Juta Rupiah", "Desa, Contoh Tpk", "Terlalu mahal.", "stempel bila ada", "CV Rinjani",
    ):  # fmt: skip
        assert words in html, words
    assert printed.is_visible_to(market.user("firm"))
    assert not printed.is_visible_to(market.user("rival"))


def test_what_the_provider_signed_is_not_replaced(market: Market) -> None:
    """The scan is its word for a price that the village typed."""
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    quotation = sourcing.quotations.get(provider=market.firm.provider)
    tpk, scan = market.user("tpk"), market.file("tpk")
    quotation.negotiate(by=tpk, price=19_000_000, number="", on=market.today, scan=scan, note="Sepakat.")
    assert quotation.events().last().data["sha256"] == scan.sha256
    quotation.minute(by=tpk, number="141/5", on=market.today)  # the agenda's number may come later
    kept = "pindaian, nomor, dan tanggalnya tidak diganti"
    for changes in (
        {"number": "141/5", "scan": market.file("tpk")},
        {"number": "141/6"},
        {"number": "141/5", "on": market.today - dt.timedelta(days=1)},
    ):
        with pytest.raises(TransitionRefused, match=kept):
            quotation.minute(by=tpk, **changes)
    quotation.refresh_from_db()
    assert (quotation.negotiation_scan, quotation.negotiation_number) == (scan, "141/5")
    page = market.client("tpk").get(quotation.move_url("minute")).content.decode()
    assert 'name="number"' in page and 'name="scan"' not in page


def test_a_scan_that_comes_later_is_told_in_the_event(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    quotation = sourcing.quotations.get(provider=market.firm.provider)
    type(quotation).objects.filter(pk=quotation.pk).update(negotiated_price=19_000_000, negotiated_on=market.today)
    quotation.refresh_from_db()
    scan = market.file("tpk")
    quotation.minute(by=market.user("tpk"), number="141/5", scan=scan)
    assert quotation.events().last().data["sha256"] == scan.sha256


# --- whose word it is, at the head of the page and in "Perlu tindakan" -------------------------------------
def test_both_sides_read_at_the_head_of_the_page_whose_word_it_is(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    offer = sourcing.quotations.get(provider=market.firm.provider)
    (item,) = offer.offered_prices()
    place = f"#penawaran-{offer.code}"
    offer.propose(by=market.user("tpk"), prices={item: 19_000_000})
    village, bidder = (Order(sourcing.need, market.user(key)) for key in ("tpk", "firm"))
    assert village.sentence == "Negosiasi harga berjalan; menunggu jawaban CV Rinjani."
    assert bidder.sentence.startswith("Desa mengajukan harga.") and bidder.is_mine
    assert place in market.client("firm").get(reverse("todo")).content.decode()
    assert f'id="penawaran-{offer.code}"' in market.client("firm").get(sourcing.get_absolute_url()).content.decode()
    offer.counter(by=market.user("firm"), prices={item: 19_500_000})
    village, bidder = (Order(sourcing.need, market.user(key)) for key in ("tpk", "firm"))
    said = "CV Rinjani menjawab negosiasi. Setujui harganya, atau ajukan harga lain, pada penawarannya di bawah."
    assert village.sentence == said and village.is_mine
    assert "menunggu jawaban desa" in bidder.sentence and not bidder.is_mine
    assert "Penyedia menjawab negosiasi" in market.client("tpk").get(reverse("todo")).content.decode()
    offer.accept_price(by=market.user("tpk"))
    assert Order(sourcing.need, market.user("tpk")).sentence == "Penawaran dievaluasi; menunggu penetapan pemenang."
    assert "Penyedia menjawab negosiasi" not in market.client("tpk").get(reverse("todo")).content.decode()
