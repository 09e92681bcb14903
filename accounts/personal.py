"""The personal numbers that accounts keep, and who may see them in full."""

from __future__ import annotations

from typing import Any

from accounts import people
from accounts.models import Role, VillageAccess, VillageData
from accounts.models.village_data import READERS
from core.formats import npwp, telepon
from core.personal import PersonalField, unmaskable
from core.workflow import Allowed, Denied, Verdict


def may_call(user: Any, request: VillageAccess) -> Verdict:
    """The telephone of who asks for access: the office that judges the request, and the person."""
    if user.pk == request.user_id:
        return Allowed()
    office = people.acting(user, Role.REGENCY_OFFICE, at=request.village_id)
    return Allowed(office) if office else Denied("Hanya Dinas PMD kabupaten/kota desa ini yang dapat melihatnya.")


def may_pay(user: Any, data: VillageData) -> Verdict:
    """A village's numbers: its people who answer for money and papers, and the office that verifies them."""
    membership = people.acting(user, *READERS, Role.REGENCY_OFFICE, at=data.village_id)
    if membership is None:
        return Denied("Hanya pengelola keuangan desa ini dan Dinas PMD yang dapat melihatnya.")
    return Allowed(membership)


unmaskable(
    "akses-desa",
    fields={"telepon": PersonalField("Nomor HP/WhatsApp", "phone", telepon)},
    readers=VillageAccess.objects.visible_to,
    may=may_call,
    name=lambda request: f"{request.user}, {request.village.label}",
)
unmaskable(
    "data-desa",
    fields={
        "npwp": PersonalField("NPWP desa", "npwp", npwp),
        "rekening": PersonalField("Nomor rekening kas desa", "account_number"),
    },
    readers=VillageData.objects.visible_to,
    may=may_pay,
    name=lambda data: str(data.village.label),
)
