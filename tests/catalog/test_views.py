"""The catalogue's pages as people see them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Role
from catalog import extras
from catalog.models import Category, Service
from core.clock import today
from core.models import DatedSetting
from core.uploads import clean_image
from tests.areas import BANDUNG, KUTA, LOMBOK_BARAT, LOMBOK_TENGAH, NTB
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db
LIST, DIRECTORY = "/layanan/", "/penyedia/"
NEW = "/layanan-saya/baru/?kategori=infrastruktur"


def shown(response: HttpResponse) -> list[str]:
    """The titles on a list page, in order."""
    text = re.sub("</?mark>", "", response.content.decode())
    return re.findall(r'class="card__link" href="[^"]+">([^<]+)<', text)


def page(client: Client, path: str, **query: Any) -> list[str]:
    response = client.get(path, query)
    assert response.status_code == 200
    return shown(response)


@pytest.fixture
def shelf(rinjani: Firm, unlisted: Firm) -> dict[str, Service]:
    """Three services that can be ordered, and each kind that cannot."""
    infrastructure = Category.objects.get(key="infrastruktur")
    other = stage.firm("Lalu Contoh", legal_form="person")
    stage.list_in_directory(other.provider)
    found = {
        "bumdes": stage.service(rinjani, "Pelatihan BUM Desa", price=5_000_000),
        "jalan": stage.service(rinjani, "DED jalan desa", price=9_000_000, category=infrastructure, kind="perencanaan", areas=(NTB,)),
        "kajian": stage.service(other, "Kajian usaha wisata", price=18_000_000, kind="studi"),
    }  # fmt: skip
    found["kajian"].take_rating(45)
    stage.draft(rinjani, "Rahasia draf")
    stage.service(rinjani, "Rahasia dijeda").pause(by=rinjani.person)
    stage.draft(unlisted, "Rahasia belum terdaftar")
    return found


# --- the list -------------------------------------------------------------------------------------------------
def test_the_public_sees_what_can_be_ordered_newest_first(client: Client, shelf: dict) -> None:
    response = client.get(LIST)
    assert shown(response) == ["Kajian usaha wisata", "DED jalan desa", "Pelatihan BUM Desa"]
    text = response.content.decode()
    assert "<b>3 layanan</b>" in text
    assert "Rahasia" not in text
    assert "Rp18.000.000" in text
    assert "per paket" in text
    assert "Sudah termasuk pajak" in text


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"kategori": "infrastruktur"}, ["DED jalan desa"]),
        ({"jenis": "studi"}, ["Kajian usaha wisata"]),
        ({"harga_min": "9.000.000"}, ["Kajian usaha wisata", "DED jalan desa"]),
        ({"harga_maks": "Rp 9.000.000"}, ["DED jalan desa", "Pelatihan BUM Desa"]),
        ({"harga_min": "6000000", "harga_maks": "10000000"}, ["DED jalan desa"]),
        ({"wilayah": LOMBOK_TENGAH}, ["Kajian usaha wisata", "DED jalan desa", "Pelatihan BUM Desa"]),
        ({"wilayah": NTB}, ["Kajian usaha wisata", "DED jalan desa", "Pelatihan BUM Desa"]),
        ({"wilayah": LOMBOK_BARAT}, []),
        ({"wilayah": BANDUNG}, []),
        ({"wilayah_province": NTB, "wilayah_regency": LOMBOK_TENGAH, "jenis": "studi"}, ["Kajian usaha wisata"]),
        ({"nilai": "4"}, ["Kajian usaha wisata"]),
        ({"bentuk": "person"}, ["Kajian usaha wisata"]),
        ({"urut": "termurah"}, ["Pelatihan BUM Desa", "DED jalan desa", "Kajian usaha wisata"]),
        ({"urut": "termahal"}, ["Kajian usaha wisata", "DED jalan desa", "Pelatihan BUM Desa"]),
        ({"urut": "nilai"}, ["Kajian usaha wisata"]),
        ({"q": "bumdes"}, ["Pelatihan BUM Desa"]),
        ({"q": "cv rinjani", "urut": "termurah"}, ["Pelatihan BUM Desa", "DED jalan desa"]),
        ({"q": "desa"}, ["Kajian usaha wisata", "DED jalan desa", "Pelatihan BUM Desa"]),
        ({"q": "tidak-ada-yang-begini"}, []),
    ],
)
def test_each_filter_and_sort(client: Client, shelf: dict, query: dict, titles: list[str]) -> None:
    assert page(client, LIST, **query)[: len(titles) or None] == titles


def test_the_picker_without_javascript_filters_by_what_is_chosen_so_far(client: Client, shelf: dict) -> None:
    response = client.get(LIST, {"wilayah_province": NTB, "_pick": "wilayah"})
    assert len(shown(response)) == 3
    assert 'name="wilayah_regency"' in response.content.decode()


def test_an_empty_result_offers_ways_out_that_find_something(client: Client, shelf: dict) -> None:
    text = client.get(LIST, {"q": "bumdes", "wilayah": LOMBOK_TENGAH, "nilai": "4"}).content.decode()
    assert "Belum ada layanan yang cocok" in text
    assert '<a href="?q=bumdes&amp;wilayah=52.02">Tanpa saringan “Penilaian”: 1 layanan</a>' in text
    assert "Cari di seluruh provinsi" not in text  # nothing is rated so there, either


def test_a_word_that_says_nothing_is_told(client: Client, shelf: dict) -> None:
    assert "ada pada hampir semua layanan" in client.get(LIST, {"q": "desa"}).content.decode()


def test_the_average_hides_under_the_number_that_is_set(client: Client, shelf: dict) -> None:
    assert "(1 penilaian)" in client.get(LIST).content.decode()
    assert page(client, LIST, nilai="4") == ["Kajian usaha wisata"]
    DatedSetting.objects.create(key="rating-min-count", value=3, valid_from=today(), source="contoh")
    assert "1 penilaian; rata-rata tampil mulai 3 penilaian" in client.get(LIST).content.decode()
    assert page(client, LIST, nilai="4") == []


def test_pages_follow_by_key(client: Client, rinjani: Firm) -> None:
    for number in range(23):
        stage.service(rinjani, f"Layanan {number}")
    first = client.get(LIST)
    assert len(shown(first)) == 20
    assert "<b>23 layanan</b>" in first.content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
    assert following
    second = client.get(LIST + following[1].replace("&amp;", "&"))
    assert len(shown(second)) == 3
    assert set(shown(first)).isdisjoint(shown(second))
    assert 'rel="prev"' in second.content.decode()


# --- bad input ------------------------------------------------------------------------------------------------
CORPUS = [
    "", " ", "\0", "%00", "a" * 5000, "-1", "0", "99999999999999999999999999", "NaN", "Infinity", "1e999", "0x10",
    "' OR 1=1 --", "'; DROP TABLE catalog_service; --", "\\", "%", "_", "<script>alert(1)</script>", "{{ 7*7 }}",
    "../../etc/passwd", "null", "None", "true", "[]", "{}", "١٢٣", "１２", "\u202e", "\u200b", "😀", "А", "é", "52.02.",
    "52.99", "99", "52.02.04.2009", "provider__name", "-price", "?", "a & b | !c", "a:*", "((((", "\ud7ff", "\r\n",
]  # fmt: skip
PARAMETERS = [
    "q", "kategori", "jenis", "wilayah", "wilayah_province", "wilayah_regency", "harga_min", "harga_maks", "nilai",
    "bentuk", "berlaku", "urut", "sesudah", "sebelum", "_pick", "hal", "tidak_dikenal",
]  # fmt: skip


@pytest.mark.parametrize("path", [LIST, DIRECTORY])
def test_no_value_breaks_a_list(client: Client, shelf: dict, path: str) -> None:
    """Each value in every parameter at once."""
    client.raise_request_exception = False
    statuses = {value[:20]: client.get(path, dict.fromkeys(PARAMETERS, value)).status_code for value in CORPUS}
    assert {value: status for value, status in statuses.items() if status not in (200, 400, 404)} == {}


@pytest.mark.parametrize("name", PARAMETERS)
def test_no_parameter_alone_breaks_the_list(client: Client, shelf: dict, name: str) -> None:
    """What is judged only where the others are in order."""
    client.raise_request_exception = False
    nasty = ("a" * 5000, "9" * 30, "NaN", "' OR 1=1 --", "a:* & !b", "52.99", "99999999999999999~ABC", "١٢٣", "😀")
    statuses = {value[:20]: client.get(LIST, {name: value}).status_code for value in nasty}
    assert {value: status for value, status in statuses.items() if status not in (200, 400, 404)} == {}


@pytest.mark.parametrize("path", [LIST, DIRECTORY])
@pytest.mark.parametrize(
    "query",
    [
        "q=a&q=b&q=%27",
        "harga_min[]=1&harga_min[0]=2",
        "&".join(f"p{n}={n}" for n in range(900)),
        "q=%ff%fe",
        "wilayah=52&wilayah=52.02&wilayah_province=11",
        "sesudah=1~AB&sebelum=1~AB",
        "urut=rank",
        "urut=cocok",
        "urut=price;kategori=infrastruktur",
        "q=" + "%F0%9F%98%80" * 200,
    ],
)
def test_odd_addresses(client: Client, shelf: dict, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code in (200, 400, 404)


@pytest.mark.parametrize("code", ["x", "A" * 300, "1' OR 1=1", "%00", "..", "😀", "<b>", "ABC%20DEF"])
def test_odd_codes_are_not_found(client: Client, shelf: dict, code: str) -> None:
    for path in (LIST, DIRECTORY):
        assert client.get(f"{path}{code}/").status_code in (400, 404)


def test_what_is_wrong_in_a_filter_is_said_and_the_rest_still_works(client: Client, shelf: dict) -> None:
    response = client.get(LIST, {"harga_min": "abc", "jenis": "studi"})
    assert shown(response) == ["Kajian usaha wisata"]
    assert "Jumlah tidak dapat dibaca" in response.content.decode()


# --- one service ----------------------------------------------------------------------------------------------
def test_a_service_says_what_the_village_gets(client: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani, requirements="Ruang pertemuan\nDaftar peserta", tax_included=False)
    service.add_photo(by=rinjani.person, photo=clean_image(stage.photo()), caption="Pelatihan di Praya")
    text = client.get(service.get_absolute_url()).content.decode()
    standing = rinjani.provider.standings.get()
    for words in (
        service.title, service.summary, "Kelas dan praktik.", "<li>Modul cetak</li>", "<li>Sertifikat</li>",
        "Rp12.500.000", "per paket", "Harga belum termasuk pajak.", "2 hari kalender", "<li>Ruang pertemuan</li>",
        "Kabupaten Lombok Tengah, Nusa Tenggara Barat", "CV Rinjani Karya", standing.directory_number,
        "Pelatihan di Praya", 'loading="lazy"', f"?layanan={service.code}", "Mulai pengadaan", "Belum ada penilaian",
    ):  # fmt: skip
        assert words in text, words
    assert "Ubah layanan" not in text


@pytest.mark.parametrize("state", ["draft", "paused", "unlisted"])
def test_what_cannot_be_ordered_is_not_found_by_others(client: Client, rinjani: Firm, state: str) -> None:
    service = stage.draft(rinjani, "Rahasia") if state == "draft" else stage.service(rinjani, "Rahasia")
    if state == "paused":
        service.pause(by=rinjani.person)
    if state == "unlisted":
        rinjani.provider.standings.update(ended_on=today())
    village = stage.person("operator@kuta.example", Role.VILLAGE_OPERATOR, area_id=KUTA)
    rival = stage.firm("CV Pesaing").person
    for user in (None, village, rival):
        visitor = Client()
        if user:
            visitor.force_login(user)
        for path in (service.get_absolute_url(), service.move_url("pause"), service.move_url("revise")):
            response = visitor.get(path)
            assert response.status_code == (404 if user or path == service.get_absolute_url() else 302)
            assert "Rahasia" not in response.content.decode()
    client.force_login(rinjani.person)
    response = client.get(service.get_absolute_url())
    assert response.status_code == 200
    assert "Ini layanan Anda" in response.content.decode()
    assert "Mulai pengadaan" not in response.content.decode()


def test_blocks_of_the_apps_above_are_shown(client: Client, rinjani: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        extras, "_service_blocks", [lambda request, service: f"<p>blok {service.code}</p>", lambda *_: ""]
    )
    monkeypatch.setattr(extras, "_provider_blocks", [lambda request, provider: f"blok {provider.code}"])
    service = stage.service(rinjani)
    assert f"blok {service.code}" in client.get(service.get_absolute_url()).content.decode()
    assert f"blok {rinjani.provider.code}" in client.get(rinjani.provider.get_absolute_url()).content.decode()


# --- providers ------------------------------------------------------------------------------------------------
def test_the_directory_shows_who_is_listed_today(client: Client, shelf: dict, unlisted: Firm) -> None:
    assert page(client, DIRECTORY) == ["CV Rinjani Karya", "Lalu Contoh"]
    assert page(client, DIRECTORY, q="lalu") == ["Lalu Contoh"]
    assert page(client, DIRECTORY, bentuk="company") == ["CV Rinjani Karya"]
    assert page(client, DIRECTORY, wilayah=LOMBOK_TENGAH) == ["CV Rinjani Karya", "Lalu Contoh"]
    assert page(client, DIRECTORY, wilayah=NTB) == ["CV Rinjani Karya", "Lalu Contoh"]
    assert page(client, DIRECTORY, wilayah=LOMBOK_BARAT) == []
    assert page(client, DIRECTORY, kategori="infrastruktur") == ["CV Rinjani Karya"]


def test_a_provider_page_says_where_until_when_and_what(client: Client, shelf: dict, rinjani: Firm) -> None:
    text = client.get(rinjani.provider.get_absolute_url()).content.decode()
    standing = rinjani.provider.standings.get()
    for words in (
        "CV Rinjani Karya", "Badan usaha", standing.directory_number, standing.decree_number, "Jalan Kantor 1",
        "(0370)", rinjani.provider.email, "Pelatihan BUM Desa", "DED jalan desa", "Seluruh Nusa Tenggara Barat",
    ):  # fmt: skip
        assert words in text, words
    assert "Rahasia" not in text


def test_no_page_tells_personal_numbers(client: Client, shelf: dict, rinjani: Firm) -> None:
    for path in (LIST, DIRECTORY, shelf["bumdes"].get_absolute_url(), rinjani.provider.get_absolute_url(), "/"):
        text = client.get(path).content.decode()
        for secret in (stage.NIK, stage.NPWP, stage.ACCOUNT, "Siti Rahasia", rinjani.person.email):
            assert secret not in text, (path, secret)


def test_personal_columns_are_not_even_read(client: Client, shelf: dict, rinjani: Firm) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(DIRECTORY)
        client.get(LIST)
        client.get(rinjani.provider.get_absolute_url())
    for query in queries:
        assert '"nik"' not in query["sql"]
        assert '"account_number"' not in query["sql"]


def test_an_unlisted_provider_is_found_only_by_itself_and_its_regency(client: Client, unlisted: Firm) -> None:
    path = unlisted.provider.get_absolute_url()
    assert client.get(path).status_code == 404
    client.force_login(unlisted.person)
    assert "sedang tidak terdaftar" in client.get(path).content.decode()


# --- one's own ------------------------------------------------------------------------------------------------
def filled(**changes: Any) -> dict[str, Any]:
    return {
        "category": Category.objects.get(key="infrastruktur").pk, "kind": "perencanaan", "title": "DED embung",
        "summary": "Gambar dan RAB.", "description": "Ukur, gambar, hitung.", "deliverables": "Gambar\nRAB",
        "requirements": "", "price": "9.000.000", "unit": "dokumen", "tax_included": "tidak", "duration_days": "30",
        "areas": [LOMBOK_TENGAH],
    } | changes  # fmt: skip


def key_of(response: HttpResponse) -> str:
    found = re.search(r'name="submit_key" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def test_a_provider_writes_publishes_changes_and_pauses(client: Client, rinjani: Firm) -> None:
    client.force_login(rinjani.person)
    form = client.get(NEW)
    response = client.post("/layanan-saya/baru/", filled(submit_key=key_of(form)))
    service = Service.objects.get()
    assert response.status_code == 302
    assert response["Location"] == service.get_absolute_url()
    assert (service.state, service.price, service.tax_included, service.provider) == (
        "draft",
        9_000_000,
        False,
        rinjani.provider,
    )
    assert list(service.areas.values_list("code", flat=True)) == [LOMBOK_TENGAH]
    assert "DED embung" in client.get("/layanan-saya/").content.decode()

    publish = service.move_url("publish")
    assert publish == f"{service.get_absolute_url()}tayangkan/"
    assert client.get(publish).status_code == 200
    assert client.post(publish).status_code == 302
    assert Client().get(service.get_absolute_url()).status_code == 200

    revise = service.move_url("revise")
    assert 'value="9.000.000"' in client.get(revise).content.decode()
    assert client.post(revise, filled(price="9.500.000", areas=[NTB])).status_code == 302
    service.refresh_from_db()
    assert service.price == 9_500_000
    assert list(service.areas.values_list("code", flat=True)) == [NTB]
    text = client.get(service.get_absolute_url()).content.decode()
    assert "Rp9.000.000" in text
    assert "Rp9.500.000" in text

    assert client.post(service.move_url("pause")).status_code == 302
    assert Client().get(service.get_absolute_url()).status_code == 404


def test_the_form_sent_twice_makes_one_service(client: Client, rinjani: Firm) -> None:
    client.force_login(rinjani.person)
    data = filled(submit_key=key_of(client.get(NEW)))
    answers = [client.post("/layanan-saya/baru/", data)["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert Service.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"price": "0"}, "Jumlah paling sedikit Rp1."),
        ({"price": "gratis"}, "Jumlah tidak dapat dibaca"),
        ({"title": ""}, "wajib"),
        ({"tax_included": ""}, "wajib"),
        ({"duration_days": "9999"}, "730"),
        ({"areas": ["11"]}, "11"),
        ({"other_area": KUTA}, "Wilayah itu tidak ada dalam daftar"),
        ({"category": "999999"}, ""),
        ({"unit": "karung"}, ""),
    ],
)
def test_wrong_answers_are_told_and_nothing_is_kept(
    client: Client, rinjani: Firm, changes: dict, sentence: str
) -> None:
    client.force_login(rinjani.person)
    response = client.post("/layanan-saya/baru/", filled(submit_key=key_of(client.get(NEW)), **changes))
    assert response.status_code == 422
    assert sentence.lower() in response.content.decode().lower()
    assert "Ukur, gambar, hitung." in response.content.decode()  # what was typed is kept
    assert Service.objects.count() == 0


def test_another_area_is_added_through_the_picker(client: Client, rinjani: Firm) -> None:
    client.force_login(rinjani.person)
    form = client.get(NEW)
    client.post("/layanan-saya/baru/", filled(submit_key=key_of(form), other_area=BANDUNG))
    service = Service.objects.get()
    assert sorted(service.areas.values_list("code", flat=True)) == [BANDUNG, LOMBOK_TENGAH]
    assert "Kota Bandung" in client.get(service.move_url("revise")).content.decode()


def test_a_published_service_cannot_be_emptied_through_the_form(client: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani)
    client.force_login(rinjani.person)
    assert client.post(service.move_url("revise"), filled(deliverables="")).status_code == 422
    assert client.post(service.move_url("revise"), filled(areas=[])).status_code == 409
    service.refresh_from_db()
    assert service.title != "DED embung"


def test_a_village_and_an_office_have_no_services_to_write(client: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani)
    for role, area in ((Role.VILLAGE_OPERATOR, KUTA), (Role.POKJA_CHAIR, LOMBOK_TENGAH)):
        user = stage.person(f"{role}@contoh.example", role, area_id=area)
        client.force_login(user)
        if role == Role.VILLAGE_OPERATOR:  # the Pokja needs its second factor first
            assert "Halaman ini untuk penyedia" in client.get("/layanan-saya/").content.decode()
            assert "Halaman ini untuk penyedia" in client.get("/layanan-saya/baru/").content.decode()
            assert client.get(service.move_url("pause")).status_code == 403
            assert client.post(service.move_url("pause")).status_code == 409
        client.post("/layanan-saya/baru/", filled())
    service.refresh_from_db()
    assert service.state == "published"
    assert Service.objects.count() == 1


def test_a_person_of_two_providers_says_for_which(client: Client, rinjani: Firm, unlisted: Firm) -> None:
    Membership.objects.create(user=rinjani.person, role=Role.PROVIDER, provider=unlisted.provider)
    client.force_login(rinjani.person)
    assert "Untuk penyedia yang mana?" in client.get("/layanan-saya/baru/").content.decode()
    address = f"/layanan-saya/baru/?penyedia={unlisted.provider.code}&kategori=infrastruktur"
    client.post(address, filled(submit_key=key_of(client.get(address))))
    assert Service.objects.get().provider == unlisted.provider


def test_a_forged_provider_is_not_offered(client: Client, rinjani: Firm, unlisted: Firm) -> None:
    client.force_login(rinjani.person)
    text = client.get(f"/layanan-saya/baru/?penyedia={unlisted.provider.code}&kategori=infrastruktur").content.decode()
    assert "Yayasan Bina Warga" not in text


def test_photos_are_added_and_removed(client: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani)
    client.force_login(rinjani.person)
    assert (
        client.post(service.move_url("add_photo"), {"photo": stage.photo(), "caption": "Pelatihan"}).status_code == 302
    )
    kept = service.photos.get()
    address = reverse("file", args=[kept.thumb.code])
    assert Client().get(address)["Content-Type"] == "image/webp"
    removal = client.get(service.move_url("remove_photo") + f"?foto={kept.file.code}").content.decode()
    assert f'value="{kept.file.code}"' in removal
    assert "checked" in removal
    assert client.post(service.move_url("remove_photo"), {"photo": kept.file.code}).status_code == 302
    assert service.photos.count() == 0
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("name", ["skrip.svg", "foto.jpg"])
def test_what_is_no_photo_is_refused(client: Client, rinjani: Firm, name: str) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    service = stage.service(rinjani)
    client.force_login(rinjani.person)
    upload = SimpleUploadedFile(name, b"<svg onload=alert(1)>", "image/jpeg")
    assert client.post(service.move_url("add_photo"), {"photo": upload, "caption": "x"}).status_code == 422
    assert service.photos.count() == 0


# --- what it costs ------------------------------------------------------------------------------------------------
def count_queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (lambda service: LIST, 10),
        (lambda service: f"{LIST}?q=bumdes&wilayah={LOMBOK_TENGAH}&kategori=kewirausahaan&nilai=3", 17),
        (lambda service: DIRECTORY, 9),
        (lambda service: service.get_absolute_url(), 7),
        (lambda service: service.provider.get_absolute_url(), 10),
        (lambda service: "/", 8),
    ],
)
def test_queries_do_not_grow_with_rows(client: Client, rinjani: Firm, address: Callable, most: int) -> None:
    first = stage.service(rinjani)
    first.take_rating(40)
    path = address(first)
    with_one = count_queries(client, path)
    for number in range(2):
        service = stage.service(rinjani, f"Pelatihan BUM Desa {number}", areas=(NTB,))
        service.take_rating(40)
        service.add_photo(by=rinjani.person, photo=clean_image(stage.photo()), caption="Foto")
        other = stage.firm(f"CV Lain {number}")
        stage.list_in_directory(other.provider)
    assert count_queries(client, path) == with_one
    assert with_one <= most


def test_my_services_do_not_grow_either(client: Client, rinjani: Firm) -> None:
    client.force_login(rinjani.person)
    stage.service(rinjani)
    with_one = count_queries(client, "/layanan-saya/")
    for number in range(2):
        stage.service(rinjani, f"Layanan {number}")
    assert count_queries(client, "/layanan-saya/") == with_one


def test_a_first_load_asks_for_three_photos_at_most(client: Client, rinjani: Firm) -> None:
    for number in range(5):
        service = stage.service(rinjani, f"Layanan {number}")
        service.add_photo(by=rinjani.person, photo=clean_image(stage.photo()), caption="Foto")
    for path in (LIST, rinjani.provider.get_absolute_url()):
        text = client.get(path).content.decode()
        assert text.count("data-photo=") == 2  # and each beside it for those without JavaScript
        assert len(re.findall("<img", re.sub("<noscript>.*?</noscript>", "", text))) == 3
        assert text.count("<noscript>") == 2


# --- the front page -----------------------------------------------------------------------------------------------
def test_the_front_page_shows_real_figures_only(client: Client, areas: None) -> None:
    text = client.get("/").content.decode()
    assert "Layanan yang dapat dipesan" not in text
    assert text.count("Belum ada layanan") == 8
    firm = stage.firm("CV Rinjani Karya")
    stage.list_in_directory(firm.provider)
    stage.service(firm)
    text = client.get("/").content.decode()
    assert "Layanan yang dapat dipesan" in text
    assert "1 layanan" in text
    assert "kategori kesembilan" not in text.lower()
