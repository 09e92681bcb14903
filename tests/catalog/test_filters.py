"""What the list can be asked: every choice with the number that a click on it finds, and nothing by another way."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import search
from catalog.lists import facets, statement
from catalog.lists.facets import written
from catalog.lists.frame import _frame
from catalog.lists.service import SORTS, ServiceFilter
from catalog.models import Category, Service
from catalog.models.category import Subcategory
from core.clock import today
from regions.models import Neighbour
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH, NTB
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db
LIST = "/layanan/"
KEYS = ("kategori", "sub", "jenis", "satuan", "durasi", "nilai", "bentuk")


@pytest.fixture
def shop(rinjani: Firm) -> list[Service]:
    """Seven services that differ in all that is counted, two of them by a person, one of a neighbouring regency."""
    infrastructure = Category.objects.get(key="infrastruktur")
    subs = list(Subcategory.objects.filter(category=infrastructure).order_by("pk"))[:2]
    person = stage.firm("Lalu Contoh", legal_form="person")
    stage.list_in_directory(person.provider)
    made = [
        stage.service(rinjani, "Pelatihan BUM Desa", price=5_000_000, duration_days=5),
        stage.service(rinjani, "Pelatihan kader", price=6_000_000, duration_days=10, unit="peserta"),
        stage.service(rinjani, "DED jalan", price=9_000_000, category=infrastructure, kind="perencanaan", unit="dokumen"),
        stage.service(rinjani, "DED sumur", price=8_000_000, category=infrastructure, kind="perencanaan", unit="dokumen"),
        stage.service(person, "Kajian wisata", price=18_000_000, kind="studi", duration_days=60, unit="dokumen"),
        stage.service(person, "Kajian pasar", price=12_000_000, kind="studi", duration_days=120, unit="dokumen"),
        stage.service(rinjani, "Seluruh provinsi", price=1_000_000, kind="konsultasi", areas=(NTB,)),
    ]  # fmt: skip
    Service.objects.filter(pk=made[2].pk).update(subcategory=subs[0])
    Service.objects.filter(pk=made[3].pk).update(subcategory=subs[1])
    made[0].take_rating(45)
    made[4].take_rating(32)
    return made


def asked(query: str) -> ServiceFilter:
    found = ServiceFilter(QueryDict(query), _frame(0, today()))
    found.form.is_valid()
    return found


def titles(query: str) -> set[str]:
    return {card.title for card in asked(query).page(QueryDict(query)).rows}


QUESTIONS = [
    "", "kategori=infrastruktur", "jenis=studi", "jenis=perencanaan&kategori=infrastruktur", "bentuk=person", "nilai=3",
    "durasi=14", "satuan=dokumen&durasi=90", "harga_min=6000000", "wilayah=52.02", "wilayah=52.02&jenis=studi", "q=desa",
    "q=pelatihan", "q=pelatihan&durasi=7", "wilayah=52", "kategori=kewirausahaan&nilai=4&satuan=paket",
]  # fmt: skip


@pytest.mark.parametrize("query", QUESTIONS)
def test_the_number_beside_a_choice_is_what_a_click_on_it_finds(shop: list[Service], query: str) -> None:
    question = asked(query)
    counts = question.counts(1)
    assert counts.whole
    assert counts.total == len(titles(query))
    clicked = 0
    for name in KEYS:
        if name not in question.filters:
            continue
        for choice, _ in question.filters[name].extra["choices"]:
            other = urlsplit(question.address(name, **{name: choice})).query
            if name == "kategori":
                other = re.sub(r"&?sub=[^&]*", "", other)
            assert counts.by[name].get(choice, 0) == len(titles(other)), (query, name, choice)
            clicked += 1
    assert clicked > 30


@pytest.mark.parametrize("query", [*QUESTIONS, "wilayah=52.02&dekat=tetangga&urut=termurah", "urut=nilai"])
def test_the_statement_put_together_finds_what_the_filters_say(shop: list[Service], query: str) -> None:
    """Two ways to the same rows: the parts, and the queryset that django-filter makes."""
    question = asked(query)
    assert titles(query) == {service.title for service in question.search.find(question.qs, ranked=False)}


def test_a_category_brings_its_subcategories_and_its_own_questions(client: Client, shop: list[Service]) -> None:
    infrastructure = Category.objects.get(key="infrastruktur")
    question = infrastructure.filterable()[0]
    option = question.options[0]
    value = {"yes_no": option.key == "ya", "many": [option.key]}.get(question.kind, option.key)
    shop[2].refresh_from_db()
    shop[2].attributes = {question.key: value}
    shop[2].save()
    search.index(shop[2])
    name = f"a_{question.key}"
    text = client.get(LIST, {"kategori": "infrastruktur"}).content.decode()
    assert f'name="{name}"' in text
    assert 'name="sub"' in text
    assert f'name="{name}"' not in client.get(LIST).content.decode()
    query = f"kategori=infrastruktur&{name}={option.key}"
    assert titles(query) == {"DED jalan"}
    assert asked("kategori=infrastruktur").counts(1).by[name][option.key] == 1
    assert asked(query).counts(1).total == 1
    assert asked(f"{query}&nilai=4").counts(1).total == 0


def test_another_category_drops_the_questions_of_the_one_before(client: Client, shop: list[Service]) -> None:
    sub = Subcategory.objects.filter(category__key="infrastruktur").first()
    assert sub
    response = client.get(LIST, {"kategori": "kewirausahaan", "sub": sub.key, "a_apa": "saja"})
    assert response.status_code == 200
    assert "Ada yang perlu diperbaiki" not in response.content.decode()


def test_neighbours_are_asked_too_and_the_nearest_stand_first(rinjani: Firm) -> None:
    Neighbour.objects.create(regency_id=LOMBOK_TENGAH, neighbour_id=LOMBOK_BARAT, km=26)
    beside = stage.firm("CV Barat", area=LOMBOK_BARAT)
    stage.list_in_directory(beside.provider, regency=LOMBOK_BARAT)
    stage.service(rinjani, "Dari tengah")
    stage.service(beside, "Dari barat", areas=(LOMBOK_BARAT,))
    assert titles(f"wilayah={LOMBOK_TENGAH}") == {"Dari tengah"}
    near = asked(f"wilayah={LOMBOK_TENGAH}&dekat=tetangga")
    assert [card.title for card in near.page(QueryDict()).rows] == ["Dari tengah", "Dari barat"]
    assert near.sort_key == "terdekat"
    assert near.counts(1).total == 2


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("harga_min=9000000&harga_maks=1000", "Harga paling rendah lebih besar daripada harga paling tinggi."),
        ("dekat=tetangga", "Pilih kabupaten atau kota lebih dahulu"),
        ("wilayah=52&dekat=tetangga", "Pilih kabupaten atau kota lebih dahulu"),
    ],
)
def test_what_does_not_go_together_is_told(client: Client, shop: list[Service], query: str, sentence: str) -> None:
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert sentence in response.content.decode()


def test_nearest_needs_an_area(client: Client, shop: list[Service]) -> None:
    assert asked("urut=terdekat").sort_key == "terbaru"
    assert "Terdekat" not in client.get(LIST).content.decode()
    assert "Terdekat" in client.get(LIST, {"wilayah": LOMBOK_TENGAH}).content.decode()


@pytest.mark.parametrize("sort", ["provider__nik", "-price", "price", "provider__user__password", "?", "search", "id"])
def test_a_sort_that_is_not_on_the_list_is_refused(client: Client, shop: list[Service], sort: str) -> None:
    response = client.get(LIST, {"urut": sort})
    assert response.status_code == 200
    assert asked(f"urut={sort}").sort_key == "terbaru"
    assert sort not in SORTS


def test_a_parameter_of_another_table_filters_nothing(shop: list[Service]) -> None:
    every = titles("")
    for name in ("provider__nik", "category__name", "price__gt", "state", "provider__legal_form", "search"):
        assert titles(f"{name}=person") == every
        assert asked(f"{name}=person").counts(1).total == len(every)


def test_what_is_set_stands_above_the_list_and_can_be_taken_away(client: Client, shop: list[Service]) -> None:
    query = {"wilayah": LOMBOK_TENGAH, "jenis": "studi", "harga_min": "6.000.000", "urut": "termurah"}
    text = client.get(LIST, query).content.decode()
    chips = {
        re.sub(r"\s*<.*", "", said).strip(): parse_qs(url.replace("&amp;", "&").lstrip("?"))
        for url, said in re.findall(r'class="chip chip--off" href="([^"]+)">([^<]+)', text)
    }
    assert set(chips) == {"Kabupaten Lombok Tengah", "Studi dan kajian", "Mulai Rp6.000.000"}
    assert chips["Studi dan kajian"] == {"wilayah": ["52.02"], "harga_min": ["6.000.000"], "urut": ["termurah"]}


def test_above_a_thousand_the_number_is_not_exact() -> None:
    assert [written(n) for n in (0, 999, 1000, 1001, 5000)] == ["0", "999", "1.000", "1.000+", "1.000+"]


def test_when_too_many_match_the_words_no_wrong_number_is_told(
    client: Client, shop: list[Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MOST_WITH_WORDS", 3)
    counts = asked("q=rinjani&jenis=perencanaan").counts(1)  # five say it, two of them plan
    assert not counts.whole
    assert counts.total == 2
    assert all(not numbers for name, numbers in counts.by.items() if name in KEYS)
    text = client.get(LIST, {"q": "rinjani"}).content.decode()
    assert "<b>5 layanan</b>" in text
    assert ">Studi dan kajian</option>" in text
    assert "Studi dan kajian (2)" in client.get(LIST).content.decode()


def test_a_part_that_would_join_another_table_is_refused() -> None:
    with pytest.raises(ValueError, match="may not join"):
        statement.Part.of(Service.objects.filter(photos__caption="x"))


def test_a_page_far_in_enters_the_index_at_its_key(shop: list[Service]) -> None:
    """What page 4,000 costs: the plan has no sort, no offset, and its index condition is the key."""
    question = asked("")
    first = question.page(QueryDict()).rows[0]
    with connection.cursor() as cursor:
        for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_incremental_sort"):
            cursor.execute(f"SET LOCAL {setting} = off")
    with CaptureQueriesContext(connection) as run:
        question.page(QueryDict(f"sesudah={question.sort.token(first)}"))
    statements = [query["sql"] for query in run if "LIMIT 21" in query["sql"]]
    assert len(statements) == 1
    assert "OFFSET" not in statements[0]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statements[0]}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "service_newest" in plan, plan
    assert re.search(r"Index Cond: \(ROW\(\w*\.?published_at, .*code.*\) < ROW\(", plan), plan
    assert first.code in plan


def test_an_asked_question_of_the_past_is_answered_from_the_rows_of_now(shop: list[Service]) -> None:
    """Parts are remembered, rows never: a paused service is gone at once."""
    assert "Kajian pasar" in titles("jenis=studi")
    shop[5].pause(by=shop[5].provider.memberships.get().user)
    assert "Kajian pasar" not in titles("jenis=studi")
