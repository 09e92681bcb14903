from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from core.formats import tanggal_sedang
from core.models import DatedSetting
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.contract import Contract
from transactions.models.need import in_office, local_today

if TYPE_CHECKING:
    from transactions.models.meeting import Meeting


OPEN = ("payment", "musdes", "refused", "accepted")


class AccountabilityQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Both parties, and who helps and oversees the village."""
        return self.filter(in_office(user, "contract__village") | Q(contract__provider__in=people.providers(user)))

    def waiting_for(self, user: Any) -> Self:
        """The manager asks for what is not yet paid, the BPD holds the Musdes, the head closes."""
        from transactions.models.payment_request import OPEN as ASKED
        from transactions.models.payment_request import PaymentRequest

        asked = PaymentRequest.objects.filter(contract=OuterRef("contract"), state__in=ASKED)

        def at(*roles: str) -> Q:
            return within("contract__village", people.territories(user, *roles))

        return self.filter(
            Q(state="payment") & ~Q(Exists(asked)) & at(Role.ACTIVITY_MANAGER)
            | Q(state__in=["musdes", "refused"]) & at(Role.BPD, Role.VILLAGE_OPERATOR, Role.VILLAGE_SECRETARY, Role.PLD)
            | Q(state="accepted") & at(Role.VILLAGE_HEAD)
        )

    def overdue(self, on: datetime.date | None = None) -> Self:
        """The Musdes was due and is not accepted yet."""
        on = on or timezone.now().date()
        return self.filter(state__in=["payment", "musdes", "refused"], due_on__lt=on)


class Accountability(OrderDocument):
    """After the hand-over: the payment record, the village assembly's judgement, and the closing of the file."""

    class State(models.TextChoices):
        PAYMENT = "payment", "Menunggu Pembayaran"
        MUSDES = "musdes", "Menunggu Musdes Pertanggungjawaban"
        REFUSED = "refused", "Belum Diterima Musdes"
        ACCEPTED = "accepted", "Diterima Musdes"
        CLOSED = "closed", "Selesai"

    MOVES = moves(
        Move("settle", ("payment",), "musdes", "Nyatakan Lunas", "Kontrak dibayar lunas", inner=True),
        Move(
            "accept",
            ("musdes", "refused"),
            "accepted",
            "Catat Keputusan Diterima",
            "Musdes menerima pertanggungjawaban",
            inner=True,
        ),
        Move(
            "refuse",
            ("musdes", "refused"),
            "refused",
            "Catat Keputusan Belum Diterima",
            "Musdes belum menerima",
            inner=True,
        ),
        Move("close", ("accepted",), "closed", "Tutup Pembelian", "Pembelian ditutup"),
    )
    RETIRED = {"record_payment": "Pembayaran dicatat"}  # before payments had their SPP
    TURN = {
        "payment": "Kasi/Kaur (Pelaksana Kegiatan Anggaran)",
        "musdes": "BPD, dibantu pendamping",
        "refused": "BPD, dibantu pendamping",
        "accepted": "Kepala Desa",
    }
    TONES = {"payment": "wait", "musdes": "wait", "refused": "warn", "accepted": "info", "closed": "good"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.PAYMENT, editable=False)
    contract = models.OneToOneField(Contract, models.PROTECT, related_name="accountability")
    due_on = models.DateField("Musdes paling lambat", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = AccountabilityQuerySet.as_manager()

    class Meta:
        verbose_name = "pertanggungjawaban"
        verbose_name_plural = "pertanggungjawaban"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="accountability_closed_with_date",
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at=None),
            ),
        )
        indexes = (
            models.Index(fields=["closed_at"], name="accountability_closed"),
            models.Index(fields=["contract"], name="accountability_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["contract"], include=["id", "due_on", "closed_at"], name="accountability_figures"),
        )

    @property
    def village(self) -> Any:
        return self.contract.village

    def get_absolute_url(self) -> str:
        return self.contract.get_absolute_url()

    def move_url(self, verb: str) -> str:
        return reverse("accountability-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        return {
            "payment": "Menunggu pembayaran: SPP diajukan, diperiksa, disetujui, lalu dibayar dari Rekening Kas Desa.",
            "musdes": f"Dibayar; Musdes pertanggungjawaban diadakan paling lambat {tanggal_sedang(self.due_on)}.",
            "refused": "Musdes belum menerima; perlu tindak lanjut dan Musdes berikutnya.",
            "accepted": "Diterima Musdes; pembelian dapat ditutup.",
            "closed": "Pembelian selesai dan dipertanggungjawabkan.",
        }[self.state]

    @property
    def is_overdue(self) -> bool:
        return self.state in ("payment", "musdes", "refused") and local_today(self.village) > self.due_on

    @property
    def decided_meeting(self) -> Meeting | None:
        """The assembly whose decision stands."""
        return self.meetings.filter(state="decided").order_by("-decided_at").first()

    def missing(self) -> list[str]:
        """What still lacks before the file may be closed, in plain words."""
        lacks = []
        if not self.contract.handover_scan_id:
            lacks.append("pindaian BAST bertanda tangan")
        if not self.contract.is_paid:
            lacks.append("catatan pembayaran")
        meeting = self.decided_meeting
        if meeting is None or not meeting.scan_id:
            lacks.append("catatan Musdes dengan pindaian berita acara")
        for share in self.contract.need.shares.living().exclude(state="accounted").select_related("village"):
            lacks.append(f"keputusan Musdes {share.village.label}")
        return lacks

    # --- who may ----------------------------------------------------------------------------------
    def _holder(self, user: Any, role: Role, sentence: str) -> Verdict:
        membership = people.acting(user, role, at=self.contract.village_id)
        return Allowed(membership) if membership else Denied(sentence)

    def may_settle(self, user: Any) -> Verdict:
        """The treasurer who pays, or the manager who hands over what is paid already; never before it is paid."""
        membership = people.acting(
            user, Role.VILLAGE_TREASURER, Role.ACTIVITY_MANAGER, Role.VILLAGE_HEAD, at=self.contract.village_id
        )
        if not membership:
            return Denied("Pelunasan dicatat bersama pembayaran oleh Kaur Keuangan desa ini.")
        if not self.contract.is_paid:
            return Denied("Kontrak ini belum dibayar seluruhnya.")
        return Allowed(membership)

    def may_accept(self, user: Any) -> Verdict:
        return self._holder(user, Role.BPD, "Keputusan Musdes dicatat oleh BPD desa ini.")

    may_refuse = may_accept

    def may_close(self, user: Any) -> Verdict:
        verdict = self._holder(user, Role.VILLAGE_HEAD, "Pembelian ditutup oleh Kepala Desa.")
        if verdict and (lacks := self.missing()):
            return Denied(f"Belum dapat ditutup. Masih kurang: {', '.join(lacks)}.")
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    def begin(self, *, by: Any, verdict: Verdict) -> None:
        """Called by the contract's hand-over; the Musdes is due a set number of days later."""
        days = DatedSetting.objects.in_force("musdes-due-days", on=self.contract.handover_on)
        self.due_on = self.contract.handover_on + datetime.timedelta(days=days)
        born(self, by=by, verdict=verdict)
        if self.contract.is_paid:  # an addendum left nothing for the last termin
            self.settle(by=by)

    def settle(self, *, by: Any) -> None:
        """Called with the payment that pays the last rupiah (or by the hand-over of what is paid already)."""
        with moving(self, "settle", by=by) as facts:
            facts["paid"] = self.contract.paid

    def accept(self, *, by: Any, meeting: Meeting) -> None:
        """Called by the meeting that decides: accepted, with or without notes."""
        with moving(self, "accept", by=by) as facts:
            facts["meeting"] = meeting.code

    def refuse(self, *, by: Any, meeting: Meeting) -> None:
        """Called by the meeting that decides: not accepted yet."""
        with moving(self, "refuse", by=by) as facts:
            facts["meeting"] = meeting.code

    def close(self, *, by: Any) -> None:
        """Nothing is missing: the village head closes the file."""
        with moving(self, "close", by=by):
            self.closed_at = timezone.now()
