"""Deployment checks of this app. `manage.py check --database default` runs those that ask the database."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError, connections, router


@checks.register(checks.Tags.database)
def areas_are_loaded(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Without areas no one can sign up and nothing can be found, and nothing else says so."""
    from regions.models import Area

    alias = router.db_for_read(Area)
    if alias not in (databases or ()):
        return []
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT to_regclass('regions_area') IS NOT NULL")
            if not cursor.fetchone()[0]:
                return []  # not migrated yet: migrate says that itself
        loaded = Area.objects.using(alias).exists()
    except DatabaseError:
        return []  # another check tells of a database that is away
    if loaded:
        return []
    return [
        checks.Warning(
            "The table of administrative areas is empty.",
            hint="Run manage.py load_areas; it takes seconds and may be repeated.",
            id="regions.W001",
        )
    ]
