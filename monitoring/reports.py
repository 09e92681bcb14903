"""What the monthly report of a kabupaten or province says: plain data, frozen by the report that holds it.

First what is missing, then what is counted. `None` is printed "–" (not available), 0 is printed "0".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounts.models import Membership, Role
from catalog.models import Category
from core.formats import BULAN, rupiah_short
from core.models import DatedSetting
from monitoring import counting
from monitoring.models import Letterhead, MonthlyFigure, Report
from monitoring.period import Period, months, previous_month
from regions.codes import LENGTHS
from regions.models import Area, Level
from regions.scope import within
from transactions.models import Funding, Meeting, Method

MOST_ROWS = 40  # of a list of what is missing; the rest is counted


def snapshot_of(report: Report) -> dict[str, Any]:
    """Everything that the paper says about this area and month, as of the period's end (or now, provisionally)."""
    area, period = report.area, report.period
    book = Book(area, period)
    regency = area.level == Level.REGENCY
    name = area.name if regency else f"Provinsi {area.name}"
    return {
        "level": str(area.level),
        "area": {"code": area.code, "name": name},
        "heading": ["Laporan Bulanan Pelaksanaan P2KTD", name, f"Bulan {period.label}"],
        "letter_number": "",
        "subject": f"Laporan Bulanan P2KTD {period.label}",
        "addressee": (
            f"Kepala Satuan Kerja Provinsi {province_name(area)}"
            if regency
            else f"Menteri {ministry_subject(period.on)}"
        ),
        "month": period.first,
        "previous": previous_month(period.first),
        "data_per": period.data_per,
        "place": area.zone_name,
        "provisional": report.provisional,
        "revision": report.revision,
        "reason": report.reason,
        "watermark": "SEMENTARA" if report.provisional else "",
        "letterhead": letterhead(area, period.on),
        "signatures": signatures(area, report.requested_by),
        "summary": summary(book),
        "missing": missing_in_regency(area, period) if regency else missing_in_province(area, period, book),
        "counted": counted(book),
        "charts": charts(book),
    }


# --- the rows it is made from ---------------------------------------------------------------------------------
class Book:
    """The kept figures of one area: this month, the year so far, the month before, each month of the year."""

    def __init__(self, area: Area, period: Period) -> None:
        self.area, self.month = area, period.first
        before = previous_month(self.month)
        first = min(before, self.month.replace(month=1))
        rows = MonthlyFigure.objects.inside(area.code).filter(month__gte=first, month__lte=self.month)
        self.rows = list(rows.select_related("regency").order_by("regency"))
        self.now = [row for row in self.rows if row.month == self.month]
        self.year = [row for row in self.rows if row.month.year == self.month.year]
        self.before = [row for row in self.rows if row.month == before]

    def this(self, column: str) -> int:
        return total(self.now, column)

    def so_far(self, column: str) -> int:
        return total(self.year, column)

    def earlier(self, column: str) -> int | None:
        return total(self.before, column) if self.before else None

    def in_month(self, month: dt.date, column: str) -> int:
        return total([row for row in self.year if row.month == month], column)


def total(rows: Iterable[MonthlyFigure], column: str) -> int:
    return sum(getattr(row, column) for row in rows)


def by_key(rows: Iterable[MonthlyFigure], measure: str, part: int | None = None) -> dict[str, tuple[int, int]]:
    """Sums of a breakdown: {key: (number, amount)}; `part` picks one piece of "category|method|funding"."""
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        for key, (number, amount) in row.detail.get(measure, {}).items():
            name = key if part is None else key.split("|")[part]
            had = sums.get(name, (0, 0))
            sums[name] = (had[0] + number, had[1] + amount)
    return sums


# --- the head and the foot ------------------------------------------------------------------------------------------
def ministry(on: dt.date) -> str:
    """The ministry's name on that day (Perpres 171/2024 changed it)."""
    try:
        return str(DatedSetting.objects.in_force("ministry-name", on=on))
    except LookupError:
        return "Kementerian Desa"


def ministry_subject(on: dt.date) -> str:
    return ministry(on).removeprefix("Kementerian ")


def province_name(area: Area) -> str:
    return area.ancestry.split(", ")[-1] if area.ancestry else area.name


def office_of(area: Area, kept: Letterhead | None) -> str:
    if kept is not None and kept.office:
        return kept.office
    if area.level == Level.REGENCY:
        return "Dinas Pemberdayaan Masyarakat dan Desa"
    return f"Satuan Kerja Provinsi {area.name}"


def letterhead(area: Area, on: dt.date) -> dict[str, Any]:
    """The government's lines, the office last and largest."""
    kept = Letterhead.objects.filter(area=area).first()
    above = f"Pemerintah {area.name}" if area.level == Level.REGENCY else ministry(on)
    return {"lines": [above, office_of(area, kept)], "address": kept.address if kept else ""}


def signatures(area: Area, requested_by: Any) -> dict[str, Any]:
    """Mengetahui at the left, the maker at the right; a name only where someone holds that very post."""
    kept = Letterhead.objects.filter(area=area).first()
    office = office_of(area, kept)
    rows = list(Membership.objects.current().at(area.code).select_related("user").order_by("pk"))
    regency = area.level == Level.REGENCY
    office_role = Role.REGENCY_OFFICE if regency else Role.PROVINCE_OFFICE
    head = next((row for row in rows if row.role == office_role and is_head(row.position)), None)
    left = {
        "heading": "Mengetahui,",
        "position": head.position if head else f"Kepala {office}" + (f" {area.name}" if regency else ""),
        "name": head.user.name if head else "",
    }
    if regency:
        chair = next((row for row in rows if row.role == Role.POKJA_CHAIR), None)
        right = {"position": f"Ketua Pokja P2KTD {area.name}", "name": chair.user.name if chair else ""}
    else:
        maker = next((row for row in rows if requested_by and row.user_id == requested_by.pk and row is not head), None)
        right = {
            "position": maker.position or "Penyusun" if maker else "Penyusun",
            "name": maker.user.name if maker else "",
        }
    return {"place": kept.city if kept else "", "date": None, "left": left, "right": right}


def is_head(position: str) -> bool:
    bare = position.removeprefix("Plt. ").removeprefix("Plh. ").removeprefix("Pj. ")
    return bare.startswith("Kepala ") and not bare.startswith(("Kepala Bidang", "Kepala Seksi", "Kepala Sub"))


# --- what is missing ----------------------------------------------------------------------------------------------
def summary(book: Book) -> list[dict[str, Any]]:
    """The report's first table: what is not done, in numbers."""
    villages = book.this("villages")
    rows = [
        ("Desa belum terverifikasi", villages - book.this("villages_verified") if villages else None, "desa"),
        ("Permohonan akun desa menunggu keputusan", book.this("access_waiting") if villages else None, "permohonan"),
        ("Permohonan penyedia menunggu keputusan", book.this("applications_waiting"), "permohonan"),
        ("Pekerjaan melewati batas waktu kontrak", book.this("late") if villages else None, "kontrak"),
        (
            "Musdes melewati batas waktu",
            book.this("musdes_overdue") if villages else None,
            "pembelian",
        ),
    ]
    return [{"label": label, "number": number, "unit": unit} for label, number, unit in rows]


def missing_in_regency(area: Area, period: Period) -> dict[str, Any]:
    """Names of what is not done: villages, requests, contracts, Musdes."""

    def scope(path: str) -> Any:
        return within(path, area.code)

    return {
        "districts": unverified(area, period, scope),
        "access": listed(
            counting.access_requests(period, scope)
            .filter(state_then__in=counting.WAITING_ACCESS)
            .select_related("village")
            .order_by("created_at"),
            lambda row: {
                "village": place(row.village),
                "what": row.get_role_display(),
                "since": row.created_at.astimezone(period.zone).date(),
                "days": (period.at - row.created_at).days,
            },
        ),
        "applications": listed(
            counting.applications(period, scope)
            .filter(state_then__in=counting.WAITING_APPLICATIONS)
            .select_related("provider")
            .order_by("submitted_at"),
            lambda row: {
                "what": row.provider.name,
                "since": row.submitted_at.astimezone(period.zone).date(),
                "days": (period.at - row.submitted_at).days,
            },
        ),
        "late": listed(
            counting.late_contracts(period, scope)
            .select_related("village", "provider", "sourcing__need")
            .order_by("ends_on"),
            lambda row: {
                "village": place(row.village),
                "what": row.sourcing.need.title,
                "provider": row.provider.name,
                "due": row.ends_on,
                "days": (period.on - row.ends_on).days,
                "percent": row.percent,
            },
        ),
        "musdes": listed(
            counting.overdue_accounts(period, scope)
            .select_related("contract__village", "contract__sourcing__need")
            .order_by("due_on"),
            lambda row: {
                "village": place(row.contract.village),
                "what": row.contract.sourcing.need.title,
                "handed_over": row.contract.day_handed,
                "due": row.due_on,
                "days": (period.on - row.due_on).days,
            },
        ),
    }


def short(regency: Area) -> str:
    """Kab. Lombok Barat, Kota Mataram: fits a narrow column."""
    return regency.name.replace("Kabupaten ", "Kab. ", 1)


def place(village: Area) -> str:
    """Kuta, Kec. Pujut: short, and no two are alike."""
    district = village.ancestry.split(", ")[0].removeprefix("Kecamatan ")
    return f"{village.name}, Kec. {district}"


def listed(rows: QuerySet, shown: Any) -> dict[str, Any]:
    """The first rows, each as `shown` gives it, and how many more there are."""
    found = list(rows[: MOST_ROWS + 1])
    more = rows.count() - MOST_ROWS if len(found) > MOST_ROWS else 0
    return {"rows": [shown(row) for row in found[:MOST_ROWS]], "more": more}


def unverified(area: Area, period: Period, scope: Any) -> list[dict[str, Any]]:
    """Each kecamatan with desa: how many, how many verified, and the names of the others."""
    verified = set(
        counting.VillageAccess.objects.filter(scope("village"), state="verified", decided_at__lt=period.at).values_list(
            "village_id", flat=True
        )
    )
    villages: dict[str, list[tuple[str, str]]] = {}
    for code, name in Area.objects.buyers().in_force(period.on).within(area.code).values_list("code", "name"):
        villages.setdefault(code[: LENGTHS[2]], []).append((code, name))
    rows = []
    for district in Area.objects.districts().filter(code__in=villages):
        inside = villages[district.code]
        rows.append(
            {
                "name": district.name,
                "villages": len(inside),
                "verified": sum(code in verified for code, _ in inside),
                "names": [name for code, name in inside if code not in verified],
            }
        )
    return rows


REPORTED = {"issued": "Terbit", "ready": "Disusun", "queued": "Disusun"}


def missing_in_province(area: Area, period: Period, book: Book) -> dict[str, Any]:
    """Each kabupaten and kota: what is open there, and whether it has reported."""
    reports = Report.objects.filter(within("area", area.code), month=period.first, provisional=False)
    states = dict(reports.order_by("revision").values_list("area_id", "state"))
    rows = []
    for row in book.now:
        has_villages = bool(row.villages)
        rows.append(
            {
                "name": short(row.regency),
                "villages": row.villages or None,
                "unverified": row.villages - row.villages_verified if has_villages else None,
                "access": row.access_waiting if has_villages else None,
                "applications": row.applications_waiting,
                "late": row.late if has_villages else None,
                "musdes": row.musdes_overdue if has_villages else None,
                "report": REPORTED.get(states.get(row.regency_id, ""), "Belum" if has_villages else None),
            }
        )
    columns = ("villages", "unverified", "access", "applications", "late", "musdes")
    sums: dict[str, Any] = {column: sum(row[column] or 0 for row in rows) for column in columns}  # type: ignore[misc]
    expected = [row for row in rows if row["report"] is not None]
    sums["issued"] = sum(row["report"] == "Terbit" for row in expected)
    sums["expected"] = len(expected)
    return {"regencies": rows, "total": sums, "silent": [row["name"] for row in expected if row["report"] == "Belum"]}


# --- what is counted ------------------------------------------------------------------------------------------------
STANDING_ROWS = (  # label, column, meaningless where there are no desa
    ("Desa dan desa adat", "villages", True),
    ("Desa terverifikasi", "villages_verified", True),
    ("Permohonan akun desa menunggu", "access_waiting", True),
    ("Penyedia terdaftar di direktori", "providers", False),
    ("Permohonan penyedia menunggu", "applications_waiting", False),
    ("Pekerjaan berjalan", "running", True),
    ("Musdes belum selesai", "musdes_open", True),
)
MONEY_ROWS = (
    ("Kontrak (SPK) ditandatangani", "contracts", "contracts_value"),
    ("Serah terima kepada Kepala Desa (BAST)", "handovers", "handovers_value"),
    ("Transfer pembayaran, bruto", "payments", "paid"),
    ("Pajak dipotong", None, "withheld"),
    ("Putus kontrak", "terminated", None),
    ("Pembelian selesai dan ditutup", "closed", None),
)


def counted(book: Book) -> dict[str, Any]:
    """Each table: this month, and the year so far."""
    found: dict[str, Any] = {
        "standing": [
            {
                "label": label,
                "before": book.earlier(column) if not of_villages or book.earlier("villages") else None,
                "now": book.this(column) if not of_villages or book.this("villages") else None,
            }
            for label, column, of_villages in STANDING_ROWS
        ],
        "new": [
            {"label": label, "now": book.this(column), "year": book.so_far(column)}
            for label, column in (
                ("Permohonan akun desa masuk", "access_submitted"),
                ("Akun desa diverifikasi", "access_verified"),
                ("Permohonan penyedia masuk", "applications_submitted"),
                ("Penyedia ditetapkan terdaftar", "providers_listed"),
            )
        ],
        "categories": categories(book),
        "methods": broken_down(book, 1, [(choice.value, choice.label) for choice in Method]),
        "funding": broken_down(book, 2, [(choice.value, choice.label) for choice in Funding]),
        "money": [
            {
                "label": label,
                "number": book.this(number) if number else None,
                "amount": book.this(amount) if amount else None,
                "year_number": book.so_far(number) if number else None,
                "year_amount": book.so_far(amount) if amount else None,
            }
            for label, number, amount in MONEY_ROWS
        ],
        "musdes": musdes(book),
        "ratings": ratings(book),
        "complaints": None,  # nobody records them yet: "belum dicatat", never a zero
    }
    if book.area.level == Level.PROVINCE:
        found["regencies"] = per_regency(book)
    return found


def categories(book: Book) -> dict[str, Any]:
    """Needs and contracts by category, with totals."""
    names = dict(Category.objects.order_by("order").values_list("key", "name"))
    needs, needs_year = by_key(book.now, "needs"), by_key(book.year, "needs")
    made, made_year = by_key(book.now, "contracts", 0), by_key(book.year, "contracts", 0)
    nothing = (0, 0)
    used = set(needs_year) | set(made_year)
    active = set(Category.objects.active().values_list("key", flat=True))
    rows = [
        {
            "label": name,
            "needs": needs.get(key, nothing)[0],
            "needs_year": needs_year.get(key, nothing)[0],
            "number": made.get(key, nothing)[0],
            "amount": made.get(key, nothing)[1],
            "year_number": made_year.get(key, nothing)[0],
            "year_amount": made_year.get(key, nothing)[1],
        }
        for key, name in names.items()
        if key in used or key in active
    ]
    return with_total(rows, "needs", "needs_year", "number", "amount", "year_number", "year_amount")


def broken_down(book: Book, part: int, choices: list[tuple[str, str]]) -> dict[str, Any]:
    """Contracts by one piece of their key, every choice named, with totals."""
    now, year = by_key(book.now, "contracts", part), by_key(book.year, "contracts", part)
    rows = []
    for key, label in choices:
        (number, amount), (year_number, year_amount) = now.get(key, (0, 0)), year.get(key, (0, 0))
        rows.append(
            {
                "label": str(label),
                "number": number,
                "amount": amount,
                "year_number": year_number,
                "year_amount": year_amount,
            }
        )
    return with_total(rows, "number", "amount", "year_number", "year_amount")


def with_total(rows: list[dict[str, Any]], *columns: str) -> dict[str, Any]:
    return {"rows": rows, "total": {column: sum(row[column] or 0 for row in rows) for column in columns}}


def musdes(book: Book) -> list[dict[str, Any]]:
    now, year = by_key(book.now, "heard"), by_key(book.year, "heard")
    rows = [
        ("Musdes pertanggungjawaban diadakan", book.this("meetings"), book.so_far("meetings")),
        ("Hadir laki-laki", book.this("men"), book.so_far("men")),
        ("Hadir perempuan", book.this("women"), book.so_far("women")),
        ("Jumlah hadir", book.this("men") + book.this("women"), book.so_far("men") + book.so_far("women")),
    ]
    rows += [
        (f"Keputusan: {choice.label.lower()}", now.get(choice.value, (0, 0))[0], year.get(choice.value, (0, 0))[0])
        for choice in Meeting.Decision
    ]
    return [{"label": label, "now": this, "year": so_far} for label, this, so_far in rows]


def ratings(book: Book) -> dict[str, Any]:
    """How many, and the mean of 1 to 5 stars."""
    return {
        "number": book.this("ratings"),
        "average": mean(book.this("rating_tenths"), book.this("ratings")),
        "year_number": book.so_far("ratings"),
        "year_average": mean(book.so_far("rating_tenths"), book.so_far("ratings")),
    }


def mean(tenths: int, number: int) -> Decimal | None:
    return (Decimal(tenths) / number / 10).quantize(Decimal("0.1")) if number else None


REGENCY_COLUMNS = ("needs", "contracts", "contracts_value", "handovers", "paid", "meetings", "men", "women")


def per_regency(book: Book) -> dict[str, Any]:
    """The month's figures of each kabupaten and kota; "–" where there are no desa."""
    rows = [
        {"label": short(row.regency), **{c: getattr(row, c) if row.villages else None for c in REGENCY_COLUMNS}}
        for row in book.now
    ]
    return with_total(rows, *REGENCY_COLUMNS)


# --- small charts -----------------------------------------------------------------------------------------------------
def charts(book: Book) -> dict[str, list[list[Any]]]:
    """Rows of (label, value, shown as)."""
    first = book.month.replace(month=1)
    by_month = [
        [BULAN[month.month - 1], book.in_month(month, "contracts_value")] for month in months(first, book.month)
    ]
    names = dict(Category.objects.values_list("key", "name"))
    by_category = [
        [names.get(key, key), amount] for key, (_, amount) in by_key(book.year, "contracts", 0).items() if amount
    ]
    by_category.sort(key=lambda row: -row[1])
    return {
        "months": [[label, amount, rupiah_short(amount)] for label, amount in by_month],
        "categories": [[label, amount, rupiah_short(amount)] for label, amount in by_category],
    }
