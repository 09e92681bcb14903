"""Area codes as text: shape, what lies in what."""

import pytest

from regions.codes import NATION, ancestors_of, contains, is_code, outermost


@pytest.mark.parametrize("code", ["52", "52.02", "52.02.04", "52.02.04.2009"])
def test_codes_of_every_level_have_the_shape(code):
    assert is_code(code)


@pytest.mark.parametrize(
    "text",
    ["", "5", "522", "52.", "52.2", "52.02.", "52.02.04.", "52.02.04.200", "52.02.04.20091", "52.02.04.2009.01",
     "5２", "٥٢", "52\n", " 52", "52%", "%", "52.0_", None, 52, b"52", NATION],
)  # fmt: skip
def test_other_things_have_not(text):
    assert not is_code(text)


@pytest.mark.parametrize(
    ("territory", "code", "inside"),
    [
        ("52.02", "52.02", True),
        ("52.02", "52.02.04", True),
        ("52.02", "52.02.04.2009", True),
        ("52", "52.02.04.2009", True),
        (NATION, "52.02", True),
        ("32.0", "32.02", False),
        ("32.0", "32.02.01.2001", False),
        ("5", "52", False),
        ("52.02.04.200", "52.02.04.2001", False),
        ("52.02", "52.01", False),
        ("52.02.04", "52.02", False),
        ("", "52.02", False),
        ("", "", False),
        (NATION, "", False),
        (NATION, "52.0", False),
        ("%", "52", False),
    ],
)
def test_territory_holds_whole_parts_only(territory, code, inside):
    assert contains(territory, code) is inside


def test_ancestors_are_read_from_the_code_nearest_first():
    assert ancestors_of("52.02.04.2009") == ["52.02.04", "52.02", "52"]
    assert ancestors_of("52") == []


def test_outermost_drops_what_lies_inside_and_what_is_malformed():
    assert outermost(["52.02.04", "52.02", "52.01.01.2001", "52.0", "", "x"]) == ["52.01.01.2001", "52.02"]
    assert outermost(["52.02", NATION]) == [NATION]
    assert outermost([]) == []
    assert outermost(None) == []


def test_a_lone_string_is_one_code_and_not_its_letters():
    assert outermost("52.02") == ["52.02"]
