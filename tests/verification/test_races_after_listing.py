"""Two at once, after the decree: one change or one claim, one imposition, one renewal, one withdrawal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from accounts.models import Provider
from core.workflow import TransitionRefused
from tests.accounts.stage import at_once, fresh, row_held
from tests.verification.stage import Stage
from tests.verification.test_light import NEW_NIK, near_its_end
from tests.verification.test_sanction import sanction
from verification.models import Application, Sanction, Standing, light, profile

pytestmark = pytest.mark.django_db(transaction=True)


def together(rows: Any, *acts: Any) -> list[str]:
    """All wait at the held lock before any goes on; what became of each."""
    with row_held(rows) as wait_for, ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(at_once, *acts)
        wait_for(len(acts))
        return sorted(type(result).__name__ for result in outcome.result(20))


def test_a_change_and_a_claim_at_once_leave_the_reader_what_was_claimed(committed_stage: Stage) -> None:
    """Either the change came first and the reader sees it, or it is refused whole."""
    stage = committed_stage
    stage.listed()
    owner = stage.owner(stage.firm)
    profile.change(stage.firm, by=owner, nik=NEW_NIK)
    check = Application.objects.get(kind="change")
    stage.declared(check)
    copy = Application.objects.get(pk=check.pk)
    results = together(
        Application.objects.filter(pk=check.pk),
        lambda: copy.claim(by=fresh(stage.member)),
        lambda: profile.change(Provider.objects.get(pk=stage.firm.pk), by=fresh(owner), npwp="0000000000000901"),
    )
    check.refresh_from_db()
    assert check.state == "checking"
    npwp = Provider.objects.get(pk=stage.firm.pk).npwp
    changed = npwp == "0000000000000901"
    assert (check.changes, results) == (
        (["nik", "npwp"], ["NoneType", "NoneType"]) if changed else (["nik"], ["NoneType", "TransitionRefused"])
    )
    assert (check.profile["npwp"]["index"] == Provider.objects.get(pk=stage.firm.pk).npwp_index) is True


def test_two_chairs_impose_at_once_and_one_did(committed_stage: Stage) -> None:
    stage = committed_stage
    stage.listed()
    row = sanction(stage)
    chairs = [fresh(stage.chair), fresh(stage.second_chair)]
    copies = [Sanction.objects.get(pk=row.pk) for _ in chairs]
    results = together(
        Sanction.objects.filter(pk=row.pk),
        *(lambda c=c, u=u: c.impose(by=u) for c, u in zip(copies, chairs, strict=True)),
    )
    assert results == ["NoneType", "TransitionRefused"]
    assert row.events().filter(verb="impose").count() == 1


def test_two_renewals_at_once_are_one(committed_stage: Stage) -> None:
    stage = committed_stage
    standing = near_its_end(stage.listed())
    owner = stage.owner(stage.firm)
    results = together(
        Provider.objects.filter(pk=stage.firm.pk),
        *(lambda: light.begin_renewal(Standing.objects.get(pk=standing.pk), by=fresh(owner)) for _ in range(2)),
    )
    assert results == ["Application", "TransitionRefused"]
    assert Application.objects.filter(kind="renewal").count() == 1


def test_two_withdrawals_at_once_are_one(committed_stage: Stage) -> None:
    stage = committed_stage
    stage.listed()
    owner = stage.owner(stage.firm)

    def leave() -> None:
        Standing.objects.get().withdraw(by=fresh(owner), reason="Pindah usaha.")

    results = together(Standing.objects.all(), leave, leave)
    assert results == ["NoneType", "TransitionRefused"]
    assert Standing.objects.get().events().filter(verb="withdraw").count() == 1


def test_a_sanction_refused_by_its_own_proposer_stays_a_proposal(committed_stage: Stage) -> None:
    stage = committed_stage
    stage.listed()
    row = sanction(stage)
    with pytest.raises(TransitionRefused):
        row.impose(by=stage.member)
    row.refresh_from_db()
    assert (row.state, row.imposed_by, row.objection_until) == ("proposed", None, None)
