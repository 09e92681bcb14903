"""Indexes, foreign keys and triggers, held off while rows come in by the million, and put back as they were.

To put a foreign key back is to check it: the database reads every row once instead of being asked at each.
Needs no more than to own the tables. Checks (CHECK, NOT NULL) and primary keys stay in force all the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY 1
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype
FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u', 'x') ORDER BY contype = 'f', 1, 2
"""
# A check over two tables that a trigger makes at each row, made here once over all of them.
WITHIN_HPS = """
SELECT count(*) FROM transactions_quotation q JOIN transactions_sourcing s ON s.id = q.sourcing_id
WHERE (q.negotiated_price IS NOT NULL OR q.state = 'won') AND coalesce(q.negotiated_price, q.price) > s.hps
"""


@contextmanager
def held(tables: list[str], say: Callable[[str], None]) -> Iterator[None]:
    """In a transaction: the tables without their indexes, foreign keys and triggers; afterwards with them."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end of the transaction is done now
        cursor.execute(CONSTRAINTS, [tables])
        constraints = cursor.fetchall()
        cursor.execute(INDEXES, [tables])
        indexes = cursor.fetchall()
        # Foreign keys first: they lean on unique constraints.
        for table, name, _, _ in sorted(constraints, key=lambda row: row[3] != "f"):
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table}")
        for _, definition in indexes:
            cursor.execute(definition)
        say(f"{len(indexes)} indexes put back")
        for table, name, definition, _ in constraints:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        say(f"{len(constraints)} constraints put back and checked")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(WITHIN_HPS)
        if (broken := cursor.fetchone()[0]) != 0:
            raise ValueError(f"{broken} quotations above their HPS")
        cursor.execute("UPDATE core_dataversion SET number = number + 1")
