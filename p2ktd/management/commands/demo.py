"""Tell the demo story, or print the accounts to try it with."""

import datetime
from typing import Any

import time_machine
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from catalog.search import vocabulary
from monitoring.tasks import close_month
from p2ktd.demo import PASSWORD, cast, demo_accounts, orders, providers, purchases, telling
from transactions import prices
from transactions.models import ProcurementRule


class Command(BaseCommand):
    help = "Writes the demo story (DATA CONTOH) into an empty database, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="print the accounts to try")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo story is for practice only: set DEMO=1.")
        if options["accounts"]:
            self.print_accounts()
        elif orders.is_told():
            self.stdout.write("The demo story is there already.")
        else:
            self.tell()

    @transaction.atomic
    def tell(self) -> None:
        """Everyone, every provider, every order; the providers came first, three months ago."""
        ProcurementRule.objects.create(
            regency_id=cast.REGENCY,
            basis="Peraturan Bupati Contoh Nomor 1 Tahun 2026 (DATA CONTOH)",
            direct_limit=10_000_000,
            quotation_limit=200_000_000,
            min_invitations=2,
            min_hours=0,
            fine_permille=1,
            fine_cap_percent=5,
            valid_from=cast.SINCE,
        )
        with time_machine.travel(timezone.now() - datetime.timedelta(days=100), tick=True):
            people = cast.call_in()
        with time_machine.travel(timezone.now() - datetime.timedelta(days=95), tick=True):
            telling.forget_memberships(people)
            services = providers.register(people)
        with time_machine.travel(timezone.now() - datetime.timedelta(days=60), tick=True):
            providers.raise_prices(services)
        orders.tell_all(people, services)
        purchases.tell_all(people, services)
        with time_machine.travel(timezone.now() - datetime.timedelta(days=3), tick=True):
            telling.forget_memberships(people)
            providers.answer_questions(people, services)
        self.newcomer()
        vocabulary.recount()
        prices.refresh()
        close_month()  # last month's reports, as beat asks for them on the 1st
        self.stdout.write(f"Told: {User.objects.count()} people, {len(services)} services.")

    def newcomer(self) -> None:
        """Someone from a third village waits for the regency's office."""
        user = cast.account("calon", "Contoh Salmah", make_password(PASSWORD))
        cast.ask_access(user, Role.VILLAGE_OPERATOR, cast.NEWCOMER, "Operator Desa")

    def print_accounts(self) -> None:
        rows = demo_accounts()
        wide = max(len(row[0]) for row in rows)
        self.stdout.write(f"Kata sandi semua akun contoh: {PASSWORD}")
        for role, email, code in rows:
            self.stdout.write(f"  {role:<{wide}}  {email}{'  + ' + code if code else ''}")
