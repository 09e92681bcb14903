"""Finding an area by what people type: the start of its name, or words of its name and of what it lies in.

Plain PostgreSQL: one b-tree on names without spaces, one GIN on words; both are expression indexes, so that
nothing of them travels with the rows that other apps join to.
"""

from typing import TYPE_CHECKING, Final

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length, Replace

from regions.codes import is_code
from regions.naming import plain

if TYPE_CHECKING:
    from regions.models import Area, AreaQuerySet

# More than anyone types; it bounds the work of one search.
LONGEST_TEXT: Final = 80
MOST_WORDS: Final = 6

# "suka maju" and "Sukamaju" are the same to whoever looks for it.
COMPACT_NAME = Replace("search_name", Value(" "), Value(""))

# Own name weighs A, so that a search can ask for one word in the name and others in what is above.
SEARCH_VECTOR = SearchVector("search_name", config="simple", weight="A") + SearchVector(
    "kind", "title", "ancestry", config="simple", weight="D"
)


def words_of(text: str) -> list[str]:
    """What is searched for, as plain words: only a-z and 0-9 are left, so they can stand in a raw query."""
    return plain(text[:LONGEST_TEXT]).split()[:MOST_WORDS]


def _query(words: list[str]) -> SearchQuery:
    """Each word is the start of a word, in the name or above it; at least one is in the name itself.

    A letter alone is a whole word (Buloh I), since the start of a word would match half the country; as the
    last of several it is a word still being typed, and not asked for yet.
    """
    if len(words) > 1 and len(words[-1]) == 1:
        words = words[:-1]
    starts = [f"{word}:*" if len(word) > 1 else f"{word}:" for word in words]
    one_in_name = (
        " & ".join(f"{start}A" if place == own else start.removesuffix(":") for place, start in enumerate(starts))
        for own in range(len(starts))
    )
    return SearchQuery(" | ".join(f"({each})" for each in one_in_name), config="simple", search_type="raw")


def search(areas: "AreaQuerySet", text: str) -> "AreaQuerySet":
    """The areas that fit the text, best first: the very name, names that begin so, names with such words.

    A whole code finds its area. "desa kuta pujut" has the very name of Kuta.
    """
    if is_code(text.strip()):
        return areas.filter(code=text.strip())
    words = words_of(text)
    if not words:
        return areas.none()
    start = "".join(words)
    runs = ["".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, len(words) + 1)]
    fit = Case(
        When(compact_name=start, then=Value(0)),
        When(compact_name__startswith=start, then=Value(1)),
        When(compact_name__in=runs, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return (
        areas.alias(compact_name=COMPACT_NAME, words=SEARCH_VECTOR, fit=fit)
        .filter(Q(compact_name__startswith=start) | Q(words=_query(words)))
        .order_by("fit", Length("code"), "compact_name", "code")
    )


def named(areas: "AreaQuerySet", text: str) -> list[str]:
    """Codes of the areas whose own name has each word of the text, or one that begins so; none for no word, nor for
    what nearly all are called."""
    words = [word for word in words_of(text) if word not in ("desa", "adat")]
    if not words:
        return []
    asked = " & ".join(f"{word}:*A" if len(word) > 1 else f"{word}:A" for word in words)
    found = areas.alias(words=SEARCH_VECTOR).filter(words=SearchQuery(asked, config="simple", search_type="raw"))
    return list(found.values_list("code", flat=True))


def suggest(areas: "AreaQuerySet", text: str, *, limit: int) -> "list[Area]":
    """At most `limit` areas for a type-ahead. As `search`, but what begins with the text is read off the index
    in its order, and words are only looked for if there is room left: two letters cost as little as ten."""
    words = words_of(text)
    if not words or is_code(text.strip()):
        return list(search(areas, text)[:limit])
    found: list[Area] = list(
        areas.alias(compact_name=COMPACT_NAME)
        .filter(compact_name__startswith="".join(words))
        .order_by("compact_name", Length("code"), "code")[:limit]
    )
    if len(found) < limit:
        known = [area.code for area in found]
        found.extend(search(areas.exclude(code__in=known), text)[: limit - len(found)])
    return found
