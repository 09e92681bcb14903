from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from core.formats import bulan_tahun
from core.models import Document, Job
from core.workflow import Allowed, Denied, Move, OpenMove, Verdict, born, moves, moving, refuse_unless
from monitoring.models.figure import READERS
from monitoring.period import Period
from regions.models import Area, Level
from regions.scope import within

# Who may ask for a report, and who puts it out, by the level of its area.
ASKING: dict[str, tuple[Role, ...]] = {
    Level.REGENCY: (Role.REGENCY_OFFICE, Role.POKJA_CHAIR, Role.TAPM, Role.MINISTRY),
    Level.PROVINCE: (Role.PROVINCE_OFFICE, Role.MINISTRY),
}
ISSUING: dict[str, tuple[Role, ...]] = {
    Level.REGENCY: (Role.REGENCY_OFFICE, Role.POKJA_CHAIR),
    Level.PROVINCE: (Role.PROVINCE_OFFICE,),
}


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Reports of one's office's territory: the regency's own, its province's, the ministry's."""
        return self.filter(within("area", people.territories(user, *READERS)))

    def waiting_for(self, user: Any) -> Self:
        """Assembled and final, and not yet put out by the office it belongs to."""
        regency = Q(area__level=Level.REGENCY) & within("area", people.territories(user, *ISSUING[Level.REGENCY]))
        province = Q(area__level=Level.PROVINCE) & within("area", people.territories(user, *ISSUING[Level.PROVINCE]))
        return self.filter(regency | province, state="ready", provisional=False).current()

    def current(self) -> Self:
        """Without those that a later revision replaced."""
        later = Report.objects.filter(
            area=OuterRef("area"), month=OuterRef("month"), provisional=False, revision__gt=OuterRef("revision")
        )
        return self.filter(Q(provisional=True) | ~Exists(later))

    def final(self, area: str, month: dt.date) -> Report | None:
        """The newest report of a month that is over."""
        return self.filter(area_id=area, month=month, provisional=False).order_by("-revision").first()


class Report(Document):
    """The monthly report of a kabupaten or a province: made once, frozen, and corrected only by a revision.

    `snapshot` is everything the paper says. A month that still runs can only be printed "sementara".
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Sedang Disusun"
        READY = "ready", "Selesai Disusun"
        ISSUED = "issued", "Diterbitkan"

    MOVES = moves(
        Move("assemble", ("queued",), "ready", "Susun", "Selesai disusun", inner=True),
        Move(
            "issue",
            ("ready",),
            "issued",
            "Terbitkan Laporan",
            "Laporan diterbitkan",
            confirm="Setelah diterbitkan, laporan hanya dapat diperbaiki dengan revisi.",
        ),
        Move("revise", ("ready", "issued"), None, "Buat Revisi", "Revisi dibuat", tone="secondary"),
        Move("rebuild", ("ready",), "queued", "Susun Ulang", "Disusun ulang", tone="secondary"),
    )
    TONES = {"queued": "wait", "ready": "info", "issued": "good"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.QUEUED, editable=False)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="wilayah", related_name="+")
    month = models.DateField("bulan")
    provisional = models.BooleanField("sementara", default=False)
    revision = models.PositiveSmallIntegerField("revisi", default=0)
    reason = models.TextField("alasan revisi", max_length=1000, blank=True)
    snapshot = models.JSONField(null=True, editable=False)
    build = models.PositiveSmallIntegerField(default=0, editable=False)  # how often a provisional one was assembled
    assembled_at = models.DateTimeField("disusun", null=True, editable=False)
    issued_at = models.DateTimeField("diterbitkan", null=True, editable=False)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "laporan bulanan"
        verbose_name_plural = "laporan bulanan"
        ordering = ("-month", "area", "-revision")
        indexes = (models.Index(fields=["area", "-month"], name="report_area_month"),)
        constraints = (
            models.UniqueConstraint(
                fields=["area", "month", "revision"],
                condition=Q(provisional=False),
                name="report_once_a_month",
                violation_error_message="Laporan bulan ini sudah ada.",
            ),
            models.UniqueConstraint(
                fields=["area", "month"],
                condition=Q(provisional=True),
                name="report_provisional_once",
                violation_error_message="Laporan sementara bulan ini sudah ada.",
            ),
            models.CheckConstraint(name="report_month_begins_on_first", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="report_revision_has_reason", condition=Q(revision=0) | Q(provisional=False) & ~Q(reason="")
            ),
            models.CheckConstraint(
                name="report_ready_has_content",
                condition=Q(state="queued") | Q(snapshot__isnull=False, assembled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="report_issued_is_signed",
                condition=Q(state="issued", issued_at__isnull=False, issued_by__isnull=False, provisional=False)
                | ~Q(state="issued") & Q(issued_at=None, issued_by=None),
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.code])

    @property
    def period(self) -> Period:
        return Period.of(self.month, self.area.tzinfo)

    @property
    def area_name(self) -> str:
        return self.area.name if self.area.level == Level.REGENCY else f"Provinsi {self.area.name}"

    @property
    def title(self) -> str:
        """Laporan Bulanan P2KTD Kabupaten Lombok Tengah, Oktober 2026 (revisi ke-1)."""
        tail = " (sementara)" if self.provisional else f" (revisi ke-{self.revision})" if self.revision else ""
        return f"Laporan Bulanan P2KTD {self.area_name}, {bulan_tahun(self.month)}{tail}"

    @property
    def status_sentence(self) -> str:
        return {
            "queued": "Laporan sedang disusun.",
            "ready": "Laporan sementara; angkanya masih berubah sampai bulan berakhir."
            if self.provisional
            else "Isi laporan sudah tetap; menunggu diterbitkan.",
            "issued": "Laporan diterbitkan.",
        }[self.state]

    @property
    def replaced_by(self) -> Report | None:
        """The later revision, if there is one."""
        if self.provisional:
            return None
        final = Report.objects.final(self.area_id, self.month)
        return final if final is not None and final.revision > self.revision else None

    def open_moves(self, user: Any) -> list[OpenMove]:
        """Without what does not apply to this kind of report."""
        hidden = ("issue", "revise") if self.provisional else ("rebuild",)
        return [move for move in super().open_moves(user) if move.verb not in hidden]

    # --- who may ----------------------------------------------------------------------------------
    def _asker(self, user: Any) -> Verdict:
        roles = ASKING.get(self.area.level, ())
        membership = people.acting(user, *roles, at=self.area_id) if roles else None
        if membership:
            return Allowed(membership)
        who = "Dinas PMD, Ketua Pokja, TAPM" if self.area.level == Level.REGENCY else "Satker Provinsi"
        return Denied(f"Laporan ini disusun oleh {who}, atau kementerian.")

    def may_create(self, user: Any) -> Verdict:
        return Allowed() if user is None else self._asker(user)

    def may_assemble(self, user: Any) -> Verdict:
        return Allowed() if user is None else Denied("Laporan disusun oleh sistem.")

    def may_issue(self, user: Any) -> Verdict:
        roles = ISSUING.get(self.area.level, ())
        membership = people.acting(user, *roles, at=self.area_id) if roles else None
        if not membership:
            who = "Dinas PMD atau Ketua Pokja" if self.area.level == Level.REGENCY else "Satker Provinsi"
            return Denied(f"Laporan diterbitkan oleh {who}.")
        if self.provisional:
            return Denied("Laporan sementara tidak diterbitkan; bulan ini belum berakhir.")
        if self.replaced_by:
            return Denied("Laporan ini sudah digantikan oleh revisinya.")
        return Allowed(membership)

    def may_revise(self, user: Any) -> Verdict:
        verdict = self._asker(user)
        if verdict and self.provisional:
            return Denied("Laporan sementara tidak direvisi; susun ulang saja.")
        if verdict and self.replaced_by:
            return Denied("Laporan ini sudah digantikan oleh revisinya; revisi dibuat dari yang terbaru.")
        return verdict

    def may_rebuild(self, user: Any) -> Verdict:
        verdict = self._asker(user)
        if verdict and not self.provisional:
            return Denied("Isi laporan ini sudah tetap; perbaikan dilakukan dengan revisi.")
        if verdict and self.period.is_over:
            return Denied("Bulan ini sudah berakhir; susun laporan bulanannya.")
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    def request(self, *, by: Any) -> Report:
        """Ask for the report of this area and month; the one that exists already is given back as it is."""
        refuse_unless(self.area.level in ASKING, "Laporan bulanan disusun untuk kabupaten/kota atau provinsi.")
        self.month = self.month.replace(day=1)
        period = self.period
        refuse_unless(period.now >= period.start, "Bulan ini belum dimulai.")
        self.provisional = not period.is_over
        same = Report.objects.filter(area=self.area, month=self.month, provisional=self.provisional)
        if existing := same.order_by("-revision").first():
            verdict = existing.may_create(by)
            refuse_unless(verdict, verdict.reason)
            return existing
        try:
            with transaction.atomic():
                self._begin(by)
        except (IntegrityError, ValidationError):  # someone asked at the same moment, and was first
            if first := same.order_by("-revision").first():
                return first
            raise
        return self

    def _begin(self, by: Any) -> None:
        self.requested_by = by
        born(self, by=by, verdict=self.may_create(by), note=self.reason)
        self._queue()

    def _queue(self) -> None:
        Job.objects.enqueue("monitoring.assemble_report", key=f"report:{self.pk}:{self.build}", report=self.pk)

    def assemble(self, *, by: Any, snapshot: dict[str, Any]) -> None:
        """The system freezes what the paper says."""
        with moving(self, "assemble", by=by):
            self.snapshot, self.assembled_at = snapshot, timezone.now()

    def issue(self, *, by: Any) -> None:
        """The office puts the report out."""
        with moving(self, "issue", by=by):
            self.issued_at, self.issued_by = timezone.now(), by

    def revise(self, *, by: Any, reason: str) -> Report:
        """Something was wrong or came late: "revisi ke-n" with fresh figures. This one stays as it is."""
        with moving(self, "revise", by=by, note=reason) as facts:
            refuse_unless(reason.strip(), "Tulis alasan revisi.")
            later = Report(area=self.area, month=self.month, revision=self.revision + 1, reason=reason.strip())
            later._begin(by)
            facts["revision"] = later.code
        return later

    def rebuild(self, *, by: Any) -> None:
        """The month still runs: take the figures of this moment."""
        with moving(self, "rebuild", by=by):
            self.build += 1
        self._queue()

    def clean(self) -> None:
        if self.area.level not in ASKING:
            raise ValidationError({"area": "Pilih kabupaten/kota atau provinsi."})


class LetterheadQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The office's own; the ministry sees all."""
        return self.filter(within("area", people.territories(user, *LETTERHEAD_KEEPERS)))


LETTERHEAD_KEEPERS = (Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY)


class Letterhead(models.Model):
    """What an office prints at the head of its letters, where it differs from the usual."""

    area = models.OneToOneField(Area, models.PROTECT, verbose_name="wilayah", related_name="letterhead")
    office = models.CharField("nama dinas", max_length=120, blank=True)
    address = models.CharField("alamat, telepon, dan kode pos", max_length=250, blank=True)
    city = models.CharField("tempat penandatanganan", max_length=80, blank=True)

    objects = LetterheadQuerySet.as_manager()

    class Meta:
        verbose_name = "kop surat"
        verbose_name_plural = "kop surat"

    def __str__(self) -> str:
        return self.area.label
