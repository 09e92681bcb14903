"""Imports stand inside: pytest may load this file before Django has its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.accounts.stage import Cast


@pytest.fixture
def areas(db: None) -> None:
    """The areas of tests/areas.py."""
    from tests.areas import load_areas

    load_areas()


@pytest.fixture
def cast(areas: None) -> Cast:
    """The people of tests/accounts/stage.py."""
    from tests.accounts.stage import Cast

    return Cast()


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """The same people, committed, for tests with threads."""
    from tests.accounts.stage import Cast
    from tests.areas import load_areas

    load_areas()
    return Cast()
