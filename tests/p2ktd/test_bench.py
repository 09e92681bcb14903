"""What `make bench` prints: each page against the same on the small database, and which misses the aim."""

from __future__ import annotations

from p2ktd.bench.drive import AIM, EACH, Lane, table
from p2ktd.bench.sites import Site

SITE = Site("nowhere", "postgresql:///nowhere", 0)


def lane(label: str, *medians: float) -> Lane:
    times = [each for median in medians for each in [median] * EACH]
    return Lane(label, SITE, "/", times=times, medians=list(medians), cpu=len(times) / 1000, queries=5)


def test_each_page_is_held_against_the_same_on_the_small_database() -> None:
    rows = [
        lane("BPD, small", 40, 10, 20),
        lane("PD, small", 10),
        lane("BPD, large", 29, 90, 30),
        lane("PD, large", 16),
    ]
    lines = table(rows, {"BPD, large": "BPD, small", "PD, large": "PD, small"}).splitlines()
    assert AIM == 1.5
    assert [line.partition("x")[0].split()[-1] for line in lines[3:5]] == ["1.50", "1.60"]
    assert [line.endswith("MISS") for line in lines[1:5]] == [False, False, False, True]
    assert lines[-1].startswith(f"3 rounds of {EACH}, in turns.")
