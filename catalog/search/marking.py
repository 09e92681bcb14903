"""The words found, shown in titles and summaries: by the stems of the search itself, so that "pelatihan" is marked in
"Melatih kader", and by every other way to say a term."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from catalog.search.lexicon import Lexicon, stems
from regions.naming import plain

_LETTER = r"[^\W_]"


def pattern(words: Iterable[str], texts: Iterable[str], lexicon: Lexicon) -> re.Pattern[str] | None:
    """What to mark in these texts; None when nothing is. At most one query, for words never seen before."""
    ways = {way for word in words for way in lexicon.said(word)}
    asked = set(stems(way for way in ways if " " not in way).values()) - {""}
    said = stems(plain(" ".join(texts)).split())
    found = [word for word, stem in said.items() if stem in asked]
    found += [way for way in ways if " " in way]
    if not found:
        return None
    spelled = (r"[\W_]+".join(word.split()) for word in sorted(found, key=len, reverse=True))
    return re.compile(rf"(?<!{_LETTER})({'|'.join(spelled)})(?!{_LETTER})", re.IGNORECASE)


def marked(text: str, what: re.Pattern[str]) -> SafeString:
    """The text, escaped, with what was found in <mark>."""
    parts = what.split(text)
    return mark_safe(  # noqa: S308  every part is escaped
        "".join(f"<mark>{escape(part)}</mark>" if n % 2 else str(escape(part)) for n, part in enumerate(parts))
    )


def mark(rows: Iterable[Any], words: Iterable[str], lexicon: Lexicon) -> None:
    """Give each row `marked_title` and `marked_summary`."""
    rows = list(rows)
    what = pattern(words, (text for row in rows for text in (row.title, row.summary)), lexicon)
    if what is not None:
        for row in rows:
            row.marked_title = marked(row.title, what)
            row.marked_summary = marked(row.summary, what)
