"""The first person of a fresh deployment: an account that exists becomes the ministry's.

    manage.py appoint_ministry nama@kemendesa.go.id --basis "Surat Tugas 12/2026"

Everyone else is appointed in the admin, from the ministry down. The act is written into the record.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Membership, Role, User
from core.workflow import Allowed, TransitionRefused


class Command(BaseCommand):
    help = "Give an existing account the ministry's role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--basis", default="", help="the letter on which it rests")

    def handle(self, *args: Any, email: str, basis: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody has signed up as {email}. Sign up at /daftar/ first, then run this again.")
        if not EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists():
            raise CommandError(f"{email} is not confirmed yet. Enter the code from the mail, then run this again.")
        membership = Membership(user=user, role=Role.MINISTRY, basis=basis)
        try:
            membership.appoint(by=None, verdict=Allowed())
        except (TransitionRefused, ValidationError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{user} is now {membership.title}. At the next page they set up a second factor.")
