"""The statement behind a list of services, put together from parts that the ORM wrote once.

Each filter says in the ORM which services it lets through, as everywhere. But to build and compile such a query costs
ten times what the database needs to answer it, and the same few hundred parts (this category, that regency, whoever
stands in a directory today) make up all the questions of a day. So each part is compiled once and remembered as text
with its parameters; a question is their conjunction, in a frame that was compiled once as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, Expression, F, QuerySet

from catalog.models import Service

HOLE: Final = "/* parts */ TRUE"


@dataclass(frozen=True, slots=True)
class Part:
    """A condition on rows of services, and of what their frame joins."""

    sql: str
    params: tuple[Any, ...] = ()

    @classmethod
    def of(cls, rows: QuerySet[Any]) -> Part:
        """What this queryset of services lets through."""
        query = rows.query
        if more := {alias for alias, uses in query.alias_refcount.items() if uses} - _joined():
            raise ValueError(f"a part of a list may not join {sorted(more)}")
        try:
            sql, params = query.get_compiler(DEFAULT_DB_ALIAS).compile(query.where)
        except EmptyResultSet:
            return NOTHING
        except FullResultSet:
            return EVERYTHING
        return cls(sql, tuple(params))


EVERYTHING, NOTHING = Part("TRUE"), Part("FALSE")


class _Hole(Expression):
    """Stands in a frame where the parts come."""

    conditional = True
    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return HOLE, []


def joined(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With the tables that parts may speak of."""
    return rows.select_related("provider")


@lru_cache(1)
def _joined() -> frozenset[str]:
    query = joined(Service.objects.all()).query
    query.get_compiler(DEFAULT_DB_ALIAS).pre_sql_setup()
    return frozenset(query.alias_map)


@lru_cache(64)
def _frame(make: Callable[[QuerySet[Any]], QuerySet[Any]]) -> tuple[str, str]:
    """The statement that `make` writes, before and after its conditions."""
    sql, params = make(joined(Service.objects.filter(_Hole()))).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    if params:
        raise ValueError("a frame is the same for every question: it has no parameters")
    before, after = sql.split(HOLE)
    return before.replace("%", "%%"), after.replace("%", "%%")


def ask(make: Callable[[QuerySet[Any]], QuerySet[Any]], parts: Iterable[Part], *, limit: int = 0) -> list[Any]:
    """The rows, as tuples, of the statement that `make` writes, where all parts hold."""
    before, after = _frame(make)
    every = tuple(parts)
    sql = f"{before}{' AND '.join(f'({part.sql})' for part in every) or 'TRUE'}{after}"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {limit:d}" if limit else sql, [value for part in every for value in part.params])
        return cursor.fetchall()


def column(field: str) -> str:
    """A column of services as a statement names it."""
    quote = connection.ops.quote_name
    own: Any = Service._meta.get_field(field)
    return f"{quote(Service._meta.db_table)}.{quote(own.column)}"


def beyond(field: str, key: tuple[Any, str], *, downwards: bool) -> Part:
    """Rows behind this value and code: an index on both is entered at the key."""
    sign = "<" if downwards else ">"
    value = key[0]
    typed = "::timestamptz" if isinstance(value, dt.datetime) else ""
    return Part(f"({column(field)}, {column('code')}) {sign} (%s{typed}, %s)", (value, key[1]))


def ordering(field: str, *, downwards: bool) -> list[Any]:
    """By this field, equals by code."""
    return [F(field).desc(), F("code").desc()] if downwards else [F(field).asc(), F("code").asc()]
