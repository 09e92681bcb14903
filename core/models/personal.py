"""Who looked at which personal number, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.models.append_only import AppendOnly, AppendOnlyQuerySet


class PersonalView(AppendOnly):
    """Somebody saw a personal number in full: whose, which, under which role, and the reason they gave.

    The number itself is not here. Names are as they were then.
    """

    class Why(models.TextChoices):
        MATCH = "match", "Mencocokkan dengan dokumen (KTP, NPWP, buku rekening)"
        DUPLICATE = "duplicate", "Menelusuri dugaan data ganda"
        CONTACT = "contact", "Menghubungi yang bersangkutan"
        PAYMENT = "payment", "Menyiapkan pembayaran atau pajak"
        AUDIT = "audit", "Menangani pengaduan atau pemeriksaan"
        OWN = "own", "Memeriksa data sendiri"
        OTHER = "other", "Alasan lain"

    at = models.DateTimeField("waktu", default=timezone.now, db_index=True)
    about = models.CharField("jenis", max_length=60)
    about_id = models.CharField(max_length=40)
    about_code = models.CharField("kode", max_length=16)
    about_name = models.CharField("milik", max_length=200)
    field = models.CharField("data", max_length=40)
    field_label = models.CharField(max_length=100)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="pelihat")
    role = models.CharField(max_length=30, blank=True)
    role_label = models.CharField("sebagai", max_length=150, blank=True)
    region = models.CharField("wilayah peran", max_length=13, blank=True)
    reason = models.CharField("alasan", max_length=12, choices=Why.choices)
    note = models.CharField("penjelasan", max_length=300, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "pembukaan nomor pribadi"
        verbose_name_plural = "pembukaan nomor pribadi"
        indexes = (models.Index(fields=["about", "about_id", "id"], name="personal_view_about"),)
        constraints = (
            models.CheckConstraint(
                name="personal_view_other_reason_has_words", condition=~models.Q(reason="other") | ~models.Q(note="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.field_label} {self.about_code} {self.at:%Y-%m-%d %H:%M}"
