"""Who looks at a service is counted once, whatever breaks on the way, and the page never waits for it."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django_redis import get_redis_connection
from redis.exceptions import ConnectionError as RedisAway

from catalog import interest
from catalog.models import FoldedViews, Service, ServiceViews
from catalog.tasks import fold_views
from core.formats import WIB
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/124.0 Mobile Safari/537.36"


@pytest.fixture(autouse=True)
def nothing_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker that has just begun, an empty cache, and no patience: each look is sent on at once."""
    cache.clear()
    monkeypatch.setattr(interest, "looks", interest.Looks())
    monkeypatch.setattr(interest, "SEND_EVERY", 0.0)
    yield
    cache.clear()


@pytest.fixture
def service(rinjani: Firm) -> Service:
    return stage.service(rinjani)


def look(client: Client, service: Service, agent: str = PHONE, **headers: str) -> int:
    return client.get(service.get_absolute_url(), headers={"User-Agent": agent} | headers).status_code


def views() -> dict[tuple[str, dt.date], int]:
    """What the rows say."""
    rows = ServiceViews.objects.values_list("service__title", "day", "count")
    return {(title, day): count for title, day, count in rows}


def total() -> int:
    return sum(views().values())


# --- who counts ----------------------------------------------------------------------------------------------
def test_each_look_counts_for_its_service_and_day(client: Client, rinjani: Firm, service: Service) -> None:
    other = stage.service(rinjani, "DED jalan desa")
    with time_machine.travel(dt.datetime(2026, 5, 3, 23, 30, tzinfo=WIB), tick=False):
        look(client, service)
        look(client, service)
    with time_machine.travel(dt.datetime(2026, 5, 4, 0, 30, tzinfo=WIB), tick=False):
        look(client, service)
        look(client, other)
    fold_views()
    assert views() == {
        ("Pelatihan pengelolaan BUM Desa", dt.date(2026, 5, 3)): 2,
        ("Pelatihan pengelolaan BUM Desa", dt.date(2026, 5, 4)): 1,
        ("DED jalan desa", dt.date(2026, 5, 4)): 1,
    }


def test_later_looks_are_added_to_the_same_row(client: Client, service: Service) -> None:
    for _ in range(3):
        look(client, service)
        assert interest.fold() == 1
    assert total() == 3 and ServiceViews.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "headers"),
    [
        ("", {}),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", {}),
        ("curl/8.5.0", {}),
        ("python-requests/2.31", {}),
        ("WhatsApp/2.24.6.77 A", {}),
        ("facebookexternalhit/1.1", {}),
        (PHONE, {"Sec-Purpose": "prefetch;prerender"}),
        (PHONE, {"Purpose": "prefetch"}),
    ],
)
def test_machines_do_not_count(client: Client, service: Service, agent: str, headers: dict[str, str]) -> None:
    assert look(client, service, agent, **headers) == 200
    assert look(client, service) == 200  # the control
    interest.fold()
    assert total() == 1


def test_the_providers_own_people_do_not_count_and_others_do(client: Client, service: Service) -> None:
    client.force_login(stage.firm("CV Lain").person)
    look(client, service)
    interest.fold()
    assert total() == 1
    client.force_login(Service.objects.get(pk=service.pk).provider.memberships.get().user)
    assert look(client, service) == 200
    interest.fold()
    assert total() == 1


def test_what_is_not_found_and_what_only_asks_for_the_head_does_not_count(client: Client, service: Service) -> None:
    assert client.get("/layanan/TIDAKADA/", headers={"User-Agent": PHONE}).status_code == 404
    client.head(service.get_absolute_url(), headers={"User-Agent": PHONE})
    assert interest.fold() == 0
    assert total() == 0


def test_a_kept_page_and_an_unchanged_one_count_too(client: Client, service: Service, settings: Any) -> None:
    settings.KEEP_PAGES = True
    first = client.get(service.get_absolute_url(), headers={"User-Agent": PHONE})
    assert look(client, service) == 200
    assert look(client, service, **{"If-None-Match": first["ETag"]}) == 304
    interest.fold()
    assert total() == 3


# --- what it costs --------------------------------------------------------------------------------------------
def test_looks_are_sent_on_together(client: Client, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interest, "SEND_EVERY", 3600.0)
    calls = []
    send = interest.Looks.send
    monkeypatch.setattr(interest.Looks, "send", lambda self: calls.append(1) or send(self))
    for _ in range(20):
        look(client, service)
    assert len(calls) == 1
    interest.looks.send()
    interest.fold()
    assert total() == 20


def test_a_look_of_the_public_asks_the_database_nothing(service: Service) -> None:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        interest.looks.add(service.code)
    assert len(queries) == 0


# --- what breaks ------------------------------------------------------------------------------------------------
class Away:
    """Redis refuses, or takes the call and loses the answer."""

    def __init__(self, *, takes: bool = False) -> None:
        self.takes = takes

    def __call__(self, alias: str = "default") -> Away:
        return self

    def eval(self, *args: Any) -> None:
        if self.takes:
            get_redis_connection("default").eval(*args)
        raise RedisAway("away")


def test_with_redis_away_the_page_comes_and_the_looks_wait(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(interest, "get_redis_connection", Away())
        away.setattr(interest, "WAIT_AFTER_FAILURE", 0.0)
        for _ in range(5):
            assert look(client, service) == 200
    assert look(client, service) == 200
    assert interest.looks.send()
    interest.fold()
    assert total() == 6


def test_while_redis_is_away_it_is_asked_seldom(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def away(alias: str) -> None:
        calls.append(alias)
        raise RedisAway("away")

    monkeypatch.setattr(interest, "get_redis_connection", away)
    for _ in range(50):
        interest.looks.add(service.code)
    assert len(calls) == 1


def test_a_lost_answer_counts_once(client: Client, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as away:
        away.setattr(interest, "get_redis_connection", Away(takes=True))
        away.setattr(interest, "WAIT_AFTER_FAILURE", 0.0)
        look(client, service)
        look(client, service)
    interest.looks.send()
    interest.looks.send()
    interest.fold()
    assert total() == 2


def test_what_a_worker_holds_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interest, "MOST_HELD", 3)
    monkeypatch.setattr(interest, "get_redis_connection", Away())
    monkeypatch.setattr(interest.looks, "send_at", float("inf"))
    for number in range(10):
        interest.looks.add(f"KODE{number}")
    assert len(interest.looks.held) == 3


class Killed(BaseException):
    """As when the process ends here."""


@pytest.mark.parametrize("last", ["exists", "rename", "hsetnx", "hgetall"])
def test_a_fold_that_dies_while_taking_loses_and_doubles_nothing(
    service: Service, last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each of its calls to Redis."""
    for _ in range(4):
        interest.looks.add(service.code)
    with monkeypatch.context() as dying:
        dying.setattr(interest, "get_redis_connection", lambda alias: Dying(last))
        with pytest.raises(Killed):
            interest.fold()
    assert total() == 0
    interest.looks.add(service.code)
    interest.fold()  # what was left over
    interest.fold()  # what came since
    assert total() == 5
    assert interest.fold() == 0
    assert total() == 5


class Dying:
    """A store whose user is killed right after one of its calls."""

    def __init__(self, last: str) -> None:
        self.store, self.last = get_redis_connection("default"), last

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any) -> Any:
            answer = getattr(self.store, name)(*args)
            if name == self.last:
                raise Killed
            return answer

        return call


def test_a_fold_that_dies_before_its_commit_adds_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    interest.looks.add(service.code)
    with monkeypatch.context() as dying:
        dying.setattr(interest, "_FOLD", interest._FOLD + "; SELECT 1/0")
        with pytest.raises(Exception, match="division by zero"):
            interest.fold()
    assert total() == 0 and FoldedViews.objects.count() == 0
    interest.fold()
    assert total() == 1


def test_a_batch_that_comes_back_after_its_commit_adds_once(service: Service) -> None:
    """The kill between commit and removal, and a Redis that was restored from an older state."""
    interest.looks.add(service.code)
    store = get_redis_connection("default")
    interest.fold()
    left = store.hgetall(interest.TAKEN)
    assert left  # it is removed only when its number is seen to be noted
    interest.fold()
    assert not store.exists(interest.TAKEN)
    store.hset(interest.TAKEN, mapping=left)
    interest.looks.add(service.code)
    interest.fold()
    interest.fold()
    assert total() == 2


def test_a_service_that_is_gone_is_left_out(service: Service) -> None:
    interest.looks.add("TIDAKADA")
    interest.looks.add(service.code)
    assert interest.fold() == 1


@pytest.mark.django_db(transaction=True)
def test_two_folds_at_once_add_once(areas: None) -> None:
    """One holds the batch while the other comes: the other goes home."""
    firm = stage.firm("CV Rinjani Karya")
    stage.list_in_directory(firm.provider)
    service = stage.service(firm)
    interest.looks.add(service.code)
    inside, go_on = threading.Event(), threading.Event()
    plain = interest._take

    def slowly(store: Any) -> Any:
        batch = plain(store)
        inside.set()
        go_on.wait(10)
        return batch

    interest._take = slowly  # type: ignore[assignment]
    try:
        first = threading.Thread(target=lambda: (interest.fold(), connections.close_all()))
        first.start()
        assert inside.wait(10)
        interest._take = plain
        started = time.monotonic()
        assert interest.fold() == 0
        assert time.monotonic() - started < 2
    finally:
        interest._take = plain
        go_on.set()
        first.join()
    assert total() == 1
    interest.fold()
    assert total() == 1
