"""Two at once at a contract: signatures, addendum, payment, termination. Whoever waits at the lock reads why not."""

from __future__ import annotations

import pytest

from core.workflow import TransitionRefused
from tests.transactions.stage import Market
from tests.transactions.test_races import kinds, together
from transactions.models import Addendum, Contract

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_village_signs_once(committed_market: Market) -> None:
    market = committed_market
    contract = market.contract("provider_signed")
    copies = [(Contract.objects.get(pk=contract.pk), market.user("pka"), market.file("pka")) for _ in "ab"]
    results = together(
        Contract.objects.filter(pk=contract.pk),
        *(lambda c=c, u=u, f=f: c.sign_for_village(by=u, scan=f) for c, u, f in copies),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    assert contract.events().filter(verb="sign_for_village").count() == 1


def test_the_provider_signs_or_the_village_takes_it_back_never_both(committed_market: Market) -> None:
    market = committed_market
    contract = market.contract("issued")
    first, second = (Contract.objects.get(pk=contract.pk) for _ in "ab")
    manager, provider, scan = market.user("pka"), market.user("firm"), market.file("firm")
    results = together(
        Contract.objects.filter(pk=contract.pk),
        lambda: first.recall(by=manager, reason="Keliru."),
        lambda: second.sign_for_provider(by=provider, scan=scan),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    assert isinstance(results[1 if results[0] is None else 0], TransitionRefused)
    contract.refresh_from_db()
    assert (contract.state == "drafted") == (results[0] is None) == (contract.provider_scan is None)


def test_an_addendum_takes_effect_once(committed_market: Market) -> None:
    market = committed_market
    contract = market.contract("running")
    addendum = market.addendum(contract, "provider_signed")
    copies = [(Addendum.objects.get(pk=addendum.pk), market.user("pka"), market.file("pka")) for _ in "ab"]
    results = together(
        Contract.objects.filter(pk=contract.pk),
        *(lambda c=c, u=u, f=f: c.sign_for_village(by=u, scan=f) for c, u, f in copies),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    assert contract.events().filter(verb="change").count() == 1


def test_two_addenda_at_once_and_one_waits_for_signatures(committed_market: Market) -> None:
    market = committed_market
    contract = market.contract("running")
    drafts = [(market.draft_addendum(contract), market.user("pka")) for _ in "ab"]
    results = together(Contract.objects.filter(pk=contract.pk), *(lambda d=d, u=u: d.prepare(by=u) for d, u in drafts))
    assert kinds(results) == ["NoneType", "ValidationError"]
    assert contract.addenda.count() == 1


def test_a_contract_that_ends_takes_no_addendum_along(committed_market: Market) -> None:
    """Whichever comes first: never a change of a contract that has ended, nor an addendum left open."""
    market = committed_market
    contract = market.contract("running")
    addendum = market.addendum(contract, "provider_signed")
    manager, other, scan = market.user("pka"), market.user("pka"), market.file("pka")
    ending, signing = Contract.objects.get(pk=contract.pk), Addendum.objects.get(pk=addendum.pk)
    results = together(
        Contract.objects.filter(pk=contract.pk),
        lambda: ending.terminate(by=manager, cause="agreed", reason="Sepakat."),
        lambda: signing.sign_for_village(by=other, scan=scan),
    )
    assert results[0] is None
    contract.refresh_from_db()
    addendum.refresh_from_db()
    changed = contract.events().filter(verb="change")
    if isinstance(results[1], TransitionRefused):
        assert (addendum.state, changed.count()) == ("withdrawn", 0)
    else:
        assert (addendum.state, changed.count()) == ("signed", 1)
        assert changed.get().pk < contract.events().get(verb="terminate").pk
    assert contract.state == "terminated"


def test_a_payment_and_a_lower_value_agree(committed_market: Market) -> None:
    """The sum paid never passes the value, whichever of the two came first."""
    market = committed_market
    contract = market.contract("running")
    provider, manager = market.user("firm"), market.user("pka")
    contract.termins.all().delete()
    contract.termins.create(number=1, percent=50, condition="Separuh")
    contract.termins.create(number=2, percent=50, condition="Selesai")
    contract.report_progress(by=provider, percent=50, text="Separuh.")
    contract.request_inspection(by=provider, percent=50)
    contract.accept_part(by=manager, note="Sesuai.")
    request = market.request(contract, "approved")
    addendum = market.addendum(contract, "provider_signed", new_value=1_000_000, new_ends_on=None)
    scan = market.file("pka")
    signing = Addendum.objects.get(pk=addendum.pk)
    results = together(
        Contract.objects.filter(pk=contract.pk),
        lambda: market.transfer(request),
        lambda: signing.sign_for_village(by=manager, scan=scan),
    )
    contract.refresh_from_db()
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    assert (contract.paid, contract.value) in {(4_700_000, 9_400_000), (0, 1_000_000)}


def test_two_hand_overs_at_once_and_one_is_recorded(committed_market: Market) -> None:
    market = committed_market
    contract = market.contract("inspected")
    copies = [(Contract.objects.get(pk=contract.pk), market.user("pka")) for _ in "ab"]
    results = together(
        Contract.objects.filter(pk=contract.pk),
        *(lambda c=c, u=u: c.hand_over(by=u, number="1", on=market.today, place="Kantor") for c, u in copies),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
