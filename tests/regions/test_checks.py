"""The check that tells of a database without areas."""

import pytest
from django.core.checks import run_checks

from tests.areas import load_areas


def ids():
    return [
        message.id for message in run_checks(databases=["default"]) if message.id and message.id.startswith("regions")
    ]


@pytest.mark.django_db
def test_an_empty_table_of_areas_is_told_of_until_they_are_loaded():
    assert ids() == ["regions.W001"]
    load_areas()
    assert ids() == []


def test_without_a_database_nothing_is_asked():
    assert [message.id for message in run_checks() if message.id == "regions.W001"] == []
