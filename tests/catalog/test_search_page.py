"""The list as somebody sees it who typed something: what it says of the question, and what it offers instead."""

from __future__ import annotations

import re
import sys
from html import unescape

import pytest
from django.test import Client

from catalog.models import MissedSearch, Term
from catalog.search import vocabulary
from tests.areas import BANDUNG, LOMBOK_BARAT, LOMBOK_TENGAH
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(rinjani: Firm) -> None:
    for n in range(5):
        stage.service(rinjani, f"Pelatihan BUM Desa tahap {n}")
    stage.service(rinjani, "Pengawasan jaringan irigasi", kind="pengawasan")
    vocabulary.recount()


def page(**asked: str) -> str:
    answer = Client().get("/layanan/", asked)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def told(text: str) -> str:
    """The page's own words, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", re.sub(r"</(p|li|h\d)>", " ", text)).split())


def test_a_mistyped_word_shows_what_was_meant_and_a_way_back(shelf: None) -> None:
    text = page(q="irigassi")
    assert "1 layanan. Menampilkan hasil untuk “irigasi”. Cari “irigassi” saja?" in told(text)
    assert 'href="?q=irigassi&persis=1"' in text
    assert "<mark>irigasi</mark>" in text


def test_who_insists_is_shown_nothing_and_offered_more(shelf: None) -> None:
    text = page(q="irigassi", persis="1")
    assert "0 layanan untuk “irigassi”" in told(text)
    assert "Kata lain yang dipakai penyedia: irigasi" in told(text)
    assert 'href="?q=irigasi"' in text


def test_a_begun_word_and_too_many_words_are_said(shelf: None) -> None:
    assert "yang berawalan “irig”, misalnya “irigasi”" in told(page(q="irig"))
    assert "Tidak ada layanan yang memuat semua kata itu" in told(page(q="pelatihan antariksa xqzw"))


def test_what_was_typed_right_is_not_commented(shelf: None) -> None:
    assert "search-said" not in page(q="pelatihan bumdes")


@pytest.mark.parametrize(
    ("typed", "part"), [("bumdes antariksa", "sebagian"), ("pelatihan bumdes antariksa", "sebagian besar")]
)
def test_the_page_says_how_many_of_the_words_are_held(shelf: None, typed: str, part: str) -> None:
    assert f"Menampilkan yang memuat {part} di antaranya." in told(page(q=typed))


def test_a_mistyped_name_of_a_provider_is_offered_as_it_was_meant(shelf: None) -> None:
    def directory(typed: str) -> str:
        return " ".join(unescape(Client().get("/penyedia/", {"q": typed, "bentuk": ""}).content.decode()).split())

    text = directory("rinjini")
    assert "Mungkin maksud Anda: rinjani" in told(text)
    assert 'href="?q=rinjani"' in text
    assert "CV Rinjani Karya" in directory("rinjani")
    for typed in ("rinjani", "xqzwvk", "irigassi stunting"):
        assert "Mungkin maksud Anda" not in directory(typed)


def test_few_results_suggest_the_usual_word(shelf: None, rinjani: Firm) -> None:
    stage.service(rinjani, "Studi irigassi")
    vocabulary.recount()
    Term.objects.filter(text="irigasi").update(services=4000)
    assert "Mungkin maksud Anda: irigasi" in told(page(q="irigassi"))


def test_an_empty_page_names_a_wider_area_with_its_count_and_the_way_to_ask(shelf: None) -> None:
    text = page(q="irigasi", wilayah=LOMBOK_BARAT)
    assert "1 layanan di seluruh Nusa Tenggara Barat" in told(text)
    assert "1 layanan di seluruh Indonesia" in told(text)
    assert 'href="/layanan-dicari/baru/?q=irigasi"' in text
    assert 'method="post"' not in text  # the page is kept for everybody


def test_the_way_to_ask_leads_through_the_login_and_back(shelf: None) -> None:
    answer = Client().get("/layanan-dicari/baru/?q=irigasi")
    assert (answer.status_code, answer["Location"]) == (302, "/masuk/?next=/layanan-dicari/baru/%3Fq%3Dirigasi")


def test_searches_in_vain_are_counted_and_others_are_not(shelf: None) -> None:
    for _ in range(2):
        page(q="lebah madu", wilayah=LOMBOK_TENGAH)
    page(q="lebah madu")
    page(q="irigasi")
    page(q="irigassi")  # found what was meant
    page(wilayah=BANDUNG)
    counted = sorted(MissedSearch.objects.values_list("words", "area", "times"), key=str)
    assert counted == [("lebah madu", LOMBOK_TENGAH, 2), ("lebah madu", None, 1)]


def test_the_count_is_of_all_that_match_not_of_the_ranked(
    shelf: None, rinjani: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["catalog.search.asking"], "MOST_RANKED", 21)
    for n in range(20):
        stage.service(rinjani, f"Pelatihan BUM Desa angkatan {n}")
    assert "25 layanan untuk “bumdes”" in told(page(q="bumdes"))


def test_every_page_of_a_changed_question_shows_another_part(shelf: None, rinjani: Firm) -> None:
    for n in range(20):
        stage.service(rinjani, f"Pelatihan BUM Desa angkatan {n}")
    seen: list[str] = []
    address = "/layanan/?q=bumdess"
    for _ in range(2):
        text = Client().get(address).content.decode()
        seen += re.findall(r'class="card__link" href="/layanan/(\w+)/"', text)
        following = re.search(r'href="(\?[^"]*sesudah=[^"]*)"', text)
        address = "/layanan/" + unescape(following[1]) if following else ""
    assert (len(seen), len(set(seen)), address) == (25, 25, "")
