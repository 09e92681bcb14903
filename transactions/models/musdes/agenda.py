"""What a Musdes hears and decides: one line of its agenda for each order."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from transactions.models.musdes.accountability import Accountability


class Decision(models.TextChoices):
    """What the assembly decides of one order."""

    ACCEPTED = "accepted", "Diterima"
    WITH_NOTES = "with_notes", "Diterima dengan catatan"
    REFUSED = "refused", "Belum diterima"


class Opinion(models.TextChoices):
    """How content the residents are with the work."""

    CONTENT = "puas", "Puas"
    FAIR = "cukup", "Cukup"
    DISCONTENT = "tidak", "Tidak puas"


class AgendaItem(models.Model):
    """One order before one assembly: what was presented of it, and what was decided.

    `open` while the assembly has neither decided nor been cancelled: an order stands open in one meeting at most.
    """

    meeting = models.ForeignKey("transactions.Meeting", models.CASCADE, related_name="items", db_index=False)
    accountability = models.ForeignKey(Accountability, models.PROTECT, related_name="agenda", db_index=False)
    open = models.BooleanField(default=True, db_default=True, editable=False)
    presented = models.TextField("yang dipertanggungjawabkan", max_length=4000, blank=True)
    output = models.CharField("keluaran yang dicapai", max_length=200, blank=True)
    opinion = models.CharField("penilaian warga", max_length=5, choices=Opinion.choices, blank=True)
    decision = models.CharField("keputusan", max_length=12, choices=Decision.choices, blank=True)
    decision_note = models.TextField("catatan keputusan", max_length=2000, blank=True)
    heard_on = models.DateField("diputuskan pada musyawarah tanggal", null=True, editable=False)

    class Meta:
        verbose_name = "acara Musdes"
        verbose_name_plural = "acara Musdes"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["meeting", "accountability"], include=["decision"], name="agenda_order_once"
            ),
            models.UniqueConstraint(
                fields=["accountability"],
                condition=Q(open=True),
                name="agenda_one_open",
                violation_error_message="Pembelian ini sudah ada dalam Musdes yang belum memutuskan.",
            ),
            models.CheckConstraint(
                name="agenda_decided_with_day",
                condition=Q(decision="", heard_on=None) | ~Q(decision="") & Q(heard_on__isnull=False, open=False),
            ),
        )
        # The months are counted off these alone (monitoring.counting).
        indexes = (
            models.Index(fields=["accountability"], include=["heard_on", "decision", "meeting"], name="agenda_figures"),
        )

    def __str__(self) -> str:
        return str(self.accountability)

    @property
    def need(self) -> Any:
        return self.accountability.contract.need


def to_be_heard(village: str, *, besides: Any = None) -> models.QuerySet[Accountability]:
    """The village's orders that wait for their Musdes and stand on no other agenda; `besides`: but on this one's."""
    taken = AgendaItem.objects.filter(open=True, accountability__contract__village=village)
    if besides is not None and besides.pk:
        taken = taken.exclude(meeting=besides)
    rows = Accountability.objects.filter(buyer=village, state="musdes")
    return rows.exclude(pk__in=taken.values("accountability")).order_by("due_on", "pk")
