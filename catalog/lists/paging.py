"""Paging by key: a page begins after a row, not after a number of rows, so page 4,000 costs what page 1 costs.

The address says after (or before) which row: `?sesudah=12500000~7K2M9QXRDT` is the value sorted by and the code
that parts equals. Something else in its place shows the first page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

AFTER: Final = "sesudah"
BEFORE: Final = "sebelum"
# Counting stops here: nobody reads more than "lebih dari 1.000".
COUNTED: Final = 1_000

_CODE = re.compile(r"[2-9A-Z]{1,16}", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Sort:
    """One way to sort: `field` (then code), and what kind of value it holds: int, datetime or str."""

    label: str
    field: str
    kind: type = int
    descending: bool = True

    def token(self, row: Any) -> str:
        value = row.sorted_by if hasattr(row, "sorted_by") else getattr(row, self.field)
        if self.kind is dt.datetime:
            value = (value - _EPOCH) // dt.timedelta(microseconds=1)
        return f"{value}~{row.code}"

    def read(self, token: str) -> tuple[Any, str] | None:
        """Value and code that an address names; None for what no page of ours has written."""
        text, _, code = token.rpartition("~")
        if not _CODE.fullmatch(code) or not text or len(text) > 200:
            return None
        if self.kind is str:
            return text, code
        if not _WHOLE.fullmatch(text):
            return None
        if self.kind is int:
            return int(text), code
        try:
            return _EPOCH + dt.timedelta(microseconds=int(text)), code
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True)
class KeyPage:
    """The rows of a page and the addresses of its neighbours, empty where there is none."""

    rows: list[Any] = field(default_factory=list)
    previous_url: str = ""
    next_url: str = ""

    @property
    def is_several(self) -> bool:
        """Is there something to compare?"""
        return len(self.rows) > 1

    @property
    def is_whole(self) -> bool:
        """Is this all there is?"""
        return not self.previous_url and not self.next_url


def is_beyond(query: QueryDict) -> bool:
    """Does this address ask for a page that is not the first?"""
    return bool(query.get(AFTER) or query.get(BEFORE))


# The rows behind a key (from the start without one), downwards or upwards, at most so many.
Fetch = Callable[[tuple[Any, str] | None, bool, int], list[Any]]


def page_of(rows: QuerySet[Any], query: QueryDict, sort: Sort, *, size: int = 20) -> KeyPage:
    """The page of these rows that the address asks for; one query."""

    def fetch(key: tuple[Any, str] | None, downwards: bool, most: int) -> list[Any]:
        order = [F(sort.field).desc(), F("code").desc()] if downwards else [F(sort.field).asc(), F("code").asc()]
        found = rows.order_by(*order)
        return list((found.filter(_beyond(sort.field, key, downwards=downwards)) if key else found)[:most])

    return key_page(fetch, query, sort, size=size)


def key_page(fetch: Fetch, query: QueryDict, sort: Sort, *, size: int = 20) -> KeyPage:
    """The page that the address asks for, by whatever fetches rows."""
    after = sort.read(query.get(AFTER, ""))
    before = None if after else sort.read(query.get(BEFORE, ""))
    backwards = before is not None
    found = fetch(after or before, sort.descending != backwards, size + 1)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return KeyPage()
    has_previous, has_next = (more, True) if backwards else (after is not None, more)
    return KeyPage(
        found,
        _address(query, BEFORE, sort.token(found[0])) if has_previous else "",
        _address(query, AFTER, sort.token(found[-1])) if has_next else "",
    )


def _beyond(name: str, key: tuple[Any, str], *, downwards: bool) -> Q:
    """Rows behind `key`, written so that an index on (field, code) is entered at the key."""
    value, code = key
    side = "lt" if downwards else "gt"
    return Q(**{f"{name}__{side}e": value}) & (Q(**{f"{name}__{side}": value}) | Q(**{f"code__{side}": code}))


def _address(query: QueryDict, name: str, token: str) -> str:
    """The same list (filters, words, sort) from another row on."""
    other = query.copy()
    for key in list(other):
        if key in (AFTER, BEFORE) or not other[key]:
            del other[key]
    other[name] = token
    return f"?{other.urlencode()}"


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, honestly: exactly up to 1,000, "lebih dari 1.000" beyond."""

    number: int

    @property
    def capped(self) -> bool:
        return self.number > COUNTED

    def __str__(self) -> str:
        return "Lebih dari 1.000" if self.capped else f"{self.number:,}".replace(",", ".")


def count_of(rows: QuerySet[Any], page: KeyPage) -> Count:
    """Counted only if the page does not already show it; never beyond the cap."""
    if page.is_whole and page.rows:
        return Count(len(page.rows))
    return Count(rows.order_by().values("pk")[: COUNTED + 1].count())
