"""Words as they are compared: no stop words, and every way to say a thing brought to one term.

Stop words are a file; synonyms are rows that the ministry edits (`Synonym`). They are read once for each state of the
rows (`DataVersion` "search") and kept in the process: a change is seen by every worker at its next search.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from django.db import connection

from core.models import DataVersion
from regions.naming import plain

DATA: Final = Path(__file__).parent.parent / "data"
# More than anyone types; it bounds the work of one search.
LONGEST_TEXT: Final = 120
MOST_WORDS: Final = 8
# Stems kept in a process: a few megabytes at most.
MOST_STEMS: Final = 20_000


def lines(name: str) -> list[str]:
    """The rows of one of our data files."""
    text = (DATA / name).read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def stop_words() -> frozenset[str]:
    return frozenset(lines("stopwords.txt"))


def bare(text: str) -> list[str]:
    """The words of a text, plain, without stop words."""
    return [word for word in plain(text).split() if word not in stop_words()]


@dataclass(frozen=True)
class Lexicon:
    """Each way of saying it, as words, with the term to search by: ("bum", "desa") -> "bumdes".

    Of a term that the services do not all know yet (`waiting`) what is stored says every way, but what is typed stands
    for itself: a service holds its own words, whenever its vector was made.
    """

    ways: dict[tuple[str, ...], str] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()

    @cached_property
    def _said(self) -> dict[str, list[str]]:
        said: dict[str, list[str]] = {}
        for words, term in self.ways.items():
            said.setdefault(term, []).append(" ".join(words))
        return said

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.ways), default=1)

    def said(self, term: str) -> list[str]:
        """Every way to say a term, itself among them."""
        return self._said.get(term, [term])

    def terms(self, text: str, *, without: frozenset[str] = frozenset()) -> list[tuple[str, bool]]:
        """The words of a text in order; several words that are one term stand together: (term, is a known term)."""
        words, found, place = plain(text).split(), [], 0
        while place < len(words):
            for length in range(min(self._longest, len(words) - place), 0, -1):
                term = self.ways.get(tuple(words[place : place + length]))
                if term and term not in without:
                    found.append((term, True))
                    break
            else:
                length = 1
                if words[place] not in stop_words():
                    found.append((words[place], False))
            place += length
        return found

    def words_of(self, text: str) -> list[str]:
        """What is searched for: plain words, no stop words, synonyms brought to one term."""
        terms = self.terms(text[:LONGEST_TEXT], without=self.waiting)
        return list(dict.fromkeys(term for term, _ in terms))[:MOST_WORDS]

    def indexed_text(self, text: str) -> str:
        """What is stored of a text: its words without stop words, and every other way to say its terms."""
        known = dict.fromkeys(term for term, is_known in self.terms(text) if is_known)
        return " ".join([*bare(text), *(way for term in known for way in self.said(term))])


# --- the one of today ---------------------------------------------------------------------------------------
_kept: tuple[int, Lexicon] | None = None


def lexicon() -> Lexicon:
    """By the synonyms as they are now; one short query, and a second after they changed."""
    global _kept  # noqa: PLW0603  one per process
    number = DataVersion.objects.values_list("number", flat=True).get(name="search")
    if _kept is None or _kept[0] != number:
        _kept = (number, read())
    return _kept[1]


def read() -> Lexicon:
    """From the rows, whatever is kept."""
    from catalog.models import Synonym

    ways: dict[tuple[str, ...], str] = {}
    waiting = set()
    for synonym in Synonym.objects.active():
        for way in synonym.all_ways:
            ways.setdefault(tuple(way.split()), synonym.term)
        if not synonym.in_use:
            waiting.add(synonym.term)
    return Lexicon(ways, frozenset(waiting))


def forget() -> None:
    """Read again at the next use; for tests that take their rows back."""
    global _kept  # noqa: PLW0603
    _kept = None


def words_of(text: str) -> list[str]:
    """What is searched for, by the synonyms of today."""
    return lexicon().words_of(text)


def indexed_text(text: str) -> str:
    """What is stored of a text, by the synonyms of today."""
    return lexicon().indexed_text(text)


# --- stems --------------------------------------------------------------------------------------------------
_stems: dict[str, str] = {}


def stems(words: Iterable[str]) -> dict[str, str]:
    """PostgreSQL's stem of each plain word: pelatihan, melatih -> latih. Asks only for those not yet known."""
    asked = set(words)
    if len(_stems) + len(asked) > MOST_STEMS:
        _stems.clear()
    if unknown := [word for word in asked if word not in _stems]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word, coalesce((tsvector_to_array(to_tsvector('indonesian', word)))[1], '') "
                "FROM unnest(%s::text[]) word",
                [unknown],
            )
            _stems.update(cursor.fetchall())
    return {word: _stems[word] for word in asked}
