"""What beat starts, and the work behind a report. Each is safe to run twice, at once, or to be killed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import documents as printed
from core.clock import today
from core.jobs import job
from monitoring import rollup
from monitoring.documents import print_report
from monitoring.models import MonthlyFigure, Report
from monitoring.period import Period, previous_month
from monitoring.progress import at_step
from monitoring.reports import snapshot_of
from regions.codes import LENGTHS
from regions.models import Area, Level


@shared_task
def refresh_rollups() -> None:
    """Every five minutes: the figures that new events touched."""
    rollup.refresh()


@shared_task
def close_month() -> None:
    """Every night: the reports of the month that has ended, where they are still missing."""
    rollup.refresh(wait=True)
    close(timezone.now())


def close(now: dt.datetime) -> int:
    """Ask for the final report of last month of each regency at work, then of its province; how many were new."""
    zones = rollup.regency_zones()
    last = previous_month(min((now.astimezone(zone).date() for zone in zones.values()), default=today()))
    active = (
        MonthlyFigure.objects.filter(month=last)
        .filter(Q(villages_verified__gt=0) | Q(providers__gt=0))
        .values_list("regency_id", flat=True)
    )
    regencies = sorted(active)
    provinces = sorted({code[: LENGTHS[0]] for code in regencies})
    have = set(Report.objects.filter(month=last, provisional=False).values_list("area_id", flat=True))
    asked = 0
    # Provinces later: their report says which regencies have theirs.
    for area in areas([*regencies, *provinces]):
        if area.code not in have and Period.of(last, area.tzinfo, now).is_over:
            with transaction.atomic():
                Report(area=area, month=last).request(by=None)
            asked += 1
    return asked


def areas(codes: Iterable[str]) -> list[Area]:
    found = Area.objects.in_bulk(codes)
    return [found[code] for code in codes]


@job("monitoring.assemble_report")
def assemble_report(report: int) -> None:
    """Count, freeze, and ask for the PDF; a report that is assembled already stays as it is."""
    row = Report.objects.select_for_update(of=("self",)).select_related("area", "requested_by").get(pk=report)
    if row.state != "queued":
        return
    at_step(row, 1)
    regencies = [row.area_id]
    if row.area.level == Level.PROVINCE:
        regencies = list(Area.objects.regencies().within(row.area_id).values_list("code", flat=True))
    rollup.ensure(regencies, row.month)
    at_step(row, 2)
    row.assemble(by=None, snapshot=printed.freeze(snapshot_of(row)))
    print_report(row, by=row.requested_by)
    at_step(row, 3)
