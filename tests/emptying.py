"""Tests with committed rows (threads) end by emptying every table. What the migrations put there comes back,
so that no later test misses a default, nor a second run with --reuse-db; and the append-only tables let it happen.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

# Django fills these again by itself.
REFILLED = ("django_content_type", "auth_permission", "django_migrations")

rows: dict[str, bytes] = {}


def remember() -> None:
    """Keep what the migrations left in the tables, once the database stands."""
    for table in connection.introspection.table_names():
        if table in REFILLED:
            continue
        with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
            content = b"".join(bytes(chunk) for chunk in copy)
        if content:
            rows[table] = content


def refill() -> None:
    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are asked at the end
        for table, content in rows.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(content)


def install() -> None:
    """Put both into what ends such a test. `TestCase` has an end of its own, which rolls back."""
    empty = TransactionTestCase._fixture_teardown

    def switch(word: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only_table'")
            for (table,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} {word} TRIGGER append_only_table")

    def teardown(self: TransactionTestCase) -> None:
        switch("DISABLE")
        try:
            empty(self)
        finally:
            switch("ENABLE")
        refill()

    TransactionTestCase._fixture_teardown = teardown
