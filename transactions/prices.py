"""What others paid, and what a service has to show: both counted from contracts each night, in SQL alone.

A contract tells a price when its need is measured in the unit that the service is offered in: its value (tax
included) as both signed it first, for the need's volume (an addendum changes scope and value together), divided by it, rounded half up to whole rupiah. Which contracts: signed by both and not
terminated, signed within the months that the dated setting says. Two million of them take a minute or two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Service, Unit
from core.formats import WIB
from core.models import DatedSetting
from transactions.models.price import MONTHS, PriceReference, TrackRecord

SIGNED = ("running", "inspection", "inspected", "received", "handed_over")

# One pass over the contracts gives both tables.
_COUNT = """
    WITH told AS MATERIALIZED (
        SELECT contract.state, contract.village_id, contract.handover_on, service.id AS service_id,
               service.category_id, service.kind, service.unit,
               CASE WHEN contract.signed_on >= %(since)s AND need.volume > 0 AND said.unit IS NOT NULL
                    THEN round(coalesce(first.value, contract.value)::numeric / need.volume)::bigint END AS price
        FROM transactions_contract contract
        JOIN transactions_sourcing sourcing ON sourcing.id = contract.sourcing_id
        JOIN transactions_need need ON need.id = sourcing.need_id
        JOIN transactions_invitation invitation
            ON invitation.sourcing_id = sourcing.id AND invitation.provider_id = contract.provider_id
        JOIN catalog_service service ON service.id = invitation.service_id
        LEFT JOIN (
            SELECT DISTINCT ON (contract_id) contract_id, (snapshot->'value'->>'was')::bigint AS value
            FROM transactions_addendum WHERE state = 'signed' AND new_value IS NOT NULL
            ORDER BY contract_id, sequence
        ) AS first ON first.contract_id = contract.id
        LEFT JOIN unnest(%(names)s::text[], %(units)s::text[]) AS said(name, unit)
            ON said.name = lower(btrim(need.unit)) AND said.unit = service.unit
        WHERE contract.state = ANY(%(signed)s)
    ),
    paid AS (
        INSERT INTO transactions_pricereference
            (area_id, category_id, kind, unit, n, minimum, median, maximum, computed_at)
        SELECT coalesce(regency, province), category_id, kind, unit, count(*), min(price),
               percentile_disc(0.5) WITHIN GROUP (ORDER BY price), max(price), %(now)s
        FROM (
            SELECT left(village_id, 5) AS regency, left(village_id, 2) AS province, category_id, kind, unit, price
            FROM told WHERE price IS NOT NULL
        ) AS priced
        GROUP BY GROUPING SETS ((regency, category_id, kind, unit), (province, category_id, kind, unit))
        ON CONFLICT (area_id, category_id, kind, unit) DO UPDATE SET
            n = excluded.n, minimum = excluded.minimum, median = excluded.median, maximum = excluded.maximum,
            computed_at = excluded.computed_at
        RETURNING 1
    ),
    done AS (
        INSERT INTO transactions_trackrecord AS kept (service_id, done, last_on)
        SELECT service_id, count(*), max(handover_on) FROM told WHERE state = 'handed_over' GROUP BY service_id
        ON CONFLICT (service_id) DO UPDATE SET done = excluded.done, last_on = excluded.last_on
        WHERE (kept.done, kept.last_on) IS DISTINCT FROM (excluded.done, excluded.last_on)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM paid), (SELECT count(*) FROM done)
"""


# --- counting -------------------------------------------------------------------------------------------------
@transaction.atomic
def refresh(*, now: dt.datetime | None = None) -> int:
    """Count both anew; the number of references kept. Safe to run twice at once: the second waits, and repeats."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '230s'; SET LOCAL lock_timeout = '230s'")
        # Sourcing and provider name one invitation together; the planner multiplies their odds, expects a hundred
        # rows of two million, and would fetch each by an index.
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'")
        cursor.execute("LOCK TABLE transactions_pricereference IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(
            _COUNT, {"now": now, "since": _since(now.astimezone(WIB).date()), "signed": list(SIGNED), **_units()}
        )
        references: int = cursor.fetchone()[0]
        cursor.execute("DELETE FROM transactions_pricereference WHERE computed_at <> %s", [now])
    return references


def _since(day: dt.date) -> dt.date:
    """The first day of the months counted: 36 where no setting says otherwise."""
    try:
        months = int(DatedSetting.objects.in_force(MONTHS, on=day))
    except LookupError:
        months = 36
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, 1)


def _units() -> dict[str, list[str]]:
    """How a unit may be written in a need: by its key or by its label, in small letters."""
    ways = {(said.lower(), unit.value) for unit in Unit for said in (unit.value, str(unit.label))}
    return {"names": [name for name, _ in sorted(ways)], "units": [unit for _, unit in sorted(ways)]}


def unit_said(text: str) -> str | None:
    """The unit that a need's words mean; None for what no service is offered in."""
    ways = _units()
    return dict(zip(ways["names"], ways["units"], strict=True)).get(text.strip().lower())


# --- asking ---------------------------------------------------------------------------------------------------
def references(code: str, *, category: int, kind: str, unit: str) -> list[PriceReference]:
    """What was paid in the regency of this area and in its province, the regency first; one query."""
    rows = PriceReference.objects.shown().around(code)
    return list(rows.filter(category=category, kind=kind, unit=unit))


def reference(code: str, *, category: int, kind: str, unit: str) -> PriceReference | None:
    """The nearest of them that rests on enough contracts."""
    return next(iter(references(code, category=category, kind=kind, unit=unit)), None)


@dataclass(frozen=True, slots=True)
class Done:
    """Contracts handed over: by the service, and by all services of its provider; with the last day of each."""

    by_service: int = 0
    last_of_service: dt.date | None = None
    by_provider: int = 0
    last_of_provider: dt.date | None = None


def done_by(services: Iterable[Service]) -> dict[int, Done]:
    """For each of these services, by its key; one query."""
    asked = list(services)
    owners = {service.provider_id for service in asked}
    rows = TrackRecord.objects.filter(service__provider__in=owners)
    found = list(rows.values_list("service_id", "service__provider_id", "done", "last_on"))
    return {service.pk: _done(service, found) for service in asked}


def _done(service: Service, rows: list[tuple[Any, ...]]) -> Done:
    of_provider = [row for row in rows if row[1] == service.provider_id]
    of_service = [row for row in of_provider if row[0] == service.pk]
    return Done(
        sum(row[2] for row in of_service),
        max((row[3] for row in of_service), default=None),
        sum(row[2] for row in of_provider),
        max((row[3] for row in of_provider), default=None),
    )
