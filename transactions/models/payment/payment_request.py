from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts import people
from accounts.models.membership import Role
from core.clock import local_today
from core.formats import rupiah, tanggal_sedang
from core.models import StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, moves
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.contract.contract import Contract
from transactions.models.payment.figures import Figures
from transactions.models.payment.paying import HEARD_ALREADY, Paying
from transactions.models.payment.tax_rate import TaxRate, Work
from transactions.models.seeing import in_office

OPEN = ("draft", "returned", "submitted", "checked", "approved")
FILED = ("submitted", "checked", "approved", "paid")
PASSED = ("checked", "approved", "paid")
CHECKED = ("complete", "correct", "eligible", "funded")


class PaymentRequestQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Both parties of the contract, and who helps and oversees the village."""
        return self.filter(in_office(user, "contract__village") | Q(contract__provider__in=people.providers(user)))

    def waiting_for(self, user: Any) -> Self:
        """The manager files it, the secretary checks, the head approves, the treasurer pays."""

        def at(role: str) -> Q:
            return within("contract__village", people.territories(user, role))

        return self.filter(
            Q(state__in=["draft", "returned"]) & at(Role.ACTIVITY_MANAGER)
            | Q(state="submitted") & at(Role.VILLAGE_SECRETARY)
            | Q(state="checked") & at(Role.VILLAGE_HEAD)
            | Q(state="approved") & at(Role.VILLAGE_TREASURER)
        )

    def living(self) -> Self:
        """Those that count: all but the withdrawn ones."""
        return self.exclude(state="withdrawn")


class PaymentRequest(Paying, Figures, OrderDocument):
    """The SPP: the manager asks that one termin of a contract be paid, after receipt (Permendagri 20/2018 Pasal 55).

    The secretary answers four checks, the head approves, the treasurer pays exactly what it says. A "no" gives it
    back with the reason. `amount` is the termin's part of the contract's value (see `due`), fixed when it is filed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "SPP Disiapkan"
        SUBMITTED = "submitted", "Menunggu Pemeriksaan Sekretaris Desa"
        RETURNED = "returned", "SPP Dikembalikan"
        CHECKED = "checked", "Menunggu Persetujuan Kepala Desa"
        APPROVED = "approved", "Menunggu Pembayaran Kaur Keuangan"
        PAID = "paid", "Dibayar"
        WITHDRAWN = "withdrawn", "SPP Dibatalkan"

    # Permendagri 20/2018 Pasal 55: what the secretary must do before the head may approve.
    CHECKS = (
        ("complete", "Kelengkapan lampiran: pernyataan tanggung jawab belanja, tagihan, dan bukti penerimaan"),
        ("correct", "Kebenaran perhitungan tagihan"),
        ("funded", "Ketersediaan dana untuk kegiatan ini"),
        ("eligible", "Syarat pengajuan terpenuhi, tidak ada alasan untuk menolak"),
    )
    MOVES = moves(
        Move("complete_papers", ("draft", "returned"), None, "Lengkapi SPP", "SPP dilengkapi"),
        Move("bill", ("draft", "returned"), None, "Kirim Tagihan", "Tagihan dikirim", tone="secondary"),
        Move("submit", ("draft", "returned"), "submitted", "Ajukan SPP", "SPP diajukan"),
        Move("examine", ("submitted",), "checked", "Periksa SPP", "SPP diperiksa Sekretaris Desa"),
        Move("refuse", ("submitted",), "returned", "Kembalikan SPP", "SPP tidak lolos pemeriksaan", inner=True),
        Move(
            "approve",
            ("checked",),
            "approved",
            "Setujui Pembayaran",
            "Pembayaran disetujui",
            confirm="Setelah disetujui, Kaur Keuangan membayar sebesar SPP ini dari Rekening Kas Desa.",
        ),
        Move("pay", ("approved",), "paid", "Catat Pembayaran", "Pembayaran dicatat"),
        Move(
            "amend_payment", ("paid",), None, "Koreksi Catatan Pembayaran", "Catatan pembayaran dikoreksi", "secondary"
        ),
        Move("give_back", ("checked", "approved"), "returned", "Kembalikan SPP", "SPP dikembalikan", tone="secondary"),
        Move(
            "withdraw",
            ("draft", "returned"),
            "withdrawn",
            "Batalkan SPP",
            "SPP dibatalkan",
            tone="danger",
            confirm="SPP yang dibatalkan tidak dapat dilanjutkan; untuk termin ini dapat dibuat SPP baru.",
        ),
    )
    TURN = {
        "draft": "Kasi/Kaur (Pelaksana Kegiatan Anggaran)",
        "returned": "Kasi/Kaur (Pelaksana Kegiatan Anggaran)",
        "submitted": "Sekretaris Desa",
        "checked": "Kepala Desa",
        "approved": "Kaur Keuangan",
    }
    TONES = {
        "draft": "neutral",
        "submitted": "wait",
        "returned": "warn",
        "checked": "wait",
        "approved": "wait",
        "paid": "good",
        "withdrawn": "neutral",
    }

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payment_requests", db_index=False)
    termin = models.PositiveSmallIntegerField("termin", editable=False)
    termins = models.PositiveSmallIntegerField("banyaknya termin", editable=False)
    number = models.CharField("nomor SPP", max_length=100, blank=True)
    requested_on = models.DateField("tanggal SPP", null=True, blank=True)
    work = models.CharField("jenis jasa menurut pajak", max_length=12, choices=Work.choices, blank=True)
    amount = models.BigIntegerField("jumlah diminta", editable=False)
    value = models.BigIntegerField("nilai kontrak saat diajukan", null=True, editable=False)  # null: filed before 0028
    fine = models.BigIntegerField("denda dipotong", default=0, editable=False)
    bill_number = models.CharField("nomor tagihan", max_length=100, blank=True)
    billed_on = models.DateField("tanggal tagihan", null=True, blank=True)
    bill_amount = models.BigIntegerField("jumlah tagihan", null=True, blank=True)
    bill_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    statement = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    receipt = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    complete = models.BooleanField(null=True, editable=False)
    complete_note = models.CharField(max_length=500, blank=True, editable=False)
    correct = models.BooleanField(null=True, editable=False)
    correct_note = models.CharField(max_length=500, blank=True, editable=False)
    funded = models.BooleanField(null=True, editable=False)
    funded_note = models.CharField(max_length=500, blank=True, editable=False)
    eligible = models.BooleanField(null=True, editable=False)
    eligible_note = models.CharField(max_length=500, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    submitted_at = models.DateTimeField(null=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, editable=False)

    objects = PaymentRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "permintaan pembayaran (SPP)"
        verbose_name_plural = "permintaan pembayaran (SPP)"
        ordering = ("termin", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["contract", "termin"],
                condition=~Q(state="withdrawn"),
                name="payment_request_once_per_termin",
                violation_error_message="SPP untuk termin ini sudah ada.",
            ),
            models.CheckConstraint(
                name="payment_request_amounts",
                condition=Q(amount__gt=0, fine__gte=0, fine__lte=F("amount"), termin__gte=1, termin__lte=F("termins")),
            ),
            models.CheckConstraint(
                name="payment_request_filed_completely",
                condition=~Q(state__in=FILED)
                | Q(
                    requested_on__isnull=False,
                    submitted_at__isnull=False,
                    statement__isnull=False,
                    bill_scan__isnull=False,
                    receipt__isnull=False,
                    bill_amount__isnull=False,
                    bill_amount=F("amount"),
                )
                & ~Q(number="")
                & ~Q(work=""),
            ),
            models.CheckConstraint(
                name="payment_request_passed_four_checks",
                condition=~Q(state__in=PASSED)
                | Q(**{f"{key}__isnull": False for key in CHECKED})  # a CHECK lets NULL pass
                & Q(
                    **dict.fromkeys(CHECKED, True),
                    checked_at__isnull=False,
                    checked_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="payment_request_approved_by_somebody",
                condition=~Q(state__in=["approved", "paid"]) | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["contract"], name="payment_request_contract"),
            models.Index(fields=["contract"], name="payment_request_open", condition=Q(state__in=OPEN)),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("payment-request", args=[self.code])

    def move_url(self, verb: str) -> str:
        return reverse("payment-request-move", args=[self.code, self.MOVES[verb].slug])

    # --- what it says -------------------------------------------------------------------------------
    @property
    def need(self) -> Any:
        return self.contract.need

    @property
    def village(self) -> Any:
        return self.contract.village

    @property
    def is_last(self) -> bool:
        """Does nothing come after it? Of a contract that ended early so for whatever was not paid by then."""
        ended = self.contract.state == "terminated" and self.state in OPEN
        return ended or self.termin == self.termins

    @property
    def title(self) -> str:
        """Of which termin, as people say it."""
        return "SPP pembayaran sekaligus" if self.termins == 1 else f"SPP termin {self.termin} dari {self.termins}"

    @property
    def status_sentence(self) -> str:
        amount = rupiah(self.amount)
        paid = self.payment if self.state == "paid" else None  # type: ignore[attr-defined]
        return {
            "draft": f"SPP {amount} disiapkan; lampirannya dilengkapi lalu diajukan.",
            "submitted": f"SPP {amount} menunggu empat pemeriksaan Sekretaris Desa.",
            "returned": f"SPP {amount} dikembalikan; perbaiki lalu ajukan lagi.",
            "checked": f"SPP {amount} lolos pemeriksaan; menunggu persetujuan Kepala Desa.",
            "approved": f"SPP {amount} disetujui; menunggu pembayaran dari Rekening Kas Desa.",
            "paid": f"Dibayar {rupiah(paid.net)} bersih pada {tanggal_sedang(paid.paid_on)}." if paid else "",
            "withdrawn": "SPP dibatalkan.",
        }[self.state]

    @property
    def paid_by(self) -> Any:
        """Its payment; None before."""
        return getattr(self, "payment", None)

    @property
    def turn(self) -> str:
        """Whose turn it is, in words; empty when it is over."""
        return self.TURN.get(self.state, "")

    def checks(self) -> list[dict[str, Any]]:
        """The secretary's answers: {key, what, passed (None: not yet), note}."""
        return [
            {"key": key, "what": what, "passed": getattr(self, key), "note": getattr(self, f"{key}_note")}
            for key, what in self.CHECKS
        ]

    def why_returned(self) -> str:
        """What whoever gave it back wrote; empty when it was not."""
        if self.state != "returned":
            return ""
        last = self.events().filter(verb__in=["refuse", "give_back"]).last()
        return f"{last.role_label}: {last.note}" if last else ""

    @staticmethod
    def amendments(events: Iterable[Any]) -> list[dict[str, Any]]:
        """What the payment's record said before each correction, oldest first: {at, reason, number, paid_on, net,
        taxes [(label, rupiah)], proof (code; empty where it stayed)}."""
        return [
            {
                **(said := event.data["before"]),
                "at": event.at,
                "reason": event.note,
                "paid_on": datetime.date.fromisoformat(said["paid_on"]),
                "taxes": [(TaxRate.Tax(key).label, amount) for key, amount in said["taxes"].items()],
                "proof": said["proof"] if said["proof"] != event.data["after"]["proof"] else "",
            }
            for event in events
            if event.verb == "amend_payment"
        ]

    WANTED = {  # before it can be filed
        "number": "nomor SPP",
        "requested_on": "tanggal SPP",
        "work": "jenis jasa menurut pajak",
        "statement": "pernyataan tanggung jawab belanja",
        "bill_scan": "tagihan penyedia",
        "receipt": "bukti penerimaan",
    }

    def lacks(self) -> list[str]:
        """What must be added before it can be filed, in plain words."""
        empty = [name for name in self.WANTED if not getattr(self, self._meta.get_field(name).attname)]
        if "receipt" in empty and self.is_last and self.contract.handover_scan_id:
            empty.remove("receipt")
        return [self.WANTED[name] for name in empty]

    # --- who may ----------------------------------------------------------------------------------
    def _holder(self, user: Any, role: Role, sentence: str) -> Verdict:
        membership = people.acting(user, role, at=self.contract.village_id)
        if membership and self.contract.provider_id in people.providers(user):
            return Denied("Anda bekerja pada penyedia ini, jadi tidak dapat bertindak untuk desa dalam pembayarannya.")
        return Allowed(membership) if membership else Denied(sentence)

    def may_complete_papers(self, user: Any) -> Verdict:
        return self._holder(
            user,
            Role.ACTIVITY_MANAGER,
            "SPP disiapkan oleh Kasi/Kaur (Pelaksana Kegiatan Anggaran) desa ini.",
        )

    may_withdraw = may_complete_papers

    def may_create(self, user: Any) -> Verdict:
        """The manager, once there is something received that is not yet asked for."""
        verdict = self.may_complete_papers(user)
        wait = self.not_yet() if verdict else None
        return verdict if wait is None else wait

    def may_bill(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.contract.provider_id)
        return Allowed(membership) if membership else Denied("Tagihan dikirim oleh penyedia kontrak ini.")

    def may_submit(self, user: Any) -> Verdict:
        verdict = self.may_complete_papers(user)
        if verdict and (lacks := self.lacks()):
            return Denied(f"Belum dapat diajukan. Masih kurang: {', '.join(lacks)}.")
        return verdict

    def may_examine(self, user: Any) -> Verdict:
        return self._holder(user, Role.VILLAGE_SECRETARY, "SPP diperiksa oleh Sekretaris Desa desa ini.")

    may_refuse = may_examine

    def may_approve(self, user: Any) -> Verdict:
        return self._holder(user, Role.VILLAGE_HEAD, "SPP disetujui oleh Kepala Desa.")

    def may_give_back(self, user: Any) -> Verdict:
        """Whoever holds it now: the head before the approval, the treasurer after it."""
        if self.state == "approved":
            return self.may_pay(user)
        return self._holder(user, Role.VILLAGE_HEAD, "Pada tahap ini SPP dikembalikan oleh Kepala Desa.")

    def may_pay(self, user: Any) -> Verdict:
        return self._holder(user, Role.VILLAGE_TREASURER, "Pembayaran dicatat oleh Kaur Keuangan desa ini.")

    def may_amend_payment(self, user: Any) -> Verdict:
        """The treasurer, until the assembly has accepted the figures: what it heard is not changed behind its back."""
        sentence = "Catatan pembayaran dikoreksi oleh Kaur Keuangan desa ini."
        verdict = self._holder(user, Role.VILLAGE_TREASURER, sentence)
        return Denied(HEARD_ALREADY) if verdict and self.heard() else verdict

    @property
    def today(self) -> Any:
        """The date where the village lies."""
        return local_today(self.contract.village)
