"""What a person typed, as a question to the services: first exactly, then as it was probably meant.

    asked = Asked("pelatian irigassi")
    found = asked.find(services)            # all words, as typed
    if nothing came and asked.settle(services):
        found = asked.find(services)        # "pelatihan irigasi", and `asked.said` says so

What is typed is tried first, so no correction ever hides a service. Only when nothing holds all words, unknown words
are replaced (by what begins so, by the nearest known word), then words are given up, as few as possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import BigIntegerField, F, IntegerField
from django.db.models.functions import Cast, Extract

from catalog.search import marking, spelling, vocabulary
from catalog.search.keeping import TITLE
from catalog.search.lexicon import LONGEST_TEXT, MOST_WORDS, Lexicon, bare, lexicon, stems, stop_words
from regions.naming import plain

if TYPE_CHECKING:
    from catalog.models.service import ServiceQuerySet

# Rank at most this many: the newest that say all words in their title, then the newest that
# say them anywhere. What half of all services say must not cost a second.
MOST_RANKED: Final = 500
# Title, summary, category and provider, the rest: D, C, B, A.
WEIGHTS: Final = [0.05, 0.1, 0.3, 1.0]
# Of a word that is only begun.
MOST_ENDINGS: Final = 6
SHORTEST_BEGINNING: Final = 3
# Above so many words giving up some is not tried in every way.
MOST_GIVEN_UP_OF: Final = 6
FEW: Final = 5

# One word that must occur, in any of these forms; all of a question's groups must.
Group = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says of a question that was changed: searched for `text` instead, because of `kind`."""

    kind: str  # "corrected", "begun", "most" or "some" of its words
    text: str


@dataclass(frozen=True, slots=True)
class _Try:
    groups: list[list[Group]]  # any of these questions
    said: Said | None = None


def asking(words: list[str]) -> SearchQuery:
    """Every word must occur, in whatever form ("pelatihan" finds "melatih")."""
    return _query([[(word,) for word in words]])


def saying(ways: list[str]) -> SearchQuery:
    """Any of these, each with all its words."""
    return _query([[(word,) for word in bare(way)] for way in ways])


def ranked(services: ServiceQuerySet, words: list[str]) -> ServiceQuerySet:
    """Those that hold all words, with `rank`, a whole number, so that a page can begin after it."""
    return _ranked(services, [[(word,) for word in words]])


def _ranked(services: ServiceQuerySet, groups: list[list[Group]]) -> ServiceQuerySet:
    query = _query(groups)
    titled, newest = (_newest(services.filter(search=each)) for each in (_query(groups, title=True), query))
    candidates = titled.union(newest, all=True)[:MOST_RANKED]  # the second is read only as far as the first is short
    # Equals (to a ten-thousandth) stand the newest first.
    rank = Cast(SearchRank(F("search"), query, weights=WEIGHTS) * 10_000, BigIntegerField()) * 100_000
    day = Cast(Extract("published_at", "epoch") / 86_400, IntegerField())
    return services.model._default_manager.filter(pk__in=candidates).annotate(rank=rank + day)


def _newest(services: ServiceQuerySet) -> Any:
    return services.order_by("-published_at", "-code").values("pk")[:MOST_RANKED]


def _query(groups: list[list[Group]], *, title: bool = False) -> SearchQuery:
    """Any of the questions; of each all groups; of a group one form. By stems, quoted, so no sign of a typed text counts."""
    known = stems({word for question in groups for group in question for form in group for word in form.split()})
    mark = TITLE if title else ""

    def lexemes(form: str) -> str:
        return "(" + " & ".join(f"'{mark}{known[word]}'" for word in form.split() if known[word]) + ")"

    questions = [
        "(" + " & ".join("(" + " | ".join(map(lexemes, group)) + ")" for group in question) + ")" for question in groups
    ]
    return SearchQuery(" | ".join(questions), config="simple", search_type="raw")


class Asked:
    """The words of a search box, and which services they ask for."""

    def __init__(self, text: str, *, exact: bool = False) -> None:
        self.text = " ".join(text.split())[:LONGEST_TEXT]
        self.exact = exact
        self._try: _Try | None = None
        self._settled = False

    def __bool__(self) -> bool:
        return bool(self.words)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The synonyms of today, asked for once."""
        return lexicon()

    @cached_property
    def words(self) -> list[str]:
        """What is searched for; empty when nothing is, or only words that say nothing."""
        return self.lexicon.words_of(self.text) if self.text else []

    @property
    def said(self) -> Said | None:
        """How the question was changed; None while it is as typed."""
        return self._try.said if self._try else None

    @property
    def last_word(self) -> str:
        """The word that was perhaps only begun."""
        return self._typed[-1] if self._typed else ""

    @property
    def most_ranked(self) -> int:
        """How many are put in order by how well they match; the rest stands in every other order."""
        return MOST_RANKED

    @property
    def groups(self) -> list[list[Group]]:
        """The question of now."""
        return self._try.groups if self._try else [[(word,) for word in self.words]]

    # --- finding --------------------------------------------------------------------------------------
    def find(self, services: ServiceQuerySet, *, ranked: bool = True) -> ServiceQuerySet:
        """Those asked for; with `rank`, at most a thousand, unless another order is wanted."""
        if not self.words:
            return services
        return _ranked(services, self.groups) if ranked else self.matching(services)

    def settle(self, services: ServiceQuerySet, *, beyond: bool = False) -> bool:
        """After a page without rows: ask otherwise, if that finds something. `beyond`: it was not the first page."""
        if not self.words or self.exact or self._settled:
            return False
        self._settled = True
        if beyond and self._finds(services, self.groups):
            return False
        for each in self._tries():
            if self._finds(services, each.groups):
                self._try = each
                return True
        return False

    def matching(self, services: ServiceQuerySet) -> ServiceQuerySet:
        """All that match, in no order and without `rank`: to count, or to look for other things among them."""
        return services.filter(search=_query(self.groups)) if self.words else services

    def any_word(self) -> SearchQuery:
        """One of the words, at least."""
        return _query([[(word,)] for word in self.words])

    def mark(self, rows: Iterable[Any]) -> None:
        """Show the words found: gives each row `marked_title` and `marked_summary`."""
        if self.words:
            marking.mark(rows, {form for question in self.groups for group in question for form in group}, self.lexicon)

    @staticmethod
    def _finds(services: ServiceQuerySet, groups: list[list[Group]]) -> bool:
        return services.filter(search=_query(groups)).order_by().exists()

    # --- asking otherwise -----------------------------------------------------------------------------
    def _tries(self) -> Iterator[_Try]:
        """Ways to ask less exactly, the nearest to what was typed first."""
        known = self._known
        text, endings = self._corrected(known)
        groups: list[Group] = [(word,) for word in self.lexicon.words_of(text)]
        if endings:
            yield _Try([[*groups, endings]], Said("begun", f"{text} {endings[0]}".strip()))
        elif text != plain(self.text):
            yield _Try([groups], Said("corrected", text))
        if endings:
            groups.append(endings)
        hopeless = {word for word in self._typed if word not in known}
        yield from self._fewer([group for group in groups if group[0] not in hopeless])

    def _fewer(self, groups: list[Group]) -> Iterator[_Try]:
        """All of the groups, then all but one, … then any: as many as can be had at once."""
        groups = groups[:MOST_GIVEN_UP_OF]
        for size in range(len(groups), 0, -1):
            if size < len(self.words):
                kind = "most" if 2 * size > len(self.words) else "some"
                yield _Try([list(each) for each in combinations(groups, size)], Said(kind, ""))

    @cached_property
    def _typed(self) -> list[str]:
        return [word for word in plain(self.text).split() if word not in stop_words()][:MOST_WORDS]

    @cached_property
    def _known(self) -> dict[str, int]:
        known = vocabulary.known_words(self._typed)
        return known | {
            word: 1 for way in self.lexicon.ways for word in way if word in self._typed and word not in known
        }

    def _corrected(self, known: dict[str, int]) -> tuple[str, Group]:
        """The text with unknown words replaced; and the endings of its last word, if that is only begun."""
        words = plain(self.text).split()[: 2 * MOST_WORDS]
        unknown = {word for word in words if word not in known and word not in stop_words()}
        endings: Group = ()
        if words and words[-1] in unknown and len(words[-1]) >= SHORTEST_BEGINNING:
            begun = vocabulary.beginning_with(words[-1], MOST_ENDINGS)
            endings = tuple(each.text for each in begun)
            if endings:
                words.pop()
        near = vocabulary.candidates(sorted(unknown & set(words)))
        return " ".join(_instead(word, near) if word in unknown else word for word in words), endings

    def mended(self) -> str:
        """What was typed with unknown words replaced by the nearest known ones; "" when all are known or none is near."""
        text, endings = self._corrected(self._known)
        text = " ".join([text, *endings[:1]]).strip()
        return "" if text == plain(self.text) else text

    # --- few --------------------------------------------------------------------------------------------
    def meant(self) -> str:
        """What was perhaps meant, when what was typed found little: with words that far more services say; or ""."""
        typed = self._typed
        near = vocabulary.candidates(typed)
        known = self._known
        better = {word: spelling.nearest(word, near, own=max(1, known.get(word, 1))) for word in typed}
        text = " ".join(better[word][0].text if better.get(word) else word for word in plain(self.text).split())
        return "" if text == plain(self.text) else text


def _instead(word: str, near: list[Any]) -> str:
    found = spelling.nearest(word, near)
    return found[0].text if found else word
