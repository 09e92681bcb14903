from typing import Any

import psycopg
from django.core.management.base import BaseCommand

from p2ktd.bench.drive import Lane, race, table
from p2ktd.bench.sites import Site, serving, site
from p2ktd.scale.pokja import DOMAIN, HOME

QUEUE = "/admin/verification/application/"
SMALL, LARGE = 200, 20_000


class Command(BaseCommand):
    help = "Measures pages on a small and a large database in turns, and prints the ratios."

    def handle(self, *args: Any, **options: Any) -> None:
        small, large = site("small", 1), site("large", 2)
        self.stdout.write("Filling the databases (the first time takes minutes) ...")
        small.fill("--applications", str(SMALL))
        large.fill("--applications", str(LARGE))
        with serving(small, large):
            lanes = [*pokja_lanes(small, f"{SMALL} applications"), *pokja_lanes(large, f"{LARGE} applications")]
            race(lanes)
        half = len(lanes) // 2
        pairs = {big.label: little.label for big, little in zip(lanes[half:], lanes[:half], strict=True)}
        self.stdout.write(table(lanes, pairs))


def pokja_lanes(on: Site, size: str) -> list[Lane]:
    """The queue as a member sees it, in full, searched; the ministry's; and one case."""
    member, ministry = on.cookie(f"anggota@{DOMAIN}"), on.cookie(f"kementerian@{DOMAIN}")
    with psycopg.connect(on.database) as database:
        row = database.execute(
            "SELECT code FROM verification_application WHERE regency_id = %s AND state = 'checking' ORDER BY id", [HOME]
        ).fetchone()
    code = row[0] if row else ""
    return [
        Lane(f"queue, {size}", on, QUEUE, member),
        Lane(f"whole queue, {size}", on, f"{QUEUE}?antrean=semua", member),
        Lane(f"queue searched, {size}", on, f"{QUEUE}?q=00150", member),
        Lane(f"ministry's whole queue, {size}", on, f"{QUEUE}?antrean=semua", ministry),
        Lane(f"case page, {size}", on, f"{QUEUE}{code}/change/", member),
    ]
