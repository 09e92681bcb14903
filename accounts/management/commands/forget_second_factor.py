"""Somebody lost the telephone and the recovery codes: the second factor is set up anew at the next log-in.

    manage.py forget_second_factor nama@kab.go.id --reason "HP hilang, surat 12/2026, wajah dikenali"

Who asks must have been recognised by another way than mail: whoever reads the mail could ask too.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.second_factor import forget


class Command(BaseCommand):
    help = "Take a person's second factor away; a reason is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, email: str, reason: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"There is no account {email}.")
        forget(user, reason=reason)
        self.stdout.write(f"{user} is logged out everywhere and sets up a new second factor at the next log-in.")
