"""Imports stand inside: pytest may load this file before Django has its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.verification.stage import Stage


@pytest.fixture
def areas(db: None) -> None:
    """The areas of tests/areas.py, and the default rules."""
    place()


@pytest.fixture
def stage(areas: None) -> Stage:
    """The people of tests/verification/stage.py, and what they apply with."""
    from tests.verification.stage import Stage

    return Stage()


@pytest.fixture
def committed_stage(transactional_db: None) -> Stage:
    """The same, committed, for tests with threads."""
    from tests.verification.stage import Stage

    place()
    return Stage()


def place() -> None:
    """Areas, and the rules that a migration wrote: a test with threads before this one has flushed them."""
    from django.apps import apps

    from tests.areas import load_areas
    from tests.verification.stage import rules
    from verification.models import DocumentType

    load_areas()
    if not DocumentType.objects.exists():
        rules.fill(apps, None)
