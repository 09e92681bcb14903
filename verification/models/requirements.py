"""What a regency's Pokja asks for: documents by legal form, and the aspects it scores. All of it is data."""

from __future__ import annotations

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import LegalForm
from accounts.models.membership import today
from regions.models import Area


class DocumentType(models.Model):
    """A kind of paper that an applicant shows: KTP, akta, portfolio."""

    key = models.SlugField("kunci", max_length=40, unique=True)
    label = models.CharField("nama", max_length=120)
    help = models.CharField("petunjuk", max_length=300, blank=True)
    personal = models.BooleanField(
        "data pribadi",
        default=False,
        help_text="Hanya dilihat penyedia, Pokja dan Dinas PMD; setiap pembukaan dicatat.",
    )
    has_number = models.BooleanField("bernomor", default=False)
    has_expiry = models.BooleanField("ada masa berlaku", default=False, help_text="NIB, misalnya, tidak punya.")
    order = models.PositiveSmallIntegerField("urutan", default=0)

    class Meta:
        verbose_name = "jenis dokumen"
        verbose_name_plural = "jenis dokumen"
        ordering = ("order", "key")

    def __str__(self) -> str:
        return self.label


class DocumentRequirementQuerySet(models.QuerySet["DocumentRequirement"]):
    def in_force(self, legal_form: str, *, regency: str, on: datetime.date | None = None) -> list[DocumentRequirement]:
        """What is asked of this form in this regency on that day, in order; a row of the regency beats the default."""
        rows = self.filter(
            Q(regency=None) | Q(regency=regency), legal_form=legal_form, valid_from__lte=on or today()
        ).select_related("type")
        chosen: dict[int, DocumentRequirement] = {}
        for row in sorted(rows, key=lambda row: (row.regency_id is not None, row.valid_from)):
            chosen[row.type_id] = row
        asked = [row for row in chosen.values() if row.need != DocumentRequirement.Need.OFF]
        return sorted(asked, key=lambda row: (row.type.order, row.type.key))


class DocumentRequirement(models.Model):
    """One legal form must, may or need not show one kind of document, from a day on."""

    class Need(models.TextChoices):
        REQUIRED = "required", "Wajib"
        OPTIONAL = "optional", "Tidak wajib"
        OFF = "off", "Tidak diminta"

    type = models.ForeignKey(DocumentType, models.PROTECT, related_name="requirements", verbose_name="dokumen")
    legal_form = models.CharField("bentuk", max_length=16, choices=LegalForm.choices)
    need = models.CharField("keharusan", max_length=8, choices=Need.choices)
    regency = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="kabupaten/kota",
        help_text="Kosong: berlaku di mana tidak ditetapkan lain.",
    )  # fmt: skip
    valid_from = models.DateField("berlaku sejak")
    source = models.CharField("dasar", max_length=200, help_text="Keputusan, atau “contoh” bila belum ada dasar.")

    objects = DocumentRequirementQuerySet.as_manager()

    class Meta:
        verbose_name = "syarat dokumen"
        verbose_name_plural = "syarat dokumen"
        ordering = ("legal_form", "type__order")
        constraints = (
            models.UniqueConstraint(
                fields=["type", "legal_form", "regency", "valid_from"],
                name="requirement_once_a_day",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.type}: {self.get_legal_form_display()}, {self.get_need_display()}"

    @property
    def required(self) -> bool:
        return self.need == self.Need.REQUIRED


class ScoreAspect(models.Model):
    """What the Pokja scores from 0 to 100; `weight` is its share of the total, and all weights make 100."""

    key = models.SlugField("kunci", max_length=40, unique=True)
    label = models.CharField("aspek", max_length=120)
    weight = models.PositiveSmallIntegerField("bobot", validators=[MinValueValidator(1), MaxValueValidator(100)])
    help = models.CharField("petunjuk", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField("urutan", default=0)
    source = models.CharField("dasar", max_length=200, help_text="Keputusan, atau “contoh” bila belum ada dasar.")

    class Meta:
        verbose_name = "aspek penilaian"
        verbose_name_plural = "aspek penilaian"
        ordering = ("order", "key")
        constraints = (
            models.CheckConstraint(name="aspect_weight_is_a_share", condition=Q(weight__gte=1, weight__lte=100)),
        )

    def __str__(self) -> str:
        return f"{self.label} ({self.weight})"
