"""Up to four services side by side. The address is the whole state: `?layanan=CODE&layanan=CODE@3`.

A code alone means the service as it stands; `@3` pins what villages read in its third version, so an address that
was kept or sent shows the price of that day for ever.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog import extras, service_page, sheet
from catalog.models import Service, ServiceVersion
from catalog.models.rating import min_count
from catalog.templatetags.catalog import lines, rating
from core.formats import rupiah
from core.templatetags.components import money
from verification.models import Standing

PARAMETER: Final = "layanan"
MOST: Final = 4
READ: Final = 20  # of what an address names; nobody's own address is longer
AREAS: Final = 4
LINES: Final = 6
LINE: Final = 160
MORE: Final = SafeString('<p class="small muted">Selengkapnya pada halaman layanan.</p>')

_PICK = re.compile(r"([0-9A-Z]{1,16})(?:@([1-9][0-9]{0,8}))?", re.ASCII)
NOTHING: Final = "Tidak disebutkan"


# --- what the address asks for ----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Pick:
    """One service of the address, as it stands or in one of its versions."""

    code: str
    number: int | None = None

    def __str__(self) -> str:
        return self.code if self.number is None else f"{self.code}@{self.number}"


def read(values: Iterable[str]) -> tuple[list[Pick], list[str]]:
    """At most four picks, each once, and a sentence for each thing that is odd in the address."""
    picks: list[Pick] = []
    said: list[str] = []
    for value in [value.strip().upper() for value in values if value.strip()][:READ]:
        match = _PICK.fullmatch(value)
        if match is None:
            said.append(f"“{value[:30]}” bukan kode layanan.")
            continue
        pick = Pick(match[1], int(match[2]) if match[2] else None)
        if pick in picks:
            said.append(f"Layanan {pick} dipilih dua kali; ditampilkan sekali.")
        elif len(picks) == MOST:
            said.append(f"Paling banyak {MOST} layanan dapat dibandingkan; {pick} tidak ditampilkan.")
        else:
            picks.append(pick)
    return picks, list(dict.fromkeys(said))


def address(picks: Iterable[Pick | str], **more: str) -> str:
    """The query of a comparison of these."""
    return "?" + urlencode([(PARAMETER, str(pick)) for pick in picks] + list(more.items()), safe="@")


# --- the columns --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Column:
    """One service of a comparison: `content` is what is compared, whatever has become of it since."""

    pick: Pick
    service: Service
    content: dict[str, Any]
    number: int
    made_at: dt.datetime | None = None
    standings: list[Standing] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.service.state == "published" and bool(self.standings)

    @property
    def is_current(self) -> bool:
        return self.number == self.service.version_number

    @property
    def pinned(self) -> Pick:
        """The same, for ever."""
        return replace(self.pick, number=self.number or None)


def columns(user: Any, picks: list[Pick]) -> tuple[list[Column], list[str]]:
    """What is to be compared, in the order asked for, and a sentence for each that is not there."""
    live = {each.code: each for each in service_page.services(user).filter(code__in=_codes(picks, pinned=False))}
    wanted = Q(pk__in=[])
    for pick in picks:
        if pick.number is not None:
            wanted |= Q(service__code=pick.code, number=pick.number)
    versions = ServiceVersion.objects.visible_to(user).select_related(
        "service__category", "service__subcategory", "service__provider__area"
    )
    pinned = list(versions.filter(wanted)) if _codes(picks, pinned=True) else []
    kept = {(row.service.code, row.number): row for row in pinned}
    found: list[Column] = []
    for pick in picks:
        if pick.number is None and (service := live.get(pick.code)):
            found.append(Column(pick, service, service_page.content(service), service.version_number))
        elif pick.number is not None and (row := kept.get((pick.code, pick.number))):
            found.append(Column(pick, row.service, row.content, row.number, row.made_at))
    there = {column.pick for column in found}
    return _with_standings(found), [_missing(pick) for pick in picks if pick not in there]


def _codes(picks: list[Pick], *, pinned: bool) -> list[str]:
    return [pick.code for pick in picks if (pick.number is not None) is pinned]


def _missing(pick: Pick) -> str:
    if pick.number is None:
        return f"Layanan dengan kode {pick.code} tidak ada atau sedang tidak tayang."
    return f"Versi {pick.number} dari layanan {pick.code} tidak ada."


def _with_standings(found: list[Column]) -> list[Column]:
    owners = {column.service.provider_id for column in found}
    listed = list(Standing.objects.current().filter(provider__in=owners).select_related("regency")) if owners else []
    return [
        replace(column, standings=[each for each in listed if each.provider_id == column.service.provider_id])
        for column in found
    ]


# --- the rows -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Row:
    """What each column says of one thing; `differs` when not all say the same."""

    label: str
    cells: list[str]

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


def rows(request: HttpRequest, found: list[Column]) -> list[Row]:
    """Everything that is compared, from the price on."""
    least = min_count()
    above = dict(extras.comparison_rows(request, [column.service for column in found]))
    told = [
        ("Harga", _prices(found)),
        ("Pajak", [_tax(column.content) for column in found]),
        *_from_above(above, "Harga rujukan", found),
        ("Lama pengerjaan", [_days(column.content) for column in found]),
        ("Yang diterima desa", [_lines(column.content["deliverables"]) for column in found]),
        ("Jenis layanan", [column.content["kind_label"] for column in found]),
        ("Kategori", [_category(column.content) for column in found]),
        *_attributes(found),
        ("Syarat dan yang disiapkan desa", [_lines(column.content["requirements"]) for column in found]),
        ("Wilayah layanan", [_areas(column.content["areas"]) for column in found]),
        ("Penilaian desa", [rating(column.service, least) for column in found]),
        *((label, [cells.get(column.service.pk, NOTHING) for column in found]) for label, cells in above.items()),
        ("Status penyedia", [_standing(column) for column in found]),
        ("Bentuk dan kantor penyedia", [_office(column.service) for column in found]),
    ]
    return [Row(label, cells) for label, cells in told]


def _from_above(above: dict[str, dict[int, str]], label: str, found: list[Column]) -> Iterator[tuple[str, list[str]]]:
    """A row that another app gives and that stands beside ours."""
    if cells := above.pop(label, None):
        yield label, [cells.get(column.service.pk, NOTHING) for column in found]


def _prices(found: list[Column]) -> list[str]:
    """Each price; the lowest is said where prices can be told apart: one unit, one way of tax."""
    prices = [column.content["price"] for column in found]
    fair = len({(c.content["unit"], c.content["tax_included"]) for c in found}) == 1 and len(set(prices)) > 1
    return [
        format_html("{}{}", money(price, unit=column.content["unit_label"]), _lowest() if fair and price == min(prices) else "")
        for price, column in zip(prices, found, strict=True)
    ]  # fmt: skip


def _lowest() -> SafeString:
    return SafeString('<br><b class="compare__low">Harga terendah</b>')


def _tax(content: dict[str, Any]) -> str:
    return "Sudah termasuk pajak" if content["tax_included"] else "Belum termasuk pajak"


def _days(content: dict[str, Any]) -> str:
    return f"{content['duration_days']} hari kalender" if content["duration_days"] else NOTHING


def _lines(text: str) -> str:
    """A list's beginning: a comparison is an overview, and the service's page has the rest."""
    if not text:
        return NOTHING
    told, less = sheet.rows(text, LINES, LINE)
    return lines("\n".join(told)) + (MORE if less else SafeString())


def _category(content: dict[str, Any]) -> str:
    sub = content["subcategory"]
    return f"{content['category']['name']}: {sub['name']}" if sub else str(content["category"]["name"])


def _attributes(found: list[Column]) -> Iterator[tuple[str, list[str]]]:
    """The questions of their categories that are compared: a row for each label that any of them answers."""
    said = [
        {row["label"]: row["text"] for row in column.content["attributes"] if row["in_comparison"]} for column in found
    ]
    for label in dict.fromkeys(label for each in said for label in each):
        yield label, [each.get(label, NOTHING) for each in said]


def _areas(areas: list[dict[str, Any]]) -> str:
    names = [f"Seluruh {area['name']}" if area["level"] == "province" else area["name"] for area in areas]
    more = f"; dan {len(names) - AREAS} wilayah lain" if len(names) > AREAS else ""
    return "; ".join(names[:AREAS]) + more if names else NOTHING


def _standing(column: Column) -> str:
    if not column.standings:
        return "Tidak terdaftar di direktori"
    return "; ".join(f"Terdaftar di {each.regency.label}, nomor {each.directory_number}" for each in column.standings)


def _office(service: Service) -> str:
    return f"{service.provider.get_legal_form_display()}, {service.provider.area.label}"


# --- what to mind -------------------------------------------------------------------------------------------
def warnings(found: list[Column]) -> list[str]:
    """What makes the columns hard to compare, and what has changed since a version was pinned."""
    said = []
    if len({column.content["category"]["key"] for column in found}) > 1:
        said.append("Layanan ini dari kategori yang berbeda, jadi keterangannya tidak semuanya sebanding.")
    if len({column.content["unit"] for column in found}) > 1:
        said.append("Satuan harganya berbeda. Hitung dahulu untuk volume yang Anda perlukan.")
    if len({column.content["tax_included"] for column in found}) > 1:
        said.append("Sebagian harga sudah termasuk pajak dan sebagian belum.")
    for column in found:
        now = column.service
        if not column.is_current and now.price != column.content["price"]:
            said.append(
                f"{now.title}: harga pada versi {column.number} {rupiah(column.content['price'])}, "
                f"sekarang {rupiah(now.price)}."
            )
        if not column.is_open:
            said.append(f"{column.content['title']} sedang tidak dapat dipesan.")
    return said
