"""Paging by key: every row once, in both directions, whatever the address says."""

import datetime as dt

import pytest
from django.http import QueryDict

from catalog.lists.paging import Count, Sort, count_of, page_of
from catalog.lists.service import SORTS
from catalog.models import Service
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def eleven(rinjani: Firm) -> list[Service]:
    """Eleven services; several share their price and their rating."""
    made = [stage.service(rinjani, f"Layanan {n}", price=1_000_000 * (1 + n % 3)) for n in range(11)]
    for service in made[:4]:
        service.take_rating(40)
    return made


@pytest.mark.parametrize("key", ["terbaru", "termurah", "termahal", "nilai"])
def test_walking_forth_and_back_shows_every_row_once(eleven: list[Service], key: str) -> None:
    sort, rows = SORTS[key], Service.objects.open()
    whole = [service.code for service in page_of(rows, QueryDict(), sort, size=100).rows]
    assert len(whole) == 11
    query, forth = QueryDict(), []
    while True:
        page = page_of(rows, query, sort, size=4)
        forth.append([service.code for service in page.rows])
        if not page.next_url:
            break
        query = QueryDict(page.next_url[1:])
    assert [code for codes in forth for code in codes] == whole
    back = [forth[-1]]
    while page.previous_url:
        page = page_of(rows, QueryDict(page.previous_url[1:]), sort, size=4)
        back.insert(0, [service.code for service in page.rows])
    assert [code for codes in back for code in codes] == whole


def test_prices_really_rise_and_fall(eleven: list[Service]) -> None:
    rows = Service.objects.open()
    prices = [service.price for service in page_of(rows, QueryDict(), SORTS["termurah"]).rows]
    assert prices == sorted(prices)
    prices = [service.price for service in page_of(rows, QueryDict(), SORTS["termahal"]).rows]
    assert prices == sorted(prices, reverse=True)


def test_the_other_parameters_stay_in_the_address(eleven: list[Service]) -> None:
    page = page_of(Service.objects.open(), QueryDict("urut=termurah&jenis=bimtek&sesudah=x"), SORTS["termurah"], size=2)
    query = QueryDict(page.next_url[1:])
    assert (query["urut"], query["jenis"]) == ("termurah", "bimtek")
    assert query.getlist("sesudah") == [SORTS["termurah"].token(page.rows[-1])]


ODD = (
    "", "~", "~ABC", "1~", "1", "x~ABC", "1~abc", "1~AB CD", "99999999999999999999~ABC", "NaN~ABC", "-1e9~ABC",
    "1~ABC~DEF", "١٢~ABC",
)  # fmt: skip


def test_an_odd_key_shows_the_first_page(eleven: list[Service]) -> None:
    first = page_of(Service.objects.open(), QueryDict(), SORTS["termurah"], size=4)
    for odd in ODD:
        query = QueryDict(mutable=True)
        query["sesudah"] = odd
        assert page_of(Service.objects.open(), query, SORTS["termurah"], size=4).rows == first.rows, odd


def test_a_moment_out_of_every_calendar_is_odd_too() -> None:
    sort = Sort("Terbaru", "published_at", dt.datetime)
    assert sort.read("999999999999999999~ABC") is None
    assert sort.read("-999999999999999999~ABC") is None


def test_a_removed_row_leaves_the_place_that_the_address_names(eleven: list[Service]) -> None:
    sort, rows = SORTS["termurah"], Service.objects.open()
    first = page_of(rows, QueryDict(), sort, size=4)
    second = page_of(rows, QueryDict(first.next_url[1:]), sort, size=4)
    Service.objects.filter(pk=first.rows[-1].pk).update(state="paused", paused_at=dt.datetime.now(dt.UTC))
    assert page_of(rows, QueryDict(first.next_url[1:]), sort, size=4).rows == second.rows


def test_counting_stops_at_a_thousand() -> None:
    assert str(Count(1000)) == "1.000"
    assert str(Count(1001)) == "Lebih dari 1.000"
    assert str(Count(0)) == "0"


def test_what_one_page_shows_is_not_counted_again(eleven: list[Service], django_assert_num_queries) -> None:
    rows = Service.objects.open()
    page = page_of(rows, QueryDict(), SORTS["termurah"], size=20)
    with django_assert_num_queries(0):
        assert str(count_of(rows, page)) == "11"
    page = page_of(rows, QueryDict(), SORTS["termurah"], size=4)
    with django_assert_num_queries(1):
        assert str(count_of(rows, page)) == "11"
