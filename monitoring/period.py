"""A month as an office counts it: from midnight to midnight in the region's own zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.utils import timezone

from core.formats import bulan_tahun


@dataclass(frozen=True, slots=True)
class Period:
    """One month in one zone, or the year up to it, looked at from the moment `now`.

    Flows are counted from `start` to `end`; states as they stood at `at` (the end, or now while the
    month runs), by the calendar day `on`.
    """

    first: dt.date
    zone: ZoneInfo
    now: dt.datetime
    since: dt.date | None = None

    @classmethod
    def of(cls, month: dt.date, zone: ZoneInfo, now: dt.datetime | None = None) -> Period:
        return cls(month.replace(day=1), zone, now or timezone.now())

    def of_the_year(self) -> Period:
        """From January up to this month."""
        return replace(self, since=self.first.replace(month=1))

    @property
    def begins(self) -> dt.date:
        return self.since or self.first

    @property
    def after(self) -> dt.date:
        """The first day of the next month."""
        return next_month(self.first)

    @property
    def last(self) -> dt.date:
        return self.after - dt.timedelta(days=1)

    @property
    def start(self) -> dt.datetime:
        return dt.datetime.combine(self.begins, dt.time(), self.zone)

    @property
    def end(self) -> dt.datetime:
        return dt.datetime.combine(self.after, dt.time(), self.zone)

    @property
    def is_over(self) -> bool:
        return self.now >= self.end

    @property
    def at(self) -> dt.datetime:
        return min(self.now, self.end)

    @property
    def on(self) -> dt.date:
        return min(self.now.astimezone(self.zone).date(), self.last)

    @property
    def data_per(self) -> dt.datetime:
        """The moment printed on the report: 31 Oktober 2026 pukul 23.59, or now while the month runs."""
        return self.end - dt.timedelta(minutes=1) if self.is_over else self.now

    @property
    def label(self) -> str:
        return bulan_tahun(self.first)


def month_of(moment: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The month in which this moment falls in that zone."""
    return moment.astimezone(zone).date().replace(day=1)


def next_month(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def previous_month(month: dt.date) -> dt.date:
    return (month.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Each month from `first` to `last`, both counted."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)
