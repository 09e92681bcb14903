"""The pages of the budget list: who finds what, how many queries, odd input, and what a form keeps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.areas import KUTA, SUKADANA
from tests.transactions.planning.test_activity import KEEPERS, activity, contract_from, issue, need_from
from tests.transactions.planning.test_activity_import import GOOD, read, received, take_over
from tests.transactions.stage import OVERSEERS, VILLAGE, Market
from tests.transactions.test_once import key_of
from tests.transactions.test_pages import queries
from transactions import siskeudes
from transactions.models import Activity, ActivityImport

pytestmark = pytest.mark.django_db
NAME = "Peningkatan Kapasitas Perangkat Desa"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def table(*rows: dict[str, str]) -> SimpleUploadedFile:
    """A CSV as Excel here writes it."""
    lines = [";".join(GOOD), *(";".join((GOOD | row).values()) for row in rows)]
    return SimpleUploadedFile("kegiatan.csv", "\n".join(lines).encode(), content_type="text/csv")


# --- who finds what ----------------------------------------------------------------------------------
def test_the_list_shows_each_what_is_theirs(market: Market) -> None:
    activity(market)
    activity(market, village=SUKADANA, name="Kegiatan desa tetangga")
    read_by: dict[str, set[str]] = {NAME: set(), "Kegiatan desa tetangga": set()}
    for key in market.everyone():
        page = market.client(key).get(reverse("activities"))
        for name, readers in read_by.items():
            if page.status_code == 200 and name in page.content.decode():
                readers.add(key)
    assert read_by[NAME] == VILLAGE | OVERSEERS
    neighbours = {"operator2", "pka2", "tpk2", "kaur2", "kades2", "bpd2"}
    assert read_by["Kegiatan desa tetangga"] == neighbours | OVERSEERS - {"pld"}


def test_an_activity_an_import_and_an_announcement_are_found_by_the_same_people(market: Market) -> None:
    row = activity(market)
    document = received(market, read())
    announced = reverse("announcement", args=[KUTA, row.fiscal_year])
    for url in (row.get_absolute_url(), document.get_absolute_url(), announced):
        found = {key for key in market.everyone() if market.client(key).get(url).status_code == 200}
        assert found == VILLAGE | OVERSEERS, url


def test_only_who_keeps_the_list_finds_its_forms(market: Market) -> None:
    for name in ("activity-new", "activity-import-new", "activity-import-example"):
        found = {key for key in market.everyone() if market.client(key).get(reverse(name)).status_code == 200}
        assert found == KEEPERS | {"operator2", "pka2", "kaur2"}, name


def test_nobody_else_changes_it_by_a_post(market: Market) -> None:
    row, document = activity(market), received(market, read())
    posts = {
        row.move_url("drop"): {"reason": "x"},
        row.move_url("amend"): {"name": "Lain", "ceiling": "1"},
        document.move_url("apply"): {"seen": "x"},
        document.move_url("discard"): {},
    }
    for key in set(market.everyone()) - KEEPERS:
        for url, data in posts.items():
            assert market.client(key).post(url, data).status_code in (302, 403, 404, 409, 422)
    row.refresh_from_db()
    document.refresh_from_db()
    assert (row.state, row.name, document.state, Activity.objects.count()) == ("listed", NAME, "checked", 1)


def test_a_load_is_no_address(market: Market) -> None:
    row = activity(market)
    assert market.client("operator").post(row.move_url("load"), {"ceiling": "1"}).status_code == 404


# --- the list ----------------------------------------------------------------------------------------
def names(page: Any) -> list[str]:
    return [row.name for row in page.context["page"].rows]


def test_the_list_is_searched_and_filtered(market: Market) -> None:
    year = market.today.year
    activity(market, name="Pelatihan kader")
    activity(market, name="Jalan tani", activity_code="02.03.01", officer="Contoh Suhaili")
    activity(market, name="Rapat BPD", activity_code="01.01.05", funding="add")
    activity(market, name="Tahun depan", fiscal_year=year + 1)
    client, url = market.client("kades"), reverse("activities")
    assert names(client.get(url)) == ["Rapat BPD", "Jalan tani", "Pelatihan kader"]  # by code, of this year
    for asked, found in (
        ({"q": "kader"}, ["Pelatihan kader"]),
        ({"q": "02.03"}, ["Jalan tani"]),
        ({"q": "suhaili"}, ["Jalan tani"]),
        ({"bidang": "1"}, ["Rapat BPD"]),
        ({"sumber": "add"}, ["Rapat BPD"]),
        ({"tahun": str(year + 1)}, ["Tahun depan"]),
        ({"tahun": "semua", "bidang": "4"}, ["Pelatihan kader", "Tahun depan"]),
        ({"q": "tidak ada"}, []),
    ):
        page = client.get(url, asked)
        assert sorted(names(page)) == sorted(found), asked
    assert "Tidak ada yang cocok" in page.content.decode()


def test_odd_input_shows_the_list_and_no_error(market: Market) -> None:
    activity(market)
    client = market.client("kades")
    for query in ("tahun=abc", "tahun=99999999999999999999", "bidang=x", "sumber=%00", "desa=52.02", "desa=' OR 1",
                  "sesudah=~", "sesudah=04.03.02~ZZZZZZ", "q=%00", "q=" + "a" * 3000):  # fmt: skip
        expected = 400 if "%00" in query else 200  # as everywhere: no text of ours holds a NUL
        assert client.get(f"{reverse('activities')}?{query}").status_code == expected, query


def test_another_village_is_not_shown_by_its_code(market: Market) -> None:
    activity(market, village=SUKADANA, name="Kegiatan desa tetangga")
    page = market.client("kades").get(reverse("activities"), {"desa": SUKADANA})
    assert "Kegiatan desa tetangga" not in page.content.decode()
    assert (
        market.client("dpmd").get(reverse("activities"), {"desa": SUKADANA}).context["totals"]["ceiling"] == 20_000_000
    )


def test_the_list_is_paged_by_key(market: Market) -> None:
    rows = [read(number, Kd_Keg=f"04.01.{number:02d}", Tahun=str(market.today.year)) for number in range(1, 46)]
    take_over(market, received(market, *rows))
    client, url, seen = market.client("kades"), reverse("activities"), []
    query = ""
    for _ in range(3):
        page = client.get(url + query)
        seen += [row.activity_code for row in page.context["page"].rows]
        query = page.context["page"].next_url
    assert query == ""
    assert seen == [f"04.01.{number:02d}" for number in range(1, 46)]


def test_all_years_stay_asked_for_on_the_next_page(market: Market) -> None:
    year = market.today.year
    rows = [read(number, Kd_Keg=f"04.01.{number:02d}", Tahun=str(year + number % 2)) for number in range(1, 31)]
    take_over(market, received(market, *rows))
    first = market.client("kades").get(reverse("activities"), {"tahun": "semua"})
    second = market.client("kades").get(reverse("activities") + first.context["page"].next_url)
    assert len(names(first)) + len(names(second)) == 30
    assert {row.fiscal_year for row in second.context["page"].rows} == {year, year + 1}


def test_an_activitys_page_tells_what_was_and_what_is(market: Market) -> None:
    row = activity(market, volume=1)
    row.amend(by=market.user("kaur"), ceiling=21_000_000, volume=None)
    page = text_of(market.client("kades").get(row.get_absolute_url()))
    assert "pagu: Rp20.000.000 menjadi Rp21.000.000; volume keluaran: 1 menjadi kosong" in page


def test_the_totals_are_those_of_the_year(market: Market) -> None:
    row = activity(market)
    activity(market, activity_code="01.01.05", ceiling=5_000_000)
    activity(market, fiscal_year=market.today.year + 1)
    issue(market, contract_from(market, row))
    page = market.client("kades").get(reverse("activities"))
    assert page.context["totals"] == {"ceiling": 25_000_000, "committed": 9_400_000, "remaining": 15_600_000}
    assert "Rp15.600.000" in page.content.decode()


def test_the_empty_list_says_how_to_begin(market: Market) -> None:
    page = market.client("operator").get(reverse("activities"))
    assert "Muat berkas dari Siskeudes, atau tulis kegiatannya satu per satu." in text_of(page)


@pytest.mark.parametrize("who", ["kades", "dpmd"])
def test_the_list_takes_as_many_queries_for_three_as_for_one(who: str, market: Market) -> None:
    activity(market)
    client = market.client(who)
    one = queries(client, reverse("activities"))
    activity(market, activity_code="01.01.05")
    activity(market, activity_code="01.01.06")
    assert queries(client, reverse("activities")) == one
    assert one <= 8


def test_an_activitys_page_takes_as_many_for_three_contracts_as_for_one(market: Market) -> None:
    row = activity(market, ceiling=90_000_000)
    issue(market, contract_from(market, row))
    client = market.client("kades")
    one = queries(client, row.get_absolute_url())
    for _ in range(2):
        issue(market, contract_from(market, row))
    assert queries(client, row.get_absolute_url()) == one
    assert one <= 12


def test_an_imports_page_takes_as_many_for_three_rows_as_for_one(market: Market) -> None:
    client = market.client("operator")
    one = queries(client, received(market, read()).get_absolute_url())
    three = received(market, *(read(number, Kd_Keg=f"04.01.0{number}") for number in (2, 3, 4)))
    assert queries(client, three.get_absolute_url()) == one
    assert one <= 12


# --- typing ------------------------------------------------------------------------------------------
def test_an_activity_is_typed_and_corrected(market: Market) -> None:
    client, url = market.client("kaur"), reverse("activity-new")
    data = {
        "village": KUTA, "fiscal_year": "2026", "activity_code": "4.3.2", "name": NAME, "funding": "dd",
        "ceiling": "20.000.000", "volume": "1", "submit_key": key_of(client, url),
    }  # fmt: skip
    done = client.post(url, data)
    row = Activity.objects.get()
    assert (done.status_code, done["Location"]) == (302, row.get_absolute_url())
    assert (row.field, row.get_field_display(), row.ceiling) == (4, "Pemberdayaan Masyarakat Desa", 20_000_000)
    assert client.post(url, data)["Location"] == row.get_absolute_url()  # sent twice
    changed = client.post(
        row.move_url("amend"), {"name": NAME, "ceiling": "21.000.000", "volume": "12,5", "unit": "orang"}
    )
    assert changed.status_code == 302, changed.content.decode()
    row.refresh_from_db()
    assert (row.ceiling, row.output, row.activity_code) == (21_000_000, "12,5 orang", "04.03.02")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("activity_code", "04-03-02", "Tulis seperti 04.03.02."),
        ("activity_code", "07.01.01", "Dua angka pertama adalah bidang, 01 sampai 05."),
        ("fiscal_year", "1900", "2015"),
        ("ceiling", "-1", "Jumlah tidak boleh kurang dari nol."),
        ("volume", "-1", "Volume tidak boleh kurang dari nol."),
        ("village", SUKADANA, "Pilih salah satu yang tersedia."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(field: str, value: str, sentence: str, market: Market) -> None:
    client, url = market.client("kaur"), reverse("activity-new")
    data = {
        "village": KUTA, "fiscal_year": "2026", "activity_code": "04.03.02", "name": "Nama yang diketik", "funding": "dd",
        "ceiling": "20.000.000", "submit_key": key_of(client, url), field: value,
    }  # fmt: skip
    page = client.post(url, data)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'value="Nama yang diketik"' in page.content.decode()
    assert not Activity.objects.exists()


def test_the_same_activity_typed_twice_is_refused_in_words(market: Market) -> None:
    activity(market, fiscal_year=2026)
    client, url = market.client("kaur"), reverse("activity-new")
    data = {"village": KUTA, "fiscal_year": "2026", "activity_code": "04.03.02", "name": "Lain", "funding": "dd"}
    page = client.post(url, data | {"ceiling": "1", "submit_key": key_of(client, url)})
    assert page.status_code == 422
    assert "Kegiatan dengan kode dan sumber dana ini sudah ada pada tahun itu." in page.content.decode()


def test_a_ceiling_below_what_is_contracted_is_refused_on_the_page(market: Market) -> None:
    row = activity(market)
    issue(market, contract_from(market, row))
    page = market.client("kaur").post(row.move_url("amend"), {"name": NAME, "ceiling": "9.000.000"})
    assert page.status_code in (409, 422)
    assert "Pagu tidak boleh di bawah nilai yang sudah dikontrak." in page.content.decode()
    assert 'value="9.000.000"' in page.content.decode()


# --- the file ----------------------------------------------------------------------------------------
def sent(market: Market, file: SimpleUploadedFile, **more: str) -> tuple[Any, Any]:
    client, url = market.client("operator"), reverse("activity-import-new")
    data = {"village": KUTA, "file": file, "submit_key": key_of(client, url)} | more
    return client, client.post(url, data)


def test_a_file_is_read_shown_and_taken_over(market: Market) -> None:
    client, answer = sent(market, table({}, {"Kd_Keg": "04.2009.02.03.01.", "Pagu_PAK": "185.000.000"}))
    assert answer.status_code == 302, answer.content.decode()
    document = ActivityImport.objects.get()
    page = client.get(answer["Location"])
    assert not Activity.objects.exists()
    assert "Baris baru (2)" in text_of(page)
    assert "Rp185.000.000" in text_of(page)
    seen = re.findall(r'name="seen" value="([0-9a-f]{64})"', page.content.decode())[0]
    done = client.post(document.move_url("apply"), {"seen": seen}, follow=True)
    assert "Kegiatan dimuat." in text_of(done)
    assert Activity.objects.count() == 2
    again = client.post(document.move_url("apply"), {"seen": seen}, follow=True)
    assert "Sudah tercatat." in text_of(again)
    assert Activity.objects.count() == 2


def test_refused_rows_stand_first_with_their_reason_and_no_button(market: Market) -> None:
    client, answer = sent(market, table({}, {"Tahun": "", "Kd_Keg": "04.2009.02.03.01."}))
    page = text_of(client.get(answer["Location"]))
    assert page.index("Baris yang ditolak (1)") < page.index("Baris baru (1)")
    assert "Tahun kosong." in page
    assert 'name="seen"' not in page
    assert "1 baris ditolak." in page


def test_changed_rows_show_old_and_new(market: Market) -> None:
    take_over(market, received(market, read()))
    client, answer = sent(market, table({"Pagu_PAK": "26.000.000"}))
    assert "Pagu:</b> Rp25.000.000 menjadi Rp26.000.000" in text_of(client.get(answer["Location"]))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 ...", "bukan lembar kerja"),
        (b"PK\x03\x04rusak", "Berkas tidak dapat dibaca"),
        (b"Tahun;Kd_Keg\n2026;04.03.02", "Kolom ini tidak ada: Nama_Kegiatan, Sumberdana, Pagu_PAK."),
        (b"", "Berkas kosong"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_words(content: bytes, sentence: str, market: Market) -> None:
    _, page = sent(market, SimpleUploadedFile("kegiatan.csv", content), alias="05.2003")
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert "templat" not in text_of(page)  # there is none here; it reads what Siskeudes exports
    assert 'value="05.2003"' in page.content.decode()
    assert not ActivityImport.objects.exists()


def test_a_workbook_is_read_like_a_csv(market: Market) -> None:
    from core.spreadsheet import workbook

    rows = [[2026 if name == "Tahun" else 25_000_000 if name == "Pagu_PAK" else cell for name, cell in GOOD.items()]]
    content = workbook("Kegiatan", lines=["Ekspor"], columns=[(name, 12) for name in GOOD], rows=rows, properties={})
    _, answer = sent(market, SimpleUploadedFile("kegiatan.xlsx", content))
    assert answer.status_code == 302, answer.content.decode()
    (row,) = ActivityImport.objects.get().rows
    assert (row["errors"], row["values"]) == ([], read()["values"])


def test_the_example_is_a_file_that_would_be_read(market: Market) -> None:
    example = market.client("operator").get(reverse("activity-import-example"))
    content = b"".join(example) if example.streaming else example.content
    _, answer = sent(market, SimpleUploadedFile("contoh.csv", content), alias="04.2001")
    assert answer.status_code == 302, answer.content.decode()
    (row,) = ActivityImport.objects.get().rows
    assert row["errors"] == []
    assert len(siskeudes.EXAMPLE) == len(siskeudes.COLUMNS)


# --- a need from the list ----------------------------------------------------------------------------
def test_a_need_and_its_activity_point_at_each_other(market: Market) -> None:
    row = activity(market)
    need = need_from(market, row)
    for key, shown in (("kades", True), ("dpmd", True)):
        page = text_of(market.client(key).get(need.get_absolute_url()))
        assert (f'href="{row.get_absolute_url()}"' in page) is shown
    assert need.title in text_of(market.client("kades").get(row.get_absolute_url()))


def test_an_invited_provider_reads_no_remaining_budget(market: Market) -> None:
    row = activity(market)
    sourcing = market.sourcing("open", need=need_from(market, row))
    page = text_of(market.client("firm").get(sourcing.get_absolute_url()))
    assert "sisa pagu" not in page
    assert row.get_absolute_url() not in page


def test_who_issues_a_contract_reads_what_is_left(market: Market) -> None:
    row = activity(market)
    contract = contract_from(market, row)
    shown = market.client("pka").get(contract.move_url("issue"))
    assert f"Rp20.000.000, {NAME}" in text_of(shown)
    Activity.objects.filter(pk=row.pk).update(ceiling=9_000_000)
    proposed = {bound.html_name: bound.value() for bound in shown.context["form"] if bound.value() is not None}
    days = {"signed_on": market.today.isoformat(), "starts_on": market.today.isoformat()}
    data = proposed | {"number": "027/1"} | days
    page = market.client("pka").post(contract.move_url("issue"), data)
    assert page.status_code == 409
    assert "Rp9.000.000, kurang dari Rp9.400.000." in text_of(page)
    assert 'value="027/1"' in page.content.decode()


def test_the_others_who_keep_the_list_learn_of_a_load(market: Market) -> None:
    from core.models import Notice

    take_over(market, received(market, read()))
    told = Notice.objects.filter(title="Kegiatan APB Desa dimuat: 1 baru, 0 berubah").values_list(
        "user__email", flat=True
    )
    assert set(told) == {f"{key}@desa.example" for key in KEEPERS - {"operator"}}
