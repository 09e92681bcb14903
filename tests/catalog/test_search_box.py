"""What a search box offers while somebody types, and which words are shown as found."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Service
from catalog.search import Asked, vocabulary
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db

BOX = "/layanan/saran/"


@pytest.fixture
def shelf(rinjani: Firm) -> None:
    cache.clear()
    stage.service(rinjani, "Pelatihan pengelolaan BUM Desa")
    stage.service(rinjani, "Pengawasan jaringan irigasi")
    vocabulary.recount()


def offered(typed: str) -> list[tuple[str, str]]:
    answer = Client().get(BOX, {"q": typed})
    assert answer.status_code == 200
    return [(each["jenis"], each["teks"]) for each in answer.json()["saran"]]


def test_words_and_phrases_that_begin_so_are_offered(shelf: None) -> None:
    assert ("kata", "irigasi") in offered("irig")
    assert ("kata", "Pelatihan pengelolaan BUM Desa") in offered("pelatihan pen")
    assert ("kata", "BUM Desa") in offered("bum")


def test_nested_beginnings_are_one_line_and_leave_places_to_other_topics(rinjani: Firm) -> None:
    cache.clear()
    for place in ("", " desa", " desa pesisir", " sekolah", " sekolah dasar", " pasar"):
        stage.service(rinjani, f"Pelatihan bank sampah{place}")
    stage.service(rinjani, "Pelatihan bank soal")
    stage.service(rinjani, "Pelatihan pengelolaan BUM Desa")
    vocabulary.recount()
    found = [text for kind, text in offered("pel") if kind == "kata"]
    assert found[:2] == ["pelatihan", "Pelatihan bank sampah"]
    assert {"Pelatihan bank soal", "Pelatihan pengelolaan BUM Desa"} <= set(found)
    assert [text for text in found if text.startswith("Pelatihan bank sampah")] == ["Pelatihan bank sampah"]
    longer = [text for _, text in offered("pelatihan bank sampah s")]
    assert longer[0] == "Pelatihan bank sampah sekolah"
    assert len({text.lower() for text in longer}) == len(longer)
    again = [text.lower() for _, text in offered("pelatihan bank")]
    assert (again.count("pelatihan bank sampah"), "pelatihan bank" in again) == (1, False)


def test_the_last_word_is_completed_and_a_mistyped_one_mended(shelf: None) -> None:
    assert offered("pelatihan irig")[0] == ("kata", "pelatihan irigasi")
    assert ("kata", "pelatihan BUM Desa") in offered("pelatihan b")
    assert offered("irigass")[0] == ("kata", "irigasi")


def test_categories_are_offered_with_the_address_of_their_list(shelf: None) -> None:
    found = Client().get(BOX, {"q": "infra"}).json()["saran"]
    assert {"teks": "Infrastruktur", "jenis": "kategori", "url": "/layanan/?kategori=infrastruktur"} in found


@pytest.mark.parametrize("typed", ["", "a", "%", "'", "\\", "😀", "x" * 3000, "__", "{", "~~~"])
def test_odd_text_is_offered_nothing_and_breaks_nothing(shelf: None, typed: str) -> None:
    assert offered(typed) == []


def test_an_answer_is_small_and_for_everybody(shelf: None) -> None:
    for n in range(30):
        vocabulary.learn(_lexicon(), [f"irigasi{n}x"])
    answer = Client().get(BOX, {"q": "irig"})
    assert len(answer.json()["saran"]) == 8
    assert len(answer.content) < 1500
    assert answer["Cache-Control"] == "public, max-age=600"
    assert not answer.cookies


def _lexicon() -> object:
    from catalog.search import lexicon

    return lexicon()


def test_the_second_asker_costs_no_query(shelf: None) -> None:
    offered("irig")
    with CaptureQueriesContext(connection) as asked:
        offered("IRIG ")
    assert len(asked) == 0


def test_suggestions_are_read_off_the_small_table_only(shelf: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        offered("pelatihan irigass")
    assert not [query for query in asked.captured_queries if "catalog_service" in query["sql"]]
    assert len(asked) <= 6


def test_the_box_is_told_where_to_ask(client: Client) -> None:
    assert f'data-suggest="{BOX}"' in client.get("/").content.decode()


# --- the words found ----------------------------------------------------------------------------------------
def marked(typed: str, title: str, summary: str = "") -> tuple[str, str]:
    row = Service(title=title, summary=summary)
    Asked(typed).mark([row])
    return getattr(row, "marked_title", ""), getattr(row, "marked_summary", "")


@pytest.mark.parametrize(
    ("typed", "title", "shown"),
    [
        ("pelatihan", "Melatih kader", "<mark>Melatih</mark> kader"),
        ("bumdes", "Pelatihan BUM Desa dua hari", "Pelatihan <mark>BUM Desa</mark> dua hari"),
        ("bum desa", "Usaha BUMDes", "Usaha <mark>BUMDes</mark>"),
        ("ded", "DED (jalan) & jembatan", "<mark>DED</mark> (jalan) &amp; jembatan"),
        ("script", "<script>alert(1)</script>", "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;"),
        ("mark", "mark <mark>", "<mark>mark</mark> &lt;<mark>mark</mark>&gt;"),
        ("bor", "Laboratorium", ""),
    ],
)
def test_found_words_are_marked_and_the_rest_is_escaped(areas: None, typed: str, title: str, shown: str) -> None:
    assert marked(typed, title)[0] == shown


def test_nothing_is_marked_where_nothing_was_asked(areas: None) -> None:
    assert marked("", "Pelatihan") == ("", "")


def test_marking_twenty_rows_costs_one_query_at_first_and_then_none(areas: None) -> None:
    from catalog.search.lexicon import _stems

    _stems.clear()
    rows = [Service(title=f"Pelatihan kader ke{n}", summary="Untuk desa") for n in range(20)]
    asked = Asked("pelatihan")
    assert asked.words
    with CaptureQueriesContext(connection) as first:
        asked.mark(rows)
    with CaptureQueriesContext(connection) as again:
        Asked.mark(asked, rows)
    kept = [query for query in first.captured_queries if "dataversion" not in query["sql"]]
    assert len(kept) <= 2
    assert [query for query in again.captured_queries if "dataversion" not in query["sql"]] == []
