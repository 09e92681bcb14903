from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from core.clock import local_today
from core.formats import tanggal_sedang
from core.models import DatedSetting
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving
from regions.models import Area
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.contract.contract import Contract
from transactions.models.day import by_day
from transactions.models.musdes.due import UNHEARD, Due
from transactions.models.seeing import in_office

if TYPE_CHECKING:
    from transactions.models.musdes.meeting import Meeting
    from transactions.models.musdes.remedy import Remedy


OPEN = ("payment", "musdes", "refused", "accepted")
REMEDY_CHOOSERS = (Role.ACTIVITY_MANAGER, Role.VILLAGE_HEAD)
WATCHERS = (Role.PD, Role.POKJA_MEMBER, Role.POKJA_CHAIR, Role.REGENCY_OFFICE)  # who see what is overdue


def past_due() -> Q:
    """Unheard, and past the day that counts where the village lies."""

    def past(today: datetime.date) -> Q:
        return Q(due_on__lt=today) & (Q(postponed_to=None) | Q(postponed_to__lt=today))

    return Q(state__in=UNHEARD) & by_day("buyer", past)


class AccountabilityQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Both parties, and who helps and oversees the village."""
        return self.filter(in_office(user, "contract__village") | Q(contract__provider__in=people.providers(user)))

    def waiting_for(self, user: Any) -> Self:
        """The manager asks for what is not yet paid, the BPD holds the Musdes, the head closes."""
        from transactions.models.payment.payment_request import OPEN as ASKED
        from transactions.models.payment.payment_request import PaymentRequest

        asked = PaymentRequest.objects.filter(contract=OuterRef("contract"), state__in=ASKED)

        def at(*roles: str) -> Q:
            return within("buyer", people.territories(user, *roles))

        return self.filter(
            Q(state="payment") & ~Q(Exists(asked)) & at(Role.ACTIVITY_MANAGER)
            | Q(state="musdes") & at(Role.BPD, Role.VILLAGE_OPERATOR, Role.VILLAGE_SECRETARY, Role.PLD)
            | Q(state="refused") & ~Q(remedies__state__in=["open", "reported"]) & at(*REMEDY_CHOOSERS)
            | Q(state="accepted") & at(Role.VILLAGE_HEAD)
            | past_due() & at(*WATCHERS)
        )

    def overdue(self) -> Self:
        """The Musdes was due and has not accepted it yet; the day is the village's."""
        return self.filter(past_due())


class Accountability(Due, OrderDocument):
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
            ("musdes",),
            "accepted",
            "Catat Keputusan Diterima",
            "Musdes menerima pertanggungjawaban",
            inner=True,
        ),
        Move(
            "refuse",
            ("musdes",),
            "refused",
            "Catat Keputusan Belum Diterima",
            "Musdes belum menerima",
            inner=True,
        ),
        Move(
            "resume",
            ("refused",),
            "musdes",
            "Catat Penyelesaian",
            "Penyelesaian selesai; menunggu Musdes berikutnya",
            inner=True,
        ),
        Move(
            "postpone_due",
            UNHEARD,
            None,
            "Tunda Batas Musdes",
            "Batas Musdes ditunda",
            tone="secondary",
        ),
        Move("close", ("accepted",), "closed", "Tutup Pembelian", "Pembelian ditutup"),
    )
    RETIRED = {"record_payment": "Pembayaran dicatat"}  # before payments had their SPP
    TURN = {
        "payment": "Kasi/Kaur (Pelaksana Kegiatan Anggaran)",
        "musdes": "BPD, dibantu pendamping",
        "refused": "Kasi/Kaur (PKA) atau Kepala Desa",
        "accepted": "Kepala Desa",
    }
    TONES = {"payment": "wait", "musdes": "wait", "refused": "warn", "accepted": "info", "closed": "good"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.PAYMENT, editable=False)
    contract = models.OneToOneField(Contract, models.PROTECT, related_name="accountability")
    # The contract's village, kept here so that what waits in it is found without a look at the nation's.
    buyer = models.ForeignKey(Area, models.PROTECT, editable=False, related_name="+", db_index=False)
    due_on = models.DateField("Musdes paling lambat", editable=False)
    postponed_to = models.DateField("Musdes ditunda sampai", null=True, editable=False)
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
            models.Index(fields=["buyer"], name="accountability_waiting", condition=Q(state__in=OPEN)),
            models.Index(
                fields=["contract"],
                include=["id", "due_on", "closed_at", "postponed_to"],
                name="accountability_figures",
            ),
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
            "musdes": f"Dibayar; Musdes pertanggungjawaban diadakan paling lambat {tanggal_sedang(self.expected_on)}.",
            "refused": "Musdes belum menerima; pilih cara penyelesaiannya, lalu adakan Musdes berikutnya.",
            "accepted": "Diterima Musdes; pembelian dapat ditutup.",
            "closed": "Pembelian selesai dan dipertanggungjawabkan.",
        }[self.state]

    @property
    def decided_meeting(self) -> Meeting | None:
        """The assembly whose decision stands."""
        item = self.agenda.exclude(decision="").select_related("meeting").order_by("-heard_on", "-pk").first()
        return item.meeting if item else None

    @property
    def refunded(self) -> int:
        """What the provider paid back into the cash account, all rounds, in whole rupiah."""
        return sum(remedy.refunded or 0 for remedy in self.remedies.all())

    def missing(self) -> list[str]:
        """What still lacks before the file may be closed, in plain words."""
        lacks = []
        if not self.contract.handover_scan_id:
            lacks.append("pindaian BAST bertanda tangan")
        if self.contract.head_handover_on and not self.contract.head_handover_scan_id:
            lacks.append("pindaian BAST kepada Kepala Desa")
        if not self.contract.is_paid:
            lacks.append("catatan pembayaran")
        others = self.contract.need.shares.living().exclude(state="accounted").select_related("village")
        lacks += [f"keputusan Musdes {share.village.label}" for share in others]
        return lacks + self.lacks_of_assembly()

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

    def may_resume(self, user: Any) -> Verdict:
        membership = people.acting(user, *REMEDY_CHOOSERS, Role.VILLAGE_TREASURER, at=self.contract.village_id)
        return Allowed(membership) if membership else Denied("Penyelesaian dicatat oleh desa ini.")

    def may_close(self, user: Any) -> Verdict:
        verdict = self._holder(user, Role.VILLAGE_HEAD, "Pembelian ditutup oleh Kepala Desa.")
        if verdict and (lacks := self.missing()):
            return Denied(f"Belum dapat ditutup. Masih kurang: {', '.join(lacks)}.")
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    def begin(self, *, by: Any, verdict: Verdict) -> None:
        """Called by the contract's hand-over; the Musdes is due a set number of days later."""
        self.buyer_id = self.contract.village_id
        self.due_on = self._due_from(self.contract.day_handed)
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

    def resume(self, *, by: Any, remedy: Remedy) -> None:
        """Called by the remedy that is done: the next assembly hears the order, within as many days as the first."""
        with moving(self, "resume", by=by) as facts:
            facts["remedy"] = remedy.code
            self.postponed_to = max(self.expected_on, self._due_from(local_today(self.village)))
            facts["to"] = self.postponed_to.isoformat()

    def _due_from(self, day: datetime.date) -> datetime.date:
        days = DatedSetting.objects.in_force("musdes-due-days", on=day)
        return day + datetime.timedelta(days=days)

    def close(self, *, by: Any) -> None:
        """Nothing is missing: the village head closes the file."""
        with moving(self, "close", by=by):
            self.closed_at = timezone.now()
