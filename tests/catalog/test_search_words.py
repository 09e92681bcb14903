"""Synonyms that the ministry edits, and the words that services say, counted."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from catalog import tasks
from catalog.models import MissedSearch, Service, Synonym, Term
from catalog.search import Asked, lexicon, vocabulary
from catalog.search.lexicon import forget
from catalog.search.near import note_missed
from core.models import DataVersion, Job
from regions.models import Area
from tests.accounts.stage import with_second_factor
from tests.areas import LOMBOK_TENGAH
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db


def titles(typed: str) -> list[str]:
    return [row.title for row in Asked(typed).find(Service.objects.open())]


def work() -> None:
    """What the worker would do with the jobs of the search."""
    while job := Job.objects.filter(task="catalog.reindex", done_at=None).first():
        tasks.reindex(**job.args)
        Job.objects.filter(pk=job.pk).update(done_at="2026-01-01T00:00:00Z")
    forget()


def synonym(term: str, *ways: str) -> Synonym:
    row = Synonym(term=term, ways="\n".join(ways))
    row.full_clean()
    row.save()
    forget()
    return row


# --- synonyms -------------------------------------------------------------------------------------------
def test_the_first_synonyms_came_with_the_migration() -> None:
    known = lexicon().ways
    assert known["badan", "usaha", "milik", "desa"] == "bumdes"
    assert known["bimbingan", "teknis"] == "bimtek"
    assert known["sistem", "informasi", "desa"] == "sid"
    assert Synonym.objects.count() >= 30


def test_a_new_synonym_finds_services_once_the_worker_has_made_their_vectors(rinjani: Firm) -> None:
    stage.service(rinjani, "Budidaya lebah madu")
    stage.service(rinjani, "Pengawasan irigasi")
    synonym("lebah", "tawon", "klanceng")
    assert titles("tawon") == []
    stage.service(rinjani, "Kolam klanceng")
    Service.objects.filter(title="Kolam klanceng").update(search=None)
    work()
    assert titles("tawon") == titles("lebah") == ["Budidaya lebah madu"]
    tasks.reindex()  # of all
    assert set(titles("lebah")) == {"Budidaya lebah madu", "Kolam klanceng"}


def test_words_of_services_find_them_whether_or_not_the_worker_has_run(rinjani: Firm) -> None:
    stage.service(rinjani, "Budidaya lebah madu")
    stage.service(rinjani, "Kolam klanceng")
    row = synonym("lebah", "tawon", "klanceng")
    assert (titles("klanceng"), titles("lebah")) == (["Kolam klanceng"], ["Budidaya lebah madu"])
    stage.service(rinjani, "Madu tawon")  # published meanwhile
    assert "Madu tawon" in titles("tawon")
    work()
    every = {"Budidaya lebah madu", "Kolam klanceng", "Madu tawon"}
    assert {frozenset(titles(word)) for word in ("klanceng", "lebah", "tawon")} == {frozenset(every)}
    row.refresh_from_db()
    row.ways = "klanceng"  # no longer a tawon
    row.save()
    forget()
    stage.service(rinjani, "Sengat tawon")
    assert {"Madu tawon", "Sengat tawon"} <= set(titles("tawon"))
    assert "Kolam klanceng" in titles("klanceng")
    work()
    assert set(titles("tawon")) == {"Madu tawon", "Sengat tawon"}
    assert set(titles("lebah")) == {"Budidaya lebah madu", "Kolam klanceng"}
    row.delete()
    forget()
    assert "Kolam klanceng" in titles("klanceng")
    work()
    assert titles("klanceng") == ["Kolam klanceng"]


def test_a_synonym_says_whether_questions_use_it(rinjani: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "REINDEXED_AT_ONCE", 1)
    for title in ("Lebah", "Tawon", "Klanceng"):
        stage.service(rinjani, title)
    row = synonym("lebah", "tawon")
    first = Job.objects.get(task="catalog.reindex").args
    tasks.reindex(**first)
    row.refresh_from_db()
    assert not row.in_use  # others are still to be written
    row.ways = "klanceng"
    row.save()
    tasks.reindex(**first | {"after": Service.objects.latest("pk").pk})  # the end of what was asked before the change
    row.refresh_from_db()
    assert not row.in_use
    work()
    row.refresh_from_db()
    assert row.in_use
    row.note = "Madu"
    row.save()
    assert row.in_use
    assert Synonym.objects.get(term="bumdes").in_use


def test_a_synonym_taken_away_no_longer_finds(rinjani: Firm) -> None:
    stage.service(rinjani, "Pelatihan tengkes")
    assert titles("stunting") == ["Pelatihan tengkes"]
    row = Synonym.objects.get(term="stunting")
    row.ways = "gizi buruk"
    row.save()
    forget()
    work()
    assert titles("stunting") == []
    assert titles("tengkes") == ["Pelatihan tengkes"]


def test_only_services_that_say_it_are_written_again(rinjani: Firm) -> None:
    kept = stage.service(rinjani, "Pengawasan irigasi")
    Service.objects.filter(pk=kept.pk).update(search=None)
    stage.service(rinjani, "Budidaya lebah madu")
    synonym("lebah", "tawon")
    work()
    assert Service.objects.filter(pk=kept.pk, search=None).exists()


def test_a_change_that_says_the_same_writes_no_job() -> None:
    row = Synonym.objects.get(term="stunting")
    row.note = "Istilah Kementerian Kesehatan"
    row.save()
    assert not Job.objects.filter(task="catalog.reindex").exists()


def test_many_services_are_written_a_part_at_a_time(rinjani: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "REINDEXED_AT_ONCE", 2)
    for n in range(5):
        stage.service(rinjani, f"Lebah {n}")
    Service.objects.update(search=None)
    tasks.reindex()
    assert Job.objects.filter(task="catalog.reindex").count() == 1
    work()
    assert len(titles("lebah")) == 5


@pytest.mark.parametrize(
    ("term", "ways"),
    [("desa", "kampung"), ("lebah", "untuk"), ("lebah", ""), ("lebah", "bum desa"), ("tengkes", "kerdil")],
)
def test_a_synonym_that_says_nothing_or_belongs_to_another_is_refused(term: str, ways: str) -> None:
    with pytest.raises(ValidationError):
        Synonym(term=term, ways=ways).full_clean()


def test_a_synonym_is_kept_plain() -> None:
    row = synonym("  Lebah-Madu ", "TAWON", "tawon", "lebah madu")
    assert (row.term, row.ways) == ("lebah madu", "tawon")


def test_a_changed_synonym_is_a_change_for_every_process_and_every_kept_page() -> None:
    def numbers() -> dict[str, int]:
        return dict(DataVersion.objects.filter(name__in=["search", "catalogue"]).values_list("name", "number"))

    before = numbers()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("UPDATE catalog_synonym SET ways = 'tengkes' WHERE term = 'stunting'")
    assert {name for name, number in numbers().items() if number > before[name]} == {"search", "catalogue"}
    assert "gizi buruk" not in lexicon().said("stunting")  # read again, since the number is another


# --- the words that services say --------------------------------------------------------------------------
def test_publishing_teaches_new_words_and_a_draft_teaches_none(rinjani: Firm) -> None:
    made = stage.draft(rinjani, "Budidaya lebah klanceng")
    assert not Term.objects.filter(text="klanceng").exists()
    made.publish(by=rinjani.person)
    assert Term.objects.get(text="klanceng").services == 1


def test_counting_knows_how_many_say_it_and_forgets_what_nobody_says(rinjani: Firm) -> None:
    stage.service(rinjani, "Pelatihan lebah madu")
    going = stage.service(rinjani, "Pelatihan tawon dan lebah madu")
    vocabulary.recount()
    assert Term.objects.get(text="lebah").services == 2
    assert (Term.objects.get(text="lebah madu").shown, Term.objects.get(text="lebah madu").keys) == ("lebah madu", [])
    going.pause(by=rinjani.person)
    vocabulary.recount()
    assert Term.objects.get(text="lebah").services == 1
    assert not Term.objects.filter(text="tawon").exists()


def test_the_table_is_bounded(rinjani: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MOST_WORDS", 5)
    monkeypatch.setattr(vocabulary, "MOST_PHRASES", 3)
    stage.service(rinjani, "Pelatihan lebah madu dan klanceng")
    ways = len(lexicon().said("pelatihan"))  # are kept besides
    assert vocabulary.recount() == Term.objects.count() <= 5 + 3 + ways


def test_phrases_neither_begin_nor_end_with_a_word_that_joins() -> None:
    found = vocabulary.phrases_of("Perencanaan (DED) untuk jalan desa dan BUM Desa")
    assert found["jalan desa"] == "jalan desa"
    assert found["bum desa"] == "BUM Desa"
    assert found["perencanaan ded"] == "Perencanaan DED"
    assert not {text for text in found if text.split()[0] in ("untuk", "dan") or text.split()[-1] in ("untuk", "dan")}


# --- what was looked for in vain --------------------------------------------------------------------------
def noted() -> list[tuple[Any, str, int]]:
    return list(MissedSearch.objects.order_by("words", "area").values_list("area", "words", "times"))


def test_searches_in_vain_are_counted_by_regency_and_nobodys_name(areas: None) -> None:
    place = Area.objects.get(pk=LOMBOK_TENGAH)
    for _ in range(3):
        note_missed(Asked("lebah madu"), place)
    note_missed(Asked("madu lebah"), place)
    note_missed(Asked("lebah madu"), None)
    assert noted() == [(LOMBOK_TENGAH, "lebah madu", 4), (None, "lebah madu", 1)]
    assert list(MissedSearch.objects.often().values_list("times", flat=True)) == [4]


@pytest.mark.parametrize("typed", ["5202010101800001", "lebah 0812345678", "siti@contoh.example 4", "a b c d e f", ""])
def test_numbers_addresses_and_sentences_are_not_kept(areas: None, typed: str) -> None:
    note_missed(Asked(typed), None)
    assert noted() == []


def test_a_flood_of_words_fills_no_table(areas: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MissedSearch, "MOST", 3)
    for letter in "abcdefgh":
        note_missed(Asked(f"kata{letter}"), None)
    note_missed(Asked("kataa"), None)
    assert noted() == [(None, "kataa", 2), (None, "katab", 1), (None, "katac", 1)]


def test_what_was_asked_rarely_in_past_months_and_old_years_is_forgotten(areas: None) -> None:
    import datetime as dt

    day = dt.date(2026, 11, 22)
    for month, words, times in ((10, "jarang", 1), (10, "sering", 3), (11, "baru", 1)):
        for _ in range(times):
            MissedSearch.objects.note(words, None, on=day.replace(month=month))
    for _ in range(3):
        MissedSearch.objects.note("lama", None, on=dt.date(2025, 10, 1))
    MissedSearch.objects.forget(on=day)
    assert [words for _, words, _ in noted()] == ["baru", "sering"]


def test_a_page_comes_though_its_miss_cannot_be_counted(areas: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("read-only")

    monkeypatch.setattr(type(MissedSearch.objects), "note", fail)
    note_missed(Asked("lebah"), None)


def test_a_phrase_that_always_goes_on_is_not_offered_half(rinjani: Firm) -> None:
    stage.service(rinjani, "Pelatihan pengelolaan BUM Desa")
    vocabulary.recount()
    phrases = set(Term.objects.filter(text__contains=" ").values_list("shown", flat=True))
    assert phrases == {"Pelatihan pengelolaan BUM Desa", "pengelolaan BUM Desa", "BUM Desa"}


def test_the_desk_says_which_synonyms_wait_for_the_worker(areas: None) -> None:
    from django.test import Client
    from django.urls import reverse

    ministry = stage.person("ministry@contoh.example", "ministry")
    with_second_factor(ministry)
    browser = Client()
    browser.force_login(ministry)
    row = synonym("lebah", "tawon")
    pages = [
        reverse("admin:catalog_synonym_changelist") + "?q=lebah",
        reverse("admin:catalog_synonym_change", args=[row.pk]),
    ]
    for page in pages:
        assert "Berlaku setelah layanan diindeks ulang" in browser.get(page).content.decode()
    work()
    for page in pages:
        assert "Berlaku setelah layanan diindeks ulang" not in browser.get(page).content.decode()
    assert browser.get(reverse("admin:catalog_synonym_add")).status_code == 200
