"""Imports stand inside: pytest may load this file before Django has its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.verification.stage import Stage


@pytest.fixture
def areas(db: None) -> None:
    """The areas of tests/areas.py."""
    from tests.areas import load_areas

    load_areas()


@pytest.fixture
def stage(areas: None) -> Stage:
    """The people of tests/verification/stage.py, and what they apply with."""
    from tests.verification.stage import Stage

    return Stage()


@pytest.fixture
def committed_stage(transactional_db: None) -> Stage:
    """The same, committed, for tests with threads; the default rules are written again after a flush."""
    from django.apps import apps

    from tests.areas import load_areas
    from tests.verification.stage import Stage, rules
    from verification.models import DocumentType

    load_areas()
    if not DocumentType.objects.exists():
        rules.fill(apps, None)
    return Stage()
