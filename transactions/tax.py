"""The estimate of what the village's treasurer withholds. An estimate: the treasurer's figures count.

Rates are dated rows (`TaxRate`). At most one income tax (PPh 21, 23 or 4 ayat 2) and PPN bear on a payment: of the rows
whose conditions are met, the most specific of each. Amounts are whole rupiah; every tax is rounded down to a whole
rupiah, and what the rounding of PPN leaves stays in the base.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Provider
from transactions.models.payment.tax_rate import TaxRate


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One tax of a payment: its base and amount in whole rupiah; `source` and `is_example` say what it stands on."""

    tax: str
    label: str
    base: int
    amount: int
    source: str = ""
    is_example: bool = True


def estimate(
    provider: Provider, gross: int, *, on: datetime.date, work: str = "", whole: int | None = None
) -> list[TaxLine]:
    """The taxes on a gross payment (PPN included where the provider is PKP), by the rates of that day.

    `work` is a kind of work (`Work`; empty: rows for all kinds alone). Thresholds look at `whole`, the contract's
    value (by default the payment's own): a contract paid in termins is not small because its termins are.
    """
    rates = _in_force(TaxRate.objects.bearing_on(provider, work, on=on))
    whole = gross if whole is None else whole
    vat, collected = _vat([row for row in rates if row.tax == TaxRate.Tax.PPN], whole)
    # A PKP's price holds PPN whether or not the village collects it; income tax is reckoned without it.
    base = gross - (gross * vat.basis_points // (10_000 + vat.basis_points) if vat else 0)
    income = _first([row for row in rates if row.tax != TaxRate.Tax.PPN and whole > row.above])
    lines = []
    if income and income.basis_points:
        lines.append(_line(income, base, base * income.basis_points // 10_000))
    if vat and collected:
        lines.append(_line(vat, base, gross - base))
    return lines


def vat_within(provider: Provider, whole: int, *, on: datetime.date) -> int:
    """The PPN that a provider's price of this value holds, in basis points; 0 where it is no PKP."""
    rows = _in_force(TaxRate.objects.bearing_on(provider, "", on=on).filter(tax=TaxRate.Tax.PPN))
    vat, _ = _vat(rows, whole)
    return vat.basis_points if vat else 0


def _in_force(rows: Iterable[TaxRate]) -> list[TaxRate]:
    """Of rows with the same conditions the latest."""
    latest = {row.conditions: row for row in sorted(rows, key=lambda row: row.valid_from)}
    return list(latest.values())


def _first(rows: list[TaxRate]) -> TaxRate | None:
    """The most specific; of rows alike the latest."""
    return max(rows, key=lambda row: (row.weight, row.valid_from), default=None)


def _vat(rows: list[TaxRate], whole: int) -> tuple[TaxRate | None, bool]:
    """The rate that the price holds, and whether the village collects it at this value (a row of 0 says it doesn't)."""
    at_value = _first([row for row in rows if whole > row.above])
    if at_value and at_value.basis_points:
        return at_value, True
    return _first([row for row in rows if row.basis_points]), False


def _line(row: TaxRate, base: int, amount: int) -> TaxLine:
    return TaxLine(row.tax, str(row), base, amount, row.source, row.is_example)
