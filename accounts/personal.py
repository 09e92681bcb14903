"""The personal numbers that accounts keep, and who may see them in full."""

from __future__ import annotations

from typing import Any

from accounts import people
from accounts.models import Role, VillageAccess
from core.formats import telepon
from core.personal import PersonalField, unmaskable
from core.workflow import Allowed, Denied, Verdict


def may_call(user: Any, request: VillageAccess) -> Verdict:
    """The telephone of who asks for access: the office that judges the request, and the person."""
    if user.pk == request.user_id:
        return Allowed()
    office = people.acting(user, Role.REGENCY_OFFICE, at=request.village_id)
    return Allowed(office) if office else Denied("Hanya Dinas PMD kabupaten/kota desa ini yang dapat melihatnya.")


unmaskable(
    "akses-desa",
    fields={"telepon": PersonalField("Nomor HP/WhatsApp", "phone", telepon)},
    readers=VillageAccess.objects.visible_to,
    may=may_call,
)
