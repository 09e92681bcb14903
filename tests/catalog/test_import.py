"""A provider's services as a workbook: what goes out comes back, all of it or nothing, and once."""

from __future__ import annotations

import io
import re
import threading
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Role
from catalog.models import Category, CategoryAttribute, Service
from catalog.tables import workbook
from catalog.tables.workbook import ServiceTable, mark_of
from core.models import Event, SheetUpload
from core.workflow import TransitionRefused
from regions.models import Area
from tests.areas import BANDUNG, LOMBOK_BARAT, LOMBOK_TENGAH, NTB
from tests.catalog import stage
from tests.catalog.stage import Firm
from verification.models import VerificationRule

pytestmark = pytest.mark.django_db
IMPORT, EXPORT, TEMPLATE = "/layanan-saya/impor/", "/layanan-saya/unduh/", "/layanan-saya/templat/"
HEAD = 5  # the row with the heads
NEW = {
    "Nama layanan": "DED jalan desa", "Kategori": "Infrastruktur", "Jenis layanan": "Perencanaan teknis (DED, RAB)",
    "Ringkasan": "Gambar dan RAB.", "Harga per satuan (rupiah)": 9_000_000, "Satuan": "paket", "Termasuk pajak": "ya",
}  # fmt: skip


@pytest.fixture
def browser(client: Client, rinjani: Firm) -> Client:
    client.force_login(rinjani.person)
    return client


def book_of(response: HttpResponse) -> openpyxl.Workbook:
    assert response.status_code == 200, response.content[:300]
    return openpyxl.load_workbook(io.BytesIO(response.content))


def heads(book: openpyxl.Workbook) -> dict[str, int]:
    return {str(cell.value).removesuffix(" *"): cell.column for cell in book.worksheets[0][HEAD] if cell.value}


def filled(book: openpyxl.Workbook, *rows: dict[str, Any], row: int = HEAD + 1) -> openpyxl.Workbook:
    """These cells, by head, from this row on."""
    for number, cells in enumerate(rows, row):
        for head, value in cells.items():
            book.worksheets[0].cell(number, heads(book)[head], value)
    return book


def as_upload(book: openpyxl.Workbook, name: str = "layanan.xlsx") -> SimpleUploadedFile:
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def hidden(response: HttpResponse) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def send(browser: Client, upload: Any) -> HttpResponse:
    """Upload it; the page that follows."""
    return browser.post(IMPORT, hidden(browser.get(IMPORT)) | {"table": upload}, follow=True)


def sheet(browser: Client, *rows: dict[str, Any]) -> HttpResponse:
    """The template with these rows, sent."""
    return send(browser, as_upload(filled(book_of(browser.get(TEMPLATE)), *rows)))


def exported(browser: Client, **changes: Any) -> openpyxl.Workbook:
    """One's services as they come, the first with these cells changed."""
    return filled(book_of(browser.get(EXPORT)), changes)


def confirm(browser: Client, page: HttpResponse) -> HttpResponse:
    return browser.post(page.request["PATH_INFO"], hidden(page), follow=True)


def text(response: HttpResponse) -> str:
    """Without tags, with single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def judged(firm: Firm) -> list[workbook.Row]:
    upload = SheetUpload.objects.filter(about=firm.provider.code).latest("pk")
    return ServiceTable(upload).judge()


# --- out and back -----------------------------------------------------------------------------------------------
def test_what_goes_out_comes_back_unchanged(browser: Client, rinjani: Firm) -> None:
    """With every kind of answer, several lines, places and an old code."""
    category = Category.objects.get(key="kewirausahaan")
    kinds = {
        "ujiteks": ("text", [], "Teks, dan lain"), "ujiangka": ("number", [], 1_250),
        "ujipilih": ("choice", [["satu", "Pilihan, satu"], ["dua", "Dua"]], "satu"),
        "ujibanyak": ("many", [["satu", "Satu, ya"], ["dua", "Dua"], ["tiga", "Tiga"]], ["satu", "tiga"]),
        "ujiya": ("yes_no", [], False),
    }  # fmt: skip
    for key, (kind, choices, _) in kinds.items():
        CategoryAttribute.objects.create(category=category, key=key, label=f"Tanya {key}", kind=kind, choices=choices, unit="orang" if kind == "number" else "")  # fmt: skip
    sub = category.subcategories.first()
    made = stage.draft(rinjani, "=Pelatihan; 'dua' hari", areas=(LOMBOK_TENGAH, BANDUNG), subcategory=sub, tax_included=False,
                       description="Baris satu\nBaris dua", attributes={key: answer for key, (_, _, answer) in kinds.items()})  # fmt: skip
    made.publish(by=rinjani.person)
    stage.draft(rinjani, "Draf", description="", deliverables="", duration_days=None, areas=())
    page = send(browser, as_upload(exported(browser)))
    assert [row.outcome for row in judged(rinjani)] == ["tetap", "tetap"], [
        (row.changes, row.errors) for row in judged(rinjani)
    ]
    assert "Tidak ada yang berubah" in text(page) and "Simpan semua" not in text(page)


def test_the_workbook_explains_itself(browser: Client, rinjani: Firm) -> None:
    book = book_of(browser.get(TEMPLATE))
    assert book.sheetnames == ["Layanan", "Petunjuk"]
    guide = {row[0]: row[1:4] for row in book["Petunjuk"].iter_rows(min_row=2, values_only=True)}
    assert set(guide) == set(heads(book))
    assert guide["Nama layanan"][0] == "ya" and guide["Uraian"][0] == "tidak"
    assert guide["Satuan"][2].splitlines()[0] == "paket"
    assert {str(rule.sqref).split(":")[0][0] for rule in book["Layanan"].data_validations.dataValidation}


def test_the_template_asks_what_the_providers_categories_ask(browser: Client, rinjani: Firm) -> None:
    for key, category in (("ujiusaha", "kewirausahaan"), ("ujijalan", "infrastruktur")):
        CategoryAttribute.objects.create(
            category=Category.objects.get(key=category), key=key, label="Tanya", kind="text"
        )
    rinjani.provider.fields = ["infrastruktur"]
    rinjani.provider.save()
    assert "Tanya [ujijalan]" in heads(book_of(browser.get(TEMPLATE)))
    assert "Tanya [ujiusaha]" not in heads(book_of(browser.get(TEMPLATE)))
    stage.draft(rinjani)
    assert "Tanya [ujiusaha]" in heads(book_of(browser.get(TEMPLATE)))


# --- the dry run ----------------------------------------------------------------------------------------------------
def test_the_dry_run_says_what_would_happen_and_changes_nothing(browser: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani, price=5_000_000)
    stage.service(rinjani, "Tetap begini")
    book = exported(browser, **{"Harga per satuan (rupiah)": "6.500.000", "Wilayah layanan": "52.01; Kota Bandung"})
    events = Event.objects.count()
    page = send(browser, as_upload(filled(book, NEW, row=HEAD + 3)))
    assert [row.outcome for row in judged(rinjani)] == ["berubah", "tetap", "baru"]
    words = text(page)
    assert "Harga per satuan (rupiah) : Rp5.000.000 → Rp6.500.000" in words
    assert (
        "Wilayah layanan : Kabupaten Lombok Tengah → Kota Bandung; Kabupaten Lombok Barat" in words
        or "Kabupaten Lombok Barat; Kota Bandung" in words
    )
    assert "Layanan baru, tersimpan sebagai draf." in words and "Simpan semua" in words
    service.refresh_from_db()
    assert service.price == 5_000_000 and Service.objects.count() == 2 and Event.objects.count() == events


def test_confirming_does_it_through_the_verbs(browser: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani, price=5_000_000)
    book = exported(browser, **{"Harga per satuan (rupiah)": 6_500_000, "Wilayah layanan": f"{NTB}"})
    done = confirm(browser, send(browser, as_upload(filled(book, NEW, row=HEAD + 2))))
    assert "Tabel layanan tersimpan." in text(done)
    service.refresh_from_db()
    assert (service.price, [area.code for area in service.areas.all()]) == (6_500_000, [NTB])
    assert service.current_version.price == 6_500_000 and service.version_number == 2
    event = service.events().latest("pk")
    assert (event.verb, event.actor) == ("revise", rinjani.person)
    assert event.data["changes"] == {"price": [5_000_000, 6_500_000], "areas": [[LOMBOK_TENGAH], [NTB]]}
    new = Service.objects.get(title="DED jalan desa")
    assert (new.state, new.version_number, new.category.key, new.unit) == ("draft", 0, "infrastruktur", "paket")
    assert [area.code for area in new.areas.all()] == []  # an empty cell says none; publishing will ask for it


def test_sent_twice_it_is_done_once(browser: Client, rinjani: Firm) -> None:
    page = sheet(browser, NEW)
    keys = hidden(page)
    path = page.request["PATH_INFO"]
    first, second = browser.post(path, keys), browser.post(path, keys)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Service.objects.count() == 1
    again = browser.get(path)
    assert "Tabel tersimpan" in text(again) and "Simpan semua" not in text(again)
    # another key, from a page that stood open beside it
    table = ServiceTable(SheetUpload.objects.get())
    with pytest.raises(TransitionRefused, match="sudah disimpan"):
        table.apply(by=rinjani.person, mark=mark_of(table.judge()))


def test_the_upload_form_sent_twice_keeps_one_table(browser: Client, rinjani: Firm) -> None:
    keys = hidden(browser.get(IMPORT))
    book = filled(book_of(browser.get(TEMPLATE)), NEW)
    urls = {browser.post(IMPORT, keys | {"table": as_upload(book)}).url for _ in range(2)}
    assert len(urls) == 1 and SheetUpload.objects.count() == 1


def test_one_wrong_row_stops_all(browser: Client, rinjani: Firm) -> None:
    page = sheet(browser, NEW, NEW | {"Nama layanan": "Lain", "Kategori": "Perikanan"})
    assert "Simpan semua" not in text(page)
    mark = mark_of(judged(rinjani))
    keys = hidden(browser.get(IMPORT)) | {"mark": mark}
    refused = browser.post(page.request["PATH_INFO"], keys)
    assert refused.status_code == 409 and "Masih ada baris yang perlu diperbaiki" in text(refused)
    assert Service.objects.count() == 0


def test_a_refusal_in_the_middle_takes_everything_back(browser: Client, rinjani: Firm, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    page = sheet(browser, NEW, NEW | {"Nama layanan": "Kedua"})
    plain = Service.offer

    def picky(self: Service, **kwargs: Any) -> None:
        if self.title == "Kedua":
            raise TransitionRefused("Tidak boleh.")
        plain(self, **kwargs)

    monkeypatch.setattr(Service, "offer", picky)
    refused = confirm(browser, page)
    assert refused.status_code == 409 and "Baris 7 (Kedua): Tidak boleh." in text(refused)
    assert Service.objects.count() == 0 and SheetUpload.objects.get().applied_at is None
    monkeypatch.undo()
    confirm(browser, refused)
    assert Service.objects.count() == 2


def test_what_changed_since_it_was_shown_is_shown_again(browser: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani, price=5_000_000)
    page = send(browser, as_upload(exported(browser, **{"Harga per satuan (rupiah)": 6_500_000})))
    service.revise(by=rinjani.person, price=7_000_000)
    refused = confirm(browser, page)
    assert refused.status_code == 409 and "berubah sejak pratinjau" in text(refused)
    assert "Rp7.000.000 → Rp6.500.000" in text(refused)
    confirm(browser, refused)
    service.refresh_from_db()
    assert service.price == 6_500_000


# --- what is wrong in a cell -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("head", "value", "sentence"),
    [
        ("Nama layanan", None, "Wajib diisi."),
        ("Nama layanan", "a" * 121, "Terlalu panjang: 121 huruf, paling banyak 120."),
        ("Kategori", "Perikanan", "Kategori “Perikanan” tidak ada. Pilih dari daftar."),
        ("Subkategori", "BUM Desa dan BUM Desa Bersama", "Bukan subkategori dari Infrastruktur."),
        ("Jenis layanan", "Sulap", "“Sulap” bukan pilihan."),
        ("Ringkasan", "a" * 241, "Terlalu panjang"),
        ("Uraian", "a" * 4001, "Terlalu panjang: 4001 huruf"),
        ("Harga per satuan (rupiah)", "sembilan juta", "Jumlah tidak dapat dibaca."),
        ("Harga per satuan (rupiah)", -5, "Jumlah tidak boleh kurang dari nol."),
        ("Harga per satuan (rupiah)", 0, "Jumlah paling sedikit Rp1."),
        ("Harga per satuan (rupiah)", 12.5, "Jumlah harus rupiah utuh"),
        ("Harga per satuan (rupiah)", 1e30, "tidak dapat dibaca"),
        ("Harga per satuan (rupiah)", "=SUM(A1:A3)", "Sel ini berisi rumus."),
        ("Satuan", "ekor", "“ekor” bukan pilihan."),
        ("Termasuk pajak", "mungkin", "Tulis ya atau tidak."),
        ("Lama pengerjaan (hari)", "dua", "Tulis angka utuh dari 1 sampai 730."),
        ("Lama pengerjaan (hari)", 731, "Tulis angka utuh dari 1 sampai 730."),
        ("Lama pengerjaan (hari)", 1.5, "Tulis angka utuh dari 1 sampai 730."),
        ("Wilayah layanan", "99.99", "Kode wilayah 99.99 tidak ada."),
        ("Wilayah layanan", "Kabupaten Atlantis", "Wilayah “Kabupaten Atlantis” tidak dikenal."),
        ("Kode", "ABCDEFGHJK", "Kode ini bukan layanan Anda."),
        ("Kode", "' OR 1=1 --", "Kode ini bukan layanan Anda."),
    ],
)
def test_each_wrong_cell_is_told_with_how_to_mend_it(
    browser: Client, rinjani: Firm, head: str, value: Any, sentence: str
) -> None:
    page = sheet(browser, NEW | {head: value, "Ringkasan": value if head == "Ringkasan" else "Ada."})
    errors = judged(rinjani)[0].errors
    assert [(name, sentence in told) for name, told in errors] == [(head, True)], errors
    assert sentence in text(page)


def test_an_answer_that_does_not_fit_is_told(browser: Client, rinjani: Firm) -> None:
    infrastructure, business = (Category.objects.get(key=key) for key in ("infrastruktur", "kewirausahaan"))
    CategoryAttribute.objects.create(category=infrastructure, key="ujiangka", label="Angka", kind="number", unit="hari")
    CategoryAttribute.objects.create(category=business, key="ujiusaha", label="Usaha", kind="text")
    rows = [
        NEW | {"Angka [ujiangka]": "banyak"},
        NEW | {"Usaha [ujiusaha]": "ada"},
        NEW | {"Angka [ujiangka]": "1.250 hari"},
    ]
    sheet(browser, *rows)
    first, second, third = judged(rinjani)
    assert first.errors == [("Angka [ujiangka]", "Tulis angka utuh dari 0 sampai 999999999.")]
    assert second.errors == [("Usaha [ujiusaha]", "Kategori Infrastruktur tidak menanyakan ini. Kosongkan.")]
    assert third.content["attributes"] == {"ujiangka": 1_250} and not third.errors


def test_places_are_known_by_code_and_by_name(browser: Client, rinjani: Firm) -> None:
    said = [
        "52.02",
        52.01,
        "Kabupaten Lombok Tengah",
        "lombok barat",
        "Seluruh Nusa Tenggara Barat",
        "52 NTB; 52.02",
        "Kota Bandung;",
    ]
    sheet(
        browser,
        *[NEW | {"Nama layanan": f"Ke-{number}", "Wilayah layanan": place} for number, place in enumerate(said)],
    )
    found = [[area.code for area in row.areas] for row in judged(rinjani)]
    assert found == [[LOMBOK_TENGAH], [LOMBOK_BARAT], [LOMBOK_TENGAH], [LOMBOK_BARAT], [NTB], [NTB], [BANDUNG]]


def test_a_name_with_two_meanings_asks_for_the_code(browser: Client, rinjani: Firm) -> None:
    twin = Area.objects.get(pk=BANDUNG)
    twin.pk, twin.kind, twin.name = "32.04", "kabupaten", "Kabupaten Bandung"
    twin.save(force_insert=True)
    sheet(browser, NEW | {"Wilayah layanan": "Bandung"})
    assert judged(rinjani)[0].errors == [
        ("Wilayah layanan", "“Bandung” dapat berarti 32.04 Kabupaten Bandung atau 32.73 Kota Bandung. Tulis kodenya.")
    ]


def test_what_was_shown_must_stay_whole(browser: Client, rinjani: Firm) -> None:
    stage.service(rinjani)
    book = exported(browser, **{"Uraian": None, "Lama pengerjaan (hari)": None, "Wilayah layanan": None})
    for head in ("Uraian", "Lama pengerjaan (hari)", "Wilayah layanan"):
        book.worksheets[0].cell(HEAD + 1, heads(book)[head]).value = None
    send(browser, as_upload(book))
    assert [head for head, _ in judged(rinjani)[0].errors] == ["Uraian", "Lama pengerjaan (hari)", "Wilayah layanan"]


def test_a_column_that_is_left_out_leaves_things_as_they_are(browser: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani)
    book = exported(browser, Ringkasan="Baru.")
    for head in ("Uraian", "Wilayah layanan", "Yang diterima desa"):
        book.worksheets[0].delete_cols(heads(book)[head])
    confirm(browser, send(browser, as_upload(book)))
    fresh = Service.objects.get(pk=service.pk)
    assert (fresh.summary, fresh.description, fresh.deliverables) == (
        "Baru.",
        service.description,
        service.deliverables,
    )
    assert [area.code for area in fresh.areas.all()] == [LOMBOK_TENGAH]


def test_the_same_code_twice_and_the_same_name_are_told(browser: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani)
    book = exported(browser)
    filled(book, NEW | {"Kode": service.code}, NEW | {"Nama layanan": service.title}, row=HEAD + 2)
    page = send(browser, as_upload(book))
    rows = judged(rinjani)
    assert rows[1].errors == [("Kode", "Kode ini sudah ada pada baris di atas. Hapus salah satunya.")]
    assert rows[2].outcome == "baru" and "Nama ini sudah ada" in text(page)


def test_rows_to_mend_come_back_with_remarks_and_may_be_sent_again(browser: Client, rinjani: Firm) -> None:
    page = sheet(browser, NEW, NEW | {"Nama layanan": "Salah", "Satuan": "ekor", "Kategori": "Perikanan"})
    book = book_of(browser.get(page.request["PATH_INFO"] + "perbaikan/"))
    assert next(iter(heads(book))) == "Perbaikan"
    assert book.worksheets[0].max_row == HEAD + 1  # only what is wrong
    remark = book.worksheets[0].cell(HEAD + 1, 1).value
    assert "Satuan: “ekor” bukan pilihan" in remark and "Kategori: Kategori “Perikanan” tidak ada" in remark
    filled(book, {"Satuan": "paket", "Kategori": "Infrastruktur"})
    again = send(browser, as_upload(book))
    assert [row.outcome for row in judged(rinjani)] == ["baru"]
    assert "Kolom yang tidak dibaca" not in text(again)


# --- where a Pokja reads first ----------------------------------------------------------------------------------------
def test_a_change_waits_for_the_pokja_where_it_reads_first(browser: Client, rinjani: Firm) -> None:
    service = stage.service(rinjani, price=5_000_000)
    VerificationRule.objects.update(services_reviewed=True)
    confirm(browser, send(browser, as_upload(exported(browser, **{"Harga per satuan (rupiah)": 6_500_000}))))
    service.refresh_from_db()
    assert service.price == 5_000_000 and service.as_proposed().price == 6_500_000
    # what waits is what goes out and what a later table is compared with
    send(browser, as_upload(exported(browser)))
    assert [row.outcome for row in judged(rinjani)] == ["tetap"]


def test_what_lies_before_the_pokja_is_not_changed(browser: Client, rinjani: Firm) -> None:
    VerificationRule.objects.update(services_reviewed=True)
    service = stage.draft(rinjani)
    service.submit(by=rinjani.person)
    send(browser, as_upload(exported(browser, Ringkasan="Baru.")))
    row = judged(rinjani)[0]
    assert row.errors == [("Status", "Layanan ini sedang diperiksa Pokja. Tarik kembali dahulu, atau hapus baris ini.")]


# --- files that are none, and other people ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Nama layanan;Harga\nA;1\n", "Berkas ini CSV"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, ".xls"),
        (b"PK\x03\x04rusak", "tidak dapat dibaca"),
        (b"halo", "bukan lembar kerja"),
        (b"", "kosong"),
    ],
)
def test_another_file_gets_a_sentence(browser: Client, rinjani: Firm, content: bytes, words: str) -> None:
    response = send(browser, SimpleUploadedFile("layanan.xlsx", content))
    assert response.status_code == 422 and words in text(response)
    assert SheetUpload.objects.count() == 0


def test_a_table_too_long_or_with_wrong_heads_gets_a_sentence(browser: Client, rinjani: Firm) -> None:
    book = book_of(browser.get(TEMPLATE))
    for row in range(HEAD + 1, HEAD + 1 + 501):
        book.worksheets[0].cell(row, 3, "A")
    assert "paling banyak 500 baris" in text(send(browser, as_upload(book)))
    book = book_of(browser.get(TEMPLATE))
    book.worksheets[0].cell(HEAD, heads(book)["Satuan"], "Unit")
    assert "Kolom ini tidak ada: Satuan." in text(send(browser, as_upload(filled(book, {"Ringkasan": "x"}))))
    assert "masih kosong" in text(send(browser, as_upload(book_of(browser.get(TEMPLATE)))))


def test_another_persons_table_is_not_found(browser: Client, rinjani: Firm, unlisted: Firm) -> None:
    path = sheet(browser, NEW).request["PATH_INFO"]
    colleague = stage.person("rekan@cvrinjanikarya.example", Role.PROVIDER, provider=rinjani.provider)
    for other in (unlisted.person, colleague):
        browser.force_login(other)
        for page in (path, f"{path}perbaikan/"):
            assert browser.get(page).status_code == 404
        assert browser.post(path, {}).status_code == 404
    # and not by the one who sent it, once they work there no longer
    Membership.objects.filter(user=rinjani.person).delete()
    browser.force_login(type(rinjani.person).objects.get(pk=rinjani.person.pk))
    assert browser.get(path).status_code == 404
    assert Service.objects.count() == 0


def test_another_providers_service_is_not_touched(browser: Client, rinjani: Firm) -> None:
    other = stage.draft(stage.firm("CV Lain"), "Rahasia orang")
    page = sheet(browser, NEW | {"Kode": other.code})
    assert "Kode ini bukan layanan Anda" in text(page) and "Rahasia orang" not in text(page)


@pytest.mark.parametrize("path", [IMPORT, EXPORT, TEMPLATE])
def test_only_providers_have_tables(client: Client, areas: None, path: str) -> None:
    assert client.get(path).status_code == 302
    client.force_login(stage.person("kades@contoh.example", Role.VILLAGE_HEAD, area_id="52.02.04.2009"))
    assert client.get(path).status_code == 403


def test_who_works_for_two_says_for_which(browser: Client, rinjani: Firm, unlisted: Firm) -> None:
    Membership.objects.create(
        user=rinjani.person, role=Role.PROVIDER, provider=unlisted.provider, starts_on="2024-01-01"
    )
    browser.force_login(type(rinjani.person).objects.get(pk=rinjani.person.pk))
    assert "Untuk penyedia yang mana?" in text(browser.get(IMPORT))
    path = f"{IMPORT}?penyedia={unlisted.provider.code}"
    keys = hidden(browser.get(path))
    book = filled(book_of(browser.get(f"{TEMPLATE}?penyedia={unlisted.provider.code}")), NEW)
    confirm(browser, browser.post(path, keys | {"table": as_upload(book)}, follow=True))
    assert Service.objects.get().provider == unlisted.provider


def test_judging_costs_the_same_for_one_row_and_for_three(browser: Client, rinjani: Firm) -> None:
    def count() -> int:
        upload = as_upload(exported(browser, Ringkasan="Lain."))
        send(browser, upload)
        table = SheetUpload.objects.latest("pk")
        with CaptureQueriesContext(connection) as queries:
            ServiceTable(table).judge()
        return len(queries)

    stage.service(rinjani)
    with_one = count()
    stage.service(rinjani, "Kedua")
    stage.service(rinjani, "Ketiga")
    assert count() == with_one
    assert with_one <= 8


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_do_it_once(areas: None) -> None:
    firm = stage.firm("CV Rinjani Karya")
    browser = Client()
    browser.force_login(firm.person)
    sheet(browser, NEW)
    table = ServiceTable(SheetUpload.objects.get())
    mark = mark_of(table.judge())
    results: list[str] = []
    ready = threading.Barrier(2)

    def go() -> None:
        from django.db import transaction

        ready.wait(10)
        try:
            with transaction.atomic():
                ServiceTable(SheetUpload.objects.get()).apply(by=firm.person, mark=mark)
            results.append("done")
        except TransitionRefused as refusal:
            results.append(refusal.reason)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(results) == ["Tabel ini sudah disimpan.", "done"]
    assert Service.objects.count() == 1
