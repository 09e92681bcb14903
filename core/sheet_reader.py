"""Read one uploaded table, alone in a process of its own with limits: `python -I sheet_reader.py ROWS < file`.

A workbook is a ZIP of XML: a few kilobytes can say a million rows, a row ten million, or a gigabyte of text. Here
that takes only this process with it, and no web process has to load a spreadsheet library. It knows nothing of
Django. Takes XLSX or CSV by its bytes and prints JSON: {"kind", "rows": [[number, [[text, problem], ...]], ...],
"merged": ["B5:B7", ...]} with the rows that hold something, or {"problem": a key of core.sheets.PROBLEMS}. A cell's
problem is "formula", "error", "date" or "".
"""

import csv
import datetime as dt
import io
import json
import re
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

MEMORY = 640 * 1024 * 1024
SECONDS = 8
COLUMNS = 120  # read of each row
LETTERS = 10_000  # of a cell
LAST_ROW = 1_048_576  # of a worksheet
PARTS = 500
# Unpacked. What is read whole (styles, names) has to be small; the table itself may be long.
LARGE, SMALL, IN_ALL = 12 * 1024 * 1024, 2 * 1024 * 1024, 40 * 1024 * 1024
_LONG_PART = re.compile(r"xl/(?:worksheets/|sharedStrings)", re.IGNORECASE)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})[\"']")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)|<\0!\0D\0O\0|\0<\0!\0D\0O", re.IGNORECASE)

Cell = tuple[str, str]
Row = tuple[int, list[Cell]]


class RefusedError(Exception):
    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def read(content: bytes, most: int) -> dict[str, Any]:
    """The table in these bytes; RefusedError for what is none."""
    if content.startswith(b"PK\x03\x04"):
        rows, merged = from_workbook(content)
        return {"kind": "xlsx", "rows": list(held(rows, most)), "merged": merged}
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise RefusedError("xls")  # the old format, and what is locked with a password
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"<", b"{", b"\xef\xbb\xbf<")) or b"\0" in content:
        raise RefusedError("format")
    return {"kind": "csv", "rows": list(held(from_csv(content), most)), "merged": []}


def held(rows: Iterable[Row], most: int) -> Iterator[Row]:
    """Those that hold something, without empty cells at their end; more than `most` are refused."""
    count = 0
    for number, cells in rows:
        while cells and cells[-1] == ("", ""):
            cells.pop()
        if cells:
            count += 1
            if count > most:
                raise RefusedError("rows")
            yield number, cells


# --- CSV --------------------------------------------------------------------------------------------------------
def from_csv(content: bytes) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # as Excel on Windows writes it
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    if not head.count(delimiter):
        raise RefusedError("format")
    csv.field_size_limit(1_000_000)
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
        yield number, [(plain(cell), "") for cell in cells[:COLUMNS]]


# --- XLSX -------------------------------------------------------------------------------------------------------
def from_workbook(content: bytes) -> tuple[Iterator[Row], list[str]]:
    """The rows of the first worksheet, and which of its cells are merged."""
    look_inside(content)
    warnings.simplefilter("ignore")
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise RefusedError("empty")
    sheet = visible[0]
    sheet.reset_dimensions()  # what the file says of its size need not be so
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        merged = [match.decode() for match in _MERGED.findall(archive.read(sheet._worksheet_path))[:50]]
    return rows_of(sheet), merged


def look_inside(content: bytes) -> None:
    """What the archive says it holds; zipfile gives no part more bytes than that."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "xl/workbook.bin" in names:
            raise RefusedError("xlsb")
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
            raise RefusedError("format")
        read_parts = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
        sizes = [(part.file_size, LARGE if _LONG_PART.match(part.filename) else SMALL) for part in read_parts]
        if len(parts) > PARTS or any(size > most for size, most in sizes) or sum(size for size, _ in sizes) > IN_ALL:
            raise RefusedError("unpacked")
        if any(part.flag_bits & 1 for part in parts):
            raise RefusedError("xls")
        for part in read_parts:
            if _DOCTYPE.search(archive.read(part)):  # no workbook has one; entities come with it
                raise RefusedError("damaged")


def rows_of(sheet: Any) -> Iterator[Row]:
    empty: Any = None  # the library gives one and the same for each row that is not there, a million of them
    for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS, max_row=LAST_ROW), 1):
        if cells is empty:
            continue
        if all(cell.value is None for cell in cells):
            empty = cells
        else:
            yield number, [said(cell.value, cell.data_type) for cell in cells]


def said(value: Any, kind: str) -> Cell:
    """The cell as a person would read it aloud, and what is odd about it."""
    if value is None:
        return "", ""
    if kind == "f" or not isinstance(value, str | int | float | Decimal | dt.date | dt.time | dt.timedelta):
        return "", "formula"
    if kind == "e":
        return plain(str(value)), "error"
    if isinstance(value, bool):
        return ("ya" if value else "tidak"), ""
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%d/%m/%Y"), "date"
    if isinstance(value, dt.time | dt.timedelta):
        return str(value), "date"
    return (plain(value) if isinstance(value, str) else number(value)), ""


def number(value: float | Decimal) -> str:
    """12500000 for 12500000.0 and 1.25E7; a decimal comma."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or abs(exact) >= 10**18:
        return str(value)
    return f"{exact.normalize():f}".replace(".", ",")


def plain(text: str) -> str:
    """Without control characters; lines of a cell stay lines."""
    lines = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")[: LETTERS + 1].split("\n")
    kept = ("".join(letter if letter.isprintable() else " " for letter in line).rstrip() for line in lines)
    return "\n".join(kept).strip()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        verdict = read(sys.stdin.buffer.read(), int(sys.argv[1]))
    except RefusedError as refused:
        verdict = {"problem": refused.problem}
    except MemoryError:
        verdict = {"problem": "unpacked"}
    except Exception as error:  # whatever a broken file makes the parser say, it is a broken file
        verdict = {"problem": "damaged", "detail": type(error).__name__}
    json.dump(verdict, sys.stdout)


if __name__ == "__main__":
    main()
