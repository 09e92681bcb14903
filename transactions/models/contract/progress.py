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


class TrainingSession(models.Model):
    """A meeting of those who learn: for work that is not built but taught, this is its progress."""

    contract = models.ForeignKey("transactions.Contract", models.PROTECT, related_name="sessions")
    held_on = models.DateField("tanggal")
    topic = models.CharField("materi", max_length=200)
    place = models.CharField("tempat", max_length=150)
    men = models.PositiveSmallIntegerField("peserta laki-laki")
    women = models.PositiveSmallIntegerField("peserta perempuan")
    material = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="bahan")
    attendance = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="daftar hadir")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "pertemuan pelatihan"
        verbose_name_plural = "pertemuan pelatihan"
        ordering = ("held_on", "id")
        constraints = (
            models.UniqueConstraint(fields=["contract", "held_on", "topic"], name="session_recorded_once"),
            models.CheckConstraint(
                name="session_has_participants", condition=models.Q(men__gt=0) | models.Q(women__gt=0)
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic}, {self.held_on:%d/%m/%Y}"

    @property
    def participants(self) -> int:
        return self.men + self.women


class TrainingPhoto(models.Model):
    """A photo of a meeting."""

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="photos")
    file = models.OneToOneField(StoredFile, models.PROTECT)

    class Meta:
        verbose_name = "foto pelatihan"
        verbose_name_plural = "foto pelatihan"

    def __str__(self) -> str:
        return str(self.file)
