"""The fine for late work. Whole rupiah, always rounded down; a day counts once it has passed in the village's zone."""

from __future__ import annotations

import datetime
from typing import Any


def late_days(agreed: datetime.date | None, finished: datetime.date) -> int:
    """Days from the agreed end, which an addendum may have moved, to the day the work was finished."""
    return max((finished - agreed).days, 0) if agreed else 0


def without_vat(value: int, vat_basis_points: int) -> int:
    """The part of a price that is not PPN, whole rupiah: the tax inside is rounded down, the rest is the base."""
    return value - value * vat_basis_points // (10_000 + vat_basis_points)


def fine_for(value: int, days: int, terms: dict[str, Any] | None, *, delivered_percent: int = 0) -> int:
    """What `days` late cost: permille of the base for each day, not above the cap; 0 where no fine was agreed.

    `terms` are those of the contract's snapshot: permille, cap_percent (None: no cap), base (whole, rest),
    vat_basis_points. The base is the contract's value without PPN, or the part of it that was not delivered in time
    (`delivered_percent` was); the cap is of the whole value, as the contract's text says. Base, fine and cap are each
    rounded down to whole rupiah; never above the value.
    """
    if not terms or not terms.get("permille"):
        return 0
    net = without_vat(value, terms.get("vat_basis_points", 0))
    base = net * (100 - delivered_percent) // 100 if terms["base"] == "rest" else net
    amount = base * terms["permille"] * days // 1000
    if terms.get("cap_percent") is not None:
        amount = min(amount, value * terms["cap_percent"] // 100)
    return min(amount, value)
