from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from core.formats import desimal
from transactions.models.sourcing.sourcing import Sourcing

SMALLEST = Decimal("0.01")


def amount_of(volume: Decimal | int, unit_price: int) -> int:
    """Volume times unit price in whole rupiah, rounded half up: every line is rounded, and a total adds the lines."""
    return int((Decimal(volume) * unit_price).quantize(Decimal(1), ROUND_HALF_UP))


def said(volume: Decimal | int) -> str:
    """A volume as it is written: 2, 12,5 or 0,25."""
    text = desimal(Decimal(volume), 2)
    return text.rstrip("0").rstrip(",") if "," in text else text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table of prices: what, how much of it, and what one costs in whole rupiah."""

    number: int
    name: str
    specification: str
    volume: Decimal
    unit: str
    unit_price: int

    @property
    def amount(self) -> int:
        return amount_of(self.volume, self.unit_price)

    @property
    def volume_text(self) -> str:
        return said(self.volume)

    def as_printed(self) -> dict[str, object]:
        """For a paper's snapshot, as `transactions/_print_items.html` reads it."""
        return {
            "name": self.name,
            "specification": self.specification,
            "volume": self.volume_text,
            "unit": self.unit,
            "unit_price": self.unit_price,
            "amount": self.amount,
        }


def total_of(lines: Iterable[Line]) -> int:
    """The sum of the lines' whole rupiah."""
    return sum(line.amount for line in lines)


class Item(models.Model):
    """One line of the village's own price estimate (HPS). Bidders read what and how much, not the village's price."""

    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField("nomor")
    name = models.CharField("uraian", max_length=150)
    specification = models.TextField("spesifikasi", max_length=1000, blank=True)
    volume = models.DecimalField("volume", max_digits=12, decimal_places=2, validators=[MinValueValidator(SMALLEST)])
    unit = models.CharField("satuan", max_length=30)
    unit_price = models.BigIntegerField("harga satuan")

    class Meta:
        verbose_name = "butir HPS"
        verbose_name_plural = "butir HPS"
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["sourcing", "number"], name="item_numbered_once"),
            models.CheckConstraint(name="item_positive", condition=Q(volume__gt=0, unit_price__gt=0)),
        )

    def __str__(self) -> str:
        return self.name

    def line(self, unit_price: int | None = None) -> Line:
        """With the village's price, or with another's."""
        price = self.unit_price if unit_price is None else unit_price
        return Line(self.number, self.name, self.specification, Decimal(self.volume), self.unit, price)

    @property
    def volume_text(self) -> str:
        return said(self.volume)

    @property
    def amount(self) -> int:
        return self.line().amount
