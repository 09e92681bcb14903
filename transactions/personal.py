"""The provider's numbers that a payment needs, and who may see them in full."""

from __future__ import annotations

from typing import Any

from accounts import people
from accounts.models import Role
from core.formats import npwp
from core.personal import PersonalField, unmaskable
from core.workflow import Allowed, Denied, Verdict
from transactions.models import PaymentRequest


def may_transfer(user: Any, request: PaymentRequest) -> Verdict:
    """The treasurer of the village, once the payment is approved."""
    treasurer = people.acting(user, Role.VILLAGE_TREASURER, at=request.contract.village_id)
    if treasurer is None:
        return Denied("Hanya Kaur Keuangan desa ini yang dapat melihatnya, untuk membayar SPP yang disetujui.")
    if request.state not in ("approved", "paid"):
        return Denied("Nomor ini dapat dilihat setelah Kepala Desa menyetujui pembayarannya.")
    return Allowed(treasurer)


unmaskable(
    "pembayaran",
    fields={
        "rekening": PersonalField("Nomor rekening penyedia", "account_number"),
        "npwp": PersonalField("NPWP penyedia", "npwp", npwp),
    },
    readers=PaymentRequest.objects.visible_to,
    may=may_transfer,
    name=lambda request: f"{request.contract.provider.name}, {request.title}",
)
