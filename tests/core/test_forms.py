import datetime as dt

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from core import forms as fields
from tests.core.files import jpeg, pdf


class Form(forms.Form):
    price = fields.RupiahField(min_value=1_000, max_value=200_000_000)
    phone = fields.PhoneField()
    nik = fields.NIKField()
    npwp = fields.NPWPField(required=False)
    nib = fields.NIBField(required=False)
    account = fields.BankAccountField(required=False)
    postal = fields.PostalCodeField(required=False)
    day = fields.IndonesianDateField(latest=dt.date(2030, 1, 1))


GOOD = {
    "price": "Rp 12.500.000",
    "phone": "0812 3456 7890",
    "nik": "5202 0123 0890 0001",
    "npwp": "01.234.567.8-901.000",
    "nib": "0220 1012 34567",
    "account": "001-234-5678",
    "postal": "83573",
    "day": "23/05/2024",
}


def test_each_field_gives_the_value_as_it_is_stored():
    form = Form(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "price": 12_500_000,
        "phone": "+6281234567890",
        "nik": "5202012308900001",
        "npwp": "012345678901000",
        "nib": "0220101234567",
        "account": "0012345678",
        "postal": "83573",
        "day": dt.date(2024, 5, 23),
    }


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("price", "12,500,000", "Jumlah tidak dapat dibaca"),
        ("price", "12.500,50", "rupiah utuh"),
        ("price", "500", "Jumlah paling sedikit Rp1.000."),
        ("price", "200.000.001", "Jumlah paling banyak Rp200.000.000."),
        ("phone", "halo", "Nomor telepon tidak dikenali"),
        ("nik", "123", "NIK harus 16 angka."),
        ("npwp", "123", "NPWP harus 15 atau 16 angka."),
        ("nib", "123", "NIB harus 13 angka."),
        ("day", "31/02/2024", "Tanggal tidak dikenali"),
        ("day", "0024-05-23", "Tanggal paling awal 01/01/1900."),
        ("day", "2031-05-23", "Tanggal paling akhir 01/01/2030."),
        ("nik", "", "wajib"),
        ("nik", "5202\x000123", "null"),
        ("nik", "1" * 500, ""),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(name, typed, sentence):
    form = Form(GOOD | {name: typed})
    assert not form.is_valid()
    assert list(form.errors) == [name]
    assert sentence.lower() in form.errors[name][0].lower()


def test_numbers_are_shown_as_people_write_them():
    form = Form(
        initial={"price": 12_500_000, "phone": "+6281234567890", "npwp": "012345678901000", "day": dt.date(2024, 5, 23)}
    )
    html = form.as_p()
    for value in ("12.500.000", "0812-3456-7890", "01.234.567.8-901.000", "2024-05-23"):
        assert f'value="{value}"' in html
    assert "data-rupiah" in html
    assert 'inputmode="numeric"' in html


def test_what_was_typed_wrongly_stays_as_it_was_typed():
    assert 'value="12,5 juta"' in Form(GOOD | {"price": "12,5 juta"}).as_p()


def test_odd_numbers_are_warned_of_not_refused():
    assert fields.NIKField().warnings("9902013208900001")
    assert fields.NPWPField().warnings("012345678901000")


class Files(forms.Form):
    scan = fields.ScanUploadField(required=False)
    letter = fields.PDFUploadField(required=False, max_bytes=100_000)
    photo = fields.ImageUploadField(required=False)
    photos = fields.ImagesUploadField(required=False, max_files=2)


def upload(content, name="berkas", content_type="text/html"):
    return SimpleUploadedFile(name, content, content_type)


def test_files_are_judged_by_their_bytes_not_by_what_the_browser_says():
    form = Files({}, MultiValueDict({"scan": [upload(pdf(), "a.jpg")], "photo": [upload(jpeg(), "b.exe")]}))
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["scan"].content_type, form.cleaned_data["scan"].name) == ("application/pdf", "a.pdf")
    assert (form.cleaned_data["photo"].content_type, form.cleaned_data["photo"].name) == ("image/jpeg", "b.jpg")
    assert form.cleaned_data["letter"] is None
    assert form.cleaned_data["photos"] == []


def test_a_field_for_pdf_takes_no_photo_and_the_other_way_round():
    form = Files({}, MultiValueDict({"letter": [upload(jpeg())], "photo": [upload(pdf())]}))
    assert sorted(form.errors) == ["letter", "photo"]


def test_several_photos_are_judged_each_and_counted():
    three = [upload(jpeg(), f"{n}.jpg") for n in range(3)]
    form = Files({}, MultiValueDict({"photos": three[:2]}))
    assert form.is_valid(), form.errors
    assert [photo.name for photo in form.cleaned_data["photos"]] == ["0.jpg", "1.jpg"]
    form = Files({}, MultiValueDict({"photos": three}))
    assert form.errors["photos"] == ["Pilih paling banyak 2 foto sekaligus."]
    form = Files({}, MultiValueDict({"photos": [three[0], upload(b"halo", "buruk.jpg")]}))
    assert form.errors["photos"][0].startswith("buruk.jpg: ")


def test_a_file_that_is_needed_and_missing_or_empty_has_its_sentence():
    class Needed(forms.Form):
        scan = fields.ScanUploadField()

    assert Needed({}, {}).errors["scan"] == ["Pilih berkas."]
    assert Needed({}, {"scan": upload(b"")}).errors["scan"] == ["Berkas kosong. Pilih berkas lain."]
    assert 'accept="application/pdf,image/jpeg,image/png"' in Needed().as_p()
