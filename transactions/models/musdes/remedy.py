"""What follows when a Musdes does not accept a work: repair, a lower price, or a dispute."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts import people
from accounts.models.membership import Role
from core.clock import local_today
from core.formats import rupiah, tanggal_sedang
from core.models import StoredFile
from core.workflow import Allowed, Denied, Move, OpenMove, Verdict, moves
from regions.models import Area
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.day import by_day
from transactions.models.musdes.accountability import REMEDY_CHOOSERS, WATCHERS, Accountability
from transactions.models.musdes.mending import Mending
from transactions.models.seeing import in_office


class RemedyQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Both parties, and who helps and oversees the village."""
        return self.filter(in_office(user) | Q(accountability__contract__provider__in=people.providers(user)))

    def waiting_for(self, user: Any) -> Self:
        """The provider repairs, the manager looks at it, the treasurer records the refund, the head settles; who
        oversees the village sees what is overdue."""
        kind = Remedy.Kind

        def at(*roles: str) -> Q:
            return within("village", people.territories(user, *roles))

        owner = Q(accountability__contract__provider__in=people.providers(user))
        return self.filter(
            Q(state="open", kind=kind.REPAIR) & owner
            | Q(state="reported") & at(Role.ACTIVITY_MANAGER)
            | Q(state="open", kind=kind.REDUCTION) & at(Role.VILLAGE_TREASURER)
            | Q(state="open", kind=kind.DISPUTE) & at(Role.VILLAGE_HEAD)
            | Q(state__in=["open", "reported"]) & by_day("village", lambda today: Q(due_on__lt=today)) & at(*WATCHERS)
        )


class Remedy(Mending, OrderDocument):
    """What the village chose after its Musdes had not accepted a work. Done, it leads to the next Musdes.

    One runs at a time; each has its round: an assembly that refuses again leads to another one.
    """

    class State(models.TextChoices):
        OPEN = "open", "Berjalan"
        REPORTED = "reported", "Menunggu Pemeriksaan"
        DONE = "done", "Selesai"
        FAILED = "failed", "Tidak Berhasil"

    class Kind(models.TextChoices):
        REPAIR = "repair", "Perbaikan hasil pekerjaan"
        REDUCTION = "reduction", "Pengurangan harga"
        DISPUTE = "dispute", "Penyelesaian perselisihan"

    CHOOSERS = REMEDY_CHOOSERS
    MOVES = moves(
        Move("report", ("open",), "reported", "Laporkan Perbaikan", "Perbaikan dilaporkan"),
        Move("confirm_repair", ("reported",), "done", "Terima Perbaikan", "Perbaikan diterima"),
        Move("give_back", ("reported",), "open", "Kembalikan Perbaikan", "Perbaikan dikembalikan", tone="secondary"),
        Move("record_refund", ("open",), "done", "Catat Pengembalian", "Pengembalian ke kas desa dicatat"),
        Move("record_step", ("open",), None, "Catat Langkah Penyelesaian", "Langkah dicatat", tone="secondary"),
        Move("settle", ("open",), "done", "Catat Hasil Penyelesaian", "Perselisihan selesai"),
        Move(
            "give_up",
            ("open", "reported"),
            "failed",
            "Nyatakan Tidak Berhasil",
            "Penyelesaian tidak berhasil",
            tone="danger",
            confirm="Sesudah ini cara lain dipilih.",
        ),
    )
    OF_KIND = {  # what each way goes through; the rest is for all
        "report": Kind.REPAIR,
        "confirm_repair": Kind.REPAIR,
        "give_back": Kind.REPAIR,
        "record_refund": Kind.REDUCTION,
        "record_step": Kind.DISPUTE,
        "settle": Kind.DISPUTE,
    }
    TONES = {"open": "wait", "reported": "wait", "done": "good", "failed": "bad"}
    TURN = {Kind.REPAIR: "Penyedia", Kind.REDUCTION: "Kaur Keuangan", Kind.DISPUTE: "Kepala Desa"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.OPEN, editable=False)
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+", editable=False)
    accountability = models.ForeignKey(Accountability, models.PROTECT, related_name="remedies", editable=False)
    meeting = models.ForeignKey("transactions.Meeting", models.PROTECT, related_name="+", editable=False)
    kind = models.CharField("cara penyelesaian", max_length=12, choices=Kind.choices)
    reason = models.TextField("alasan memilih cara ini", max_length=2000)
    due_on = models.DateField("paling lambat")
    asked = models.BigIntegerField("pengurangan yang diminta", null=True, blank=True)
    refunded = models.BigIntegerField("dikembalikan ke kas desa", null=True, editable=False)
    refund_number = models.CharField("nomor bukti", max_length=100, blank=True, editable=False)
    refunded_on = models.DateField("tanggal pengembalian", null=True, editable=False)
    outcome = models.TextField("hasil", max_length=2000, blank=True, editable=False)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")

    objects = RemedyQuerySet.as_manager()

    class Meta:
        verbose_name = "penyelesaian"
        verbose_name_plural = "penyelesaian"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["accountability"],
                condition=Q(state__in=["open", "reported"]),
                name="remedy_one_open",
                violation_error_message="Penyelesaian untuk pembelian ini masih berjalan.",
            ),
            models.CheckConstraint(
                name="remedy_ended_by_somebody",
                condition=Q(state__in=["open", "reported"], ended_at=None)
                | Q(state__in=["done", "failed"], ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="remedy_refund_with_proof",
                condition=~Q(state="done", kind="reduction") & Q(refunded=None)
                | Q(refunded__gt=0, refunded_on__isnull=False, proof__isnull=False, kind="reduction", state="done")
                & ~Q(refund_number=""),
            ),
        )
        indexes = (models.Index(fields=["village"], name="remedy_open", condition=Q(state__in=["open", "reported"])),)

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_absolute_url(self) -> str:
        return reverse("remedy", args=[self.code])

    @property
    def need(self) -> Any:
        return self.accountability.contract.need

    @property
    def is_overdue(self) -> bool:
        return self.state in ("open", "reported") and local_today(self.village) > self.due_on

    @property
    def turn(self) -> str:
        """Whose turn it is, in words."""
        if self.state == "reported":
            return "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"
        return self.TURN[self.Kind(self.kind)] if self.state == "open" else ""

    @property
    def status_sentence(self) -> str:
        if self.state == "done":
            paid_back = f": {rupiah(self.refunded)} kembali ke Rekening Kas Desa" if self.refunded else ""
            following = " Musdes berikutnya dapat diadakan." if self.accountability.state == "musdes" else ""
            return f"{self.get_kind_display()} selesai{paid_back}.{following}"
        if self.state == "failed":
            return f"{self.get_kind_display()} tidak berhasil; pilih cara lain."
        if self.state == "reported":
            return "Penyedia melaporkan perbaikan; menunggu pemeriksaan PKA."
        late = "; sudah lewat batas waktu" if self.is_overdue else ""
        return f"{self.get_kind_display()} berjalan, paling lambat {tanggal_sedang(self.due_on)}{late}."

    def open_moves(self, user: Any) -> list[OpenMove]:
        """Only the steps of the way that was chosen."""
        return [each for each in super().open_moves(user) if self.OF_KIND.get(each.verb, self.kind) == self.kind]

    # --- who may ----------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        membership = people.acting(user, *self.CHOOSERS, at=self.accountability.contract.village_id)
        if not membership:
            return Denied("Cara penyelesaian dipilih oleh Kasi/Kaur (PKA) atau Kepala Desa; pendamping hanya membantu.")
        if self.accountability.state != "refused":
            return Denied("Cara penyelesaian dipilih setelah Musdes belum menerima hasil pekerjaan.")
        return Allowed(membership)

    def may(self, verb: str, user: Any) -> Verdict:
        """Steps of another way than the chosen one are refused, whoever asks."""
        needed = self.OF_KIND.get(verb, self.kind)
        if needed != self.kind:
            return Denied(f"Langkah ini untuk {self.Kind(needed).label.lower()}.")
        return super().may(verb, user)

    def _holder(self, user: Any, sentence: str, *roles: Role) -> Verdict:
        membership = people.acting(user, *roles, at=self.village_id)
        return Allowed(membership) if membership else Denied(sentence)

    def may_report(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.accountability.contract.provider_id)
        return Allowed(membership) if membership else Denied("Perbaikan dilaporkan oleh penyedia yang mengerjakannya.")

    def may_confirm_repair(self, user: Any) -> Verdict:
        return self._holder(
            user, "Perbaikan diperiksa oleh Kasi/Kaur (PKA) yang menandatangani kontrak.", Role.ACTIVITY_MANAGER
        )

    may_give_back = may_confirm_repair

    def may_record_refund(self, user: Any) -> Verdict:
        return self._holder(user, "Pengembalian ke kas desa dicatat oleh Kaur Keuangan.", Role.VILLAGE_TREASURER)

    def may_record_step(self, user: Any) -> Verdict:
        return self._holder(user, "Langkah penyelesaian dicatat oleh PKA atau Kepala Desa.", *self.CHOOSERS)

    def may_settle(self, user: Any) -> Verdict:
        return self._holder(user, "Hasil penyelesaian perselisihan dicatat oleh Kepala Desa.", Role.VILLAGE_HEAD)

    def may_give_up(self, user: Any) -> Verdict:
        return self._holder(user, "Penyelesaian dinyatakan tidak berhasil oleh PKA atau Kepala Desa.", *self.CHOOSERS)


class RemedyStep(models.Model):
    """What was done on the way: a report of the provider, what was sent back, a round of talks. Never changed."""

    class Stage(models.TextChoices):
        REPORT = "report", "Laporan perbaikan"
        RETURN = "return", "Dikembalikan"
        TALKS = "talks", "Musyawarah para pihak"
        LED = "led", "Musyawarah dipimpin Kepala Desa"
        FURTHER = "further", "Layanan penyelesaian sengketa atau pengadilan"

    PATH = (Stage.TALKS, Stage.LED, Stage.FURTHER)  # of a dispute, one after the other

    remedy = models.ForeignKey(Remedy, models.PROTECT, related_name="steps")
    stage = models.CharField("langkah", max_length=8, choices=Stage.choices)
    on = models.DateField("tanggal")
    note = models.TextField("uraian", max_length=2000)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "langkah penyelesaian"
        verbose_name_plural = "langkah penyelesaian"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.get_stage_display()
