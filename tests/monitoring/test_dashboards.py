"""The boards: each level its own, what is stuck first, nothing of the neighbours, few queries."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from core.spreadsheet import harmless
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH, NTB, PUJUT, UBUNG
from tests.monitoring import rows
from tests.monitoring.office import NOW, Office, client

OWN = {
    "ministry": "Pantauan Nasional",
    "province": "Pantauan Nusa Tenggara Barat",
    "dpmd": "Pantauan Kabupaten Lombok Tengah",
    "tapm": "Pantauan Kabupaten Lombok Tengah",
    "pd": "Dashboard Kecamatan Pujut",
    "camat": "Dashboard Kecamatan Pujut",
    "pld": "Dashboard Kecamatan Pujut",
}


@pytest.mark.parametrize("name", OWN)
def test_everyone_has_the_board_of_their_level_at_no_more_than_eight_queries(office: Office, name: str) -> None:
    browser = client(getattr(office, name))
    browser.get("/pantau/")  # the first request of a login also writes the session
    with CaptureQueriesContext(connection) as queries:
        response = browser.get("/pantau/")
    assert f"<h1>{OWN[name]}</h1>" in response.content.decode()
    assert len(queries) <= 8, "\n".join(query["sql"][:150] for query in queries)


def test_more_rows_cost_no_more_queries(office: Office) -> None:
    browser = client(office.camat)
    browser.get("/pantau/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/pantau/")
    for village in ("52.02.04.2001", "52.02.04.2002", "52.02.04.2009"):
        rows.order(village, value=1_000, signed="2026-08-08")
    with CaptureQueriesContext(connection) as many:
        browser.get("/pantau/")
    assert len(many) == len(few)


def test_what_is_stuck_stands_before_the_figures(office: Office) -> None:
    page = client(office.dpmd).get("/pantau/").content.decode()
    assert page.index("Yang tertahan") < page.index("Ubung") < page.index("Angka per kecamatan")
    assert "Musdes lewat batas" in page


def test_a_board_sums_to_the_same_on_every_level(office: Office) -> None:
    def total(user: str, code: str) -> list[str]:
        table = read(client(getattr(office, user)).get(f"/pantau/{code}/csv/?bulan=2026-10").content)
        keys = [
            "Desa",
            "Terverifikasi",
            "Pekerjaan lewat batas",
            "Musdes lewat batas",
            "Kontrak tahun ini",
            "Dibayar tahun ini",
        ]
        return [str(sum(int(row[key] or 0) for row in table)) for key in keys]

    regency = total("dpmd", LOMBOK_TENGAH)
    [as_row] = [row for row in read(client(office.province).get(f"/pantau/{NTB}/csv/?bulan=2026-10").content) if row["Kode"] == LOMBOK_TENGAH]  # fmt: skip
    assert regency == [
        as_row[key]
        for key in ("Desa", "Terverifikasi", "Pekerjaan lewat batas", "Musdes lewat batas", "Kontrak tahun ini", "Dibayar tahun ini")
    ]  # fmt: skip
    assert total("province", NTB) == total("ministry", NTB)


def read(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_a_city_without_desa_is_not_shown_as_zero(office: Office) -> None:
    table = read(client(office.province).get(f"/pantau/{NTB}/csv/").content)
    mataram = next(
        row for row in table if row["Kecamatan" if "Kecamatan" in row else "Kabupaten/Kota"] == "Kota Mataram"
    )
    assert (mataram["Desa"], mataram["Kontrak tahun ini"], mataram["Penyedia"]) == ("", "", "0")


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("dpmd", [LOMBOK_TENGAH, PUJUT]),
        ("other", [LOMBOK_BARAT]),
        ("province", [NTB, LOMBOK_TENGAH, LOMBOK_BARAT, PUJUT]),
        ("pd", [PUJUT]),
        ("pld", [PUJUT]),
        ("ministry", ["INDONESIA", NTB, LOMBOK_TENGAH, LOMBOK_BARAT, PUJUT, "11"]),
        ("operator", []),
        ("stranger", []),
    ],
)
def test_boards_of_others_are_404(office: Office, name: str, codes: list[str]) -> None:
    browser = client(getattr(office, name))
    asked = ["INDONESIA", NTB, LOMBOK_TENGAH, LOMBOK_BARAT, PUJUT, "11", "52.0", "52.02.04.2009", "x", "99"]
    open_to = [code for code in asked if browser.get(f"/pantau/{code}/").status_code == 200]
    assert open_to == [code for code in asked if code in codes]
    assert [code for code in asked if browser.get(f"/pantau/{code}/csv/").status_code == 200] == open_to


def test_those_without_a_board_are_told_so(office: Office) -> None:
    assert client(office.operator).get("/pantau/").status_code == 403


def test_a_pld_sees_their_own_villages_only(office: Office) -> None:
    page = client(office.pld).get("/pantau/").content.decode()
    assert "Desa Kuta" in page
    assert "Desa Sukadana" in page
    assert "Sengkol" not in page


def test_the_board_of_the_neighbouring_regency_shows_nothing_of_ours(office: Office) -> None:
    page = client(office.other).get("/pantau/").content.decode()
    assert "Ubung" not in page
    assert "Pujut" not in page
    table = read(client(office.other).get(f"/pantau/{LOMBOK_BARAT}/csv/").content)
    assert sum(int(row["Kontrak tahun ini"]) for row in table) == 1


def test_a_past_month_is_as_it_was(office: Office) -> None:
    rows.access("52.02.04.2001", created=NOW, decided=NOW)
    browser = client(office.camat)
    [september, november] = [browser.get(f"/pantau/?bulan=2026-{month}").content.decode() for month in ("09", "11")]
    assert "1 dari 18 desa" in september
    assert "3 dari 18 desa" in november


@pytest.mark.parametrize("cell", ["=1+1", "+62", "-2", "@SUM(A1)", "\t=1", "\r\n=1"])
def test_text_that_a_spreadsheet_would_run_is_written_as_text(cell: str) -> None:
    assert harmless(cell).startswith("'")
    assert harmless(-2) == -2


def test_who_has_several_boards_finds_them_as_tabs(office: Office) -> None:
    Membership.objects.create(user=office.pld, role="pld", area_id=UBUNG, starts_on=dt.date(2024, 1, 1))
    page = client(office.pld).get("/pantau/").content.decode()
    assert '<a href="/pantau/52.02.02/" aria-current="page">Kecamatan Jonggat</a>' in page
    assert f'<a href="/pantau/{PUJUT}/">Kecamatan Pujut</a>' in page
    assert client(office.pld).get(f"/pantau/{PUJUT}/").status_code == 200
