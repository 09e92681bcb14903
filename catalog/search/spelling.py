"""The known word that a typed one is nearest to, by a table of words, never by the services.

Each known word is kept under what is left of its beginning when one or two letters are left out; so is the typed word
looked up. Two words that share such a key differ little, and only those few are compared letter by letter (the idea is
Garbe's symmetric delete). Letters that changed places count once; a doubled letter counts half.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Final

# Keys are made of the beginning: long words have no more of them than short ones.
BEGINNING: Final = 7
# Shorter words are too near to each other to guess.
SHORTEST: Final = 4
MOST_CANDIDATES: Final = 150
# A known word gives way only to one that is so much more usual.
MORE_USUAL: Final = 20


@dataclass(frozen=True, slots=True)
class Known:
    """A word that services use, and how many."""

    text: str
    services: int


def reach(word: str) -> int:
    """How many letters may be wrong in a word of this length."""
    if len(word) < SHORTEST or word.isdigit():
        return 0
    return 1 if len(word) < 7 else 2


def keys(word: str) -> list[str]:
    """What a word is looked up by: its beginning without any one or two letters; for short words without one."""
    start, most = word[:BEGINNING], reach(word)
    if not most:
        return []
    found = {start}
    for gone in range(1, most + 1):
        for kept in combinations(start, len(start) - gone):
            found.add("".join(kept))
    return sorted(found)


def distance(one: str, other: str, *, most: int) -> float:
    """Letters added, missing, wrong or changed places; half for a doubled one. More than `most` is said as most + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[float] = []
    row: list[float] = [float(n) for n in range(len(other) + 1)]
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [float(i)]
        for j, against in enumerate(other, 1):
            drop = 0.5 if i > 1 and letter == one[i - 2] else 1.0
            add = 0.5 if j > 1 and against == other[j - 2] else 1.0
            cost = min(before[j] + drop, row[j - 1] + add, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def nearest(word: str, known: Iterable[Known], *, own: int = 0) -> list[Known]:
    """Those within reach, the likeliest first. `own` is how many services use the typed word itself."""
    most = reach(word)
    found = []
    for each in known:
        if each.text == word or each.services < own * MORE_USUAL:
            continue
        far = distance(word, each.text, most=most)
        if far <= most:
            found.append((far + (0.5 if each.text[0] != word[0] else 0), -each.services, each.text, each))
    return [each for *_, each in sorted(found, key=lambda row: row[:3])]
