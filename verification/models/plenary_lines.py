"""What a sitting is made of: the applications in it with their result, and who sat there."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from verification.models.application import Application
from verification.models.pokja import PokjaMember


class PlenaryItemQuerySet(models.QuerySet["PlenaryItem"]):
    def decided(self) -> Self:
        """What the decree will be about: the deferred wait for another sitting."""
        return self.exclude(outcome=PlenaryItem.Outcome.DEFER)

    def of_open_sittings(self) -> Self:
        """In a sitting that is being prepared, or waits for its decree."""
        return self.filter(plenary__state__in=["draft", "minuted"])

    def on_the_agenda(self) -> Self:
        """Their sitting is the next step: prepared, or waiting for its decree and not put off in it."""
        return self.filter(Q(plenary__state="draft") | Q(plenary__state="minuted") & ~Q(outcome="defer"))


class PlenaryItem(models.Model):
    """One application in a sitting, and what the sitting found."""

    class Outcome(models.TextChoices):
        LIST = "list", "Layak, ditetapkan terdaftar"
        REJECT = "reject", "Tidak layak"
        DEFER = "defer", "Ditunda"

    plenary = models.ForeignKey("verification.Plenary", models.PROTECT, related_name="items")
    application = models.ForeignKey(Application, models.PROTECT, related_name="plenary_items")
    outcome = models.CharField("hasil", max_length=8, choices=Outcome.choices)
    note = models.CharField("catatan", max_length=500, blank=True)

    objects = PlenaryItemQuerySet.as_manager()

    class Meta:
        verbose_name = "permohonan dalam rapat"
        verbose_name_plural = "permohonan dalam rapat"
        ordering = ("application__provider__name", "pk")
        constraints = (
            models.UniqueConstraint(fields=["plenary", "application"], name="plenary_item_once"),
            models.CheckConstraint(name="plenary_deferral_has_reason", condition=~Q(outcome="defer") | ~Q(note="")),
        )

    def __str__(self) -> str:
        return f"{self.application.provider}: {self.get_outcome_display()}"


class PlenaryAttendance(models.Model):
    """A member who sat there and signs."""

    plenary = models.ForeignKey("verification.Plenary", models.PROTECT, related_name="attendances")
    member = models.ForeignKey(PokjaMember, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "kehadiran rapat"
        verbose_name_plural = "kehadiran rapat"
        constraints = (models.UniqueConstraint(fields=["plenary", "member"], name="plenary_attendance_once"),)

    def __str__(self) -> str:
        return str(self.member)
