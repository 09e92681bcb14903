"""Tables for a spreadsheet: CSV as Excel here expects it, workbooks, and text that no program runs as a formula."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from itertools import islice
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as something else
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # the wide ones count, too


def printable(text: str) -> str:
    """The text on one line: line breaks and tabs become spaces, other control characters go."""
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(letter for letter in line if letter.isprintable())


def harmless(cell: Any) -> Any:
    """A cell of a CSV: text that a spreadsheet would run as a formula begins with an apostrophe. Numbers stay."""
    if not isinstance(cell, str):
        return cell
    text = printable(cell)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


class _Line:
    """What csv writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of the file, one at a time: nothing is gathered first. Semicolons, since the comma is decimal here."""
    writer = csv.writer(_Line(), delimiter=";")
    yield BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def in_lots(lines: Iterable[str], size: int = 500) -> Iterator[str]:
    """Some hundred lines at a time: each part that is sent costs the server and the network."""
    left = iter(lines)
    while lot := "".join(islice(left, size)):
        yield lot


def csv_response(name: str, rows: Iterable[Iterable[Any]], *, stream: bool = False) -> HttpResponse:
    """A download called `name`. With `stream` the rows are read while they are sent, a table of any length."""
    lines = in_lots(csv_lines(rows))
    kind = "text/csv; charset=utf-8"
    response: Any = StreamingHttpResponse(lines, kind) if stream else HttpResponse("".join(lines), kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


HEAD_ROW = 4  # of a workbook, below its title


def workbook(
    sheet_name: str,
    *,
    lines: Sequence[str],
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[Any]],
    properties: dict[str, Any],
) -> bytes:
    """An XLSX with one table: `lines` above it, `columns` as (head, width), dates as dates, numbers as numbers.

    It prints on A4 landscape, a page wide. The same content and `properties` (with "created") make the same bytes.
    """
    import xlsxwriter

    out = BytesIO()
    # Text is text: nothing is read as a formula, a link or a number.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"author": "Marketplace P2KTD", **properties})
    sheet = book.add_worksheet(sheet_name)
    for row, text in enumerate(lines):
        sheet.write_string(row, 0, printable(text), book.add_format({"bold": row == 0, "font_size": 14 - 2 * row}))
    last = _write_table(book, sheet, columns, rows)
    sheet.freeze_panes(HEAD_ROW + 1, 3)
    sheet.autofilter(HEAD_ROW, 0, last, len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    book.close()
    return out.getvalue()


def _write_table(book: Any, sheet: Any, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> int:
    """Heads and rows; the number of the last row."""
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DCEDEE", "bottom": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"})
    for column, (name, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, name, head)
    place = HEAD_ROW
    for place, cells in enumerate(rows, HEAD_ROW + 1):
        for column, value in enumerate(cells):
            if isinstance(value, dt.date):
                sheet.write_datetime(place, column, dt.datetime.combine(value, dt.time()), day)
            elif isinstance(value, int | Decimal):
                sheet.write_number(place, column, value, plain)
            elif value:
                sheet.write_string(place, column, printable(value), plain)
    return place


# --- a workbook to be filled in and sent back ----------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Fill:
    """A column that somebody fills in: its head, its width, what to write, and the answers to choose from."""

    head: str
    width: int
    hint: str
    choices: tuple[str, ...] = ()
    required: bool = False
    is_number: bool = False


MOST_FILLED = 500  # rows for which choices are offered


def fillable(
    sheet_name: str,
    *,
    lines: Sequence[str],
    fills: Sequence[Fill],
    rows: Iterable[Sequence[Any]],
    properties: dict[str, Any],
) -> bytes:
    """An XLSX whose first sheet is the table, and whose second says how to fill it in and what may be chosen.

    Cells are formatted as text, so that no program turns "1/2" into a day; lines within a cell stay.
    """
    import xlsxwriter

    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"author": "Marketplace P2KTD", **properties})
    sheet, guide = book.add_worksheet(sheet_name), book.add_worksheet("Petunjuk")
    for row, text in enumerate(lines):
        sheet.write_string(row, 0, printable(text), book.add_format({"bold": row == 0}))
    _write_guide(book, guide, fills)
    _write_fills(book, sheet, fills, rows)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.activate()
    book.close()
    return out.getvalue()


def _head_format(book: Any) -> Any:
    return book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DCEDEE", "bottom": 1})


def _write_guide(book: Any, guide: Any, fills: Sequence[Fill]) -> None:
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (name, width) in enumerate((("Kolom", 34), ("Wajib", 8), ("Isi", 70), ("Pilihan", 60))):
        guide.set_column(column, column, width)
        guide.write_string(0, column, name, _head_format(book))
    for row, fill in enumerate(fills, 1):
        cells = (fill.head, "ya" if fill.required else "tidak", fill.hint, "\n".join(fill.choices))
        for column, text in enumerate(cells):
            guide.write_string(row, column, text, wrapped)
        for place, choice in enumerate(fill.choices):  # where the lists on the first sheet take them from
            guide.write_string(row, CHOICES_FROM + place, choice)
    guide.set_column(CHOICES_FROM, CHOICES_FROM + max((len(fill.choices) for fill in fills), default=0), None, None, {"hidden": True})  # fmt: skip


CHOICES_FROM = 6


def _write_fills(book: Any, sheet: Any, fills: Sequence[Fill], rows: Iterable[Sequence[Any]]) -> None:
    from xlsxwriter.utility import xl_rowcol_to_cell

    head = _head_format(book)
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "0", "valign": "top"})
    for column, fill in enumerate(fills):
        sheet.set_column(column, column, fill.width, number if fill.is_number else text)
        sheet.write_string(HEAD_ROW, column, fill.head + (" *" if fill.required else ""), head)
        if fill.choices:
            first = xl_rowcol_to_cell(column + 1, CHOICES_FROM, row_abs=True, col_abs=True)
            last = xl_rowcol_to_cell(column + 1, CHOICES_FROM + len(fill.choices) - 1, row_abs=True, col_abs=True)
            rule = {"validate": "list", "source": f"=Petunjuk!{first}:{last}", "error_type": "information"}
            sheet.data_validation(HEAD_ROW + 1, column, HEAD_ROW + MOST_FILLED, column, rule)
    for place, cells in enumerate(rows, HEAD_ROW + 1):
        for column, value in enumerate(cells):
            if isinstance(value, int):
                sheet.write_number(place, column, value, number)
            elif value:
                sheet.write_string(place, column, value, text)
