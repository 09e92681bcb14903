"""How much a service is looked at: what its provider reads, and nobody's personal data."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from catalog.models.service import Service


class ServiceViews(models.Model):
    """How often a service's page was opened on a day (WIB). `catalog.interest` adds to it."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="views", verbose_name="layanan")
    day = models.DateField("tanggal")
    count = models.PositiveIntegerField("dilihat")

    class Meta:
        verbose_name = "kunjungan layanan"
        verbose_name_plural = "kunjungan layanan"
        constraints = (models.UniqueConstraint(fields=["service", "day"], name="service_views_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.service_id} {self.day:%d/%m/%Y}: {self.count}"


class FoldedViews(models.Model):
    """A batch of counts that is in the rows above: whoever meets it again leaves it."""

    batch = models.CharField(max_length=32, primary_key=True)
    folded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "hitungan kunjungan"
        verbose_name_plural = "hitungan kunjungan"

    def __str__(self) -> str:
        return self.batch
