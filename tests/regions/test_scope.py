"""The filter by territory, against a plain reading of the rule."""

import pytest
from django.db.models import Q

from regions.codes import contains
from regions.models import Area, AreaTitle
from regions.scope import NATION, within
from tests import areas as places

pytestmark = pytest.mark.usefixtures("areas")


def found(codes):
    return set(Area.objects.within(codes).values_list("code", flat=True))


@pytest.mark.parametrize(
    "codes", [[], None, "", [""], "32.0", ["5"], ["%"], ["52.02.04.200"], ["52._2"], ["x' OR 1=1"]]
)
def test_no_territory_and_malformed_ones_match_nothing(codes):
    assert found(codes) == set()
    assert not AreaTitle.objects.filter(within("area", codes)).exists()


def test_nation_matches_everything_and_only_by_its_name():
    assert found(NATION) == set(Area.objects.values_list("code", flat=True))
    assert found([NATION, "52.02"]) == found(NATION)


@pytest.mark.parametrize(
    "codes",
    [["52.02"], "52.02", ["52"], ["52.02.04"], [places.KUTA], ["52.02", "52.01"], ["52.02", "52.02.04"],
     [places.KUTA, places.UBUNG, "13"], ["32", "52.0"], ("99",), {"52.71"}],
)  # fmt: skip
def test_territories_match_what_lies_in_them_and_nothing_else(codes):
    given = [codes] if isinstance(codes, str) else codes
    every = Area.objects.values_list("code", flat=True)
    assert found(codes) == {code for code in every if any(contains(each, code) for each in given)}


def test_neighbouring_codes_with_the_same_beginning_stay_apart():
    lombok_tengah = found("52.02")
    assert places.KUTA in lombok_tengah
    assert not any(code.startswith("52.01") for code in lombok_tengah)
    assert "52" not in lombok_tengah


def test_rows_are_found_by_the_area_they_point_at_without_a_join():
    titles = AreaTitle.objects.filter(within("area", "13"))
    assert set(titles.values_list("area_id", flat=True)) == {"13"}
    assert "regions_area" not in str(titles.query).replace("regions_areatitle", "")


def test_path_may_cross_other_tables():
    assert set(AreaTitle.objects.filter(within("area__parent", "13")).values_list("area_id", flat=True)) == set()
    assert AreaTitle.objects.filter(within("area__parent", "11")).values_list("area_id", flat=True).first() == "11.16"


def test_everything_and_nothing_survive_being_combined():
    one = Q(code="52")
    assert Area.objects.filter(within("", NATION) | one).count() == Area.objects.count()
    assert Area.objects.filter(within("", []) | one).count() == 1
    assert Area.objects.filter(within("", []) & one).count() == 0
    assert Area.objects.exclude(within("", [])).count() == Area.objects.count()
