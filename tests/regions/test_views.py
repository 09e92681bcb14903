"""The public pages and the type-ahead's answers."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regions.models import Area
from tests import areas as places

pytestmark = pytest.mark.usefixtures("areas")

SEARCH = "/wilayah/cari/"


def found(client, **query):
    response = client.get(SEARCH, query)
    assert response.status_code == 200
    return response.json()["hasil"]


def test_first_page_lists_every_province_for_everyone(client):
    page = client.get("/wilayah/").content.decode()
    assert page.count('class="areas__code"') == 38
    assert "Open Database License" in page


@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        ("52", ["Nusa Tenggara Barat", "Kabupaten Lombok Tengah", "WITA"]),
        ("52.02", ["Kabupaten Lombok Tengah", "Kecamatan Pujut", "142", "12"]),
        (places.PUJUT, ["Kecamatan Pujut", "Desa Kuta", "Camat"]),
        (places.KUTA, ["Desa Kuta", "Kecamatan Pujut, Kabupaten Lombok Tengah", "Kepala Desa", "Dapat berbelanja"]),
        (places.PRAYA, ["Kelurahan Praya", "Lurah", "Tidak berbelanja di sini"]),
        (places.TIKU_SELATAN, ["Nagari Tiku Selatan", "Wali Nagari", "WIB"]),
        (places.YOBOI, ["Desa Adat Yoboi", "Kepala Kampung", "WIT"]),
    ],
)
def test_each_level_has_its_page(client, code, sentences):
    page = client.get(f"/wilayah/{code}/").content.decode()
    assert [sentence for sentence in sentences if sentence not in page] == []


def test_kelurahan_are_marked_in_the_list_of_their_district(client):
    page = client.get("/wilayah/52.71.01/").content.decode()
    assert page.count("tidak berbelanja di sini") == Area.objects.filter(parent="52.71.01").count()


def test_an_area_that_is_gone_says_so_and_leaves_the_list(client):
    Area.objects.filter(code=places.KUTA).update(valid_to=dt.date(2024, 1, 1))
    assert "Tidak berlaku lagi" in client.get(f"/wilayah/{places.KUTA}/").content.decode()
    assert "Desa Kuta" not in client.get(f"/wilayah/{places.PUJUT}/").content.decode()
    assert found(client, q="kuta", tingkat="desa", dalam=places.PUJUT) == []


@pytest.mark.parametrize(
    "path", ["99", "52.0", "52.02.", "52.2", "52.02.04.200", "x", "52.02.04.2009.1", "%00", "5２", "52%0a", "../admin"]
)
def test_unknown_areas_are_not_found(client, path):
    assert client.get(f"/wilayah/{path}/").status_code in (400, 404)


def test_search_page_finds_counts_and_pages(client):
    page = client.get("/wilayah/", {"q": "kuta pujut"}).content.decode()
    assert "1 wilayah ditemukan" in page
    assert f'href="/wilayah/{places.KUTA}/"' in page


def test_a_long_result_is_paged_and_its_end_is_said(client, monkeypatch):
    monkeypatch.setattr("regions.views.MOST_FOUND", 30)
    first, second = (client.get("/wilayah/", {"q": "se", "hal": number}).content.decode() for number in (1, 2))
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second
    assert "Lebih dari 30 wilayah ditemukan" in first


def test_search_page_that_finds_nothing_says_what_to_do(client):
    page = client.get("/wilayah/", {"q": "zzzz"}).content.decode()
    assert "Tidak ada wilayah dengan nama itu" in page
    assert "Lihat semua provinsi" in page


def test_typeahead_answers_with_little(client):
    response = client.get(SEARCH, {"q": "kuta puj", "tingkat": "desa"})
    assert response.json() == {
        "hasil": [
            {
                "kode": places.KUTA,
                "nama": "Desa Kuta",
                "letak": "Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat",
                "beli": True,
                "desa": True,
            }
        ]
    }
    assert "max-age=3600" in response["Cache-Control"]
    assert "public" in response["Cache-Control"]
    assert len(found(client, q="ba", tingkat="desa")) == 8


def test_typeahead_keeps_to_level_and_territory(client):
    assert {each["kode"][:5] for each in found(client, q="ba", tingkat="desa", dalam="52.01")} == {"52.01"}
    assert [each["kode"] for each in found(client, q="lombok tengah", tingkat="kabupaten")] == ["52.02"]
    above = found(client, q="nusa", tingkat="kabupaten", keatas="1")
    assert {"52", "53"} <= {each["kode"] for each in above}
    assert not found(client, q="nusa", tingkat="kabupaten", dalam="32")


def test_typeahead_asks_nothing_of_the_database_for_one_letter(client):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert found(client, q="k", tingkat="desa") == []
    assert [query for query in queries if "regions_area" in query["sql"]] == []


ODD = ["", " ", "\x00", "a\x00b", "x" * 81, "x" * 100_000, "'", "\\", "%", "_", "🏝️" * 20, "كوتا", "\u202e", "\ud83c", "a:*|b",
       "<script>", "=cmd|' /C calc'!A0", "-1", "NaN", "../..", "\r\nSet-Cookie: a=b", "%C3%28", "\u0301" * 80]  # fmt: skip


@pytest.mark.parametrize("name", ["q", "tingkat", "dalam", "keatas", "hal"])
def test_odd_input_is_answered_and_never_an_error(client, name):
    codes = set()
    for text in ODD:
        query = {"q": "kuta", "tingkat": "desa"} | {name: text.encode("utf-8", "surrogatepass")}
        codes.add(client.get(SEARCH, query).status_code)
        codes.add(client.get("/wilayah/", {"q": "kuta"} | {name: query[name]}).status_code)
    assert codes <= {200, 400}


def test_repeated_and_too_many_parameters_are_answered(client):
    assert client.get(f"{SEARCH}?q=a&q=kuta&q=b&dalam=52.02&dalam=x").status_code in (200, 400)
    assert client.get(SEARCH, {"q": "kuta", "dalam": ",".join(["52.02"] * 21)}).status_code == 400
    assert client.get(f"{SEARCH}?q=%ff%fe").status_code in (200, 400)


@pytest.mark.parametrize("path", ["/wilayah/", SEARCH, f"/wilayah/{places.KUTA}/"])
def test_pages_are_only_read(client, path):
    assert client.post(path, {"q": "kuta"}).status_code == 405


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/wilayah/", 1),
        ("/wilayah/?q=kuta", 1),
        ("/wilayah/?q=desa", 1),
        ("/wilayah/52.02/", 5),
        ("/wilayah/52.02.04/", 5),
        (f"/wilayah/{places.KUTA}/", 5),
        (f"{SEARCH}?q=kuta&tingkat=desa", 2),
    ],
)
def test_pages_ask_little_however_long_the_list(client, path, most):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    assert len([query for query in queries if "regions_" in query["sql"]]) <= most
