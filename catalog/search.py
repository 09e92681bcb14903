"""How services are found by what people type, on plain PostgreSQL.

The text of a service is made plain, without stop words and with its synonyms (both are data, in `catalog/data`),
and kept as one tsvector: title A, summary, category and provider B, the rest C. The areas it serves are lexemes of
the same vector (52.02 is `w5202`), so words and area are answered by one GIN index. What a person types takes the
same way. Only `index` writes the vector.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, IntegerField
from django.db.models.functions import Cast

from regions import codes
from regions.naming import plain

if TYPE_CHECKING:
    from catalog.models import Service
    from catalog.models.service import ServiceQuerySet

DATA: Final = Path(__file__).parent / "data"
CONFIG: Final = "indonesian"
# More than anyone types; it bounds the work of one search.
LONGEST_TEXT: Final = 120
MOST_WORDS: Final = 8
# Rank at most this many, the newest: a word that half of all services contain must not cost a second.
MOST_RANKED: Final = 2_000


# --- words --------------------------------------------------------------------------------------------
def _lines(name: str) -> list[str]:
    text = (DATA / name).read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def stop_words() -> frozenset[str]:
    return frozenset(_lines("stopwords.txt"))


@cache
def synonyms() -> dict[tuple[str, ...], str]:
    """Each way of saying it, as words, with the term to search by: ("bum", "desa") -> "bumdes"."""
    ways = {}
    for line in _lines("synonyms.txt"):
        term, _, others = line.partition("=")
        for way in (term, *others.split(",")):
            ways[tuple(way.split())] = term.strip()
    return ways


@cache
def _all_ways() -> dict[str, list[str]]:
    ways: dict[str, list[str]] = {}
    for words, term in synonyms().items():
        ways.setdefault(term, []).append(" ".join(words))
    return ways


@cache
def _longest_way() -> int:
    return max(map(len, synonyms()))


def _terms(text: str) -> list[tuple[str, bool]]:
    """The words of a text in order; several words that are one term stand together: (term, is a known term)."""
    words, found, place = plain(text).split(), [], 0
    while place < len(words):
        for length in range(min(_longest_way(), len(words) - place), 0, -1):
            if term := synonyms().get(tuple(words[place : place + length])):
                found.append((term, True))
                break
        else:
            length = 1
            if words[place] not in stop_words():
                found.append((words[place], False))
        place += length
    return found


def words_of(text: str) -> list[str]:
    """What is searched for: plain words, no stop words, synonyms brought to one term."""
    return list(dict.fromkeys(term for term, _ in _terms(text[:LONGEST_TEXT])))[:MOST_WORDS]


def indexed_text(text: str) -> str:
    """What is stored of a text: its words without stop words, and every other way to say its terms."""
    found = _terms(text)
    spelled = [word for word in plain(text).split() if word not in stop_words()]
    known = dict.fromkeys(term for term, is_known in found if is_known)
    return " ".join([*spelled, *(way for term in known for way in _all_ways()[term])])


# --- areas ----------------------------------------------------------------------------------------------
def _lexeme(letter: str, code: str) -> str:
    return letter + code.replace(".", "")


def area_lexemes(served: list[str]) -> list[str]:
    """52.02 is found under w5202 and under w52 (something in the province); 52 under w52 and s52 (all of it)."""
    found = set()
    for code in served:
        found |= {_lexeme("w", each) for each in (code, *codes.ancestors_of(code))}
        if len(code) == codes.LENGTHS[0]:
            found.add(_lexeme("s", code))
    return sorted(found)


def serving(code: str) -> SearchQuery:
    """Services that serve this regency, or something in this province."""
    wanted = [_lexeme("w", code), *(_lexeme("s", above) for above in codes.ancestors_of(code))]
    return SearchQuery(" | ".join(wanted), config="simple", search_type="raw")


# --- asking -----------------------------------------------------------------------------------------------
def asking(words: list[str]) -> SearchQuery:
    """Every word must occur, in whatever form ("pelatihan" finds "melatih")."""
    return SearchQuery(" ".join(words), config=CONFIG, search_type="plain")


def ranked(services: ServiceQuerySet, words: list[str]) -> ServiceQuerySet:
    """Those that hold all words, with `rank` as a whole number, so that a page can begin after it."""
    query = asking(words)
    found = services.filter(search=query)
    candidates = found.order_by("-published_at", "-code").values("pk")[:MOST_RANKED]
    rank = Cast(SearchRank(F("search"), query) * 1_000_000, IntegerField())
    return services.model._default_manager.filter(pk__in=candidates).annotate(rank=rank)


# --- keeping ------------------------------------------------------------------------------------------------
_WRITE = """
    UPDATE catalog_service SET search =
        setweight(to_tsvector('indonesian', %s), 'A') || setweight(to_tsvector('indonesian', %s), 'B') ||
        setweight(to_tsvector('indonesian', %s), 'C') || array_to_tsvector(%s::text[])
    WHERE id = %s
"""


def index(service: Service) -> None:
    """Write what the search knows of this service: its words and its areas."""
    head = indexed_text(service.title)
    near = indexed_text(
        " ".join([service.summary, service.category.name, service.get_kind_display(), service.provider.name])
    )
    rest = indexed_text(" ".join([service.description, service.deliverables, service.category.get_bidang_display()]))
    served = list(service.areas.values_list("code", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [head, near, rest, area_lexemes(served), service.pk])


def index_all(services: Any) -> None:
    """The same for each of these; for a category or provider that changed its name."""
    for service in services.select_related("category", "provider"):
        index(service)
