import pytest

from tests.areas import load_areas


@pytest.fixture
def areas(db: None) -> None:
    """The areas of tests/areas.py."""
    load_areas()
