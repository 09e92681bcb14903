"""What a bidder reads of its own offer and of the order: what is so, and nothing that is the village's alone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import Notice
from tests.areas import SUKADANA
from tests.transactions.stage import Market
from transactions.models import JointShare, Quotation, Sourcing, TenderQuestion
from transactions.models.sourcing.evaluation import Judgement
from transactions.order import Order

pytestmark = pytest.mark.django_db


def page(market: Market, key: str, sourcing: Sourcing) -> str:
    return market.client(key).get(sourcing.get_absolute_url()).content.decode()


def offer_of(sourcing: Sourcing, market: Market, key: str) -> Quotation:
    provider = {"firm": market.firm, "rival": market.rival}[key].provider
    return Quotation.objects.get(sourcing=sourcing, provider=provider)


# --- the budget ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("is_joint", [False, True])
def test_bidders_do_not_read_the_ceiling(is_joint: bool, market: Market) -> None:
    need = market.need("agreed", estimate=9_500_000)
    need.budget(
        by=market.user("pka"), fiscal_year=market.today.year, funding="dd", activity_code="4.3.02", ceiling=9_876_543
    )
    if is_joint:
        share = JointShare(need=need, village_id=SUKADANA, ceiling=4_321_987)
        share.invite(by=market.user("pka"))
        share.agree(by=market.user("operator2"), musdes_on=market.today, musdes_number="141/7")
        share.budget(by=market.user("kaur2"), fiscal_year=market.today.year, funding="add", activity_code="4.1.01")
    sourcing = market.sourcing("open", need=need)
    assert "9.876.543" in page(market, "pka", sourcing)
    for figure in ("9.876.543", "4.321.987", "14.198.530"):
        assert figure not in page(market, "firm", sourcing)


# --- a sourcing that failed -----------------------------------------------------------------------------
def test_after_a_failure_a_bidder_reads_that_it_failed_not_the_villages_budget(market: Market) -> None:
    sourcing = market.sourcing("quoted", hps=20_000_000)
    sourcing.fail(by=market.user("tpk"), reason="Lingkup berubah.")
    for key in ("firm", "rival"):
        order = Order(sourcing.need, market.user(key))
        assert order.sentence == "Pengadaan gagal: Lingkup berubah."
        assert (order.turn, order.next_label, order.is_over) == ("", "", True)
        body = page(market, key, sourcing)
        assert "Dianggarkan; pengadaan dapat dimulai." not in body
        assert "Pengadaan gagal: Lingkup berubah." in body
    village = Order(sourcing.need, market.user("tpk"))
    assert village.sentence == "Dianggarkan; pengadaan dapat dimulai."


def test_an_offer_of_a_failed_sourcing_does_not_say_that_it_waits(market: Market) -> None:
    sealed = market.sourcing("quoted", hps=20_000_000)
    sealed.fail(by=market.user("tpk"), reason="Lingkup berubah.")
    assert offer_of(sealed, market, "firm").status_sentence == (
        "Pengadaan ini gagal sebelum penawaran dibuka; penawaran Anda tetap tertutup."
    )
    talked = market.sourcing("evaluated", hps=20_000_000)
    offer = offer_of(talked, market, "firm")
    offer.propose(by=market.user("tpk"), prices={each.item_id: 19_000_000 for each in offer.items.all()})
    talked.fail(by=market.user("tpk"), reason="Dana dialihkan.")
    assert offer_of(talked, market, "firm").status_sentence == "Pengadaan ini gagal; tidak ada yang ditetapkan."
    assert Order(talked.need, market.user("firm")).turn == ""


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("failed", "Pengadaan ini dinyatakan gagal."),
        ("opened", "Penawaran sudah dibuka, jadi tidak berubah lagi."),
        ("late", "Batas waktu penawaran sudah lewat."),
    ],
)
def test_who_can_not_change_its_offer_reads_the_true_reason(state: str, sentence: str, market: Market) -> None:
    sourcing = market.sourcing("quoted")
    if state == "failed":
        sourcing.fail(by=market.user("pka"), reason="Lingkup berubah.")
    elif state == "opened":
        sourcing.open_quotations(by=market.user("pka"))  # everyone asked has answered, before the deadline
    else:
        market.let_deadline_pass(sourcing)
    verdict = offer_of(sourcing, market, "firm").may("revise", market.user("firm"))
    assert (bool(verdict), verdict.reason) == (False, sentence)


# --- why one was not chosen -----------------------------------------------------------------------------
def told(sourcing: Sourcing, market: Market, key: str) -> str:
    rows = Notice.objects.filter(user=market.user(key), channel="site", title__startswith="Hasil pengadaan")
    return rows.order_by("pk").last().body  # type: ignore[union-attr]


def test_who_was_cheaper_and_not_chosen_reads_why(market: Market) -> None:
    sourcing = market.sourcing("opened", hps=20_000_000, prices={"firm": 19_500_000, "rival": 18_000_000})
    offers = {each.code: Judgement(technical_note="Jadwal jelas.") for each in sourcing.quotations.all()}
    sourcing.evaluate(by=market.user("tpk"), results=offers)
    why = "Tenaga ahli CV Rinjani lebih berpengalaman."
    sourcing.award(by=market.user("tpk"), quotation=offer_of(sourcing, market, "firm"), reason=why)
    loser = offer_of(sourcing, market, "rival")
    assert loser.status_sentence == f"Penawaran tidak terpilih. {why}"
    assert "Jadwal jelas" not in told(sourcing, market, "rival")
    assert told(sourcing, market, "rival").count(why) == 1
    assert why in page(market, "rival", sourcing)


def test_who_was_dearer_reads_that_and_no_praise(market: Market) -> None:
    sourcing = market.sourcing("awarded", hps=20_000_000)
    loser = offer_of(sourcing, market, "firm")  # 19.900.000 against 19.800.000
    assert loser.status_sentence == "Penawaran tidak terpilih. Ada penawaran memenuhi syarat yang lebih rendah."
    sourcing.release(by=market.user("tpk"), reason="Pemenang mundur.")
    loser.refresh_from_db()
    assert (loser.state, loser.result_reason) == ("qualified", "")


def test_a_tenders_page_says_why_a_cheaper_offer_was_passed_over(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=250_000_000)
    why = "Jadwal PT Tastura melewati musim tanam."
    sourcing.award(by=market.user("tpk"), quotation=offer_of(sourcing, market, "firm"), reason=why)
    assert why in market.client("public").get(sourcing.public_url).content.decode()


# --- questions that nobody answered ----------------------------------------------------------------------
def test_a_question_without_an_answer_is_said_to_be_over_after_the_deadline(market: Market) -> None:
    tender = market.sourcing("open", hps=250_000_000)
    question = TenderQuestion(sourcing=tender, text="Apakah tenaga ahli harus bermalam di desa?")
    question.ask(by=market.user("firm"))
    url = reverse("tender", args=[tender.code])
    assert "tampil untuk semua orang setelah dijawab" in market.client("firm").get(url).content.decode()
    market.let_deadline_pass(tender)
    after = market.client("firm").get(url).content.decode()
    assert "tampil untuk semua orang setelah dijawab" not in after
    assert "Menunggu Jawaban" not in after
    assert "Tidak dijawab sampai batas waktu penawaran" in after
    assert "Tidak dijawab" in TenderQuestion.objects.get(pk=question.pk).status_sentence
    assert "Tidak dijawab" in market.client("tpk").get(url).content.decode()
