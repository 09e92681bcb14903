from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.clock import today
from p2ktd import scale
from verification.models import Application


class Command(BaseCommand):
    help = "Fills an empty database at national size (DATA CONTOH), for `make bench`. The areas must be loaded."

    def add_arguments(self, parser: Any) -> None:
        add = parser.add_argument
        add("--applications", type=int, default=33_328, help="of providers; twelve of twenty are listed")
        add("--services", type=int, default=100_000)
        add("--villages", type=int, default=100_000, help="with offices; no more than there are")
        add("--orders", type=int, default=2_000_000)
        add("--until", type=dt.date.fromisoformat, default=None, help="the day before which everything lies")

    def handle(self, *args: Any, **options: Any) -> None:
        if Application.objects.exists():
            raise CommandError("This database has applications already; seed_scale fills an empty one.")
        until = options["until"] or today()
        sizes = {name: options[name] for name in ("applications", "services", "villages", "orders")}
        scale.seed(scale.Span(until), say=self.say, **sizes)

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
