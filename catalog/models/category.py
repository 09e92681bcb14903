from __future__ import annotations

from typing import Any, Self

from django.db import models

from catalog import search


class ServiceKind(models.TextChoices):
    """How the provider helps (PID 2018: konsultasi, bimbingan teknis, mentoring, studi; the rest is ours)."""

    CONSULTING = "konsultasi", "Jasa konsultasi"
    TRAINING = "bimtek", "Bimbingan teknis dan pelatihan"
    MENTORING = "pendampingan", "Pendampingan"
    STUDY = "studi", "Studi dan kajian"
    DESIGN = "perencanaan", "Perencanaan teknis (DED, RAB)"
    SUPERVISION = "pengawasan", "Pengawasan teknis"
    OTHER = "lain", "Jasa lain"


class Unit(models.TextChoices):
    """What the price is for one of."""

    PACKAGE = "paket", "paket"
    ACTIVITY = "kegiatan", "kegiatan"
    DOCUMENT = "dokumen", "dokumen"
    PERSON_HOUR = "oj", "orang-jam (OJ)"
    PERSON_DAY = "oh", "orang-hari (OH)"
    PERSON_MONTH = "ob", "orang-bulan (OB)"
    PARTICIPANT = "peserta", "peserta"
    DAY = "hari", "hari"
    MONTH = "bulan", "bulan"
    HECTARE = "hektare", "hektare"
    POINT = "titik", "titik"
    METRE = "meter", "meter"
    KILOMETRE = "kilometer", "kilometer"
    UNIT = "unit", "unit"


class CategoryQuerySet(models.QuerySet):
    def active(self) -> Self:
        """What services may be offered in, and the public may choose from."""
        return self.filter(active=True)

    def visible_to(self, user: Any) -> Self:
        """The programme's categories are public; inactive ones are only history."""
        return self.all()


class Category(models.Model):
    """A main category of the programme, within one of PID's three fields. Rows are data; the ministry edits them."""

    class Field(models.TextChoices):
        """The three bidang of PID 2018."""

        ECONOMY = "ekonomi", "Kewirausahaan dan Pengembangan Ekonomi Lokal"
        PEOPLE = "sdm", "Pengembangan Sumber Daya Manusia"
        INFRASTRUCTURE = "infrastruktur", "Infrastruktur Desa"

    key = models.SlugField(
        "kunci", max_length=40, unique=True, help_text="Dipakai dalam alamat halaman; jangan diubah."
    )
    bidang = models.CharField("bidang", max_length=16, choices=Field.choices)
    name = models.CharField("nama", max_length=80, unique=True)
    description = models.CharField("penjelasan", max_length=200, blank=True)
    icon = models.CharField("ikon", max_length=20, default="tool")
    order = models.PositiveSmallIntegerField("urutan", default=0)
    active = models.BooleanField("dipakai", default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "kategori"
        verbose_name_plural = "kategori"
        ordering = ("order", "name")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep it; its services are found by the new name."""
        super().save(*args, **kwargs)
        search.index_all(self.services)
