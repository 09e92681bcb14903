"""Names and numbers found by the beginnings of their words, off an index: no table is read from end to end.

indexes = (GinIndex(words_of("name"), name="provider_name_words"),)
Provider.objects.annotate(said=words_of("name")).filter(said=beginnings("cv rin"))
"""

from __future__ import annotations

import re
from typing import Final

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Func, TextField, Value

MOST_WORDS: Final = 6
_WORD = re.compile(r"[^\W_]+")


def words_of(column: str) -> SearchVector:
    """The words of a column, whatever parts them: "PT.Maju" and P2KTD/52.02/0017 have several."""
    parts = (F(column), Value(r"[^[:alnum:]]+"), Value(" "), Value("g"))
    return SearchVector(Func(*parts, function="regexp_replace", output_field=TextField()), config="simple")


def beginnings(text: str) -> SearchQuery | None:
    """Each typed word, or what begins so; None when no word is typed."""
    typed = _WORD.findall(text.lower())[:MOST_WORDS]
    if not typed:
        return None
    return SearchQuery(" & ".join(f"'{word}':*" for word in typed), config="simple", search_type="raw")
