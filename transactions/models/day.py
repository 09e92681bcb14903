"""Which day it is where a village lies, asked of many rows at once."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db.models import Q

from core.clock import local_today
from regions.models import TimeZone
from regions.scope import NOTHING


def by_day(path: str, test: Callable[[datetime.date], Q]) -> Q:
    """Rows that `test` finds for the day in their own zone; `path` is the lookup of their area.

    Most of the day all of the country has one date, and the area need not be joined.
    """
    days = {zone: local_today(zone) for zone in TimeZone.values}
    if len(set(days.values())) == 1:
        return test(next(iter(days.values())))
    found = NOTHING
    for zone, day in days.items():
        found |= Q(**{f"{path}__time_zone": zone}) & test(day)
    return found
