"""Offers item by item, with their papers: added up, replaced until the deadline, and sealed like the price."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import database_now
from core.models import Event, Mail, Notice, StoredFile
from core.workflow import TransitionRefused
from tests.core.files import pdf
from tests.transactions.stage import OVERSEERS, STRANGERS, VILLAGE, Market, days_later, soon
from tests.transactions.test_pages import filled, queries
from transactions.models import Item, Paper, ProcurementRule, Quotation, QuotationItem, Sourcing
from transactions.models.sourcing.offer import papers_asked

pytestmark = pytest.mark.django_db

HPS = [
    {"name": "Pelatih", "volume": Decimal("2.5"), "unit": "hari", "unit_price": 6_000_000},
    {"name": "Modul", "volume": Decimal(30), "unit": "eksemplar", "unit_price": 150_000},
]
SECRET, SECRET_TEXT = 5_432_101, "5.432.101"  # a unit price, and how a page would say it


def invited(market: Market, items: list[dict[str, Any]] = HPS) -> Sourcing:
    """A quotation of `firm` and `rival` for these items."""
    sourcing = market.draft_sourcing(hps=19_500_000)
    sourcing.need = market.need(estimate=19_500_000)
    market_prepare(market, sourcing)
    market.terms(sourcing, items)
    sourcing.announce(by=market.user("tpk"), deadline=soon())
    return sourcing


def market_prepare(market: Market, sourcing: Sourcing) -> None:
    sourcing.prepare(by=market.user("tpk"), services=[market.service, market.rival_service])


def asked(sourcing: Sourcing, *prices: int) -> dict[int, int]:
    return {item.pk: price for item, price in zip(sourcing.items.all(), prices, strict=True)}


def papers(market: Market, who: str = "firm") -> dict[str, StoredFile]:
    return {kind.value: market.file(who) for kind in Paper}


def sealed_offer(market: Market) -> Quotation:
    sourcing = invited(market)
    offer = market.offer(sourcing, "firm")
    offer.send(by=market.user("firm"), prices=asked(sourcing, SECRET, 100_000), papers=papers(market))
    return offer


# --- adding up -----------------------------------------------------------------------------------------
def test_the_price_is_the_sum_of_the_lines_each_rounded_half_up(market: Market) -> None:
    offer = sealed_offer(market)
    assert [line.amount for line in offer.offered_lines()] == [13_580_253, 3_000_000]  # 13.580.252,5
    assert offer.price == 16_580_253


@pytest.mark.parametrize("prices", [None, {}, {0: 5}])
def test_every_item_has_its_price(market: Market, prices: dict[int, int] | None) -> None:
    sourcing = invited(market)
    with pytest.raises(TransitionRefused, match=r"^Isi harga satuan untuk setiap butir\.$"):
        market.offer(sourcing, "firm").send(by=market.user("firm"), prices=prices)
    assert not Quotation.objects.exists()


def test_a_single_lump_is_offered_by_its_price_alone(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    offer = market.quote(sourcing, "firm", 19_000_000)
    assert [(line.name, line.unit_price) for line in offer.lines()] == [(sourcing.need.title, 19_000_000)]
    assert offer.items.count() == 1


def test_a_package_without_items_is_one_line_as_before(market: Market) -> None:
    sourcing = market.sourcing("open")
    offer = market.quote(sourcing, "firm", 9_000_000)
    assert [(line.amount, line.volume_text) for line in offer.lines()] == [(9_000_000, "1")]
    assert not offer.items.exists()


@pytest.mark.parametrize("values", [{"agreed_price": SECRET + 1}, {"unit_price": -1}, {"agreed_price": -1}])
def test_the_database_keeps_agreed_prices_below_the_offer(market: Market, values: dict[str, int]) -> None:
    offer = sealed_offer(market)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuotationItem.objects.filter(quotation=offer, unit_price=SECRET).update(**values)


# --- replacing -----------------------------------------------------------------------------------------
def test_prices_and_papers_are_replaced_until_the_deadline(market: Market) -> None:
    offer = sealed_offer(market)
    old = {paper.kind: paper.file for paper in offer.papers.all()}
    new = market.file("firm")
    offer.revise(
        by=market.user("firm"), days=5, approach="Lain.", prices=asked(offer.sourcing, 4_000_000, 90_000),
        papers={"letter": new},
    )  # fmt: skip
    assert offer.price == 12_700_000
    kept = {paper.kind: paper.file_id for paper in offer.papers.all()}
    assert kept == {**{kind: file.pk for kind, file in old.items()}, "letter": new.pk}
    replaced = StoredFile.objects.get(pk=old["letter"].pk)
    assert replaced.about == "", "what was replaced is nobody's paper any more"
    assert replaced.is_visible_to(market.user("firm"))
    assert not replaced.is_visible_to(market.user("rival"))


def test_an_item_priced_offer_a_second_late_is_late_by_the_databases_clock(market: Market) -> None:
    offer = sealed_offer(market)
    Sourcing.objects.filter(pk=offer.sourcing_id).update(deadline=database_now() - dt.timedelta(seconds=1))
    with days_later(-30), pytest.raises(TransitionRefused, match=r"^Batas waktu penawaran sudah lewat\.$"):
        offer.revise(by=market.user("firm"), days=5, approach="x", prices=asked(offer.sourcing, 1, 1))
    offer.refresh_from_db()
    assert offer.price == 16_580_253
    assert sorted(offer.items.values_list("unit_price", flat=True)) == [100_000, SECRET]


# --- the papers that the rule asks for -----------------------------------------------------------------
def test_a_rule_that_names_papers_refuses_an_offer_without_them(market: Market) -> None:
    sourcing = invited(market)
    ProcurementRule.objects.filter(pk=sourcing.rule_id).update(offer_papers=["letter", "truth"])
    sourcing.refresh_from_db()
    offer = market.offer(sourcing, "firm")
    prices = asked(sourcing, 5_000_000, 100_000)
    with pytest.raises(TransitionRefused, match=r"^Lampirkan dahulu: Surat pernyataan kebenaran usaha\.$"):
        offer.send(by=market.user("firm"), prices=prices, papers={"letter": market.file("firm")})
    assert not Quotation.objects.exists()
    market.offer(sourcing, "firm").send(by=market.user("firm"), prices=prices, papers=papers(market))
    assert Quotation.objects.get().papers.count() == 4


def test_a_silent_rule_asks_for_the_example_papers_but_not_in_a_direct_purchase(market: Market) -> None:
    assert papers_asked(invited(market)) == list(Paper)
    assert papers_asked(market.sourcing("open")) == []


# --- sealed --------------------------------------------------------------------------------------------
def tells(text: str) -> bool:
    return SECRET_TEXT in text or str(SECRET) in text


def readers(market: Market, ask: Callable[[Any, str], bool]) -> set[str]:
    return {key for key in market.everyone() if ask(market.client(key), key)}


def test_unit_prices_are_read_by_their_owner_alone_until_the_opening(market: Market) -> None:
    offer = sealed_offer(market)
    url = offer.get_absolute_url()
    assert readers(market, lambda client, key: tells(client.get(url).content.decode())) == {"firm"}
    for form in (offer.move_url("revise"), offer.sourcing.move_url("evaluate")):
        assert readers(market, lambda client, key, form=form: tells(client.get(form).content.decode())) <= {"firm"}
    market.let_deadline_pass(offer.sourcing)
    market.open_offers(offer.sourcing)
    found = readers(market, lambda client, key: tells(client.get(url).content.decode()))
    assert found == VILLAGE | OVERSEERS | {"firm"}
    assert not found & (STRANGERS | {"rival"})


@pytest.mark.parametrize("kind", list(Paper))
def test_each_paper_is_read_by_its_owner_alone_until_the_opening(market: Market, kind: Paper) -> None:
    offer = sealed_offer(market)
    url = offer.papers.get(kind=kind).file.get_absolute_url()
    assert readers(market, lambda client, key: client.get(url).status_code == 200) == {"firm"}
    market.let_deadline_pass(offer.sourcing)
    market.open_offers(offer.sourcing)
    assert readers(market, lambda client, key: client.get(url).status_code == 200) == VILLAGE | OVERSEERS | {"firm"}


def test_no_event_mail_or_notice_holds_a_unit_price(market: Market) -> None:
    offer = sealed_offer(market)
    offer.revise(by=market.user("firm"), days=5, approach="x", prices=asked(offer.sourcing, SECRET, 1))
    for model in (Event, Notice, Mail):
        assert not any(tells(str(row)) for row in model.objects.values())


# --- the form ------------------------------------------------------------------------------------------
def upload(name: str = "surat.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf(), "application/pdf")


def test_an_offer_is_typed_item_by_item_with_its_papers(market: Market) -> None:
    sourcing = invited(market)
    client, url = market.client("firm"), reverse("quotation-new", args=[sourcing.need.code])
    shown = filled(client.get(url).context["form"])
    typed = shown | {"price_1": "5.000.000", "price_2": "Rp 100.000", "days": "9", "approach": "Kami."}
    assert client.post(url, typed | {"paper_letter": upload(), "attachment": upload("lain.pdf")}).status_code == 302
    offer = Quotation.objects.get()
    assert offer.price == 15_500_000
    assert {paper.kind for paper in offer.papers.all()} == {"letter"}
    page = client.get(offer.move_url("revise"))
    assert page.context["form"]["price_1"].value() == "5.000.000"
    again = filled(page.context["form"]) | {"price_2": "90.000", "paper_truth": upload()}
    assert client.post(offer.move_url("revise"), again).status_code == 302
    offer.refresh_from_db()
    assert offer.price == 15_200_000
    assert {paper.kind for paper in offer.papers.all()} == {"letter", "truth"}


def test_the_offers_form_keeps_what_was_typed_and_says_what_lacks(market: Market) -> None:
    sourcing = invited(market)
    ProcurementRule.objects.filter(pk=sourcing.rule_id).update(offer_papers=["letter"])
    client, url = market.client("firm"), reverse("quotation-new", args=[sourcing.need.code])
    answer = client.post(url, filled(client.get(url).context["form"]) | {"price_1": "lima", "approach": "Kami."})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"price_1", "price_2", "days", "paper_letter"}
    assert "Kami." in answer.content.decode()
    nothing = {"price_1": "0", "price_2": "0", "days": "3", "approach": "x", "paper_letter": upload()}
    free = client.post(url, filled(client.get(url).context["form"]) | nothing)
    assert "Sedikitnya satu harga satuan harus lebih dari nol." in free.content.decode()


def test_the_offers_form_and_page_take_no_more_queries_for_five_items_than_for_two(market: Market) -> None:
    counts = []
    for many in (2, 5):
        items = [
            {"name": f"Butir {n}", "volume": 1, "unit": "unit", "unit_price": 19_500_000 // many} for n in range(many)
        ]
        sourcing = invited(market, items)
        form = reverse("quotation-new", args=[sourcing.need.code])
        asking = queries(market.client("firm"), form)
        offer = market.offer(sourcing, "firm")
        offer.send(by=market.user("firm"), prices=asked(sourcing, *[1_000_000] * many), papers=papers(market))
        market.let_deadline_pass(sourcing)
        market.open_offers(sourcing)
        counts.append((asking, queries(market.client("tpk"), offer.get_absolute_url())))
    assert counts[0] == counts[1]


def test_sending_takes_a_bounded_number_of_queries(market: Market) -> None:
    sourcing = invited(market)
    offer, prices = market.offer(sourcing, "firm"), asked(sourcing, 5_000_000, 100_000)
    by = market.user("firm")
    with CaptureQueriesContext(connection) as captured:
        offer.send(by=by, prices=prices)
    assert len(captured) <= 40
    assert Item.objects.count() == 2
