"""What was typed is searched for first; only when it finds nothing, what was probably meant."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Category, Service, Term
from catalog.search import Asked, vocabulary
from catalog.search.near import Help
from tests.areas import BANDUNG, LOMBOK_BARAT, LOMBOK_TENGAH
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(rinjani: Firm) -> None:
    """What a regency's providers offer, as on the demo set; the oldest first."""
    infrastructure = Category.objects.get(key="infrastruktur")
    health = Category.objects.get(key="kesehatan-masyarakat")
    stage.service(rinjani, "Pelatihan kader Posyandu", category=health)
    stage.service(rinjani, "Pelatihan pengelolaan BUM Desa")
    stage.service(rinjani, "Pendampingan usaha BUM Desa", kind="pendampingan", summary="Setelah pelatihan selesai.")
    stage.service(rinjani, "Pengawasan jaringan irigasi", category=infrastructure, kind="pengawasan")
    stage.service(rinjani, "DED dan RAB jalan usaha tani", category=infrastructure, kind="perencanaan")
    stage.service(rinjani, "DED jalan desa", category=infrastructure, kind="perencanaan")
    stage.service(rinjani, "Pengeboran sumur dalam", category=infrastructure, kind="lain")
    stage.service(rinjani, "Pencegahan stunting bersama kader Posyandu", category=health)
    stage.service(rinjani, "Pembuatan situs web desa", kind="lain")
    stage.service(rinjani, "Pendampingan penyusunan RPJM Desa", kind="pendampingan")
    vocabulary.recount()


def answer(typed: str, *, exact: bool = False) -> tuple[list[str], str]:
    """(titles in order, what the page says of the question: "kind: text" or "")."""
    services, asked = Service.objects.open(), Asked(typed, exact=exact)
    order = ("-rank", "-code") if asked.words else ("-code",)
    found = list(asked.find(services).order_by(*order))
    if not found and asked.settle(services):
        found = list(asked.find(services).order_by(*order))
    return [row.title for row in found], f"{asked.said.kind}: {asked.said.text}" if asked.said else ""


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("pelatihan bumdes", ["Pelatihan pengelolaan BUM Desa", "Pendampingan usaha BUM Desa"]),
        ("DED jalan desa", ["DED jalan desa", "DED dan RAB jalan usaha tani"]),
        ("sumur bor", ["Pengeboran sumur dalam"]),
        ("stunting", ["Pencegahan stunting bersama kader Posyandu"]),
        ("website desa", ["Pembuatan situs web desa"]),
        ("pendampingan RPJMDes", ["Pendampingan penyusunan RPJM Desa"]),
        ("kader posyandu", ["Pencegahan stunting bersama kader Posyandu", "Pelatihan kader Posyandu"]),
    ],
)
def test_the_six_searches_show_sensible_services_first(shelf: None, typed: str, first: list[str]) -> None:
    titles, said = answer(typed)
    assert (sorted(titles[: len(first)]), said) == (sorted(first), "")
    assert titles[0] == first[0] or typed == "kader posyandu"  # both say it in their title


@pytest.mark.parametrize(
    ("typed", "first", "said"),
    [
        ("pelatian bumdess", "Pelatihan pengelolaan BUM Desa", "corrected: pelatihan bumdes"),
        ("DED jlan desa", "DED jalan desa", "corrected: ded jalan desa"),
        ("smur bor", "Pengeboran sumur dalam", "corrected: sumur bor"),
        ("stuntng", "Pencegahan stunting bersama kader Posyandu", "corrected: stunting"),
        ("websit desa", "Pembuatan situs web desa", "corrected: website desa"),
        ("pendampigan RPJMDs", "Pendampingan penyusunan RPJM Desa", "corrected: pendampingan rpjmdes"),
        ("irigassi", "Pengawasan jaringan irigasi", "corrected: irigasi"),
        ("irig", "Pengawasan jaringan irigasi", "begun: irigasi"),
        ("pengawasan irig", "Pengawasan jaringan irigasi", "begun: pengawasan irigasi"),
        ("badan ussaha milik desa", "Pelatihan pengelolaan BUM Desa", "corrected: badan usaha milik desa"),
    ],
)
def test_mistyped_and_begun_words_find_what_was_meant(shelf: None, typed: str, first: str, said: str) -> None:
    titles, how = answer(typed)
    assert how == said
    assert first in titles[:2]


def test_what_is_typed_right_is_never_changed(shelf: None) -> None:
    for typed in ("pelatihan", "melatih kader", "bimbingan teknis", "rab", "irigasi"):
        assert answer(typed)[1] == ""


def test_a_word_that_some_service_says_is_not_corrected_because_a_filter_left_nothing(shelf: None) -> None:
    asked = Asked("irigasi")
    elsewhere = Service.objects.orderable_in(BANDUNG)
    assert not asked.settle(elsewhere)
    assert asked.said is None


def test_a_rare_word_that_the_table_forgot_is_still_known(shelf: None) -> None:
    Term.objects.filter(text="sumur").delete()
    asked = Asked("sumur", exact=False)
    assert not asked.settle(Service.objects.orderable_in(BANDUNG))


def test_who_insists_gets_what_was_typed(shelf: None) -> None:
    assert answer("irigassi", exact=True) == ([], "")


def test_nothing_holds_all_words_so_the_most_are_shown_and_said(shelf: None) -> None:
    titles, said = answer("pelatihan bumdes antariksa")
    assert (titles[0], said) == ("Pelatihan pengelolaan BUM Desa", "most: ")
    titles, said = answer("stunting irigasi sumur")
    assert (len(titles), said) == (3, "some: ")
    assert answer("stunting irigasi")[1] == "some: "  # one of two is not most


def test_of_many_words_those_with_two_come_before_those_with_one(shelf: None) -> None:
    titles, _ = answer("kader posyandu irigasi")
    assert sorted(titles) == ["Pelatihan kader Posyandu", "Pencegahan stunting bersama kader Posyandu"]


def test_nonsense_finds_nothing_and_says_nothing(shelf: None) -> None:
    assert answer("xqzw vbnm") == ([], "")


@pytest.mark.parametrize(
    "typed",
    ["'", "\\", "a' | 'b", "!!", "irigasi:*", "& | !", "<->", "(((", "'':*", "\x00irigasi", "😀", "١٢٣", "a" * 5000],
)
def test_no_sign_of_a_typed_text_reaches_the_question(shelf: None, typed: str) -> None:
    answer(typed)


def test_the_second_page_of_a_changed_question_asks_the_same(shelf: None) -> None:
    """Behind the last row of what was typed there is nothing to settle; behind a changed question there is."""
    assert not Asked("stunting").settle(Service.objects.open(), beyond=True)
    assert Asked("stuntng").settle(Service.objects.open(), beyond=True)


def test_a_mistyped_search_costs_a_bounded_number_of_questions(shelf: None) -> None:
    answer("pelatihan bumdes")  # stems and synonyms are known to the process
    with CaptureQueriesContext(connection) as plain:
        answer("pelatihan bumdes")
    with CaptureQueriesContext(connection) as mistyped:
        answer("pelatian bumdess")
    assert len(plain) == 2  # the state of the synonyms, the services
    assert len(mistyped) <= 9


# --- few or nothing -------------------------------------------------------------------------------------
def test_a_rare_word_is_shown_and_the_usual_one_suggested(shelf: None, rinjani: Firm) -> None:
    stage.service(rinjani, "Studi irigassi")  # somebody wrote it so
    vocabulary.recount()
    Term.objects.filter(text="irigasi").update(services=4000)
    assert answer("irigassi") == (["Studi irigassi"], "")
    assert Help(Asked("irigassi")).meant == "irigasi"
    assert Help(Asked("irigasi")).meant == ""


def test_an_empty_page_offers_near_words_categories_and_a_wider_area(shelf: None, rinjani: Firm) -> None:
    from regions.models import Area

    helped = Help(Asked("irigasi"), Area.objects.get(pk=LOMBOK_BARAT))
    assert [(each.label, each.counted) for each in helped.wider] == [
        ("seluruh Nusa Tenggara Barat", "1"),
        ("seluruh Indonesia", "1"),
    ]
    assert helped.categories[0] == ("Infrastruktur", "?kategori=infrastruktur")
    assert ("Air bersih, sumur bor, dan irigasi", "?kategori=infrastruktur&sub=air-irigasi") in helped.categories
    assert "pengawasan" not in helped.terms
    assert Help(Asked("kader")).terms[:1] == ["kader posyandu"]
    assert Help(Asked("irigasi"), Area.objects.get(pk=BANDUNG)).wider[-1].query == "?q=irigasi"


def test_a_wider_area_where_nothing_is_either_is_not_offered(shelf: None) -> None:
    from regions.models import Area

    assert Help(Asked("xqzw"), Area.objects.get(pk=LOMBOK_TENGAH)).wider == []
