"""Rows by the million, made in the server itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

Say = Callable[[str], None]


def run(statement: str, **values: Any) -> int:
    """One statement; how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def run_all(statements: dict[str, str], say: Say, **values: Any) -> int:
    """One after the other, telling what each took; how many rows they wrote."""
    rows = 0
    for name, statement in statements.items():
        with step(name, say) as count:
            count(made := run(statement, **values))
        rows += made
    return rows


def words(choices: type[models.TextChoices]) -> str:
    """The labels by their keys, as JSON."""
    return json.dumps({key: str(label) for key, label in choices.choices})


def copied(model: type[models.Model], rows: Iterable[Any]) -> list[Any]:
    """The rows with keys after the last, written by COPY: a third of what bulk_create costs."""
    made = list(rows)
    for key, row in enumerate(made, start=last(model) + 1):
        if row.pk is None:
            row.pk = key
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as target:
        for row in made:
            target.write_row([field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields])
    return made


def last(model: type[models.Model]) -> int:
    """The highest key in use."""
    return int(model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0)


@contextmanager
def step(what: str, say: Say) -> Iterator[Callable[[int], None]]:
    """Says how long it took, and how many rows a second."""
    began, counted = time.monotonic(), [0]
    yield counted.append
    took, rows = time.monotonic() - began, sum(counted)
    say(f"{what}: {rows:,} rows in {took:.1f} s ({rows / max(took, 0.001):,.0f} a second)" if rows else
        f"{what} in {took:.1f} s")  # fmt: skip


def restart_sequences(tables: list[str]) -> None:
    """Keys given by the database go on after the last one that was written here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attrelid::regclass::text FROM pg_attribute"
            " WHERE attrelid = ANY(%s::regclass[]) AND attname = 'id' AND attidentity <> ''",
            [tables],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table}"  # noqa: S608
            )
