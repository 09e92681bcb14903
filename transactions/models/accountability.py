from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from core.formats import tanggal_sedang
from core.models import DatedSetting, StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.contract import Contract
from transactions.models.need import in_office, local_today
from transactions.models.rule import TaxRate
from transactions.tax import TaxLine

if TYPE_CHECKING:
    from transactions.models.meeting import Meeting


OPEN = ("payment", "musdes", "refused", "accepted")


class AccountabilityQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Both parties, and who helps and oversees the village."""
        return self.filter(in_office(user, "contract__village") | Q(contract__provider__in=people.providers(user)))

    def waiting_for(self, user: Any) -> Self:
        """The treasurer pays, the BPD holds the Musdes, the head closes."""

        def at(*roles: str) -> Q:
            return within("contract__village", people.territories(user, *roles))

        return self.filter(
            Q(state="payment") & at(Role.VILLAGE_TREASURER)
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
        Move("record_payment", ("payment",), "musdes", "Catat Pembayaran", "Pembayaran dicatat"),
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
    TURN = {
        "payment": "Kaur Keuangan",
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
            "payment": "Menunggu pembayaran dari Rekening Kas Desa dicatat.",
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
        if not hasattr(self, "payment"):
            lacks.append("catatan pembayaran")
        meeting = self.decided_meeting
        if meeting is None or not meeting.scan_id:
            lacks.append("catatan Musdes dengan pindaian berita acara")
        return lacks

    # --- who may ----------------------------------------------------------------------------------
    def _holder(self, user: Any, role: Role, sentence: str) -> Verdict:
        membership = people.acting(user, role, at=self.contract.village_id)
        return Allowed(membership) if membership else Denied(sentence)

    def may_record_payment(self, user: Any) -> Verdict:
        return self._holder(user, Role.VILLAGE_TREASURER, "Pembayaran dicatat oleh Kaur Keuangan desa ini.")

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

    def record_payment(
        self,
        *,
        by: Any,
        number: str,
        paid_on: datetime.date,
        taxes: Iterable[TaxLine],
        proof: StoredFile,
    ) -> None:
        """The transfer from the village's cash account: number, day, taxes withheld, proof. No money moves here."""
        with moving(self, "record_payment", by=by) as facts:
            refuse_unless(paid_on <= local_today(self.village), "Tanggal pembayaran tidak boleh di masa depan.")
            refuse_unless(
                self.contract.handover_on and paid_on >= self.contract.handover_on,
                "Pembayaran dilakukan setelah serah terima (Permendagri 20/2018 Pasal 55).",
            )
            taxes = list(taxes)
            gross, withheld = self.contract.value, sum(line.amount for line in taxes)
            refuse_unless(withheld < gross, "Jumlah pajak tidak boleh melebihi nilai pembayaran.")
            payment = Payment.objects.create(
                accountability=self,
                number=number,
                paid_on=paid_on,
                gross=gross,
                withheld=withheld,
                net=gross - withheld,
                proof=proof,
                recorded_by=by,
            )
            for line in taxes:
                payment.taxes.create(tax=line.tax, base=line.base, amount=line.amount)
            proof.hold(self)
            facts.update(gross=gross, withheld=withheld, net=gross - withheld)

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


class Payment(models.Model):
    """A transfer that the treasurer made and recorded; whole rupiah. The marketplace never holds money."""

    accountability = models.OneToOneField(Accountability, models.PROTECT, related_name="payment")
    number = models.CharField("nomor bukti", max_length=100)
    paid_on = models.DateField("tanggal bayar")
    gross = models.BigIntegerField("bruto")
    withheld = models.BigIntegerField("pajak dipotong")
    net = models.BigIntegerField("neto")
    proof = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="bukti transfer", related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "pembayaran"
        verbose_name_plural = "pembayaran"
        constraints = (
            models.CheckConstraint(
                name="payment_net_is_gross_less_tax",
                condition=Q(gross__gt=0, withheld__gte=0, net=F("gross") - F("withheld")),
            ),
        )
        indexes = (
            models.Index(fields=["paid_on"], name="payment_paid"),
            models.Index(
                fields=["accountability"], include=["id", "paid_on", "gross", "withheld"], name="payment_figures"
            ),
        )

    def __str__(self) -> str:
        return self.number


class PaymentTax(models.Model):
    """One tax withheld from a payment."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="taxes")
    tax = models.CharField("pajak", max_length=8, choices=TaxRate.Tax.choices)
    base = models.BigIntegerField("dasar pengenaan")
    amount = models.BigIntegerField("jumlah")

    class Meta:
        verbose_name = "pajak dipotong"
        verbose_name_plural = "pajak dipotong"
        constraints = (
            models.UniqueConstraint(fields=["payment", "tax"], name="payment_tax_once"),
            models.CheckConstraint(name="payment_tax_not_negative", condition=Q(base__gte=0, amount__gte=0)),
        )

    def __str__(self) -> str:
        return self.get_tax_display()
