"""One site for each module: with the demo story, or as a new deployment finds it. Django is ready only inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.site import Site


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """The site with the demo story."""
    from django.core.management import call_command

    from tests.areas import load_areas
    from tests.browser.site import opened_site

    def prepare() -> None:
        load_areas()
        call_command("demo", verbosity=0)

    with django_db_blocker.unblock(), opened_site(prepare, demo=True) as site:
        yield site
