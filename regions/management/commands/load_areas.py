"""manage.py load_areas: all provinces, regencies, districts and villages, in seconds, as often as you like."""

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count

from core.clock import today
from regions.load import load_all
from regions.models import Area, Level


class Command(BaseCommand):
    help = "Load every administrative area of Indonesia from regions/data/. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        loaded = load_all(on=today())
        seconds = time.monotonic() - started
        counts = dict(Area.objects.order_by().values_list("level").annotate(Count("code")))
        for level in Level:
            self.stdout.write(f"{level.label:16}{counts.get(level, 0):>8,}")
        self.stdout.write(
            f"{loaded.added:,} added, {loaded.changed:,} changed, {loaded.retired:,} retired, "
            f"{loaded.titles:,} titles added, in {seconds:.1f} s"
        )
