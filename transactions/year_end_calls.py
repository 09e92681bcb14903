"""Telling villages and regencies in time of orders that the end of the fiscal year leaves undecided: each step once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef
from django.db.models.functions import Left

from core.workflow import Allowed, record
from regions.codes import LENGTHS
from regions.models import TimeZone
from transactions import year_end
from transactions.models.planning.carrying import YearEndCall
from transactions.models.planning.need import Need

Step = YearEndCall.Step
REGENCY = LENGTHS[1]  # of a regency's code, with which those of its villages begin


def call_all(now: dt.datetime) -> int:
    """How many calls were new. Safe to run twice, at once, or to be killed: each call is a transaction of its own."""
    said, come = 0, set()
    for zone in TimeZone.values:
        for year, step in steps(now.astimezone(ZoneInfo(zone)).date()):
            come.add((year, step))
            said += sum(say(village, year, step, orders) for village, orders in undecided(zone, year, step))
    for year, step in sorted(come):
        said += sum(say(regency, year, step, orders) for regency, orders in over_them(year, step))
    return said


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


def over_them(year: int, step: str) -> list[tuple[str, int]]:
    """Regencies of called villages that were not called themselves, and how many orders all their villages have
    undecided: counted now, whichever night each village was called."""
    calls = YearEndCall.objects.filter(fiscal_year=year, step=step).annotate(regency=Left("area", REGENCY))
    waiting = calls.exclude(regency__in=calls.filter(area=F("regency")).values("regency")).values("regency")
    rows = Need.objects.unfinished().filter(fiscal_year=year).annotate(regency=Left("village", REGENCY))
    rows = rows.filter(regency__in=waiting).order_by("regency")
    return list(rows.values_list("regency").annotate(n=Count("pk")))


@transaction.atomic
def say(area: str, year: int, step: str, orders: int) -> bool:
    """Write the call and its notices together; False when another worker, or an earlier night, has."""
    call, new = YearEndCall.objects.get_or_create(
        area_id=area, fiscal_year=year, step=step, defaults={"orders": orders}
    )
    if new:
        record(call, "say", by=None, verdict=Allowed(), before="", note="", data={"orders": orders, "step": step})  # type: ignore[arg-type]
    return new
