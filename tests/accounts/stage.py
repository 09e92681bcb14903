"""People for the tests of accounts, each brought to their role by the verbs."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import LegalForm, Membership, Provider, Role, User, VillageAccess
from core.models import StoredFile
from core.workflow import Allowed
from regions.models import Area
from tests.areas import KUTA, LOMBOK_BARAT, LOMBOK_TENGAH, PUJUT, SUKADANA
from tests.core.files import jpeg

PASSWORD = "tujuh ekor kerbau putih"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DAY = dt.timedelta(days=1)


def person(name: str, side: str = "", email: str = "") -> User:
    """A confirmed account without any right."""
    user = User.objects.create_user(
        email or f"{name.lower().replace(' ', '.')}@desa.example", PASSWORD, name=name, side=side
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def fresh(user: User) -> User:
    """The same person, with the memberships of this moment."""
    return User.objects.get(pk=user.pk)


def give(user: User, role: str, area: str | None = None, **fields: Any) -> Membership:
    """A role for a test's cast, written through the verb as the system."""
    membership = Membership(user=user, role=role, area_id=area, basis="SK contoh", **fields)
    membership.appoint(by=None, verdict=Allowed())
    return membership


def with_second_factor(user: User, secret: str = SECRET) -> User:
    totp.TOTP.activate(user, secret)
    return user


def code_now(secret: str = SECRET) -> str:
    """What the app shows."""
    return totp.format_hotp_value(totp.hotp_value(secret, list(totp.yield_hotp_counters_from_time())[1]))


def letter_of(user: User) -> StoredFile:
    return StoredFile.objects.store(
        b"%PDF-1.4 surat", name="surat.pdf", content_type="application/pdf", by=user, personal=True
    )


def upload(name: str = "surat.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(400, 300), content_type="image/jpeg")


def request_of(user: User, *, village: str = KUTA, role: str = Role.VILLAGE_OPERATOR, **fields: Any) -> VillageAccess:
    """A request as the form makes it."""
    request = VillageAccess(
        user=user,
        village=Area.objects.get(code=village),
        role=role,
        phone="+6281234567890",
        letter_number="188.4/12/KD/2025",
        letter_date=dt.date(2025, 3, 1),
        letter=letter_of(user),
        **fields,
    )
    request.request(by=user)
    return request


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Cast:
    """Each person is made when first named."""

    @cached_property
    def ministry(self) -> User:
        return self._holding("Bagus Pusat", Role.MINISTRY)

    @cached_property
    def province(self) -> User:
        return self._holding("Made Satker", Role.PROVINCE_OFFICE, "52")

    @cached_property
    def office(self) -> User:
        return self._holding("Dewi Dinas", Role.REGENCY_OFFICE, LOMBOK_TENGAH)

    @cached_property
    def colleague(self) -> User:
        return self._holding("Rina Dinas", Role.REGENCY_OFFICE, LOMBOK_TENGAH)

    @cached_property
    def neighbour_office(self) -> User:
        return self._holding("Eko Tetangga", Role.REGENCY_OFFICE, LOMBOK_BARAT)

    @cached_property
    def chair(self) -> User:
        return self._holding("Putu Ketua", Role.POKJA_CHAIR, LOMBOK_TENGAH)

    @cached_property
    def tapm(self) -> User:
        return self._holding("Tari Ahli", Role.TAPM, LOMBOK_TENGAH)

    @cached_property
    def pd(self) -> User:
        return self._holding("Pandu Pendamping", Role.PD, PUJUT)

    @cached_property
    def pld(self) -> User:
        return self._holding("Lala Lokal", Role.PLD, KUTA)

    @cached_property
    def head(self) -> User:
        return self._holding("Lalu Kades", Role.VILLAGE_HEAD, KUTA)

    @cached_property
    def operator(self) -> User:
        return self._holding("Sri Operator", Role.VILLAGE_OPERATOR, KUTA)

    @cached_property
    def treasurer(self) -> User:
        return self._holding("Ani Kaur", Role.VILLAGE_TREASURER, KUTA)

    @cached_property
    def secretary(self) -> User:
        return self._holding("Budi Sekdes", Role.VILLAGE_SECRETARY, KUTA)

    @cached_property
    def neighbour(self) -> User:
        return self._holding("Nur Sebelah", Role.VILLAGE_OPERATOR, SUKADANA)

    @cached_property
    def provider(self) -> User:
        firm = Provider.objects.create(
            name="CV Rinjani", legal_form=LegalForm.COMPANY, area_id=LOMBOK_TENGAH, address="Jalan 1", phone="+62370123456",
            email="kantor@rinjani.example", person_in_charge="Siti", position="Direktur", nik="5202010101800001",
            npwp="0123456789012345", bank="Bank Contoh", account_number="0012345678", account_holder="Siti",
        )  # fmt: skip
        user = person("Siti Penyedia", "provider")
        give(user, Role.PROVIDER, provider=firm)
        return fresh(user)

    @cached_property
    def nobody(self) -> User:
        return person("Tono Tanpa", "village")

    @cached_property
    def applicant(self) -> User:
        return person("Ayu Pemohon", "village")

    def _holding(self, name: str, role: str, area: str | None = None) -> User:
        from accounts.people import needs_second_factor

        user = person(name)
        give(user, role, area)
        user = fresh(user)
        return with_second_factor(user) if needs_second_factor(user) else user

    def everyone(self) -> dict[str, User]:
        names = (
            "ministry", "province", "office", "neighbour_office", "chair", "tapm", "pd", "pld", "head", "operator",
            "neighbour", "provider", "nobody", "applicant",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


# --- races -----------------------------------------------------------------------------------------------
def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own with its own connection; results, or the exceptions they ended with."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Exception as problem:  # the test judges it
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@contextmanager
def row_held(rows: Any) -> Iterator[Callable[[int], None]]:
    """Hold these rows locked in another connection; call the value with a number to wait until so many wait."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                list(rows.select_for_update())
                held.set()
                release.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)

    def wait_for(count: int) -> None:
        for _ in range(200):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cursor.fetchone()[0] >= count:
                    break
            threading.Event().wait(0.02)
        else:
            raise AssertionError("nobody waits for the lock")
        release.set()

    try:
        yield wait_for
    finally:
        release.set()
        thread.join()
