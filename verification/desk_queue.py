"""The queue: which cases, in which order, why each is there, and how long it has waited against the standard.

A queue is its filters; their canonical address travels with a case (`dari`), so that "Berikutnya" stays in it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models import LegalForm
from accounts.models.membership import POKJA_ROLES
from core.clock import today
from core.formats import WIB
from core.validators import validate_single_line
from verification.models import Application, Declaration, profile
from verification.models.application import AT_POKJA, OPEN_STATES

PAGE = 25
COUNTED = 1000  # beyond it a figure tells nobody anything
RUNNING = (*AT_POKJA, "returned")
DECIDED = ("listed", "rejected")
# What a row of the queue shows; numbers of the provider stay encrypted in the database.
SHOWN = (
    "code", "state", "state_since", "kind", "round", "changes", "submitted_at", "decided_at", "claimed_at", "checker",
    "provider__name", "provider__legal_form", "regency", "checker__name", "checker__email", "rule__service_days",
)  # fmt: skip
SORTS: dict[str, tuple[str, bool]] = {  # field, descending
    "lama": ("submitted_at", False),
    "baru": ("submitted_at", True),
    "nama": ("provider__name", False),
    "putus": ("state_since", True),
}


class QueueForm(forms.Form):
    """What may stand in the queue's address; anything else is dropped."""

    q = forms.CharField(label="Cari", required=False, max_length=100, validators=[validate_single_line])
    antrean = forms.ChoiceField(
        label="Bagian",
        required=False,
        choices=[
            ("saya", "Menunggu saya"),
            ("berjalan", "Semua yang berjalan"),
            ("selesai", "Sudah diputuskan"),
            ("semua", "Semua"),
        ],
    )
    status = forms.ChoiceField(
        label="Status", required=False,
        choices=[("", "Semua status"), *(each for each in Application.State.choices if each[0] != "draft")],
    )  # fmt: skip
    jenis = forms.ChoiceField(label="Jenis", required=False, choices=[("", "Semua jenis"), *Application.Kind.choices])
    pemegang = forms.ChoiceField(
        label="Dipegang", required=False,
        choices=[("", "Siapa saja"), ("saya", "Saya"), ("lain", "Rekan"), ("belum", "Belum dipegang")],
    )  # fmt: skip
    bentuk = forms.ChoiceField(label="Bentuk", required=False, choices=[("", "Semua bentuk"), *LegalForm.choices])
    waktu = forms.ChoiceField(
        label="Baku waktu", required=False, choices=[("", "Semua"), ("lewat", "Lewat baku waktu")]
    )
    urut = forms.ChoiceField(
        label="Urutan", required=False,
        choices=[("", "Paling lama menunggu"), ("baru", "Paling baru diajukan"), ("nama", "Nama penyedia")],
    )  # fmt: skip

    HIDING: ClassVar[tuple[str, ...]] = ("q", "status", "jenis", "pemegang", "bentuk", "waktu")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force: its words, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Service:
    """How long a case has waited, in words and a tone, against the regency's standard."""

    text: str
    tone: str
    hint: str = ""


def desk_rows(user: Any) -> QuerySet[Application]:
    """What lies on this person's desk: never an application of their own, whose check they may not watch."""
    return Application.objects.visible_to(user).exclude(provider__in=people.providers(user))


class Queue:
    """The cases that fit the filters, as this person may see them."""

    def __init__(self, user: Any, query: QueryDict) -> None:
        self.user = user
        self.form = QueueForm(query)
        self.form.is_valid()
        self.values: dict[str, str] = {
            name: value
            for name in self.form.fields
            if (value := self.form.cleaned_data.get(name)) and name != "antrean"
        }
        self.part = self.form.cleaned_data.get("antrean") or self._first_part()

    @classmethod
    def of(cls, user: Any, address: str) -> Queue:
        """The queue whose `query` this is; a forged one falls back to what is known."""
        return cls(user, QueryDict(address[:500]))

    def _first_part(self) -> str:
        """A Pokja begins with what waits for it; with a filter nothing is hidden unsaid."""
        if any(name in self.values for name in QueueForm.HIDING):
            return "semua"
        return "saya" if people.holds(self.user, *POKJA_ROLES) else "berjalan"

    # --- its address --------------------------------------------------------------------------------
    def address(self, **other: str) -> str:
        """The query string of this queue with other values; the empty ones are left out."""
        values = {"antrean": self.part} | self.values | other
        return urlencode({name: value for name, value in values.items() if value})

    @cached_property
    def query(self) -> str:
        return self.address()

    @property
    def url(self) -> str:
        return f"{reverse('admin:verification_application_changelist')}?{self.query}"

    @property
    def chips(self) -> list[Chip]:
        """Each filter that hides something."""
        found = []
        for name in QueueForm.HIDING:
            if value := self.values.get(name):
                field = self.form.fields[name]
                text = f"“{value}”" if name == "q" else dict(field.choices)[value]  # type: ignore[attr-defined]
                found.append(Chip(f"{field.label}: {text}", f"?{self.address(**{name: ''})}"))
        return found

    @property
    def bare_url(self) -> str:
        """The same part without filters."""
        return f"?{urlencode({'antrean': self.part})}"

    # --- its rows -----------------------------------------------------------------------------------
    def part_rows(self, part: str) -> QuerySet[Application]:
        rows = desk_rows(self.user)
        match part:
            case "saya":
                return rows.waiting_for(self.user)  # type: ignore[attr-defined]
            case "berjalan":
                return rows.filter(state__in=RUNNING)
            case "selesai":
                return rows.filter(state__in=DECIDED)
        return rows

    @cached_property
    def rows(self) -> QuerySet[Application]:
        """The filtered rows, not yet in order."""
        rows = self.part_rows(self.part)
        wanted = self.values
        if text := wanted.get("q"):
            rows = rows.filter(_found(text))
        if "status" in wanted:
            rows = rows.filter(state=wanted["status"])
        if "jenis" in wanted:
            rows = rows.filter(kind=wanted["jenis"])
        if "bentuk" in wanted:
            rows = rows.filter(provider__legal_form=wanted["bentuk"])
        if "waktu" in wanted:
            rows = rows.filter(overdue(), state__in=OPEN_STATES)
        match wanted.get("pemegang"):
            case "saya":
                rows = rows.filter(checker=self.user)
            case "lain":
                rows = rows.filter(checker__isnull=False).exclude(checker=self.user)
            case "belum":
                rows = rows.filter(state="submitted")
        return rows

    @property
    def sort(self) -> tuple[str, bool]:
        return SORTS[self.values.get("urut") or ("putus" if self.part == "selesai" else "lama")]

    @property
    def ordered(self) -> QuerySet[Application]:
        field, down = self.sort
        key = F(field).desc() if down else F(field).asc()
        return self.rows.order_by(key, "-pk" if down else "pk")

    def page(self, number: int) -> tuple[list[Application], bool]:
        """The rows of one page, and whether another follows."""
        start = (number - 1) * PAGE
        # The ids first: sorting 20,000 rows as wide as these would cost more than the second query.
        keys = list(self.ordered.values_list("pk", flat=True)[start : start + PAGE + 1])
        shown = Application.objects.select_related("provider", "regency", "checker", "rule").only(*SHOWN, *AREA)
        found = shown.in_bulk(keys[:PAGE])
        return [found[key] for key in keys[:PAGE]], len(keys) > PAGE

    def following(self, after: Application | None) -> Application | None:
        """The case behind this one in the queue's order; from its end on, the first that is another."""
        field, down = self.sort
        rows = self.ordered.only("code")
        if after is None:
            return rows.first()
        value = after.provider.name if field == "provider__name" else getattr(after, field)
        side = "lt" if down else "gt"
        behind = Q(**{f"{field}__{side}": value}) | Q(**{field: value, f"pk__{side}": after.pk})
        others = rows.exclude(pk=after.pk)
        return others.filter(behind).first() or others.first()


AREA = tuple(f"regency__{name}" for name in ("name", "level", "kind", "title", "time_zone"))


def _found(text: str) -> Q:
    """By the provider's name (each word), its NIB, or the code of the case."""
    named = Q()
    for word in text.split()[:6]:
        named &= Q(provider__name__icontains=word)
    return named | Q(code__iexact=text) | Q(provider__nib=text)


def overdue() -> Q:
    """The service standard has passed; the same day as `Application.served_by`."""
    allowed = ExpressionWrapper(F("rule__service_days") * Value(dt.timedelta(days=1)), output_field=DurationField())
    begins = dt.datetime.combine(today(), dt.time(), tzinfo=WIB)
    return Q(submitted_at__lt=Value(begins) - allowed)


def capped(rows: QuerySet) -> int:
    """How many, never counted beyond the cap."""
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def figure(number: int) -> str:
    """1.000+ when there are more than were counted."""
    return "1.000+" if number > COUNTED else f"{number:,}".replace(",", ".")


# --- what a row says -------------------------------------------------------------------------------------
def reason_to_be_here(application: Application) -> str:
    """Why this stands in the queue: its kind, what changed, and which correction it is."""
    parts = [str(application.get_kind_display())]
    if application.kind == Application.Kind.CHANGE and application.changes:
        changed = ", ".join(profile.label(name).lower() for name in application.changes if isinstance(name, str))
        parts[0] += f" ({changed})"
    if application.round > 1:
        parts.append(f"perbaikan ke-{application.round - 1}")
    return ", ".join(parts)


STEP = {
    "submitted": "Belum ada yang memegang",
    "checking": "Dokumen diperiksa",
    "returned": "Menunggu perbaikan dari penyedia",
    "interview": "Menunggu wawancara",
    "scoring": "Menunggu nilai anggota",
    "recommended": "Menunggu rapat pleno",
    "unfit": "Menunggu rapat pleno",
}


def step_of(application: Application) -> str:
    """What it waits for, in a few words."""
    if application.state == "recommended" and application.kind == Application.Kind.CHANGE:
        return "Menunggu penetapan ketua"
    return STEP.get(application.state, "")


def service_of(application: Application) -> Service | None:
    """hari ke-5 dari 14; what is late says so. A date that is due never moves."""
    if application.submitted_at is None or not application.rule_id:
        return None
    due = application.served_by
    days: int = application.rule.service_days  # type: ignore[union-attr]
    if due is None:
        return None
    if application.state not in OPEN_STATES:
        ended = timezone.localdate(application.decided_at or application.state_since, timezone=WIB)
        taken = days - (due - ended).days
        return Service(f"Selesai dalam {max(taken, 0)} hari", "neutral", f"baku {days} hari")
    left = (due - today()).days
    if left < 0:
        return Service(f"Lewat {-left} hari", "bad", f"baku {days} hari")
    if left == days:
        return Service("Diajukan hari ini", "neutral", f"baku {days} hari")
    if left <= max(days // 7, 1):
        return Service(f"Hari ke-{days - left} dari {days}", "warn", "hampir habis")
    return Service(f"Hari ke-{days - left} dari {days}", "neutral")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue, and what can be done with it from here."""

    application: Application
    url: str
    why: str
    step: str
    service: Service | None
    act: str = ""  # "claim" or "release": one press, no further question

    @property
    def form(self) -> str:
        """The legal form without its examples."""
        return self.application.provider.get_legal_form_display().split(" (")[0]

    @property
    def slug(self) -> str:
        return Application.MOVES[self.act].slug


def lines(rows: list[Application], queue: Queue) -> list[Row]:
    """The lines of a page; one more query, however many there are."""
    user = queue.user
    free = set(
        Declaration.objects.current()
        .filter(member=user, application__in=[row.pk for row in rows], tie=Declaration.Tie.NONE)
        .values_list("application_id", flat=True)
    )
    return [
        Row(
            row,
            case_url(row, queue.query),
            reason_to_be_here(row),
            step_of(row),
            service_of(row),
            "claim"
            if row.state == "submitted" and row.pk in free
            else "release"
            if row.state == "checking" and row.checker_id == user.pk
            else "",
        )
        for row in rows
    ]


def case_url(application: Application, query: str = "", **more: str) -> str:
    """The case page, with the way back to the queue it was opened from."""
    url = reverse("admin:verification_application_change", args=[application.code])
    told = urlencode({**more, **({"dari": query} if query else {})})
    return f"{url}?{told}" if told else url
