"""What a category asks of its services: definitions, answers, the form that follows from them, and the KAK."""

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from catalog import kak
from catalog.models import Category, CategoryAttribute, Service, Subcategory
from catalog.models.attribute import lexemes_of
from catalog.tasks import reindex
from core.models import Job
from core.workflow import TransitionRefused
from regions.models import Area
from tests.areas import LOMBOK_TENGAH
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db
NEW = "/layanan-saya/baru/"


@pytest.fixture
def category(db: None) -> Category:
    """A category with one question of each kind, and none of the defaults."""
    row = Category.objects.create(
        key="uji", bidang="sdm", name="Uji", units=["paket", "hari"], licences="Izin A\nIzin B",
        deliverables_hint="Buku\nLaporan", order=999,
    )  # fmt: skip
    Subcategory.objects.create(category=row, key="satu", name="Sub satu")
    questions: list[tuple[str, str, str, list[list[str]], bool]] = [
        ("alat", "Alat", "text", [], False),
        ("peserta", "Jumlah peserta", "number", [], False),
        ("cara", "Cara", "choice", [["daring", "Daring"], ["tatapmuka", "Tatap muka"]], True),
        ("hasil", "Hasil", "many", [["buku", "Buku"], ["laporan", "Laporan"]], True),
        ("sertifikat", "Sertifikat", "yes_no", [], True),
    ]
    for order, (key, label, kind, choices, in_filter) in enumerate(questions):
        CategoryAttribute.objects.create(
            category=row, key=key, label=label, kind=kind, choices=choices, in_filter=in_filter, order=order,
            unit="orang" if kind == "number" else "",
        )  # fmt: skip
    return row


ANSWERS = {"alat": "Timbangan", "peserta": 20, "cara": "daring", "hasil": ["laporan", "buku"], "sertifikat": False}


def asked(category: Category, key: str) -> CategoryAttribute:
    return category.attributes.get(key=key)


# --- definitions ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "text", "in_filter": True},
        {"kind": "number", "choices": [["a", "A"]]},
        {"kind": "choice", "choices": []},
        {"kind": "many", "choices": []},
    ],
)
def test_the_database_refuses_a_question_that_makes_no_sense(category: Category, wrong: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CategoryAttribute.objects.create(category=category, key="baru", label="Baru", **wrong)


@pytest.mark.parametrize(
    "choices", [[["A B", "Nama"]], [["a", ""]], [["a", "A"], ["a", "B"]], [["a", "A"], ["b", "A"]], ["a"], {"a": "A"}]
)
def test_choices_are_plain_keys_with_names_each_once(category: Category, choices: Any) -> None:
    with pytest.raises(ValidationError):
        CategoryAttribute(category=category, key="baru", label="Baru", kind="choice", choices=choices).full_clean()


@pytest.mark.parametrize("key", ["Besar", "dua kata", "2mulai", "a-b", "", "a" * 31])
def test_a_key_is_plain_letters_and_digits(category: Category, key: str) -> None:
    with pytest.raises(ValidationError):
        CategoryAttribute(category=category, key=key, label="Baru", kind="text").full_clean()


def test_every_default_question_is_sound_and_says_that_it_is_an_example() -> None:
    rows = list(CategoryAttribute.objects.all())
    assert len(rows) > 30
    for row in rows:
        row.full_clean()
        assert row.basis == "contoh"
    assert {row.category.key for row in rows} == set(Category.objects.active().values_list("key", flat=True))


# --- answers ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "value", "kept", "text"),
    [
        ("alat", " Timbangan  bayi ", "Timbangan bayi", "Timbangan bayi"),
        ("peserta", 1200, 1200, "1.200 orang"),
        ("peserta", 0, 0, "0 orang"),
        ("cara", "daring", "daring", "Daring"),
        ("hasil", ["laporan", "buku"], ["buku", "laporan"], "Buku, Laporan"),
        ("sertifikat", False, False, "Tidak"),
        ("sertifikat", True, True, "Ya"),
    ],
)
def test_an_answer_is_kept_by_its_kind_and_read_as_words(
    category: Category, key: str, value: Any, kept: Any, text: str
) -> None:
    question = asked(category, key)
    assert question.accept(value) == kept
    assert question.text(kept) == text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("alat", 3), ("alat", "x" * 301), ("peserta", "20"), ("peserta", -1), ("peserta", 2.5), ("peserta", True),
        ("peserta", 10**10), ("cara", "luring"), ("cara", ["daring"]), ("hasil", "buku"), ("hasil", ["buku", "x"]),
        ("hasil", [["buku"]]), ("sertifikat", "ya"), ("sertifikat", 1),
    ],
)  # fmt: skip
def test_an_answer_of_another_shape_is_refused(category: Category, key: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        asked(category, key).accept(value)


def test_answers_that_can_be_filtered_by_become_lexemes(rinjani: Firm, category: Category) -> None:
    sub = category.subcategories.get()
    service = stage.service(rinjani, category=category, subcategory=sub, attributes=ANSWERS)
    names = {question.key: question for question in category.filterable()}
    wanted = {sub.lexeme} | {
        option.lexeme
        for question, key in (("cara", "daring"), ("hasil", "buku"), ("hasil", "laporan"), ("sertifikat", "tidak"))
        for option in names[question].options
        if option.key == key
    }
    assert set(lexemes_of(service)) == wanted
    with connection.cursor() as cursor:  # and they stand in the vector, asked as they are
        for lexeme in wanted:
            cursor.execute(
                "SELECT search @@ to_tsquery('simple', %s) FROM catalog_service WHERE id = %s", [lexeme, service.pk]
            )
            assert cursor.fetchone() == (True,), lexeme


def holds(service: Service, lexeme: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT search @@ to_tsquery('simple', %s) FROM catalog_service WHERE id = %s", [lexeme, service.pk]
        )
        return bool(cursor.fetchone()[0])


def test_a_question_that_becomes_a_filter_finds_the_answers_given_before(rinjani: Firm, category: Category) -> None:
    question = asked(category, "cara")
    question.in_filter = False
    question.save()
    service = stage.service(rinjani, category=category, attributes=ANSWERS)
    lexeme = question.options[0].lexeme
    assert not holds(service, lexeme)
    question.in_filter = True
    question.save()
    assert holds(service, lexeme)


def test_a_large_category_is_followed_by_the_worker(
    rinjani: Firm, category: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.models.category.REINDEXED_NOW", 0)
    service = stage.service(rinjani, category=category, attributes=ANSWERS)
    other = stage.service(rinjani, "Layanan lain")
    question = asked(category, "cara")
    question.label = "Cara kerja baru"
    question.save()
    question.save()  # nothing changed: nothing to follow
    job = Job.objects.get(task="catalog.reindex")
    assert job.args == {"category": category.pk}
    Service.objects.update(search=None)
    reindex(**job.args)
    assert holds(service, question.options[0].lexeme)
    assert Service.objects.filter(search=None).get() == other


def test_labelled_rows_come_in_the_category_s_order_without_what_was_switched_off(
    rinjani: Firm, category: Category
) -> None:
    service = stage.draft(rinjani, category=category, attributes=ANSWERS)
    assert [(row.label, row.text) for row in service.answers()] == [
        ("Alat", "Timbangan"), ("Jumlah peserta", "20 orang"), ("Cara", "Daring"), ("Hasil", "Buku, Laporan"),
        ("Sertifikat", "Tidak"),
    ]  # fmt: skip
    category.attributes.filter(key="cara").update(active=False)
    assert "cara" not in [row.key for row in service.answers()]
    assert Service.objects.get(pk=service.pk).attributes["cara"] == "daring"  # the answer stays


@pytest.mark.parametrize(
    "wrong",
    [
        {"attributes": {"cara": "luring"}},
        {"unit": "dokumen"},
        {"subcategory": lambda: Subcategory.objects.get(key="bum-desa")},
    ],
)
def test_what_is_not_the_category_s_own_is_refused(rinjani: Firm, category: Category, wrong: dict) -> None:
    wrong = {name: value() if callable(value) else value for name, value in wrong.items()}
    with pytest.raises(TransitionRefused):
        stage.draft(rinjani, category=category, **wrong)
    service = stage.draft(rinjani, category=category)
    with pytest.raises(TransitionRefused):
        service.revise(by=rinjani.person, **wrong)


def test_a_service_that_changes_its_category_leaves_the_old_answers_behind(rinjani: Firm, category: Category) -> None:
    service = stage.draft(rinjani, category=category, attributes=ANSWERS)
    service.revise(
        by=rinjani.person, category=Category.objects.get(key="kewirausahaan"), attributes={"sertifikat": True}
    )
    assert service.attributes == {"sertifikat": True}


def test_a_question_that_must_be_answered_hinders_publishing_only(rinjani: Firm, category: Category) -> None:
    category.attributes.filter(key="peserta").update(required=True)
    service = stage.draft(rinjani, category=category)
    verdict = service.may_publish(rinjani.person)
    assert verdict.reason == "Lengkapi dahulu: “Jumlah peserta”."
    service.revise(by=rinjani.person, attributes={"peserta": 0})  # none is an answer
    service.publish(by=rinjani.person)


def test_units_narrowed_later_hinder_no_one_who_changes_something_else(rinjani: Firm, category: Category) -> None:
    service = stage.service(rinjani, category=category)
    category.units = ["hari"]
    category.save()
    service.revise(by=rinjani.person, price=99_000)
    service.pause(by=rinjani.person)
    with pytest.raises(TransitionRefused, match="Satuan untuk kategori Uji: hari"):
        service.revise(by=rinjani.person, attributes={"peserta": 3})


# --- the form ----------------------------------------------------------------------------------------------------
def filled(category: Category, **changes: Any) -> dict[str, Any]:
    return {
        "category": category.pk, "pertanyaan": category.key, "kind": "bimtek", "title": "Kelas uji",
        "summary": "Ringkas.", "description": "Uraian panjang.", "deliverables": "Buku", "requirements": "",
        "price": "5.000.000", "unit": "paket", "tax_included": "ya", "duration_days": "3", "areas": [LOMBOK_TENGAH],
    } | changes  # fmt: skip


ANSWERED = {"a_alat": "Timbangan", "a_peserta": "20", "a_cara": "daring", "a_hasil": ["buku"], "a_sertifikat": "tidak"}


def key_of(client: Client, address: str) -> str:
    found = re.search(r'name="submit_key" value="([^"]+)"', client.get(address).content.decode())
    assert found
    return found[1]


def test_the_category_is_chosen_first(client: Client, rinjani: Firm, category: Category) -> None:
    client.force_login(rinjani.person)
    text = client.get(NEW).content.decode()
    assert "Layanan ini termasuk kategori apa?" in text
    assert f"?penyedia={rinjani.provider.code}&amp;kategori=uji" in text
    assert 'name="title"' not in text
    assert "kategori-9" not in text  # not in use


def test_the_category_s_questions_units_licences_and_hint_stand_on_the_form(
    client: Client, rinjani: Firm, category: Category
) -> None:
    client.force_login(rinjani.person)
    text = client.get(f"{NEW}?kategori=uji").content.decode()
    for name in ("a_alat", "a_peserta", "a_cara", "a_hasil", "a_sertifikat", "subcategory"):
        assert f'name="{name}"' in text
    assert {"Izin A", "Izin B"} <= set(re.findall(r"<li>([^<]+)</li>", text))
    beside = re.search(r'<label[^>]*for="id_deliverables".*?<textarea', text, re.DOTALL)
    assert beside
    assert "Yang biasa diterima desa dalam kategori ini: Buku, Laporan." in beside[0]
    units = re.search(r'<select name="unit".*?</select>', text, re.DOTALL)
    assert units
    assert re.findall(r'value="(\w*)"', units[0]) == ["paket", "hari"]
    assert 'name="a_sertifikat"' not in client.get(f"{NEW}?kategori=infrastruktur").content.decode()


def test_the_form_asks_for_the_offer_then_its_price_then_what_the_category_wants_to_know(
    client: Client, rinjani: Firm, category: Category
) -> None:
    client.force_login(rinjani.person)
    text = client.get(f"{NEW}?kategori=uji").content.decode()
    order = (
        "category", "title", "summary", "description", "deliverables", "price", "unit", "tax_included",
        "duration_days", "a_alat", "areas",
    )  # fmt: skip
    places = [text.index(f'name="{name}"') for name in order]
    assert places == sorted(places)


def test_answers_are_kept_through_the_form_and_shown_when_it_is_opened_again(
    client: Client, rinjani: Firm, category: Category
) -> None:
    client.force_login(rinjani.person)
    address = f"{NEW}?kategori=uji"
    sub = category.subcategories.get()
    data = filled(category, submit_key=key_of(client, address), subcategory=sub.pk, **ANSWERED)
    assert client.post(address, data).status_code == 302
    service = Service.objects.get()
    assert service.attributes == ANSWERS | {"hasil": ["buku"]}
    assert service.subcategory == sub
    text = client.get(service.move_url("revise")).content.decode()
    assert 'value="Timbangan"' in text
    assert re.search(
        r'name="a_sertifikat"[^>]*value="tidak"[^>]*checked|value="tidak"[^>]*name="a_sertifikat"[^>]*checked', text
    )
    assert client.post(service.move_url("revise"), filled(category, a_peserta="25")).status_code == 302
    service.refresh_from_db()
    assert service.attributes == {"peserta": 25}


@pytest.mark.parametrize(
    "wrong",
    [{"a_peserta": "dua puluh"}, {"a_peserta": "-1"}, {"a_cara": "luring"}, {"a_hasil": ["x"]}, {"a_alat": "x" * 301}],
)
def test_a_wrong_answer_is_told_and_nothing_typed_is_lost(
    client: Client, rinjani: Firm, category: Category, wrong: dict
) -> None:
    client.force_login(rinjani.person)
    address = f"{NEW}?kategori=uji"
    response = client.post(address, filled(category, submit_key=key_of(client, address), **ANSWERED | wrong))
    assert response.status_code == 422
    assert "Uraian panjang." in response.content.decode()
    assert not Service.objects.exists()


def test_another_category_shows_its_questions_and_loses_nothing(
    client: Client, rinjani: Firm, category: Category
) -> None:
    client.force_login(rinjani.person)
    other = Category.objects.get(key="infrastruktur")
    address = f"{NEW}?kategori=uji"
    data = filled(category, submit_key=key_of(client, address), **ANSWERED) | {"category": other.pk}
    response = client.post(address, data | {"ganti_kategori": "1"})
    text = response.content.decode()
    assert response.status_code == 200
    assert "error-summary" not in text
    assert 'name="a_survei"' in text
    assert "Uraian panjang." in text
    assert '<input type="hidden" name="a_alat" value="Timbangan">' in text  # comes back with its category
    assert "Pilih satuan" not in text  # “paket” is allowed there, too
    rare = client.post(address, data | {"ganti_kategori": "1", "unit": "kegiatan"}).content.decode()
    assert re.search(r'<select name="unit"[^>]*>\s*<option value="">Pilih satuan', rare)  # never another unit unasked
    assert not Service.objects.exists()
    back = client.post(address, data | {"ganti_kategori": "1", "category": category.pk}).content.decode()
    assert 'value="Timbangan"' in back
    assert 'type="hidden" name="a_alat"' not in back


def test_saved_with_another_category_s_questions_it_asks_again_first(
    client: Client, rinjani: Firm, category: Category
) -> None:
    client.force_login(rinjani.person)
    other = Category.objects.get(key="kewirausahaan")
    address = f"{NEW}?kategori=uji"
    data = filled(category, submit_key=key_of(client, address)) | {"category": other.pk}
    response = client.post(address, data)
    assert response.status_code == 422
    assert "Kategorinya diganti." in response.content.decode()
    assert client.post(address, data | {"pertanyaan": other.key}).status_code == 302


@pytest.mark.parametrize("sent", ["", "abc", "999999", "9" * 40, "²", "-1"])
def test_no_category_at_all_is_said(client: Client, rinjani: Firm, category: Category, sent: str) -> None:
    client.force_login(rinjani.person)
    address = f"{NEW}?kategori=uji"
    key = key_of(client, address)
    for more in ({}, {"ganti_kategori": "1"}):
        response = client.post(address, filled(category, submit_key=key) | {"category": sent} | more)
        assert response.status_code == (200 if more else 422)
        assert "Uraian panjang." in response.content.decode()


def test_the_form_of_a_revision_changes_its_questions_too(client: Client, rinjani: Firm, category: Category) -> None:
    service = stage.draft(rinjani, category=category, attributes=ANSWERS)
    client.force_login(rinjani.person)
    other = Category.objects.get(key="infrastruktur")
    response = client.post(service.move_url("revise"), filled(category) | {"category": other.pk, "ganti_kategori": "1"})
    assert response.status_code == 200
    assert 'name="a_survei"' in response.content.decode()
    service.refresh_from_db()
    assert service.category == category


# --- the KAK ---------------------------------------------------------------------------------------------------
def test_an_outline_is_filled_in_and_what_is_unknown_stays_open(category: Category) -> None:
    category.kak_template = "{kegiatan} di {desa}: {hasil} {{x}} {tak.__class__}"
    with pytest.raises(ValidationError, match=r"tak\.__class__"):
        category.full_clean()
    category.kak_template = "{kegiatan} di {desa} ({kategori}): {hasil}"
    category.full_clean()
    assert (
        category.kak_text({"kegiatan": "Kelas {desa}", "hasil": "buku"}) == f"Kelas {{desa}} di {kak.BLANK} (Uji): buku"
    )


def test_a_service_s_kak_says_what_it_gives_and_names_no_provider(
    client: Client, rinjani: Firm, category: Category
) -> None:
    service = stage.service(rinjani, category=category, attributes=ANSWERS, title="Kelas uji")
    service.category.attributes.filter(key="alat").update(in_kak=False)
    text = client.get(f"/layanan/{service.code}/kak/").content.decode()
    for sentence in (
        "KERANGKA ACUAN KERJA",
        "Kelas uji",
        "- Modul cetak",
        "- Jumlah peserta: 20 orang",
        "- Izin A",
        "2 hari kalender",
    ):
        assert sentence in text
    assert "Timbangan" not in text
    assert rinjani.provider.name not in text
    assert f"/layanan/{service.code}/kak/" in client.get(service.get_absolute_url()).content.decode()


def test_a_draft_s_kak_is_its_provider_s_alone(client: Client, rinjani: Firm) -> None:
    service = stage.draft(rinjani)
    assert client.get(f"/layanan/{service.code}/kak/").status_code == 404
    client.force_login(rinjani.person)
    assert client.get(f"/layanan/{service.code}/kak/").status_code == 200


def test_renaming_a_subcategory_finds_its_services_by_the_new_name(rinjani: Firm, category: Category) -> None:
    sub = category.subcategories.get()
    service = stage.service(rinjani, category=category, subcategory=sub)
    sub.name = "Perikanan darat"
    sub.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT search @@ plainto_tsquery('indonesian', 'perikanan') FROM catalog_service WHERE id = %s",
            [service.pk],
        )
        assert cursor.fetchone() == (True,)
    assert Area.objects.filter(pk=LOMBOK_TENGAH).exists()
