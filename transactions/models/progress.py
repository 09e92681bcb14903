from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.models import StoredFile


class ProgressReport(models.Model):
    """What the provider reported of the work, in percent and words."""

    contract = models.ForeignKey("transactions.Contract", models.PROTECT, related_name="progress")
    percent = models.PositiveSmallIntegerField("kemajuan (persen)")
    text = models.TextField("uraian")
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "laporan kemajuan"
        verbose_name_plural = "laporan kemajuan"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.percent} %"


class ProgressPhoto(models.Model):
    """A photo of the work, as the report showed it."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="photos")
    file = models.OneToOneField(StoredFile, models.PROTECT)

    class Meta:
        verbose_name = "foto kemajuan"
        verbose_name_plural = "foto kemajuan"

    def __str__(self) -> str:
        return str(self.file)
