from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, models
from django.urls import reverse
from django.utils import timezone

from core.documents import fingerprint
from core.formats import rupiah
from core.models import Document
from core.workflow import Denied, Move, TransitionRefused, Verdict, born, moves, moving, refuse_unless
from regions.models import Area
from transactions.models.planning.activity import Activity, plain_number
from transactions.models.planning.need import Funding
from transactions.models.seeing import in_office

KEY = ("fiscal_year", "activity_code", "funding")
COMPARED = ("name", "subfield", "ceiling", "volume", "unit", "place", "schedule", "officer", "position")


@dataclass(slots=True)
class Line:
    """What a row of the file would do: new, changed (with what was and what would be), same, or refused and why."""

    number: int
    kind: str
    title: str
    values: dict[str, Any]
    activity: Activity | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return {"new": "Baru", "changed": "Berubah", "same": "Sama", "refused": "Ditolak"}[self.kind]

    @property
    def ceiling(self) -> int | None:
        return self.values.get("ceiling")

    @property
    def year(self) -> int | None:
        return self.values.get("fiscal_year")

    @property
    def source(self) -> str:
        found = self.values.get("funding")
        return str(Funding(found).label) if found else ""

    @property
    def tone(self) -> str:
        return {"new": "good", "changed": "info", "same": "neutral", "refused": "bad"}[self.kind]


class ActivityImportQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village's people, and who helps and oversees them."""
        return self.filter(in_office(user))


class ActivityImport(Document):
    """A file from Siskeudes with a village's activities: read and shown first, then taken over whole, once.

    `rows` holds what was read of each row: line number, values, and what is wrong with them.
    """

    class State(models.TextChoices):
        CHECKED = "checked", "Diperiksa, belum dimuat"
        APPLIED = "applied", "Sudah dimuat"
        DISCARDED = "discarded", "Tidak jadi dimuat"

    MOVES = moves(
        Move("apply", ("checked",), "applied", "Muat Semua", "Kegiatan dimuat"),
        Move("discard", ("checked",), "discarded", "Jangan Muat", "Tidak jadi dimuat", tone="quiet"),
    )
    TONES = {"checked": "wait", "applied": "good", "discarded": "neutral"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.CHECKED, editable=False)
    village = models.ForeignKey(Area, models.PROTECT, verbose_name="desa", related_name="+")
    file_name = models.CharField("nama berkas", max_length=150)
    sha256 = models.CharField(max_length=64, editable=False)
    rows = models.JSONField(editable=False)
    applied_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    objects = ActivityImportQuerySet.as_manager()

    class Meta:
        verbose_name = "muatan kegiatan"
        verbose_name_plural = "muatan kegiatan"
        ordering = ("-id",)
        indexes = (models.Index(fields=["village", "-id"], name="activity_import_village"),)
        constraints = (
            models.CheckConstraint(
                name="activity_import_applied_with_moment",
                condition=models.Q(state="applied", applied_at__isnull=False)
                | ~models.Q(state="applied") & models.Q(applied_at=None),
            ),
        )

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("activity-import", args=[self.code])

    def move_url(self, verb: str) -> str:
        return reverse("activity-import-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        return {
            "checked": "Berkas sudah dibaca; belum ada yang berubah sampai dimuat.",
            "applied": "Semua baris sudah dimuat ke daftar kegiatan desa.",
            "discarded": "Berkas tidak jadi dimuat; daftar kegiatan tidak berubah.",
        }[self.state]

    # --- what the file would do ------------------------------------------------------------------------
    def compare(self, *, lock: bool = False) -> list[Line]:
        """Each row against the village's list as it is now; one query."""
        rows = Activity.objects.filter(village=self.village_id, fiscal_year__in=self.years).order_by("pk")
        known = {
            tuple(getattr(activity, name) for name in KEY): activity
            for activity in (rows.select_for_update(of=("self",)) if lock else rows)
        }
        seen: dict[tuple[Any, ...], int] = {}
        return [self._line(row, known, seen) for row in self.rows]

    def _line(self, row: dict[str, Any], known: dict[Any, Activity], seen: dict[Any, int]) -> Line:
        values, errors = dict(row["values"]), list(row["errors"])
        if values.get("volume") is not None:
            values["volume"] = Decimal(values["volume"])
        key = tuple(values.get(name) for name in KEY)
        activity = None if None in key else known.get(key)
        if None not in key:
            first = seen.setdefault(key, row["line"])
            if first != row["line"]:
                errors.append(f"Kegiatan ini sudah ada di baris {first} berkas yang sama.")
        if activity is not None and activity.state == "dropped":
            errors.append("Kegiatan ini sudah dikeluarkan dari daftar desa; masukkan kembali dahulu.")
        ceiling = values.get("ceiling")
        if activity is not None and ceiling is not None and ceiling < activity.committed:
            errors.append(f"Pagu {rupiah(ceiling)} di bawah nilai yang sudah dikontrak, {rupiah(activity.committed)}.")
        title = " ".join(str(values.get(name) or "") for name in ("activity_code", "name")).strip()
        line = Line(row["line"], "new", title, values, activity, errors=errors)
        if activity is not None:
            line.changes = differences(activity, values)
            line.kind = "changed" if line.changes else "same"
        if errors:
            line.kind = "refused"
        return line

    @property
    def years(self) -> set[int]:
        return {row["values"]["fiscal_year"] for row in self.rows if row["values"].get("fiscal_year")}

    # --- who may ----------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        """Whoever keeps the village's budget list."""
        return Activity(village=self.village).may_create(user)

    may_discard = may_create

    def may_apply(self, user: Any) -> Verdict:
        verdict = self.may_create(user)
        if not verdict or self.state != "checked":
            return verdict
        kinds = [line.kind for line in self.compare()]
        if refused := kinds.count("refused"):
            return Denied(f"{refused} baris ditolak. Perbaiki di Siskeudes atau di berkasnya, lalu unggah lagi.")
        if set(kinds) <= {"same"}:
            return Denied("Tidak ada yang perlu dimuat: daftar desa sudah sama dengan berkas ini.")
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    def receive(self, *, by: Any) -> None:
        """Keep what was read of the file. Nothing on the village's list changes yet."""
        refuse_unless(self.village.may_buy, "Hanya desa dan desa adat yang berbelanja di sini; kelurahan tidak.")
        self.created_by = by
        born(self, by=by, verdict=self.may_create(by), data={"rows": len(self.rows), "sha256": self.sha256})

    def apply(self, *, by: Any, seen: str) -> None:
        """Take it over: all rows or none. `seen` is the fingerprint of what the page showed; else show it again."""
        try:
            with moving(self, "apply", by=by) as facts:
                lines = self.compare(lock=True)
                refuse_unless(
                    seen == fingerprint_of(lines),
                    "Daftar kegiatan berubah sejak berkas ini diperiksa. Muat ulang halaman, periksa, lalu muat lagi.",
                )
                for line in sorted(lines, key=lambda line: [str(line.values[name]) for name in KEY]):
                    self._take_over(line, by=by)
                self.applied_at = timezone.now()
                facts.update({kind: sum(line.kind == kind for line in lines) for kind in ("new", "changed", "same")})
        except IntegrityError as problem:
            raise TransitionRefused("Orang lain baru saja memasukkan kegiatan yang sama. Periksa lagi.") from problem

    def _take_over(self, line: Line, *, by: Any) -> None:
        if line.activity is None:
            Activity(village=self.village, **line.values).enter(by=by, source=str(self.code))
        elif line.kind == "changed":
            told = {name: value for name, value in line.values.items() if name in COMPARED}
            line.activity.load(by=by, source=str(self.code), **told)

    def discard(self, *, by: Any) -> None:
        """Leave the list as it is."""
        with moving(self, "discard", by=by):
            pass


def differences(activity: Activity, values: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(what, as it is, as the file says), of what the file tells and is not the same."""
    found = []
    for name in COMPARED:
        if name in values and values[name] != getattr(activity, name):
            label = str(Activity._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found.append((label, shown(name, getattr(activity, name)), shown(name, values[name])))
    return found


def shown(name: str, value: Any) -> str:
    """A value as a person reads it."""
    if value in (None, ""):
        return "kosong"
    if name == "ceiling":
        return rupiah(value)
    if name == "volume":
        return plain_number(Decimal(value))
    return str(Funding(value).label) if name == "funding" else str(value)


def fingerprint_of(lines: Iterable[Line]) -> str:
    """Of all that the page shows: kind, old and new of each row."""
    return fingerprint([[line.number, line.kind, [list(change) for change in line.changes]] for line in lines])
