"""Asks pages in turns, sends forms in turns, and keeps the times."""

from __future__ import annotations

import http.client
import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.crypto import get_random_string

from p2ktd.bench.sites import Asked, Site, used

ROUNDS, EACH = 9, 6
AIM = 1.5  # times what the same page takes on the small database


def unheard(address: str) -> None:
    """Nobody asks where it leads."""


@dataclass(frozen=True)
class Sent:
    """What a person asks for, or sends; `then` is told where the answer leads."""

    path: str
    cookie: str
    fields: Mapping[str, Any] | None = None
    then: Callable[[str], None] = unheard

    @property
    def asked(self) -> Asked:
        return self.path, self.cookie, self.fields


@dataclass
class Lane:
    """One page on one site, asked by one person; times in milliseconds."""

    label: str
    site: Site
    path: str
    cookie: str = ""
    times: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)
    cpu: float = 0.0
    size: int = 0
    queries: int | None = None

    def ask(self, connection: http.client.HTTPConnection) -> float:
        began = time.perf_counter()
        headers = {"Cookie": self.cookie} if self.cookie else {}
        connection.request("GET", self.path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{self.label}: {self.path} answered {answer.status} {answer.getheader('Location')}")
        self.size = len(body)
        return took

    def next(self) -> Sent:
        """What is asked for next."""
        return Sent(self.path, self.cookie)

    def round(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        before = self.site.cpu()
        times = [self.ask(connection) for _ in range(EACH)]
        self.cpu += used(before, self.site.cpu())
        self.times += times
        self.medians.append(statistics.median(times))
        connection.close()

    @property
    def median(self) -> float:
        return statistics.median(self.medians)

    @property
    def p95(self) -> float:
        return sorted(self.times)[int(len(self.times) * 0.95)]

    @property
    def cpu_ms(self) -> float:
        return self.cpu / len(self.times) * 1000


@dataclass
class Posting(Lane):
    """A form sent, another one each time; it counts from sending to being led on."""

    path: str = ""
    send: Callable[[], Sent] = field(kw_only=True)

    def next(self) -> Sent:
        return self.send()

    def ask(self, connection: http.client.HTTPConnection) -> float:
        sent, secret = self.next(), get_random_string(32, ascii_lowercase)
        body = urlencode({**(sent.fields or {}), "csrfmiddlewaretoken": secret})
        headers = {
            "Cookie": f"{sent.cookie}; {settings.CSRF_COOKIE_NAME}={secret}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        began = time.perf_counter()
        connection.request("POST", sent.path, body, headers)
        answer = connection.getresponse()
        content, address = answer.read(), answer.getheader("Location") or ""
        took = (time.perf_counter() - began) * 1000
        if answer.status != 302:
            raise RuntimeError(f"{self.label}: {sent.path} answered {answer.status} {content[:2000]!r}")
        sent.then(address)
        return took


def race(lanes: Sequence[Lane], rounds: int = ROUNDS) -> None:
    """A round of each in turn, so that a busy moment of the machine falls on all."""
    for lane in lanes:  # warm
        connection = http.client.HTTPConnection("127.0.0.1", lane.site.port, timeout=60)
        lane.ask(connection)
        connection.close()
    for _ in range(rounds):
        for lane in lanes:
            lane.round()


def table(lanes: Iterable[Lane], against: dict[str, str]) -> str:
    """Median, p95, CPU, queries and size of each; and the ratio to the lane it is held against."""
    rows = list(lanes)
    by_label = {lane.label: lane for lane in rows}
    lines = [f"{'':<44}{'median':>9}{'p95':>9}{'CPU':>9}{'queries':>8}{'KB':>7}   ratio (aim: {AIM})"]
    for lane in rows:
        other = by_label.get(against.get(lane.label, ""))
        ratio = ""
        if other:
            times = lane.median / other.median
            ratio = f"{times:.2f} x {other.label}{'  MISS' if times > AIM else ''}"
        queries = "" if lane.queries is None else lane.queries
        figures = f"{lane.median:>7.1f}ms{lane.p95:>7.1f}ms{lane.cpu_ms:>7.1f}ms{queries:>8}{lane.size / 1024:>7.0f}"
        lines.append(f"{lane.label:<44}{figures}   {ratio}".rstrip())
    lines.append(
        f"{len(rows[0].medians)} rounds of {EACH}, in turns. Load of the machine: {os.getloadavg()[0]:.1f}. Read ratios."
    )
    return "\n".join(lines)


def count_queries(lanes: Iterable[Lane]) -> None:
    """Fill in what each asks the database: a page the second time, a form once another one was sent."""
    rows = list(lanes)
    forms = [lane for lane in rows if isinstance(lane, Posting)]
    for site in {id(lane.site): lane.site for lane in rows}.values():
        _count(site, [lane for lane in rows if lane.site is site and lane not in forms])
    for lane in forms:  # one by one: what the first made the next works on
        _count(lane.site, [lane])


def _count(site: Site, lanes: list[Lane]) -> None:
    sent = [(lane.next(), lane.next()) for lane in lanes]
    counted = site.queries([(first.asked, second.asked) for first, second in sent])
    for lane, pair, (number, led) in zip(lanes, sent, counted, strict=True):
        lane.queries = number
        for each, address in zip(pair, led, strict=True):
            each.then(address)
