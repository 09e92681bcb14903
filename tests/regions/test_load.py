"""All areas of Indonesia, loaded once for this file's main test."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from regions import load
from regions.models import Area, AreaTitle, Kind, TitleKey
from tests import areas as places

TODAY = dt.date(2026, 11, 22)


def written():
    """A mark of every stored row that changes when the row is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(xmin::text::bigint) FROM regions_area")
        return cursor.fetchone()


@pytest.mark.django_db
def test_everything_is_loaded_exactly_and_a_second_time_nothing_is_written():
    loaded = load.load_all(on=TODAY)
    assert (loaded.given, loaded.added, loaded.changed, loaded.retired) == (91_599, 91_599, 0, 0)
    assert {
        "provinces": Area.objects.provinces().count(),
        "regencies": Area.objects.regencies().count(),
        "districts": Area.objects.districts().count(),
        "villages": Area.objects.villages().count(),
    } == {"provinces": 38, "regencies": 514, "districts": 7_285, "villages": 83_762}
    assert {kind.value: Area.objects.filter(kind=kind).count() for kind in Kind} == {
        "provinsi": 38,
        "kabupaten": 416,
        "kota": 98,
        "kecamatan": 7_285,
        "desa": 75_252,
        "kelurahan": 8_496,
        "desa_adat": 14,
    }
    assert Area.objects.filter(title="", level="village").count() == 0
    assert Area.objects.exclude(level="province").filter(ancestry="").count() == 0
    # Read in full: no name was cut, no row points elsewhere.
    longest = Area.objects.get(name="Kampuang Tanjuang Koto Mambang Sungai Durian")
    assert longest.label == "Nagari Kampuang Tanjuang Koto Mambang Sungai Durian"

    mark = written()
    again = load.load_all(on=TODAY)
    assert (again.added, again.changed, again.retired, again.titles) == (0, 0, 0, 0)
    assert written() == mark

    # A type-ahead over all of them reads indexes, and no table from end to end.
    plan = Area.objects.villages().search("kuta pujut").explain()
    assert "Seq Scan" not in plan
    assert [area.code for area in Area.objects.villages().suggest("kuta pujut")] == [places.KUTA]


@pytest.mark.django_db
def test_the_command_tells_what_it_did(monkeypatch):
    monkeypatch.setattr(load, "published", lambda: iter(places.chosen()))
    monkeypatch.setattr(load, "seeded_titles", lambda: iter(places.titles()))
    out = StringIO()
    call_command("load_areas", stdout=out)
    assert "Provinsi              38" in out.getvalue()
    assert f"{len(places.rows())} added, 0 changed, 0 retired, {len(places.titles())} titles added" in out.getvalue()


@pytest.fixture
def few(monkeypatch, areas):
    """The loader reads the areas of tests/areas.py, less those a test takes away."""
    gone = set()
    monkeypatch.setattr(load, "published", lambda: ((c, n) for c, n in places.chosen() if c not in gone))
    monkeypatch.setattr(load, "seeded_titles", lambda: iter(places.titles()))
    return gone


def test_an_area_that_is_no_longer_published_gets_a_last_day_and_returns(few):
    few.add(places.KUTA)
    assert load.load_all(on=TODAY).retired == 1
    kuta = Area.objects.get(code=places.KUTA)
    assert kuta.valid_to == TODAY
    assert load.load_all(on=TODAY + dt.timedelta(days=1)).retired == 0
    kuta.refresh_from_db()
    assert kuta.valid_to == TODAY  # the first day without it stays

    few.clear()
    assert load.load_all(on=TODAY).changed == 1
    kuta.refresh_from_db()
    assert kuta.valid_to is None


def test_a_name_that_changed_is_changed_also_in_what_lies_inside(few):
    Area.objects.filter(code="52.02").update(name="Kabupaten Lama")
    Area.objects.filter(code=places.KUTA).update(ancestry="lama", search_name="lama")
    assert load.load_all(on=TODAY).changed == 2
    assert Area.objects.get(code=places.KUTA).full_name.startswith(
        "Desa Kuta, Kecamatan Pujut, Kabupaten Lombok Tengah"
    )


def test_a_title_that_an_office_corrected_survives_the_next_load(few):
    title = AreaTitle.objects.get(area="13", key=TitleKey.VILLAGE_HEAD)
    title.text, title.is_example = "Wali", False
    title.save()
    AreaTitle.objects.create(area_id="52.02", key=TitleKey.VILLAGE, text="Gubuk")
    assert load.load_all(on=TODAY).changed == 0
    title.refresh_from_db()
    assert (title.text, title.is_example) == ("Wali", False)
    assert Area.objects.get(code=places.KUTA).label == "Gubuk Kuta"


def test_titles_name_areas_that_exist():
    codes = {code for code, _ in load.published()}
    seeds = list(load.seeded_titles())
    assert {row["area"] for row in seeds} <= codes
    assert {row["key"] for row in seeds} <= set(TitleKey.values)
    assert len({(row["area"], row["key"]) for row in seeds}) == len(seeds)
    assert all(row["text"] == row["text"].strip() != "" for row in seeds)
