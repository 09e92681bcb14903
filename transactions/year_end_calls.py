"""Telling villages and regencies in time of orders that the end of the fiscal year leaves undecided: each step once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from core.workflow import Allowed, record
from regions.models import TimeZone
from transactions import year_end
from transactions.models.planning.carrying import YearEndCall
from transactions.models.planning.need import Need

Step = YearEndCall.Step


def call_all(now: dt.datetime) -> int:
    """How many calls were new. Safe to run twice, at once, or to be killed: each call is a transaction of its own."""
    said = 0
    regencies: Counter[tuple[str, int, str]] = Counter()
    for zone in TimeZone.values:
        for year, step in steps(now.astimezone(ZoneInfo(zone)).date()):
            for village, orders in undecided(zone, year, step):
                said += say(village, year, step, orders)
                regencies[village[:5], year, step] += orders
    return said + sum(say(area, year, step, orders) for (area, year, step), orders in regencies.items())


def steps(today: dt.date) -> Iterator[tuple[int, str]]:
    """The step that has come for each fiscal year; of two that were missed only the later."""
    if today >= year_end.last_call(today.year):
        yield today.year, Step.LAST
    elif today >= year_end.listed_from(today.year):
        yield today.year, Step.LISTED
    yield today.year - 1, Step.OVERDUE


def undecided(zone: str, year: int, step: str) -> list[tuple[str, int]]:
    """Villages of the zone with unfinished orders of that year that were not called yet, and how many."""
    called = YearEndCall.objects.filter(area=OuterRef("village"), fiscal_year=year, step=step)
    rows = Need.objects.unfinished().filter(~Exists(called), fiscal_year=year, village__time_zone=zone)
    return list(rows.order_by().values_list("village").annotate(n=Count("pk")).order_by("village"))


@transaction.atomic
def say(area: str, year: int, step: str, orders: int) -> bool:
    """Write the call and its notices together; False when another worker, or an earlier night, has."""
    call, new = YearEndCall.objects.get_or_create(
        area_id=area, fiscal_year=year, step=step, defaults={"orders": orders}
    )
    if new:
        record(call, "say", by=None, verdict=Allowed(), before="", note="", data={"orders": orders, "step": step})  # type: ignore[arg-type]
    return new
