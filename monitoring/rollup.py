"""Keep `MonthlyFigure` right: recompute what new events touched, and nothing else.

`refresh` is safe to run twice at once (the second finds the state locked and goes home) and to be killed
at any point (one transaction). A transaction may commit an event with a lower number after a later run
has passed it, so each run also looks at the events of the last quarter of an hour again; to recompute is
harmless.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from core.models import Event
from monitoring import counting
from monitoring.models import MonthlyFigure, RollupState
from monitoring.period import Period, month_of, months
from regions.codes import LENGTHS
from regions.models import Area

OVERLAP = dt.timedelta(minutes=15)  # longer than any transaction is allowed to take
REGENCY = LENGTHS[1]
FARTHEST = dt.timedelta(days=5 * 366)  # a date mistyped by a century must not make a thousand months
MANY = 40

Pairs = dict[dt.date, set[str]]  # month: regency codes

# Documents whose events move figures: where they lie, and the dates of their own by which they count. An event that
# corrects such a date says in its data by which day it counted before (`moved_from`, ISO).
TOUCHING: dict[str, tuple[str, tuple[str, ...]]] = {
    "accounts.villageaccess": ("village_id", ()),
    "verification.application": ("regency_id", ()),
    "transactions.need": ("village_id", ()),
    "transactions.contract": ("village_id", ("signed_on", "handover_on", "head_handover_on")),
    "transactions.accountability": ("contract__village_id", ("contract__payments__paid_on",)),
    "transactions.paymentrequest": ("contract__village_id", ("payment__paid_on",)),
    "transactions.meeting": ("village_id", ("held_on",)),
    "reviews.rating": ("contract__village_id", ()),
}


def refresh(*, now: dt.datetime | None = None, wait: bool = False, everything: bool = False) -> int:
    """Bring every figure up to date; the number of (regency, month) pairs computed.

    With `wait`, a run that is under way is waited for; otherwise it is left to do its work.
    """
    now = now or timezone.now()
    with transaction.atomic():
        state = _lock(wait=wait)
        if state is None:
            return 0
        _be_patient()
        zones = regency_zones()
        pairs = _everything(zones, now) if everything else _touched(state, zones, now)
        _add_stale(pairs, zones, now)
        done = _compute(pairs, zones, now)
        state.seen_event = Event.objects.aggregate(last=Max("pk"))["last"] or 0
        state.run_at = now
        state.save()
    return done


def ensure(regencies: Iterable[str], month: dt.date, *, now: dt.datetime | None = None) -> None:
    """Rows of this month for these regencies, up to date; the report's first step."""
    now = now or timezone.now()
    refresh(now=now, wait=True)
    with transaction.atomic():
        _lock(wait=True)
        _be_patient()
        zones = regency_zones()
        wanted = {code for code in regencies if code in zones}
        kept = MonthlyFigure.objects.filter(month=month, regency__in=wanted).values_list("regency_id", flat=True)
        _compute({month: wanted - set(kept)}, zones, now)


def regency_zones() -> dict[str, ZoneInfo]:
    return {code: ZoneInfo(zone) for code, zone in Area.objects.regencies().values_list("code", "time_zone")}


def _lock(*, wait: bool) -> RollupState | None:
    if wait:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '120s'")
    return RollupState.objects.select_for_update(skip_locked=not wait).first()


def _be_patient() -> None:
    """A pass over the whole country takes longer than a page may, and the worker is idle between two of them."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '200s'")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '200s'")


# --- which pairs ------------------------------------------------------------------------------------------------
def _touched(state: RollupState, zones: dict[str, ZoneInfo], now: dt.datetime) -> Pairs:
    """The months, of each regency, that events since the last run may have moved."""
    new = Q(pk__gt=state.seen_event)
    if state.run_at:
        new |= Q(at__gte=state.run_at - OVERLAP)
    moments: dict[str, dict[str, list[dt.datetime]]] = defaultdict(lambda: defaultdict(list))
    left: dict[str, dict[str, list[dt.date]]] = defaultdict(lambda: defaultdict(list))
    rows = Event.objects.filter(new, about__in=TOUCHING).values_list("about", "about_id", "at", "data__moved_from")
    for about, pk, at, moved_from in rows.iterator(chunk_size=5000):
        moments[about][pk].append(at)
        if moved_from:
            left[about][pk].append(dt.date.fromisoformat(moved_from))
    pairs: Pairs = defaultdict(set)
    for about, documents in moments.items():
        path, dates = TOUCHING[about]
        model = apps.get_model(about)
        found = model._base_manager.filter(pk__in=[int(pk) for pk in documents]).values_list("pk", path, *dates)
        for pk, place, *days in found:
            regency = place[:REGENCY]
            if regency not in zones:
                continue
            zone = zones[regency]
            touched = [month_of(at, zone) for at in documents[str(pk)]]
            counted = [day for day in [*days, *left[about][str(pk)]] if day]
            touched += [day.replace(day=1) for day in counted if day > now.astimezone(zone).date() - FARTHEST]
            # A back-dated act also moves how things stood at the end of each month since.
            for month in months(min(touched), max([*touched, month_of(now, zone)])):
                pairs[month].add(regency)
    return pairs


def _add_stale(pairs: Pairs, zones: dict[str, ZoneInfo], now: dt.datetime) -> None:
    """What moves with the calendar alone: the running month once a day, each month once after its end."""
    current = {code: month_of(now, zone) for code, zone in zones.items()}
    today = {code: now.astimezone(zone).date() for code, zone in zones.items()}
    have = set()
    recent = min(current.values(), default=None)
    if recent is None:
        return
    before = (recent - dt.timedelta(days=1)).replace(day=1)
    for regency, month, as_of in MonthlyFigure.objects.filter(month__gte=before).values_list(
        "regency_id", "month", "as_of"
    ):
        have.add((regency, month))
        if regency in zones and as_of < min(today[regency], Period.of(month, zones[regency], now).last):
            pairs[month].add(regency)
    for code, month in current.items():
        if (code, month) not in have:
            pairs[month].add(code)


def _everything(zones: dict[str, ZoneInfo], now: dt.datetime) -> Pairs:
    """Each month since the first event, or the first date on a paper, of the whole country."""
    firsts = [MonthlyFigure.objects.order_by("month").values_list("month", flat=True).first()]
    first_event = Event.objects.order_by("at").values_list("at", flat=True).first()
    firsts.append(first_event and month_of(first_event, ZoneInfo("Asia/Jakarta")))
    for about, (_, dates) in TOUCHING.items():
        for field in dates:
            model = apps.get_model(about)
            day = model._base_manager.exclude(**{field: None}).order_by(field).values_list(field, flat=True).first()
            firsts.append(day and day.replace(day=1))
    pairs: Pairs = defaultdict(set)
    for code, zone in zones.items():
        current = month_of(now, zone)
        for month in months(min([first for first in firsts if first], default=current), current):
            pairs[month].add(code)
    return pairs


# --- computing them ---------------------------------------------------------------------------------------------
def _compute(pairs: Pairs, zones: dict[str, ZoneInfo], now: dt.datetime) -> int:
    done = 0
    for month in sorted(pairs):
        by_zone: dict[ZoneInfo, set[str]] = defaultdict(set)
        for code in pairs[month]:
            by_zone[zones[code]].add(code)
        for zone, regencies in by_zone.items():
            _write(Period.of(month, zone, now), regencies)
            done += len(regencies)
    return done


def _write(period: Period, regencies: set[str]) -> None:
    many = len(regencies) > MANY
    counts = counting.count_regencies(regencies, period) if many else counting.count(regencies, REGENCY, period)
    rows = [
        MonthlyFigure(
            regency_id=code,
            month=period.first,
            as_of=period.on,
            computed_at=period.now,
            detail=counting.detail(counts.get(code, {})),
            **counting.columns(counts.get(code, {})),
        )
        for code in sorted(regencies)
    ]
    MonthlyFigure.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["regency", "month"],
        update_fields=["as_of", "computed_at", "detail", *counting.COLUMNS],
    )
