"""Side by side: the address is the state, a version stays what it was, and odd addresses get a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog import compare, sheet
from catalog.models import Category, Service
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(rinjani: Firm) -> list[Service]:
    """Offered by three providers, at three prices."""
    made = [stage.service(rinjani, "Pelatihan pembukuan", price=9_000_000)]
    for name, price in (("PT Tastura", 8_000_000), ("CV Mandalika", 10_000_000)):
        firm = stage.firm(name)
        stage.list_in_directory(firm.provider)
        made.append(stage.service(firm, f"Kelas pembukuan {name}", price=price))
    return made


def page(*picks: Any, **more: str) -> Any:
    answer = Client().get(reverse("compare") + compare.address([getattr(p, "code", p) for p in picks], **more))
    assert answer.status_code == 200
    return answer


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def owner(service: Service) -> Any:
    return service.provider.memberships.get().user


def row(answer: Any, label: str) -> list[str]:
    return next([str(cell) for cell in each.cells] for each in answer.context["rows"] if each.label == label)


# --- the address ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "picks", "said"),
    [
        (["ABC", "DEF@3"], ["ABC", "DEF@3"], []),
        ([" abc ", "", "def@3"], ["ABC", "DEF@3"], []),
        (["ABC", "ABC"], ["ABC"], ["Layanan ABC dipilih dua kali; ditampilkan sekali."]),
        (["ABC", "ABC@2"], ["ABC", "ABC@2"], []),  # what it was beside what it is
        (
            ["A", "B", "C", "D", "E"],
            ["A", "B", "C", "D"],
            ["Paling banyak 4 layanan dapat dibandingkan; E tidak ditampilkan."],
        ),
        (["A@0"], [], ["“A@0” bukan kode layanan."]),
        (
            ["A@-1", "A@1e3", "😀", "<b>"],
            [],
            [f"“{bad}” bukan kode layanan." for bad in ("A@-1", "A@1E3", "😀", "<B>")],
        ),
        (["A@99999999999"], [], ["“A@99999999999” bukan kode layanan."]),
    ],
)
def test_what_is_odd_in_an_address_is_said(values: list[str], picks: list[str], said: list[str]) -> None:
    found, odd = compare.read(values)
    assert [str(pick) for pick in found] == picks
    assert odd == said


def test_a_thousand_parameters_are_read_as_twenty(django_assert_max_num_queries: Any, three: list[Service]) -> None:
    query = QueryDict(mutable=True)
    query.setlist("layanan", [f"ZZ{number}" for number in range(900)])
    with django_assert_max_num_queries(8):
        answer = Client().get(f"{reverse('compare')}?{query.urlencode()}")
    assert answer.status_code == 200
    assert text_of(answer).count("Paling banyak 4") == compare.READ - compare.MOST


def test_an_unknown_service_and_an_unknown_version_get_their_sentence(three: list[Service]) -> None:
    said = text_of(page("TIDAKADA", f"{three[0].code}@9", three[1]))
    assert "Layanan dengan kode TIDAKADA tidak ada atau sedang tidak tayang." in said
    assert f"Versi 9 dari layanan {three[0].code} tidak ada." in said
    assert three[1].title in said


def test_a_draft_is_not_compared_by_others(rinjani: Firm) -> None:
    hidden = stage.draft(rinjani, "Rahasia dagang")
    answer = page(hidden)
    assert "Rahasia dagang" not in text_of(answer)
    assert answer.context["columns"] == []


def test_nothing_chosen_says_how_to_choose(areas: None) -> None:
    said = text_of(page())
    assert "Belum ada layanan yang dibandingkan" in said
    assert reverse("services") in said


# --- what stands in it ------------------------------------------------------------------------------------
def test_columns_stand_in_the_order_of_the_address(three: list[Service]) -> None:
    for order in ([0, 1, 2], [2, 0, 1]):
        picked = [three[number] for number in order]
        assert [column.service for column, _ in page(*picked).context["columns"]] == picked


def test_rows_that_are_not_alike_say_so_in_words(three: list[Service]) -> None:
    answer = page(*three)
    marked = {each.label for each in answer.context["rows"] if each.differs}
    assert {"Harga"} <= marked
    assert not {"Pajak", "Jenis layanan", "Yang diterima desa"} & marked
    assert text_of(answer).count('<span class="compare__mark">berbeda</span>') == len(marked)
    only = page(*three, beda="1")
    assert {each.label for each in only.context["rows"]} == marked


def test_a_long_list_is_told_from_its_beginning_and_as_a_list(three: list[Service]) -> None:
    first = three[0]
    first.revise(by=owner(first), deliverables="\n".join(f"Hasil {number}" for number in range(9)))
    answer = page(first, three[1])
    cells = row(answer, "Yang diterima desa")
    assert cells[0].count("<li>") == compare.LINES
    assert "Selengkapnya pada halaman layanan." in cells[0]
    assert "Selengkapnya" not in cells[1]
    assert "&lt;" not in text_of(answer)


def test_a_single_service_has_nothing_to_differ_from(three: list[Service]) -> None:
    answer = page(three[0])
    assert "compare__mark" not in text_of(answer)
    assert {other for other, _ in answer.context["similar"]} == {three[1], three[2]}


def test_the_lowest_price_is_told_only_where_prices_can_be_compared(three: list[Service]) -> None:
    assert ["Harga terendah" in cell for cell in row(page(*three), "Harga")] == [False, True, False]
    three[2].revise(by=owner(three[2]), tax_included=False)
    answer = page(*three)
    assert not any("Harga terendah" in cell for cell in row(answer, "Harga"))
    assert "Sebagian harga sudah termasuk pajak dan sebagian belum." in text_of(answer)
    three[2].revise(by=owner(three[2]), tax_included=True, unit="dokumen")
    answer = page(*three)
    assert not any("Harga terendah" in cell for cell in row(answer, "Harga"))
    assert "Satuan harganya berbeda." in text_of(answer)


def test_other_categories_are_said(three: list[Service]) -> None:
    three[1].revise(by=owner(three[1]), category=Category.objects.get(key="infrastruktur"))
    assert "dari kategori yang berbeda" in text_of(page(*three))


def test_ratings_are_told_with_their_count_and_from_the_same_number_on(three: list[Service]) -> None:
    from catalog.models.rating import min_count

    for _ in range(min_count()):
        three[0].take_rating(47)
    cells = row(page(*three), "Penilaian desa")
    assert "4,7" in cells[0]
    assert f"({min_count()} penilaian)" in cells[0]
    assert "Belum ada penilaian" in cells[1]


# --- versions -------------------------------------------------------------------------------------------
def test_a_pinned_version_keeps_the_price_of_its_day(three: list[Service]) -> None:
    first = three[0]
    number = first.version_number
    first.revise(by=owner(first), price=11_000_000, title="Pelatihan pembukuan baru")
    answer = page(f"{first.code}@{number}", three[1])
    assert "9.000.000" in row(answer, "Harga")[0]
    said = text_of(answer)
    assert f"harga pada versi {number} Rp9.000.000, sekarang Rp11.000.000" in said.replace("\u00a0", "")
    assert "Pelatihan pembukuan baru" not in said.replace("Pelatihan pembukuan baru: harga pada", "")
    assert "11.000.000" in row(page(first, three[1]), "Harga")[0]


def test_an_old_version_stays_readable_when_the_service_is_paused(three: list[Service]) -> None:
    first = three[0]
    first.pause(by=owner(first))
    answer = page(f"{first.code}@1", three[1])
    assert "9.000.000" in row(answer, "Harga")[0]
    assert "Pelatihan pembukuan sedang tidak dapat dipesan." in text_of(answer)
    assert f'href="{first.get_absolute_url()}"' not in text_of(answer)


def test_freezing_gives_the_address_of_what_is_seen_now(three: list[Service]) -> None:
    first, second, _ = three
    answer = page(first, second)
    frozen = answer.context["frozen_url"]
    assert frozen == f"?layanan={first.code}@{first.version_number}&layanan={second.code}@{second.version_number}"
    assert not answer.context["is_frozen"]
    first.revise(by=owner(first), price=1_000_000)
    kept = Client().get(reverse("compare") + frozen)
    assert kept.context["is_frozen"]
    assert "9.000.000" in row(kept, "Harga")[0]
    assert kept.context["live_url"] == f"?layanan={first.code}&layanan={second.code}"


def test_a_version_beside_what_is_offered_now(three: list[Service]) -> None:
    first = three[0]
    first.revise(by=owner(first), price=7_000_000)
    cells = row(page(f"{first.code}@1", first), "Harga")
    assert ["9.000.000" in cells[0], "7.000.000" in cells[1]] == [True, True]


# --- what it costs -----------------------------------------------------------------------------------------
def test_four_services_cost_at_most_three_queries_more_than_one(three: list[Service], rinjani: Firm) -> None:
    fourth = stage.service(rinjani, "Pendampingan pembukuan", price=5_000_000)

    def cost(*picks: Any) -> int:
        page(*picks)
        with CaptureQueriesContext(connection) as captured:
            page(*picks)
        return len(captured)

    assert cost(*three, fourth) <= cost(three[0], three[1]) + 2  # a price reference for each
    assert cost(*three, fourth) <= 12


# --- the service's own page -------------------------------------------------------------------------------
def test_the_public_page_takes_at_most_seven_queries_when_it_is_made(three: list[Service]) -> None:
    stage_photo(three[0])
    client, url = Client(), three[0].get_absolute_url()
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    assert len(captured) <= 7, [each["sql"][:80] for each in captured.captured_queries]


def stage_photo(service: Service) -> None:
    from core.forms import ImageUploadField

    service.add_photo(by=owner(service), photo=ImageUploadField().clean(stage.photo()), caption="Pelatihan di Praya")


def test_the_history_of_the_price_stands_on_the_page(three: list[Service]) -> None:
    first = three[0]
    url = first.get_absolute_url()
    assert "Riwayat harga" not in text_of(Client().get(url))
    first.revise(by=owner(first), price=9_500_000)
    first.revise(by=owner(first), summary="Ringkasan lain.")
    first.revise(by=owner(first), price=8_500_000)
    prices = Client().get(url).context["prices"]
    assert [(each["price"], each["before"]) for each in prices] == [
        (8_500_000, 9_500_000), (9_500_000, 9_000_000), (9_000_000, None),
    ]  # fmt: skip
    said = text_of(Client().get(url))
    assert "Riwayat harga" in said
    assert f'href="{url}versi/1/"' in said


def test_similar_services_are_of_the_same_kind_by_others_and_for_the_same_place(
    three: list[Service], rinjani: Firm
) -> None:
    other_kind = stage.firm("CV Lain Jenis")
    stage.list_in_directory(other_kind.provider)
    stage.service(other_kind, "Studi pembukuan", kind="studi")
    far = stage.firm("CV Jauh", area=LOMBOK_BARAT)
    stage.list_in_directory(far.provider, LOMBOK_BARAT)
    stage.service(far, "Kelas di Lombok Barat", areas=(LOMBOK_BARAT,))
    stage.service(rinjani, "Kelas sendiri")
    similar = Client().get(three[0].get_absolute_url()).context["similar"]
    assert set(similar) == {three[1], three[2]}


def test_at_most_four_similar_services_are_shown(rinjani: Firm) -> None:
    mine = stage.service(rinjani)
    for number in range(6):
        firm = stage.firm(f"CV Serupa {number}")
        stage.list_in_directory(firm.provider)
        stage.service(firm, f"Pelatihan serupa {number}")
    page = Client().get(mine.get_absolute_url())
    assert len(page.context["similar"]) == 4


def test_prices_are_told_for_the_readers_own_village(rinjani: Firm) -> None:
    from accounts.models import Role
    from catalog import service_page
    from tests.areas import KUTA

    service = stage.service(rinjani, areas=(LOMBOK_BARAT, LOMBOK_TENGAH))
    found = service_page.services(None).get(pk=service.pk)
    areas = found.area_rows
    villager = stage.person("desa@desa.example", Role.VILLAGE_OPERATOR, area_id=KUTA)
    assert service_page.place_of(villager, found, areas) == LOMBOK_TENGAH
    assert service_page.place_of(None, found, areas) == rinjani.provider.area_id
    assert service_page.place_of(None, found, [{"code": LOMBOK_BARAT}]) == LOMBOK_BARAT
    assert service_page.place_of(None, found, [{"code": "52"}]) == LOMBOK_TENGAH


# --- on one sheet ---------------------------------------------------------------------------------------------
def test_what_is_too_long_for_the_sheet_is_cut_at_a_word_and_said(rinjani: Firm) -> None:
    service = stage.service(rinjani, description="kata " * 700, deliverables="\n".join(["hasil kerja"] * 12))
    answer = Client().get(reverse("service-print", args=[service.code]))
    printed = answer.context["sheet"]
    assert len(printed.description) <= sheet.DESCRIPTION
    assert printed.description.endswith("kata …")
    assert len(printed.deliverables) == sheet.ROWS
    assert printed.more
    assert f"Selengkapnya di {answer.context['url']}" in text_of(answer)


def test_what_fits_is_printed_whole(three: list[Service]) -> None:
    answer = Client().get(reverse("service-print", args=[three[0].code]))
    assert not answer.context["sheet"].more
    said = text_of(answer)
    assert "Selengkapnya di" not in said
    assert "Modul cetak" in said
    assert 'alt="Kode QR halaman layanan ini"' in said
    assert "csrfmiddlewaretoken" not in said


def test_a_draft_has_no_sheet(rinjani: Firm) -> None:
    draft = stage.draft(rinjani)
    client = Client()
    client.force_login(rinjani.person)
    assert client.get(reverse("service-print", args=[draft.code])).status_code == 404
