"""The offices above the villages: one person for each province, regency and kecamatan, and the facilitators at home."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from allauth.mfa.models import Authenticator

from accounts.models import Membership, Role, User
from accounts.models.membership import SECOND_FACTOR_ROLES
from p2ktd.scale.dice import coded
from regions.models import Area, Level

DOMAIN = "skala.contoh.example"
BEGAN = dt.date(2020, 1, 1)
Seat = tuple[str, Role, str | None]  # name in the address, role, area


def officer(key: str, role: Role, area: str | None) -> User:
    """One person with one role."""
    return seat([(key, role, area)])[0]


def seat(seats: Iterable[Seat]) -> list[User]:
    """A person for each seat; with a second factor where the role demands one."""
    wanted = list(seats)
    users = User.objects.bulk_create(
        User(email=f"{key}@{DOMAIN}", name=f"Contoh {role.label}"[:150], password=f"!{key}", date_joined=_began())
        for key, role, _ in wanted
    )
    rows = [
        Membership(user=user, role=role, area_id=area, starts_on=BEGAN, created_at=_began())
        for user, (_, role, area) in zip(users, wanted, strict=True)
    ]
    Membership.objects.bulk_create(coded(rows, 5, Membership.objects.count() + 1))
    Authenticator.objects.bulk_create(
        Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": ""})
        for user, (_, role, _) in zip(users, wanted, strict=True)
        if role in SECOND_FACTOR_ROLES
    )
    return users


def _began() -> dt.datetime:
    return dt.datetime.combine(BEGAN, dt.time(), dt.UTC)


def seed(home: str) -> int:
    """Every office of the country, and TAPM, PD and PLD of one regency; how many people."""
    return len(seat([*_offices(), *_facilitators(home)]))


def _offices() -> Iterator[Seat]:
    kinds = (
        (Level.PROVINCE, "provinsi", Role.PROVINCE_OFFICE),
        (Level.REGENCY, "kabupaten", Role.REGENCY_OFFICE),
        (Level.DISTRICT, "kecamatan", Role.DISTRICT_OFFICE),
    )
    for level, word, role in kinds:
        for code in Area.objects.filter(level=level).order_by("code").values_list("code", flat=True):
            yield f"{word}.{code}", role, code


def _facilitators(home: str) -> Iterator[Seat]:
    yield f"tapm.{home}", Role.TAPM, home
    inside = Area.objects.within(home).order_by("code")
    for code in inside.districts().values_list("code", flat=True):
        yield f"pd.{code}", Role.PD, code
    for code in inside.buyers().values_list("code", flat=True):
        yield f"pld.{code}", Role.PLD, code
