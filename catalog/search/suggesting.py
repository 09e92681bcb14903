"""What a search box offers while somebody types: phrases and words that services use, and categories.

Everything comes from small tables, and an answer is the same for everybody: it is kept in the cache for ten minutes.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.cache import cache
from django.urls import reverse
from django.utils.http import urlencode

from catalog.search import spelling, vocabulary
from regions.naming import plain

SHORTEST: Final = 2
LONGEST: Final = 40
MOST: Final = 8
MOST_CATEGORIES: Final = 2
KEEP_SECONDS: Final = 600


def suggest(typed: str) -> list[dict[str, str]]:
    """At most eight: `teks`, `jenis` ("kata" or "kategori"), `url`. Empty for less than two letters."""
    text = plain(typed)[:LONGEST].strip()
    if len(text) < SHORTEST:
        return []
    key = f"saran:{text.replace(' ', '_')}"
    found = cache.get(key)
    if found is None:
        found = _found(text)
        cache.set(key, found, KEEP_SECONDS)
    return found


def _found(text: str) -> list[dict[str, str]]:
    services = reverse("services")
    words = [
        {"teks": words, "jenis": "kata", "url": f"{services}?{urlencode({'q': words})}"} for words in _phrases(text)
    ]
    categories = [
        {"teks": name, "jenis": "kategori", "url": f"{services}{query}"} for name, query in categories_named(text)
    ]
    return [*words[: MOST - len(categories)], *categories]


def _phrases(text: str) -> list[str]:
    """What begins so; else the last word completed; else the nearest known word."""
    whole = vocabulary.shown_beginning_with(text, MOST)
    if len(whole) >= MOST // 2:
        return whole
    before, _, last = text.rpartition(" ")
    endings: list[str] = []
    if before:
        ended = [f"{before} {each}" for each in vocabulary.shown_beginning_with(last, MOST)]
        known = [plain(each) for each in whole]
        endings = [each for each in ended if not any(vocabulary.nested(plain(each), other) for other in known)]
    if not whole and not endings and spelling.reach(last):
        near = spelling.nearest(last, vocabulary.candidates([last]))[: MOST // 2]
        endings = [f"{before} {each.text}".strip() for each in near]
    return list(dict.fromkeys([*whole, *endings]))[:MOST]


def categories_named(text: str) -> list[tuple[str, str]]:
    """(name, query of the list) of categories and subcategories one of whose words begins like the last one typed."""
    from catalog.models import Category, Subcategory

    last = text.rsplit(maxsplit=1)[-1]
    if len(last) <= SHORTEST:
        return []
    known: list[tuple[Any, str]] = [
        (row, f"?{urlencode({'kategori': row.key})}") for row in Category.objects.active()
    ] + [
        (row, f"?{urlencode({'kategori': row.category.key, 'sub': row.key})}")
        for row in Subcategory.objects.active().filter(category__active=True).select_related("category")
    ]
    found = [
        (row.name, query) for row, query in known if any(word.startswith(last) for word in plain(row.name).split())
    ]
    return found[:MOST_CATEGORIES]
