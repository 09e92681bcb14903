"""Shared by every test: the servers, and settings that only make tests faster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import servers

if TYPE_CHECKING:
    from tests.cast import Story
    from tests.transactions.stage import Market

servers.start()  # before Django reads its settings


def pytest_configure() -> None:
    from django.conf import settings

    # One of several processes of a run has read its settings before this file, from the environment of the first.
    settings.MEDIA_ROOT = Path(os.environ["MEDIA_ROOT"])
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # A test that is rolled back leaves no trace in the data's version; tests/core/test_kept.py keeps pages.
    settings.KEEP_PAGES = False
    # A test's data need not survive a power cut.
    settings.DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"


def pytest_unconfigure() -> None:
    servers.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database, and what brings its first rows back after a test that commits.

    At the end it goes, whoever of our threads and processes still holds a connection to it.
    """
    from django.db import connection

    from tests import emptying

    with django_db_blocker.unblock():
        emptying.remember()
    emptying.install()
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    """Mails become rows, as in production."""
    settings.EMAIL_BACKEND = "core.mail.OutboxBackend"


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


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[Market]:
    """The market's people and services, made once for the module in a transaction that is taken back."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield new_market()
        transaction.set_rollback(True)


@pytest.fixture
def market(told: Market, db: None) -> Market:
    """Who buys and sells in tests/transactions/stage.py; what a test does to them is taken back after it."""
    return told


@pytest.fixture
def committed_market(transactional_db: None) -> Market:
    """The same, committed, for tests with threads."""
    return new_market()


def new_market() -> Market:
    from tests.areas import load_areas
    from tests.transactions.stage import Market

    load_areas()
    return Market()
