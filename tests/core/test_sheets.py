"""A table that somebody filled in: read as it was meant, or refused with a sentence. Never a crash, never a hang."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from core import sheets
from core.models import SheetUpload
from core.sheets import Heading, Line, Sheet, read
from core.spreadsheet import Fill, fillable

HEADS = [
    Heading("title", "Nama layanan"),
    Heading("price", "Harga (rupiah)", others=("harga",)),
    Heading("day", "Tanggal", required=False, is_date=True),
    Heading("note", "Catatan", required=False),
]
TOP = ["Nama layanan", "Harga (rupiah)", "Tanggal", "Catatan"]


def book(*rows: Any, heads: Any = TOP, above: int = 0, name: str = "Layanan") -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.title = name
    for _ in range(above):
        made.active.append(["Petunjuk pengisian"])
    made.active.append(list(heads))
    for row in rows:
        made.active.append(list(row))
    return made


def as_file(made: openpyxl.Workbook | bytes, name: str = "layanan.xlsx") -> SimpleUploadedFile:
    if isinstance(made, bytes):
        return SimpleUploadedFile(name, made)
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def table(made: openpyxl.Workbook | bytes, *, most: int = 50, **kwargs: Any) -> Sheet:
    return read(as_file(made), HEADS, most=most, **kwargs)


def refusal(made: openpyxl.Workbook | bytes, **kwargs: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        table(made, **kwargs)
    return " ".join(refused.value.messages)


def repacked(made: openpyxl.Workbook, **parts: bytes | None) -> bytes:
    """The workbook with some of its parts exchanged or left out; `xl_workbook_xml` stands for xl/workbook.xml."""
    given = {
        name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): part for name, part in parts.items()
    }
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_file(made).read())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part not in given:
                new.writestr(part, old.read(part))
        for part, content in given.items():
            if content is not None:
                new.writestr(part, content)
    return out.getvalue()


SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s<sheetData>%s</sheetData>%s</worksheet>'
HEAD_XML = b'<row r="1"><c r="A1" t="inlineStr"><is><t>Nama layanan</t></is></c><c r="B1" t="inlineStr"><is><t>harga</t></is></c></row>'


def raw(rows: bytes, before: bytes = b"", after: bytes = b"", head: bytes = HEAD_XML) -> bytes:
    return repacked(book(), xl__worksheets__sheet1_xml=SHEET % (before, head + rows, after))


# --- what is read -------------------------------------------------------------------------------------------
def test_columns_may_stand_anywhere_and_heads_be_written_loosely() -> None:
    made = book(["x", 5, "A"], heads=["  HARGA ", "Lain-lain", "nama  LAYANAN *"], above=4)
    made.active["A6"] = 12_500_000
    sheet = table(made)
    assert sheet.lines == [Line(6, {"title": "A", "price": "12500000"})]
    assert sheet.unknown == ["Lain-lain"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  Pelatihan\r\n dua hari ", "Pelatihan\n dua hari"),
        (12_500_000, "12500000"),
        (12_500_000.0, "12500000"),
        (0.1, "0,1"),
        (Decimal("1.25E7"), "12500000"),
        (1e22, "1e+22"),
        (True, "ya"),
        (False, "tidak"),
        ("_x000D_a\u202eb\u200b", "a b"),
        ("'=1+1", "'=1+1"),
        ("😀 é", "😀 é"),
        ("a" * 20_000, "a" * 10_001),
    ],
)
def test_a_cell_is_read_as_a_person_would(value: Any, text: str) -> None:
    assert table(book([value, "x"])).lines[0].cells["title"] == text


def test_text_that_looks_like_a_formula_is_text() -> None:
    content = fillable("L", lines=["L"], fills=[Fill(name, 20, "") for name in TOP], rows=[["=1+1", 5]], properties={})
    assert table(content).lines[0].cells == {"title": "=1+1", "price": "5", "day": "", "note": ""}


@pytest.mark.parametrize(
    ("value", "problem"),
    [("=1+1", "formula"), ("=SUM(A1:A9)", "formula"), ("#REF!", "error"), (dt.date(2026, 5, 3), "date"), (dt.time(7, 30), "date")],
)  # fmt: skip
def test_a_cell_that_is_no_value_is_told(value: Any, problem: str) -> None:
    line = table(book(["A", 5, None, value])).lines[0]
    assert line.problems == {"note": sheets.CELL_PROBLEMS[problem]}


def test_a_column_of_dates_takes_dates() -> None:
    line = table(book(["A", 5, dt.date(2026, 5, 3)])).lines[0]
    assert (line.cells["day"], line.problems) == ("03/05/2026", {})


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    sheet = table(book(["A", 1], [None, None], ["  ", ""], ["B", 2]))
    assert [(line.number, line.cells["title"]) for line in sheet.lines] == [(2, "A"), (5, "B")]


def test_the_first_visible_sheet_is_read() -> None:
    made = book(["A", 1])
    made.active.sheet_state = "hidden"
    second = made.create_sheet("Isi")
    second.append(TOP)
    second.append(["B", 2])
    made.active = 1
    assert [line.cells["title"] for line in table(made).lines] == ["B"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_is_read_where_it_may(delimiter: str, encoding: str) -> None:
    text = (
        delimiter.join(["Nama layanan", "Harga"])
        + "\r\n"
        + delimiter.join(['"Café\nbaris dua"', "12.500.000"])
        + "\r\n"
    )
    sheet = table(text.encode(encoding), kinds=("xlsx", "csv"))
    assert sheet.lines == [Line(2, {"title": "Café\nbaris dua", "price": "12.500.000"})]
    assert "CSV" in refusal(text.encode(encoding))


# --- what is refused ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (b"%PDF-1.7 ...", "bukan lembar kerja"),
        (b"\x89PNG\r\n\x1a\n", "bukan lembar kerja"),
        (b"<html><table><tr><td>Nama layanan</td></tr></table></html>", "bukan lembar kerja"),
        (b"halo", "bukan lembar kerja"),
        (b"a;b\n\0;2", "bukan lembar kerja"),
        (b"PK\x03\x04" + b"rusak" * 50, "tidak dapat dibaca"),
        (b"PK\x03\x04", "tidak dapat dibaca"),
        (b"\xff\xfea\0;\0b\0", "bukan lembar kerja"),
        (b"a;b\n1;2\n", "CSV"),
        (b"x" * (sheets.MAX_BYTES + 1), "terlalu besar"),
    ],
)
def test_another_file_is_refused_with_what_to_do(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_a_zip_of_something_else_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("[Content_Types].xml", "<a/>")
    assert "bukan lembar kerja" in refusal(out.getvalue())
    assert ".xlsb" in refusal(repacked(book(["A", 1]), xl__workbook_bin=b"x"))


def test_missing_double_and_wrong_heads_are_named() -> None:
    assert "Kolom ini tidak ada: Harga (rupiah)." in refusal(book(["A"], heads=["Nama layanan", "Biaya"]))
    assert "Kolom ini ada dua kali: Nama layanan" in refusal(
        book(["A", "B", 1], heads=["Nama layanan", "nama layanan", "Harga"])
    )
    assert "Kolom ini tidak ada: Nama layanan, Harga (rupiah)." in refusal(book([1, 2], heads=["x", "y"]))
    assert "Kolom ini tidak ada" in refusal(openpyxl.Workbook())


def test_a_table_without_rows_and_one_too_long_are_told() -> None:
    assert "masih kosong" in refusal(book())
    assert "masih kosong" in refusal(book([" ", None]))
    assert "paling banyak 50 baris" in refusal(book(*[["A", 1]] * 51))
    assert "paling banyak 50 baris" in refusal(book(*[["A", 1]] * 1_200))
    assert len(table(book(*[["A", 1]] * 50)).lines) == 50


def test_merged_cells_in_the_table_are_named_and_above_it_allowed() -> None:
    made = book(["A", 1], ["B", 2], above=2)
    made.active.merge_cells("A1:D1")
    assert len(table(made).lines) == 2
    made.active.merge_cells("A4:A5")
    assert "sel yang digabung (A4:A5)" in refusal(made)


# --- attacks ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("doctype", [b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'])  # fmt: skip
@pytest.mark.parametrize("utf_16", [False, True])
def test_entities_are_refused_unread(doctype: bytes, utf_16: bool) -> None:
    row = b'<row r="2"><c r="A2" t="inlineStr"><is><t>&e;&b;</t></is></c><c r="B2"><v>1</v></c></row>'
    part = (SHEET % (b"", HEAD_XML + row, b"")).replace(b'<?xml version="1.0"?>', doctype)
    if utf_16:
        part = part.decode().encode("utf-16")
    assert "tidak dapat dibaca" in refusal(repacked(book(), xl__worksheets__sheet1_xml=part))


def quickly(made: bytes, most: int = 50) -> str | Sheet:
    """What comes of it, in the time a page may take on a busy machine."""
    started = time.monotonic()
    try:
        found: str | Sheet = table(made, most=most)
    except ValidationError as refused:
        found = " ".join(refused.messages)
    assert time.monotonic() - started < sheets.READER_SECONDS + 5
    return found


def test_a_claimed_size_is_not_believed() -> None:
    row = b'<row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c><c r="B2"><v>1</v></c></row>'
    for claim in (b'<dimension ref="A1:XFD10000000"/>', b'<dimension ref="A1:A1"/>', b'<dimension ref="rusak"/>'):
        found = quickly(raw(row, before=claim))
        assert isinstance(found, str) or [line.cells["title"] for line in found.lines] == ["A"]
    found = quickly(raw(row, before=b'<dimension ref="A1:XFD10000000"/>'))
    assert not isinstance(found, str)


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>',  # a million empty rows before it
        b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
        b'<row r="-5"><c r="A-5"><v>1</v></c></row>',
        b'<row r="2">' + b'<c r="ZZZZZZ2"><v>1</v></c>' * 5 + b"</row>",
        b'<row r="2">' + b"<c/>" * 400_000 + b"</row>",  # very many cells in one row
        b'<row r="2"><c r="A2" t="s"><v>999999999</v></c></row>',  # no such text
        b'<row r="2"><c r="A2"><v>NaN</v></c><c r="B2"><v>1e999</v></c></row>',
        b'<row r="2"><c r="A2" s="999999"><v>1</v></c></row>',
        b"<row/>" * 50_000,
    ],
    ids=lambda rows: rows[:30].decode(),
)
def test_a_hostile_table_ends_in_a_sentence_or_a_table(rows: bytes) -> None:
    quickly(raw(rows))


def test_a_zip_bomb_is_refused_by_what_it_says_of_itself() -> None:
    bomb = repacked(book(["A", 1]), xl__worksheets__sheet1_xml=SHEET % (b"", b" " * 300_000_000, b""))
    assert len(bomb) < 1_000_000
    assert "terlalu besar" in str(quickly(bomb))
    assert "terlalu besar" in str(quickly(repacked(book(["A", 1]), xl__styles_xml=b" " * 3_000_000)))


def test_a_reader_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(sheets, "READER", slow)
    monkeypatch.setattr(sheets, "READER_SECONDS", 0.5)
    assert "terlalu besar" in refusal(book(["A", 1]))


# --- kept between looking and doing ------------------------------------------------------------------------------
@pytest.mark.django_db
def test_what_was_read_comes_back_and_is_forgotten() -> None:
    one, other = (User.objects.create_user(f"{name}@contoh.example", "x") for name in ("satu", "dua"))
    sheet = Sheet([Line(2, {"title": "A"}, {"title": "Salah."})], ["Lain"])
    kept = SheetUpload.objects.keep(sheet, kind="uji", about="1", name="a.xlsx", by=one)
    assert kept.read_lines() == sheet.lines
    assert list(SheetUpload.objects.visible_to(one)) == [kept]
    assert list(SheetUpload.objects.visible_to(other)) == []
    assert SheetUpload.objects.forget() == 0
    done = SheetUpload.objects.keep(sheet, kind="uji", about="1", name="b.xlsx", by=one)
    long_ago = kept.made_at - dt.timedelta(days=8)
    SheetUpload.objects.filter(pk=done.pk).update(applied_at=long_ago)
    SheetUpload.objects.update(made_at=long_ago)
    assert SheetUpload.objects.forget() == 1
    assert list(SheetUpload.objects.values_list("name", "lines")) == [("b.xlsx", [])]


def test_a_workbook_to_fill_in_offers_choices_and_comes_back_as_it_went() -> None:
    fills = [
        Fill("Nama layanan", 30, "Contoh: Pelatihan", required=True),
        Fill("Harga (rupiah)", 15, "Angka saja", required=True, is_number=True),
        Fill("Catatan", 30, "Bebas", choices=("Ya, begitu", "Tidak; lain")),
    ]
    rows = [["Pelatihan\ndua hari", 5_000_000, "Tidak; lain"]]
    content = fillable("Layanan", lines=["Layanan", "Isi"], fills=fills, rows=rows, properties={})
    assert table(content).lines == [
        Line(6, {"title": "Pelatihan\ndua hari", "price": "5000000", "note": "Tidak; lain"})
    ]
    made = openpyxl.load_workbook(io.BytesIO(content))
    assert made.sheetnames == ["Layanan", "Petunjuk"]
    rule = made["Layanan"].data_validations.dataValidation[0]
    assert (str(rule.sqref), rule.formula1) == ("C6:C505", "Petunjuk!$G$4:$H$4")
    assert [cell.value for cell in made["Petunjuk"]["G4:H4"][0]] == ["Ya, begitu", "Tidak; lain"]
