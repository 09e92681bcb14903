"""What an area knows, and what the database refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from regions.codes import ancestors_of
from regions.models import Area, AreaTitle, Kind, Level, TimeZone, TitleKey
from tests import areas as places

pytestmark = pytest.mark.usefixtures("areas")


def area(code):
    return Area.objects.get(code=code)


def test_full_name_is_title_and_name_from_the_smallest_to_the_largest():
    assert area(places.KUTA).full_name == "Desa Kuta, Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat"
    assert area(places.LOMBOK_TENGAH).full_name == "Kabupaten Lombok Tengah, Nusa Tenggara Barat"
    assert area(places.NTB).full_name == "Nusa Tenggara Barat"


@pytest.mark.parametrize(
    ("code", "label"),
    [
        (places.TIKU_SELATAN, "Nagari Tiku Selatan"),
        (places.PRAYA, "Kelurahan Praya"),
        (places.YOBOI, "Desa Adat Yoboi"),  # its own name says so already
        (places.SENTANI, "Distrik Sentani"),
        (places.BALECATUR, "Kalurahan Balecatur"),
        (places.BANDUNG, "Kota Bandung"),
    ],
)
def test_label_carries_the_local_title(code, label):
    assert str(area(code)) == area(code).label == label


def test_short_name_is_bare():
    assert area(places.LOMBOK_TENGAH).short_name == "Lombok Tengah"
    assert area(places.BANDUNG).short_name == "Bandung"
    assert area(places.YOBOI).short_name == "Yoboi"
    assert area(places.KUTA).short_name == "Kuta"


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_of_full_names_is_one_query(number, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert all(each.full_name and each.zone_name for each in Area.objects.villages()[:number])


def test_only_desa_and_desa_adat_buy():
    assert {kind: set(Area.objects.filter(kind=kind).buyers()) != set() for kind in Kind} == {
        kind: kind in (Kind.DESA, Kind.DESA_ADAT) for kind in Kind
    }
    assert area(places.KUTA).may_buy
    assert area(places.YOBOI).may_buy
    assert not area(places.PRAYA).may_buy
    assert not area(places.LOMBOK_TENGAH).may_buy


def test_codes_above_are_read_from_the_code():
    kuta = area(places.KUTA)
    assert (kuta.province_code, kuta.regency_code, kuta.district_code) == ("52", "52.02", "52.02.04")
    assert (area("52").regency_code, area("52").district_code) == ("", "")
    assert area("52.02").regency_code == "52.02"
    assert kuta.contains(kuta.code)
    assert area("52.02").contains(kuta.code)
    assert not kuta.contains("52.02")


def test_ancestors_come_in_one_query_from_the_province_down(django_assert_num_queries):
    kuta = area(places.KUTA)
    with django_assert_num_queries(1):
        assert [each.name for each in kuta.ancestors()] == ["Nusa Tenggara Barat", "Kabupaten Lombok Tengah", "Pujut"]


ZONES = {
    TimeZone.WIB: "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62",
    TimeZone.WITA: "51 52 53 63 64 65 71 72 73 74 75 76",
    TimeZone.WIT: "81 82 91 92 93 94 95 96",
}


def test_every_province_has_its_time_zone():
    expected = {code: zone.value for zone, codes in ZONES.items() for code in codes.split()}
    assert dict(Area.objects.provinces().values_list("code", "time_zone")) == expected


def test_zone_is_named_and_known_to_python():
    noon = dt.datetime(2026, 5, 1, 4, 0, tzinfo=dt.UTC)
    shown = {code: noon.astimezone(area(code).tzinfo).hour for code in ("33", places.KUTA, places.YOBOI)}
    assert shown == {"33": 11, places.KUTA: 12, places.YOBOI: 13}
    assert [area(code).zone_name for code in ("33", places.KUTA, places.YOBOI)] == ["WIB", "WITA", "WIT"]


def test_areas_in_force_leave_out_those_to_come_and_those_gone():
    Area.objects.filter(code=places.KUTA).update(valid_from=dt.date(2020, 1, 1), valid_to=dt.date(2024, 1, 1))
    days = [dt.date(2019, 12, 31), dt.date(2020, 1, 1), dt.date(2023, 12, 31), dt.date(2024, 1, 1)]
    assert [Area.objects.in_force(day).filter(code=places.KUTA).exists() for day in days] == [False, True, True, False]


# --- titles ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "head"),
    [
        (places.KUTA, "Kepala Desa"),
        (places.TIKU_SELATAN, "Wali Nagari"),
        (places.YOBOI, "Kepala Kampung"),
        (places.BALECATUR, "Lurah"),
        ("11.16.01.2001", "Datok Penghulu"),  # Aceh Tamiang, inside Aceh with its Keuchik
        (places.PRAYA, "Lurah"),
    ],
)
def test_nearest_area_above_says_what_the_head_is_called(code, head):
    assert area(code).titles()[TitleKey.VILLAGE_HEAD] == head


def test_titles_of_several_areas_are_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        titles = AreaTitle.objects.for_codes([places.KUTA, places.TIKU_SELATAN, places.SENTANI])
    assert {code: each[TitleKey.DISTRICT] for code, each in titles.items()} == {
        places.KUTA: "Kecamatan",
        places.TIKU_SELATAN: "Kecamatan",
        places.SENTANI: "Distrik",
    }


def test_correcting_a_title_renames_the_areas_inside_and_no_others():
    before = dict(Area.objects.exclude(code__startswith="52.02").values_list("code", "ancestry"))
    title = AreaTitle.objects.create(area_id="52.02", key=TitleKey.DISTRICT, text="Kedatuan")
    assert area(places.PUJUT).label == "Kedatuan Pujut"
    assert area(places.KUTA).ancestry.startswith("Kedatuan Pujut, Kabupaten")
    assert dict(Area.objects.exclude(code__startswith="52.02").values_list("code", "ancestry")) == before
    title.delete()
    assert area(places.KUTA).ancestry.startswith("Kecamatan Pujut, Kabupaten")


def test_titles_of_kelurahan_never_follow_the_desa():
    AreaTitle.objects.create(area_id="52.02", key=TitleKey.VILLAGE, text="Kampung")
    assert area(places.PRAYA).label == "Kelurahan Praya"
    assert area(places.KUTA).label == "Kampung Kuta"


class Member:
    def __init__(self, role, area_id=None):
        self.role, self.area_id = role, area_id


class Person:
    def __init__(self, *memberships):
        self.memberships_now = memberships


@pytest.mark.parametrize(
    ("person", "may"),
    [
        (Person(Member("ministry")), True),
        (Person(Member("regency_office", "11.16")), True),
        (Person(Member("regency_office", "11.1")), False),
        (Person(Member("regency_office", "11.17")), False),
        (Person(Member("province_office", "11")), False),
        (Person(Member("village_head", "11.16.01.2001")), False),
        (Person(), False),
        (object(), False),
    ],
)
def test_titles_are_corrected_by_the_ministry_and_the_regency_itself(person, may):
    title = AreaTitle.objects.get(area="11.16", key=TitleKey.VILLAGE_HEAD)
    assert bool(title.may_change(person)) is may


# --- what can never be stored ----------------------------------------------------------------------
GOOD = {
    "code": "52.02.04.2999",
    "level": Level.VILLAGE,
    "kind": Kind.DESA,
    "name": "Contoh",
    "parent_id": "52.02.04",
    "time_zone": TimeZone.WITA,
}


def test_a_sound_area_is_stored():
    assert Area.objects.create(**GOOD).pk == "52.02.04.2999"


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"code": "52.02.04.299"}, "area_code_fits_kind"),
        ({"code": "52.02.04.1999"}, "area_code_fits_kind"),  # the code of a kelurahan
        ({"code": "52.02.04.29990"}, "value too long"),
        ({"kind": Kind.KELURAHAN}, "area_code_fits_kind"),
        ({"kind": Kind.KECAMATAN}, "area_kind_fits_level|area_code_fits_kind"),
        ({"level": Level.DISTRICT}, "area_kind_fits_level|area_parent_is_code_prefix"),
        ({"parent_id": "52.02.02"}, "area_parent_is_code_prefix"),
        ({"parent_id": "52.02"}, "area_parent_is_code_prefix"),
        ({"parent_id": None}, "area_parent_is_code_prefix"),
        ({"time_zone": "Asia/Tokyo"}, "area_time_zone_known"),
        ({"valid_from": dt.date(2024, 1, 2), "valid_to": dt.date(2024, 1, 2)}, "area_valid_to_after_from"),
    ],
)
def test_the_database_refuses(wrong, constraint):
    from django.db import DataError

    with pytest.raises((IntegrityError, DataError), match=constraint), transaction.atomic():
        Area.objects.create(**GOOD | wrong)


def test_an_area_that_holds_others_is_not_deleted():
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        area(places.PUJUT).delete()


def test_every_row_agrees_with_its_own_code():
    for each in Area.objects.all():
        assert each.level == Level.of(each.code)
        assert each.parent_id == next(iter(ancestors_of(each.code)), None)
