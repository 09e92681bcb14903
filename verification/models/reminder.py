"""What a provider was reminded of: each step of each date once, however often and by how many workers it is tried."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils import timezone

from accounts import people
from accounts.models import Role
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES
from regions.scope import within
from verification.models.standing import Standing
from verification.models.submitted import SubmittedDocument


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: Any) -> Self:
        """Of the listings in this person's territory, and of one's own provider."""
        desk = within("standing__regency", people.territories(user, *POKJA_ROLES, Role.TAPM, *OFFICE_ROLES))
        return self.filter(desk | models.Q(standing__provider__in=people.providers(user)))


class Reminder(models.Model):
    """A step of one date: so many days before (below zero: after) the end of a listing or of one of its papers."""

    standing = models.ForeignKey(Standing, models.PROTECT, related_name="reminders", verbose_name="status terdaftar")
    document = models.ForeignKey(SubmittedDocument, models.PROTECT, null=True, related_name="+", verbose_name="dokumen")
    due_on = models.DateField("berlaku sampai")
    days = models.SmallIntegerField("langkah", help_text="Hari sebelum tanggal itu; di bawah nol: sesudahnya.")
    people = models.PositiveSmallIntegerField("orang", default=0)
    mails = models.PositiveSmallIntegerField("surat elektronik", default=0)
    created_at = models.DateTimeField("diingatkan", default=timezone.now)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "pengingat"
        verbose_name_plural = "pengingat"
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["standing", "document", "due_on", "days"], name="reminder_step_once", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.what}, {self.step}"

    @property
    def what(self) -> str:
        """What ends: the listing, or which paper."""
        return str(self.document) if self.document else "Masa terdaftar"

    @property
    def step(self) -> str:
        """When this was said, seen from the date."""
        if self.days == 0:
            return "pada harinya"
        return f"{self.days} hari sebelumnya" if self.days > 0 else f"{-self.days} hari sesudahnya"
