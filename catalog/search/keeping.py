"""What the search keeps of a service: one tsvector, written here and nowhere else.

Title A, summary and subcategory B, category, kind, answers and provider C, the rest D. Lexemes of the same vector are
also the areas it serves (52.02 is `w5202`), its answers that lists are filtered by, and the stems of its title
(`ttlatih`): the index knows no weights, and the best matches of a common word must be found without reading them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.contrib.postgres.search import SearchQuery
from django.db import connection

from catalog.search import vocabulary
from catalog.search.lexicon import lexicon
from regions import codes

if TYPE_CHECKING:
    from catalog.models import CategoryAttribute, Service

TITLE: Final = "tt"
BATCH: Final = 500

_WRITE = """
    UPDATE catalog_service SET search =
        setweight(to_tsvector('indonesian', %s), 'A') || setweight(to_tsvector('indonesian', %s), 'B') ||
        setweight(to_tsvector('indonesian', %s), 'C') || setweight(to_tsvector('indonesian', %s), 'D') ||
        array_to_tsvector(%s::text[] || ARRAY(SELECT 'tt' || lexeme FROM unnest(to_tsvector('indonesian', %s))))
    WHERE id = %s
"""


# --- areas ----------------------------------------------------------------------------------------------
def _lexeme(letter: str, code: str) -> str:
    return letter + code.replace(".", "")


def area_lexemes(served: Iterable[str]) -> list[str]:
    """52.02 is found under w5202 and under w52 (something in the province); 52 under w52 and s52 (all of it)."""
    found = set()
    for code in served:
        found |= {_lexeme("w", each) for each in (code, *codes.ancestors_of(code))}
        if len(code) == codes.LENGTHS[0]:
            found.add(_lexeme("s", code))
    return sorted(found)


def serving(*asked: str) -> SearchQuery:
    """Services that serve one of these regencies, or something in one of these provinces."""
    own = [_lexeme("w", code) for code in asked]
    wanted = dict.fromkeys([*own, *(_lexeme("s", above) for code in asked for above in codes.ancestors_of(code))])
    return SearchQuery(" | ".join(wanted), config="simple", search_type="raw")


def holding(lexeme: str) -> SearchQuery:
    """Services whose vector holds this lexeme, as one answer to a category's question does."""
    return SearchQuery(f"'{lexeme}'", config="simple", search_type="raw")


# --- writing ----------------------------------------------------------------------------------------------
class Writer:
    """What many services have in common, asked once: the synonyms and each category's questions."""

    def __init__(self) -> None:
        self.lexicon = lexicon()
        self._questions: dict[int, list[CategoryAttribute]] = {}

    def _asked(self, service: Service) -> list[CategoryAttribute]:
        found = self._questions.get(service.category_id)
        if found is None:
            found = self._questions[service.category_id] = service.category.questions()
        return found

    def texts_of(self, service: Service) -> list[str]:
        """What is said of it, by weight: A, B, C, D."""
        sub, category = service.subcategory, service.category
        answers = (each.text(service.attributes.get(each.key)) for each in self._asked(service))
        return [
            service.title,
            " ".join([service.summary, sub.name if sub else ""]),
            " ".join([category.name, service.get_kind_display(), service.provider.name, *answers]),
            " ".join([service.description, service.deliverables, category.get_bidang_display()]),
        ]

    def row(self, service: Service, served: Iterable[str]) -> list[Any]:
        """The arguments of `_WRITE`."""
        title, *rest = map(self.lexicon.indexed_text, self.texts_of(service))
        lexemes = area_lexemes(served)
        if service.subcategory:
            lexemes.append(service.subcategory.lexeme)
        for each in self._asked(service):
            lexemes += each.lexemes(service.attributes.get(each.key))
        return [title, *rest, lexemes, title, service.pk]


def index(service: Service) -> None:
    """Write what the search knows of this service: its words, its areas, its answers."""
    writer = Writer()
    served = service.areas.values_list("code", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, writer.row(service, served))
    if service.state == "published":
        vocabulary.learn(writer.lexicon, writer.texts_of(service))


def index_all(services: Any) -> int:
    """The same for each of these, when a category, a provider or a synonym changed; how many there were."""
    writer, done = Writer(), 0
    rows = services.select_related("category", "subcategory", "provider").prefetch_related("areas").order_by("pk")
    with connection.cursor() as cursor:
        for batch in _batches(rows.iterator(chunk_size=BATCH)):
            cursor.executemany(_WRITE, [writer.row(row, [area.code for area in row.areas.all()]) for row in batch])
            done += len(batch)
    return done


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
