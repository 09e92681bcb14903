from typing import Any

from django.core.management.base import BaseCommand

from transactions.models import OrderStage


class Command(BaseCommand):
    help = "Writes the kept stages of orders anew where they differ from the documents (docs/decisions/kept-stage.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{OrderStage.objects.rebuild()} kept stages differed and were written anew.")
