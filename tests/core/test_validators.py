import pytest
from django.core.exceptions import ValidationError

from core import validators


def refused(validator, value):
    with pytest.raises(ValidationError) as refusal:
        validator(value)
    return refusal.value.messages[0]


@pytest.mark.parametrize(
    "value", ["520201234567", "52020123456700012", "520201234567000A", "５" * 16, "", "5" * 15 + "\n"]
)
def test_a_nik_has_16_digits(value):
    assert refused(validators.validate_nik, value) == "NIK harus 16 angka."


def test_a_nik_that_looks_odd_is_accepted_with_a_warning():
    for value, words in (
        ("5202016308900001", []),  # a woman: day + 40
        ("5202012308900001", []),
        ("9902012308900001", ["provinsi"]),
        ("5202013208900001", ["tanggal"]),
        ("5202017208900001", ["tanggal"]),
        ("5202012313900001", ["bulan"]),
        ("5202012308900000", ["0000"]),
        ("0000000000000000", ["provinsi", "tanggal", "bulan", "0000"]),
    ):
        validators.validate_nik(value)
        warnings = validators.nik_warnings(value)
        assert len(warnings) == len(words), value
        assert all(word in warning for word, warning in zip(words, warnings, strict=True))


def test_npwp_has_15_or_16_digits_and_15_are_warned_of():
    validators.validate_npwp("01.234.567.8-901.000")
    validators.validate_npwp("0012345678901000")
    assert validators.normalise_npwp("01.234.567.8-901.000") == "012345678901000"
    assert "format lama" in validators.npwp_warnings("012345678901000")[0]
    assert validators.npwp_warnings("0012345678901000") == []
    for value in ("01234567890100", "00123456789010001", "01.234.567.8-901.00X"):
        assert refused(validators.validate_npwp, value) == "NPWP harus 15 atau 16 angka."


def test_nib_has_13_digits():
    validators.validate_nib("0220101234567")
    assert refused(validators.validate_nib, "022010123456") == "NIB harus 13 angka."


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("0812 3456 7890", "+6281234567890"),
        ("62 812.3456.7890", "+6281234567890"),
        ("+62 (812) 3456-7890", "+6281234567890"),
        ("+62 0812 3456 7890", "+6281234567890"),
        ("81234567890", "+6281234567890"),
        ("0062 812 3456 7890", "+6281234567890"),
        ("(0370) 123456", "+62370123456"),
    ],
)
def test_telephone_numbers_are_stored_in_one_way(typed, stored):
    assert validators.normalise_phone(typed) == stored
    validators.validate_phone(typed)


@pytest.mark.parametrize(
    "typed", ["", "12345", "+1 202 555 0123", "0812abc", "08", "0" * 12, "0812345678901234", "०८१२३४५६७८९"]
)
def test_what_is_no_telephone_number_is_refused(typed):
    assert "Contoh" in refused(validators.validate_phone, typed)


def test_account_numbers_keep_their_zeros():
    validators.validate_bank_account("0012345678")
    validators.validate_bank_account("001-234-5678")
    assert "rekening" in refused(validators.validate_bank_account, "1234")
    assert "rekening" in refused(validators.validate_bank_account, "12345X")


def test_postal_codes_have_five_digits():
    validators.validate_postal_code("83573")
    for value in ("8357", "083573", "03573", "8357a"):
        assert refused(validators.validate_postal_code, value) == "Kode pos harus 5 angka."


def test_rupiah_are_whole_and_not_negative():
    validators.validate_whole_rupiah(0)
    for value in (-1, 1.5, 10**16, True):
        refused(validators.validate_whole_rupiah, value)


@pytest.mark.parametrize("value", ["a\0b", "a\x1bb", "a\u202eb", "a\x7fb", "a\ud800b"])
def test_text_holds_no_control_characters_and_turns_no_direction(value):
    refused(validators.validate_plain_text, value)
    refused(validators.validate_single_line, value)


def test_text_may_have_lines_and_single_lines_may_not():
    validators.validate_plain_text("satu\r\ndua\ttiga – “é” 🙂")
    refused(validators.validate_single_line, "satu\ndua")


def test_names_of_people_and_of_bodies():
    for name in (
        "Baiq Nurul Aini, S.Sos., M.Si.",
        "H. Abd. Rahman",
        "Ma'ruf Al-Amin",
        "Muḥammad",
        "Lalu Contoh (alm.)",
    ):
        validators.validate_person_name(name)
    for name in ("A", "1234", "Budi2", "<b>Budi</b>", "....", "Budi\n"):
        refused(validators.validate_person_name, name)
    validators.validate_organisation_name("CV Karya 99")
    for name in ("A1", "<script>", "--"):
        refused(validators.validate_organisation_name, name)
    assert validators.normalise_spaces("  Baiq \u00a0 Nurul  ") == "Baiq Nurul"
