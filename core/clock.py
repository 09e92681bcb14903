"""The clocks that all go by: the database's for moments, a place's for its days, Jakarta's for the country's."""

import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from core.formats import WIB, zone_of


def database_now() -> datetime.datetime:
    """The moment by PostgreSQL's clock (not the transaction's start), the same for every process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def today() -> datetime.date:
    """The date in Jakarta, by which what holds in the whole country begins and ends: roles, listings, settings."""
    return local_today(WIB)


def local_today(place: Any) -> datetime.date:
    """The date there: an area, a zone or its name. In Jayapura the day begins two hours before Jakarta's."""
    return timezone.now().astimezone(zone_of(place)).date()
