"""Asks pages in turns and keeps the times."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from p2ktd.bench.sites import Site, used

ROUNDS, EACH = 9, 6


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


def race(lanes: Sequence[Lane], rounds: int = ROUNDS) -> None:
    """A round of each in turn, so that a busy moment of the machine falls on all."""
    for lane in lanes:  # warm
        lane.ask(http.client.HTTPConnection("127.0.0.1", lane.site.port, timeout=60))
    for _ in range(rounds):
        for lane in lanes:
            lane.round()


def table(lanes: Iterable[Lane], against: dict[str, str]) -> str:
    """Median, p95, CPU and size of each; and the ratio to the lane it is held against."""
    rows = list(lanes)
    by_label = {lane.label: lane for lane in rows}
    lines = [f"{'':<44}{'median':>9}{'p95':>9}{'CPU':>9}{'KB':>7}   ratio"]
    for lane in rows:
        other = by_label.get(against.get(lane.label, ""))
        ratio = f"{lane.median / other.median:.2f} x {other.label}" if other else ""
        figures = f"{lane.median:>7.1f}ms{lane.p95:>7.1f}ms{lane.cpu_ms:>7.1f}ms{lane.size / 1024:>7.0f}"
        lines.append(f"{lane.label:<44}{figures}   {ratio}".rstrip())
    return "\n".join(lines)
