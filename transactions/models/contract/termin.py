from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from django.db import models
from django.db.models import Q


def shares(value: int, percents: Sequence[int]) -> list[int]:
    """A value in whole rupiah by percents: each is what is due up to it, rounded down, less what was due before.

    So the sum of percents that make 100 is the value itself, and no termin is off by more than one rupiah.
    """
    due = [0, *(value * percent // 100 for percent in accumulate(percents))]
    return [after - before for before, after in pairwise(due)]


class Termin(models.Model):
    """A part of a contract's value that is paid when its condition is met; fixed when the contract is issued."""

    contract = models.ForeignKey("transactions.Contract", models.PROTECT, related_name="termins")
    number = models.PositiveSmallIntegerField("termin ke-")
    percent = models.PositiveSmallIntegerField("persen")
    condition = models.CharField("syarat", max_length=200)

    class Meta:
        verbose_name = "termin"
        verbose_name_plural = "termin"
        ordering = ("contract", "number")
        constraints = (
            models.UniqueConstraint(fields=["contract", "number"], name="termin_number_once"),
            models.CheckConstraint(
                name="termin_percent_in_range", condition=Q(number__gte=1, percent__gte=1, percent__lte=100)
            ),
        )

    def __str__(self) -> str:
        return f"Termin {self.number} ({self.percent} %)"

    @property
    def upto(self) -> int:
        """Percent of the contract that is due with this termin and those before it."""
        return sum(row.percent for row in self.contract.plan() if row.number <= self.number)

    @property
    def due(self) -> int:
        """What of the contract's value as it is now may have been paid with it and those before, rounded down."""
        return int(self.contract.value * self.upto // 100)
