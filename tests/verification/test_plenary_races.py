"""Two at once in a plenary: the locks let one in, and the other reads why not."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db.models import QuerySet

from accounts.models import User
from core.clock import today
from core.workflow import TransitionRefused
from regions.models import Area
from tests.accounts.stage import at_once, fresh, row_held
from tests.areas import LOMBOK_TENGAH
from tests.verification.stage import YEAR, Stage
from verification.models import Application, Plenary, PlenaryItem, Standing

pytestmark = pytest.mark.django_db(transaction=True)


def together(rows: QuerySet[Any], *acts: Any) -> list[Any]:
    """All wait at the held lock before any goes on: without a lock nobody would wait, and this fails."""
    with row_held(rows) as wait_for, ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(at_once, *acts)
        wait_for(len(acts))
        return outcome.result(30)


def copy_of(plenary: Plenary) -> Plenary:
    return Plenary.objects.get(pk=plenary.pk)


def decree(plenary: Plenary, by: User, *, number: str = "001") -> None:
    plenary.decree(
        by=fresh(by),
        decree_number="188.45/1",
        decree_date=today(),
        valid_until=today() + YEAR,
        numbers={line.application.code: number for line in plenary.lines()},
    )


def refusals(results: list[Any]) -> list[str]:
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    return [result.reason for result in results if isinstance(result, TransitionRefused)]


def test_control_without_the_lock_both_would_decree(committed_stage: Stage) -> None:
    """Read, judge, write, as a page without `moving` would: the harness does let two in at once."""
    plenary = committed_stage.minuted(committed_stage.recommended())
    both_read = threading.Barrier(2)

    def naive(user: User) -> str:
        copy = copy_of(plenary)
        allowed = copy.state == "minuted" and bool(copy.may_decree(user))
        both_read.wait(20)
        Plenary.objects.filter(pk=copy.pk).update(place=f"Diputuskan {user}")
        return "done" if allowed else "refused"

    people = [fresh(committed_stage.chair), fresh(committed_stage.chair)]
    assert at_once(*(lambda u=u: naive(u) for u in people)) == ["done", "done"]


def test_a_decree_sent_twice_decides_once(committed_stage: Stage) -> None:
    application = committed_stage.recommended()
    plenary = committed_stage.minuted(application)
    copies = [copy_of(plenary), copy_of(plenary)]
    results = together(
        Plenary.objects.filter(pk=plenary.pk), *(lambda c=c: decree(c, committed_stage.chair) for c in copies)
    )
    assert refusals(results) == ["“Tetapkan dengan Keputusan” tidak dapat dilakukan: statusnya sekarang Ditetapkan."]
    assert Standing.objects.count() == 1
    assert plenary.events().filter(verb="decree").count() == 1


def test_two_decrees_at_once_do_not_give_one_number_twice(committed_stage: Stage) -> None:
    """Two sittings of one regency: the second waits for the directory, then reads that the number is taken."""
    sittings = [
        committed_stage.minuted(committed_stage.recommended()),
        committed_stage.minuted(committed_stage.recommended(committed_stage.rival)),
    ]
    copies = [copy_of(sitting) for sitting in sittings]
    results = together(
        Area.objects.filter(pk=LOMBOK_TENGAH), *(lambda c=c: decree(c, committed_stage.chair) for c in copies)
    )
    assert "sudah pernah diberikan kepada" in refusals(results)[0]
    assert Standing.objects.count() == 1


def test_two_sittings_at_once_do_not_take_the_same_application(committed_stage: Stage) -> None:
    application = committed_stage.recommended()
    others = [committed_stage.recommended(committed_stage.rival)]
    others.append(committed_stage.recommended(committed_stage.new_provider("CV Contoh 3", nib="0000000000033")))
    sittings = [copy_of(committed_stage.plenary(other)) for other in others]
    results = together(
        Application.objects.filter(pk=application.pk),
        *(lambda s=s: s.add(by=fresh(committed_stage.member), applications=[application]) for s in sittings),
    )
    assert "sudah dalam rapat lain" in refusals(results)[0]
    assert PlenaryItem.objects.filter(application=application).count() == 1


def test_withdrawing_while_the_report_is_made(committed_stage: Stage) -> None:
    """Either the report came first and the withdrawal is refused, or the application is gone and the report is."""
    application = committed_stage.recommended()
    plenary = committed_stage.plenary(application)
    sitting, mine = copy_of(plenary), Application.objects.get(pk=application.pk)
    owner = committed_stage.owner(application.provider)
    results = together(
        Application.objects.filter(pk=application.pk),
        lambda: sitting.minute(by=fresh(committed_stage.member), minutes_number="1/BA", present=sitting.seated()),
        lambda: mine.withdraw(by=fresh(owner)),
    )
    assert len(refusals(results)) == 1
    application.refresh_from_db()
    plenary.refresh_from_db()
    assert (plenary.state, application.state) in {("minuted", "recommended"), ("draft", "withdrawn")}
