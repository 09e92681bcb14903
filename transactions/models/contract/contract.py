from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.urls import reverse

from accounts import people
from accounts.models import Provider
from accounts.models.membership import Role
from core.clock import local_today
from core.documents import thaw
from core.fields import EncryptedTextField
from core.formats import rupiah, tanggal_sedang
from core.models import StoredFile
from core.workflow import Move, moves
from regions.models import Area
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.contract.conditions import Cause, Kind
from transactions.models.contract.guards import Guards
from transactions.models.contract.handing import HandingOver, day_handed
from transactions.models.contract.owing import Owing
from transactions.models.contract.signing import Signing
from transactions.models.contract.working import Working
from transactions.models.seeing import in_office
from transactions.models.sourcing.quotation import Quotation
from transactions.models.sourcing.sourcing import Sourcing

OPEN = ("drafted", "issued", "provider_signed", "running", "inspection", "inspected", "received")
FINISHED = ("inspected", "received", "handed_over")  # the whole work is accepted
IN_WORK = ("running", "inspection")  # both signed, and the work goes on
IN_FORCE = (*IN_WORK, "inspected", "received")  # both signed, and not yet with the village head
MANAGER = "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"


class ContractQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Both parties, and who helps and oversees the village."""
        return self.filter(in_office(user, need="sourcing__need") | Q(provider__in=people.providers(user)))

    def waiting_for(self, user: Any) -> Self:
        """Whose turn it is: the manager drafts, countersigns, inspects, takes over and hands on; the provider signs and
        works; the village head takes over from the manager."""
        manager = within("village", people.territories(user, Role.ACTIVITY_MANAGER))
        head = within("village", people.territories(user, Role.VILLAGE_HEAD))
        owner = Q(provider__in=people.providers(user))
        return self.filter(
            Q(state__in=["drafted", "provider_signed", "inspection", "inspected"]) & manager
            | Q(state="received", head_handover_on=None) & manager
            | Q(state="received", head_handover_on__isnull=False) & head
            | Q(state__in=["issued", "running"]) & owner
            | self.unasked() & manager
        )

    @staticmethod
    def unasked() -> Q:
        """Ended early, and owes for work that was done what no request asks for yet."""
        from transactions.models.payment.payment import Payment
        from transactions.models.payment.payment_request import PaymentRequest

        asked = _sum(PaymentRequest.objects.living(), "amount") + _sum(Payment.objects.filter(request=None), "gross")
        done = GreaterThan(F("value") * F("termination_percent") / 100, asked)
        return Q(state="terminated", termination_percent__gt=0) & Q(done)


def _sum(rows: models.QuerySet, amount: str) -> Coalesce:
    """Their amounts together, for each contract, in whole rupiah."""
    found = rows.filter(contract=OuterRef("pk")).order_by().values("contract").annotate(total=Sum(amount))
    return Coalesce(Subquery(found.values("total")), 0, output_field=models.BigIntegerField())


class Contract(Owing, Guards, Signing, Working, HandingOver, OrderDocument):
    """What a village and a provider signed, frozen when issued; then work, inspection and the two hand-overs.

    `snapshot` holds text, names and figures as they were signed, `snapshot_sha256` its fingerprint. `value` and
    `ends_on` are as they are now: a signed addendum changes them, nothing else. Amounts are whole rupiah.
    """

    class State(models.TextChoices):
        DRAFTED = "drafted", "Kontrak Disiapkan"
        ISSUED = "issued", "Menunggu Tanda Tangan Penyedia"
        PROVIDER_SIGNED = "provider_signed", "Menunggu Tanda Tangan Desa"
        RUNNING = "running", "Berjalan"
        INSPECTION = "inspection", "Menunggu Pemeriksaan"
        INSPECTED = "inspected", "Hasil Pekerjaan Diterima"
        RECEIVED = "received", "Diserahkan kepada Kasi/Kaur"
        HANDED_OVER = "handed_over", "Serah Terima"
        TERMINATED = "terminated", "Putus Kontrak"

    MOVES = moves(
        Move("issue", ("drafted",), "issued", "Terbitkan Kontrak", "Kontrak diterbitkan"),
        Move(
            "recall",
            ("issued",),
            "drafted",
            "Perbaiki Kontrak",
            "Ditarik untuk diperbaiki",
            tone="secondary",
            confirm="Kontrak kembali disiapkan dengan isian yang sama; perbaiki, lalu terbitkan lagi. Cetakannya tidak berlaku.",
        ),
        Move(
            "sign_for_provider",
            ("issued",),
            "provider_signed",
            "Unggah Kontrak Bertanda Tangan",
            "Penyedia menandatangani kontrak",
        ),
        Move(
            "sign_for_village",
            ("provider_signed",),
            "running",
            "Unggah Kontrak Bertanda Tangan Desa",
            "Desa menandatangani kontrak",
        ),
        Move("report_progress", ("running",), None, "Laporkan Kemajuan", "Kemajuan dilaporkan"),
        Move("record_training", ("running",), None, "Catat Pertemuan Pelatihan", "Pertemuan dicatat", tone="secondary"),
        Move(
            "request_inspection",
            ("running",),
            "inspection",
            "Minta Pemeriksaan",
            "Pemeriksaan diminta",
            tone="secondary",
        ),
        Move("ask_repair", ("inspection",), "running", "Minta Perbaikan", "Perbaikan diminta", tone="secondary"),
        Move("accept_part", ("inspection",), "running", "Terima Sebagian", "Sebagian hasil pekerjaan diterima"),
        Move("accept_work", ("inspection",), "inspected", "Terima Hasil Pekerjaan", "Hasil pekerjaan diterima"),
        Move(
            "send_back",
            ("inspected", "received"),
            "running",
            "Kembalikan untuk Diperbaiki",
            "Hasil pekerjaan dikembalikan untuk diperbaiki",
            tone="secondary",
        ),
        Move("hand_over", ("inspected",), "received", "Catat Serah Terima (BAST)", "Diserahterimakan kepada Kasi/Kaur"),
        Move(
            "attach_handover_scan",
            ("received", "handed_over"),
            None,
            "Unggah Pindaian BAST",
            "Pindaian BAST diunggah",
            tone="secondary",
        ),
        Move("hand_to_head", ("received",), None, "Serahkan kepada Kepala Desa", "BAST kepada Kepala Desa dicatat"),
        Move(
            "confirm_handover",
            ("received",),
            "handed_over",
            "Nyatakan Sudah Menerima",
            "Kepala Desa menerima hasil pekerjaan",
            confirm="Setelah ini pertanggungjawaban dimulai: pembayaran terakhir dan Musdes.",
        ),
        Move(
            "attach_head_scan",
            ("received", "handed_over"),
            None,
            "Unggah Pindaian BAST Kepala Desa",
            "Pindaian BAST Kepala Desa diunggah",
            tone="secondary",
        ),
        Move("change", IN_WORK, None, "Ubah dengan Adendum", "Kontrak berubah dengan adendum", inner=True),
        Move(
            "terminate",
            ("drafted", "issued", "provider_signed", *IN_FORCE),
            "terminated",
            "Putus Kontrak",
            "Kontrak diputus",
            tone="danger",
            confirm="Kontrak yang diputus tidak dapat dilanjutkan; kebutuhannya dapat diadakan lagi.",
        ),
        Move(
            "fall",
            ("drafted", "issued", "provider_signed"),
            "terminated",
            "Gugurkan",
            "Gugur sebelum berlaku",
            tone="danger",
            inner=True,
        ),
    )
    TURN = {
        "drafted": MANAGER,
        "issued": "Penyedia",
        "provider_signed": MANAGER,
        "running": "Penyedia",
        "inspection": MANAGER,
        "inspected": MANAGER,
        "received": MANAGER,
    }
    TONES = {
        "drafted": "neutral",
        "issued": "wait",
        "provider_signed": "wait",
        "running": "info",
        "inspection": "wait",
        "inspected": "info",
        "received": "info",
        "handed_over": "good",
        "terminated": "bad",
    }

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFTED, editable=False)
    # Several only when a winner withdrew before the village signed: all but the last are terminated.
    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="contracts", related_query_name="contract")
    quotation = models.OneToOneField(Quotation, models.PROTECT, related_name="contract")
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    provider = models.ForeignKey(Provider, models.PROTECT, verbose_name="penyedia", related_name="contracts")
    kind = models.CharField(
        "jenis kontrak", max_length=12, choices=Kind.choices, default=Kind.SPK, db_default=Kind.SPK, editable=False
    )
    number = models.CharField("nomor kontrak", max_length=100, blank=True)
    signed_on = models.DateField("tanggal kontrak", null=True, blank=True)
    value = models.BigIntegerField("nilai kontrak")
    starts_on = models.DateField("mulai pelaksanaan", null=True, blank=True)
    ends_on = models.DateField("selesai pelaksanaan", null=True, blank=True)
    snapshot = models.JSONField(null=True, editable=False)
    snapshot_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    # As they were agreed. Encrypted, and not in the snapshot, which keeps their last four characters.
    provider_account = EncryptedTextField("nomor rekening penyedia", max_length=30, null=True, editable=False)
    provider_npwp = EncryptedTextField("NPWP penyedia", max_length=16, null=True, editable=False)
    provider_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    provider_signed_at = models.DateTimeField(null=True, editable=False)
    village_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    village_signed_at = models.DateTimeField(null=True, editable=False)
    percent = models.PositiveSmallIntegerField("kemajuan (persen)", default=0, editable=False)
    accepted_part = models.PositiveSmallIntegerField(
        "diterima sebagian (persen)", default=0, db_default=0, editable=False
    )
    inspection_note = models.TextField("hasil pemeriksaan", blank=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    handover_number = models.CharField("nomor BAST", max_length=100, blank=True)
    handover_on = models.DateField("tanggal serah terima", null=True, blank=True)
    handover_place = models.CharField("tempat serah terima", max_length=150, blank=True)
    handover_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    late_days = models.PositiveIntegerField("hari terlambat", null=True, editable=False)
    fine_proposed = models.BigIntegerField("denda menurut kontrak", default=0, db_default=0, editable=False)
    fine = models.BigIntegerField("denda", default=0, db_default=0, editable=False)
    fine_reason = models.TextField("alasan keringanan denda", default="", db_default="", blank=True, editable=False)
    head_handover_number = models.CharField(
        "nomor BAST kepada Kepala Desa", max_length=100, default="", db_default="", blank=True
    )
    head_handover_on = models.DateField("tanggal serah terima kepada Kepala Desa", null=True, blank=True)
    head_handover_place = models.CharField("tempat", max_length=150, default="", db_default="", blank=True)
    head_handover_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    termination_cause = models.CharField(
        "sebab pemutusan", max_length=12, choices=Cause.choices, default="", db_default="", blank=True, editable=False
    )
    termination_percent = models.PositiveSmallIntegerField("pekerjaan yang dibayar (persen)", null=True, editable=False)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = "kontrak"
        verbose_name_plural = "kontrak"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["sourcing"], condition=~Q(state="terminated"), name="contract_one_living_per_sourcing"
            ),
            models.CheckConstraint(name="contract_value_positive", condition=Q(value__gt=0)),
            models.CheckConstraint(name="contract_percent_in_range", condition=Q(percent__lte=100)),
            models.CheckConstraint(
                name="contract_issued_with_snapshot",
                condition=Q(state__in=["drafted", "terminated"])
                | Q(
                    snapshot__isnull=False,
                    signed_on__isnull=False,
                    starts_on__isnull=False,
                    ends_on__gte=F("starts_on"),
                )
                & ~Q(number=""),
            ),
            models.CheckConstraint(
                name="contract_runs_with_both_signatures",
                condition=Q(state__in=["drafted", "issued", "provider_signed", "terminated"])
                | Q(provider_scan__isnull=False, village_scan__isnull=False),
            ),
            models.CheckConstraint(
                name="contract_handed_over_with_bast",
                condition=~Q(state__in=["received", "handed_over"])
                | Q(handover_on__isnull=False) & ~Q(handover_number=""),
            ),
            models.CheckConstraint(
                name="contract_fine_and_parts_in_range",
                condition=Q(fine__gte=0, fine__lte=F("fine_proposed"), accepted_part__lte=100)
                & (Q(termination_percent=None) | Q(termination_percent__lte=100))
                & (Q(head_handover_on=None) | Q(handover_on__isnull=False) & ~Q(head_handover_number="")),
            ),
        )
        # The months are counted off these alone (monitoring.counting): a row is as long as its frozen text, and a
        # national count would read three gigabytes of it for its figures.
        indexes = (
            models.Index(
                fields=["signed_on"],
                include=["id", "village", "value", "village_signed_at", "sourcing"],
                name="contract_signed",
            ),
            models.Index(
                day_handed(),
                include=[
                    "id",
                    "village",
                    "value",
                    "signed_on",
                    "head_handover_on",
                    "handover_on",
                    "ends_on",
                    "state",
                    "state_since",
                    "village_signed_at",
                ],
                name="contract_handed",
            ),
            models.Index(fields=["id"], include=["village"], name="contract_place"),
            models.Index(  # and those of one kabupaten off this one
                fields=["village"],
                include=[
                    "id",
                    "sourcing",
                    "value",
                    "signed_on",
                    "head_handover_on",
                    "handover_on",
                    "ends_on",
                    "state",
                    "state_since",
                    "village_signed_at",
                ],
                name="contract_counted",
            ),
            models.Index(fields=["state_since"], name="contract_terminated", condition=Q(state="terminated")),
            models.Index(fields=["village"], name="contract_open", condition=Q(state__in=OPEN)),
        )

    def __str__(self) -> str:
        return self.number or self.code

    @property
    def need(self) -> Any:
        return self.sourcing.need

    @property
    def service(self) -> Any:
        """The service by which the provider was found and invited."""
        return self.sourcing.invitations.get(provider=self.provider_id).service

    def get_absolute_url(self) -> str:
        return self.need.get_absolute_url()

    def move_url(self, verb: str) -> str:
        return reverse("contract-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        return {
            "drafted": f"Pemenang ditetapkan; {self.get_kind_display()} disiapkan.",
            "issued": f"{self.get_kind_display()} terbit; menunggu pindaian yang ditandatangani penyedia.",
            "provider_signed": "Penyedia sudah menandatangani; menunggu tanda tangan desa.",
            "running": f"Pekerjaan berjalan, kemajuan {self.percent} %; selesai paling lambat {tanggal_sedang(self.ends_on)}.",
            "inspection": "Penyedia meminta pemeriksaan hasil pekerjaan.",
            "inspected": "Hasil pekerjaan diterima; menunggu serah terima (BAST).",
            "received": "Hasil pekerjaan diterima Kasi/Kaur; menunggu serah terima kepada Kepala Desa."
            if self.head_handover_on is None
            else "Hasil pekerjaan diserahkan kepada Kepala Desa; menunggu pernyataan menerima.",
            "handed_over": "Hasil pekerjaan sudah diserahterimakan.",
            "terminated": f"Kontrak diputus. {self.get_termination_cause_display()}.".replace(" .", "")
            + (f" Masih harus dibayar {rupiah(owed)}." if (owed := self.owed) else ""),
        }[self.state]

    @property
    def turn(self) -> str:
        """Whose turn it is."""
        if self.state == "received" and self.head_handover_on is not None:
            return "Kepala Desa"
        if self.state == "terminated":
            return MANAGER if self.unasked else ""
        return self.TURN.get(self.state, "")

    @property
    def accepted_percent(self) -> int:
        """How much of the work was inspected and accepted: all once the whole was, however long ago."""
        return 100 if self.state in FINISHED else self.accepted_part

    @property
    def open_inspection(self) -> Any:
        """The request for inspection that waits for its result; None when there is none."""
        return next((row for row in self.inspections.all() if not row.result), None)

    @property
    def repair_sentence(self) -> str:
        """What is to be repaired, and until when; empty while nothing is. Not part of `status_sentence`, since lists
        have no inspections at hand."""
        last = list(self.inspections.all())[-1:] if self.state == "running" else []
        if not last or last[0].result not in ("repair", "taken_back"):
            return ""
        due = f"; paling lambat {tanggal_sedang(last[0].repair_due_on)}" if last[0].repair_due_on else ""
        return f"Perbaikan diminta: {last[0].findings.rstrip('.')}{due}."

    @property
    def agreed(self) -> dict[str, Any]:
        """What the snapshot says, for a page: dates as dates, numbers as numbers."""
        said: dict[str, Any] = thaw(self.snapshot or {})
        return said

    @property
    def is_late(self) -> bool:
        """The agreed end has passed and the provider did not say by then that the work is done. The end never moves."""
        if self.ends_on is None or self.state not in ("issued", "provider_signed", *IN_WORK, "inspected"):
            return False
        return bool((self.finished_on or local_today(self.village)) > self.ends_on)
