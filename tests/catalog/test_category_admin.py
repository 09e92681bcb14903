"""The ministry keeps categories with their subcategories and questions; what services hang on stays."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from catalog.models import Category, CategoryAttribute
from tests.accounts.stage import logged_in, with_second_factor
from tests.areas import LOMBOK_TENGAH
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def category(db: None) -> Category:
    row = Category.objects.create(key="uji", bidang="sdm", name="Uji", order=999)
    CategoryAttribute.objects.create(
        category=row, key="cara", label="Cara", kind="choice", choices=[["a", "Satu"], ["b", "Dua"]], in_filter=True
    )
    CategoryAttribute.objects.create(category=row, key="alat", label="Alat", kind="text", order=1)
    return row


@pytest.fixture
def ministry(areas: None) -> Client:
    return logged_in(with_second_factor(stage.person("pusat@uji.example", Role.MINISTRY)))


def address(category: Category) -> str:
    return f"/admin/catalog/category/{category.pk}/change/"


def typed(category: Category, *, more: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """The page's form as it stands, with changes as `cara.label`."""
    data: dict[str, Any] = {
        "bidang": category.bidang, "name": category.name, "description": "", "icon": "tool", "order": 999,
        "active": "on", "units": ["paket"], "licences": "", "deliverables_hint": "", "kak_template": "",
        "subcategories-TOTAL_FORMS": 0, "subcategories-INITIAL_FORMS": 0,
    }  # fmt: skip
    rows = list(category.attributes.all())
    data |= {"attributes-TOTAL_FORMS": len(rows) + len(more or []), "attributes-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        given = {
            "id": row.pk, "category": category.pk, "label": row.label, "key": row.key, "help": row.help,
            "kind": row.kind, "unit": row.unit, "basis": row.basis, "order": row.order, "active": "on",
            "options": "\n".join(f"{key} = {label}" for key, label in row.choices),
        } | ({"in_filter": "on"} if row.in_filter else {})  # fmt: skip
        given |= {name.split(".")[1]: value for name, value in changes.items() if name.split(".")[0] == row.key}
        data |= {f"attributes-{number}-{name}": value for name, value in given.items()}
    for number, extra in enumerate(more or [], start=len(rows)):
        given = {
            "id": "",
            "category": category.pk,
            "basis": "contoh",
            "order": 5,
            "active": "on",
            "options": "",
        } | extra
        data |= {f"attributes-{number}-{name}": value for name, value in given.items()}
    return data | {name: value for name, value in changes.items() if "." not in name}


def test_the_ministry_adds_a_question_with_its_choices(ministry: Client, category: Category) -> None:
    new = {"label": "Hasil", "key": "hasil", "kind": "many", "options": "Buku cetak\nx = Laporan akhir\n\n"}
    subs = {
        "subcategories-TOTAL_FORMS": 1, "subcategories-0-name": "Sub", "subcategories-0-key": "sub",
        "subcategories-0-order": 1, "subcategories-0-active": "on", "subcategories-0-category": category.pk,
    }  # fmt: skip
    response = ministry.post(address(category), typed(category, more=[new], **subs))
    assert response.status_code == 302
    row = category.attributes.get(key="hasil")
    assert row.choices == [["bukucetak", "Buku cetak"], ["x", "Laporan akhir"]]
    assert category.subcategories.get().key == "sub"
    category.refresh_from_db()
    assert category.units == ["paket"]


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ({"label": "Hasil", "key": "hasil", "kind": "many"}, "Isi pilihan untuk"),
        ({"label": "Hasil", "key": "hasil", "kind": "text", "options": "A"}, "Isi pilihan untuk"),
        ({"label": "Hasil", "key": "hasil", "kind": "number", "in_filter": "on"}, "Hanya pertanyaan dengan pilihan"),
        ({"label": "Hasil", "key": "Ha sil", "kind": "text"}, "Huruf kecil dan angka saja"),
        ({"label": "Hasil", "key": "cara", "kind": "text"}, "Perbaiki data ganda untuk key."),
        ({"label": "Hasil", "key": "hasil", "kind": "choice", "options": "A\nA"}, "tertulis dua kali"),
        ({"label": "Hasil", "key": "hasil", "kind": "choice", "options": "***"}, "tidak memuat nama pilihan"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_in_words(
    ministry: Client, category: Category, new: dict, sentence: str
) -> None:
    response = ministry.post(address(category), typed(category, more=[new]))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert category.attributes.count() == 2


def test_a_key_stays_what_it_was(ministry: Client, category: Category) -> None:
    ministry.post(address(category), typed(category, **{"cara.key": "lain", "cara.label": "Cara kerja"}))
    row = category.attributes.get(label="Cara kerja")
    assert row.key == "cara"


def test_what_services_have_answered_keeps_its_meaning(ministry: Client, category: Category, rinjani: Firm) -> None:
    stage.service(rinjani, category=category, attributes={"cara": "a"})
    for changes, sentence in (
        ({"cara.options": "b = Dua"}, "Pilihan “Satu” (a) dipakai 1 layanan"),
        ({"cara.kind": "many"}, "Sudah dijawab 1 layanan"),
        ({"cara.DELETE": "on"}, "sudah dijawab 1 layanan"),
    ):
        response = ministry.post(address(category), typed(category, **changes))
        assert response.status_code == 200
        assert sentence in response.content.decode()
    assert category.attributes.get(key="cara").choices == [["a", "Satu"], ["b", "Dua"]]
    kept = {"cara.options": "a = Satu saja", "alat.DELETE": "on"}  # b and alat are nobody's answer
    assert ministry.post(address(category), typed(category, **kept)).status_code == 302
    assert [row.choices for row in category.attributes.all()] == [[["a", "Satu saja"]]]


def test_an_outline_that_names_what_nobody_knows_is_told(ministry: Client, category: Category) -> None:
    response = ministry.post(address(category), typed(category, kak_template="{kegiatan} {anggaran}"))
    assert "Isian tidak dikenal: {anggaran}." in response.content.decode()


def test_others_at_the_desk_read_and_change_nothing(areas: None, category: Category) -> None:
    for role in (Role.POKJA_CHAIR, Role.REGENCY_OFFICE):
        client = logged_in(with_second_factor(stage.person(f"{role}@uji.example", role, area_id=LOMBOK_TENGAH)))
        page = client.get(address(category))
        assert page.status_code == 200
        assert "Cara" in page.content.decode()
        assert 'name="_save"' not in page.content.decode()
        assert client.post(address(category), typed(category, name="Lain")).status_code == 403
    category.refresh_from_db()
    assert category.name == "Uji"
