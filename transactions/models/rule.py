from __future__ import annotations

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from accounts import people
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES, Role
from regions.models import Area
from regions.scope import within


class Method(models.TextChoices):
    DIRECT = "direct", "Pembelian Langsung"
    QUOTATION = "quotation", "Permintaan Penawaran"
    TENDER = "tender", "Lelang"


# Direct purchase is the activity manager's (PKA), the rest the procurement team's (TPK).
OFFICER = {
    Method.DIRECT: Role.ACTIVITY_MANAGER,
    Method.QUOTATION: Role.PROCUREMENT_TEAM,
    Method.TENDER: Role.PROCUREMENT_TEAM,
}


class ProcurementRuleQuerySet(models.QuerySet["ProcurementRule"]):
    def visible_to(self, user: Any) -> Self:
        """The national example, and the rules of one's own territory."""
        return self.filter(Q(regency=None) | within("regency", people.territories(user, *POKJA_ROLES, *OFFICE_ROLES)))

    def in_force(self, regency: str, *, on: datetime.date) -> ProcurementRule:
        """The regency's own rule on that day, else the national example."""
        rows = self.filter(Q(regency_id=regency) | Q(regency=None), valid_from__lte=on)
        return rows.order_by(F("regency").asc(nulls_last=True), "-valid_from")[0]


class ProcurementRule(models.Model):
    """How a regency lets its villages buy, from a day on: the bupati's decree, in whole rupiah and hours.

    The row without a regency holds the example values of Peraturan LKPP 12/2019, which each bupati may
    set otherwise.
    """

    regency = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="kabupaten/kota")
    basis = models.CharField("dasar", max_length=200, help_text="Nomor dan tanggal Perbup/Perwali.")
    direct_limit = models.BigIntegerField("batas pembelian langsung")
    quotation_limit = models.BigIntegerField("batas permintaan penawaran")
    min_invitations = models.PositiveSmallIntegerField("undangan paling sedikit", default=2)
    min_hours = models.PositiveSmallIntegerField("jam paling singkat sampai batas penawaran", default=24)
    tender_days = models.PositiveSmallIntegerField(
        "hari paling singkat pengumuman lelang",
        null=True,
        blank=True,
        help_text="Dari pengumuman sampai batas penawaran. Kosong: tidak diatur.",
    )
    question_hours = models.PositiveSmallIntegerField(
        "jam paling singkat untuk bertanya dalam lelang",
        null=True,
        blank=True,
        help_text="Dari pengumuman sampai batas pertanyaan. Kosong: tidak diatur.",
    )
    two_openers = models.BooleanField(
        "penawaran dibuka oleh dua orang",
        default=True,
        db_default=True,
        help_text="Untuk permintaan penawaran dan lelang; pembelian langsung dibuka oleh Kasi/Kaur sendiri.",
    )
    fine_permille = models.PositiveSmallIntegerField(
        "denda per hari (per mil)", null=True, blank=True, help_text="Dari nilai kontrak, tiap hari terlambat."
    )
    fine_cap_percent = models.PositiveSmallIntegerField(
        "denda paling banyak (persen)", null=True, blank=True, help_text="Dari nilai kontrak. Kosong: tanpa batas."
    )
    agreement_from = models.BigIntegerField(
        "surat perjanjian mulai nilai",
        null=True,
        blank=True,
        help_text="Di bawahnya SPK. Kosong: surat perjanjian hanya untuk lelang.",
    )
    # Keys of `transactions.models.sourcing.offer.Paper`; null: the rule names none, and what lacks is judged by the evaluation.
    offer_papers = models.JSONField("berkas penawaran yang wajib", null=True, blank=True)
    valid_from = models.DateField("berlaku sejak")

    objects = ProcurementRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "aturan pengadaan"
        verbose_name_plural = "aturan pengadaan"
        constraints = (
            models.UniqueConstraint(fields=["regency", "valid_from"], name="rule_once_a_day", nulls_distinct=False),
            models.CheckConstraint(
                name="rule_limits_rise", condition=Q(direct_limit__gte=0, quotation_limit__gt=F("direct_limit"))
            ),
            models.CheckConstraint(
                name="rule_fine_is_a_part",
                condition=Q(fine_permille__isnull=True)
                | Q(fine_permille__lte=1000) & (Q(fine_cap_percent__isnull=True) | Q(fine_cap_percent__lte=100)),
                violation_error_message="Denda paling banyak 1000 per mil per hari dan 100 persen seluruhnya.",
            ),
        )

    def __str__(self) -> str:
        return self.basis

    def method_for(self, value: int) -> Method:
        """The method that a package of this value (whole rupiah) takes."""
        if value <= self.direct_limit:
            return Method.DIRECT
        return Method.QUOTATION if value <= self.quotation_limit else Method.TENDER
