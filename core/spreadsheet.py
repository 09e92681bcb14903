"""Tables for a spreadsheet: CSV as Excel here expects it, and text that no program runs as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as something else
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # the wide ones count, too


def printable(text: str) -> str:
    """The text on one line: line breaks and tabs become spaces, other control characters go."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


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


def csv_response(name: str, rows: Iterable[Iterable[Any]], *, stream: bool = False) -> HttpResponse:
    """A download called `name`. With `stream` the rows are read while they are sent, a table of any length."""
    lines = csv_lines(rows)
    kind = "text/csv; charset=utf-8"
    response: Any = StreamingHttpResponse(lines, kind) if stream else HttpResponse("".join(lines), kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
