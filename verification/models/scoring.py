"""What an application was found worth: the interview, each member's own points, and the points agreed on."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from verification.models.declaration import Declaration
from verification.models.rule import ScoreAspect


class Interview(models.Model):
    """Pokja and applicant meet: when, where, who was there, what was asked and answered."""

    class Mode(models.TextChoices):
        VISIT = "visit", "Kunjungan ke kantor penyedia"
        OFFICE = "office", "Di kantor Pokja"
        REMOTE = "remote", "Jarak jauh (telepon atau video)"

    application = models.ForeignKey("verification.Application", models.PROTECT, related_name="interviews")
    mode = models.CharField("cara", max_length=8, choices=Mode.choices)
    scheduled_for = models.DateTimeField("dijadwalkan")
    place = models.CharField("tempat atau tautan", max_length=200)
    questions = models.JSONField("pertanyaan", default=list)
    held_at = models.DateTimeField("dilaksanakan", null=True, editable=False)
    present = models.JSONField("hadir dari Pokja", default=list)
    applicants = models.CharField("hadir dari penyedia", max_length=300, blank=True)
    answers = models.JSONField("catatan jawaban", default=list)
    summary = models.TextField("kesimpulan", max_length=3000, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "wawancara"
        verbose_name_plural = "wawancara"
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["application"], condition=Q(replaced_at=None), name="interview_one_current"
            ),
            models.CheckConstraint(
                name="interview_held_is_recorded",
                condition=Q(held_at=None, recorded_by=None) | Q(held_at__isnull=False, recorded_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"Wawancara {self.application}"


class MemberScoreQuerySet(models.QuerySet["MemberScore"]):
    def current(self) -> Self:
        """Of this round, and not of someone whose tie to the applicant has come to light."""
        tied = Declaration.objects.tied().filter(member=OuterRef("member"), provider=OuterRef("application__provider"))
        return self.filter(~Exists(tied), voided_at=None)

    def readable(self, application: Any, user: Any) -> Self:
        """One's own; those of the others only after the scoring closed."""
        rows = self.current().filter(application=application)
        return rows if application.scores_closed else rows.filter(member=user)


class MemberScore(models.Model):
    """The points one member gives, alone: {aspect key: 0..100}. The others see them when the scoring has closed."""

    application = models.ForeignKey("verification.Application", models.PROTECT, related_name="member_scores")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="anggota")
    points = models.JSONField("nilai")
    note = models.CharField("catatan", max_length=1000, blank=True)
    scored_at = models.DateTimeField(default=timezone.now)
    voided_at = models.DateTimeField(null=True, editable=False)

    objects = MemberScoreQuerySet.as_manager()

    class Meta:
        verbose_name = "nilai anggota"
        verbose_name_plural = "nilai anggota"
        ordering = ("member__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["application", "member"], condition=Q(voided_at=None), name="member_scores_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.member}"


class AspectScore(models.Model):
    """The points that the Pokja agreed on for one aspect, with the weight it had."""

    application = models.ForeignKey("verification.Application", models.PROTECT, related_name="scores")
    aspect = models.ForeignKey(ScoreAspect, models.PROTECT, related_name="+", verbose_name="aspek")
    weight = models.PositiveSmallIntegerField("bobot")
    points = models.PositiveSmallIntegerField("nilai", validators=[MaxValueValidator(100)])
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "nilai aspek"
        verbose_name_plural = "nilai aspek"
        ordering = ("aspect__order", "aspect__key")
        constraints = (
            models.UniqueConstraint(fields=["application", "aspect"], name="score_once_per_aspect"),
            models.CheckConstraint(name="score_within_100", condition=Q(points__lte=100)),
        )

    def __str__(self) -> str:
        return f"{self.aspect.label}: {self.points}"
