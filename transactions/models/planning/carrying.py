"""Carrying an unfinished order into the next fiscal year (DPAL)."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import OFFICE_ROLES, VILLAGE_ROLES, Role
from core.codes import CodeField
from core.formats import tanggal_sedang
from core.workflow import Allowed, Denied, Move, TransitionRefused, Verdict, moves, moving, refuse_unless
from regions.models import Area
from regions.scope import within

if TYPE_CHECKING:
    from transactions.models.contract.contract import Contract
    from transactions.models.planning.activity import Activity
    from transactions.models.planning.need import Need

PAID = ("musdes", "refused", "accepted", "closed")  # an accountability past its payment: the money was spent


class CarryOver(models.Model):
    """An unfinished order goes on in the next fiscal year: its DPAL, and how much (whole rupiah) moved to which activity."""

    need = models.ForeignKey("transactions.Need", models.PROTECT, related_name="carry_overs")
    from_year = models.PositiveSmallIntegerField("dari tahun anggaran")
    to_year = models.PositiveSmallIntegerField("ke tahun anggaran")
    dpal_number = models.CharField("nomor DPAL", max_length=100)
    dpal_on = models.DateField("tanggal DPAL")
    amount = models.BigIntegerField("sisa yang dilanjutkan")
    before = models.ForeignKey("transactions.Activity", models.PROTECT, null=True, related_name="+")
    after = models.ForeignKey("transactions.Activity", models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "lanjutan tahun anggaran"
        verbose_name_plural = "lanjutan tahun anggaran"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["need", "from_year"], name="carry_over_once_a_year"),
            models.CheckConstraint(
                name="carry_over_to_the_next_year", condition=Q(to_year=F("from_year") + 1, amount__gt=0)
            ),
        )

    def __str__(self) -> str:
        return f"{self.dpal_number}: {self.from_year} ke {self.to_year}"


class Carrying:
    """The need's part in it: who decides, and what moves."""

    pk: Any
    state: Any
    village: Any
    village_id: Any
    fiscal_year: Any
    activity: Any
    activity_id: Any
    ceiling: Any
    activities: Any
    sourcings: Any
    shares: Any

    def may_carry_over(self, user: Any) -> Verdict:
        """The village head, while the order is listed and not paid in full."""
        from core.clock import local_today
        from transactions import year_end

        membership = people.acting(user, Role.VILLAGE_HEAD, at=self.village_id)
        if not membership:
            return Denied("Lanjutan ke tahun anggaran berikutnya ditetapkan oleh Kepala Desa.")
        today = local_today(self.village)
        if (self.fiscal_year or 0) > today.year:
            return Denied(f"Pembelian ini sudah masuk tahun anggaran {self.fiscal_year}.")
        if (self.fiscal_year or 0) > year_end.last_year_listed(today):
            day = tanggal_sedang(year_end.listed_from(today.year))
            return Denied(f"Lanjutan ke tahun anggaran berikutnya dicatat mulai {day}.")
        if not self.is_unfinished:
            return Denied("Pembelian ini sudah dibayar lunas, jadi tidak perlu dilanjutkan.")
        return Allowed(membership)

    @property
    def is_unfinished(self) -> bool:
        """Budgeted, and not paid in full."""
        return bool(type(self).objects.unfinished().filter(pk=self.pk).exists())  # type: ignore[attr-defined]

    def next_activities(self) -> models.QuerySet[Activity]:
        """What the village has on next year's budget list."""
        return self.activities().filter(fiscal_year=(self.fiscal_year or 0) + 1)  # type: ignore[no-any-return]

    def carry_over(
        self, *, by: Any, dpal_number: str, dpal_on: datetime.date, activity: Activity | None = None
    ) -> CarryOver:
        """The head lets it go on next year: what is not paid yet moves to next year's activity, in one act."""
        from core.clock import local_today

        note = f"DPAL {dpal_number} tanggal {tanggal_sedang(dpal_on)}."
        with moving(self, "carry_over", by=by, note=note) as facts:  # type: ignore[arg-type]
            refuse_unless(dpal_on <= local_today(self.village), "Tanggal DPAL tidak boleh di masa depan.")
            contract = self._living_contract()
            amount = left_of([self])[self.pk]  # type: ignore[list-item]
            refuse_unless(amount > 0, "Tidak ada sisa yang dilanjutkan.")
            row = CarryOver(
                need=self,  # type: ignore[misc]
                from_year=self.fiscal_year,
                to_year=self.fiscal_year + 1,
                dpal_number=dpal_number,
                dpal_on=dpal_on,
                amount=amount,
                before=self.activity,
                after=self._next(activity),
                decided_by=by,
            )
            self._move_money(row, contract)
            row.save(force_insert=True)
            self.fiscal_year = row.to_year
            facts.update(number=dpal_number, amount=amount, to_year=row.to_year)
        return row

    def _living_contract(self) -> Contract | None:
        """Held, parent before child: neither is it issued nor ended while its money moves."""
        from transactions.models.contract.contract import Contract

        list(self.sourcings.select_for_update(of=("self",)).order_by("pk"))
        rows = Contract.objects.filter(sourcing__need=self.pk).exclude(state="terminated")
        return rows.select_for_update(of=("self",)).first()

    def _next(self, chosen: Activity | None) -> Activity | None:
        """Next year's activity: from the list where the village has one, as when it was budgeted."""
        if chosen is None:
            refuse_unless(
                not self.activity_id or self.next_activities().exists(),
                f"Masukkan dahulu kegiatan APB Desa tahun {self.fiscal_year + 1} ke dalam daftar kegiatan.",
            )
            refuse_unless(
                not self.next_activities().exists(),
                f"Pilih kegiatan APB Desa tahun {self.fiscal_year + 1} yang menampung lanjutannya.",
            )
            return None
        found = self.next_activities().filter(pk=chosen.pk).first()
        if found is None:
            raise TransitionRefused(f"Kegiatan itu tidak ada dalam daftar desa ini untuk tahun {self.fiscal_year + 1}.")
        return found

    def _move_money(self, row: CarryOver, contract: Contract | None) -> None:
        """Both activities are held in the order of their keys, as others hold them."""
        from transactions.models.planning.activity import Activity, Commitment

        keys = [pk for pk in (row.before_id, row.after_id) if pk]
        held = {each.pk: each for each in Activity.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
        if contract is not None:
            own = Commitment.objects.filter(activity__village=self.village_id)
            moved = own.release(contract, unpaid=row.amount)
            if row.after_id and moved:
                held[row.after_id].reserve(contract, moved)
        if row.after_id:
            after = held[row.after_id]
            if contract is None or contract.state == "drafted":
                after.check_room(row.amount)
            self.activity, self.funding, self.activity_code = after, after.funding, after.activity_code


def left_of(needs: Collection[Need]) -> dict[int, int]:
    """Key of each need -> what is not paid of its village's own part, in whole rupiah.

    Where nothing is contracted it is what contracts that ended early left of the ceiling. Of what several villages bear
    together each has its part, by the largest remainder.
    """
    from transactions.models.contract.contract import Contract
    from transactions.models.planning.joint import JointShare

    shares = JointShare.objects.living().filter(need__in=needs).order_by().values("need")
    others = {row["need"]: row for row in shares.annotate(value=models.Sum("value"), ceiling=models.Sum("ceiling"))}
    living = Contract.objects.filter(sourcing__need__in=needs).exclude(state="terminated").select_related("sourcing")
    contracts = {
        each.sourcing.need_id: each for each in living.annotate(gross=models.Sum("payments__gross", default=0))
    }
    return {need.pk: _own_left(need, contracts.get(need.pk), others.get(need.pk, {})) for need in needs}


def _own_left(need: Need, contract: Any, others: dict[str, Any]) -> int:
    from transactions.models.planning.joint import divided, taken

    weights = [need.ceiling or 0, others.get("ceiling", 0)]
    if contract is None:
        return weights[0] - sum(divided(part, weights)[0] for part in taken(need))
    others_bear = others.get("value") or 0
    return int(contract.value - others_bear - (divided(contract.gross, weights)[0] if others_bear else contract.gross))


class YearEndCallQuerySet(models.QuerySet["YearEndCall"]):
    def visible_to(self, user: Any) -> Self:
        """Of the villages and areas of one's office."""
        return self.filter(within("area", people.territories(user, *VILLAGE_ROLES, Role.PD, *OFFICE_ROLES)))


class YearEndCall(models.Model):
    """A village (or its regency) was told of its unfinished orders: each step of each year once."""

    class Step(models.TextChoices):
        LISTED = "listed", "Daftar akhir tahun"
        LAST = "last", "Pengingat terakhir"
        OVERDUE = "overdue", "Tahun anggaran sudah berakhir"

    MOVES: ClassVar[dict[str, Move]] = moves(Move("say", (), None, "Ingatkan", "Diingatkan"))
    state = ""

    code = CodeField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="wilayah")
    fiscal_year = models.PositiveSmallIntegerField("tahun anggaran")
    step = models.CharField("langkah", max_length=8, choices=Step.choices)
    orders = models.PositiveIntegerField("pembelian")
    created_at = models.DateTimeField("diingatkan", default=timezone.now)

    objects = YearEndCallQuerySet.as_manager()

    class Meta:
        verbose_name = "pengingat akhir tahun anggaran"
        verbose_name_plural = "pengingat akhir tahun anggaran"
        constraints = (models.UniqueConstraint(fields=["area", "fiscal_year", "step"], name="year_end_call_once"),)

    def __str__(self) -> str:
        return f"{self.area_id} {self.fiscal_year} {self.get_step_display()}"

    def get_absolute_url(self) -> str:
        return reverse("year-end")
