"""Kemendagri area codes as text: 52, 52.02, 52.02.04, 52.02.04.2001.

A territory is a code; what lies in it is decided by whole dotted parts, never by a bare string
prefix: 32.0 holds nothing, 32.02 holds 32.02.01 and not 32.021 (reliability finding 6).
"""

import re
from collections.abc import Iterable
from typing import Final

# The whole country is a territory of its own, said by name. It is never an empty string or None:
# whoever forgets to fill in a territory must see nothing, not everything.
NATION: Final = "INDONESIA"

# Lengths of a code at each level: province, regency, district, village.
LENGTHS: Final = (2, 5, 8, 13)

_SHAPE = re.compile(r"[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?", re.ASCII)


def is_code(text: object) -> bool:
    """Has this the shape of an area code? Says nothing of whether the area exists."""
    return isinstance(text, str) and _SHAPE.fullmatch(text) is not None


def contains(territory: str, code: str) -> bool:
    """Does the territory (a code or NATION) hold this code, by whole dotted parts?"""
    if not is_code(code):
        return False
    if territory == NATION:
        return True
    return is_code(territory) and (code == territory or code.startswith(territory + "."))


def ancestors_of(code: str) -> list[str]:
    """The codes above this one, nearest first: 52.02.04.2001 gives 52.02.04, 52.02, 52."""
    return [code[:length] for length in reversed(LENGTHS) if length < len(code)]


def as_set(codes: str | Iterable[str] | None) -> frozenset[str]:
    """One code or several, as a set. A lone string is one code, not its letters."""
    if codes is None:
        return frozenset()
    if isinstance(codes, str):
        codes = (codes,)
    return frozenset(codes)


def outermost(codes: str | Iterable[str] | None) -> list[str]:
    """The well-shaped codes, without those that lie inside another of them, in order.

    NATION swallows all. What has not the shape of a code is dropped: it can match nothing.
    """
    given = as_set(codes)
    if NATION in given:
        return [NATION]
    shaped = {code for code in given if is_code(code)}
    return sorted(code for code in shaped if not any(above in shaped for above in ancestors_of(code)))
