"""What a contract takes of budgets: one village's, or each village's part where several buy together.

The shares are held before the budgets, and budgets in the order of their keys, so that two contracts cannot wait for
each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from core.workflow import refuse_unless
from transactions.models.planning.activity import Activity, Commitment
from transactions.models.planning.joint import JointShare, divided

if TYPE_CHECKING:
    from transactions.models.contract.contract import Contract


@transaction.atomic
def hold(contract: Contract) -> None:
    """At issue: the contract's value is reserved, by each village for its part."""
    shares = _shares(contract)
    if not shares:
        if contract.need.activity_id:
            contract.need.activity.reserve(contract, contract.value)
        return
    refuse_unless(
        all(share.state == "budgeted" for share in shares), "Belum semua desa peserta menganggarkan bagiannya."
    )
    _reserve(contract, _divide(contract, shares, contract.value), before={})


@transaction.atomic
def change(contract: Contract, before: int) -> int:
    """By an addendum: the value was `before` and is now the contract's own. What was given back, in whole rupiah."""
    shares = _shares(contract)
    if shares:
        old = dict(_parts(contract, shares, before))
        return _reserve(contract, _divide(contract, shares, contract.value), before=old)
    more = contract.value - before
    if more < 0:
        return Commitment.objects.release(contract, unpaid=-more)
    if more and contract.need.activity_id:
        contract.need.activity.reserve(contract, more)
    return 0


@transaction.atomic
def free(contract: Contract, due: int) -> int:
    """At an early end: of the value only `due` is or will be paid. What was given back, in whole rupiah."""
    shares = _shares(contract)
    if not shares:
        return Commitment.objects.release(contract, unpaid=contract.value - due)
    old = dict(_parts(contract, shares, contract.value))
    return _reserve(contract, _parts(contract, shares, due), before=old)


def _shares(contract: Contract) -> list[JointShare]:
    """The other villages' shares, held."""
    rows = JointShare.objects.living().filter(need=contract.need.pk)
    return list(rows.select_for_update(of=("self",)).select_related("village").order_by("pk"))


Parts = list[tuple[str, int]]


def _parts(contract: Contract, shares: list[JointShare], value: int) -> Parts:
    """(village, its part), the lead first: in proportion to the ceilings, by the largest remainder."""
    weights = [contract.need.ceiling, *(share.ceiling for share in shares)]
    villages = [contract.village_id, *(share.village_id for share in shares)]
    return list(zip(villages, divided(value, weights), strict=True))


def _divide(contract: Contract, shares: list[JointShare], value: int) -> Parts:
    """Write each share's part of the contract."""
    parts = _parts(contract, shares, value)
    for share, (_, part) in zip(shares, parts[1:], strict=True):
        JointShare.objects.filter(pk=share.pk).update(value=part)
    return parts


def _reserve(contract: Contract, parts: Parts, *, before: dict[str, int]) -> int:
    """Take or give back the difference in each village that has a budget list; what was given back."""
    need = contract.need
    activities = {share.village_id: share.activity_id for share in need.shares.living()}
    activities[contract.village_id] = need.activity_id
    keys = {village: key for village, key in activities.items() if key}
    held = {row.village_id: row for row in Activity.objects.filter(pk__in=keys.values()).order_by("pk")}
    list(Activity.objects.select_for_update().filter(pk__in=keys.values()).order_by("pk"))
    given, now = 0, dict(parts)
    for village, activity in held.items():
        more = now[village] - before.get(village, 0)
        if more > 0:
            activity.reserve(contract, more)
        elif more < 0:
            given += Commitment.objects.filter(activity__village=village).release(contract, unpaid=-more)
    return given
