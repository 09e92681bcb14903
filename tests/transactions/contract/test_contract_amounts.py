"""Termins and fines: whole rupiah, rounded down, and never a rupiah lost or invented. Many values, no database."""

from __future__ import annotations

import datetime as dt
import random
from itertools import accumulate, pairwise

import pytest

from transactions.models.contract.fine import fine_for, late_days, without_vat
from transactions.models.contract.termin import shares

TERMS = {"permille": 1, "cap_percent": 5, "base": "whole", "vat_basis_points": 0}


def plans(dice: random.Random, number: int) -> list[tuple[int, list[int]]]:
    """Values up to a hundred billion, cut into one to five termins."""
    found = []
    for _ in range(number):
        cuts = sorted(dice.sample(range(1, 100), dice.randint(0, 4)))
        edges = [0, *cuts, 100]
        found.append((dice.randint(1, 10**11), [after - before for before, after in pairwise(edges)]))
    return found


def test_termins_make_up_the_value_and_none_is_off_by_more_than_a_rupiah() -> None:
    for value, percents in plans(random.Random(5), 5_000):
        parts = shares(value, percents)
        assert sum(parts) == value
        for percent, part in zip(percents, parts, strict=True):
            assert abs(part - value * percent / 100) <= 1
        for upto, due in zip(accumulate(percents), accumulate(parts), strict=True):
            assert due == value * upto // 100  # never more than what is due by then


@pytest.mark.parametrize(
    ("value", "percents", "parts"),
    [
        (9_999_999, [30, 70], [2_999_999, 7_000_000]),
        (1, [50, 50], [0, 1]),
        (100, [33, 33, 34], [33, 33, 34]),
        (9_400_000, [100], [9_400_000]),
    ],
)
def test_termins_are_rounded_down_and_the_last_takes_the_rest(
    value: int, percents: list[int], parts: list[int]
) -> None:
    assert shares(value, percents) == parts


def test_a_fine_never_passes_cap_or_value_and_never_shrinks_with_the_days() -> None:
    dice = random.Random(7)
    for _ in range(5_000):
        value, permille = dice.randint(1, 10**10), dice.randint(1, 20)
        terms = {
            "permille": permille, "cap_percent": dice.choice([None, 5, 10]), "base": dice.choice(["whole", "rest"]),
            "vat_basis_points": dice.choice([0, 1100, 1200]),
        }  # fmt: skip
        delivered = dice.randint(0, 100)
        amounts = [fine_for(value, days, terms, delivered_percent=delivered) for days in (0, 1, 30, 400, 3000)]
        assert amounts[0] == 0
        assert amounts == sorted(amounts)
        assert amounts[-1] <= value
        if terms["cap_percent"] is not None:
            assert amounts[-1] <= value * terms["cap_percent"] // 100


@pytest.mark.parametrize(
    ("value", "days", "changes", "delivered", "amount"),
    [
        (9_400_000, 3, {}, 0, 28_200),
        (9_999_999, 1, {}, 0, 9_999),  # 9,999.999 rounded down
        (9_400_000, 1000, {}, 0, 470_000),  # 5 percent, however late
        (9_400_000, 3, {"permille": 0}, 0, 0),  # the rule is silent
        (9_400_000, 3, {"base": "rest"}, 50, 14_100),
        (11_100_000, 10, {"vat_basis_points": 1100}, 0, 100_000),  # the base leaves the PPN of 1,100,000 out
        (11_100_000, 1000, {"vat_basis_points": 1100}, 0, 555_000),  # the cap is of the value as it is signed
        (10_000, 5, {"cap_percent": None, "permille": 1000}, 0, 10_000),  # never above the value
    ],
)
def test_what_a_late_day_costs(value: int, days: int, changes: dict[str, object], delivered: int, amount: int) -> None:
    assert fine_for(value, days, {**TERMS, **changes}, delivered_percent=delivered) == amount


def test_a_contract_that_agreed_on_no_fine_costs_none() -> None:
    assert fine_for(9_400_000, 30, None) == 0
    assert fine_for(9_400_000, 30, {}) == 0


def test_a_day_is_late_once_the_agreed_end_has_passed() -> None:
    end = dt.date(2026, 11, 22)
    assert [late_days(end, end + dt.timedelta(days=days)) for days in (-3, 0, 1, 10)] == [0, 0, 1, 10]
    assert late_days(None, end) == 0


def test_the_tax_inside_a_price_is_rounded_down() -> None:
    assert without_vat(111, 1100) == 100
    assert without_vat(100, 1100) == 91  # 9.9099 of tax
    assert without_vat(100, 0) == 100
