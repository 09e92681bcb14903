from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.urls import reverse

from accounts import people
from accounts.models.membership import Role
from core.workflow import Allowed, Denied, Verdict
from regions.models import Area
from transactions.models.planning.activity import Activity
from transactions.models.seeing import in_office


class ProcurementPlanQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village's people, and who helps and oversees them."""
        return self.filter(in_office(user))


class ProcurementPlan(models.Model):
    """What a village means to buy in a fiscal year: the holder of the announcements that are printed of it."""

    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    fiscal_year = models.PositiveSmallIntegerField("tahun anggaran")

    objects = ProcurementPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "rencana pengadaan"
        verbose_name_plural = "rencana pengadaan"
        constraints = (models.UniqueConstraint(fields=["village", "fiscal_year"], name="plan_once_a_year"),)

    def __str__(self) -> str:
        return f"{self.village_id} {self.fiscal_year}"

    def get_absolute_url(self) -> str:
        return reverse("announcement", args=[self.village_id, self.fiscal_year])

    def may_announce(self, user: Any) -> Verdict:
        """Whoever keeps the list, and the head who signs."""
        membership = people.acting(user, *Activity.KEEPERS, Role.VILLAGE_HEAD, at=self.village_id)
        if membership:
            return Allowed(membership)
        return Denied("Pengumuman dicetak oleh perangkat desa ini yang menyusun anggaran, atau oleh Kepala Desa.")
