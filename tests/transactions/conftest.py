"""Imports stand inside: pytest may load this file before Django has its settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.transactions.stage import Market


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    """Mails become rows, as in production."""
    settings.EMAIL_BACKEND = "core.mail.OutboxBackend"


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[Market]:
    """The people and services, made once for the module in a transaction that is taken back."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield place()
        transaction.set_rollback(True)


@pytest.fixture
def market(told: Market, db: None) -> Market:
    """What a test does to the market is taken back after it."""
    return told


@pytest.fixture
def committed_market(transactional_db: None) -> Market:
    """The same, committed, for tests with threads."""
    return place()


def place() -> Market:
    """Areas and defaults (a test with threads may have flushed what the migrations wrote), then the market."""
    import importlib

    from django.apps import apps

    from catalog.models import Category
    from tests.areas import load_areas
    from tests.transactions.stage import Market
    from transactions.models import ProcurementRule, TaxRate

    load_areas()
    if not Category.objects.exists():
        importlib.import_module("catalog.migrations.0002_default_categories").bring(apps, None)
    if not ProcurementRule.objects.exists():
        importlib.import_module("transactions.migrations.0002_default_rules").fill(apps, None)
    if not TaxRate.objects.filter(tax="pph42").exists():
        importlib.import_module("transactions.migrations.0022_tax_rates").fill(apps, None)
    return Market()
