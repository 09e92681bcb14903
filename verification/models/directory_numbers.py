"""Directory numbers are the regency's own: one is proposed after the last, any other may be typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from django.db.models.functions import Upper

from core.validators import normalise_spaces
from verification.models.application import Application
from verification.models.plenary_lines import PlenaryItem
from verification.models.standing import Standing

if TYPE_CHECKING:
    from verification.models.plenary import Plenary

DIGITS = re.compile(r"\d+")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
FIRST = "000/P2KTD/{year}"  # until a regency has a number of its own to go on from


def tidy(number: str) -> str:
    return normalise_spaces(number)


def to_number(plenary: Plenary) -> list[Application]:
    """Who will be listed by the decree, and so needs a number."""
    lines = plenary.items.filter(outcome=PlenaryItem.Outcome.LIST).select_related("application__provider")
    return [line.application for line in lines]


def problems(plenary: Plenary, given: Mapping[str, str]) -> dict[str, str]:
    """{code: what is wrong with its number}, each sentence naming whom it is about."""
    applications = to_number(plenary)
    taken = _taken(plenary.regency_id, given.values())
    found: dict[str, str] = {}
    seen: dict[str, str] = {}
    for application in applications:
        name, number = application.provider.name, given.get(application.code, "").upper()
        holder = next(((pk, who) for pk, who in taken.get(number, []) if pk != application.provider_id), None)
        if not number:
            found[application.code] = f"Isi nomor direktori {name}."
        elif number in seen:
            found[application.code] = f"Nomor direktori {name} sama dengan nomor {seen[number]}."
        elif holder:
            found[application.code] = f"Nomor direktori {name} sudah pernah diberikan kepada {holder[1]}."
        seen.setdefault(number, name)
    return found


def _taken(regency: str, numbers: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
    """{number: who has or had it}: a number means one provider for ever."""
    wanted = {number.upper() for number in numbers if number}
    rows = Standing.objects.filter(regency=regency).annotate(as_compared=Upper("directory_number"))
    taken: dict[str, list[tuple[int, str]]] = {}
    for standing in rows.filter(as_compared__in=wanted).select_related("provider"):
        holder = (standing.provider_id, standing.provider.name)
        taken.setdefault(standing.directory_number.upper(), []).append(holder)
    return taken


def proposals(plenary: Plenary, *, year: int) -> dict[str, str]:
    """{code: number}: a renewal keeps its provider's, the others go on after the last one given."""
    applications = to_number(plenary)
    kept = dict(
        Standing.objects.filter(regency=plenary.regency_id, provider__in=[row.provider_id for row in applications])
        .order_by("pk")
        .values_list("provider_id", "directory_number")
    )
    fresh = _after_the_last(plenary.regency_id, year)
    return {row.code: kept.get(row.provider_id) or next(fresh) for row in applications}


def _after_the_last(regency: str, year: int) -> Iterator[str]:
    """Numbers like the last one that was given, counted on within this year, past any that somebody has."""
    rows = Standing.objects.filter(regency=regency)
    last = rows.order_by("-pk").values_list("directory_number", flat=True).first()
    used = {number.upper() for number in rows.values_list("directory_number", flat=True)}
    pattern = YEAR.sub(str(year), last) if last else FIRST.format(year=year)
    place = _running(pattern)
    if place is None:  # nothing to count
        pattern, place = f"{pattern}-000", (len(pattern) + 1, len(pattern) + 4)
    start, end = place
    count = int(pattern[start:end])
    while True:
        count += 1
        number = f"{pattern[:start]}{count:0{end - start}}{pattern[end:]}"
        if number.upper() not in used:
            yield number


def _running(number: str) -> tuple[int, int] | None:
    """Where the running number stands: the first digits that are no year, no part of an area's code and no part of a
    word (P2KTD); else the last that are no year."""
    groups = [match.span() for match in DIGITS.finditer(number) if not YEAR.fullmatch(match.group())]
    plain = [(start, end) for start, end in groups if not {"."} & _beside(number, start, end)]
    alone = [(start, end) for start, end in plain if not any(map(str.isalpha, _beside(number, start, end)))]
    return alone[0] if alone else groups[-1] if groups else None


def _beside(number: str, start: int, end: int) -> set[str]:
    return {number[start - 1 : start], number[end : end + 1]} - {""}
