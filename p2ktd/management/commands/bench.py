from typing import Any

from django.core.management.base import BaseCommand

from p2ktd.bench import lanes
from p2ktd.bench.drive import race, table
from p2ktd.bench.sites import Site, serving

SMALL, LARGE = 200, 20_000
SERVICES = {SMALL: 1_000, LARGE: 100_000}


class Command(BaseCommand):
    help = "Measures pages on a small and a large database in turns, and prints the ratios."

    def handle(self, *args: Any, **options: Any) -> None:
        small, large = Site.named("small"), Site.named("large")
        unkept = Site.named("large", keep_pages=False)
        self.stdout.write("Filling the databases (the first time takes minutes) ...")
        for site, size in ((small, SMALL), (large, LARGE)):
            site.fill("--applications", str(size), "--services", str(SERVICES[size]))
        with serving(small, large, unkept):
            self.desk(small, large)
            self.catalogue(large, unkept)

    def desk(self, small: Site, large: Site) -> None:
        few, many = lanes.pokja(small, f"{SMALL} applications"), lanes.pokja(large, f"{LARGE} applications")
        race([*few, *many])
        pairs = {big.label: little.label for big, little in zip(many, few, strict=True)}
        self.stdout.write(f"\nThe Pokja's desk\n{table([*few, *many], pairs)}")

    def catalogue(self, kept: Site, unkept: Site) -> None:
        rows = [*lanes.reference(kept), *lanes.catalogue(kept, "kept"), *lanes.catalogue(unkept, "made anew")]
        race(rows)
        pairs = {row.label: lanes.RAW for row in rows if row.label != lanes.RAW}
        self.stdout.write(f"\nThe catalogue with {SERVICES[LARGE]} services\n{table(rows, pairs)}")
