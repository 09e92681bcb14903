from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum
from django.urls import reverse

from accounts import people
from accounts.models.membership import FACILITATOR_ROLES, Role
from core.clock import local_today
from core.formats import tanggal_sedang
from core.models import StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, moves
from regions.models import Area
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.day import by_day
from transactions.models.musdes.accountability import Accountability
from transactions.models.musdes.agenda import AgendaItem, Decision
from transactions.models.musdes.holding import Holding
from transactions.models.seeing import in_office

PREPARERS = (Role.VILLAGE_OPERATOR, Role.VILLAGE_SECRETARY, Role.BPD)


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village, who helps and oversees it, and the providers whose work was judged (once decided)."""
        judged = AgendaItem.objects.filter(accountability__contract__provider__in=people.providers(user))
        own = Q(state="decided", pk__in=judged.values("meeting")) if people.providers(user) else Q(pk__in=[])
        return self.filter(in_office(user) | own)

    def wholly_for(self, user: Any) -> Self:
        """Those of which this person reads every order. Their papers speak of all the orders together."""
        if not people.providers(user):
            return self.visible_to(user)  # the village and its overseers
        theirs = Accountability.objects.visible_to(user)
        others = AgendaItem.objects.filter(meeting=OuterRef("pk")).exclude(accountability__in=theirs)
        return self.visible_to(user).filter(~Exists(others))

    def waiting_for(self, user: Any) -> Self:
        """A prepared record waits for the BPD's decision; a planned assembly whose day has come, for its record."""
        recorders = within("village", people.territories(user, *PREPARERS, Role.PLD))
        return self.filter(
            Q(state="draft") & within("village", people.territories(user, Role.BPD))
            | Q(state="planned") & by_day("village", lambda today: Q(held_on__lte=today)) & recorders
        )

    def asked_for(self, asked: dict[str, Any]) -> Self:
        """The list by words (an order's title or code, the village, the place), status and year."""
        rows = self
        if words := asked.get("q"):
            of_order = AgendaItem.objects.filter(
                Q(accountability__contract__sourcing__need__title__icontains=words)
                | Q(accountability__contract__sourcing__need__code=words.upper()[:16])
            )
            named = Q(place__icontains=words) | Q(village__name__icontains=words) | Q(code=words.upper()[:16])
            rows = rows.filter(named | Q(pk__in=of_order.values("meeting")))
        if status := asked.get("status"):
            rows = rows.filter(state=status)
        if year := asked.get("tahun"):
            rows = rows.filter(held_on__year=year)
        return rows


class Meeting(Holding, OrderDocument):
    """The Musdes that hears the account of finished works: when, who came, what was asked and decided of each.

    A hall meeting: its papers are printed blank, filled by hand, and entered later with the date of the
    event. The BPD leads and decides; the PLD may prepare it ("dibantu oleh").
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Direncanakan"
        DRAFT = "draft", "Draf"
        DECIDED = "decided", "Diputuskan"
        CANCELLED = "cancelled", "Batal"

    Decision = Decision
    PREPARERS = PREPARERS
    HELPERS = (Role.PLD, Role.PD)
    MIN_PHOTOS = 2
    MOVES = moves(
        Move("record", ("planned",), "draft", "Catat Hasil Musdes", "Hasil Musdes dicatat"),
        Move("replan", ("planned",), None, "Ubah Rencana", "Rencana Musdes diubah", tone="secondary"),
        Move("postpone", ("planned",), None, "Tunda Musdes", "Musdes ditunda", tone="secondary"),
        Move("amend", ("draft",), None, "Ubah Catatan Musdes", "Catatan Musdes diubah", tone="secondary"),
        Move(
            "attach",
            ("planned", "draft"),
            None,
            "Unggah Foto dan Pindaian",
            "Foto dan pindaian diunggah",
            tone="secondary",
        ),
        Move(
            "decide",
            ("draft",),
            "decided",
            "Tetapkan Keputusan Musdes",
            "Keputusan Musdes ditetapkan",
            confirm="Setelah ditetapkan, catatan Musdes tidak dapat diubah.",
        ),
        Move(
            "supplement",
            ("decided",),
            None,
            "Lengkapi Pindaian",
            "Pindaian dilengkapi",
            tone="secondary",
        ),
        Move(
            "cancel",
            ("planned", "draft"),
            "cancelled",
            "Batalkan Musdes",
            "Musdes dibatalkan",
            tone="danger",
            confirm="Musdes yang dibatalkan tidak dapat dibuka lagi; pembeliannya menunggu Musdes lain.",
        ),
    )
    BORN = ("planned",)
    TONES = {"planned": "info", "draft": "neutral", "decided": "good", "cancelled": "bad"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    village = models.ForeignKey(
        Area, models.PROTECT, verbose_name="desa", related_name="+", editable=False, db_index=False
    )
    title = models.CharField(
        "nama musyawarah", max_length=150, default="Musyawarah Desa Pertanggungjawaban Hasil Kerja P2KTD"
    )
    invitation_number = models.CharField("nomor undangan", max_length=100, blank=True)
    agenda = models.TextField("susunan acara", max_length=2000, blank=True)
    held_on = models.DateField("tanggal musyawarah")
    starts_at = models.TimeField("mulai pukul")
    ends_at = models.TimeField("selesai pukul", null=True, blank=True)
    place = models.CharField("tempat", max_length=150)
    leader = models.CharField("pimpinan musyawarah", max_length=150, blank=True)
    leader_from = models.CharField("pimpinan dari unsur", max_length=100, default="BPD")
    note_taker = models.CharField("notulis", max_length=150, blank=True)
    note_taker_from = models.CharField("notulis dari unsur", max_length=100, blank=True)
    speakers = models.CharField("narasumber", max_length=300, blank=True)
    proceedings = models.TextField("jalannya musyawarah", max_length=4000, blank=True)
    minutes_number = models.CharField("nomor berita acara", max_length=100, blank=True)
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    attendance_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
    notes_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")
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
            models.CheckConstraint(
                name="meeting_decided_completely",
                condition=~Q(state="decided")
                | Q(decided_at__isnull=False, decided_by__isnull=False, scan__isnull=False),
            ),
            models.CheckConstraint(
                name="meeting_ends_after_start", condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at"))
            ),
            models.CheckConstraint(
                name="meeting_recorded_with_hours",
                condition=Q(state__in=["planned", "cancelled"]) | Q(ends_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["held_on"], include=["id", "village", "state"], name="meeting_held"),
            models.Index(fields=["village"], include=["id", "held_on", "state"], name="meeting_figures"),
            models.Index(fields=["village"], name="meeting_open", condition=Q(state__in=["planned", "draft"])),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.code])

    def move_url(self, verb: str) -> str:
        return reverse("meeting-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def when(self) -> str:
        """Day, hour and zone: "23 Mei 2026 pukul 09.00 WITA"."""
        return f"{tanggal_sedang(self.held_on)} pukul {self.starts_at:%H.%M} {self.village.zone_name}"

    @property
    def status_sentence(self) -> str:
        match self.state:
            case "planned" if self.held_on <= local_today(self.village):
                return f"Musdes direncanakan {self.when}; hasilnya belum dicatat."
            case "planned":
                return f"Musdes direncanakan {self.when} di {self.place}."
            case "draft":
                return "Catatan Musdes disiapkan; menunggu keputusan dicatat oleh BPD."
            case "cancelled":
                return "Musdes dibatalkan; pembeliannya menunggu Musdes lain."
        decisions = {item.decision: item.get_decision_display() for item in self.items.all()}
        said = next(iter(decisions.values())) if len(decisions) == 1 else "berbeda untuk setiap pembelian"
        return f"Musdes memutuskan: {said}."

    @property
    def subject(self) -> str:
        """The order by its name, or how many there are."""
        items = list(self.items.all())
        return str(items[0].need.title) if len(items) == 1 else f"{len(items)} pembelian"

    def present(self) -> dict[str, int]:
        """People present: {"men": …, "women": …, "total": …}."""
        sums = self.attendance.aggregate(men=Sum("men", default=0), women=Sum("women", default=0))
        return {**sums, "total": sums["men"] + sums["women"]}

    # --- who reads what ---------------------------------------------------------------------------
    def is_office(self, user: Any) -> bool:
        """The village, who helps and oversees it; not a provider."""
        return bool(Meeting.objects.filter(in_office(user), pk=self.pk).exists())

    def is_wholly_for(self, user: Any) -> bool:
        """Does this person read every order on its agenda? Then its papers are theirs to read and to print."""
        return bool(Meeting.objects.wholly_for(user).filter(pk=self.pk).exists())

    def files_for_provider(self, user: Any) -> set[int | None]:
        """Of what was handed in: the photographs; the signed minutes where they tell of no other provider's order. The
        list of residents and the notes are the village's."""
        photos: set[int | None] = {photo.file_id for photo in self.photos.all()}
        return photos | {self.scan_id} if self.is_wholly_for(user) else photos

    def shows(self, file: StoredFile, user: Any) -> bool:
        """Of the files it holds: may this person, who sees it, open this one?"""
        if self.is_office(user):
            return True
        return self.is_wholly_for(user) if hasattr(file, "printed") else file.pk in self.files_for_provider(user)

    # --- who may ----------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        """The village and its BPD plan and write the record; the facilitator may prepare it with them."""
        at = self.village_id
        membership = people.acting(user, *self.PREPARERS, at=at) or people.acting(user, *self.HELPERS, at=at)
        if not membership:
            return Denied("Catatan Musdes disiapkan oleh BPD, Sekretaris Desa, operator desa, atau pendamping.")
        return Allowed(membership)

    may_amend = may_attach = may_replan = may_supplement = may_create

    def may_record(self, user: Any) -> Verdict:
        verdict = self.may_create(user)
        if verdict and self.held_on > local_today(self.village):
            return Denied(f"Hasil Musdes dicatat pada atau setelah harinya, {tanggal_sedang(self.held_on)}.")
        return verdict

    def may_postpone(self, user: Any) -> Verdict:
        """A date is the village's word: no facilitator gives it."""
        membership = people.acting(user, *self.PREPARERS, at=self.village_id)
        if not membership:
            return Denied(
                "Musdes ditunda atau dibatalkan oleh BPD, Sekretaris Desa, atau operator desa; pendamping hanya"
                " membantu menyiapkan."
            )
        return Allowed(membership)

    may_cancel = may_postpone

    def may_decide(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.BPD, at=self.village_id)
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

    def helped_by(self, user: Any) -> bool:
        """Does this person work on it as a facilitator?"""
        verdict = self.may_create(user)
        return bool(verdict) and verdict.membership.role in FACILITATOR_ROLES
