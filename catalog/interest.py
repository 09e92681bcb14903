"""Who looks at a service: counted beside the page, never in its way.

    @counted
    @kept("catalogue")
    def service_detail(request, code): ...

A look is counted after the answer was sent, also where the page comes from the cache or is told unchanged. It waits
in the worker's memory for some seconds and is handed to Redis in one call; every few minutes `fold` adds what lies
there to the rows. Each way is safe against a half-done step: a call whose answer was lost is repeated under its
number and counts once, a batch is added in the transaction that notes its number. With Redis away the looks wait in
memory; a killed worker loses some seconds of them, nothing else. Bots, prefetching browsers and the provider's own
people do not count. No address, no person and no session is kept.
"""

from __future__ import annotations

import atexit
import datetime as dt
import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from accounts import people
from catalog.models import FoldedViews, Service
from core.formats import WIB

logger = logging.getLogger(__name__)
SEND_EVERY, WAIT_AFTER_FAILURE = 5.0, 15.0  # seconds
MOST_HELD = 10_000  # services that wait in one worker while Redis is away; then the rest goes uncounted
WAITING, TAKEN, SENT = "views:waiting", "views:taken", "views:sent:"
NUMBER = "#"  # the field of a taken batch that holds its number; no code begins so
KEEP_NUMBERS = dt.timedelta(days=30)
FOLDING = 4_242_005  # the number of PostgreSQL's advisory lock

# Counts once however often it is called with the same number.
_ADD = """
if redis.call('SET', KEYS[2], 1, 'NX', 'EX', 86400) then
    for place = 1, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[place], ARGV[place + 1]) end
end
return 1
"""
_BOT = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|telegram|monitor|uptime|check|scan|headless"
    r"|curl|wget|httpie|http-?client|python|java/|okhttp|go-http|axios|node-fetch|libwww|lighthouse|archive",
    re.IGNORECASE,
)
View = Callable[..., HttpResponse]


# --- in the web process ---------------------------------------------------------------------------------------
def counted(view: View) -> View:
    """Count who opens this page of a service. Stands outside `kept`."""

    @wraps(view)
    def with_count(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, code, *args, **kwargs)
        if response.status_code in (200, 304) and is_a_reader(request):
            response._resource_closers.append(lambda: _look(request, code))  # type: ignore[attr-defined]
        return response

    return with_count


def is_a_reader(request: HttpRequest) -> bool:
    """A person with a browser, as far as one can tell: no machine, and no browser that only reads ahead."""
    agent = request.headers.get("User-Agent", "")
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and bool(agent) and not _BOT.search(agent) and "prefetch" not in ahead


def _look(request: HttpRequest, code: str) -> None:
    own = people.providers(getattr(request, "user", None))
    if not (own and Service.objects.filter(code=code, provider__in=own).exists()):
        looks.add(code)


class Looks:
    """The looks that this process has not handed on yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.held: Counter[str] = Counter()
        self.going: tuple[str, Counter[str]] | None = None  # with its number, until Redis has said that it has it
        self.send_at = 0.0

    def add(self, code: str) -> None:
        """One more look, today; now and then all are sent on."""
        field = f"{code}:{timezone.now().astimezone(WIB).date().isoformat()}"
        with self.lock:
            if field in self.held or len(self.held) < MOST_HELD:
                self.held[field] += 1
        if time.monotonic() >= self.send_at:
            self.send()

    def send(self) -> bool:
        """Hand on what is held; what Redis did not confirm goes again, under the same number. One thread does it."""
        with self.lock:
            self.send_at = time.monotonic() + SEND_EVERY
            if self.going is None and self.held:
                self.going, self.held = (uuid4().hex, self.held), Counter()
            going = self.going
        if going is None:
            return True
        number, counts = going
        try:
            pairs = [part for pair in counts.items() for part in pair]
            get_redis_connection("default").eval(_ADD, 2, WAITING, SENT + number, *pairs)
        except (RedisError, NotImplementedError, OSError) as problem:
            self.send_at = time.monotonic() + WAIT_AFTER_FAILURE
            logger.info("views wait: %s", type(problem).__name__)
            return False
        with self.lock:
            self.going = None
        return True


looks = Looks()
atexit.register(looks.send)  # a worker that is asked to end


# --- in the worker ------------------------------------------------------------------------------------------------
def fold() -> int:
    """Add what lies in Redis to the rows; how many rows it touched. Safe to run twice, at once, or to be killed.

    The batch is set aside under a number first. Adding it and noting its number are one transaction; only a batch
    whose number is noted is removed.
    """
    store = get_redis_connection("default")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FOLDING])
        if not cursor.fetchone()[0]:
            return 0
        batch = _take(store)
        if batch is None:
            return 0
        number, counts = batch
        FoldedViews.objects.filter(folded_at__lt=timezone.now() - KEEP_NUMBERS).delete()
        FoldedViews.objects.create(batch=number)
        cursor.execute(_FOLD, [list(column) for column in zip(*counts, strict=True)] if counts else [[], [], []])
        return cursor.rowcount


_FOLD = """
INSERT INTO catalog_serviceviews (service_id, day, count)
SELECT service.id, look.day, look.count
FROM unnest(%s::text[], %s::date[], %s::int[]) AS look (code, day, count)
JOIN catalog_service AS service ON service.code = look.code
ON CONFLICT (service_id, day) DO UPDATE SET count = catalog_serviceviews.count + excluded.count
"""


def _take(store: Any) -> tuple[str, list[tuple[str, dt.date, int]]] | None:
    """The batch to be added: one that was left over, else what waits now; None when there is none."""
    number = store.hget(TAKEN, NUMBER)
    if number and FoldedViews.objects.filter(batch=number.decode()).exists():
        store.delete(TAKEN)
    if not store.exists(TAKEN):
        if not store.exists(WAITING):
            return None
        store.rename(WAITING, TAKEN)
    store.hsetnx(TAKEN, NUMBER, uuid4().hex)
    fields = {name.decode(): value.decode() for name, value in store.hgetall(TAKEN).items()}
    number = fields.pop(NUMBER)
    parts = [(*name.split(":", 1), int(count)) for name, count in fields.items()]
    return number, [(code, dt.date.fromisoformat(day), count) for code, day, count in parts]
