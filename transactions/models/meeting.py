from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import FACILITATOR_ROLES, Role
from core.models import StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.scope import within
from transactions.models.accountability import Accountability
from transactions.models.base import OrderDocument
from transactions.models.need import in_office, local_today


class Element(models.TextChoices):
    """Unsur of those present (Permendagri 110/2016; Permendes 16/2019)."""

    VILLAGE_GOVERNMENT = "pemdes", "Pemerintah Desa"
    BPD = "bpd", "BPD"
    CUSTOM = "adat", "Tokoh adat"
    RELIGION = "agama", "Tokoh agama"
    COMMUNITY = "masyarakat", "Tokoh masyarakat"
    EDUCATION = "pendidikan", "Tokoh pendidikan"
    FARMERS = "tani", "Perwakilan kelompok tani"
    FISHERS = "nelayan", "Perwakilan kelompok nelayan"
    CRAFT = "perajin", "Perwakilan kelompok perajin"
    WOMEN = "perempuan", "Perwakilan kelompok perempuan"
    CHILDREN = "anak", "Pemerhati dan pelindung anak"
    POOR = "miskin", "Perwakilan masyarakat miskin"
    OTHER = "lain", "Unsur lain"


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village, who helps and oversees it, and the provider whose work was judged (once decided)."""
        own = Q(state="decided", accountability__contract__provider__in=people.providers(user))
        return self.filter(in_office(user, "accountability__contract__village") | own)

    def waiting_for(self, user: Any) -> Self:
        """A prepared record waits for the BPD's decision."""
        return self.filter(
            Q(state="draft"), within("accountability__contract__village", people.territories(user, Role.BPD))
        )


class Meeting(OrderDocument):
    """The Musdes that hears the account of a finished work: when, who came, what was asked and decided.

    A hall meeting: its papers are printed blank, filled by hand, and entered later with the date of the
    event. The BPD leads and decides; the PLD may prepare the record ("dibantu oleh").
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draf"
        DECIDED = "decided", "Diputuskan"

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", "Diterima"
        WITH_NOTES = "with_notes", "Diterima dengan catatan"
        REFUSED = "refused", "Belum diterima"

    PREPARERS = (Role.VILLAGE_OPERATOR, Role.VILLAGE_SECRETARY, Role.BPD)
    HELPERS = (Role.PLD, Role.PD)
    MIN_PHOTOS = 2
    MOVES = moves(
        Move("amend", ("draft",), None, "Ubah Catatan Musdes", "Catatan Musdes diubah", tone="secondary"),
        Move("attach", ("draft",), None, "Unggah Foto dan Pindaian", "Foto dan pindaian diunggah", tone="secondary"),
        Move(
            "decide",
            ("draft",),
            "decided",
            "Tetapkan Keputusan Musdes",
            "Keputusan Musdes ditetapkan",
            confirm="Setelah ditetapkan, catatan Musdes tidak dapat diubah.",
        ),
    )
    TONES = {"draft": "neutral", "decided": "good"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    accountability = models.ForeignKey(Accountability, models.PROTECT, related_name="meetings")
    title = models.CharField(
        "nama musyawarah", max_length=150, default="Musyawarah Desa Pertanggungjawaban Hasil Kerja P2KTD"
    )
    held_on = models.DateField("tanggal musyawarah")
    starts_at = models.TimeField("mulai pukul")
    ends_at = models.TimeField("selesai pukul")
    place = models.CharField("tempat", max_length=150)
    leader = models.CharField("pimpinan musyawarah", max_length=150)
    leader_from = models.CharField("pimpinan dari unsur", max_length=100, default="BPD")
    note_taker = models.CharField("notulis", max_length=150)
    note_taker_from = models.CharField("notulis dari unsur", max_length=100)
    presented = models.TextField("yang dipertanggungjawabkan", max_length=4000)
    decision = models.CharField("keputusan", max_length=12, choices=Decision.choices, blank=True)
    decision_note = models.TextField("catatan keputusan", max_length=2000, blank=True)
    minutes_number = models.CharField("nomor berita acara", max_length=100, blank=True)
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    attendance_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    assisted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "Musdes pertanggungjawaban"
        verbose_name_plural = "Musdes pertanggungjawaban"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["accountability"],
                condition=Q(state="draft"),
                name="meeting_one_draft",
                violation_error_message="Draf catatan Musdes untuk pembelian ini sudah ada.",
            ),
            models.CheckConstraint(
                name="meeting_decided_completely",
                condition=Q(state="draft")
                | Q(decided_at__isnull=False, decided_by__isnull=False, scan__isnull=False) & ~Q(decision=""),
            ),
            models.CheckConstraint(name="meeting_ends_after_start", condition=Q(ends_at__gt=models.F("starts_at"))),
        )
        indexes = (
            models.Index(fields=["held_on"], name="meeting_held"),
            models.Index(
                fields=["accountability"], include=["id", "held_on", "state", "decision"], name="meeting_figures"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.code])

    def move_url(self, verb: str) -> str:
        return reverse("meeting-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def village(self) -> Any:
        return self.accountability.contract.village

    @property
    def status_sentence(self) -> str:
        if self.state == "draft":
            return "Catatan Musdes disiapkan; menunggu keputusan dicatat oleh BPD."
        return f"Musdes memutuskan: {self.get_decision_display()}."

    def present(self) -> dict[str, int]:
        """People present: {"men": …, "women": …, "total": …}."""
        sums = self.attendance.aggregate(men=Sum("men", default=0), women=Sum("women", default=0))
        return {**sums, "total": sums["men"] + sums["women"]}

    # --- who may ----------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        """The village and its BPD write the record; the facilitator may prepare it with them."""
        at = self.accountability.contract.village_id
        membership = people.acting(user, *self.PREPARERS, at=at) or people.acting(user, *self.HELPERS, at=at)
        if not membership:
            return Denied("Catatan Musdes disiapkan oleh BPD, Sekretaris Desa, operator desa, atau pendamping.")
        if self.accountability.state not in ("musdes", "refused"):
            return Denied("Musdes pertanggungjawaban diadakan setelah serah terima dan pembayaran dicatat.")
        return Allowed(membership)

    may_amend = may_attach = may_create

    def may_decide(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.BPD, at=self.accountability.contract.village_id)
        if not membership:
            return Denied("Keputusan Musdes ditetapkan oleh BPD; pendamping hanya membantu menyiapkan.")
        lacks = []
        if not self.attendance.filter(Q(men__gt=0) | Q(women__gt=0)).exists():
            lacks.append("jumlah hadir")
        if self.photos.count() < self.MIN_PHOTOS:
            lacks.append(f"sedikitnya {self.MIN_PHOTOS} foto")
        if not self.scan_id:
            lacks.append("pindaian berita acara bertanda tangan")
        return Denied(f"Belum dapat ditetapkan. Masih kurang: {', '.join(lacks)}.") if lacks else Allowed(membership)

    # --- what they do -------------------------------------------------------------------------------
    @transaction.atomic
    def prepare(
        self,
        *,
        by: Any,
        attendance: Iterable[tuple[str, int, int]] = (),
        questions: Iterable[tuple[str, str, str]] = (),
    ) -> None:
        """Write the record of the assembly (its own date, which may lie in the past)."""
        # The parent's row is held: two people who enter the same sheets at once make one draft.
        self.accountability = Accountability.objects.select_for_update(of=("self",)).get(pk=self.accountability_id)
        verdict = self.may_create(by)
        refuse_unless(verdict, getattr(verdict, "reason", ""))
        self.created_by = by
        self._note_help(by)
        self._check_day()
        born(self, by=by, verdict=verdict)
        self._write(attendance, questions)

    def _note_help(self, by: Any) -> None:
        """A facilitator worked on the record: their name stands on it (“dibantu oleh”)."""
        verdict = self.may_create(by)
        if verdict and verdict.membership.role in FACILITATOR_ROLES:
            self.assisted_by = by

    def _check_day(self) -> None:
        refuse_unless(self.held_on <= local_today(self.village), "Tanggal musyawarah tidak boleh di masa depan.")
        refuse_unless(
            self.held_on >= self.accountability.contract.handover_on,
            "Musdes pertanggungjawaban diadakan setelah serah terima hasil pekerjaan.",
        )

    def amend(
        self,
        *,
        by: Any,
        attendance: Iterable[tuple[str, int, int]],
        questions: Iterable[tuple[str, str, str]],
        **fields: Any,
    ) -> None:
        """Change the draft. `attendance` rows are (element, men, women), `questions` (who, asked, answered)."""
        with moving(self, "amend", by=by):
            for name, value in fields.items():
                setattr(self, name, value)
            self._note_help(by)
            self._check_day()
            self._write(attendance, questions)

    def _write(self, attendance: Iterable[tuple[str, int, int]], questions: Iterable[tuple[str, str, str]]) -> None:
        self.attendance.all().delete()
        Attendance.objects.bulk_create(
            Attendance(meeting=self, element=element, men=men, women=women)
            for element, men, women in attendance
            if men or women
        )
        self.questions.all().delete()
        MeetingQuestion.objects.bulk_create(
            MeetingQuestion(meeting=self, asker=asker, question=question, answer=answer)
            for asker, question, answer in questions
            if question
        )

    def attach(
        self,
        *,
        by: Any,
        scan: StoredFile | None = None,
        attendance_scan: StoredFile | None = None,
        photos: Iterable[StoredFile] = (),
    ) -> None:
        """The signed minutes, the signed attendance list, and photos of the hall."""
        with moving(self, "attach", by=by):
            self._note_help(by)
            if scan is not None:
                scan.hold(self)
                self.scan = scan
            if attendance_scan is not None:
                attendance_scan.hold(self)
                self.attendance_scan = attendance_scan
            for photo in photos:
                photo.hold(self)
                self.photos.create(file=photo)

    def decide(
        self,
        *,
        by: Any,
        decision: str,
        minutes_number: str = "",
        note: str = "",
        follow_ups: Iterable[tuple[str, str, Any]] = (),
    ) -> None:
        """The BPD records what the assembly decided; follow-ups are (what, who, due date)."""
        with moving(self, "decide", by=by, note=note) as facts:
            follow_ups = list(follow_ups)
            refuse_unless(
                decision == self.Decision.ACCEPTED or note or follow_ups,
                "Tuliskan catatan atau tindak lanjut bila keputusan bukan “Diterima”.",
            )
            self.decision, self.decision_note, self.minutes_number = decision, note, minutes_number
            self.decided_at, self.decided_by = timezone.now(), by
            for what, who, due_on in follow_ups:
                self.follow_ups.create(what=what, who=who, due_on=due_on)
            facts.update(decision=decision, **self.present())
            if decision == self.Decision.REFUSED:
                self.accountability.refuse(by=by, meeting=self)
            else:
                self.accountability.accept(by=by, meeting=self)


class Attendance(models.Model):
    """How many men and women of one element came."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    element = models.CharField("unsur", max_length=12, choices=Element.choices)
    men = models.PositiveSmallIntegerField("laki-laki", default=0)
    women = models.PositiveSmallIntegerField("perempuan", default=0)

    class Meta:
        verbose_name = "kehadiran"
        verbose_name_plural = "kehadiran"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["meeting", "element"], name="attendance_once_per_element"),)

    def __str__(self) -> str:
        return self.get_element_display()


class MeetingQuestion(models.Model):
    """What somebody asked, and the answer."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="questions")
    asker = models.CharField("penanya", max_length=150, blank=True)
    question = models.TextField("pertanyaan", max_length=1000)
    answer = models.TextField("jawaban", max_length=1000, blank=True)

    class Meta:
        verbose_name = "pertanyaan Musdes"
        verbose_name_plural = "pertanyaan Musdes"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.question[:60]


class FollowUp(models.Model):
    """What the assembly wants done, by whom, until when."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="follow_ups")
    what = models.CharField("tindak lanjut", max_length=300)
    who = models.CharField("penanggung jawab", max_length=150)
    due_on = models.DateField("batas waktu")

    class Meta:
        verbose_name = "tindak lanjut"
        verbose_name_plural = "tindak lanjut"
        ordering = ("due_on", "id")

    def __str__(self) -> str:
        return self.what


class MeetingPhoto(models.Model):
    """A photo of the assembly."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="photos")
    file = models.OneToOneField(StoredFile, models.PROTECT)
    caption = models.CharField("keterangan", max_length=150, blank=True)

    class Meta:
        verbose_name = "foto Musdes"
        verbose_name_plural = "foto Musdes"

    def __str__(self) -> str:
        return self.caption or str(self.file)
