"""Perlu tindakan: the longest waiting first over all kinds, page by page, and one kind by itself."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from p2ktd import todo
from tests.transactions.stage import Market
from transactions.models import Need

pytestmark = pytest.mark.django_db


def needs(market: Market, count: int) -> list[str]:
    """So many agreed needs, which wait for the budget; the first made has waited shortest. Their titles, oldest first."""
    now = timezone.now()
    for number in range(count):
        need = market.need("agreed", title=f"Kebutuhan {number:02}")
        Need.objects.filter(pk=need.pk).update(state_since=now - dt.timedelta(days=number))
    return [f"Kebutuhan {number:02}" for number in reversed(range(count))]


def titles(market: Market, query: str = "") -> list[str]:
    page = market.client("sekdes").get(f"/perlu-tindakan/{query}").content.decode()
    return re.findall(r'class="tasks__link"[^>]*>([^<]*)<', page)


def test_the_longest_waiting_come_first_and_none_is_out_of_reach(market: Market) -> None:
    wanted = needs(market, todo.PAGE + 3)
    assert titles(market) == wanted[: todo.PAGE]
    assert titles(market, "?hal=2") == wanted[todo.PAGE :]
    assert titles(market, "?hal=99") == wanted[todo.PAGE :]
    assert [task.title for task in todo.tasks(market.user("sekdes"))] == wanted[: todo.PAGE]


def test_kinds_are_merged_by_how_long_they_wait(market: Market) -> None:
    market.request(market.account("payment").contract, "submitted")
    old, young = needs(market, 2)
    assert titles(market)[0] == old and set(titles(market)) >= {old, young}
    assert len(titles(market)) == 3


def test_one_kind_by_itself_where_there_is_much(market: Market) -> None:
    page = market.client("sekdes").get("/perlu-tindakan/").content.decode()
    assert 'name="jenis"' not in page
    needs(market, todo.PAGE + 1)
    market.request(market.account("payment").contract, "submitted")
    page = market.client("sekdes").get("/perlu-tindakan/").content.decode()
    assert f"Kebutuhan ({todo.PAGE + 1})" in page
    assert f"{todo.PAGE + 2} menunggu Anda; 1 sampai {todo.PAGE} tampil di sini." in page
    assert len(titles(market, "?jenis=paymentrequest")) == 1
    assert len(titles(market, "?jenis=tidak-ada")) == todo.PAGE
    Need.objects.update(state="cancelled")
    assert 'name="jenis"' in market.client("sekdes").get("/perlu-tindakan/?jenis=paymentrequest").content.decode()


def test_a_longer_list_asks_no_more(market: Market) -> None:
    def asked() -> int:
        user = type(market.user("sekdes")).objects.get(pk=market.user("sekdes").pk)
        with CaptureQueriesContext(connection) as found:
            assert len(todo.tasks(user)) == min(todo.PAGE, Need.objects.count())
        return len(found)

    needs(market, 3)
    few = asked()
    needs(market, todo.PAGE)
    assert asked() == few
