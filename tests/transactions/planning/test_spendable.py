"""What a contract that ended early took of a need's ceiling cannot be spent again."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError

from regions.models import Area
from tests.areas import KUTA, SUKADANA
from tests.transactions.stage import Market, Reasoned
from transactions.forms import SourcingForm
from transactions.models import CarryOver, Contract, JointShare, Need
from transactions.models.planning.carrying import left_of
from transactions.models.planning.joint import spendable

pytestmark = pytest.mark.django_db


def ended(market: Market, percent: int, need: Need | None = None) -> Need:
    """A contract of 9.4 million of a ceiling of 9.5, ended when so much was done."""
    contract = market.contract("running", need=need or market.need("budgeted"))
    assert contract.value == 9_400_000
    contract.terminate(by=market.user("pka"), cause="force", reason="Banjir.", percent=percent)
    return Need.objects.select_related("village").get(pk=contract.need.pk)


def test_the_next_estimate_has_what_is_left_of_the_ceiling(market: Market) -> None:
    need = ended(market, 40)
    assert spendable(need) == 9_500_000 - 3_760_000
    assert SourcingForm.proposed(need)["hps"] == 5_740_000
    over = market.draft_sourcing(hps=5_740_001, need=need)
    over.give_reasons(Reasoned())
    with pytest.raises(ValidationError) as refused:
        over.prepare(by=market.user("pka"), services=[market.service])
    assert refused.value.messages == ["HPS tidak boleh melebihi pagu anggaran kebutuhan ini, Rp5.740.000."]
    market.contract("issued", need=need, hps=5_740_000)


def test_a_contract_of_which_nothing_was_done_leaves_all_of_it(market: Market) -> None:
    assert spendable(ended(market, 0)) == 9_500_000


def test_what_was_paid_counts_also_where_no_part_was_said(market: Market) -> None:
    """Contracts that ended before the part was asked for."""
    account = market.account("musdes")
    Contract.objects.filter(pk=account.contract_id).update(state="terminated", termination_percent=None)
    assert spendable(account.contract.need) == 9_500_000 - 9_400_000


def test_an_addendum_of_the_next_contract_keeps_to_what_is_left(market: Market) -> None:
    contract = market.contract("running", need=ended(market, 40), hps=5_000_000)
    contract.check_room(840_000)  # 4.9 million are 5.74 then
    with pytest.raises(Exception, match=r"Nilai tidak boleh melebihi pagu Rp5\.740\.000"):
        contract.check_room(840_001)


def test_only_what_is_left_goes_on_next_year(market: Market) -> None:
    need = ended(market, 40)
    zone = Area.objects.get(pk=KUTA).tzinfo
    with time_machine.travel(dt.datetime(market.today.year, 12, 20, 9, tzinfo=zone), tick=True):
        on = dt.date(market.today.year, 12, 20)
        need.carry_over(by=market.user("kades"), dpal_number="903/1", dpal_on=on)
    assert CarryOver.objects.get().amount == 5_740_000


def test_of_a_joint_purchase_each_village_has_its_part_less(market: Market) -> None:
    row = JointShare(need=market.need("budgeted", estimate=6_000_000), village_id=SUKADANA, ceiling=4_000_000)
    row.invite(by=market.user("pka"))
    row.agree(by=market.user("operator2"), musdes_on=market.today, musdes_number="141/7")
    row.budget(by=market.user("kaur2"), fiscal_year=market.today.year, funding="add", activity_code="4.1.01")
    need = ended(market, 50, Need.objects.get(pk=row.need_id))
    assert spendable(need) == 10_000_000 - 4_700_000
    assert left_of([need])[need.pk] == 6_000_000 - 2_820_000
