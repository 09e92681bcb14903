from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from p2ktd.scale import catalogue, pokja
from verification.models import Application


class Command(BaseCommand):
    help = "Fills an empty database at national size (DATA CONTOH), for `make bench`."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--applications", type=int, default=20_000)
        parser.add_argument("--services", type=int, default=100_000)

    def handle(self, *args: Any, **options: Any) -> None:
        if Application.objects.exists():
            raise CommandError("This database has applications already; seed_scale fills an empty one.")
        with transaction.atomic():
            pokja.seed(options["applications"])
            self.stdout.write(f"{options['applications']} applications.")
            catalogue.seed(options["services"])
            self.stdout.write(f"{options['services']} services.")
