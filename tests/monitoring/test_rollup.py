"""The kept figures equal the straight count, by whatever way they came about."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.models import Event
from monitoring import rollup
from monitoring.models import MonthlyFigure, RollupState
from tests.areas import KUTA, LOMBOK_BARAT, LOMBOK_TENGAH, SUKADANA, UBUNG, YOBOI
from tests.monitoring import rows
from tests.monitoring.rows import WIB, WIT, at, day

OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
NOW = at("2026-11-20")
LEMBAR_SELATAN = "52.01.13.2002"


def figure(regency: str, month: dt.date) -> MonthlyFigure:
    return MonthlyFigure.objects.get(regency_id=regency, month=month)


def some_orders() -> None:
    for index, village in enumerate([KUTA, SUKADANA, UBUNG, LEMBAR_SELATAN, YOBOI, KUTA, UBUNG]):
        rows.order(
            village,
            value=7_500_001 + index * 1_234_567,
            signed=["2026-08-31", "2026-09-01", "2026-10-31", "2026-10-02", "2026-10-31", "2026-10-07", "2026-11-02"][
                index
            ],
            category=["kewirausahaan", "infrastruktur"][index % 2],
            method=["direct", "quotation"][index % 2],
            handed_over=["2026-09-15", "", "2026-11-05", "2026-10-20", "", "2026-10-25", ""][index],
            paid=["2026-09-20", "", "", "2026-10-28", "", "", ""][index],
            musdes=["2026-10-30", "", "", "", "", "", ""][index],
        )


# The straight count, written by hand against the tables.
STRAIGHT = """
SELECT left(village_id, 5) AS regency, date_trunc('month', signed_on)::date AS month, count(*), sum(value)
FROM transactions_contract WHERE village_signed_at IS NOT NULL GROUP BY 1, 2
"""
STRAIGHT_PAID = """
SELECT left(c.village_id, 5), date_trunc('month', p.paid_on)::date, count(*), sum(p.gross)
FROM transactions_payment p JOIN transactions_contract c ON c.id = p.contract_id GROUP BY 1, 2
"""
STRAIGHT_PRESENT = """
SELECT left(m.village_id, 5), date_trunc('month', m.held_on)::date, sum(t.men), sum(t.women)
FROM transactions_attendance t JOIN transactions_meeting m ON m.id = t.meeting_id
WHERE m.state = 'decided' GROUP BY 1, 2
"""


def straight(sql: str) -> dict[tuple[str, dt.date], tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {(regency, month): (int(n), int(total)) for regency, month, n, total in cursor.fetchall()}


def kept(*columns: str) -> dict[tuple[str, dt.date], tuple[int, ...]]:
    found = MonthlyFigure.objects.values_list("regency_id", "month", *columns)
    return {(regency, month): tuple(values) for regency, month, *values in found if any(values)}


@pytest.mark.usefixtures("areas")
def test_the_rollup_equals_the_straight_count_to_the_rupiah() -> None:
    some_orders()
    rollup.refresh(now=NOW)
    assert kept("contracts", "contracts_value") == straight(STRAIGHT)
    assert kept("payments", "paid") == straight(STRAIGHT_PAID)
    assert kept("men", "women") == straight(STRAIGHT_PRESENT)


@pytest.mark.usefixtures("areas")
def test_a_full_count_gives_what_the_piecemeal_one_gave() -> None:
    some_orders()
    rollup.refresh(now=at("2026-11-03"))
    rows.order(KUTA, value=999, signed="2026-10-09", recorded=at("2026-11-04"))
    rows.access(SUKADANA, created=at("2026-09-09"), decided=at("2026-11-04"))
    rollup.refresh(now=NOW)
    fields = [field.attname for field in MonthlyFigure._meta.fields if field.name not in ("id", "computed_at")]
    piecemeal = {row[:2]: row for row in MonthlyFigure.objects.values_list("regency_id", "month", *fields)}
    MonthlyFigure.objects.all().delete()
    rollup.refresh(now=NOW, everything=True)
    whole = {row[:2]: row for row in MonthlyFigure.objects.values_list("regency_id", "month", *fields)}
    assert piecemeal.items() <= whole.items()
    assert all(not any(row[-len(rollup.counting.COLUMNS) + 1 :]) for key, row in whole.items() if key not in piecemeal)


@pytest.mark.usefixtures("areas")
def test_a_second_run_changes_nothing_and_computes_only_what_lies_in_the_overlap() -> None:
    some_orders()
    rollup.refresh(now=NOW)
    before = list(MonthlyFigure.objects.order_by("pk").values())
    assert rollup.refresh(now=NOW) == 0
    assert list(MonthlyFigure.objects.order_by("pk").values()) == before


@pytest.mark.usefixtures("areas")
def test_only_the_touched_regency_and_its_months_since_are_computed_again() -> None:
    some_orders()
    rollup.refresh(now=NOW)
    MonthlyFigure.objects.update(computed_at=at("2026-01-01"))
    rows.order(KUTA, value=5, signed="2026-10-11", recorded=NOW)
    assert rollup.refresh(now=NOW) == 2
    touched = MonthlyFigure.objects.exclude(computed_at=at("2026-01-01")).values_list("regency_id", "month")
    assert set(touched) == {(LOMBOK_TENGAH, OCTOBER), (LOMBOK_TENGAH, NOVEMBER)}


@pytest.mark.usefixtures("areas")
def test_a_contract_counts_in_the_month_of_its_paper_however_late_it_is_entered() -> None:
    rows.order(KUTA, value=5_000_000, signed="2026-10-30", recorded=at("2026-11-19"))
    rollup.refresh(now=NOW)
    assert figure(LOMBOK_TENGAH, OCTOBER).contracts == 1
    assert figure(LOMBOK_TENGAH, NOVEMBER).contracts == 0
    assert figure(LOMBOK_TENGAH, NOVEMBER).needs == 1


@pytest.mark.usefixtures("areas")
def test_the_month_begins_at_the_regencys_own_midnight() -> None:
    """23.30 in Jakarta on 31 October is 01.30 on 1 November in Jayapura."""
    moment = at("2026-10-31 23:30", WIB)
    rows.need(YOBOI, created=moment, estimate=1)
    rows.need("33.07.01.2003", created=moment, estimate=1)
    rollup.refresh(now=NOW)
    assert (figure("91.03", NOVEMBER).needs, figure("33.07", OCTOBER).needs) == (1, 1)
    assert not MonthlyFigure.objects.filter(regency_id="91.03", month=OCTOBER, needs__gt=0).exists()
    assert moment == at("2026-11-01 01:30", WIT)


@pytest.mark.usefixtures("areas")
def test_states_are_those_of_the_months_end() -> None:
    rows.access(KUTA, created=at("2026-10-20"), decided=at("2026-11-02"))
    rows.access(SUKADANA, created=at("2026-10-02"), decided=at("2026-10-03"))
    rollup.refresh(now=NOW)
    october, november = figure(LOMBOK_TENGAH, OCTOBER), figure(LOMBOK_TENGAH, NOVEMBER)
    assert (october.villages_verified, october.access_waiting, october.access_verified) == (1, 1, 1)
    assert (november.villages_verified, november.access_waiting, november.access_verified) == (2, 0, 1)
    assert october.detail["access"] == {"submitted": [1, 0], "verified": [1, 0]}


@pytest.mark.usefixtures("areas")
def test_a_backdated_musdes_takes_the_overdue_mark_from_every_month_since() -> None:
    contract = rows.order(KUTA, value=1_000, signed="2026-07-01", handed_over="2026-08-01", paid="2026-08-02")
    rollup.refresh(now=NOW)
    overdue = MonthlyFigure.objects.filter(regency_id=LOMBOK_TENGAH, musdes_overdue=1)
    assert set(overdue.values_list("month", flat=True)) == {dt.date(2026, 9, 1), OCTOBER, NOVEMBER}
    assert figure(LOMBOK_TENGAH, dt.date(2026, 8, 1)).musdes_open == 1
    rows.meet(contract, "2026-09-10", recorded=NOW)
    rollup.refresh(now=NOW)
    assert not overdue.exists()
    assert figure(LOMBOK_TENGAH, dt.date(2026, 9, 1)).meetings == 1


@pytest.mark.usefixtures("areas")
def test_a_contract_that_never_was_in_force_is_none_that_was_terminated() -> None:
    for value, signed_by_village in ((1_000, True), (2_000, False)):
        contract = rows.order(KUTA, value=value, signed="2026-10-01")
        contract.state, contract.state_since = "terminated", NOW.replace(month=10)
        if not signed_by_village:
            contract.village_scan = contract.village_signed_at = None
        contract.save()
    rollup.refresh(now=NOW)
    assert figure(LOMBOK_TENGAH, OCTOBER).terminated == 1


@pytest.mark.usefixtures("areas")
def test_a_musdes_that_refuses_is_held_but_leaves_the_account_open() -> None:
    rows.order(
        KUTA, value=9, signed="2026-09-01", handed_over="2026-09-10", paid="2026-09-11", musdes="2026-10-01",
        decision="refused",
    )  # fmt: skip
    rollup.refresh(now=NOW)
    october = figure(LOMBOK_TENGAH, OCTOBER)
    assert (october.meetings, october.men, october.women, october.musdes_open, october.musdes_overdue) == (
        1,
        20,
        15,
        1,
        1,
    )
    assert october.detail["heard"] == {"refused": [1, 0]}


@pytest.mark.usefixtures("areas")
def test_a_listing_that_runs_out_leaves_the_count_with_no_event() -> None:
    rows.standing(LOMBOK_TENGAH, listed=day("2025-11-20"), until=day("2026-11-20"))
    rollup.refresh(now=NOW)
    assert figure(LOMBOK_TENGAH, NOVEMBER).providers == 1
    rollup.refresh(now=at("2026-11-21"))
    assert figure(LOMBOK_TENGAH, NOVEMBER).providers == 0


@pytest.mark.usefixtures("areas")
def test_every_regency_has_a_row_for_the_running_month_and_the_ended_one_is_finished() -> None:
    rollup.refresh(now=at("2026-10-15"))
    regencies = rollup.regency_zones()
    assert MonthlyFigure.objects.filter(month=OCTOBER).count() == len(regencies)
    rollup.refresh(now=at("2026-11-01"))
    assert set(MonthlyFigure.objects.filter(month=OCTOBER).values_list("as_of", flat=True)) == {day("2026-10-31")}
    assert MonthlyFigure.objects.filter(month=NOVEMBER).count() == len(regencies)
    assert figure("52.71", NOVEMBER).villages == 0  # kelurahan only
    assert figure(LOMBOK_BARAT, NOVEMBER).villages > 100


@pytest.mark.usefixtures("areas")
def test_an_event_that_commits_after_a_later_one_was_counted_is_not_lost() -> None:
    """Its number is lower than the one the last run saw."""
    rows.need(KUTA, created=timezone.now(), estimate=10)
    rollup.refresh()
    RollupState.objects.update(seen_event=Event.objects.latest("pk").pk + 10)  # a later one was seen
    rows.need(KUTA, created=timezone.now(), estimate=20)
    rollup.refresh()
    assert sum(MonthlyFigure.objects.values_list("needs", flat=True)) == 2


@pytest.mark.usefixtures("areas")
def test_while_one_run_is_under_way_a_second_goes_home() -> None:
    held, finish = threading.Event(), threading.Event()

    def other_run() -> None:
        try:
            with transaction.atomic():
                assert RollupState.objects.select_for_update().first()
                held.set()
                finish.wait(20)
        finally:
            connection.close()

    other = threading.Thread(target=other_run)
    other.start()
    assert held.wait(20)
    assert rollup.refresh(now=NOW) == 0
    assert not MonthlyFigure.objects.exists()
    finish.set()
    other.join(20)
    assert rollup.refresh(now=NOW) == len(rollup.regency_zones())  # the positive control
