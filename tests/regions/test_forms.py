"""The area field: what it accepts, what it shows, and that picking never saves."""

import datetime as dt

import pytest
from django import forms
from django.http import QueryDict

from regions.codes import NATION
from regions.forms import PICK, AreaField, AreaFormMixin
from regions.models import Area, Level
from tests import areas as places

pytestmark = pytest.mark.usefixtures("areas")


class Form(AreaFormMixin, forms.Form):
    name = forms.CharField(label="Nama")
    village = AreaField(label="Desa", only_buyers=True)


def sent(**data):
    return QueryDict("&".join(f"{key}={value}" for key, value in data.items()))


def steps(*codes):
    """What the selects send, from the province down."""
    return {f"village_{level}": code for level, code in zip(Level, codes, strict=False)}


def form_for(**options):
    class Made(AreaFormMixin, forms.Form):
        village = AreaField(label="Desa", **options)

    return Made


def answer(form_class, **data):
    """The chosen code, or the sentences that say what is wrong."""
    form = form_class(sent(**data))
    if form.is_valid():
        area = form.cleaned_data["village"]
        return area and area.code
    return form.errors.get("village", [])


# --- reading ---------------------------------------------------------------------------------------
def test_four_selects_make_one_area():
    form = Form(sent(name="Siti", **steps("52", "52.02", "52.02.04", places.KUTA)))
    assert form.is_valid()
    assert form.cleaned_data["village"] == Area.objects.get(code=places.KUTA)


def test_one_code_under_the_fields_own_name_does_too():
    assert answer(form_for(), village=places.KUTA) == places.KUTA


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Pilih desa atau kelurahan."),
        ({"village": ""}, "Pilih desa atau kelurahan."),
        (steps(""), "Pilih desa atau kelurahan."),
        (steps("52"), "Pilih kabupaten atau kota dahulu."),
        (steps("52", "52.02"), "Pilih kecamatan dahulu."),
        (steps("52", "52.02", "52.02.04"), "Pilih desa atau kelurahan dahulu."),
        # The province was changed; what hangs below the old one does not count.
        (steps("32", "52.02", "52.02.04", places.KUTA), "Pilih kabupaten atau kota dahulu."),
        (steps("52", "52.01", "52.02.04", places.KUTA), "Pilih kecamatan dahulu."),
        ({"village": "52.02"}, "Pilih kecamatan dahulu."),
    ],
)
def test_what_is_still_to_be_chosen_is_said(data, sentence):
    assert answer(form_for(), **data) == [sentence]


@pytest.mark.parametrize(
    "code",
    [
        "52.02.04.2999",
        "99.99.99.2001",
        "x",
        "52.0",
        "52.02.04.2009.1",
        "%",
        "' OR 1=1",
        "52.02.04.2００９",
        "9" * 5000,
        NATION,
    ],
)
def test_a_code_that_is_not_in_the_list_is_refused(code):
    assert answer(form_for(), village=code) == [
        "Wilayah itu tidak ada dalam daftar. Pilih desa atau kelurahan dari daftar."
    ]


def test_an_area_that_is_gone_is_refused():
    Area.objects.filter(code=places.KUTA).update(valid_to=dt.date(2020, 1, 1))
    assert answer(form_for(), village=places.KUTA) == [
        "Wilayah itu tidak ada dalam daftar. Pilih desa atau kelurahan dari daftar."
    ]


OUTSIDE = ["Wilayah itu di luar wilayah yang boleh Anda pilih."]


@pytest.mark.parametrize(
    ("within", "code", "expected"),
    [
        ("52.02", places.KUTA, places.KUTA),
        (["52.02", "13"], places.TIKU_SELATAN, places.TIKU_SELATAN),
        ("52.02", places.TIKU_SELATAN, OUTSIDE),
        ("52.01", places.KUTA, OUTSIDE),
        ("52.0", places.KUTA, OUTSIDE),
        ([], places.KUTA, OUTSIDE),
        (None, places.KUTA, OUTSIDE),
        ([places.SUKADANA], places.KUTA, OUTSIDE),
        (NATION, places.KUTA, places.KUTA),
    ],
)
def test_a_forged_code_outside_the_territory_is_refused(within, code, expected):
    assert answer(form_for(within=within), village=code) == expected
    parts = [code[:2], code[:5], code[:8], code]
    assert answer(form_for(within=within), **steps(*parts)) == expected


def test_a_territory_may_be_set_on_the_form_that_is_made():
    form = form_for()(sent(village=places.KUTA))
    form.fields["village"].within = ["52.01"]
    assert form.errors["village"] == OUTSIDE
    assert answer(form_for(), village=places.KUTA) == places.KUTA  # the class is as it was


def test_kelurahan_are_refused_only_where_buyers_are_asked_for():
    assert answer(form_for(only_buyers=True), village=places.PRAYA) == [
        "Kelurahan tidak berbelanja di sini. Pilih desa."
    ]
    assert answer(form_for(), village=places.PRAYA) == places.PRAYA
    assert answer(form_for(only_buyers=True), village=places.YOBOI) == places.YOBOI


def test_a_field_for_a_regency_takes_nothing_smaller_and_above_only_if_told():
    assert answer(form_for(level="regency"), village="52.02") == "52.02"
    assert answer(form_for(level="regency"), village=places.PUJUT)[0].startswith("Wilayah itu tidak ada")
    assert answer(form_for(level="regency"), village="52") == ["Pilih kabupaten atau kota dahulu."]
    assert answer(form_for(level="regency", or_above=True), village="52") == "52"
    assert answer(form_for(level="regency", or_above=True), **steps("52", "")) == "52"
    assert answer(form_for(level="regency", or_above=True, required=False)) is None


# --- picking ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("codes", [("52",), ("52", "52.02", "52.02.04", places.KUTA)])
def test_the_pick_button_never_makes_a_form_valid_and_blames_nobody(codes):
    form = Form(sent(**steps(*codes), **{PICK: "village"}))
    assert not form.is_valid()
    assert form.errors == {}
    assert not hasattr(form, "cleaned_data") or form.cleaned_data == {}


def test_without_the_mixin_picking_still_never_saves():
    class Bare(forms.Form):
        village = AreaField()

    form = Bare(sent(village=places.KUTA, **{PICK: "village"}))
    assert not form.is_valid()
    assert form.errors == {"village": ["Lanjutkan memilih wilayah, lalu kirim."]}


def test_what_was_typed_is_kept_while_picking():
    html = str(Form(sent(name="Siti", **steps("52"), **{PICK: "village"})))
    assert 'value="Siti"' in html
    assert '<option value="52" selected>' in html
    assert '<option value="52.02">Kabupaten Lombok Tengah</option>' in html


# --- showing ---------------------------------------------------------------------------------------
def names(html):
    import re

    return re.findall(r'<select[^>]* name="([^"]+)"', html)


def options(html):
    import re

    return [code for code in re.findall(r'<option value="([^"]*)"', html) if code]


def test_at_first_only_provinces_are_asked_for():
    html = str(form_for()()["village"])
    assert names(html) == ["village_province"]
    assert len(options(html)) == 38
    assert f'name="{PICK}"' in html


def test_a_kept_village_shows_the_whole_way_to_it():
    html = str(form_for()(initial={"village": Area.objects.get(code=places.KUTA)})["village"])
    assert names(html) == ["village_province", "village_regency", "village_district", "village_village"]
    assert f'data-code="{places.KUTA}" data-label="Desa Kuta"' in html
    assert f'<option value="{places.KUTA}" selected>Desa Kuta</option>' in html


def test_in_a_territory_nothing_above_it_is_asked_and_nothing_beside_it_is_offered():
    html = str(form_for(within="52.02")()["village"])
    assert names(html) == ["village_district"]
    assert {code[:5] for code in options(html)} == {"52.02"}
    html = str(form_for(within=["52.02", "52.01"])()["village"])
    assert names(html) == ["village_regency"]
    assert options(html) == ["52.01", "52.02"]


def test_a_few_villages_are_one_plain_select_by_district():
    html = str(form_for(within=[places.PUJUT, places.JONGGAT])()["village"])
    assert names(html) == ["village"]
    assert {code[:8] for code in options(html)} == {places.PUJUT, places.JONGGAT}
    assert '<optgroup label="Kecamatan Pujut">' in html
    assert PICK not in html
    assert "script" not in html


def test_no_territory_offers_nothing():
    html = str(form_for(within=[])()["village"])
    assert options(html) == []
    assert "Tidak ada yang dapat Anda pilih" in html


def test_kelurahan_are_listed_but_cannot_be_taken():
    html = str(form_for(within="52.02.01", only_buyers=True)()["village"])
    assert f'<option value="{places.PRAYA}" disabled>Kelurahan Praya (tidak berbelanja di sini)</option>' in html


def test_a_forged_code_is_not_shown_back():
    html = str(form_for(within="52.02")(sent(village='52.01"><script>'))["village"])
    assert "<script>" not in html.replace('<script type="module"', "")
    assert "52.01" not in html


@pytest.mark.parametrize(
    ("form", "data", "queries"),
    [
        (form_for(), {}, 1),
        (form_for(), {"village": places.KUTA}, 1),
        (form_for(within="52.02"), {"village": places.KUTA}, 2),
        (form_for(within=[places.PUJUT]), {}, 1),
    ],
)
def test_showing_costs_one_query_or_two(form, data, queries, django_assert_num_queries):
    bound = form(initial=data)
    with django_assert_num_queries(queries):
        str(bound["village"])


def test_the_label_and_errors_of_the_group_reach_the_first_control():
    form = Form(sent())
    html = str(form["village"])
    assert 'id="id_village_0"' in html
    assert form["village"].id_for_label == "id_village_0"
    assert 'aria-invalid="true"' in html


def test_change_is_noticed():
    field = AreaField()
    kuta = Area.objects.get(code=places.KUTA)
    assert not field.has_changed(kuta, places.KUTA)
    assert field.has_changed(kuta, places.SUKADANA)
    assert not field.has_changed(None, "")
