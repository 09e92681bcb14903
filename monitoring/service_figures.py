"""What a provider's services met with: opened, kept by villages, invited, quoted, awarded; by service and month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncMonth

from catalog.models import Service, ServiceViews
from core.formats import WIB
from transactions.models import Contract, Invitation, Quotation, Shortlisted

Months = dict[tuple[int, dt.date], int]  # (service, first day of the month) -> how often
NAMES = ("views", "kept", "invited", "quoted", "awarded")


@dataclass(slots=True)
class Figures:
    """How often in a month, or in all."""

    views: int = 0
    kept: int = 0
    invited: int = 0
    quoted: int = 0
    awarded: int = 0

    def add(self, other: Figures) -> None:
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def any(self) -> bool:
        return any(getattr(self, name) for name in NAMES)


class ServiceFigures:
    """The figures of these services from the first day of one month to the end of another. Five queries.

    Who kept a service, and for what, is not told: only how often. An invitation counts once it was sent.
    """

    def __init__(self, services: QuerySet[Service], *, since: dt.date, until: dt.date) -> None:
        self.since, self.until = since, until  # `until` is the first day after the last month
        start, end = (dt.datetime.combine(day, dt.time(), WIB) for day in (since, until))
        span: dict[str, Any] = {"gte": start, "lt": end}
        own = services.order_by().values("pk")
        self.found: dict[str, Months] = {
            "views": self._views(own),
            "kept": _by_month(Shortlisted.objects.filter(service__in=own), "added_at", "service", span),
            "invited": _by_month(
                Invitation.objects.filter(service__in=own).sent(), "created_at", "service", span
            ),
            "quoted": _by_month(_through_invitation(Quotation.objects.all(), own), "sent_at", "sourcing__invitations__service", span),
            "awarded": _by_month(_through_invitation(Contract.objects.all(), own), "created_at", "sourcing__invitations__service", span),
        }  # fmt: skip

    def _views(self, own: Any) -> Months:
        rows = ServiceViews.objects.filter(service__in=own, day__gte=self.since, day__lt=self.until)
        counted = rows.annotate(month=TruncMonth("day")).order_by().values_list("service", "month")
        return {(service, month): n for service, month, n in counted.annotate(n=Sum("count"))}

    def of(self, service: int, month: dt.date | None = None) -> Figures:
        """Of one service: in a month, or in the whole time."""
        return self._sum(lambda key: key[0] == service and month in (None, key[1]))

    def by_service(self) -> dict[int, Figures]:
        return self._grouped(0)

    def by_month(self) -> dict[dt.date, Figures]:
        return self._grouped(1)

    def total(self) -> Figures:
        return self._sum(lambda key: True)

    def _sum(self, wanted: Any) -> Figures:
        return Figures(**{name: sum(n for key, n in rows.items() if wanted(key)) for name, rows in self.found.items()})

    def _grouped(self, place: int) -> dict[Any, Figures]:
        groups: dict[Any, Figures] = {}
        for name, rows in self.found.items():
            for key, n in rows.items():
                figures = groups.setdefault(key[place], Figures())
                setattr(figures, name, getattr(figures, name) + n)
        return groups


def _through_invitation(rows: QuerySet[Any], own: Any) -> QuerySet[Any]:
    """Those of a provider that was invited with one of these services."""
    return rows.filter(sourcing__invitations__provider=F("provider"), sourcing__invitations__service__in=own)


def _by_month(rows: QuerySet[Any], moment: str, service: str, span: dict[str, Any]) -> Months:
    found = rows.filter(**{f"{moment}__{side}": at for side, at in span.items()})
    counted = found.annotate(month=TruncMonth(moment, tzinfo=WIB)).order_by().values_list(service, "month")
    return {(pk, month.date()): n for pk, month, n in counted.annotate(n=Count("pk"))}


def months_between(since: dt.date, until: dt.date) -> Iterable[dt.date]:
    """First days, the newest first."""
    month = (until - dt.timedelta(days=1)).replace(day=1)
    while month >= since:
        yield month
        month = (month - dt.timedelta(days=1)).replace(day=1)
