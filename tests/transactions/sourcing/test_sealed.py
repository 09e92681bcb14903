"""Offers are unreadable to everyone but their owner until they are opened, by the database's clock."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.urls import reverse

from core.clock import database_now
from core.models import Event, Mail, Notice, StoredFile
from core.workflow import TransitionRefused
from tests.core.files import pdf
from tests.transactions.stage import OVERSEERS, STRANGERS, VILLAGE, Market, days_later
from transactions.models import Quotation, Sourcing

pytestmark = pytest.mark.django_db
PRICE, WORDS = 18_765_432, "Usulan rahasia penyedia pertama"


@pytest.fixture
def sealed(market: Market) -> Quotation:
    """One offer with a price and words that can be found anywhere, and an attachment; a rival's beside it."""
    sourcing = market.sourcing("open", hps=20_000_000)
    offer = market.offer(sourcing, "firm", PRICE)
    offer.approach = WORDS
    offer.attachment = StoredFile.objects.store(
        pdf(), name="penawaran.pdf", content_type="application/pdf", by=market.user("firm")
    )
    offer.send(by=market.user("firm"))
    market.quote(sourcing, "rival", 19_000_000)
    return offer


def readers(market: Market, offer: Quotation) -> set[str]:
    people = market.everyone()
    return {key for key, user in people.items() if user and Quotation.objects.visible_to(user).filter(pk=offer.pk)}


def tells(text: str) -> bool:
    return "18.765.432" in text or str(PRICE) in text or WORDS in text


def pages(market: Market, offer: Quotation) -> list[str]:
    """Every page on which an offer could show."""
    sourcing = offer.sourcing
    moves = [sourcing.move_url(verb) for verb in Sourcing.MOVES] + [
        offer.move_url(verb) for verb in Quotation.MOVES if not Quotation.MOVES[verb].inner
    ]
    return [
        offer.get_absolute_url(),
        reverse("orders"),
        reverse("todo"),
        reverse("notices"),
        reverse("quotation-new", args=[sourcing.need.code]),
        offer.attachment.get_absolute_url(),
        *moves,
    ]


def test_nobody_but_its_owner_reads_a_sealed_offer(market: Market, sealed: Quotation) -> None:
    assert readers(market, sealed) == {"firm"}
    for key in (*sorted(VILLAGE), "pld", "dpmd", "ministry", "rival", "outsider", "operator2"):
        client = market.client(key)
        for url in pages(market, sealed):
            response = client.get(url, follow=True)
            body = b"".join(response) if response.streaming else response.content
            assert not tells(body.decode(errors="replace")), (key, url)
            assert not body.startswith(b"%PDF"), (key, url)


@pytest.mark.parametrize("words", [str(PRICE), "18.765.432", "rahasia", "Rinjani"])
def test_no_search_finds_an_order_by_what_is_sealed(market: Market, sealed: Quotation, words: str) -> None:
    for key in ("tpk", "dpmd", "rival"):
        client = market.client(key)
        assert len(client.get(reverse("orders"), {"q": "Pembukuan"}).context["orders"]) == 1  # by its title it is
        assert client.get(reverse("orders"), {"q": words}).context["orders"] == []


def test_its_owner_does(market: Market, sealed: Quotation) -> None:
    client = market.client("firm")
    assert tells(client.get(sealed.get_absolute_url()).content.decode())
    assert client.get(sealed.attachment.get_absolute_url()).status_code == 200


def test_neither_events_nor_notices_nor_mails_tell_it(market: Market, sealed: Quotation) -> None:
    sealed.revise(by=market.user("firm"), price=PRICE + 1, days=3, approach=WORDS)
    written = [json.dumps(list(model.objects.values()), default=str) for model in (Event, Notice, Mail)]
    assert not any("1876543" in text or WORDS in text for text in written)
    assert Notice.objects.filter(title__startswith="Satu penawaran masuk").exists()
    assert not Notice.objects.filter(title__contains=market.firm.provider.name).exists()


def test_one_person_at_the_opening_reads_nothing_and_opens_nothing(market: Market, sealed: Quotation) -> None:
    """After the deadline, too: only the second person makes the offers readable, for everyone at once."""
    market.let_deadline_pass(sealed.sourcing)
    assert readers(market, sealed) == {"firm"}
    sealed.sourcing.ask_opening(by=market.user("tpk"))
    assert readers(market, sealed) == {"firm"}
    for key in (*sorted(VILLAGE), "pld", "dpmd", "ministry", "rival", "outsider", "operator2"):
        client = market.client(key)
        for url in pages(market, sealed):
            response = client.get(url, follow=True)
            body = b"".join(response) if response.streaming else response.content
            assert not tells(body.decode(errors="replace")), (key, url)
            assert not body.startswith(b"%PDF"), (key, url)
    with pytest.raises(TransitionRefused, match="orang kedua yang membukanya bersama Anda harus orang lain"):
        sealed.sourcing.confirm_opening(by=market.user("tpk"))
    assert readers(market, sealed) == {"firm"}


def test_opening_shows_them_to_the_village_and_its_overseers_but_not_to_rivals(
    market: Market, sealed: Quotation
) -> None:
    market.let_deadline_pass(sealed.sourcing)
    market.open_offers(sealed.sourcing)
    assert readers(market, sealed) == VILLAGE | OVERSEERS | {"firm"}
    assert not readers(market, sealed) & (STRANGERS | {"rival"})
    evaluate = sealed.sourcing.move_url("evaluate")
    assert tells(market.client("tpk").get(evaluate).content.decode())
    for key in ("rival", "outsider", "operator2"):
        assert not tells(market.client(key).get(evaluate).content.decode())


def test_a_withdrawn_offer_stays_closed_after_the_opening(market: Market, sealed: Quotation) -> None:
    sealed.withdraw(by=market.user("firm"))
    market.let_deadline_pass(sealed.sourcing)
    market.open_offers(sealed.sourcing)
    assert readers(market, sealed) == {"firm"}


def test_a_sourcing_that_fails_unopened_tells_no_offer(market: Market, sealed: Quotation) -> None:
    """Else one could fail it, read the prices, and ask again."""
    sealed.sourcing.fail(by=market.user("tpk"), reason="Keliru.")
    assert readers(market, sealed) == {"firm"}
    assert not tells(market.client("tpk").get(sealed.get_absolute_url()).content.decode())


def test_a_sourcing_that_fails_opened_stays_readable(market: Market, sealed: Quotation) -> None:
    market.let_deadline_pass(sealed.sourcing)
    market.open_offers(sealed.sourcing)
    sealed.sourcing.fail(by=market.user("tpk"), reason="Semua terlalu mahal.")
    assert readers(market, sealed) == VILLAGE | OVERSEERS | {"firm"}


# --- time --------------------------------------------------------------------------------------------
def test_the_applications_clock_opens_nothing(market: Market, sealed: Quotation) -> None:
    with days_later(30), pytest.raises(TransitionRefused, match="baru dapat dibuka setelah batas waktu"):
        sealed.sourcing.ask_opening(by=market.user("tpk"))
    assert readers(market, sealed) == {"firm"}


def test_the_applications_clock_takes_no_late_offer(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    market.let_deadline_pass(sourcing)
    with days_later(-30), pytest.raises(TransitionRefused, match=r"^Batas waktu penawaran sudah lewat\.$"):
        market.quote(sourcing, "firm", 1_000_000)


@pytest.mark.parametrize("verb", ["send", "revise", "withdraw"])
def test_a_second_late_is_late(market: Market, verb: str) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    offer = market.offer(sourcing, "firm")
    if verb != "send":
        offer.send(by=market.user("firm"))
    Sourcing.objects.filter(pk=sourcing.pk).update(deadline=database_now() - dt.timedelta(seconds=1))
    more: dict[str, Any] = {"price": 1, "days": 1, "approach": "x"} if verb == "revise" else {}
    with pytest.raises(TransitionRefused, match="Batas waktu penawaran sudah lewat"):
        getattr(offer, verb)(by=market.user("firm"), **more)


def test_a_late_form_is_refused_with_a_sentence_and_writes_nothing(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    client, url = market.client("firm"), reverse("quotation-new", args=[sourcing.need.code])
    key = client.get(url).context["form"]["submit_key"].value()
    market.let_deadline_pass(sourcing)
    response = client.post(url, {"submit_key": key, "price": "1.000.000", "days": "3", "approach": "Kami."})
    assert response.status_code == 403
    assert "Batas waktu penawaran sudah lewat." in response.content.decode()
    assert not Quotation.objects.exists()


# --- direct purchase ---------------------------------------------------------------------------------
def test_a_direct_purchase_may_be_opened_once_everyone_asked_has_answered(market: Market) -> None:
    sourcing = market.sourcing("open", services=[market.service, market.rival_service])
    assert sourcing.method == "direct"
    market.quote(sourcing, "firm", 9_000_000)
    with pytest.raises(TransitionRefused, match="setelah batas waktu"):
        sourcing.open_quotations(by=market.user("pka"))
    assert sourcing not in Sourcing.objects.waiting_for(market.user("pka"))
    market.quote(sourcing, "rival", 8_000_000)
    assert sourcing in Sourcing.objects.waiting_for(market.user("pka"))
    sourcing.open_quotations(by=market.user("pka"))
    assert sourcing.state == "opened"


def test_nothing_to_open_is_said(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    market.let_deadline_pass(sourcing)
    with pytest.raises(TransitionRefused, match="Tidak ada penawaran yang masuk"):
        sourcing.ask_opening(by=market.user("tpk"))


def test_offers_only_from_the_invited(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    with pytest.raises(TransitionRefused, match="Anda tidak diundang"):
        market.quote(sourcing, "outsider", 1_000_000)
    assert market.client("outsider").get(sourcing.get_absolute_url()).status_code == 404


def test_a_draft_is_not_seen_by_whom_it_will_invite(market: Market) -> None:
    sourcing = market.sourcing("draft")
    assert not Sourcing.objects.visible_to(market.user("firm")).exists()
    assert market.client("firm").get(sourcing.get_absolute_url()).status_code == 404
