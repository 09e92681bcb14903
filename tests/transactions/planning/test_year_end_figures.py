"""What the end of the year leaves: the village's own part, and how many orders a regency is told of."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import Event
from tests.areas import KUTA, SUKADANA
from tests.transactions.planning.test_joint import share
from tests.transactions.planning.test_year_end import LIST, november  # noqa: F401 (a fixture)
from tests.transactions.stage import Market
from transactions import year_end_calls
from transactions.models import CarryOver, Contract, Need, YearEndCall
from transactions.tasks import call_year_end

pytestmark = pytest.mark.django_db


def shown(market: Market, need: Need) -> int:
    lines = market.client("kades").get(LIST).context["lines"]
    return next(line["left"] for line in lines if line["need"] == need)


def test_the_list_shows_the_part_that_the_dpal_takes(market: Market) -> None:
    row = share(market, "budgeted", need=market.need("budgeted", estimate=6_000_000), ceiling=4_000_000)
    need = Need.objects.get(pk=row.need_id)
    assert shown(market, need) == 6_000_000  # nothing is contracted
    contract = market.contract("running", need=need)
    assert contract.value == 9_400_000
    need = Need.objects.get(pk=row.need_id)
    left = shown(market, need)
    page = market.client("kades").get(need.move_url("carry_over")).content.decode()
    assert "Yang dilanjutkan hanya bagian desa ini" in page
    need.carry_over(by=market.user("kades"), dpal_number="900/12/DPAL", dpal_on=market.today)
    assert left == CarryOver.objects.get().amount == 5_640_000


def test_the_list_leaves_out_what_a_contract_that_ended_early_took(market: Market) -> None:
    need = market.need("budgeted", estimate=9_500_000)
    contract = market.contract("running", need=need)
    contract.report_progress(by=market.user("firm"), percent=40, text="Hampir separuh.")
    contract.terminate(by=market.user("pka"), cause="withdrew", reason="Mundur.", percent=40)
    contract.refresh_from_db()
    need = Need.objects.get(pk=need.pk)
    left = shown(market, need)
    assert left == 9_500_000 - contract.owed and contract.owed > 0
    need.carry_over(by=market.user("kades"), dpal_number="900/12/DPAL", dpal_on=market.today)
    assert CarryOver.objects.get().amount == left
    assert Contract.objects.get().state == "terminated"


def test_a_regency_is_told_of_all_its_orders_also_after_a_kill(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    market.need("budgeted")
    market.need("budgeted", title="Kelas lain")
    other = market.draft_need(village=SUKADANA, title="Kelas tetangga")
    other.identify(by=market.user("operator2"))
    other.agree(by=market.user("operator2"), musdes_on=market.today, musdes_number="1")
    other.budget(
        by=market.user("pka2"), fiscal_year=market.today.year, funding="dd", activity_code="4.3.02", ceiling=9_500_000
    )
    said, plain = [], year_end_calls.say

    def killed_after_the_first(area: str, *rest: Any) -> bool:
        if said:
            raise SystemExit
        said.append(area)
        return plain(area, *rest)

    with monkeypatch.context() as broken:
        broken.setattr(year_end_calls, "say", killed_after_the_first)
        with pytest.raises(SystemExit):
            call_year_end()
    assert YearEndCall.objects.count() == 1
    assert call_year_end() == 2
    assert {row.area_id: row.orders for row in YearEndCall.objects.all()} == {
        KUTA: 2, SUKADANA: 1, "52.02": 3,
    }  # fmt: skip


def test_killed_between_villages_and_regency_the_regency_is_told_the_next_night(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.need("budgeted")
    plain = year_end_calls.say

    def only_villages(area: str, *rest: Any) -> bool:
        if len(area) == 5:
            raise SystemExit
        return plain(area, *rest)

    with monkeypatch.context() as broken:
        broken.setattr(year_end_calls, "say", only_villages)
        with pytest.raises(SystemExit):
            call_year_end()
    assert call_year_end() == 1
    assert YearEndCall.objects.get(area="52.02").orders == 1
    assert call_year_end() == 0
    assert Event.objects.filter(about="transactions.yearendcall").count() == 2
