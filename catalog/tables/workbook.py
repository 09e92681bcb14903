"""A provider's services as a workbook: taken away, changed in a spreadsheet, and brought back in one step or not at all.

`judge` says of each row what bringing it back would do, and what is wrong in which cell; `apply` does it through the
services' own verbs, so that events and versions are those of the form. What was shown and what is done are compared
by `mark`: a service that somebody changed meanwhile is shown again first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Provider
from catalog.models import Service
from catalog.models.attribute import accepted, unanswered
from catalog.models.review import ServiceReview
from catalog.tables.columns import CODE, QUESTION, REMARK, STATE, Column, Columns
from core.formats import rupiah
from core.models import SheetUpload
from core.sheets import Heading, Line, Sheet, read
from core.spreadsheet import fillable
from core.uploads import Upload
from core.workflow import TransitionRefused, refuse_unless
from regions.models import Area

KIND: Final = "catalog.services"
MOST: Final = 500
LONGEST_SHOWN = 160  # letters of an old or new text
BEFORE_SHOWING = {
    "description": "Uraian",
    "deliverables": "Yang diterima desa",
    "duration_days": "Lama pengerjaan (hari)",
}


@dataclass(slots=True)
class Row:
    """A row of the table, judged: what it would do, or what is wrong with it."""

    line: Line
    service: Any = None  # a Service with `codes`, those of its areas; None: a new one
    content: dict[str, Any] = field(default_factory=dict)  # only what changes
    areas: list[Area] | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)  # (column, old, new)
    errors: list[tuple[str, str]] = field(default_factory=list)  # (column, sentence)
    notes: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        if self.errors:
            return "salah"
        if self.service is None:
            return "baru"
        return "berubah" if self.changes else "tetap"

    @property
    def title(self) -> str:
        return self.line.cells.get("title") or (self.service.title if self.service else "") or "Tanpa nama"


class ServiceTable:
    """An uploaded table of one provider's services."""

    def __init__(self, upload: SheetUpload) -> None:
        self.upload = upload
        self.provider = Provider.objects.get(code=upload.about)
        self.columns = Columns(self.provider)
        self.heads = {column.key: column.head for column in self.columns.all()}

    def get_absolute_url(self) -> str:
        return reverse("services-import-check", args=[self.upload.code])

    # --- what it would do ------------------------------------------------------------------------------------------
    def judge(self) -> list[Row]:
        """Each row, in order. Seven queries, however many rows."""
        own = self._own_services()
        titles = {service.title.casefold() for service in own.values()}
        seen: set[str] = set()
        rows = []
        for line in self.upload.read_lines():
            row = Row(line)
            code = line.cells.get(CODE, "").strip().upper()
            if code in seen:
                row.errors.append(("Kode", "Kode ini sudah ada pada baris di atas. Hapus salah satunya."))
            elif code and code not in own:
                row.errors.append(("Kode", "Kode ini bukan layanan Anda. Kosongkan bila layanannya baru."))
            else:
                row.service = own.get(code)
                self._read(row)
            if code:
                seen.add(code)
            elif (row.title.casefold()) in titles:
                row.notes.append("Nama ini sudah ada; baris ini tetap menjadi layanan baru.")
            titles.add(row.title.casefold())
            rows.append(row)
        return rows

    def _own_services(self) -> dict[str, Any]:
        """The provider's services by code, each as its open change would have it."""
        services = Service.objects.filter(provider=self.provider).select_related("category", "subcategory")
        waiting = set(
            ServiceReview.objects.open().filter(service__provider=self.provider).values_list("service", flat=True)
        )
        found: dict[str, Any] = {}
        service: Any
        for service in services.prefetch_related("areas"):
            service.codes = sorted(area.code for area in service.areas.all())
            if service.pk in waiting and service.state == "published":
                codes = service.proposed_areas()
                service = service.as_proposed()  # noqa: PLW2901
                service.codes = codes
            found[service.code] = service
        return found

    def _read(self, row: Row) -> None:
        service, cells = row.service, row.line.cells
        if service is not None and service.state not in Service.MOVES["revise"].sources:
            row.errors.append(
                ("Status", "Layanan ini sedang diperiksa Pokja. Tarik kembali dahulu, atau hapus baris ini.")
            )
            return
        row.errors += [
            (self.heads[key], problem)
            for key, problem in row.line.problems.items()
            if key in self.heads and key != STATE
        ]
        given: dict[str, Any] = {}
        for column in self.columns.plain():
            if (
                column.key in cells
                and column.key not in (CODE, STATE, "subcategory")
                and column.key not in row.line.problems
            ):
                self._cell(row, column, given)
        category = given.get("category") or (service.category if service else None)
        category = next((each for each in self.columns.categories if category and each.pk == category.pk), None)
        if category is not None:
            self._category_cells(row, category, given)
        elif service is not None and not row.errors:
            row.errors.append(("Kategori", "Kategori ini tidak dipakai lagi. Pilih kategori lain."))
        if not row.errors:
            self._compare(row, category, given)

    def _cell(self, row: Row, column: Column, given: dict[str, Any]) -> None:
        text = row.line.cells[column.key]
        if column.required and not text:
            row.errors.append((column.head, "Wajib diisi."))
            return
        try:
            given[column.key] = self.columns.value(column.key, text)
        except (ValidationError, TransitionRefused) as problem:
            row.errors.append((column.head, _sentence(problem)))

    def _category_cells(self, row: Row, category: Any, given: dict[str, Any]) -> None:
        """What hangs on the category: subcategory and answers."""
        cells = row.line.cells
        if "subcategory" in cells and "subcategory" not in row.line.problems:
            try:
                given["subcategory"] = self.columns.subcategory(category, cells["subcategory"])
            except ValidationError as problem:
                row.errors.append((self.heads["subcategory"], _sentence(problem)))
        answers = dict(row.service.attributes) if row.service else {}
        for key in (key for key in cells if key.startswith(QUESTION) and key not in row.line.problems):
            try:
                answers[key.removeprefix(QUESTION)] = self.columns.answer(
                    category, key.removeprefix(QUESTION), cells[key]
                )
            except ValidationError as problem:
                row.errors.append((self.heads[key], _sentence(problem)))
        try:
            given["attributes"] = accepted(category.asked, answers)
        except ValidationError as problem:  # an answer from before the question was changed, whose column is not there
            row.errors.append(("Kategori", _sentence(problem)))

    def _compare(self, row: Row, category: Any, given: dict[str, Any]) -> None:
        """What differs from the service as it is, and whether it may."""
        old: Any = row.service or Service(provider=self.provider)
        areas = given.pop("areas", None)
        if areas is None and row.service is None:
            areas = [self.provider.area] if self.provider.area.code in self.columns.places else []
        if row.service is None:
            row.content, row.areas = given, areas
        else:
            row.content = {name: value for name, value in given.items() if getattr(old, name) != value}
            codes = None if areas is None else sorted(area.code for area in areas)
            row.areas = areas if codes is not None and codes != old.codes else None
            row.changes = self._changes(old, row)
        unit = given.get("unit", old.unit)
        if row.content.keys() & {"category", "subcategory", "unit", "attributes"} and unit not in (
            units := dict(category.allowed_units())
        ):
            row.errors.append(("Satuan", f"Satuan untuk kategori {category.name}: {', '.join(units.values())}."))
        if row.service and row.service.state != "draft" and row.changes:
            self._must_be_whole(row, category, given, areas)

    def _must_be_whole(self, row: Row, category: Any, given: dict[str, Any], areas: list[Area] | None) -> None:
        """What villages see lacks nothing."""
        for name, head in BEFORE_SHOWING.items():
            if not given.get(name, getattr(row.service, name)):
                row.errors.append((head, "Wajib diisi: layanan ini sudah pernah tayang."))
        if areas == [] or (areas is None and not row.service.codes):
            row.errors.append(("Wilayah layanan", "Wajib diisi: layanan ini sudah pernah tayang."))
        for question in unanswered(category.asked, given.get("attributes", row.service.attributes)):
            row.errors.append((question.strip("“”"), "Wajib dijawab: layanan ini sudah pernah tayang."))

    def _changes(self, old: Any, row: Row) -> list[tuple[str, str, str]]:
        found = []
        for name, new in row.content.items():
            if name != "attributes":
                found.append((self.heads[name], self._said(name, getattr(old, name)), self._said(name, new)))
                continue
            category = row.content.get("category", old.category)
            for key in sorted({*old.attributes, *new}):
                texts = (
                    self.columns.answer_text(old.category_id, key, old.attributes),
                    self.columns.answer_text(category.pk, key, new),
                )
                if texts[0] != texts[1]:
                    found.append((self.heads.get(f"{QUESTION}{key}", key), _shown(texts[0]), _shown(texts[1])))
        if row.areas is not None:
            names = [self.columns.places[code].name for code in old.codes]
            found.append(
                (self.heads["areas"], _shown("; ".join(names)), _shown("; ".join(area.name for area in row.areas)))
            )
        return found

    def _said(self, name: str, value: Any) -> str:
        """An amount as such: a zero too many is not seen in bare digits."""
        return rupiah(value) if name == "price" else _shown(self.columns.value_text(name, value))

    # --- doing it --------------------------------------------------------------------------------------------------
    def apply(self, *, by: Any, mark: str) -> ServiceTable:
        """All rows, or none: inside the caller's transaction. `mark` is that of the rows the person has seen."""
        self.upload = SheetUpload.objects.select_for_update().get(pk=self.upload.pk)
        refuse_unless(self.upload.applied_at is None, "Tabel ini sudah disimpan.")
        rows = self.judge()
        refuse_unless(
            mark_of(rows) == mark, "Layanan Anda berubah sejak pratinjau ini dibuat. Periksa lagi, lalu simpan."
        )
        refuse_unless(not any(row.errors for row in rows), "Masih ada baris yang perlu diperbaiki.")
        for row in rows:
            try:
                self._do(row, by=by)
            except TransitionRefused as refusal:
                raise TransitionRefused(f"Baris {row.line.number} ({row.title}): {refusal.reason}") from refusal
        self.upload.applied_at = timezone.now()
        self.upload.result = counts(rows)
        self.upload.save(update_fields=["applied_at", "result"])
        return self

    def _do(self, row: Row, *, by: Any) -> None:
        if row.outcome == "baru":
            Service(provider=self.provider, **row.content).offer(by=by, areas=row.areas or [])
        elif row.outcome == "berubah" and row.service is not None:
            service = Service.objects.get(pk=row.service.pk)
            service.revise(by=by, areas=row.areas, **row.content)


def mark_of(rows: Iterable[Row]) -> str:
    """What these rows would do, in one word."""
    said = [
        (row.line.number, row.outcome, row.service.code if row.service else "", row.changes, row.errors) for row in rows
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def counts(rows: Iterable[Row]) -> dict[str, int]:
    found = {"salah": 0, "baru": 0, "berubah": 0, "tetap": 0}
    for row in rows:
        found[row.outcome] += 1
    return found


def _sentence(problem: ValidationError | TransitionRefused) -> str:
    return " ".join(problem.messages) if isinstance(problem, ValidationError) else problem.reason


def _shown(text: Any) -> str:
    words = " ".join(str(text).split())
    return f"{words[:LONGEST_SHOWN]}…" if len(words) > LONGEST_SHOWN else words


# --- reading and writing -----------------------------------------------------------------------------------------------
def headings(provider: Provider) -> list[Heading]:
    """All that a table may have; the remarks of a corrected one are passed over."""
    return [*(column.heading for column in Columns(provider).all()), Heading(REMARK, "Perbaikan", required=False)]


def sheet_of(upload: Upload, provider: Provider) -> Sheet:
    """What stands in an uploaded workbook; ValidationError with a sentence."""
    return read(upload, headings(provider), most=MOST)


LINES = (
    "Layanan {provider}",
    "Ubah isi tabel, jangan kepala kolomnya. Arti kolom dan pilihannya ada pada lembar Petunjuk.",
    "Baris dengan Kode mengubah layanan itu; baris tanpa Kode menjadi draf baru. Menghapus baris tidak menghapus layanan.",
)


def template(provider: Provider) -> bytes:
    """An empty table with its instructions."""
    return _workbook(provider, Columns(provider).shown(), [])


def export(provider: Provider) -> bytes:
    """All services of the provider, to be changed and brought back."""
    table = ServiceTable(SheetUpload(about=provider.code))
    shown = table.columns.shown()
    services = sorted(table._own_services().values(), key=lambda service: service.pk)
    rows = [[table.columns.text(column.key, service, service.codes) for column in shown] for service in services]
    return _workbook(provider, shown, rows)


def remarks(table: ServiceTable, rows: Iterable[Row]) -> bytes:
    """The rows to be mended, as they were sent, each with what is wrong in it."""
    sent = {key for line in table.upload.read_lines() for key in line.cells}
    shown = [column for column in table.columns.all() if column.key in sent]
    first = Column("Perbaikan", 60, "Apa yang perlu diperbaiki pada baris ini; isinya tidak dipakai.", key=REMARK)
    filled = [
        ["\n".join(f"{head}: {sentence}" for head, sentence in row.errors), *(row.line.cells.get(column.key, "") for column in shown)]
        for row in rows
        if row.errors
    ]  # fmt: skip
    return _workbook(table.provider, [first, *shown], filled)


def _workbook(provider: Provider, shown: list[Column], rows: list[list[Any]]) -> bytes:
    return fillable(
        "Layanan",
        lines=[line.format(provider=provider.name) for line in LINES],
        fills=shown,
        rows=rows,
        properties={"title": f"Layanan {provider.name}", "created": timezone.now().replace(tzinfo=None)},
    )
