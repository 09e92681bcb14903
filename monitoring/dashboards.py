"""A board for each level: the nation by province, a province by kabupaten, a kabupaten by kecamatan, a kecamatan by desa.

Nation and province are read from the kept figures alone; below, the few documents of that place are counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, DateField, F, Value
from django.db.models.functions import Cast, TruncDate

from accounts import people
from accounts.models.membership import Role
from core.formats import BULAN, NOTHING, WIB, bulan_tahun, jumlah, persen, rupiah_short
from monitoring import counting
from monitoring.models import READERS, MonthlyFigure
from monitoring.period import Period, months
from regions import codes
from regions.codes import LENGTHS, NATION
from regions.models import Area, Level
from regions.scope import within

BOARD_ROLES = (*READERS, Role.PD, Role.DISTRICT_OFFICE, Role.PLD)
MOST_STUCK = 8
PATIENCE = 7  # days that a request may wait before it is called stuck

STOCKS = (
    "villages",
    "villages_verified",
    "access_waiting",
    "providers",
    "running",
    "late",
    "musdes_open",
    "musdes_overdue",
)
FLOWS = ("needs", "contracts", "contracts_value", "paid", "meetings", "men", "women")
# The measures behind them, where they are counted and not kept.
COUNTED_STOCKS = (
    "villages",
    "villages_verified",
    "access",
    "running",
    "late",
    "musdes_open",
    "musdes_overdue",
    "contracts",
)
COUNTED_FLOWS = ("needs", "contracts", "payments", "meetings", "present")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the board's table and of its CSV: `year` takes the sum since January."""

    key: str
    label: str
    name: str
    year: bool = False
    money: bool = False
    of_villages: bool = True  # means nothing where there are no desa

    def value(self, row: Row) -> int | None:
        if self.of_villages and not row.month["villages"]:
            return None
        return (row.year if self.year else row.month)[self.name]


COLUMNS = (
    Column("desa", "Desa", "villages"),
    Column("terverifikasi", "Terverifikasi", "villages_verified"),
    Column("akun_menunggu", "Akun menunggu", "access_waiting"),
    Column("lewat_batas", "Pekerjaan lewat batas", "late"),
    Column("musdes_lewat", "Musdes lewat batas", "musdes_overdue"),
    Column("penyedia", "Penyedia", "providers", of_villages=False),
    Column("kebutuhan", "Kebutuhan", "needs", year=True),
    Column("kontrak_bulan", "Kontrak bulan ini", "contracts"),
    Column("kontrak", "Kontrak tahun ini", "contracts", year=True),
    Column("nilai", "Nilai kontrak tahun ini", "contracts_value", year=True, money=True),
    Column("dibayar", "Dibayar tahun ini", "paid", year=True, money=True),
    Column("musdes", "Musdes tahun ini", "meetings", year=True),
    Column("hadir_l", "Hadir L", "men", year=True),
    Column("hadir_p", "Hadir P", "women", year=True),
)


BY_KEY = {column.key: column for column in COLUMNS}
PAGE_COLUMNS = (  # short heads: the page says that flows are those of the year
    ("Menunggu", "akun_menunggu"),
    ("Kerja lewat", "lewat_batas"),
    ("Musdes lewat", "musdes_lewat"),
    ("Kebutuhan", "kebutuhan"),
    ("Kontrak", "kontrak"),
    ("Nilai kontrak", "nilai"),
    ("Musdes", "musdes"),
)


@dataclass(slots=True)
class Row:
    """One area of the table."""

    code: str
    name: str
    url: str = ""
    month: dict[str, int] = field(default_factory=dict)
    year: dict[str, int] = field(default_factory=dict)

    @property
    def has_villages(self) -> bool:
        return bool(self.month["villages"])


@dataclass(frozen=True, slots=True)
class Stuck:
    """Something that waits too long."""

    kind: str
    title: str
    village: str
    since: dt.date
    days: int
    code: str

    @property
    def tone(self) -> str:
        return "warn" if self.kind == "Akun menunggu" else "bad"


def boards_of(user: Any) -> list[str]:
    """Codes of the boards that are this person's own, the widest first; NATION for the ministry."""
    found = set()
    for code in people.territories(user, *BOARD_ROLES):
        found.add(code[: LENGTHS[2]] if codes.is_code(code) else code)  # a PLD's villages: the board of the kecamatan
    return codes.outermost(found)


def inside(user: Any, code: str) -> list[str]:
    """What of this area the person may see there: all of it, a PLD their villages of a kecamatan, or nothing."""
    territories = people.territories(user, *BOARD_ROLES)
    if any(codes.contains(territory, code) or territory == code for territory in territories):
        return [code]
    if len(code) == LENGTHS[2]:
        return sorted(territory for territory in territories if codes.contains(code, territory))
    return []


class Board:
    """Everything a dashboard page shows of one area and month. `code` is an area's, or NATION."""

    def __init__(self, code: str, territories: list[str], month: dt.date, *, now: dt.datetime) -> None:
        self.code, self.territories, self.month, self.now = code, territories, month, now
        self._months: dict[dt.date, int] = {}  # contract value of each month of the year

    @cached_property
    def _areas(self) -> list[Area]:
        """The area itself (none for the nation) and what lies directly below, in one query."""
        if self.code == NATION:
            return list(Area.objects.provinces())
        rows = Area.objects.filter(code=self.code) | Area.objects.filter(parent=self.code)
        return list(rows.order_by("code"))

    @property
    def exists(self) -> bool:
        return self.code == NATION or (bool(self._areas) and self._areas[0].code == self.code)

    @property
    def area(self) -> Area | None:
        return None if self.code == NATION else self._areas[0]

    def link(self, board_url: Callable[[str], str], orders_url: str) -> None:
        """Give each row its address: the board below, or the village's orders."""
        for row in self.rows:
            if self.level != Level.DISTRICT:
                row.url = board_url(row.code)
            elif row.year["needs"] or row.year["contracts"] or row.month["running"]:
                row.url = f"{orders_url}?{urlencode({'q': row.name.partition(' ')[2] or row.name})}"

    @property
    def level(self) -> str:
        return "nation" if self.area is None else str(self.area.level)

    @property
    def children(self) -> list[Area]:
        found = self._areas if self.area is None else self._areas[1:]
        if self.level == Level.DISTRICT:
            found = [area for area in found if area.may_buy]
            if self.territories != [self.code]:
                found = [area for area in found if area.code in self.territories]
        return found

    @property
    def title(self) -> str:
        if self.area is None:
            return "Pantauan Nasional"
        return f"Dashboard {self.area.label}" if self.level == Level.DISTRICT else f"Pantauan {self.area.name}"

    @property
    def child_label(self) -> str:
        return {
            "nation": "Provinsi",
            "province": "Kabupaten/Kota",
            "regency": "Kecamatan",
            "district": "Desa",
        }[self.level]

    @property
    def period(self) -> Period:
        return Period.of(self.month, self.area.tzinfo if self.area else WIB, self.now)

    @property
    def is_kept(self) -> bool:
        """Read from the kept figures, which lag a few minutes behind."""
        return self.level in ("nation", "province")

    # --- figures ------------------------------------------------------------------------------------------
    @cached_property
    def rows(self) -> list[Row]:
        month, year = self._kept() if self.is_kept else self._counted()
        nothing = dict.fromkeys((*STOCKS, *FLOWS), 0)
        return [
            Row(
                area.code,
                area.label if area.is_village else area.name,
                month=nothing | month.get(area.code, {}),
                year=nothing | year.get(area.code, {}),
            )
            for area in self.children
        ]

    @cached_property
    def _history(self) -> list[dict[str, Any]]:
        """The year so far by place and month, from the kept figures."""
        length = LENGTHS[0] if self.level == "nation" else LENGTHS[1]
        found = MonthlyFigure.objects.inside(self.code).year_to(self.month)
        return found.by_area_and_month(length, *STOCKS, *FLOWS)

    def _kept(self) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        month: dict[str, dict[str, int]] = {}
        year: dict[str, dict[str, int]] = {}
        for row in self._history:
            sums = year.setdefault(row["place"], dict.fromkeys(FLOWS, 0))
            for name in FLOWS:
                sums[name] += row[name]
            if row["month"] == self.month:
                month[row["place"]] = {name: row[name] for name in (*STOCKS, *FLOWS)}
        return month, year

    def _counted(self) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        length = LENGTHS[2] if self.level == Level.REGENCY else LENGTHS[3]
        kept = MonthlyFigure.objects.inside(self.code).year_to(self.month).as_counts("contracts_value")
        month, year = counting.count_with_year(
            self.territories, length, self.period, kept, month=COUNTED_STOCKS, year=COUNTED_FLOWS
        )
        for (measure, key), (_, amount) in month.get(self.code, {}).items():
            if measure == "contracts_value":
                self._months[dt.date.fromisoformat(key)] = amount
        return (
            {code: counting.columns(found) for code, found in month.items()},
            {code: counting.columns(found) for code, found in year.items()},
        )

    @cached_property
    def total(self) -> Row:
        row = Row(self.code, "Jumlah")
        for name in (*STOCKS, *FLOWS):
            row.month[name] = sum(child.month[name] for child in self.rows)
            row.year[name] = sum(child.year[name] for child in self.rows)
        return row

    @property
    def columns(self) -> list[Column]:
        """A provider stands in a kabupaten's directory, so below there is none to count."""
        below = self.level in (Level.REGENCY, Level.DISTRICT)
        return [column for column in COLUMNS if not (below and column.name == "providers")]

    @property
    def heads(self) -> list[str]:
        """What fits on the page; the CSV has all."""
        first = "Akun" if self.level == Level.DISTRICT else "Terverifikasi"
        return [first, *(label for label, _ in PAGE_COLUMNS)]

    def cells(self, row: Row) -> list[str]:
        return [self.account(row), *(shown(BY_KEY[key], row) for _, key in PAGE_COLUMNS)]

    def account(self, row: Row) -> str:
        """A desa's account in a word; of a wider area, how many are verified."""
        sums = row.month
        if self.level == Level.DISTRICT and row is not self.total:
            return "Terverifikasi" if sums["villages_verified"] else "Menunggu" if sums["access_waiting"] else "Belum"
        if not row.has_villages:
            return NOTHING
        return f"{jumlah(sums['villages_verified'])} dari {jumlah(sums['villages'])}"

    def table(self) -> list[tuple[Row, list[str]]]:
        """Rows for the page: cells as people read them."""
        return [(row, self.cells(row)) for row in self.rows]

    def total_cells(self) -> list[str]:
        return self.cells(self.total)

    def csv(self) -> list[list[str | int]]:
        """The table with its head, for a spreadsheet; "–" is an empty cell."""
        head: list[str | int] = ["Kode", self.child_label, *[column.label for column in self.columns]]
        body = [
            [row.code, row.name, *["" if (v := column.value(row)) is None else v for column in self.columns]]
            for row in self.rows
        ]
        return [head, *body]

    # --- what stands out ----------------------------------------------------------------------------------
    @property
    def verified_share(self) -> str:
        villages = self.total.month["villages"]
        return persen(self.total.month["villages_verified"] / villages) if villages else "–"

    @property
    def verified_note(self) -> str:
        sums = self.total.month
        return f"{jumlah(sums['villages_verified'])} dari {jumlah(sums['villages'])} desa"

    @property
    def chart_caption(self) -> str:
        return f"Per {self.child_label.lower()}, terbesar"

    @cached_property
    def stuck(self) -> list[Stuck]:
        """The oldest that wait, of this kabupaten or kecamatan; one query."""
        if self.level not in (Level.REGENCY, Level.DISTRICT):
            return []

        def scope(path: str) -> Any:
            return within(path, self.territories)

        def named(rows: Any, kind: str, title: Any, village: str, since: Any, code: Any) -> Any:
            return rows.order_by().values_list(
                Value(kind, CharField()), title, F(f"{village}__name"), Cast(since, DateField()), code
            )

        waiting = counting.access_requests(self.period, scope).filter(
            state_then="submitted", created_at__lt=self.now - dt.timedelta(days=PATIENCE)
        )
        parts = [
            named(
                counting.late_contracts(self.period, scope),
                "Pekerjaan lewat batas", F("sourcing__need__title"), "village", F("ends_on"), F("sourcing__need__code"),
            ),
            named(
                counting.overdue_accounts(self.period, scope),
                "Musdes lewat batas", F("contract__sourcing__need__title"), "contract__village", F("due_on"),
                F("contract__sourcing__need__code"),
            ),
            named(waiting, "Akun menunggu", F("role"), "village", TruncDate("created_at", tzinfo=self.period.zone), Value("", CharField())),
        ]  # fmt: skip
        labels = dict(Role.choices)
        rows = sorted(parts[0].union(*parts[1:], all=True), key=lambda row: row[3])[:MOST_STUCK]
        return [
            Stuck(kind, labels.get(title, title), village, since, (self.period.on - since).days, code)
            for kind, title, village, since, code in rows
        ]

    def worst(self) -> list[tuple[str, int]]:
        """Where most work or Musdes is overdue, for the wide boards."""
        found = [(row.name, row.month["late"] + row.month["musdes_overdue"]) for row in self.rows]
        return sorted([row for row in found if row[1]], key=lambda row: -row[1])[:6]

    # --- charts -------------------------------------------------------------------------------------------
    def value_by_month(self) -> list[tuple[str, int, str]]:
        """(month, rupiah, nothing) of the year so far; only where figures are kept."""
        sums = self._months
        if self.level == Level.DISTRICT or not self.rows:
            return []
        if self.level != Level.REGENCY:
            sums = {}
            for row in self._history:
                sums[row["month"]] = sums.get(row["month"], 0) + row["contracts_value"]
        return [
            (BULAN[month.month - 1], sums.get(month, 0), "")
            for month in months(self.month.replace(month=1), self.month)
        ]

    def value_by_child(self) -> list[tuple[str, int, str]]:
        found = [(row.name, row.year["contracts_value"], "") for row in self.rows if row.year["contracts_value"]]
        return sorted(found, key=lambda row: -row[1])[:8]

    @property
    def month_label(self) -> str:
        return bulan_tahun(self.month)


def shown(column: Column, row: Row) -> str:
    value = column.value(row)
    return (rupiah_short if column.money else jumlah)(value)
