from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Inspection(models.Model):
    """The provider asks to have its work looked at, whole or up to a percent; the manager accepts it or has it mended.

    Written by the contract's verbs. `number` and `inspected_on` are those of the berita acara pemeriksaan.
    """

    class Result(models.TextChoices):
        ACCEPTED = "accepted", "Diterima"
        REPAIR = "repair", "Perlu perbaikan"
        TAKEN_BACK = "taken_back", "Diterima, kemudian dikembalikan"
        ENDED = "ended", "Kontrak diputus sebelum diperiksa"

    contract = models.ForeignKey("transactions.Contract", models.PROTECT, related_name="inspections")
    percent = models.PositiveSmallIntegerField("bagian yang diperiksa (persen)")
    note = models.TextField("keterangan penyedia", blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    result = models.CharField("hasil", max_length=12, choices=Result.choices, blank=True)
    findings = models.TextField("temuan", blank=True)
    repair_due_on = models.DateField("diperbaiki paling lambat", null=True)
    number = models.CharField("nomor BA pemeriksaan", max_length=100, blank=True)
    inspected_on = models.DateField("tanggal pemeriksaan", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "pemeriksaan"
        verbose_name_plural = "pemeriksaan"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["contract"], condition=Q(result=""), name="inspection_one_open"),
            models.CheckConstraint(name="inspection_percent_in_range", condition=Q(percent__gte=1, percent__lte=100)),
            models.CheckConstraint(
                name="inspection_decided_with_its_moment",
                condition=Q(result="", decided_at=None, inspected_on=None)
                | ~Q(result="") & Q(decided_at__isnull=False, inspected_on__isnull=False) & ~Q(findings=""),
            ),
        )

    def __str__(self) -> str:
        return self.number or f"Pemeriksaan {self.percent} %"

    @property
    def is_whole(self) -> bool:
        return self.percent == 100
