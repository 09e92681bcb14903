from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from catalog.models import Category, Service, ServiceKind, Unit
from core.clock import today
from core.models import DatedSetting
from regions.codes import LENGTHS
from regions.models import Area

LEAST = "price-reference-min-contracts"
MONTHS = "price-reference-months"


class PriceReferenceQuerySet(models.QuerySet):
    def shown(self) -> Self:
        """Those that rest on enough contracts to be told (a dated setting; 3 where none is in force)."""
        return self.filter(n__gte=DatedSetting.objects.whole_number(LEAST, 3, on=today()))

    def around(self, code: str) -> Self:
        """Of the regency in which this area lies and of its province, the regency first."""
        places = {code[:length] for length in LENGTHS[:2] if len(code) >= length}
        return self.filter(area__in=places).select_related("area").order_by("-area_id")


class PriceReference(models.Model):
    """What villages of an area paid for one unit of this kind of service: the median, the least and the most.

    Written by `transactions.prices.refresh` alone, from signed contracts. Whole rupiah; a contract's value includes
    tax. With an even number of contracts the median is the lower of the two in the middle: a price somebody paid.
    """

    area = models.ForeignKey(Area, models.CASCADE, related_name="+", verbose_name="kabupaten/kota atau provinsi")
    category = models.ForeignKey(Category, models.CASCADE, related_name="+", verbose_name="kategori")
    kind = models.CharField("jenis layanan", max_length=16, choices=ServiceKind.choices)
    unit = models.CharField("satuan", max_length=12, choices=Unit.choices)
    n = models.PositiveIntegerField("jumlah kontrak")
    minimum = models.BigIntegerField("terendah")
    median = models.BigIntegerField("median")
    maximum = models.BigIntegerField("tertinggi")
    computed_at = models.DateTimeField("dihitung")

    objects = PriceReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = "harga rujukan"
        verbose_name_plural = "harga rujukan"
        constraints = (
            models.UniqueConstraint(fields=["area", "category", "kind", "unit"], name="price_reference_once"),
            models.CheckConstraint(
                name="price_reference_in_order",
                condition=Q(n__gt=0, minimum__gte=0, minimum__lte=models.F("median"), maximum__gte=models.F("median")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.area_id} {self.category_id} {self.kind} per {self.unit}"

    def compared_with(self, price: int) -> int:
        """By how many percent `price` lies above (or below) the median, rounded to whole percent."""
        return round((price - self.median) * 100 / self.median) if self.median else 0


class TrackRecord(models.Model):
    """What a service has to show: how many contracts were handed over, and the last day. Counted each night."""

    service = models.OneToOneField(Service, models.CASCADE, related_name="track_record", verbose_name="layanan")
    done = models.PositiveIntegerField("kontrak selesai")
    last_on = models.DateField("serah terima terakhir")

    class Meta:
        verbose_name = "pekerjaan selesai"
        verbose_name_plural = "pekerjaan selesai"

    def __str__(self) -> str:
        return f"{self.service_id}: {self.done}"
