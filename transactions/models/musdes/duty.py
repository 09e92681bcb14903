"""What an assembly wants done: a duty with a due date, until the village says that it is done."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from core.clock import local_today
from core.formats import tanggal_sedang
from core.models import StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, moves, moving
from regions.models import Area
from regions.scope import within
from transactions.models.base import CLOSED, OrderDocument
from transactions.models.day import by_day
from transactions.models.musdes.accountability import WATCHERS, Accountability
from transactions.models.seeing import in_office


class Responsible(models.TextChoices):
    """Who in the village a duty is given to; anyone else is named in words."""

    HEAD = Role.VILLAGE_HEAD.value, "Kepala Desa"
    SECRETARY = Role.VILLAGE_SECRETARY.value, "Sekretaris Desa"
    TREASURER = Role.VILLAGE_TREASURER.value, "Kaur Keuangan"
    MANAGER = Role.ACTIVITY_MANAGER.value, "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"
    TEAM = Role.PROCUREMENT_TEAM.value, "Tim Pelaksana Kegiatan (TPK)"
    COUNCIL = Role.BPD.value, "BPD"
    PROVIDER = Role.PROVIDER.value, "Penyedia"


KEEPERS = (Role.VILLAGE_OPERATOR, Role.VILLAGE_SECRETARY, Role.BPD)  # who see to all duties of their village
IN_VILLAGE = [value for value in Responsible.values if value != Responsible.PROVIDER]


def past_due() -> Q:
    """The day is past where the village lies."""
    return by_day("village", lambda today: Q(due_on__lt=today))


class FollowUpQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Whoever sees the order after its hand-over."""
        own = Q(accountability__contract__provider__in=people.providers(user))
        return self.filter(in_office(user) | own)

    def waiting_for(self, user: Any) -> Self:
        """Open ones: for whom they were given to, and for those who see to all of them; overdue ones for who oversees
        the village, too."""
        mine = Q(responsible=Responsible.PROVIDER, accountability__contract__provider__in=people.providers(user))
        for role in IN_VILLAGE:
            mine |= Q(responsible=role) & within("village", people.territories(user, role))
        mine |= within("village", people.territories(user, *KEEPERS))
        return self.filter(Q(state="open"), mine | past_due() & within("village", people.territories(user, *WATCHERS)))


class FollowUp(OrderDocument):
    """What the assembly wants done of one order, by whom, until when.

    `blocks`: the assembly wants it done before the purchase is closed. Otherwise the file may be closed, and the duty
    stays open beyond it.
    """

    class State(models.TextChoices):
        OPEN = "open", "Belum Selesai"
        DONE = "done", "Selesai"

    MOVES = moves(
        Move("finish", ("open",), "done", "Nyatakan Selesai", "Tindak lanjut selesai"),
        Move("give_back", ("done",), "open", "Kembalikan", "Tindak lanjut dikembalikan", tone="secondary"),
    )
    TONES = {"open": "wait", "done": "good"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.OPEN, editable=False)
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    meeting = models.ForeignKey("transactions.Meeting", models.PROTECT, related_name="follow_ups")
    accountability = models.ForeignKey(Accountability, models.PROTECT, related_name="follow_ups")
    what = models.CharField("tindak lanjut", max_length=300)
    who = models.CharField("penanggung jawab", max_length=150)
    responsible = models.CharField("ditugaskan kepada", max_length=24, choices=Responsible.choices, blank=True)
    due_on = models.DateField("batas waktu")
    blocks = models.BooleanField("harus selesai sebelum pembelian ditutup", default=False, db_default=False)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    done_note = models.TextField("yang sudah dikerjakan", max_length=1000, blank=True)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "tindak lanjut"
        verbose_name_plural = "tindak lanjut"
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(
                name="follow_up_done_by_somebody",
                condition=Q(state="open", done_at=None) | Q(state="done", done_at__isnull=False, done_by__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["village"], name="follow_up_open", condition=Q(state="open")),)

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return f"{self.accountability.get_absolute_url().partition('#')[0]}#tindak-lanjut"

    def move_url(self, verb: str) -> str:
        return reverse("follow-up-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def is_overdue(self) -> bool:
        return self.state == "open" and local_today(self.village) > self.due_on

    @property
    def need(self) -> Any:
        return self.accountability.contract.need

    @property
    def status_sentence(self) -> str:
        if self.state == "done":
            return "Tindak lanjut Musdes sudah selesai."
        late = "; sudah lewat batas waktu" if self.is_overdue else ""
        return f"Tindak lanjut Musdes oleh {self.who}, paling lambat {tanggal_sedang(self.due_on)}{late}."

    # --- who may ----------------------------------------------------------------------------------
    def may_finish(self, user: Any) -> Verdict:
        """The one it was given to, or who keeps the village's duties; a provider's work is judged by the village."""
        roles = [*KEEPERS, self.responsible] if self.responsible in IN_VILLAGE else [*KEEPERS]
        membership = people.acting(user, *roles, at=self.village_id)
        if not membership:
            return Denied(
                "Tindak lanjut dinyatakan selesai oleh penanggung jawabnya di desa, BPD, Sekretaris Desa, atau operator"
                " desa; pendamping dan penyedia tidak."
            )
        return Allowed(membership)

    def may_give_back(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.BPD, at=self.village_id)
        if not membership:
            return Denied("Tindak lanjut yang belum memadai dikembalikan oleh BPD.")
        if self.accountability.state == "closed":
            return Denied(CLOSED)
        return Allowed(membership)

    # --- what they do -------------------------------------------------------------------------------
    def finish(self, *, by: Any, note: str, proof: StoredFile | None = None) -> None:
        """It is done: what was done, and a paper or photograph of it where there is one."""
        with moving(self, "finish", by=by, note=note):
            self.done_at, self.done_by, self.done_note, self.proof = timezone.now(), by, note, proof
            if proof is not None:
                proof.hold(self)

    def give_back(self, *, by: Any, reason: str) -> None:
        """The BPD finds that it is not done yet. What was handed in stays in the events."""
        with moving(self, "give_back", by=by, note=reason) as facts:
            facts["note"] = self.done_note
            self.done_at, self.done_by, self.proof = None, None, None
