"""Finding areas by what people type."""

import pytest

from regions.models import Area
from regions.naming import plain
from regions.search import words_of
from tests import areas as places

pytestmark = pytest.mark.usefixtures("areas")


def first(text, **options):
    return Area.objects.suggest(text, **options)[0].full_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kuta", "Desa Kuta, Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat"),
        ("KUTA", "Desa Kuta, Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat"),
        ("kuta puj", "Desa Kuta, Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat"),
        ("desa kuta lombok tengah", "Desa Kuta, Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat"),
        ("kúta", "Desa Kuta, Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat"),
        ("52.02.04.2009", "Desa Kuta, Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat"),
        ("lombok tengah", "Kabupaten Lombok Tengah, Nusa Tenggara Barat"),
        ("kab lombok tengah", "Kabupaten Lombok Tengah, Nusa Tenggara Barat"),
        ("kec pujut", "Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat"),
        ("nagari tiku sel", "Nagari Tiku Selatan, Kecamatan Tanjung Mutiara, Kabupaten Agam, Sumatera Barat"),
        ("ntb", None),
        ("nusa tenggara barat", "Nusa Tenggara Barat"),
    ],
)
def test_what_is_typed_finds_what_is_meant(text, name):
    found = Area.objects.suggest(text)
    assert (found[0].full_name if found else None) == name


def test_words_run_together_or_apart_are_the_same():
    apart, together = Area.objects.suggest("kota bandung"), Area.objects.suggest("sukaduna")
    assert apart[0].code == places.BANDUNG
    assert together == []
    assert {area.code for area in Area.objects.suggest("lomboktengah")} >= {places.LOMBOK_TENGAH}
    assert Area.objects.suggest("suka dana")[0].code == places.SUKADANA


def test_the_very_name_stands_before_names_that_begin_so_and_larger_before_smaller():
    names = [area.label for area in Area.objects.suggest("praya", limit=20)]
    assert names[:2] == ["Kecamatan Praya", "Kelurahan Praya"]
    assert "Kecamatan Praya Barat" in names


@pytest.mark.parametrize("text", ["kuta", "praya", "lombok", "su", "desa", "batu tulis"])
def test_the_fast_way_finds_the_same_as_the_whole_search(text):
    assert {area.code for area in Area.objects.suggest(text, limit=500)} == {
        area.code for area in Area.objects.search(text)
    }


def test_search_keeps_to_the_territory_and_the_level():
    codes = {area.code for area in Area.objects.villages().within("52.01").suggest("la", limit=100)}
    assert codes
    assert all(code.startswith("52.01.") and len(code) == 13 for code in codes)


@pytest.mark.parametrize(
    "text",
    ["", " ", "'", "\\", "&", "| !", ":*", "(", "a & b", "kuta'); DROP TABLE", "%", "_", "*", "A:*B", "<->", "🏝", "كوتا",
     "日本", "\u0301", "x" * 5000, "a " * 500, "-1", "1e9", "..", "52.", "ﬀ", "ı", "ß", "\u202e"],
)  # fmt: skip
def test_odd_text_breaks_nothing(text):
    assert list(Area.objects.search(text)[:5]) is not None
    assert Area.objects.suggest(text) is not None


def test_wildcards_are_only_letters():
    assert Area.objects.suggest("%") == []
    assert Area.objects.suggest("k_ta") == Area.objects.suggest("k ta")


@pytest.mark.parametrize(("text", "most"), [("pra", 1), ("lombok teng", 2), ("zzz", 2)])
def test_a_suggestion_costs_one_or_two_queries(text, most, django_assert_max_num_queries):
    with django_assert_max_num_queries(most):
        Area.objects.suggest(text, limit=3)


def test_plain_text():
    assert plain("  Bu Nuapu’u ") == "bu nuapuu"
    assert plain("Fak-Fak (Kota)/II") == "fak fak kota ii"
    assert plain("Désa Ç") == "desa c"
    assert words_of("a b c d e f g h") == ["a", "b", "c", "d", "e", "f"]
