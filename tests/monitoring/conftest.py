from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.monitoring.office import Office


@pytest.fixture
def areas(db: None) -> None:
    """The areas of tests/areas.py."""
    from tests.areas import load_areas  # not before Django is set up

    load_areas()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    """Areas, people and two months of work, once for the module, in a transaction that is taken back."""
    import time_machine
    from django.db import transaction

    from monitoring import rollup
    from tests.areas import load_areas
    from tests.monitoring.office import NOW, Office, work

    with django_db_blocker.unblock(), transaction.atomic():
        load_areas()
        with time_machine.travel(NOW, tick=True):
            people = Office()
            work()
            rollup.refresh()
        yield people
        transaction.set_rollback(True)


@pytest.fixture
def office(world: Office, db: None) -> Iterator[Office]:
    """Everyone, on 20 November 2026, with two months of work behind them."""
    import time_machine

    from tests.monitoring.office import NOW

    with time_machine.travel(NOW, tick=True):
        yield world
