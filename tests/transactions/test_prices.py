"""What others paid: figures worked out by hand, and which contracts tell a price."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.models import Service
from core.clock import today
from core.models import DataVersion, DatedSetting
from tests.areas import KUTA, LOMBOK_BARAT, LOMBOK_TENGAH
from tests.transactions.stage import Market
from transactions import prices
from transactions.models import Contract, PriceReference, TrackRecord
from transactions.tasks import refresh_prices

pytestmark = pytest.mark.django_db


def paid(market: Market, price: int, *, volume: int = 1, unit: str = "paket", state: str = "running") -> Contract:
    """A contract of this value for so many units."""
    need = market.need(estimate=price, volume=volume, unit=unit)
    return market.contract(state, hps=price, need=need, prices={"firm": price})


def rows() -> dict[str, tuple[int, int, int, int]]:
    """Place -> (n, lowest, median, highest)."""
    found = PriceReference.objects.values_list("area_id", "n", "minimum", "median", "maximum")
    return {area: tuple(figures) for area, *figures in found}  # type: ignore[misc]


def asked(market: Market, code: str = KUTA) -> list[PriceReference]:
    service = Service.objects.get(pk=market.service.pk)  # as it stands, whatever another test did to it
    return prices.references(code, category=service.category_id, kind=service.kind, unit=service.unit)


def test_the_median_is_the_middle_price_and_the_range_is_from_the_least_to_the_most(market: Market) -> None:
    for price in (4_000_000, 9_000_000, 6_000_000):
        paid(market, price)
    prices.refresh()
    assert rows() == dict.fromkeys((LOMBOK_TENGAH, "52"), (3, 4_000_000, 6_000_000, 9_000_000))


def test_of_an_even_number_the_lower_of_the_two_in_the_middle_is_told(market: Market) -> None:
    for price in (4_000_000, 5_000_000, 8_000_000, 9_000_000):
        paid(market, price)
    prices.refresh()
    assert rows()["52"] == (4, 4_000_000, 5_000_000, 9_000_000)


def test_the_price_of_one_unit_is_the_value_over_the_volume_in_whole_rupiah(market: Market) -> None:
    paid(market, 1_000_000, volume=3)  # 333,333.33…
    paid(market, 2_000_000, volume=3)  # 666,666.66…
    paid(market, 1_000_001, volume=2)  # 500,000.5: half goes up
    prices.refresh()
    assert rows()["52"] == (3, 333_333, 500_001, 666_667)


def test_an_addendum_changes_work_and_value_but_not_the_price_that_was_agreed(market: Market) -> None:
    contract = paid(market, 5_000_000, volume=2)
    market.addendum(contract, "signed", new_value=3_000_000)
    market.addendum(contract, "signed", new_value=2_500_000)
    prices.refresh()
    assert rows()["52"] == (1, 2_500_000, 2_500_000, 2_500_000)


@pytest.mark.parametrize("said", ["paket", " Paket ", "PAKET"])
def test_a_unit_is_known_however_it_is_written(said: str, market: Market) -> None:
    paid(market, 5_000_000, unit=said)
    prices.refresh()
    assert rows()["52"][0] == 1


def test_a_unit_is_known_by_its_label_too(market: Market) -> None:
    Service.objects.get(pk=market.service.pk).revise(by=market.user("firm"), unit="oh")
    paid(market, 5_000_000, volume=10, unit="orang-hari (OH)")
    prices.refresh()
    assert PriceReference.objects.get(area="52").unit == "oh"
    assert rows()["52"] == (1, 500_000, 500_000, 500_000)


def test_a_contract_measured_in_another_unit_tells_no_price(market: Market) -> None:
    paid(market, 5_000_000, unit="orang")
    prices.refresh()
    assert rows() == {}


@pytest.mark.parametrize("state", ["drafted", "issued", "provider_signed", "terminated"])
def test_a_contract_that_is_not_signed_by_both_or_was_ended_tells_no_price(state: str, market: Market) -> None:
    paid(market, 5_000_000, state=state)
    prices.refresh()
    assert rows() == {}


@pytest.mark.parametrize("state", ["running", "inspection", "inspected", "handed_over"])
def test_a_signed_contract_tells_its_price(state: str, market: Market) -> None:
    paid(market, 5_000_000, state=state)
    prices.refresh()
    assert set(rows()) == {LOMBOK_TENGAH, "52"}


def test_contracts_older_than_the_setting_says_do_not_count(market: Market) -> None:
    contract = paid(market, 5_000_000)
    day = today()  # they are counted for the whole country: Jakarta's day, not the village's
    first = dt.date(day.year - 3, day.month, 1)
    Contract.objects.filter(pk=contract.pk).update(signed_on=first, starts_on=first)
    prices.refresh()
    assert set(rows()) == {LOMBOK_TENGAH, "52"}
    Contract.objects.filter(pk=contract.pk).update(signed_on=first - dt.timedelta(days=1))
    prices.refresh()
    assert rows() == {}


def test_fewer_than_three_contracts_are_not_told(market: Market) -> None:
    paid(market, 5_000_000)
    paid(market, 6_000_000)
    prices.refresh()
    assert asked(market) == []
    paid(market, 7_000_000)
    prices.refresh()
    assert [(row.area_id, row.n) for row in asked(market)] == [(LOMBOK_TENGAH, 3), ("52", 3)]


def test_a_dated_setting_says_how_few_are_too_few(market: Market) -> None:
    for price in (5_000_000, 6_000_000, 7_000_000):
        paid(market, price)
    prices.refresh()
    DatedSetting.objects.create(
        key="price-reference-min-contracts", value=4, valid_from=dt.date(2026, 1, 1), source="uji"
    )
    assert asked(market) == []
    DatedSetting.objects.create(
        key="price-reference-min-contracts", value=2, valid_from=dt.date(2999, 1, 1), source="uji"
    )
    assert asked(market) == []  # not yet in force


def test_the_nearest_reference_is_the_regencys_and_elsewhere_the_provinces(market: Market) -> None:
    for price in (5_000_000, 6_000_000, 7_000_000):
        paid(market, price)
    prices.refresh()
    service = Service.objects.get(pk=market.service.pk)
    kind: Any = {"category": service.category_id, "kind": service.kind, "unit": service.unit}
    nearest = {code: prices.reference(code, **kind) for code in (KUTA, LOMBOK_BARAT, "11.01", "")}
    assert {code: row and row.area_id for code, row in nearest.items()} == {
        KUTA: LOMBOK_TENGAH, LOMBOK_BARAT: "52", "11.01": None, "": None,
    }  # fmt: skip


def test_counting_again_changes_what_changed_and_drops_what_is_gone(market: Market) -> None:
    first, second = paid(market, 5_000_000), paid(market, 7_000_000)
    refresh_prices()
    kept = set(PriceReference.objects.values_list("pk", flat=True))
    refresh_prices()
    assert set(PriceReference.objects.values_list("pk", flat=True)) == kept
    second.terminate(by=market.user("pka"), cause="withdrew", reason="Penyedia mundur.")
    refresh_prices()
    assert rows()["52"] == (1, 5_000_000, 5_000_000, 5_000_000)
    first.terminate(by=market.user("pka"), cause="withdrew", reason="Penyedia mundur.")
    refresh_prices()
    assert rows() == {}


def test_figures_on_public_pages_count_as_a_change_of_the_catalogue(market: Market, db: None) -> None:
    from django.db import connection

    paid(market, 5_000_000, state="handed_over")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit, now
        cursor.execute("SELECT set_config('p2ktd.counted_catalogue', '', true)")
        before = DataVersion.objects.get(name="catalogue").number
        prices.refresh()
        assert DataVersion.objects.get(name="catalogue").number > before


# --- contracts handed over --------------------------------------------------------------------------------------
def test_work_handed_over_is_counted_for_the_service_and_for_its_provider(market: Market) -> None:
    paid(market, 5_000_000, state="handed_over")
    paid(market, 6_000_000, state="handed_over")
    paid(market, 7_000_000, state="inspected")
    prices.refresh()
    record = TrackRecord.objects.get()
    assert (record.service_id, record.done, record.last_on) == (market.service.pk, 2, market.today)
    done = prices.done_by([market.service, market.rival_service])
    assert done[market.service.pk] == prices.Done(2, market.today, 2, market.today)
    assert done[market.rival_service.pk] == prices.Done()


def test_counting_for_four_services_is_one_query(market: Market, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        prices.done_by([market.service, market.rival_service, market.third_service])
