from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts import people
from accounts.models import Provider
from accounts.models.membership import Role
from core.formats import tanggal_sedang
from core.models import StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, moves
from regions.models import Area
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.handing import HandingOver
from transactions.models.need import in_office, local_today
from transactions.models.quotation import Quotation
from transactions.models.signing import Signing
from transactions.models.sourcing import Sourcing
from transactions.models.working import Working

OPEN = ("drafted", "issued", "provider_signed", "running", "inspection", "inspected")


class ContractQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Both parties, and who helps and oversees the village."""
        return self.filter(in_office(user, need="sourcing__need") | Q(provider__in=people.providers(user)))

    def waiting_for(self, user: Any) -> Self:
        """Whose turn it is: the manager drafts, countersigns, inspects and takes over; the provider signs and works."""
        manager = within("village", people.territories(user, Role.ACTIVITY_MANAGER))
        owner = Q(provider__in=people.providers(user))
        return self.filter(
            Q(state__in=["drafted", "provider_signed", "inspection", "inspected"]) & manager
            | Q(state__in=["issued", "running"]) & owner
        )


class Contract(Signing, Working, HandingOver, OrderDocument):
    """The SPK between a village and a provider, frozen when issued; then work, inspection and hand-over.

    `snapshot` holds text, names and figures as they were signed, `snapshot_sha256` its fingerprint.
    """

    class State(models.TextChoices):
        DRAFTED = "drafted", "Kontrak Disiapkan"
        ISSUED = "issued", "Menunggu Tanda Tangan Penyedia"
        PROVIDER_SIGNED = "provider_signed", "Menunggu Tanda Tangan Desa"
        RUNNING = "running", "Berjalan"
        INSPECTION = "inspection", "Menunggu Pemeriksaan"
        INSPECTED = "inspected", "Hasil Pekerjaan Diterima"
        HANDED_OVER = "handed_over", "Serah Terima"
        TERMINATED = "terminated", "Putus Kontrak"

    MOVES = moves(
        Move("issue", ("drafted",), "issued", "Terbitkan SPK", "SPK diterbitkan"),
        Move(
            "sign_for_provider",
            ("issued",),
            "provider_signed",
            "Unggah SPK Bertanda Tangan",
            "Penyedia menandatangani SPK",
        ),
        Move(
            "sign_for_village",
            ("provider_signed",),
            "running",
            "Unggah SPK Bertanda Tangan Desa",
            "Desa menandatangani SPK",
        ),
        Move("report_progress", ("running",), None, "Laporkan Kemajuan", "Kemajuan dilaporkan"),
        Move(
            "request_inspection",
            ("running",),
            "inspection",
            "Minta Pemeriksaan",
            "Pemeriksaan diminta",
            tone="secondary",
        ),
        Move("ask_repair", ("inspection",), "running", "Minta Perbaikan", "Perbaikan diminta", tone="secondary"),
        Move("accept_work", ("inspection",), "inspected", "Terima Hasil Pekerjaan", "Hasil pekerjaan diterima"),
        Move("hand_over", ("inspected",), "handed_over", "Catat Serah Terima (BAST)", "Diserahterimakan"),
        Move(
            "attach_handover_scan",
            ("handed_over",),
            None,
            "Unggah Pindaian BAST",
            "Pindaian BAST diunggah",
            tone="secondary",
        ),
        Move(
            "terminate",
            ("drafted", "issued", "provider_signed", "running", "inspection"),
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
        "drafted": "Kasi/Kaur (Pelaksana Kegiatan Anggaran)",
        "issued": "Penyedia",
        "provider_signed": "Kasi/Kaur (Pelaksana Kegiatan Anggaran)",
        "running": "Penyedia",
        "inspection": "Kasi/Kaur (Pelaksana Kegiatan Anggaran)",
        "inspected": "Kasi/Kaur (Pelaksana Kegiatan Anggaran)",
    }
    TONES = {
        "drafted": "neutral",
        "issued": "wait",
        "provider_signed": "wait",
        "running": "info",
        "inspection": "wait",
        "inspected": "info",
        "handed_over": "good",
        "terminated": "bad",
    }

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFTED, editable=False)
    # Several only when a winner withdrew before the village signed: all but the last are terminated.
    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="contracts", related_query_name="contract")
    quotation = models.OneToOneField(Quotation, models.PROTECT, related_name="contract")
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    provider = models.ForeignKey(Provider, models.PROTECT, verbose_name="penyedia", related_name="contracts")
    number = models.CharField("nomor SPK", max_length=100, blank=True)
    signed_on = models.DateField("tanggal SPK", null=True, blank=True)
    value = models.BigIntegerField("nilai kontrak")
    starts_on = models.DateField("mulai pelaksanaan", null=True, blank=True)
    ends_on = models.DateField("selesai pelaksanaan", null=True, blank=True)
    snapshot = models.JSONField(null=True, editable=False)
    snapshot_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    provider_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    provider_signed_at = models.DateTimeField(null=True, editable=False)
    village_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    village_signed_at = models.DateTimeField(null=True, editable=False)
    percent = models.PositiveSmallIntegerField("kemajuan (persen)", default=0, editable=False)
    inspection_note = models.TextField("hasil pemeriksaan", blank=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    handover_number = models.CharField("nomor BAST", max_length=100, blank=True)
    handover_on = models.DateField("tanggal serah terima", null=True, blank=True)
    handover_place = models.CharField("tempat serah terima", max_length=150, blank=True)
    handover_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")

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
                condition=~Q(state="handed_over") | Q(handover_on__isnull=False) & ~Q(handover_number=""),
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
                fields=["handover_on"],
                include=["id", "village", "value", "signed_on", "ends_on", "state", "state_since", "village_signed_at"],
                name="contract_handover",
            ),
            models.Index(fields=["id"], include=["village"], name="contract_place"),
            models.Index(  # and those of one kabupaten off this one
                fields=["village"],
                include=[
                    "id",
                    "sourcing",
                    "value",
                    "signed_on",
                    "handover_on",
                    "ends_on",
                    "state",
                    "state_since",
                    "village_signed_at",
                ],
                name="contract_figures",
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
            "drafted": "Pemenang ditetapkan; SPK disiapkan.",
            "issued": "SPK terbit; menunggu pindaian yang ditandatangani penyedia.",
            "provider_signed": "Penyedia sudah menandatangani; menunggu tanda tangan desa.",
            "running": f"Pekerjaan berjalan, kemajuan {self.percent} %; selesai paling lambat {tanggal_sedang(self.ends_on)}.",
            "inspection": "Penyedia meminta pemeriksaan hasil pekerjaan.",
            "inspected": "Hasil pekerjaan diterima; menunggu serah terima (BAST).",
            "handed_over": "Hasil pekerjaan sudah diserahterimakan.",
            "terminated": "Kontrak diputus.",
        }[self.state]

    @property
    def paid(self) -> int:
        """What was paid of it so far, gross, in whole rupiah."""
        return int(self.payments.aggregate(total=models.Sum("gross"))["total"] or 0)

    @property
    def is_paid(self) -> bool:
        """To the last rupiah."""
        return self.paid == self.value

    @property
    def is_late(self) -> bool:
        """The agreed end has passed and the work is not handed over. The end itself never moves."""
        open_states = ("issued", "provider_signed", "running", "inspection", "inspected")
        return bool(self.ends_on and self.state in open_states and local_today(self.village) > self.ends_on)

    # --- who may ----------------------------------------------------------------------------------
    def _manager(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.ACTIVITY_MANAGER, at=self.village_id)
        if not membership:
            return Denied("Langkah ini dilakukan oleh Kasi/Kaur (Pelaksana Kegiatan Anggaran) desa ini.")
        if self.provider_id in people.providers(user):
            return Denied("Anda bekerja pada penyedia ini, jadi tidak dapat bertindak untuk desa dalam kontraknya.")
        return Allowed(membership)

    def _owner(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.provider_id)
        return Allowed(membership) if membership else Denied("Langkah ini dilakukan oleh penyedia.")

    may_issue = may_sign_for_village = may_ask_repair = may_accept_work = may_hand_over = may_terminate = _manager
    may_sign_for_provider = may_report_progress = _owner

    def may_request_inspection(self, user: Any) -> Verdict:
        verdict = self._owner(user)
        if verdict and self.percent < 100:
            return Denied("Pemeriksaan diminta setelah kemajuan dilaporkan 100 %.")
        return verdict

    def may_attach_handover_scan(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.ACTIVITY_MANAGER, Role.VILLAGE_OPERATOR, at=self.village_id)
        if not membership:
            return Denied("Pindaian BAST diunggah oleh Kasi/Kaur atau operator desa.")
        account = getattr(self, "accountability", None)
        if account is not None and account.state == "closed":
            return Denied("Pembelian sudah ditutup; berkasnya tidak berubah lagi.")
        return Allowed(membership)
