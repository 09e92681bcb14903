from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q, Sum, Value
from django.db.models.functions import Cast, Left
from django.utils import timezone

from accounts import people
from accounts.models.membership import POKJA_ROLES, Role
from regions.models import Area
from regions.scope import within

# Who reads a regency's figures: its offices, Pokja and TAPM, its province, the ministry.
READERS = (*POKJA_ROLES, Role.TAPM, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY)

# What happened in the month; sums over months and regencies mean something.
FLOWS = (
    "access_submitted",
    "access_verified",
    "applications_submitted",
    "providers_listed",
    "needs",
    "needs_value",
    "contracts",
    "contracts_value",
    "terminated",
    "handovers",
    "handovers_value",
    "payments",
    "paid",
    "withheld",
    "meetings",
    "men",
    "women",
    "closed",
    "ratings",
    "rating_tenths",
)
# How things stood at the month's end (or when counted); sums over regencies mean something, over months nothing.
STOCKS = (
    "villages",
    "villages_verified",
    "access_waiting",
    "providers",
    "applications_waiting",
    "running",
    "late",
    "musdes_open",
    "musdes_overdue",
)


class MonthlyFigureQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Figures of the regencies of one's office."""
        return self.filter(within("regency", people.territories(user, *READERS)))

    def inside(self, territories: str | Iterable[str]) -> Self:
        return self.filter(within("regency", territories))

    def year_to(self, month: dt.date) -> Self:
        """From January of that year up to the month."""
        return self.filter(month__gte=month.replace(month=1), month__lte=month)

    def by_area_and_month(self, length: int, *columns: str) -> list[dict[str, Any]]:
        """Sums of columns by the first `length` characters of the code and by month: {"place", "month", ...}."""
        rows = self.order_by().annotate(place=Left("regency_id", length)).values("place", "month")
        rows = rows.annotate(**{f"sum_{column}": Sum(column) for column in columns})
        return [
            {"place": row["place"], "month": row["month"], **{column: int(row[f"sum_{column}"]) for column in columns}}
            for row in rows
        ]

    def as_counts(self, column: str) -> Self:
        """(regency, column, month, 0, amount): rows that can join those of `monitoring.counting`."""
        whole = models.BigIntegerField()
        return self.order_by().values_list(
            "regency_id", Value(column, models.TextField()), Cast("month", models.TextField()), Value(0, whole), column
        )


class MonthlyFigure(models.Model):
    """What was counted for one kabupaten or kota in one month. A roll-up: `monitoring.rollup` is its only writer.

    Amounts are whole rupiah. `detail` holds the breakdowns as {measure: {key: [number, amount]}}; keys of
    `contracts` are "category|method|funding". National figures are sums of these rows and of nothing else.
    """

    regency = models.ForeignKey(Area, models.CASCADE, verbose_name="kabupaten/kota", related_name="+")
    month = models.DateField("bulan")
    as_of = models.DateField("keadaan per")
    computed_at = models.DateTimeField("dihitung", default=timezone.now)
    detail = models.JSONField(default=dict)

    villages = models.BigIntegerField("desa", default=0)
    villages_verified = models.BigIntegerField("desa terverifikasi", default=0)
    access_submitted = models.BigIntegerField("permohonan akun desa", default=0)
    access_verified = models.BigIntegerField("akun desa diverifikasi", default=0)
    access_waiting = models.BigIntegerField("akun desa menunggu", default=0)
    providers = models.BigIntegerField("penyedia terdaftar", default=0)
    providers_listed = models.BigIntegerField("penyedia baru terdaftar", default=0)
    applications_submitted = models.BigIntegerField("permohonan penyedia", default=0)
    applications_waiting = models.BigIntegerField("permohonan penyedia menunggu", default=0)
    needs = models.BigIntegerField("kebutuhan", default=0)
    needs_value = models.BigIntegerField("perkiraan kebutuhan", default=0)
    contracts = models.BigIntegerField("kontrak", default=0)
    contracts_value = models.BigIntegerField("nilai kontrak", default=0)
    terminated = models.BigIntegerField("putus kontrak", default=0)
    running = models.BigIntegerField("pekerjaan berjalan", default=0)
    late = models.BigIntegerField("pekerjaan lewat batas", default=0)
    handovers = models.BigIntegerField("serah terima", default=0)
    handovers_value = models.BigIntegerField("nilai serah terima", default=0)
    payments = models.BigIntegerField("pembayaran", default=0)
    paid = models.BigIntegerField("dibayar (bruto)", default=0)
    withheld = models.BigIntegerField("pajak dipotong", default=0)
    meetings = models.BigIntegerField("Musdes diadakan", default=0)
    men = models.BigIntegerField("hadir laki-laki", default=0)
    women = models.BigIntegerField("hadir perempuan", default=0)
    musdes_open = models.BigIntegerField("Musdes belum selesai", default=0)
    musdes_overdue = models.BigIntegerField("Musdes lewat batas", default=0)
    closed = models.BigIntegerField("pembelian selesai", default=0)
    ratings = models.BigIntegerField("penilaian", default=0)
    rating_tenths = models.BigIntegerField("jumlah bintang (persepuluhan)", default=0)

    objects = MonthlyFigureQuerySet.as_manager()

    class Meta:
        verbose_name = "angka bulanan"
        verbose_name_plural = "angka bulanan"
        constraints = (
            models.UniqueConstraint(fields=["regency", "month"], name="figure_once_a_month"),
            models.CheckConstraint(name="figure_month_begins_on_first", condition=Q(month__day=1)),
        )
        indexes = (models.Index(fields=["month", "regency"], name="figure_month"),)

    def __str__(self) -> str:
        return f"{self.regency_id} {self.month:%Y-%m}"


class RollupState(models.Model):
    """How far the events have been counted. One row; whoever locks it is the one that counts."""

    seen_event = models.BigIntegerField(default=0)
    run_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "keadaan rekapitulasi"
        verbose_name_plural = "keadaan rekapitulasi"
        constraints = (models.CheckConstraint(name="rollup_state_is_one", condition=Q(pk=1)),)

    def __str__(self) -> str:
        return str(self.seen_event)
