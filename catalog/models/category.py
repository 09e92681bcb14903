from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog import kak, search
from core.models import Job

if TYPE_CHECKING:
    from catalog.models.attribute import CategoryAttribute


# A page does not wait for more services than these to be found by something new.
REINDEXED_NOW = 200


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
    units = ArrayField(
        models.CharField(max_length=12, choices=Unit.choices),
        verbose_name="satuan yang boleh dipakai",
        default=list,
        blank=True,
        help_text="Satuan harga layanan dalam kategori ini. Kosong berarti semua satuan.",
    )
    licences = models.TextField(
        "izin yang diperlukan",
        max_length=1000,
        blank=True,
        help_text="Satu tiap baris; tampil pada formulir layanan dan halaman layanan.",
    )
    deliverables_hint = models.TextField(
        "contoh yang diterima desa",
        max_length=1000,
        blank=True,
        help_text="Satu tiap baris; tampil sebagai petunjuk pada formulir layanan.",
    )
    kak_template = models.TextField(
        "kerangka KAK",
        max_length=8000,
        blank=True,
        validators=[kak.validate],
        help_text="Kosong berarti kerangka umum.",
    )
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
        same = type(self).objects.filter(pk=self.pk, name=self.name, bidang=self.bidang).exists()
        super().save(*args, **kwargs)
        if not same:
            self.reindex()

    def reindex(self) -> None:
        """New vectors of its services: at once where they are few, else by the worker within minutes."""
        if self.services.count() <= REINDEXED_NOW:
            search.index_all(self.services)
        else:
            Job.objects.enqueue("catalog.reindex", category=self.pk)

    # --- what its services are made of ----------------------------------------------------------------
    def allowed_units(self) -> list[tuple[str, str]]:
        """(key, label) of the units a price may be for."""
        return [(key, label) for key, label in Unit.choices if not self.units or key in self.units]

    def questions(self) -> list[CategoryAttribute]:
        """What is asked of a service in this category today, in order."""
        return list(self.attributes.active())

    def filterable(self) -> list[CategoryAttribute]:
        """The questions that a list can be filtered by: each has `options` with their lexemes."""
        return list(self.attributes.active().filter(in_filter=True))

    def kak_text(self, values: Mapping[str, str]) -> str:
        """The terms of reference (KAK) as text: the category's outline, or the general one, filled in.

        `values` are those of `kak.KNOWN`; what is missing stays a dotted line for the village to fill in.
        """
        return kak.fill(self.kak_template or kak.OUTLINE, {"kategori": self.name, **values})


class SubcategoryQuerySet(models.QuerySet):
    def active(self) -> Self:
        """What services may be offered in, and the public may choose from."""
        return self.filter(active=True)

    def visible_to(self, user: Any) -> Self:
        """Public, as the categories are."""
        return self.all()


class Subcategory(models.Model):
    """A narrower field within a category (PID 2018 names many of them). Data that the ministry edits."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="subcategories", verbose_name="kategori")
    key = models.SlugField("kunci", max_length=40, help_text="Dipakai dalam alamat halaman; jangan diubah.")
    name = models.CharField("nama", max_length=80)
    order = models.PositiveSmallIntegerField("urutan", default=0)
    active = models.BooleanField("dipakai", default=True)

    objects = SubcategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "subkategori"
        verbose_name_plural = "subkategori"
        ordering = ("category", "order", "name")
        constraints = (
            models.UniqueConstraint(
                fields=["category", "key"],
                name="subcategory_key_once",
                violation_error_message="Kunci ini sudah dipakai dalam kategori ini.",
            ),
            models.UniqueConstraint(
                fields=["category", "name"],
                name="subcategory_name_once",
                violation_error_message="Nama ini sudah dipakai dalam kategori ini.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def lexeme(self) -> str:
        """By which the search vector knows that a service is in it."""
        return f"sub{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep it; its services are found by the new name."""
        renamed = bool(self.pk) and type(self).objects.filter(pk=self.pk).exclude(name=self.name).exists()
        super().save(*args, **kwargs)
        if renamed:
            self.category.reindex()
