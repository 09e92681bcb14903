"""Price talks at a held row: whoever comes second reads why not, and both sides agree on one price."""

from __future__ import annotations

import pytest

from core.workflow import TransitionRefused
from tests.transactions.sourcing.test_negotiation import at, judged
from tests.transactions.stage import Market
from tests.transactions.test_races import kinds, together
from transactions.models import Contract, Quotation, Sourcing

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_accept_at_once_and_one_agreement_is_made(committed_market: Market) -> None:
    market = committed_market
    offer = judged(market)
    offer.propose(by=market.user("tpk"), prices=at(offer, 4_000_000, 100_000))
    users = [market.user("firm"), market.user("firm")]
    results = together(
        Sourcing.objects.filter(pk=offer.sourcing_id),
        *(lambda u=u: Quotation.objects.get(pk=offer.pk).accept_price(by=u) for u in users),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    refused = next(result for result in results if isinstance(result, TransitionRefused))
    assert refused.reason == "Harga sudah disepakati; negosiasi selesai."
    assert offer.events().filter(verb="accept_price").count() == 1


def test_accepting_and_awarding_agree_on_the_price(committed_market: Market) -> None:
    market = committed_market
    offer = judged(market)
    offer.propose(by=market.user("tpk"), prices=at(offer, 4_000_000, 100_000))
    sourcing, tpk, firm = Sourcing.objects.get(pk=offer.sourcing_id), market.user("tpk"), market.user("firm")
    results = together(
        Sourcing.objects.filter(pk=sourcing.pk),
        lambda: sourcing.award(by=tpk, quotation=Quotation.objects.get(pk=offer.pk)),
        lambda: Quotation.objects.get(pk=offer.pk).accept_price(by=firm),
    )
    assert results[0] is None
    final = Quotation.objects.get(pk=offer.pk).final_price
    assert Contract.objects.get(sourcing=sourcing).value == final
    assert final == (16_100_000 if isinstance(results[1], TransitionRefused) else 13_000_000)


def test_a_step_and_an_acceptance_at_once_do_not_cross(committed_market: Market) -> None:
    """The provider accepts while it also answers with another price: one of both, never an agreement on neither."""
    market = committed_market
    offer = judged(market)
    offer.propose(by=market.user("tpk"), prices=at(offer, 4_000_000, 100_000))
    users = [market.user("firm"), market.user("firm")]
    other = at(offer, 4_500_000, 100_000)
    results = together(
        Sourcing.objects.filter(pk=offer.sourcing_id),
        lambda: Quotation.objects.get(pk=offer.pk).accept_price(by=users[0]),
        lambda: Quotation.objects.get(pk=offer.pk).counter(by=users[1], prices=other),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    kept = Quotation.objects.get(pk=offer.pk)
    assert (kept.negotiated_price, kept.awaits) in ((13_000_000, ""), (None, "village"))


def test_replacing_item_prices_and_the_opening_do_not_pass_each_other(committed_market: Market) -> None:
    market = committed_market
    sourcing = market.sourcing("open", services=[market.service, market.rival_service])
    terms_free = market.quote(sourcing, "firm", 9_000_000)
    late = market.quote(sourcing, "rival", 8_000_000)
    opener, sender = market.user("pka"), market.user("rival")
    results = together(
        Sourcing.objects.filter(pk=sourcing.pk),
        lambda: Sourcing.objects.get(pk=sourcing.pk).open_quotations(by=opener),
        lambda: Quotation.objects.get(pk=late.pk).revise(
            by=sender, days=1, approach="x", price=7_000_000, papers={"letter": market.file("rival")}
        ),
    )
    assert results[0] is None
    kept = Quotation.objects.get(pk=late.pk)
    missed = isinstance(results[1], TransitionRefused)
    assert (kept.price, kept.papers.count()) == ((8_000_000, 0) if missed else (7_000_000, 1))
    assert terms_free.pk != kept.pk
