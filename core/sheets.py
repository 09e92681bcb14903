"""Tables that people fill in and send back: an uploaded XLSX or CSV becomes lines of named cells, or a sentence.

    sheet = read(upload, HEADINGS, most=500)
    for line in sheet.lines: line.number, line.cells["price"], line.problems

The bytes are read by `sheet_reader` in a process that may fail. Here the heads are found and matched, so that a
column may stand anywhere, and what can't be used is said with how to mend it. Nothing of a file is kept but the
text of its known columns (`core.models.SheetUpload`).
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from core import clamav, uploads

logger = logging.getLogger(__name__)
READER = Path(__file__).with_name("sheet_reader.py")
READER_SECONDS = 20
HEAD_WITHIN = 20  # rows from the top
MAX_BYTES = 3 * 1024 * 1024

PROBLEMS = {
    "xls": "Berkas ini Excel lama (.xls) atau terkunci kata sandi. Buka, lalu simpan sebagai “Buku Kerja Excel (.xlsx)” tanpa kata sandi.",
    "xlsb": "Berkas ini Excel biner (.xlsb). Buka, lalu simpan sebagai “Buku Kerja Excel (.xlsx)”.",
    "csv": "Berkas ini CSV. Buka dengan Excel, lalu simpan sebagai “Buku Kerja Excel (.xlsx)”.",
    "format": "Berkas ini bukan lembar kerja. Unduh templatnya, isi, lalu unggah berkas .xlsx itu.",
    "damaged": "Berkas tidak dapat dibaca, mungkin rusak. Buka dengan Excel, simpan sebagai berkas .xlsx baru, lalu unggah lagi.",
    "unpacked": "Isi berkas terlalu besar. Salin tabelnya ke templat yang baru diunduh, lalu unggah lagi.",
    "empty": "Berkas tidak mempunyai lembar kerja yang terlihat. Unduh templatnya, isi, lalu unggah lagi.",
}
CELL_PROBLEMS = {
    "formula": "Sel ini berisi rumus. Salin sel itu, lalu tempel sebagai nilai.",
    "error": "Sel ini berisi galat Excel. Tulis isinya.",
    "date": "Sel ini berformat tanggal. Ubah format sel menjadi Teks, lalu tulis lagi isinya.",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column that is asked for: its key, its name, other names it may have in the file; whether the table must have it."""

    key: str
    name: str
    required: bool = True
    others: tuple[str, ...] = ()
    is_date: bool = False


@dataclass(slots=True)
class Line:
    """A row of the table: the number it has in the file, its cells by key, and what is wrong with some of them."""

    number: int
    cells: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read, and the heads of columns that nobody asked for."""

    lines: list[Line]
    unknown: list[str]


def read(upload: uploads.Upload, headings: Sequence[Heading], *, most: int, kinds: Iterable[str] = ("xlsx",)) -> Sheet:
    """The lines of an uploaded table of at most `most` rows; ValidationError with a sentence for any other file."""
    content = uploads.read_whole(upload, MAX_BYTES)
    clamav.scan(content)
    found = _look(content, most + HEAD_WITHIN)
    if problem := found.get("problem"):
        logger.info("sheet refused: %s %s", problem, found.get("detail", ""))
        raise _too_many(most) if problem == "rows" else ValidationError(PROBLEMS[problem], code=problem)
    if found["kind"] not in kinds:
        raise ValidationError(PROBLEMS["csv" if found["kind"] == "csv" else "format"], code=found["kind"])
    head, places, unknown = _heads(found["rows"], headings)
    if merged := [cells for cells in found["merged"] if _last_row(cells) >= head]:
        raise ValidationError(f"Ada sel yang digabung ({', '.join(merged[:5])}). Pisahkan sel itu, isi setiap barisnya, lalu unggah lagi.", code="merged")  # fmt: skip
    lines = [_line(number, cells, places, headings) for number, cells in found["rows"] if number > head]
    lines = [line for line in lines if any(line.cells.values()) or line.problems]
    if not lines:
        raise ValidationError("Tabelnya masih kosong. Isi sedikitnya satu baris di bawah kepala kolom.", code="empty")
    if len(lines) > most:
        raise _too_many(most)
    return Sheet(lines, unknown)


def _too_many(most: int) -> ValidationError:
    return ValidationError(f"Tabelnya terlalu panjang: paling banyak {most} baris. Bagi menjadi beberapa berkas.", code="rows")  # fmt: skip


def _look(content: bytes, most: int) -> dict[str, Any]:
    """What the reader says of these bytes."""
    try:
        run = subprocess.run(
            [sys.executable, "-I", str(READER), str(most)],
            input=content,
            capture_output=True,
            timeout=READER_SECONDS,
            check=False,
            env={},
        )
        found: dict[str, Any] = json.loads(run.stdout) if run.returncode == 0 else {"problem": "unpacked"}
    except (subprocess.TimeoutExpired, ValueError):
        found = {"problem": "unpacked"}
    return found


# --- heads -------------------------------------------------------------------------------------------------------
def _heads(rows: list[Any], headings: Sequence[Heading]) -> tuple[int, dict[str, int], list[str]]:
    """(number of the row with the heads, place of each key, heads that are not known)."""
    known = {_bare(name): heading.key for heading in headings for name in (heading.name, *heading.others)}
    best: tuple[int, list[str]] = (0, [])
    for number, cells in rows[:HEAD_WITHIN]:
        names = [_bare(text) for text, _ in cells]
        if sum(name in known for name in names) > sum(name in known for name in best[1]):
            best = (number, names)
    number, names = best
    keys = [known.get(name, "") for name in names]
    places = {key: place for place, key in enumerate(keys) if key}
    if missing := [heading.name for heading in headings if heading.required and heading.key not in places]:
        raise ValidationError(f"Kolom ini tidak ada: {', '.join(missing[:8])}. Unduh templatnya, dan jangan mengubah kepala kolomnya.", code="heads")  # fmt: skip
    if twice := {key for key in keys if key and keys.count(key) > 1}:
        shown = [heading.name for heading in headings if heading.key in twice]
        raise ValidationError(f"Kolom ini ada dua kali: {', '.join(shown)}. Hapus salah satunya.", code="heads")
    cells = next(cells for row, cells in rows if row == number)
    unknown = [text for (text, _), key in zip(cells, keys, strict=True) if text and not key]
    return number, places, unknown


def _bare(text: str) -> str:
    """A head without what people and templates add to it."""
    return re.sub(r"[\s*:]+", " ", re.sub(r"\((?:wajib|tidak wajib)\)", "", text.casefold())).strip()


def _last_row(cells: str) -> int:
    return int(re.findall(r"[0-9]+", cells)[-1])


def _line(number: int, cells: list[Any], places: dict[str, int], headings: Sequence[Heading]) -> Line:
    line = Line(number, {})
    for heading in headings:
        place = places.get(heading.key)
        if place is None:
            continue
        text, problem = cells[place] if place < len(cells) else ("", "")
        line.cells[heading.key] = text
        if problem and not (problem == "date" and heading.is_date):
            line.problems[heading.key] = CELL_PROBLEMS[problem]
    return line
