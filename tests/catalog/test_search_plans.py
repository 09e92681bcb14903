"""How much of the table a search reads, by PostgreSQL's own count: bounded by the answer, never by the table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from catalog.models import Service, Term
from catalog.search import MOST_RANKED, Asked, index_all, vocabulary
from catalog.search.near import Help
from tests.areas import LOMBOK_TENGAH
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db

MANY = 12_000
# Every second title says pelatihan, one in 40 irigasi, one in 3,000 embung; every description says laporan; one in
# ten serves the home regency.
_COPY = """
    INSERT INTO catalog_service (code, state, state_since, created_at, provider_id, category_id, kind, title, summary,
        description, deliverables, requirements, unit, price, tax_included, duration_days, published_at, attributes,
        version_number, rating_total, rating_count, search)
    SELECT 'X' || lpad(n::text, 6, '0'), 'published', now(), now(), provider_id, category_id, kind, t.title, 'ringkasan',
        'laporan', 'modul', '', unit, 1000000 + n, true, 5, now() - n * interval '1 hour', '{}', 1, 0, 0,
        setweight(to_tsvector('indonesian', t.title), 'A') || setweight(to_tsvector('indonesian', 'laporan'), 'D') ||
        array_to_tsvector(array['w52', CASE WHEN n %% 10 = 0 THEN 'w5202' ELSE 'w5201' END] ||
            ARRAY(SELECT 'tt' || lexeme FROM unnest(to_tsvector('indonesian', t.title))))
    FROM catalog_service, generate_series(1, %s) n, LATERAL (SELECT concat_ws(' ',
        CASE WHEN n %% 2 = 0 THEN 'pelatihan' ELSE 'pengawasan' END, CASE WHEN n %% 40 = 7 THEN 'irigasi' END,
        CASE WHEN n %% 3000 = 8 THEN 'embung' END, 'nomor', n::text) AS title) t
    WHERE catalog_service.id = %s
"""


@pytest.fixture
def many(rinjani: Firm) -> None:
    first = stage.service(rinjani, "Contoh")
    with connection.cursor() as cursor:
        cursor.execute(_COPY, [MANY, first.pk])
        cursor.execute("ANALYZE catalog_service, verification_standing, verification_sanction, accounts_provider")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def rows_read(rows: QuerySet[Any]) -> int:
    """How many rows of services PostgreSQL looked at to answer."""
    plan = json.loads(rows.explain(format="json", analyze=True))[0]["Plan"]
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0))
        * node["Actual Loops"]
        for node in nodes(plan)
        if node.get("Relation Name") == "catalog_service"
    )


def page(typed: str, services: Any) -> QuerySet[Any]:
    return Asked(typed).find(services).order_by("-rank", "-code")[:21]


@pytest.mark.parametrize("typed", ["pelatihan", "laporan"])
def test_a_word_that_half_or_all_services_say_reads_what_is_ranked(many: None, typed: str) -> None:
    # twice: to find the newest, and to rank them; every second row, at worst, does not say the word
    assert rows_read(page(typed, Service.objects.open())) <= 4 * MOST_RANKED


@pytest.mark.parametrize(("typed", "hits"), [("irigasi", MANY // 40), ("pelatihan embung", 4), ("xqzw", 0)])
def test_a_rare_word_reads_its_hits(many: None, typed: str, hits: int) -> None:
    assert rows_read(page(typed, Service.objects.open())) <= 4 * hits


def test_words_in_a_regency_read_less_than_either_alone(many: None) -> None:
    there = Service.objects.orderable_in(LOMBOK_TENGAH)
    assert rows_read(page("irigasi", there)) == 0  # n % 40 = 7 is never n % 10 = 0: answered by the index alone
    assert rows_read(page("pelatihan", there)) <= 4 * MOST_RANKED


@pytest.mark.parametrize("typed", ["pelatihan", "laporan", "irigasi", "xqzw"])
def test_counting_stops_at_its_cap(many: None, typed: str) -> None:
    counted = Asked(typed).matching(Service.objects.open()).order_by().values("pk")[:1001]
    assert rows_read(counted) <= 2 * 1001


def test_any_word_for_the_categories_of_an_empty_page_is_bounded(many: None) -> None:
    some = Service.objects.open().filter(search=Asked("pelatihan laporan").any_word()).order_by()
    assert rows_read(some.values("category_id")[:1000]) <= 2_000
    assert Help(Asked("pelatihan laporan")).categories[0] == ("Kewirausahaan", "?kategori=kewirausahaan")


def test_spelling_and_beginnings_are_read_off_the_small_tables_indexes(rinjani: Firm) -> None:
    words = [f"{a}{b}{c}ulangan{n}" for a in "bdk" for b in "aeiou" for c in "lmnr" for n in range(40)]
    for start in range(0, len(words), 400):
        vocabulary.learn(_lexicon(), [" ".join(words[start : start + 400])])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_term")
        cursor.execute("SET LOCAL enable_seqscan = off")
    near = Term.objects.filter(keys__overlap=["balulan", "blulan"]).explain()
    begun = Term.objects.filter(text__gte="bal", text__lt="bal{").explain()
    assert "term_keys" in near
    assert "catalog_term_pkey" in begun


def _lexicon() -> Any:
    from catalog.search import lexicon

    return lexicon()


def test_all_vectors_are_written_in_few_statements(rinjani: Firm) -> None:
    from django.test.utils import CaptureQueriesContext

    for n in range(6):
        stage.service(rinjani, f"Pelatihan {n}")
    with CaptureQueriesContext(connection) as few:
        assert index_all(Service.objects.filter(title__lt="Pelatihan 2")) == 2
    with CaptureQueriesContext(connection) as more:
        assert index_all(Service.objects.all()) == 6
    reading = [query for query in few.captured_queries if not query["sql"].lstrip().startswith("UPDATE")]
    reading_more = [query for query in more.captured_queries if not query["sql"].lstrip().startswith("UPDATE")]
    assert len(reading) == len(reading_more)
