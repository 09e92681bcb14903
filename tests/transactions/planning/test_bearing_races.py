"""Two at once where budgets move: into the next year, and among villages that buy together."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.models import DatedSetting
from core.workflow import TransitionRefused
from tests.areas import KUTA, SUKADANA
from tests.transactions.stage import Market
from tests.transactions.test_races import kinds, together
from transactions.models import Activity, CarryOver, Commitment, Contract, JointShare, Need, Sourcing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def season(transactional_db: None) -> None:
    DatedSetting.objects.create(key="year-end-list-from", value="01-01", valid_from="2015-01-01", source="contoh")


def activity(market: Market, year: int) -> Activity:
    row = Activity(
        village_id=KUTA, fiscal_year=year, activity_code="04.03.02", name="Pelatihan", funding="dd", ceiling=50_000_000
    )
    row.enter(by=market.user("operator"))
    return row


def budgeted(market: Market) -> tuple[Need, Activity, Activity]:
    old, new = activity(market, market.today.year), activity(market, market.today.year + 1)
    need = market.need("agreed")
    need.budget(by=market.user("pka"), activity=old, ceiling=9_500_000)
    return need, old, new


def test_two_carry_overs_at_once_and_one_is_made(committed_market: Market) -> None:
    market = committed_market
    need, old, new = budgeted(market)
    contract = market.contract("issued", need=need)
    heads = [market.user("kades"), market.user("kades")]
    results = together(
        Need.objects.filter(pk=need.pk),
        *(
            lambda head=head: Need.objects.get(pk=need.pk).carry_over(
                by=head, dpal_number="900/1", dpal_on=market.today, activity=new
            )
            for head in heads
        ),
    )
    assert kinds(results) == ["CarryOver", "TransitionRefused"]
    refused = next(result for result in results if isinstance(result, TransitionRefused))
    assert refused.reason == f"Pembelian ini sudah masuk tahun anggaran {market.today.year + 1}."
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.committed, new.committed, CarryOver.objects.count()) == (0, contract.value, 1)


def test_a_carry_over_and_the_issue_of_the_contract_leave_the_budget_in_one_year(committed_market: Market) -> None:
    """Whichever comes first, the old year holds nothing and the next one all of it."""
    market = committed_market
    need, old, new = budgeted(market)
    contract = market.contract("drafted", need=need)
    head, manager, day = market.user("kades"), market.user("pka"), market.today
    copy = Contract.objects.get(pk=contract.pk)
    results = together(
        Contract.objects.filter(pk=contract.pk),
        lambda: Need.objects.get(pk=need.pk).carry_over(by=head, dpal_number="900/1", dpal_on=day, activity=new),
        lambda: copy.issue(by=manager, number="027/1", signed_on=day, starts_on=day),
    )
    assert kinds(results) == ["CarryOver", "NoneType"]
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.committed, new.committed) == (0, contract.value)
    assert sum(row.held for row in Commitment.objects.all()) == contract.value


def joined(market: Market) -> JointShare:
    share = JointShare(need=market.need("budgeted", estimate=6_000_000), village_id=SUKADANA, ceiling=4_000_000)
    share.invite(by=market.user("pka"))
    share.agree(by=market.user("operator2"), musdes_on=market.today, musdes_number="141/7")
    share.budget(by=market.user("kaur2"), fiscal_year=market.today.year, funding="add", activity_code="4.1.01")
    return share


def test_a_village_does_not_leave_while_the_sourcing_begins_with_its_money(committed_market: Market) -> None:
    """An estimate of ten million needs both: either the village has left and nothing begins, or it stays."""
    market = committed_market
    share = joined(market)
    sourcing, manager, head = (
        market.draft_sourcing(hps=9_900_000, need=share.need),
        market.user("pka"),
        market.user("kades2"),
    )
    copy = JointShare.objects.get(pk=share.pk)
    results = together(
        Need.objects.filter(pk=share.need_id),
        lambda: sourcing.prepare(by=manager, services=[market.service]),
        lambda: copy.decline(by=head, reason="Tidak jadi."),
    )
    share.refresh_from_db()
    begun = Sourcing.objects.filter(need=share.need_id).exists()
    assert (begun, share.state) in {(True, "budgeted"), (False, "declined")}
    assert sum(result is None for result in results) == 1


def test_a_village_is_asked_once_by_two_at_once(committed_market: Market) -> None:
    market = committed_market
    need = market.need("budgeted")
    people: list[Any] = [market.user("pka"), market.user("kades")]
    results = together(
        Need.objects.filter(pk=need.pk),
        *(
            lambda by=by: JointShare(need=Need.objects.get(pk=need.pk), village_id=SUKADANA, ceiling=1_000_000).invite(
                by=by
            )
            for by in people
        ),
    )
    assert kinds(results) == ["NoneType", "ValidationError"]
    problem = next(result for result in results if isinstance(result, ValidationError))
    assert problem.messages == ["Desa ini sudah diundang untuk pembelian ini."]
    assert JointShare.objects.count() == 1
