"""What a contract may be, and what both agree on beside the work and its price."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models

from core.workflow import refuse_unless
from transactions.models.rule import Method, ProcurementRule

AT_ONCE = "Sekaligus sesudah hasil pekerjaan diserahterimakan"


class Kind(models.TextChoices):
    ORDER = "order", "Surat Pesanan"
    SPK = "spk", "Surat Perintah Kerja (SPK)"
    AGREEMENT = "agreement", "Surat Perjanjian"


class FineBase(models.TextChoices):
    WHOLE = "whole", "nilai kontrak"
    REST = "rest", "nilai bagian yang belum diserahkan"


class Dispute(models.TextChoices):
    COURT = "court", "Pengadilan Negeri di wilayah desa"
    SERVICE = "service", "Layanan Penyelesaian Sengketa Kontrak Pengadaan"


class Cause(models.TextChoices):
    """Why a contract ends before its work is done, as the contract itself lists it."""

    FORCE = "force", "Keadaan kahar"
    DEFAULT = "default", "Penyedia lalai dan tidak memperbaiki kelalaiannya"
    LATE = "late", "Terlambat sampai denda mencapai batasnya"
    PASSED_ON = "passed_on", "Pekerjaan dialihkan kepada pihak lain"
    FRAUD = "fraud", "Penyedia terbukti curang, memalsukan, atau melakukan KKN"
    BANKRUPT = "bankrupt", "Penyedia pailit, bubar, atau meninggal dunia"
    WITHDREW = "withdrew", "Penyedia mengundurkan diri"
    BARRED = "barred", "Penyedia masuk daftar hitam"
    VILLAGE = "village", "Desa tidak dapat melanjutkan (anggaran atau kebijakan)"
    AGREED = "agreed", "Kesepakatan kedua pihak"


# The provider answers for these, so days that it was late by then may cost a fine.
PROVIDERS_FAULT = frozenset({Cause.DEFAULT, Cause.LATE, Cause.PASSED_ON, Cause.FRAUD, Cause.WITHDREW, Cause.BARRED})


def kind_for(method: str, rule: ProcurementRule, value: int) -> Kind:
    """Direct purchase by an order, a tender by an agreement, the rest by SPK; an agreement too from the rule's value."""
    if method == Method.TENDER or (rule.agreement_from is not None and value >= rule.agreement_from):
        return Kind.AGREEMENT
    return Kind.ORDER if method == Method.DIRECT else Kind.SPK


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is agreed when the contract is issued; numbers are those of the village's agenda, days are calendar days.

    `termins` are (percent, condition) in their order; they make 100 percent.
    """

    termins: tuple[tuple[int, str], ...] = ((100, AT_ONCE),)
    fine_base: str = FineBase.WHOLE
    warranty_days: int = 0
    maintenance_percent: int = 0
    dispute: str = Dispute.COURT
    invitation_number: str = ""
    invitation_on: datetime.date | None = None
    award_number: str = ""
    award_on: datetime.date | None = None

    def check(self) -> None:
        """Refuse a plan of payment that does not add up."""
        percents = [percent for percent, _ in self.termins]
        refuse_unless(percents and min(percents) >= 1 and sum(percents) == 100, "Jumlah termin harus tepat 100 persen.")
        refuse_unless(all(condition for _, condition in self.termins), "Tuliskan syarat setiap termin.")
        refuse_unless(0 <= self.maintenance_percent <= 10, "Jaminan pemeliharaan paling banyak 10 persen.")

    def said(self) -> dict[str, Any]:
        """As the snapshot keeps it."""
        return {
            "warranty_days": self.warranty_days,
            "maintenance_percent": self.maintenance_percent,
            "dispute": Dispute(self.dispute).label,
            "invitation": {"number": self.invitation_number, "on": self.invitation_on},
            "award": {"number": self.award_number, "on": self.award_on},
        }
