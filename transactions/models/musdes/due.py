"""Until when an order is to be accounted for before its Musdes, and what was said of being late."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from core.clock import local_today
from core.formats import tanggal_sedang
from core.workflow import Allowed, Denied, Verdict, moving, refuse_unless

UNHEARD = ("payment", "musdes", "refused")  # the assembly has not accepted it yet


class DuePostponement(models.Model):
    """The village said that a Musdes will be held later than it was due: from when to when, why, by whom.

    The first due date stands for ever. What is said after it has passed (`late`) is kept, but excuses nothing.
    """

    accountability = models.ForeignKey("transactions.Accountability", models.PROTECT, related_name="postponements")
    from_on = models.DateField("semula")
    to_on = models.DateField("menjadi")
    reason = models.CharField("alasan", max_length=1000)
    late = models.BooleanField("dicatat setelah lewat batas")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("dicatat", default=timezone.now)

    class Meta:
        verbose_name = "penundaan batas Musdes"
        verbose_name_plural = "penundaan batas Musdes"
        ordering = ("id",)
        constraints = (models.CheckConstraint(name="due_postponed_to_later", condition=Q(to_on__gt=F("from_on"))),)

    def __str__(self) -> str:
        return self.reason[:60]


class Due:
    """What an accountability says and does about its date."""

    @property
    def expected_on(self: Any) -> datetime.date:
        """The day that counts: the due date, or the later one that was asked for in time."""
        return self.postponed_to or self.due_on

    @property
    def is_overdue(self: Any) -> bool:
        return self.state in UNHEARD and local_today(self.village) > self.expected_on

    @property
    def planned_meeting(self: Any) -> Any:
        """The assembly that is planned for it."""
        item = self.agenda.filter(open=True, meeting__state="planned").select_related("meeting__village").first()
        return item.meeting if item else None

    def may_postpone_due(self: Any, user: Any) -> Verdict:
        membership = people.acting(user, Role.BPD, Role.VILLAGE_HEAD, Role.VILLAGE_SECRETARY, at=self.village.code)
        if not membership:
            return Denied(
                "Penundaan Musdes dicatat oleh BPD, Kepala Desa, atau Sekretaris Desa; pendamping hanya membantu."
            )
        return Allowed(membership)

    def postpone_due(self: Any, *, by: Any, to: datetime.date, reason: str) -> None:
        """A later day with its reason. Said too late, it is kept and shown, but the order stays overdue."""
        with moving(self, "postpone_due", by=by, note=reason) as facts:
            today, before, late = local_today(self.village), self.expected_on, self.is_overdue
            refuse_unless(to > before, f"Tanggal baru harus setelah {tanggal_sedang(before)}.")
            refuse_unless(to > today, "Tanggal baru harus setelah hari ini.")
            self.postponements.create(from_on=before, to_on=to, reason=reason, late=late, by=by)
            facts.update({"from": before.isoformat(), "to": to.isoformat(), "late": late})
            if not late:
                self.postponed_to = to

    def lacks_of_assembly(self: Any) -> list[str]:
        """What the Musdes still owes the file: its minutes and list as signed, photographs, and what it made a
        condition. Other duties stay open beyond the closing."""
        meeting = self.decided_meeting
        if meeting is None:
            return ["catatan Musdes dengan pindaian berita acara"]
        lacks = []
        if not meeting.scan_id:
            lacks.append("pindaian berita acara Musdes")
        if not meeting.attendance_scan_id:
            lacks.append("pindaian daftar hadir Musdes")
        if meeting.photos.count() < meeting.MIN_PHOTOS:
            lacks.append(f"sedikitnya {meeting.MIN_PHOTOS} foto Musdes")
        if self.remedies.filter(state__in=["open", "reported"]).exists():
            lacks.append("penyelesaian yang masih berjalan")
        lacks += [f"tindak lanjut “{duty.what}”" for duty in self.follow_ups.filter(blocks=True, state="open")]
        return lacks

    def refuse_hearing_unless_due(self: Any) -> None:
        """Refuse what puts this order on an agenda before its Musdes can be held."""
        refuse_unless(
            self.state != "refused",
            "Musdes belum menerima pembelian ini; selesaikan dahulu perbaikan, pengurangan harga, atau perselisihannya.",
        )
        refuse_unless(
            self.state == "musdes",
            "Musdes pertanggungjawaban diadakan setelah serah terima dan pembayaran dicatat.",
        )
