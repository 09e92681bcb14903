"""The words that services say, counted: what suggestions, spelling and near terms are made of.

Who publishes a service adds the words that are new (`learn`); at night a task counts anew and forgets what is no longer
said (`recount`). The table is bounded, so a question to it costs the same at a million services.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db import connection
from django.db.models import Q

from catalog.search import spelling
from catalog.search.lexicon import Lexicon, bare, lexicon, stop_words
from catalog.search.spelling import Known
from regions.naming import plain

MOST_WORDS: Final = 30_000
MOST_PHRASES: Final = 10_000
LONGEST_WORD: Final = 40
LONGEST_PHRASE: Final = 4  # words
LONGEST_TERM: Final = 80  # letters
# While counting: more different phrases than this are thinned out.
MOST_COUNTED: Final = 300_000
# Below so many services a phrase of one title is worth suggesting.
FEW_SERVICES: Final = 2_000
BATCH: Final = 2_000
# To choose some lines of different topics from.
MOST_LOOKED_AT: Final = 200
_WRITTEN = re.compile(r"[^\W_]+")

_LEARN = """
    INSERT INTO catalog_term (text, shown, services, keys) VALUES (%s, %s, 1, %s) ON CONFLICT DO NOTHING
"""
_COUNT = """
    INSERT INTO catalog_term (text, shown, services, keys) VALUES (%s, %s, %s, %s)
    ON CONFLICT (text) DO UPDATE SET services = excluded.services, shown = excluded.shown
    WHERE (catalog_term.services, catalog_term.shown) <> (excluded.services, excluded.shown)
"""


def _is_word(word: str) -> bool:
    return 1 < len(word) <= LONGEST_WORD and not word.isdigit()


# --- keeping ----------------------------------------------------------------------------------------------
def learn(words: Lexicon, texts: Iterable[str]) -> None:
    """Add the words of a service that no other has said. In one order, so that two writers never wait in a circle."""
    said = {word for text in texts for word in words.indexed_text(text).split() if _is_word(word)}
    said -= stop_words()
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM catalog_term WHERE text = ANY(%s)", [list(said)])
        new = sorted(said - {text for (text,) in cursor.fetchall()})
        if new:
            cursor.executemany(_LEARN, [(word, word, spelling.keys(word)) for word in new])


def recount() -> int:
    """Count the words of all open services anew, forget the rest; how many words and phrases there are."""
    said = _counted()
    least = 1 if said.services < FEW_SERVICES else 2
    words = dict(said.words.most_common(MOST_WORDS)) | {word: said.words[word] for word in said.ways}
    rows = [(text, text, n, spelling.keys(text)) for text, n in words.items()]
    often = said.whole_phrases().most_common(MOST_PHRASES)
    rows += [(text, said.written[text], n, []) for text, n in often if n >= least and len(text) <= LONGEST_TERM]
    rows.sort()
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            cursor.executemany(_COUNT, rows[start : start + BATCH])
        cursor.execute("DELETE FROM catalog_term WHERE NOT (text = ANY(%s))", [[row[0] for row in rows]])
    return len(rows)


@dataclass
class _Said:
    """How many services there are, how many say each word, and each phrase in their title."""

    services: int = 0
    words: Counter[str] = field(default_factory=Counter)
    phrases: Counter[str] = field(default_factory=Counter)
    written: dict[str, str] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)
    ways: set[str] = field(default_factory=set)

    def whole_phrases(self) -> Counter[str]:
        """Without those that always go on: "pelatihan pengelolaan BUM" where "Desa" always follows."""
        found = self.phrases.copy()
        for text, n in self.phrases.items():
            if self.phrases.get(begun := text.rpartition(" ")[0]) == n:
                found.pop(begun, None)
        return found

    def thin_out(self) -> None:
        """Titles that differ in every word must not fill the memory."""
        if len(self.phrases) > MOST_COUNTED:
            self.phrases = Counter({text: n for text, n in self.phrases.items() if n > 1})
            self.written = {text: self.written[text] for text in self.phrases}


def _counted() -> _Said:
    from catalog.models import Service

    known, said = lexicon(), _Said()
    texts = ("title", "summary", "deliverables", "description", "category__name", "provider__name")
    for title, *rest in Service.objects.open().order_by().values_list(*texts).iterator(chunk_size=BATCH):
        words = set(bare(" ".join([title, *rest])))
        said.terms.update(term for term, is_term in known.terms(f"{title} {rest[0]}") if is_term)
        said.services += 1
        said.words.update(word for word in words if _is_word(word))
        phrases = phrases_of(title)
        said.phrases.update(phrases.keys())
        for text, written in phrases.items():
            said.written.setdefault(text, written)
        said.thin_out()
    for way in (way for term in said.terms for way in known.said(term)):
        for word in filter(_is_word, bare(way)):  # may be typed, and mistyped, though no service says it so
            said.words.setdefault(word, 1)
            said.ways.add(word)
    return said


def phrases_of(title: str) -> dict[str, str]:
    """Two to four words that stand together and neither begin nor end with one that joins: plain -> as written."""
    written = [word for word in _WRITTEN.findall(title) if plain(word)]
    words = [plain(word).replace(" ", "") for word in written]
    joins = stop_words() - {"desa"}
    return {
        " ".join(words[start : start + length]): " ".join(written[start : start + length])
        for length in range(2, LONGEST_PHRASE + 1)
        for start in range(len(words) - length + 1)
        if words[start] not in joins and words[start + length - 1] not in joins
    }


# --- asking -----------------------------------------------------------------------------------------------
def known_words(words: Iterable[str]) -> dict[str, int]:
    """How many services say each of these words; only those that some do. At most two queries."""
    asked = list(dict.fromkeys(words))
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, services FROM catalog_term WHERE text = ANY(%s)", [asked])
        found = dict(cursor.fetchall())
        if others := [word for word in asked if word not in found]:  # another form of the word, or a rare one
            cursor.execute(
                "SELECT word FROM unnest(%s::text[]) word WHERE EXISTS (SELECT FROM catalog_service "
                "WHERE state = 'published' AND search @@ plainto_tsquery('indonesian', word))",
                [others],
            )
            found |= {word: 1 for (word,) in cursor.fetchall()}
    return found


def candidates(words: Iterable[str]) -> list[Known]:
    """Known words that differ little from one of these; one query."""
    keys = sorted({key for word in words for key in spelling.keys(word)})
    if not keys:
        return []
    return _known(Q(keys__overlap=keys), spelling.MOST_CANDIDATES)


def nearest_of(words: Iterable[str], most: int = 3) -> list[Known]:
    """The known words nearest to each of these; one query."""
    asked = list(words)
    near = candidates(asked)
    return [each for word in asked for each in spelling.nearest(word, near)[:most]]


def beginning_with(start: str, limit: int, *, phrases: bool = False) -> list[Known]:
    """Known words (or also phrases) that begin so, the most usual first; one query, off the table's key."""
    return _known(_within(start) if phrases else _within(start) & ~Q(text__contains=" "), limit)


def shown_beginning_with(start: str, limit: int) -> list[str]:
    """Words and phrases that begin so, as titles write them, the most usual first; one query.

    Phrases that only go on from one another ("bank sampah", "bank sampah desa") are one line.
    """
    from catalog.models import Term

    rows = Term.objects.filter(_within(start)).order_by("-services", "text")[:MOST_LOOKED_AT]
    found: list[str] = []
    for text, shown in _topics_first(list(rows.values_list("text", "shown", "services"))):
        if len(found) == limit:
            break
        if " " not in text or not any(nested(text, plain(each)) for each in found if " " in each):
            found.append(shown)
    return found


def _topics_first(rows: list[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """(text, as shown): words, and of phrases that share two words the longest that half of the usual say; then the
    other phrases."""
    families: dict[str, list[tuple[str, str, int]]] = {}
    for row in rows:
        families.setdefault(" ".join(row[0].split()[:2]), []).append(row)
    first = [
        max((row for row in family if 2 * row[2] >= family[0][2]), key=lambda row: (row[0].count(" "), row[2]))
        for family in families.values()
    ]
    return [(text, shown) for text, shown, _ in dict.fromkeys([*first, *rows])]


def nested(one: str, other: str) -> bool:
    """Whether one of two plain texts is the beginning of the other, or the same."""
    short, long = sorted((one, other), key=len)
    return f"{long} ".startswith(f"{short} ")


def _within(start: str) -> Q:
    return Q(text__gte=start, text__lt=start + "{")  # "{" is the character after "z"


def _known(condition: Q, limit: int) -> list[Known]:
    from catalog.models import Term

    rows = Term.objects.filter(condition).order_by("-services", "text")[:limit]
    return [Known(text, services) for text, services in rows.values_list("text", "services")]
