"""Brings the areas from `regions/data/` into the database, and keeps their names right."""

import csv
import datetime as dt
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from regions import codes
from regions.models import DEFAULT_TITLES, Area, AreaTitle, Kind, Level, Neighbour, TimeZone, TitleKey
from regions.naming import label_of, plain

DATA = Path(__file__).resolve().parent / "data"
FILES = ("provinces.csv.gz", "regencies.csv.gz", "districts.csv.gz", "villages.csv.gz")

# Keppres 41/1987. Kalimantan is split: west and centre keep Jakarta's time.
WITA = {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}
WIT = {"81", "82", "91", "92", "93", "94", "95", "96"}

COLUMNS = ("code", "level", "kind", "name", "title", "ancestry", "parent_id", "time_zone", "search_name")
# What this module may change on a row that exists.
CHANGING = ("level", "kind", "name", "title", "ancestry", "parent_id", "time_zone", "search_name")


def _listed(columns: tuple[str, ...], table: str) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)


_COLUMNS = ", ".join(COLUMNS)
_STAGE = f"CREATE TEMPORARY TABLE incoming_area ON COMMIT DROP AS SELECT {_COLUMNS} FROM regions_area LIMIT 0"  # noqa: S608  our own column names, here and below
_COPY = f"COPY incoming_area ({_COLUMNS}) FROM STDIN"
_UPDATE = f"""
    UPDATE regions_area area
    SET {", ".join(f"{column} = incoming.{column}" for column in CHANGING)}, valid_to = NULL
    FROM incoming_area incoming
    WHERE area.code = incoming.code
      AND (({_listed(CHANGING, "area")}) IS DISTINCT FROM ({_listed(CHANGING, "incoming")})
           OR area.valid_to IS NOT NULL)
"""  # noqa: S608
_INSERT = f"""
    INSERT INTO regions_area ({_COLUMNS}, predecessor)
    SELECT {_COLUMNS}, '' FROM incoming_area incoming
    WHERE NOT EXISTS (SELECT FROM regions_area area WHERE area.code = incoming.code)
    ORDER BY code
"""  # noqa: S608


class Row(NamedTuple):
    """One line of `regions_area` as it is copied in; the fields of COLUMNS."""

    code: str
    level: str
    kind: str
    name: str
    title: str
    ancestry: str
    parent_id: str | None
    time_zone: str
    search_name: str


@dataclass(frozen=True)
class Loaded:
    """What a load changed, in rows."""

    given: int
    added: int
    changed: int
    retired: int
    titles: int


def time_zone_of(code: str) -> TimeZone:
    """The zone of the province that this code belongs to."""
    province = code[: codes.LENGTHS[0]]
    if province in WIT:
        return TimeZone.WIT
    return TimeZone.WITA if province in WITA else TimeZone.WIB


def kind_of(code: str) -> Kind:
    """What an area is, read from its code (see regions.models.CODE_SHAPES)."""
    level = Level.of(code)
    if level == Level.PROVINCE:
        return Kind.PROVINSI
    if level == Level.REGENCY:
        return Kind.KOTA if code[3] >= "7" else Kind.KABUPATEN
    if level == Level.DISTRICT:
        return Kind.KECAMATAN
    return {"1": Kind.KELURAHAN, "2": Kind.DESA, "3": Kind.DESA_ADAT}[code[9]]


def published() -> Iterator[tuple[str, str]]:
    """Code and name of every area in `regions/data/`, provinces first."""
    for file in FILES:
        with gzip.open(DATA / file, "rt", encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                yield line["code"], line["name"]


def build(areas: Iterable[tuple[str, str]], titles: dict[tuple[str, str], str]) -> list[Row]:
    """Complete rows from codes and names. Each area's parent must be among them, before it.

    `titles` says what an area and what lies in it is called: {("13", "village"): "Nagari"}.
    """
    rows = []
    # By code: label, ancestry and the two titles that apply below; each level adds to its parent's.
    above: dict[str, tuple[str, str, str, str]] = {
        "": ("", "", DEFAULT_TITLES[TitleKey.DISTRICT], DEFAULT_TITLES[TitleKey.VILLAGE])
    }
    for code, name in areas:
        level, kind = Level.of(code), kind_of(code)
        parent = next(iter(codes.ancestors_of(code)), "")
        parent_label, parent_ancestry, district, village = above[parent]
        district = titles.get((code, TitleKey.DISTRICT), district)
        village = titles.get((code, TitleKey.VILLAGE), village)
        title = {Kind.KECAMATAN: district, Kind.DESA: village}.get(kind, "")
        if kind in (Kind.KELURAHAN, Kind.DESA_ADAT):
            title = kind.label
        ancestry = ", ".join(filter(None, (parent_label, parent_ancestry)))
        if level != Level.VILLAGE:
            above[code] = label_of(title, name), ancestry, district, village
        # Kabupaten and kota are looked for by the bare name.
        own = name.removeprefix(kind.label + " ")
        rows.append(Row(code, level, kind, name, title, ancestry, parent or None, time_zone_of(code), plain(own)))
    return rows


def store(rows: list[Row]) -> tuple[int, int]:
    """Add the rows that are new, change those that differ, leave the rest; how many of each.

    Copied into a temporary table first: 91,599 rows in seconds, and a second time nothing is written.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL lock_timeout = '60s'")
        # One load at a time; two that start together would wait on each other's rows.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('regions.load'))")
        cursor.execute("DROP TABLE IF EXISTS incoming_area")
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("ANALYZE incoming_area")
        cursor.execute(_UPDATE)
        changed = cursor.rowcount
        cursor.execute(_INSERT)
        return cursor.rowcount, changed


def load_all(*, on: dt.date) -> Loaded:
    """Everything in `regions/data/`.

    Areas that are no longer published get `on` as their first day without force; nothing is deleted, since
    documents point at them. Titles that exist are left as they are.
    """
    with transaction.atomic():
        areas = list(published())
        seeds = list(seeded_titles())
        titles = {(row["area"], row["key"]): row["text"] for row in seeds} | stored_titles()
        added, changed = store(build(areas, titles))
        current = set(Area.objects.filter(valid_to__isnull=True).values_list("code", flat=True))
        gone = current - {code for code, _ in areas}
        retired = Area.objects.filter(code__in=gone).update(valid_to=on)
        new_titles = seed_titles(seeds)
        seed_neighbours(current)
    if added or changed:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE regions_area")
    return Loaded(len(areas), added, changed, retired, new_titles)


def rename_within(code: str) -> None:
    """Write down again what the areas in this territory are called, after a title changed."""
    area = Area.objects.get(pk=code)
    places = Area.objects.filter(code__in=[*area.ancestor_codes, code]) | Area.objects.within(code)
    rows = build(places.order_by("code").values_list("code", "name"), stored_titles())
    store([row for row in rows if codes.contains(code, row.code)])


def stored_titles() -> dict[tuple[str, str], str]:
    rows = AreaTitle.objects.order_by().values_list("area_id", "key", "text")
    return {(area, key): text for area, key, text in rows}


def seeded_titles() -> Iterator[dict[str, str]]:
    with (DATA / "titles.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def seed_titles(seeds: Iterable[dict[str, str]]) -> int:
    """Add the titles that no one has entered yet; how many."""
    known = set(AreaTitle.objects.order_by().values_list("area_id", "key"))
    new = [
        AreaTitle(
            area_id=row["area"],
            key=row["key"],
            text=row["text"],
            is_example=row["is_example"] == "1",
            source=row["source"],
        )
        for row in seeds
        if (row["area"], row["key"]) not in known
    ]
    AreaTitle.objects.bulk_create(new, ignore_conflicts=True)  # another load may be at it
    return len(new)


def seed_neighbours(current: set[str]) -> int:
    """Add who lies beside whom, for the regencies of which nobody has said it yet; how many rows."""
    known = set(Neighbour.objects.order_by().values_list("regency_id", flat=True))
    with gzip.open(DATA / "neighbours.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        new = [
            Neighbour(regency_id=line["regency_code"], neighbour_id=line["neighbour_code"], km=line["km"])
            for line in csv.DictReader(lines)
            if line["regency_code"] not in known and {line["regency_code"], line["neighbour_code"]} <= current
        ]
    Neighbour.objects.bulk_create(new, ignore_conflicts=True)  # another load may be at it
    return len(new)
