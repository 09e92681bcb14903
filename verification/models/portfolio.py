"""Who works for a provider, and what it has done: each entry is proved by a paper of its own."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.models import Provider
from core.codes import CodeField


class Entry(models.Model):
    """A line of a provider's portfolio. What is taken away stays stored, for the applications that showed it."""

    code = CodeField()
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        ordering = ("pk",)


class Expert(Entry):
    """A person whose knowledge the provider offers, with the certificate that counts."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="expert_entries")
    name = models.CharField("nama tenaga ahli", max_length=150)
    education = models.CharField("pendidikan terakhir", max_length=120)
    expertise = models.CharField("keahlian", max_length=150)
    certificate = models.CharField("sertifikat kompetensi", max_length=150, blank=True)
    certificate_number = models.CharField("nomor sertifikat", max_length=100, blank=True)
    certificate_until = models.DateField("sertifikat berlaku sampai", null=True, blank=True)

    class Meta(Entry.Meta):
        verbose_name = "tenaga ahli"
        verbose_name_plural = "tenaga ahli"

    def __str__(self) -> str:
        return self.name


class Experience(Entry):
    """Work that was done before, with the contract or hand-over that proves it. Value in whole rupiah."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="experience_entries")
    title = models.CharField("pekerjaan", max_length=150)
    client = models.CharField("pemberi kerja", max_length=150)
    year = models.PositiveSmallIntegerField("tahun")
    value = models.BigIntegerField("nilai", null=True, blank=True)
    contract_number = models.CharField("nomor kontrak atau BAST", max_length=100, blank=True)

    class Meta(Entry.Meta):
        verbose_name = "pengalaman"
        verbose_name_plural = "pengalaman"

    def __str__(self) -> str:
        return f"{self.title} ({self.year})"
