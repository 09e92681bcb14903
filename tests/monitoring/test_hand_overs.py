"""Work counts as running until the village head has it, as late only while the provider owes it, and as handed over by
the head's own day: a month that was reported does not change when the second BAST follows in the next one."""

import datetime as dt

import pytest

from monitoring import counting
from monitoring.period import Period
from regions.scope import within
from tests.areas import KUTA
from tests.monitoring import rows
from tests.monitoring.rows import WITA, anyone, at, day
from transactions.models import Contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("areas")]
OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
NAMES = ("running", "late", "handovers", "musdes_open")


def counted(month: dt.date) -> dict[str, int]:
    """Of Kuta, as the month stood at its end."""
    period = Period.of(month, WITA, at("2027-01-15"))
    found = counting.count([KUTA], len(KUTA), period).get(KUTA, {})
    return {name: found.get((name, ""), (0, 0))[0] for name in NAMES}


def test_between_the_two_basts_the_work_still_runs() -> None:
    contract = rows.order(KUTA, value=9_000_000, signed="2026-10-01", days=40)
    received = {"handover_on": day("2026-10-28"), "handover_number": "1", "percent": 100}
    Contract.objects.filter(pk=contract.pk).update(state="received", state_since=at("2026-10-28"), **received)
    before = counted(OCTOBER)
    assert before == {"running": 1, "late": 0, "handovers": 0, "musdes_open": 0}
    contract.refresh_from_db()
    rows.hand_over(contract, "2026-11-05")
    Contract.objects.filter(pk=contract.pk).update(
        handover_on=day("2026-10-28"), head_handover_on=day("2026-11-05"), head_handover_number="2"
    )
    assert counted(OCTOBER) == before
    assert counted(NOVEMBER) == {"running": 0, "late": 0, "handovers": 1, "musdes_open": 1}


def test_a_contract_older_than_the_second_bast_counts_by_its_only_one() -> None:
    rows.order(KUTA, value=9_000_000, signed="2026-10-01", handed_over="2026-10-20")
    assert counted(OCTOBER) == {"running": 0, "late": 0, "handovers": 1, "musdes_open": 1}


def test_a_contract_that_ended_later_ran_until_then() -> None:
    contract = rows.order(KUTA, value=9_000_000, signed="2026-10-01", days=40)
    Contract.objects.filter(pk=contract.pk).update(state="terminated", state_since=at("2026-11-20"))
    assert (counted(OCTOBER)["running"], counted(NOVEMBER)["running"]) == (1, 0)


@pytest.mark.parametrize(
    ("asked", "result", "decided", "late"),
    [
        ("2026-10-20", "", None, 0),  # in time: the village has not looked yet
        ("2026-10-20", "accepted", "2026-11-03", 0),
        ("2026-10-20", "repair", "2026-11-03", 0),  # found wanting only after the month
        ("2026-10-20", "repair", "2026-10-25", 1),
        ("2026-10-21", "", None, 1),  # the day after the last one
    ],
)
def test_days_that_the_village_takes_to_look_are_not_late(
    asked: str, result: str, decided: str | None, late: int
) -> None:
    contract = rows.order(KUTA, value=9_000_000, signed="2026-10-01", days=20)  # up to the 20th
    row = contract.inspections.create(percent=100, requested_by=anyone(), requested_at=at(asked, WITA))
    if decided:
        row.result, row.findings, row.inspected_on = result, "Temuan.", day(decided)
        row.decided_by, row.decided_at = anyone(), at(decided, WITA)
        row.save()
    assert counted(OCTOBER)["late"] == late
    assert counted(OCTOBER)["running"] == 1


def test_the_report_lists_who_is_late_by_the_same_rule() -> None:
    contract = rows.order(KUTA, value=9_000_000, signed="2026-10-01", days=20)
    period = Period.of(OCTOBER, WITA, at("2027-01-15"))
    late = counting.late_contracts(period, lambda path: within(path, KUTA))
    assert list(late) == [contract]
