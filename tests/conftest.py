"""Shared by every test: the servers, and settings that only make tests faster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests import servers

if TYPE_CHECKING:
    from tests.cast import Story

servers.start()  # before Django reads its settings


def pytest_configure() -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # A test's data need not survive a power cut.
    settings.DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"


def pytest_unconfigure() -> None:
    servers.stop()


def pytest_sessionstart() -> None:
    """Tests with committed rows end by emptying every table; the append-only ones must let them, then."""
    from django.db import connection
    from django.test import TransactionTestCase

    empty = TransactionTestCase._fixture_teardown  # TestCase has its own, which rolls back

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

    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """The demo story, told once for the module in a transaction that is taken back. Tests of it use `db` too."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction

    from tests.areas import load_areas
    from tests.cast import Story

    with django_db_blocker.unblock(), transaction.atomic():
        load_areas()
        demo, settings.DEMO = settings.DEMO, True
        call_command("demo", verbosity=0)
        settings.DEMO = demo
        yield Story()
        transaction.set_rollback(True)
