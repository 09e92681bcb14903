"""Eight people at once ask one page after the other, in turns with all other pages.

One loop over sockets, so that the asking takes little of the machine that it measures. Between two answers each
person asks again at once; every lane is asked for a second a round, and all lanes take turns, so that a busy moment
of the machine falls on all of them.
"""

from __future__ import annotations

import os
import selectors
import socket
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from p2ktd.bench.sites import Site, used

PEOPLE, ROUNDS, SECONDS = 8, 5, 1.0


@dataclass
class Lane:
    """One page of one site, as one kind of person; `aim` says of it what must hold, and whether it does."""

    label: str
    site: Site
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    queries: int | None = None
    aim: str = ""
    holds: Callable[[Lane, dict[str, Lane]], bool] | None = None
    rates: list[float] = field(default_factory=list)
    times: list[list[float]] = field(default_factory=list)
    web: float = 0.0  # seconds of CPU
    database: float = 0.0
    size: int = 0

    @property
    def request(self) -> bytes:
        lines = {"Host": f"127.0.0.1:{self.site.port}", "Accept-Encoding": "gzip", "Connection": "close"} | self.headers
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"GET {self.path} HTTP/1.1\r\n{head}\r\n".encode()

    # --- asking -----------------------------------------------------------------------------------------
    def round(self, seconds: float) -> None:
        """Ask for so long; what came is added to what is known."""
        web, database, began = self.site.cpu(), self.site.database_cpu(), time.perf_counter()
        times = ask(self, until=began + seconds)
        took = time.perf_counter() - began
        self.web += used(web, self.site.cpu())
        self.database += used(database, self.site.database_cpu())
        self.rates.append(len(times) / took)
        self.times.append(times)

    # --- what came of it ----------------------------------------------------------------------------------
    @property
    def asked(self) -> int:
        return sum(map(len, self.times))

    @property
    def rate(self) -> float:
        """Requests a second: the median of the rounds."""
        return statistics.median(self.rates)

    @property
    def p95(self) -> float:
        """Milliseconds: the median of the rounds' 95th percentiles."""
        return statistics.median(sorted(each)[int(len(each) * 0.95)] for each in self.times) * 1000

    @property
    def web_ms(self) -> float:
        return self.web / self.asked * 1000

    @property
    def database_ms(self) -> float:
        return self.database / self.asked * 1000


class _Person:
    """One connection at a time: asked, read to its end, asked again."""

    def __init__(self, lane: Lane, watch: selectors.BaseSelector) -> None:
        self.lane, self.watch, self.request = lane, watch, lane.request
        self.times: list[float] = []
        self.begin()

    def begin(self) -> None:
        self.began = time.perf_counter()
        self.parts: list[bytes] = []
        self.line = socket.create_connection(("127.0.0.1", self.lane.site.port))
        self.line.sendall(self.request)
        self.watch.register(self.line, selectors.EVENT_READ, self)

    def read(self) -> bool:
        """More of the answer; True at its end."""
        part = self.line.recv(262_144)
        if part:
            self.parts.append(part)
            return False
        self.watch.unregister(self.line)
        self.line.close()
        self.times.append(time.perf_counter() - self.began)
        answer = b"".join(self.parts)
        if int(answer[9:12] or 0) != self.lane.status:
            raise RuntimeError(f"{self.lane.label}: {self.lane.path} answered {answer[:200]!r}")
        self.lane.size = len(answer.partition(b"\r\n\r\n")[2])
        return True


def ask(lane: Lane, *, until: float, people: int = PEOPLE) -> list[float]:
    """The seconds that each answer took; each person asks at least once."""
    with selectors.DefaultSelector() as watch:
        every = [_Person(lane, watch) for _ in range(people)]
        asking = len(every)
        while asking:
            for key, _ in watch.select():
                if key.data.read():
                    if time.perf_counter() < until:
                        key.data.begin()
                    else:
                        asking -= 1
        return [seconds for each in every for seconds in each.times]


def race(lanes: Sequence[Lane], *, rounds: int = ROUNDS, seconds: float = SECONDS) -> None:
    """A round of each in turn."""
    for lane in lanes:  # warm
        ask(lane, until=0, people=PEOPLE)
    for _ in range(rounds):
        for lane in lanes:
            lane.round(seconds)


def table(lanes: Iterable[Lane], against: str) -> str:
    """Figures, ratio to the lane of that name, aim, and a mark where it is missed."""
    rows = list(lanes)
    by_label = {lane.label: lane for lane in rows}
    other = by_label[against]
    head = f"{'':<46}{'req/s':>8}{'p95':>9}{'web CPU':>10}{'db CPU':>9}{'queries':>8}{'KB':>6}{'x raw':>7}   aim"
    lines = [head]
    for lane in rows:
        figures = (
            f"{lane.label:<46}{lane.rate:>8.0f}{lane.p95:>7.1f}ms{lane.web_ms:>8.2f}ms{lane.database_ms:>7.2f}ms"
            f"{'' if lane.queries is None else lane.queries:>8}{lane.size / 1024:>6.1f}{lane.rate / other.rate:>7.2f}"
        )
        mark = "" if lane.holds is None else ("ok  " if lane.holds(lane, by_label) else "MISS") + "  "
        lines.append(f"{figures}   {mark}{lane.aim}".rstrip())
    lines.append(f"Load of the machine: {os.getloadavg()[0]:.1f}. Read ratios, not figures.")
    return "\n".join(lines)
