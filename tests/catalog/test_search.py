"""What villages type, and what they find."""

import pytest
from django.db import connection

from accounts.models import Provider
from catalog import search
from catalog.models import Category, Service, Synonym
from tests.areas import BANDUNG, LOMBOK_BARAT, LOMBOK_TENGAH, NTB
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db


# --- words ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("Pelatihan BUM Desa", ["pelatihan", "bumdes"]),
        ("badan usaha milik desa", ["bumdes"]),
        ("bimbingan teknis untuk aparatur desa", ["bimtek", "aparatur"]),
        ("DED jalan desa", ["ded", "jalan"]),
        ("website desa", ["website"]),
        ("situs web desa", ["website"]),
        ("yang untuk dan di desa", []),
        ("   ", []),
        ("'; DROP TABLE catalog_service; --", ["drop", "table", "catalog", "service"]),
        ("a & !b | (c:*)", ["a", "b", "c"]),
        ("pelatihan pelatihan pelatihan", ["pelatihan"]),
        ("Ｐｅｌａｔｉｈａｎ", ["pelatihan"]),  # full-width letters, as some keyboards type them
    ],
)
def test_words_lose_what_says_nothing_and_take_one_name(typed: str, asked: list[str]) -> None:
    assert search.words_of(typed) == asked


def test_a_search_is_bounded() -> None:
    assert len(search.words_of(" ".join(f"kata{n}" for n in range(1000)))) <= search.MOST_WORDS


def test_a_text_is_found_by_every_way_to_say_its_terms() -> None:
    assert "badan usaha milik desa" in search.indexed_text("Pelatihan BUMDes")
    assert "bumdes" in search.indexed_text("Pelatihan badan usaha milik desa")
    assert search.indexed_text("dan untuk yang") == ""


def test_every_first_synonym_has_one_term_only() -> None:
    ways: dict[str, str] = {}
    for synonym in Synonym.objects.all():
        for way in synonym.all_ways:
            assert ways.setdefault(way, synonym.term) == synonym.term, way


@pytest.mark.parametrize(
    ("served", "lexemes"),
    [
        (["52.02"], ["w52", "w5202"]),
        (["52"], ["s52", "w52"]),
        (["52.02", "32.73"], ["w32", "w3273", "w52", "w5202"]),
        ([], []),
    ],
)
def test_areas_become_lexemes(served: list[str], lexemes: list[str]) -> None:
    assert search.area_lexemes(served) == lexemes


# --- finding ------------------------------------------------------------------------------------------------
def titles(words: str) -> list[str]:
    return [
        service.title for service in search.ranked(Service.objects.open(), search.words_of(words)).order_by("-rank")
    ]


@pytest.fixture
def shelf(rinjani: Firm) -> None:
    infrastructure = Category.objects.get(key="infrastruktur")
    stage.service(rinjani, "Pelatihan pengelolaan BUM Desa")
    stage.service(rinjani, "DED dan RAB jalan usaha tani", category=infrastructure, kind="perencanaan")
    stage.service(rinjani, "Pengeboran sumur dalam", category=infrastructure, kind="lain")
    stage.service(rinjani, "Pencegahan stunting bersama kader posyandu")
    stage.service(rinjani, "Pembuatan situs web desa", kind="lain")
    stage.service(rinjani, "Pendampingan penyusunan RPJM Desa", kind="pendampingan")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("pelatihan bumdes", "Pelatihan pengelolaan BUM Desa"),
        ("DED jalan desa", "DED dan RAB jalan usaha tani"),
        ("sumur bor", "Pengeboran sumur dalam"),
        ("stunting", "Pencegahan stunting bersama kader posyandu"),
        ("website desa", "Pembuatan situs web desa"),
        ("pendampingan RPJMDes", "Pendampingan penyusunan RPJM Desa"),
    ],
)
def test_the_searches_that_villages_make(shelf: None, typed: str, first: str) -> None:
    assert titles(typed)[:1] == [first]


def test_a_title_comes_before_a_description(rinjani: Firm) -> None:
    stage.service(rinjani, "Pelatihan umum", description="Juga tentang irigasi.")
    stage.service(rinjani, "Pengawasan irigasi")
    assert titles("irigasi") == ["Pengawasan irigasi", "Pelatihan umum"]


def test_other_forms_of_a_word_are_found(rinjani: Firm) -> None:
    stage.service(rinjani, "Pelatihan kader")
    assert titles("melatih kader") == ["Pelatihan kader"]


def test_a_changed_title_is_found_at_once_and_the_old_one_no_longer(rinjani: Firm) -> None:
    service = stage.service(rinjani, "Pengawasan irigasi")
    service.revise(by=rinjani.person, title="Pengawasan embung")
    assert titles("embung") == ["Pengawasan embung"]
    assert titles("irigasi") == []


def test_a_renamed_provider_or_category_is_found_by_the_new_name(rinjani: Firm) -> None:
    service = stage.service(rinjani, "Pengawasan irigasi")
    provider = Provider.objects.get(pk=rinjani.provider.pk)
    provider.name = "CV Tambora Jaya"
    provider.save()
    assert titles("tambora") == [service.title]
    category = Category.objects.get(pk=service.category_id)
    category.name = "Usaha Warga Mandiri"
    category.save()
    assert titles("mandiri") == [service.title]


@pytest.mark.parametrize(
    ("served", "found_in"),
    [
        ((LOMBOK_TENGAH,), {LOMBOK_TENGAH, NTB}),
        ((NTB,), {LOMBOK_TENGAH, LOMBOK_BARAT, NTB}),
        ((BANDUNG,), {BANDUNG, "32"}),
    ],
)
def test_areas_are_answered_by_the_same_vector(rinjani: Firm, served: tuple[str, ...], found_in: set[str]) -> None:
    stage.service(rinjani, areas=served)
    asked = (LOMBOK_TENGAH, LOMBOK_BARAT, NTB, BANDUNG, "32", "11")
    assert {code for code in asked if Service.objects.filter(search=search.serving(code)).exists()} == found_in


def test_words_and_area_are_read_off_the_index(shelf: None) -> None:
    question = (
        Service.objects.filter(search=search.asking(["irigasi"]))
        .filter(search=search.serving(LOMBOK_TENGAH))
        .order_by()
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = question.explain()
    assert "service_search" in plan


def test_at_most_five_hundred_are_ranked(shelf: None) -> None:
    assert str(search.ranked(Service.objects.open(), ["irigasi"]).query).count("LIMIT 500") == 3
