import pytest


@pytest.fixture
def areas(db: None) -> None:
    """The areas of tests/areas.py."""
    from tests.areas import load_areas  # not before Django is set up

    load_areas()
