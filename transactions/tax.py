"""The estimate of what the village's treasurer withholds. An estimate: the treasurer's figures count.

Rates are dated rows (`TaxRate`); amounts are whole rupiah, rounded down.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Provider
from transactions.models.rule import TaxRate


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One tax of a payment: its base and amount in whole rupiah."""

    tax: str
    label: str
    base: int
    amount: int


def estimate(provider: Provider, gross: int, *, on: datetime.date) -> list[TaxLine]:
    """The taxes on a gross payment (PPN included where the provider is PKP), by the rates of that day."""
    rows = TaxRate.objects.filter(Q(legal_form="") | Q(legal_form=provider.legal_form), valid_from__lte=on)
    if not provider.is_pkp:
        rows = rows.filter(only_pkp=False)
    rates = {row.tax: row for row in rows.order_by("valid_from", "legal_form")}  # the latest of each tax stays
    vat = rates.get(TaxRate.Tax.PPN)
    base = gross - (gross * vat.basis_points // (10_000 + vat.basis_points) if vat else 0)
    return [
        TaxLine(
            tax=row.tax,
            label=str(row),
            base=base,
            amount=gross - base if row.tax == TaxRate.Tax.PPN else base * row.basis_points // 10_000,
        )
        for _, row in sorted(rates.items())
    ]
