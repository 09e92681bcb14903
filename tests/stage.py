"""Small stages for tests with committed rows: a village, its people, one need."""

from __future__ import annotations

from accounts.models import Membership, Role, User
from catalog.models import Category
from core.workflow import Allowed
from tests.areas import KUTA, load_areas
from transactions.models import Need


def official(role: Role, area: str = KUTA) -> User:
    """Someone who holds this role since long ago."""
    user = User.objects.create_user(f"{role}@uji.example", "kata sandi uji", name=f"Uji {role.label}")
    Membership(user=user, role=role, area_id=area, basis="SK uji").appoint(by=None, verdict=Allowed())
    return user


def village_need() -> tuple[Need, User]:
    """An identified need of Desa Kuta, and its village head."""
    load_areas()
    operator, head = official(Role.VILLAGE_OPERATOR), official(Role.VILLAGE_HEAD)
    need = Need(
        village_id=KUTA,
        title="Kebutuhan uji",
        category=Category.objects.first(),
        problem="Masalah uji",
        estimate=5_000_000,
        why_provider="Alasan uji",
    )
    need.identify(by=operator)
    return need, head
