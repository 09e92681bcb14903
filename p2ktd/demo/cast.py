"""The people of the demo story. Their names say that they are invented; their addresses lead nowhere."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password

from accounts.models import Membership, Role, User, VillageAccess, VillageData, VillageOffice
from accounts.models.membership import POKJA_ROLES, SECOND_FACTOR_ROLES, VILLAGE_ROLES
from core.clock import today
from core.workflow import Allowed
from p2ktd.demo.papers import paper
from regions.models import Area

DOMAIN = "contoh.example"
PASSWORD = "desa-contoh-2026"  # noqa: S105  practice accounts only, printed by `make run`
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  shown on the practice page
SINCE = datetime.date(2026, 1, 5)

VILLAGE, NEIGHBOUR, NEWCOMER = "52.02.04.2001", "52.02.04.2002", "52.02.04.2003"
DISTRICT, REGENCY, OTHER_REGENCY, PROVINCE = "52.02.04", "52.02", "52.01", "52"


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person: address, name, role, where, and the position as papers print it."""

    key: str
    name: str
    role: Role
    area: str | None = None
    position: str = ""
    shown: bool = True  # in the table of accounts that `make run` prints

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


OFFICIALS = [
    ("operator", "Baiq Contoh Anjani", Role.VILLAGE_OPERATOR, "Operator Desa"),
    ("pka", "Lalu Contoh Wirya", Role.ACTIVITY_MANAGER, "Kasi Kesejahteraan"),
    ("tpk", "Contoh Suhaili", Role.PROCUREMENT_TEAM, "Ketua TPK"),
    ("sekdes", "Contoh Nurhayati", Role.VILLAGE_SECRETARY, "Sekretaris Desa"),
    ("kaur", "Contoh Mariani", Role.VILLAGE_TREASURER, "Kaur Keuangan"),
    ("kades", "Lalu Contoh Mahsan", Role.VILLAGE_HEAD, "Kepala Desa"),
    ("bpd", "Haji Contoh Ramli", Role.BPD, "Ketua BPD"),
]
PEOPLE = [
    *(Person(key, name, role, VILLAGE, position) for key, name, role, position in OFFICIALS),
    *(
        Person(f"{key}.tetangga", name.replace("Contoh", "Sampel"), role, NEIGHBOUR, position, shown=key == "operator")
        for key, name, role, position in OFFICIALS
    ),
    Person("pld", "Contoh Zaenab", Role.PLD, VILLAGE, "Pendamping Lokal Desa"),
    Person("pd", "Contoh Burhan", Role.PD, DISTRICT, "Pendamping Desa"),
    Person("tapm", "Contoh Fitriani", Role.TAPM, REGENCY, "TAPM Kabupaten"),
    Person("kecamatan", "Contoh Hidayat", Role.DISTRICT_OFFICE, DISTRICT, "Kasi PMD Kecamatan"),
    Person("pokja", "Contoh Wahyuni", Role.POKJA_MEMBER, REGENCY, "Anggota Pokja P2KTD"),
    Person("pokja2", "Contoh Irawan", Role.POKJA_MEMBER, REGENCY, "Anggota Pokja P2KTD", shown=False),
    Person("ketua.pokja", "Contoh Sulastri", Role.POKJA_CHAIR, REGENCY, "Ketua Pokja P2KTD"),
    Person("dpmd", "Contoh Hartono", Role.REGENCY_OFFICE, REGENCY, "Kabid Pemberdayaan, Dinas PMD"),
    Person(
        "dpmd.lain", "Contoh Supardi", Role.REGENCY_OFFICE, OTHER_REGENCY, "Kabid Pemberdayaan, Dinas PMD", shown=False
    ),
    Person("provinsi", "Contoh Rahayu", Role.PROVINCE_OFFICE, PROVINCE, "Satker P3MD Provinsi"),
    Person("kementerian", "Contoh Prasetyo", Role.MINISTRY, None, "Admin Pusat"),
]


def demo_accounts() -> list[tuple[str, str, str]]:
    """(role and place, address, whether a code is asked) for each account to try."""
    from p2ktd.demo.providers import PROVIDERS

    rows = []
    for person in PEOPLE:
        if person.shown:
            place = Area.objects.get(pk=person.area).label if person.area else "nasional"
            code = "kode di /latihan/" if person.role in SECOND_FACTOR_ROLES else ""
            rows.append((f"{person.role.label}, {place}", person.email, code))
    for provider in PROVIDERS[:2]:
        rows.append((f"Penyedia, {provider.name}", f"{provider.key}@{DOMAIN}", ""))
    rows.append(("Calon operator desa, menunggu verifikasi", f"calon@{DOMAIN}", ""))
    return rows


def call_in() -> dict[str, User]:
    """Everyone by key. Offices and facilitators are appointed, the Pokja comes by its decree (`pokja.establish`); the villages' people
    ask, and the regency verifies.

    One password hash serves all practice accounts.
    """
    hashed = make_password(PASSWORD)
    users = {person.key: account(person.key, person.name, hashed) for person in PEOPLE}
    for person in PEOPLE:
        if person.role not in POKJA_ROLES and (person.area not in (VILLAGE, NEIGHBOUR) or person.role == Role.PLD):
            appoint(users[person.key], person.role, person.area, person.position)
        if person.role in SECOND_FACTOR_ROLES:
            TOTP.activate(users[person.key], TOTP_SECRET)
    appoint(users["pld"], Role.PLD, NEIGHBOUR, "Pendamping Lokal Desa")
    for person in PEOPLE:
        if person.role in VILLAGE_ROLES:
            ask_access(users[person.key], person.role, str(person.area), person.position).verify(by=users["dpmd"])
    VillageOffice.objects.update(address="Jalan Contoh Nomor 1", postal_code="83573")
    for number, (key, village) in enumerate([("kaur", VILLAGE), ("kaur.tetangga", NEIGHBOUR)], 91):
        state_numbers(users[key], village, number).verify(by=users["dpmd"], code_confirmed=True)
    return users


def state_numbers(treasurer: User, village: str, number: int) -> VillageData:
    """The village's NPWP and account: zeros, and a number that no other in the story has."""
    area = Area.objects.get(pk=village)
    data = VillageData(
        village=area,
        npwp=f"00000000000000{number}",
        bank="Bank Contoh",
        account_number=f"00000000{number}",
        account_holder=f"Kas {area.label} (DATA CONTOH)",
        passbook=paper(f"Buku rekening kas {area.label}", by=treasurer, personal=True),
        npwp_card=paper(f"NPWP {area.label}", by=treasurer, personal=True),
    )
    data.propose(by=fresh(treasurer))
    return data


def fresh(user: User) -> User:
    """The same person, with the memberships of this moment."""
    return User.objects.get(pk=user.pk)


def ask_access(user: User, role: Role, village: str, position: str) -> VillageAccess:
    """A person of the village asks for the role, letter in hand."""
    user.side = User.Side.VILLAGE
    user.save(update_fields=["side"])
    access = VillageAccess(
        village_id=village,
        role=role,
        position=position,
        phone="+628000000099",
        letter_number="141/CONTOH/2026",
        letter_date=today(),
        letter=paper(f"Surat tugas {position}", by=user),
    )
    access.request(by=user)
    return access


def appoint(user: User, role: Role, area: str | None, position: str) -> None:
    """A role since the story's first day; the system appoints, since nobody is there yet who could."""
    Membership(
        user=user, role=role, area_id=area, position=position, basis="SK contoh 01/2026", starts_on=SINCE
    ).appoint(by=None, verdict=Allowed())


def account(key: str, name: str, hashed: str) -> User:
    """A person with a confirmed address."""
    user = User.objects.create(email=f"{key}@{DOMAIN}", name=name, password=hashed)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
