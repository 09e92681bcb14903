"""Activities as Siskeudes exports them: its column names, and how each cell becomes a value of ours.

Kd_Keg begins with the village's own code (eight characters, "04.2001."), then bidang, sub bidang and kegiatan
("04.03.02."); we keep the last three. Amounts are whole rupiah, the ceiling is the one after the change of the budget
(PAK). Nothing here asks or writes the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.formats import RupiahError, parse_rupiah
from core.sheets import Heading
from core.sheets import Line as Row
from core.spreadsheet import printable
from transactions.models.planning.activity import Field
from transactions.models.planning.need import Funding

SOURCES = {
    "DDS": Funding.DANA_DESA,
    "DD": Funding.DANA_DESA,
    "ADD": Funding.ADD,
    "PAD": Funding.PAD,
    "PADES": Funding.PAD,
    "PBH": Funding.PBH,
    "PBK": Funding.PBK,
    "PBP": Funding.PBK,
    "DLL": Funding.OTHER,
}
_CODE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{1,3})", re.ASCII)
_CENTLESS = re.compile(r"[0-9]+\.0{1,4}", re.ASCII)  # as a database writes whole amounts
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+", re.ASCII)


class CellError(ValueError):
    """What is wrong with a cell, in words for the village's operator."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its name there, our field (none: it is only looked at), and how a cell is read."""

    name: str
    key: str
    read: Callable[[str], Any]
    required: bool = True
    others: tuple[str, ...] = ()


def whole_year(text: str) -> int:
    year = text.removesuffix(".0")
    if not re.fullmatch(r"20[0-9]{2}", year, re.ASCII) or not 2015 <= int(year) <= 2099:
        raise CellError(f"Tahun “{text}” tidak dikenali; tulis seperti 2026.")
    return int(year)


def source(text: str) -> str:
    found = SOURCES.get(text.strip().upper().rstrip("."))
    if found is None:
        known = ", ".join(SOURCES)
        raise CellError(f"Sumberdana “{text}” tidak dikenali; yang dikenali: {known}.")
    return found.value


def amount(text: str) -> int:
    """Whole rupiah: 15000000, 15.000.000, or 15000000.00 as a database writes it."""
    try:
        return parse_rupiah(text)
    except RupiahError as error:
        if _CENTLESS.fullmatch(text):
            return parse_rupiah(text.partition(".")[0])
        raise CellError(f"Pagu_PAK “{text}”: {error}") from error


def volume(text: str) -> str:
    """A number with at most two decimals, as text for the JSON it is kept in."""
    plain = (text.replace(".", "") if "," in text or _GROUPED.fullmatch(text) else text).replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise CellError(f"NilaiPAK “{text}” bukan angka.")
    number = Decimal(plain)
    if not 0 <= number < 10**10 or number != number.quantize(Decimal("0.01")):
        raise CellError(f"NilaiPAK “{text}” harus angka nol atau lebih, paling banyak dua angka di belakang koma.")
    return str(number.quantize(Decimal("0.01")))


def line(length: int) -> Callable[[str], str]:
    """One line of text, at most so long."""

    def read(text: str) -> str:
        if len(text) > length:
            raise CellError(f"“{text[:40]}…” terlalu panjang; paling banyak {length} huruf.")
        return text

    return read


COLUMNS = (
    Column("Tahun", "fiscal_year", whole_year, others=("Tahun Anggaran",)),
    Column("Kd_Desa", "", str, required=False, others=("Kode Desa",)),
    Column("Kd_Keg", "activity_code", str, others=("Kd Keg", "Kode Kegiatan")),
    Column("Nama_Kegiatan", "name", line(250), others=("Nama Kegiatan",)),
    Column("Nama_Bidang", "", str, required=False, others=("Nama Bidang",)),
    Column("Nama_SubBidang", "subfield", line(200), required=False, others=("Nama SubBidang", "Nama Sub Bidang")),
    Column("Sumberdana", "funding", source, others=("Sumber Dana",)),
    Column("NilaiPAK", "volume", volume, required=False, others=("Nilai_PAK", "Volume")),
    Column("Satuan", "unit", line(50), required=False),
    Column("Pagu_PAK", "ceiling", amount, others=("Pagu PAK", "Pagu")),
    Column("Nm_PPTKD", "officer", line(150), required=False, others=("Nm PPTKD", "Nama PPTKD")),
    Column("Jbt_PPTKD", "position", line(150), required=False, others=("Jbt PPTKD", "Jabatan PPTKD")),
    Column("Lokasi", "place", line(150), required=False),
    Column("Waktu", "schedule", line(60), required=False),
)
HEADINGS = [Heading(column.name, column.name, column.required, column.others) for column in COLUMNS]
EXAMPLE = (
    "2026", "04.2001.", "04.2001.04.03.02.", "Peningkatan Kapasitas Perangkat Desa", "Pemberdayaan Masyarakat Desa",
    "Peningkatan Kapasitas Aparatur Desa", "DDS", "1", "paket", "25000000", "Nama Contoh", "Kasi Kesejahteraan", "", "",
)  # fmt: skip


def read_row(row: Row, *, village: str, alias: str = "") -> dict[str, Any]:
    """One row as the import keeps it: line, values, errors. `alias`: the village's code in Siskeudes if it differs."""
    cells = {name: printable(text).strip() for name, text in row.cells.items()}
    values: dict[str, Any] = {}
    errors: list[str] = []
    for column in COLUMNS:
        if not column.key or column.name not in cells:
            continue
        try:
            if column.name in row.problems:
                raise CellError(f"{column.name}: {row.problems[column.name]}")
            values[column.key] = _cell(column, cells[column.name], cells, village, alias)
        except CellError as problem:
            errors.append(str(problem))
    return {"line": row.number, "values": values, "errors": errors}


def _cell(column: Column, text: str, cells: Mapping[str, str], village: str, alias: str) -> Any:
    if not text:
        if column.required:
            raise CellError(f"{column.name} kosong.")
        return None if column.key == "volume" else ""
    if column.key == "activity_code":
        return activity_code(text, stated=cells.get("Kd_Desa", ""), village=village, alias=alias)
    return column.read(text)


def activity_code(text: str, *, stated: str, village: str, alias: str) -> str:
    """Bidang, sub bidang and kegiatan out of Kd_Keg, once its village is this village."""
    own = {village, village[6:], alias.strip().rstrip(".")} - {""}
    stated = stated.rstrip(".")
    if stated and stated not in own:
        raise CellError(
            f"Kd_Desa {stated} bukan desa ini ({village[6:]}). Bila kode desa di Siskeudes memang lain, isi di halaman unggah."
        )
    bare = text.rstrip(".")
    for prefix in sorted(own, key=len, reverse=True):
        if bare.startswith(f"{prefix}."):
            bare = bare.removeprefix(f"{prefix}.")
            break
    found = _CODE.fullmatch(bare)
    if found is None:
        raise CellError(f"Kd_Keg “{text}” tidak dikenali; contoh {village[6:]}.04.03.02.")
    field, sub, item = found.groups()
    if int(field) not in Field.values:
        raise CellError(f"Kd_Keg “{text}”: bidang {field} tidak ada; bidang APB Desa 01 sampai 05.")
    return f"{int(field):02d}.{int(sub):02d}.{item.zfill(2)}"
