"""Chance that repeats: dates, codes and choices follow from a row's number alone, in Python and in the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

MONTHS = 36
STRIDE = 589_325_113_247  # odd, so that no two numbers below 2**40 share a code
MASK = 2**40 - 1
HEX = "0123456789abcdef"
LETTERS = "23456789ABCDEFGH"

# Made for the session only. `at` is the moment of a step: the steps of one day follow each other from 8 to 16 WIB.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION pg_temp.dice(n bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (hashint8extended($1, $2) & 1073741823)::float8 / 1073741824 $$;
CREATE OR REPLACE FUNCTION pg_temp.upto(n bigint, salt int, lo int, hi float8) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT $3 + floor(pg_temp.dice($1, $2) * ($4 - $3 + 1))::int $$;
CREATE OR REPLACE FUNCTION pg_temp.code(n bigint, salt int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT translate(lpad(to_hex(($1 * {stride} + $2::bigint * 9176311) & {mask}), 10, '0'), '{hex}', '{letters}') $$;
CREATE OR REPLACE FUNCTION pg_temp.at(d int, step int, n bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT to_timestamp({epoch} + $1 * 86400::float8 + 3600 + $2 * 1200 + $3 % 15 * 60) $$;
CREATE OR REPLACE FUNCTION pg_temp.day(d int) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT date '{first}' + $1 $$;
"""


@dataclass(frozen=True)
class Span:
    """The three years that are told, up to (and without) a day. Days are numbered from the first one."""

    until: dt.date

    @cached_property
    def first(self) -> dt.date:
        months = self.until.year * 12 + self.until.month - 1 - MONTHS
        return dt.date(months // 12, months % 12 + 1, 1)

    @property
    def days(self) -> int:
        return (self.until - self.first).days

    @property
    def moment(self) -> dt.datetime:
        """Everything lies before it."""
        return dt.datetime.combine(self.until, dt.time(), dt.UTC)

    @property
    def epoch(self) -> int:
        return int(dt.datetime.combine(self.first, dt.time(), dt.UTC).timestamp())

    def prepare(self) -> None:
        """Make the session's functions."""
        values = {"stride": STRIDE, "mask": MASK, "hex": HEX, "letters": LETTERS, "epoch": self.epoch}
        with connection.cursor() as cursor:
            cursor.execute(FUNCTIONS.format(first=self.first.isoformat(), **values))


def code(number: int, salt: int) -> str:
    """The public code of a row, as `pg_temp.code` makes it."""
    return f"{(number * STRIDE + salt * 9_176_311) & MASK:010x}".translate(str.maketrans(HEX, LETTERS))


def coded(rows: Iterable[Any], salt: int, first: int) -> list[Any]:
    """The rows with codes by their number, so that the same arguments give the same data."""
    found = list(rows)
    for number, row in enumerate(found, start=first):
        row.code = code(number, salt)
    return found
