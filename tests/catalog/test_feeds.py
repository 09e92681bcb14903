"""The sitemap and what may be taken away: whole, in order, without secrets, and light however long."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import open_data
from catalog.models import Category, CategoryAttribute, Service
from catalog.views import feeds
from core.clock import today
from core.models import DatedSetting
from tests.areas import BANDUNG, LOMBOK_BARAT, LOMBOK_TENGAH, NTB
from tests.catalog import stage
from tests.catalog.stage import Firm
from tests.catalog.test_directory import SECRETS, body

pytestmark = pytest.mark.django_db
SERVICES_CSV, SERVICES_JSON, DIRECTORY_JSON = "/data/layanan.csv", "/data/layanan.json", "/data/direktori.json"
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def locations(client: Client, path: str) -> list[str]:
    """What a sitemap names, without the site's own address."""
    tree = ET.fromstring(body(client.get(path)))
    return [loc.text.removeprefix(settings.SITE_URL) for loc in tree.iterfind(".//s:loc", SPACE)]


def rows_of(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    response = client.get(path, query)
    assert response.status_code == 200
    text = body(response)
    if path.endswith(".csv"):
        assert text.startswith("\ufeff")
        return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))
    return json.loads(text)["data"]


@pytest.fixture
def shelf(rinjani: Firm, unlisted: Firm) -> dict[str, Service]:
    """Two services that can be ordered, and each kind that cannot."""
    found = {
        "bumdes": stage.service(rinjani, "Pelatihan BUM Desa", price=5_000_000, areas=(LOMBOK_TENGAH, BANDUNG)),
        "jalan": stage.service(rinjani, "DED jalan; desa", price=9_000_000, areas=(NTB,), tax_included=False),
    }
    found["bumdes"].take_rating(46)
    stage.draft(rinjani, "Rahasia draf")
    stage.service(rinjani, "Rahasia dijeda").pause(by=rinjani.person)
    stage.draft(unlisted, "Rahasia belum terdaftar")
    return found


# --- which pages there are ----------------------------------------------------------------------------------
def test_robots_point_to_the_sitemap_and_away_from_filters(client: Client, settings: Any) -> None:
    settings.DEMO = False
    text = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text
    assert "Disallow: /layanan/?" in text


def test_a_demo_stands_in_no_index(client: Client, settings: Any) -> None:
    settings.DEMO = True
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_the_sitemap_names_what_the_public_sees_and_nothing_else(client: Client, shelf: dict, rinjani: Firm) -> None:
    parts = locations(client, "/sitemap.xml")
    assert parts[0] == "/sitemap-halaman-1.xml"
    assert {part.rsplit("-", 1)[0] for part in parts} == {"/sitemap-halaman", "/sitemap-penyedia", "/sitemap-layanan"}
    named = [page for part in parts for page in locations(client, part)]
    assert sorted(page for page in named if page.startswith("/layanan/") and page != "/layanan/") == sorted(
        service.get_absolute_url() for service in shelf.values()
    )
    assert [page for page in named if re.fullmatch(r"/penyedia/[2-9A-Z]+/", page)] == [
        f"/penyedia/{rinjani.provider.code}/"
    ]
    assert f"/penyedia/direktori/{LOMBOK_TENGAH}/" in named
    assert len(named) == len(set(named))
    for page in named:
        assert client.get(page).status_code == 200, page


def test_every_row_stands_in_exactly_one_part(client: Client, rinjani: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        stage.service(rinjani, f"Layanan {number}")
    monkeypatch.setattr(feeds, "PART", 3)
    monkeypatch.setattr(feeds, "AT_ONCE", 2)
    parts = [part for part in locations(client, "/sitemap.xml") if "layanan" in part]
    found = [locations(client, part) for part in parts]
    assert sorted(page for pages in found for page in pages) == sorted(
        service.get_absolute_url() for service in Service.objects.all()
    )
    assert max(map(len, found)) <= 3


def test_a_sitemap_says_the_moment_of_the_last_change(client: Client, shelf: dict) -> None:
    part = next(part for part in locations(client, "/sitemap.xml") if "layanan" in part)
    tree = ET.fromstring(body(client.get(part)))
    moments = {dt.datetime.fromisoformat(moment.text) for moment in tree.iterfind(".//s:lastmod", SPACE)}
    assert moments == {
        service.current_version.made_at.replace(microsecond=0) for service in Service.objects.filter(state="published")
    }


@pytest.mark.parametrize("path", ["/sitemap-rahasia-1.xml", "/sitemap-layanan-0.xml", f"/sitemap-layanan-{'9' * 5000}.xml"])  # fmt: skip
def test_a_part_that_cannot_be_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


# --- services to take away ---------------------------------------------------------------------------------
def test_the_csv_holds_what_can_be_ordered(client: Client, shelf: dict) -> None:
    rows = rows_of(client, SERVICES_CSV)
    assert [row["Nama layanan"] for row in rows] == ["Pelatihan BUM Desa", "DED jalan; desa"]
    first = rows[0]
    assert first["Harga"] == "5000000"
    assert first["Termasuk pajak"] == "ya" and rows[1]["Termasuk pajak"] == "tidak"
    assert first["Kode wilayah layanan"] == f"{BANDUNG}; {LOMBOK_TENGAH}"
    assert rows[1]["Wilayah layanan"] == "Seluruh Nusa Tenggara Barat"
    assert first["Penilaian rata-rata"] == "4,6"
    assert first["Tautan"] == f"{settings.SITE_URL}/layanan/{shelf['bumdes'].code}/"
    assert first["Keadaan per"] == f"{today():%d/%m/%Y}"


def test_the_json_says_the_same_in_its_own_types(client: Client, shelf: dict) -> None:
    rows = rows_of(client, SERVICES_JSON)
    assert [row["nama"] for row in rows] == ["Pelatihan BUM Desa", "DED jalan; desa"]
    first = rows[0]
    assert (first["harga"], first["termasuk_pajak"], first["penilaian"]) == (5_000_000, True, 4.6)
    assert first["wilayah_kode"] == [BANDUNG, LOMBOK_TENGAH]
    assert first["tayang_sejak"] == f"{today():%Y-%m-%d}"
    assert set(first) == {column.key for column in open_data.SERVICE_COLUMNS}


def test_what_a_category_asks_is_given_with_its_answers(client: Client, rinjani: Firm) -> None:
    category = Category.objects.get(key="kewirausahaan")
    asked = CategoryAttribute.objects.create(category=category, key="ujiorang", label="Peserta uji", kind="number", unit="orang")  # fmt: skip
    sub = category.subcategories.first() or category.subcategories.create(key="uji", name="Bidang uji")
    service = stage.service(rinjani)
    Service.objects.filter(pk=service.pk).update(attributes={asked.key: 20}, subcategory=sub)
    row = rows_of(client, SERVICES_JSON)[0]
    assert row["keterangan"] == {"Peserta uji": "20 orang"}
    assert row["subkategori"] == sub.name
    assert rows_of(client, SERVICES_CSV)[0]["Keterangan"] == "Peserta uji: 20 orang"


def test_the_json_says_where_it_is_from_and_under_which_terms(client: Client, shelf: dict) -> None:
    head = json.loads(body(client.get(SERVICES_JSON)))
    assert head["lisensi"] == open_data.NO_LICENCE
    assert head["sumber"] == f"Marketplace P2KTD, {settings.SITE_URL}"
    assert head["diambil"].startswith(f"{today():%Y-%m-%d}T")
    terms = {"nama": "Lisensi Contoh", "alamat": "https://contoh.example/lisensi"}
    DatedSetting.objects.create(key=open_data.LICENCE, value=terms, valid_from=today(), source="contoh")
    assert json.loads(body(client.get(SERVICES_JSON)))["lisensi"] == terms
    assert "Lisensi Contoh" in client.get("/data/").content.decode()


def test_an_empty_catalogue_is_still_whole_json(client: Client, areas: None) -> None:
    assert json.loads(body(client.get(SERVICES_JSON)))["data"] == []
    assert rows_of(client, SERVICES_CSV) == []


def test_a_part_is_asked_for_by_area_and_category(client: Client, shelf: dict) -> None:
    assert [row["nama"] for row in rows_of(client, SERVICES_JSON, wilayah=LOMBOK_TENGAH)] == ["Pelatihan BUM Desa", "DED jalan; desa"]  # fmt: skip
    assert rows_of(client, SERVICES_JSON, wilayah=LOMBOK_BARAT) == []
    assert rows_of(client, SERVICES_JSON, kategori="infrastruktur") == []
    assert len(rows_of(client, SERVICES_CSV, kategori="kewirausahaan")) == 2
    for odd in ({"wilayah": "99.99"}, {"kategori": "tidak-ada"}):
        response = client.get(SERVICES_JSON, odd)
        assert response.status_code == 400
        assert next(iter(odd)) in response.content.decode()


def test_a_title_that_is_a_formula_stays_text(client: Client, rinjani: Firm) -> None:
    stage.service(rinjani, '=HYPERLINK("http://jahat.example")')
    assert rows_of(client, SERVICES_CSV)[0]["Nama layanan"] == '\'=HYPERLINK("http://jahat.example")'


@pytest.mark.parametrize("path", [SERVICES_CSV, SERVICES_JSON, DIRECTORY_JSON])
def test_no_secret_is_given_away(client: Client, shelf: dict, path: str) -> None:
    text = body(client.get(path))
    assert "CV Rinjani Karya" in text
    for secret in (*SECRETS, "Rahasia", "Bina Warga"):
        assert secret not in text


def test_pages_of_rows_follow_one_another_without_loss(
    client: Client, rinjani: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_data, "SERVICES_AT_ONCE", 2)
    for number in range(5):
        stage.service(rinjani, f"Layanan {number}")
    assert [row["nama"] for row in rows_of(client, SERVICES_JSON)] == [f"Layanan {number}" for number in range(5)]


def test_a_thousand_services_cost_the_queries_of_one(client: Client, rinjani: Firm) -> None:
    def count() -> int:
        body(client.get(SERVICES_JSON))
        with CaptureQueriesContext(connection) as queries:
            body(client.get(SERVICES_JSON))
        return len(queries)

    stage.service(rinjani)
    with_one = count()
    stage.service(rinjani)
    stage.service(rinjani)
    assert count() == with_one


# --- the directory to take away -------------------------------------------------------------------------------
def test_the_directory_as_json_is_its_csv_in_types(client: Client, shelf: dict) -> None:
    rows = rows_of(client, DIRECTORY_JSON)
    assert [row["nama"] for row in rows] == ["CV Rinjani Karya"]
    assert rows[0]["layanan"] == ["DED jalan; desa", "Pelatihan BUM Desa"]
    assert rows[0]["penilaian"] == 4.6
    assert rows_of(client, DIRECTORY_JSON, wilayah=LOMBOK_BARAT) == []
    assert client.get(DIRECTORY_JSON, {"wilayah": "99.99"}).status_code == 400


# --- how it is sent --------------------------------------------------------------------------------------------
def test_the_page_explains_every_column(client: Client, shelf: dict) -> None:
    text = client.get("/data/").content.decode()
    for column in (*open_data.SERVICE_COLUMNS, *open_data.DIRECTORY_COLUMNS):
        assert column.head in text and f"<code>{column.key}</code>" in text and column.meaning in text


def test_who_has_the_last_version_gets_no_body(client: Client, shelf: dict, settings: Any) -> None:
    settings.KEEP_PAGES = True
    cache.clear()
    for path in (SERVICES_CSV, DIRECTORY_JSON, "/sitemap-layanan-1.xml", "/sitemap.xml", "/data/"):
        first = client.get(path)
        body(first)
        with CaptureQueriesContext(connection) as queries:
            again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304 and len(queries) == 1, path


def test_a_stream_is_squeezed_while_it_runs(client: Client, shelf: dict) -> None:
    import gzip

    response = client.get(SERVICES_JSON, headers={"Accept-Encoding": "gzip"})
    assert response.streaming and response["Content-Encoding"] == "gzip"
    assert "Content-Length" not in response
    assert len(json.loads(gzip.decompress(b"".join(response.streaming_content)))["data"]) == 2


def test_a_head_request_makes_no_body(client: Client, shelf: dict) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = client.head(SERVICES_CSV)
    assert response.status_code == 200 and response["Content-Type"].startswith("text/csv")
    assert not response.streaming
    assert not [query for query in queries if "catalog_service" in query["sql"]]


def test_one_download_runs_at_a_time(client: Client, shelf: dict) -> None:
    """A whole country keeps a worker busy; the others go on serving pages."""
    with psycopg.connect(**connection.get_connection_params() | {"context": None, "cursor_factory": None}) as other:  # type: ignore[call-overload]
        other.execute("SELECT pg_advisory_lock(%s)", [feeds.ONE_DOWNLOAD])
        response = client.get(SERVICES_CSV)
        assert (response.status_code, response["Retry-After"]) == (503, "60")
        other.execute("SELECT pg_advisory_unlock(%s)", [feeds.ONE_DOWNLOAD])
        assert len(rows_of(client, SERVICES_CSV)) == 2
        # it let go at its end
        assert other.execute("SELECT pg_try_advisory_lock(%s)", [feeds.ONE_DOWNLOAD]).fetchone() == (True,)
