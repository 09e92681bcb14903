"""Planning: the need, and the announcement of planned procurement."""

from __future__ import annotations

from typing import Any

from transactions.dossier.frame import Holder, Paper
from transactions.models import ProcurementPlan


def plan_of(need: Any, user: Any) -> Any:
    """The village's plan of the fiscal year in which the need was budgeted."""
    return ProcurementPlan.objects.visible_to(user).filter(village=need.village_id, fiscal_year=need.fiscal_year or 0)


HOLDERS = (
    Holder("transactions.Need", need="", label="Kebutuhan", office=True),
    Holder("transactions.ProcurementPlan", need="", label="Rencana pengadaan", office=True, find=plan_of),
    Holder(
        "transactions.JointShare",
        need="need",
        label="Bagian desa",
        tell=lambda share: share.village.label,
        select=("village",),
        office=True,
    ),
    Holder("transactions.JointPurchase", need="need", label="Kerja sama antar desa", office=True),
)
PAPERS = (
    Paper("pengumuman", "Pengumuman Perencanaan Pengadaan", of="transactions.procurementplan", maker="Kepala Desa"),
    Paper(
        "kesepakatan-bersama", "Kesepakatan bersama antar desa", of="transactions.jointpurchase", maker="Kepala Desa"
    ),
)
