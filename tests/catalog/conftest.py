"""Imports stand inside: pytest may load this file before Django has its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.catalog.stage import Firm


@pytest.fixture
def areas(db: None) -> None:
    """The areas of tests/areas.py."""
    from tests.areas import load_areas

    load_areas()


@pytest.fixture
def rinjani(areas: None) -> Firm:
    """CV Rinjani of Lombok Tengah, in its regency's directory."""
    from tests.catalog import stage

    firm = stage.firm("CV Rinjani Karya")
    stage.list_in_directory(firm.provider)
    return firm


@pytest.fixture
def unlisted(areas: None) -> Firm:
    """A provider that no Pokja has listed yet."""
    from tests.catalog import stage

    return stage.firm("Yayasan Bina Warga")


@pytest.fixture(autouse=True)
def fresh_words() -> None:
    """Tests take their synonyms back without the number that says so: what a process keeps of them is read again."""
    from catalog.search.lexicon import forget

    forget()
