"""The public directory: what an entry tells, how it is searched, and what it never tells."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Provider
from catalog import directory
from catalog.models import Category
from core.clock import today
from core.models import DatedSetting
from core.spreadsheet import harmless
from regions.models import Area
from tests.areas import BANDUNG, LOMBOK_BARAT, LOMBOK_TENGAH, NTB
from tests.catalog import stage
from tests.catalog.stage import Firm
from tests.catalog.test_views import CORPUS

pytestmark = pytest.mark.django_db
LIST, CSV, INDEX = "/penyedia/", "/penyedia/unduh-csv/", "/penyedia/direktori/"
REGENCY = f"{INDEX}{LOMBOK_TENGAH}/"
# What stage.firm plants and nobody may ever read in the directory.
SECRETS = (stage.NIK, stage.NPWP, stage.ACCOUNT, "Bank Contoh", "Siti Rahasia")


def names(response: HttpResponse) -> list[str]:
    """The providers on the list, in order."""
    assert response.status_code == 200
    return re.findall(r'class="card__link" href="[^"]+">([^<]+)<', response.content.decode())


def body(response: Any) -> str:
    """The text of a page or of a stream."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def rows_of(response: Any) -> list[dict[str, str]]:
    text = body(response)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def in_days(days: int) -> dt.date:
    return today() + dt.timedelta(days=days)


@pytest.fixture
def shelf(rinjani: Firm, unlisted: Firm) -> dict[str, Firm]:
    """Three listed providers, one whose listing ended yesterday, one that never stood anywhere."""
    infrastructure = Category.objects.get(key="infrastruktur")
    stage.service(rinjani, "Pelatihan BUM Desa", areas=(LOMBOK_TENGAH, BANDUNG)).take_rating(45)
    person = stage.firm("Lalu Contoh", legal_form="person")
    stage.list_in_directory(person.provider, valid_until=in_days(30))
    stage.service(person, "DED irigasi", category=infrastructure, areas=(NTB,)).take_rating(30)
    barat = stage.firm("Yayasan Barat", area=LOMBOK_BARAT, legal_form="nonprofit")
    stage.list_in_directory(barat.provider, LOMBOK_BARAT)
    gone = stage.firm("CV Sudah Lewat")
    stage.list_in_directory(gone.provider, valid_until=in_days(-1))
    return {"rinjani": rinjani, "person": person, "barat": barat, "gone": gone, "unlisted": unlisted}


# --- what an entry tells ------------------------------------------------------------------------------------------
def test_fields_and_areas_come_from_the_profile_the_services_and_the_listings(rinjani: Firm) -> None:
    stage.service(rinjani, "Pelatihan", areas=(BANDUNG,))
    stage.draft(rinjani, "Draf", category=Category.objects.get(key="infrastruktur"), areas=(LOMBOK_BARAT,))
    provider = rinjani.provider
    known = directory.portfolios([provider])[provider.pk]
    assert [each.key for each in known.fields] == ["kewirausahaan"]
    assert [area.code for area in known.areas] == [BANDUNG, LOMBOK_TENGAH]
    assert known.services == ["Pelatihan"]
    Provider.objects.filter(pk=provider.pk).update(fields=["kesehatan-masyarakat", "tidak-ada"])
    provider.refresh_from_db()
    provider.serves.set(Area.objects.filter(pk__in=[NTB]))
    known = directory.portfolios([provider])[provider.pk]
    assert [each.key for each in known.fields] == ["kewirausahaan", "kesehatan-masyarakat"]
    assert [directory.area_label(area) for area in known.areas] == ["Kota Bandung", "Seluruh Nusa Tenggara Barat"]


def test_an_entry_says_all_that_the_public_may_know(client: Client, shelf: dict) -> None:
    text = body(client.get(REGENCY))
    standing = shelf["rinjani"].provider.standings.get()
    for words in (
        "Direktori Penyedia P2KTD", "<b>2 penyedia</b>", "CV Rinjani Karya", standing.directory_number,
        "Badan usaha (CV, PT, koperasi)", "Kewirausahaan", "Jalan Kantor 1", "(0370)\xa0123456",
        "kantor@cvrinjanikarya.example", "Kota Bandung, Kabupaten Lombok Tengah", "Seluruh Nusa Tenggara Barat",
        "4,5", "(1 penilaian)", f"{standing.valid_until:%d/%m/%Y}", "Keputusan nomor 188.4/77/2025 tanggal",
    ):  # fmt: skip
        assert words in text, words
    for absent in ("Yayasan Barat", "CV Sudah Lewat", "Yayasan Bina Warga"):
        assert absent not in text


def test_no_secret_of_a_provider_stands_on_any_page_or_download(client: Client, shelf: dict) -> None:
    code = shelf["rinjani"].provider.code
    pages = (LIST, CSV, INDEX, REGENCY, f"{LIST}{code}/", f"{LIST}{code}/status/")
    for path in pages:
        text = body(client.get(path))
        assert "CV Rinjani Karya" in text or path == INDEX, path  # it is the page that could have told
        assert [secret for secret in SECRETS if secret in text] == [], path
    entry = directory.entries([shelf["rinjani"].provider.standings.get()])[0]
    assert [secret for secret in SECRETS if secret in repr(entry)] == []


def test_the_columns_that_are_secret_are_not_even_read(client: Client, shelf: dict) -> None:
    with CaptureQueriesContext(connection) as queries:
        for path in (LIST, CSV, REGENCY, f"{LIST}{shelf['rinjani'].provider.code}/"):
            body(client.get(path))
    columns = [f'"accounts_provider"."{name}"' for name in directory.SECRET]
    selected = [query["sql"].split(" FROM ")[0] for query in queries]
    assert any('"accounts_provider"."name"' in text for text in selected)
    assert [column for column in columns if any(column in text for text in selected)] == []


# --- search and filters -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["CV Rinjani Karya", "Lalu Contoh", "Yayasan Barat"]),
        ({"q": "rinjani"}, ["CV Rinjani Karya"]),
        ({"q": "irigasi"}, ["Lalu Contoh"]),  # by what it offers
        ({"q": "bumdes"}, ["CV Rinjani Karya"]),  # said as in the catalogue
        ({"q": "P2KTD/52.01"}, ["Yayasan Barat"]),
        ({"q": "lewat"}, []),
        ({"wilayah": LOMBOK_TENGAH}, ["CV Rinjani Karya", "Lalu Contoh"]),
        ({"wilayah": LOMBOK_BARAT}, ["Yayasan Barat"]),
        ({"wilayah": NTB}, ["CV Rinjani Karya", "Lalu Contoh", "Yayasan Barat"]),
        ({"wilayah": BANDUNG}, []),
        ({"kategori": "infrastruktur"}, ["Lalu Contoh"]),
        ({"bentuk": "nonprofit"}, ["Yayasan Barat"]),
        ({"nilai": "4"}, ["CV Rinjani Karya"]),
        ({"nilai": "3"}, ["CV Rinjani Karya", "Lalu Contoh"]),
        ({"berlaku": "akan-berakhir"}, ["Lalu Contoh"]),
        ({"berlaku": "3-bulan"}, ["CV Rinjani Karya", "Yayasan Barat"]),
        ({"berlaku": "6-bulan", "wilayah": LOMBOK_TENGAH}, ["CV Rinjani Karya"]),
        ({"urut": "nilai"}, ["CV Rinjani Karya", "Lalu Contoh", "Yayasan Barat"]),
    ],
)
def test_each_filter_of_the_directory(client: Client, shelf: dict, query: dict, found: list[str]) -> None:
    response = client.get(LIST, query)
    assert names(response) == found
    if found:
        assert f"<b>{len(found)} penyedia</b>" in response.content.decode()
    assert sorted({row["Nama"] for row in rows_of(client.get(CSV, query))}) == sorted(found)


def test_where_and_how_long_are_asked_of_the_same_listing(client: Client, shelf: dict) -> None:
    """Listed for long in Lombok Barat, for a month only in Lombok Tengah."""
    stage.list_in_directory(shelf["person"].provider, LOMBOK_BARAT)
    assert names(client.get(LIST, {"berlaku": "6-bulan", "wilayah": LOMBOK_TENGAH})) == ["CV Rinjani Karya"]
    assert names(client.get(LIST, {"berlaku": "6-bulan", "wilayah": LOMBOK_BARAT})) == ["Lalu Contoh", "Yayasan Barat"]
    rows = rows_of(client.get(CSV, {"berlaku": "6-bulan"}))
    assert [(row["Nama"], row["Terdaftar di"]) for row in rows] == [
        ("CV Rinjani Karya", "Kabupaten Lombok Tengah"),
        ("Lalu Contoh", "Kabupaten Lombok Barat"),
        ("Yayasan Barat", "Kabupaten Lombok Barat"),
    ]


def test_a_declared_field_is_found_without_a_service(client: Client, shelf: dict) -> None:
    Provider.objects.filter(pk=shelf["barat"].provider.pk).update(fields=["infrastruktur"])
    assert names(client.get(LIST, {"kategori": "infrastruktur"})) == ["Lalu Contoh", "Yayasan Barat"]


def test_few_ratings_are_not_filtered_by(client: Client, shelf: dict) -> None:
    DatedSetting.objects.create(key="rating-min-count", value=3, valid_from=today(), source="contoh")
    assert names(client.get(LIST, {"nilai": "4"})) == []
    assert {row["Penilaian rata-rata"] for row in rows_of(client.get(CSV))} == {""}
    assert "rata-rata tampil mulai 3 penilaian" in body(client.get(REGENCY))


def test_an_empty_list_offers_ways_out(client: Client, shelf: dict) -> None:
    text = body(client.get(LIST, {"q": "irigasi embung", "wilayah": LOMBOK_BARAT, "berlaku": "6-bulan"}))
    for way in (
        "Belum ada penyedia yang cocok", "seluruh provinsi Nusa Tenggara Barat", "Cari “irigasi” saja",
        "Tanpa saringan “Masa berlaku”", "Lihat semua penyedia",
    ):  # fmt: skip
        assert way in text
    assert "Unduh daftar ini" not in text


@pytest.mark.parametrize("sort", ["nama", "nilai"])
def test_the_list_is_paged_by_key(client: Client, areas: None, sort: str) -> None:
    for number in range(23):
        stage.list_in_directory(stage.firm(f"CV Contoh {number:02}").provider)
    seen, address = [], f"{LIST}?urut={sort}"
    for _ in range(2):
        response = client.get(address)
        seen += names(response)
        following = re.search(r'rel="next" href="([^"]+)"', response.content.decode())
        address = LIST + following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == [f"CV Contoh {number:02}" for number in range(23)]
    assert "<b>23 penyedia</b>" in response.content.decode()
    assert f"urut={sort}" in response.content.decode()


# --- a regency's directory -----------------------------------------------------------------------------------------
def test_the_table_goes_decree_by_decree_and_counts_through(client: Client, rinjani: Firm) -> None:
    old = {"decree_number": "188.4/3/2024", "decree_date": in_days(-500)}
    for number in (10, 9):
        provider = stage.firm(f"CV Lama {number}").provider
        stage.list_in_directory(provider, directory_number=f"P2KTD/{number}", **old)
    text = body(client.get(REGENCY))
    captions = re.findall(r"<caption>Keputusan nomor (\S+) tanggal", text)
    assert captions == ["188.4/3/2024", "188.4/77/2025"]
    assert re.findall(r'data-label="No">(\d+)<', text) == ["1", "2", "3"]
    assert re.findall(r'scope="row"><a [^>]+>([^<]+)<', text) == ["CV Lama 9", "CV Lama 10", "CV Rinjani Karya"]
    assert "berdasarkan 2 keputusan" in text


def test_a_long_table_goes_on_over_pages(client: Client, areas: None) -> None:
    for number in range(53):
        stage.list_in_directory(stage.firm(f"CV Contoh {number:02}").provider)
    numbers = []
    for page in ("1", "2"):
        numbers += re.findall(r'data-label="No">(\d+)<', body(client.get(REGENCY, {"hal": page})))
    assert numbers == [str(number) for number in range(1, 54)]


def test_the_index_counts_who_is_listed_today(client: Client, shelf: dict) -> None:
    text = body(client.get(INDEX))
    assert "<b>2 kabupaten/kota</b>" in text
    assert re.findall(r"(\d+) penyedia</span>", text) == ["1", "2"]


def test_an_empty_directory_says_so(client: Client, areas: None) -> None:
    assert "Belum ada penyedia terdaftar hari ini" in body(client.get(REGENCY))
    assert "Belum ada direktori" in body(client.get(INDEX))


@pytest.mark.parametrize("code", ["52", "52.99", "52.02.04", "x", "52.02'--", "😀", "9" * 400, "direktori"])
def test_what_is_no_regency_has_no_directory(client: Client, rinjani: Firm, code: str) -> None:
    assert client.get(f"{INDEX}{code}/").status_code == 404


def test_a_listing_ends_and_begins_by_the_date_alone(client: Client, rinjani: Firm) -> None:
    """Siblings' defects 6 and 7: right with no worker."""
    last = rinjani.provider.standings.get().valid_until
    noon = dt.datetime.combine(last, dt.time(5), dt.UTC)
    with time_machine.travel(noon, tick=False):
        assert "CV Rinjani Karya" in body(client.get(REGENCY))
        assert len(rows_of(client.get(CSV))) == 1
    with time_machine.travel(noon + dt.timedelta(days=1), tick=False):
        for path in (LIST, REGENCY, CSV, INDEX):
            assert "CV Rinjani Karya" not in body(client.get(path)), path
        assert "Belum ada direktori" in body(client.get(INDEX))


# --- the download -------------------------------------------------------------------------------------------------
def test_the_csv_streams_with_mark_head_and_text(client: Client, shelf: dict) -> None:
    response = client.get(CSV)
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="direktori-p2ktd-{today():%Y-%m-%d}.csv"'
    rows = rows_of(response)
    assert [row["Nama"] for row in rows] == ["CV Rinjani Karya", "Lalu Contoh", "Yayasan Barat"]
    first, standing = rows[0], shelf["rinjani"].provider.standings.get()
    assert first == {
        "Nomor direktori": standing.directory_number, "Nama": "CV Rinjani Karya",
        "Bentuk": "Badan usaha (CV, PT, koperasi)", "Bidang": "Kewirausahaan", "Alamat kantor": "Jalan Kantor 1",
        "Wilayah kantor": "Kabupaten Lombok Tengah, Nusa Tenggara Barat", "Telepon kantor": "(0370) 123456",
        "Email kantor": "kantor@cvrinjanikarya.example", "Situs web": "",
        "Wilayah layanan": "Kota Bandung; Kabupaten Lombok Tengah", "Tenaga ahli": "1", "Layanan": "Pelatihan BUM Desa",
        "Penilaian rata-rata": "4,5", "Jumlah penilaian": "1", "Terdaftar di": "Kabupaten Lombok Tengah",
        "Terdaftar sejak": f"{standing.listed_on:%d/%m/%Y}", "Berlaku sampai": f"{standing.valid_until:%d/%m/%Y}",
        "Nomor keputusan": "188.4/77/2025", "Tanggal keputusan": f"{standing.decree_date:%d/%m/%Y}",
        "Kode": shelf["rinjani"].provider.code,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["=1+1", "+62", "-2", "@SUM(A1)", "\t=1", "\n=1", " =1", "＝1", "\u200b=1", "\xa0=1"])
def test_a_formula_in_a_name_is_text(client: Client, areas: None, name: str) -> None:
    stage.list_in_directory(stage.firm(name + " x").provider)
    (row,) = rows_of(client.get(CSV))
    assert row["Nama"].startswith("'")
    assert harmless(-5) == -5


def test_a_wrong_filter_leads_to_the_list_that_says_so(client: Client, shelf: dict) -> None:
    response = client.get(CSV, {"wilayah": "52.99", "q": "rinjani"})
    assert response.status_code == 302
    assert response["Location"] == "/penyedia/?wilayah=52.99&q=rinjani"


def test_the_download_of_the_list_keeps_its_filters(client: Client, shelf: dict) -> None:
    text = body(client.get(LIST, {"wilayah": LOMBOK_TENGAH, "urut": "nilai", "sesudah": ""}))
    assert 'href="/penyedia/unduh-csv/?wilayah=52.02"' in text
    assert f'href="{REGENCY}"' in text


# --- bad input ------------------------------------------------------------------------------------------------------
PARAMETERS = (
    "q", "wilayah", "wilayah_province", "kategori", "bentuk", "nilai", "berlaku", "urut", "sesudah", "sebelum", "hal",
)  # fmt: skip


@pytest.mark.parametrize("path", [LIST, CSV, INDEX, REGENCY])
def test_no_value_breaks_the_directory(client: Client, shelf: dict, path: str) -> None:
    client.raise_request_exception = False
    statuses = {}
    for value in CORPUS:
        statuses[value[:20]] = client.get(path, dict.fromkeys(PARAMETERS, value)).status_code
    assert {value: status for value, status in statuses.items() if status not in (200, 302, 400, 404)} == {}


@pytest.mark.parametrize("name", PARAMETERS)
def test_no_parameter_alone_breaks_the_directory(client: Client, shelf: dict, name: str) -> None:
    client.raise_request_exception = False
    nasty = ("a" * 5000, "9" * 5000, "-1", "NaN", "' OR 1=1 --", "a:* & !b", "52.99", "9" * 17 + "~ABC", "١٢٣", "😀")
    for path in (LIST, CSV, REGENCY):
        statuses = {value[:20]: client.get(path, {name: value}).status_code for value in nasty}
        assert {value: status for value, status in statuses.items() if status not in (200, 302, 400, 404)} == {}
    assert client.get(f"{LIST}?{name}[]=1&{name}=a&{name}=b").status_code == 200


# --- what it costs ---------------------------------------------------------------------------------------------------
def count_queries(client: Client, path: str) -> int:
    body(client.get(path))
    with CaptureQueriesContext(connection) as queries:
        assert body(client.get(path))
    return len(queries)


@pytest.mark.parametrize(("path", "most"), [(LIST, 9), (CSV, 9), (INDEX, 2), (REGENCY, 9)])
def test_queries_do_not_grow_with_entries(client: Client, rinjani: Firm, path: str, most: int) -> None:
    stage.service(rinjani).take_rating(40)
    with_one = count_queries(client, path)
    for number in range(2):
        other = stage.firm(f"CV Lain {number}")
        stage.list_in_directory(other.provider, decree_number=f"188.4/{number}")
        stage.service(other, areas=(NTB,)).take_rating(40)
    assert count_queries(client, path) == with_one
    assert with_one <= most
