"""How many services each choice of a filter would show, given all the others that are set.

One statement counts for all filters: it looks at the services that pass what is no list of choices (words, area,
price), brings them to cells of equal choices, and adds these up for each filter without its own choice. So a number
beside a choice is what a click on it finds. It is remembered under the number of the data.

Words are new with each who asks, so there it looks at 4,000 services only. If more match, a choice that reached a
thousand among them says so ("1.000+"), and the others say nothing: no number rather than a wrong one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from catalog.lists.frame import Frame
from catalog.lists.paging import COUNTED
from catalog.lists.statement import Part, column
from core.kept import known

MOST_COUNTED: Final = 100_000
MOST_WITH_WORDS: Final = 4_000
DURATIONS: Final = (7, 14, 30, 90)  # days at most


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with a list of choices: what a row is grouped by, and when a choice lets a group through."""

    name: str
    sql: str
    sign: str = "="  # of the group's value to the chosen one


@dataclass(frozen=True, slots=True)
class Counts:
    """Of everything asked for, and for each filter by choice. Not `whole`: only those above a thousand are told."""

    total: int
    by: Mapping[str, Mapping[Any, int]] = field(default_factory=dict)
    whole: bool = True


def facets(least: int) -> tuple[Facet, ...]:
    """Of services; `least` is from how many ratings on an average counts."""
    score = f"CASE WHEN {column('rating_count')} >= {least:d} THEN {column('rating_score')} / 100 ELSE 0 END"
    bounds = ", ".join(str(days + 1) for days in DURATIONS)
    return (
        Facet("kategori", column("category")),
        Facet("sub", column("subcategory")),
        Facet("jenis", column("kind")),
        Facet("satuan", column("unit")),
        Facet("bentuk", '"accounts_provider"."legal_form"'),
        Facet("nilai", score, ">="),
        Facet("durasi", f"width_bucket({column('duration_days')}, ARRAY[{bounds}])", "<="),
    )


def count(
    number: int, frame: Frame, parts: Iterable[Part], chosen: Mapping[str, Any], *,
    most: int = MOST_COUNTED, answers: Mapping[tuple[str, str], tuple[Part, ...]] = {},
) -> Counts:  # fmt: skip
    """`parts` are the conditions that are no choices, `chosen` what is chosen of the filters above, by name.

    `answers` are the choices of a category's own questions, each with all conditions of who would be found.
    """
    rows = _counted(
        number, frame.day, frame.least, tuple(parts), tuple(sorted(chosen.items())), most, tuple(answers.values())
    )
    counts = _told(rows, chosen, most)
    by = {name: dict(each) for name, each in counts.by.items()}
    last = next(row for row in rows if not row[0])
    for (question, choice), n in zip(answers, last[len(last) - len(answers) :], strict=True):
        by.setdefault(question, {})[choice] = n
    return Counts(counts.total, by, counts.whole)


@known(512)
def _counted(
    number: int, day: dt.date, least: int, parts: tuple[Part, ...], chosen: tuple[tuple[str, Any], ...], most: int,
    answers: tuple[tuple[Part, ...], ...],
) -> list[tuple[Any, ...]]:  # fmt: skip
    """Rows of (which filter, its value, how many were looked at, how many pass, and without each filter's choice;
    then how many give each answer)."""
    every = facets(least)
    names = [name for name, _ in chosen]
    values = dict(chosen)
    passes = {each.name: f"{each.name} {each.sign} %s" for each in every if each.name in values}
    sums, params = ["sum(n)"], []
    for left_out in ("", *names):
        kept = [name for name in names if name != left_out]
        sums.append(f"sum(n) FILTER (WHERE {' AND '.join(passes[name] for name in kept) or 'TRUE'})")
        params += [values[name] for name in kept]
    for each in answers:
        own, given = _capped(each)
        sums.append(own)
        params += given
    dims = ", ".join(each.name for each in every)
    where = " AND ".join(f"({part.sql})" for part in parts) or "TRUE"
    sql = f"""
        WITH found AS (
            SELECT {", ".join(f"{each.sql} AS {each.name}" for each in every)}
            FROM catalog_service INNER JOIN accounts_provider ON catalog_service.provider_id = accounts_provider.id
            WHERE {where} LIMIT {most:d}
        ), cells AS (SELECT {dims}, count(*) AS n FROM found GROUP BY {dims})
        SELECT grouping({dims}), {dims}, {", ".join(sums)}
        FROM cells GROUP BY GROUPING SETS ((), {", ".join(f"({each.name})" for each in every)})
    """  # noqa: S608  columns of ours, and conditions that the ORM wrote, with their parameters apart
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(value for part in parts for value in part.params), *params])
        rows = cursor.fetchall()
    shown = {(1 << len(every)) - 1 - (1 << (len(every) - 1 - place)): place for place in range(len(every))}
    return [
        (every[shown[row[0]]].name if row[0] in shown else "", row[1 + shown[row[0]]] if row[0] in shown else None,
         *(int(n or 0) for n in row[1 + len(every) :]))
        for row in rows
    ]  # fmt: skip


def _told(rows: list[tuple[Any, ...]], chosen: Mapping[str, Any], most: int) -> Counts:
    """By filter and choice; what is "at least" or "at most" holds the groups beyond, too."""
    place = {name: at for at, name in enumerate(sorted(chosen), start=1)}
    total, whole = 0, True
    groups: dict[str, dict[Any, int]] = {}
    for name, value, looked_at, *sums in rows:
        if not name:
            total, whole = sums[0], looked_at < most
        elif value is not None:
            groups.setdefault(name, {})[value] = sums[place.get(name, 0)]
    stars, days = groups.pop("nilai", {}), groups.pop("durasi", {})
    by: dict[str, dict[Any, int]] = {
        **groups,
        "nilai": {str(at): sum(n for each, n in stars.items() if each >= at) for at in range(1, 6)},
        "durasi": {str(most): sum(n for each, n in days.items() if each <= at) for at, most in enumerate(DURATIONS)},
    }
    if not whole:
        by = {name: {key: n for key, n in each.items() if n > COUNTED} for name, each in by.items()}
    return Counts(total, by, whole)


@known(512)
def capped(number: int, day: dt.date, parts: tuple[Part, ...]) -> int:
    """How many pass, up to a thousand and one."""
    sql, params = _capped(parts)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", params)
        return int(cursor.fetchone()[0])


def _capped(parts: Iterable[Part]) -> tuple[str, list[Any]]:
    every = list(parts)
    where = " AND ".join(f"({part.sql})" for part in every) or "TRUE"
    rows = "catalog_service INNER JOIN accounts_provider ON catalog_service.provider_id = accounts_provider.id"
    sql = f"(SELECT count(*) FROM (SELECT 1 FROM {rows} WHERE {where} LIMIT {COUNTED + 1:d}) found)"  # noqa: S608  as above
    return sql, [value for part in every for value in part.params]


def written(n: int) -> str:
    """Exactly up to a thousand, "1.000+" beyond."""
    return f"{COUNTED:,}+".replace(",", ".") if n > COUNTED else f"{n:,}".replace(",", ".")
