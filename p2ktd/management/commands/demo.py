"""Tell the demo story, or print the accounts to try it with."""

import datetime
from typing import Any

import time_machine
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User, VillageAccess
from p2ktd.demo import PASSWORD, cast, demo_accounts, orders, providers
from p2ktd.demo.papers import paper
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
            valid_from=cast.SINCE,
        )
        people = cast.call_in()
        with time_machine.travel(timezone.now() - datetime.timedelta(days=95), tick=True):
            services = providers.register(people)
        orders.tell_all(people, services)
        self.newcomer()
        self.stdout.write(f"Told: {User.objects.count()} people, {len(services)} services.")

    def newcomer(self) -> None:
        """Someone from a third village waits for the regency's office."""
        user = cast.account("calon", "Contoh Salmah", make_password(PASSWORD))
        user.side = User.Side.VILLAGE
        user.save(update_fields=["side"])
        VillageAccess(
            village_id=cast.NEWCOMER,
            role=Role.VILLAGE_OPERATOR,
            position="Operator Desa",
            phone="+628000000099",
            letter_number="141/CONTOH/2026",
            letter_date=timezone.localdate(),
            letter=paper("Surat tugas operator desa", by=user),
        ).request(by=user)

    def print_accounts(self) -> None:
        rows = demo_accounts()
        wide = max(len(row[0]) for row in rows)
        self.stdout.write(f"Kata sandi semua akun contoh: {PASSWORD}")
        for role, email, code in rows:
            self.stdout.write(f"  {role:<{wide}}  {email}{'  + ' + code if code else ''}")
