import os
import subprocess
from typing import Any

from django.core.management.base import BaseCommand

from p2ktd.bench import catalogue, lanes, orders
from p2ktd.bench.drive import ROUNDS as TURNS
from p2ktd.bench.drive import Lane, count_queries, race, table
from p2ktd.bench.load import ROUNDS, SECONDS
from p2ktd.bench.load import race as load
from p2ktd.bench.load import table as load_table
from p2ktd.bench.sites import HOME, Site, serving

SMALL = ("--applications", "200", "--services", "1000", "--villages", "200", "--orders", "2000")
LARGE: tuple[str, ...] = ()  # the national set: seed_scale's own defaults
PARTS = ("catalogue", "desk", "offices", "orders")
MOST_MEMORY, MOST_START = 150, 3  # megabytes of a web worker, seconds


class Command(BaseCommand):
    help = "Measures pages against the least that a page can cost, and on a small and a large database; prints ratios."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("parts", nargs="*", default=PARTS, help=f"some of: {', '.join(PARTS)}")
        parser.add_argument("--rounds", type=int)
        parser.add_argument("--seconds", type=float, default=SECONDS, help="of each page in each round")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{state()}\nFilling the databases (the first time takes minutes) ...")
        self.rounds = options["rounds"] or TURNS
        small, large = Site.named("small"), Site.named("large")
        large.fill(*LARGE)
        if "catalogue" in options["parts"]:
            self.catalogue(options["rounds"] or ROUNDS, options["seconds"])
        if {"desk", "offices", "orders"} & set(options["parts"]):
            small.fill(*SMALL)
            with serving(small, large):
                if "desk" in options["parts"]:
                    self.side_by_side("The Pokja's desk", lanes.pokja(small, "small"), lanes.pokja(large, "large"))
                if "offices" in options["parts"]:
                    self.side_by_side(
                        "Villages and offices", lanes.offices(small, "small"), lanes.offices(large, "large")
                    )

                if "orders" in options["parts"]:
                    for title, of in (
                        ("An order's page", orders.pages), ("Perlu tindakan", orders.todo), ("Verbs", orders.verbs),
                    ):  # fmt: skip
                        self.side_by_side(title, of(small, "small"), of(large, "large"))

    def side_by_side(self, title: str, few: list[Lane], many: list[Lane]) -> None:
        """The same pages on a small and on a large database, in turns."""
        by_page = {lane.label.rpartition(",")[0]: lane for lane in few}
        pairs = {
            lane.label: other.label
            for lane in many
            if (other := by_page.get(lane.label.rpartition(",")[0])) is not None
        }
        count_queries([*few, *many])
        race([*few, *many], self.rounds)
        self.stdout.write(f"\n{title}\n{table([*few, *many], pairs)}")

    def catalogue(self, rounds: int, seconds: float) -> None:
        kept = Site.named("large", workers=2)
        anew = Site.named("large", keep_pages=False, workers=2)
        with serving(kept, anew):
            rows = [
                *catalogue.reference(kept), *catalogue.public(kept, "kept"), *catalogue.unchanged(kept),
                *catalogue.public(anew, "made anew"), *catalogue.logged_in(anew),
            ]  # fmt: skip
            catalogue.count_queries(rows)
            load(rows, rounds=rounds, seconds=seconds)
            self.stdout.write(f"\nThe catalogue, 2 workers, 8 people\n{load_table(rows, catalogue.RAW)}")
            self.stdout.write(f"\n{catalogue.after_a_change(anew)}")
            resident, own = (max(pair) for pair in zip(kept.memory(), anew.memory(), strict=True))
            start = max(kept.cold_start, anew.cold_start)
            self.stdout.write(
                f"\nA web worker after this: {resident:.0f} MB, its own alone {own:.0f} MB "
                f"(aim {MOST_MEMORY} MB: {'ok' if resident <= MOST_MEMORY else 'MISS'}). "
                f"Cold start {start:.1f} s (aim {MOST_START} s: {'ok' if start <= MOST_START else 'MISS'})."
            )


def state() -> str:
    """Which code is measured, and how busy the machine is beforehand."""
    said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=HOME, capture_output=True, text=True)
    return f"Code {said.stdout.strip() or 'without git'}; load of the machine before: {os.getloadavg()[0]:.1f}."
