from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import FACILITATOR_ROLES, Membership, Role
from core.clock import today
from core.formats import bulan_tahun
from core.models import Document, StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from monitoring.period import Period
from regions.models import Area, Level
from regions.scope import within

MOST_PHOTOS = 6

ActivityRow = tuple[dt.date, Area | None, str, int, int, str]  # day, village, what, men, women, result
ProblemRow = tuple[str, str]  # what is wrong, what is done about it


class FacilitatorReportQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """One's own; issued ones of those whom one supervises, and of one's regency."""
        if user is None or not user.is_authenticated:
            return self.none()
        pd = Q(role=Role.PLD) & within("area", people.territories(user, Role.PD))
        tapm = Q(role__in=[Role.PLD, Role.PD]) & within("area", people.territories(user, Role.TAPM))
        office = within("area", people.territories(user, Role.REGENCY_OFFICE))
        return self.filter(Q(author=user) | ~Q(state="draft") & (pd | tapm | office))

    def waiting_for(self, user: Any) -> Self:
        """One's own draft of a month that is over."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(author=user, state="draft", month__lt=today().replace(day=1))


class FacilitatorReport(Document):
    """What a PLD, PD or TAPM reports of a month: their villages' figures, which the system fills in, and their own words.

    `area` is the kecamatan (PLD, PD) or the kabupaten (TAPM). A draft shows live figures; issuing freezes them.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draf"
        ISSUED = "issued", "Selesai"

    MOVES = moves(
        Move("write", ("draft",), None, "Lengkapi Laporan", "Laporan dilengkapi", tone="secondary"),
        Move("issue", ("draft",), "issued", "Selesaikan dan Cetak", "Laporan selesai"),
        Move("revise", ("issued",), "draft", "Perbaiki Laporan", "Laporan diperbaiki", tone="secondary"),
    )
    TONES = {"draft": "neutral", "issued": "good"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in FACILITATOR_ROLES])
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="wilayah", related_name="+")
    month = models.DateField("bulan")
    plan = models.TextField("rencana bulan depan", max_length=3000, blank=True)
    notes = models.TextField("catatan dan rekomendasi", max_length=3000, blank=True)
    revision = models.PositiveSmallIntegerField("revisi", default=0, editable=False)
    reason = models.TextField("alasan perbaikan", max_length=1000, blank=True, editable=False)
    snapshot = models.JSONField(null=True, editable=False)
    issued_at = models.DateTimeField("diselesaikan", null=True, editable=False)

    objects = FacilitatorReportQuerySet.as_manager()

    class Meta:
        verbose_name = "laporan pendamping"
        verbose_name_plural = "laporan pendamping"
        ordering = ("-month", "-id")
        indexes = (models.Index(fields=["area", "-month"], name="facilitator_report_area"),)
        constraints = (
            models.UniqueConstraint(
                fields=["author", "role", "area", "month"],
                name="facilitator_report_once_a_month",
                violation_error_message="Laporan Anda untuk bulan ini sudah ada.",
            ),
            models.CheckConstraint(name="facilitator_report_month_begins_on_first", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="facilitator_report_issued_complete",
                condition=Q(state="draft") | Q(snapshot__isnull=False, issued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="facilitator_report_revision_has_reason", condition=Q(revision=0) | ~Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("facilitator-report", args=[self.code])

    @property
    def period(self) -> Period:
        return Period.of(self.month, self.area.tzinfo)

    @property
    def short_role(self) -> str:
        return {Role.PLD: "PLD", Role.PD: "PD", Role.TAPM: "TAPM"}[Role(self.role)]

    @property
    def title(self) -> str:
        tail = f" (perbaikan ke-{self.revision})" if self.revision else ""
        return f"Laporan Bulanan {self.short_role} {self.area.label}, {bulan_tahun(self.month)}{tail}"

    @property
    def status_sentence(self) -> str:
        if self.state == "draft":
            return "Draf; angka desa terisi sendiri dan terus diperbarui sampai laporan diselesaikan."
        return "Laporan selesai; isinya tetap."

    def territories(self) -> list[str]:
        """The villages of a PLD, the kecamatan of a PD, the kabupaten of a TAPM, as held in that month."""
        if self.role != Role.PLD:
            return [self.area_id]
        held = Membership.objects.filter(user=self.author, role=Role.PLD).filter(within("area", self.area_id))
        period = self.period
        held = held.filter(Q(ends_on=None) | Q(ends_on__gte=period.first), starts_on__lt=period.after)
        return list(held.order_by("area").values_list("area_id", flat=True).distinct())

    # --- who may ----------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        """The facilitator of that place: a PLD's area is the kecamatan of their villages."""
        for membership in people.memberships(user):
            if membership.role != self.role or not membership.area:
                continue
            if self.area_id in (membership.area_id, membership.area.district_code):
                return Allowed(membership)
        return Denied("Laporan ini dibuat oleh PLD, PD, atau TAPM wilayah ini.")

    def _author(self, user: Any) -> Verdict:
        if user is None or user.pk != self.author_id:
            return Denied("Laporan ini hanya dapat diisi oleh penyusunnya.")
        return self.may_create(user)

    may_write = may_issue = may_revise = _author

    # --- what they do -------------------------------------------------------------------------------
    def open(self, *, by: Any, activities: Iterable[ActivityRow] = ()) -> FacilitatorReport:
        """Begin the month's report, with the activities that the system knows of; an existing one is given back."""
        self.month = self.month.replace(day=1)
        same = FacilitatorReport.objects.filter(author=by, role=self.role, area=self.area, month=self.month)
        if existing := same.first():
            return existing
        period = self.period
        refuse_unless(period.now >= period.start, "Bulan ini belum dimulai.")
        self.author = by
        try:
            with transaction.atomic():
                born(self, by=by, verdict=self.may_create(by))
                self._write_activities(activities)
        except (IntegrityError, ValidationError):  # opened twice at the same moment
            if first := same.first():
                return first
            raise
        return self

    def write(
        self,
        *,
        by: Any,
        activities: Iterable[ActivityRow],
        problems: Iterable[ProblemRow],
        plan: str,
        notes: str,
        photos: Iterable[tuple[StoredFile, str]] = (),
        dropped: Iterable[int] = (),
    ) -> None:
        """The author's own words: activities, problems, plan, photos."""
        with moving(self, "write", by=by):
            self.plan, self.notes = plan, notes
            self._write_activities(activities)
            self.problems.all().delete()
            FacilitatorProblem.objects.bulk_create(
                FacilitatorProblem(report=self, problem=problem, follow_up=follow_up) for problem, follow_up in problems
            )
            self.photos.filter(pk__in=list(dropped)).delete()
            for file, caption in photos:
                file.hold(self)
                self.photos.create(file=file, caption=caption)
            refuse_unless(self.photos.count() <= MOST_PHOTOS, f"Paling banyak {MOST_PHOTOS} foto dalam satu laporan.")

    def _write_activities(self, rows: Iterable[ActivityRow]) -> None:
        self.activities.all().delete()
        FacilitatorActivity.objects.bulk_create(
            FacilitatorActivity(report=self, on=on, village=village, what=what, men=men, women=women, result=result)
            for on, village, what, men, women, result in rows
        )

    def issue(self, *, by: Any, snapshot: dict[str, Any]) -> None:
        """Freeze the figures and the words."""
        with moving(self, "issue", by=by):
            self.snapshot, self.issued_at = snapshot, timezone.now()

    def revise(self, *, by: Any, reason: str) -> None:
        """Open it again; the printed ones stay, the next is "perbaikan ke-n"."""
        with moving(self, "revise", by=by, note=reason):
            refuse_unless(reason.strip(), "Tulis alasan perbaikan.")
            self.revision += 1
            self.reason = reason.strip()

    def clean(self) -> None:
        level = Level.REGENCY if self.role == Role.TAPM else Level.DISTRICT
        if self.area.level != level:
            raise ValidationError({"area": f"Laporan {self.short_role} dibuat untuk {level.label}."})


class FacilitatorActivity(models.Model):
    """Something the facilitator did or attended: when, where, with how many, and what came of it."""

    report = models.ForeignKey(FacilitatorReport, models.CASCADE, related_name="activities")
    on = models.DateField("tanggal")
    village = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="desa", related_name="+")
    what = models.CharField("kegiatan", max_length=250)
    men = models.PositiveSmallIntegerField("peserta laki-laki", default=0)
    women = models.PositiveSmallIntegerField("peserta perempuan", default=0)
    result = models.CharField("hasil", max_length=500, blank=True)

    class Meta:
        verbose_name = "kegiatan pendamping"
        verbose_name_plural = "kegiatan pendamping"
        ordering = ("on", "id")

    def __str__(self) -> str:
        return self.what


class FacilitatorProblem(models.Model):
    """What stands in the way, and what is done about it."""

    report = models.ForeignKey(FacilitatorReport, models.CASCADE, related_name="problems")
    problem = models.CharField("masalah", max_length=500)
    follow_up = models.CharField("tindak lanjut", max_length=500, blank=True)

    class Meta:
        verbose_name = "masalah pendamping"
        verbose_name_plural = "masalah pendamping"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.problem[:60]


class FacilitatorPhoto(models.Model):
    """A photo of the month's work, made small enough for a PDF of 4 MB."""

    report = models.ForeignKey(FacilitatorReport, models.CASCADE, related_name="photos")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    caption = models.CharField("keterangan", max_length=200, blank=True)

    class Meta:
        verbose_name = "foto pendamping"
        verbose_name_plural = "foto pendamping"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.caption or str(self.file)
