"""Imports stand inside: pytest may load this file before Django has its settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.verification.stage import Stage


@pytest.fixture
def areas(db: None) -> None:
    """The areas of tests/areas.py; the default rules are there from the migrations."""
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


@pytest.fixture
def own_store(settings: Any, tmp_path: Path) -> None:
    """A store of one's own, to look into: tests in other processes write to the common one at the same time."""
    settings.MEDIA_ROOT = tmp_path


def place() -> None:
    """The areas of tests/areas.py."""
    from tests.areas import load_areas

    load_areas()
