"""How a regency's Pokja judges: threshold, quorum, validity, who may apply, and the aspects it scores. Dated rows."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts import people
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES, today
from regions.models import Area
from regions.scope import within

REMIND_DAYS = (28, 14, 0, -28)


def remind_days() -> list[int]:
    """Days before the end of a paper or a listing on which its provider is reminded; below zero: after it."""
    return list(REMIND_DAYS)


class VerificationRuleQuerySet(models.QuerySet["VerificationRule"]):
    def visible_to(self, user: Any) -> Self:
        """The national example, and the rules of one's own territory."""
        return self.filter(Q(regency=None) | within("regency", people.territories(user, *POKJA_ROLES, *OFFICE_ROLES)))

    def in_force(self, regency: str, *, on: datetime.date | None = None) -> VerificationRule:
        """The regency's own rule on that day, else the national example."""
        rows = self.filter(Q(regency_id=regency) | Q(regency=None), valid_from__lte=on or today())
        return rows.order_by(F("regency").asc(nulls_last=True), "-valid_from", "-pk")[0]


class VerificationRule(models.Model):
    """How a regency verifies providers, from a day on. What runs keeps the rule it was submitted under.

    The row without a regency holds example values: no official score sheet, threshold or validity is known.
    """

    regency = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="kabupaten/kota"
    )
    basis = models.CharField("dasar", max_length=200, help_text="Keputusan, atau “contoh” bila belum ada dasar.")
    valid_from = models.DateField("berlaku sejak")
    threshold = models.PositiveSmallIntegerField(
        "ambang layak", default=70, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    quorum_percent = models.PositiveSmallIntegerField(
        "kuorum (persen anggota)",
        default=50,
        validators=[MaxValueValidator(100)],
        help_text="50 berarti lebih dari separuh anggota; 100 berarti semua.",
    )
    validity_months = models.PositiveSmallIntegerField(
        "masa terdaftar (bulan)", default=12, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    persons_allowed = models.BooleanField("perorangan boleh mendaftar", default=True)
    service_days = models.PositiveSmallIntegerField(
        "baku waktu layanan (hari)",
        default=14,
        validators=[MinValueValidator(1)],
        help_text="Hari kalender sejak diajukan sampai diputuskan; antrean menandai yang lewat.",
    )
    remind_days = ArrayField(models.SmallIntegerField(), verbose_name="hari pengingat", default=remind_days)
    interview_guide = models.TextField(
        "panduan wawancara", blank=True, max_length=4000, help_text="Satu pertanyaan tiap baris."
    )

    objects = VerificationRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "aturan verifikasi"
        verbose_name_plural = "aturan verifikasi"
        ordering = ("-valid_from", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["regency", "valid_from"], name="verification_rule_once_a_day", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="verification_rule_is_a_share",
                condition=Q(threshold__gte=1, threshold__lte=100, quorum_percent__lte=100, validity_months__gte=1),
            ),
        )

    def __str__(self) -> str:
        return self.basis

    def quorum_of(self, members: int) -> int:
        """How many of so many members are enough: more than the share, never more than all."""
        return min(members, members * self.quorum_percent // 100 + 1)

    @property
    def questions(self) -> list[str]:
        """The interview guide, a question each."""
        return [line.strip() for line in self.interview_guide.splitlines() if line.strip()]


class ScoreAspect(models.Model):
    """What the Pokja scores from 0 to 100; `weight` is its share of the total, and a rule's weights make 100."""

    rule = models.ForeignKey(VerificationRule, models.CASCADE, related_name="aspects", verbose_name="aturan")
    key = models.SlugField("kunci", max_length=40)
    label = models.CharField("aspek", max_length=120)
    weight = models.PositiveSmallIntegerField("bobot", validators=[MinValueValidator(1), MaxValueValidator(100)])
    help = models.CharField("petunjuk", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField("urutan", default=0)

    class Meta:
        verbose_name = "aspek penilaian"
        verbose_name_plural = "aspek penilaian"
        ordering = ("order", "key")
        constraints = (
            models.UniqueConstraint(fields=["rule", "key"], name="aspect_once_in_a_rule"),
            models.CheckConstraint(name="aspect_weight_is_a_share", condition=Q(weight__gte=1, weight__lte=100)),
        )

    def __str__(self) -> str:
        return f"{self.label} ({self.weight})"
