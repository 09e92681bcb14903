"""Two at once: the row lock lets one in, and the other reads why not."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.clock import today
from core.workflow import TransitionRefused
from regions.models import Area
from tests.accounts.stage import at_once, fresh, logged_in, row_held
from tests.areas import LOMBOK_TENGAH
from tests.verification.stage import DECREE, Stage, all_points, scan
from verification.models import Application, DocumentType, Standing

pytestmark = pytest.mark.django_db(transaction=True)


def together(application: Application, *acts: Any) -> list[Any]:
    """Both wait at the held lock before either goes on: without a lock, nobody would wait and this fails."""
    from concurrent.futures import ThreadPoolExecutor

    with row_held(Application.objects.filter(pk=application.pk)) as wait_for, ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(at_once, *acts)
        wait_for(len(acts))
        return outcome.result(20)


def mine(application: Application) -> Application:
    """Each person works on their own copy of the row."""
    return Application.objects.get(pk=application.pk)


def test_control_without_the_lock_both_would_have_it(committed_stage: Stage) -> None:
    """Read, judge, write, as a page without `moving` would: the harness does let two in at once."""
    application = committed_stage.submitted()
    committed_stage.declared(application, committed_stage.member, committed_stage.second_member)
    both_read = threading.Barrier(2)

    def naive(user: Any) -> str:
        copy = mine(application)
        allowed = copy.state == "submitted" and bool(copy.may_claim(user))
        both_read.wait(10)
        Application.objects.filter(pk=copy.pk).update(state="checking", checker=user, claimed_at=timezone.now())
        return "has it" if allowed else "refused"

    people = [fresh(committed_stage.member), fresh(committed_stage.second_member)]
    assert at_once(*(lambda u=u: naive(u) for u in people)) == ["has it", "has it"]


def test_two_members_claim_at_once_and_one_has_it(committed_stage: Stage) -> None:
    application = committed_stage.submitted()
    members = [committed_stage.member, committed_stage.second_member]
    committed_stage.declared(application, *members)
    copies = [mine(application) for _ in members]
    results = together(
        application, *(lambda c=c, u=u: c.claim(by=fresh(u)) for c, u in zip(copies, members, strict=True))
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    refusal = next(result for result in results if isinstance(result, TransitionRefused))
    assert refusal.reason == "“Ambil untuk Diperiksa” tidak dapat dilakukan: statusnya sekarang Sedang Diperiksa."
    assert application.events().filter(verb="claim").count() == 1


def test_two_chairs_decide_at_once_and_one_decision_stands(committed_stage: Stage) -> None:
    application = committed_stage.recommended()
    committed_stage.declared(application, committed_stage.second_chair)
    listing = {"directory_number": "001", "decree_date": today(), **DECREE}
    yes, no = mine(application), mine(application)
    results = together(
        application,
        lambda: yes.list_provider(by=fresh(committed_stage.chair), **listing),
        lambda: no.reject(by=fresh(committed_stage.second_chair), reason="Tidak memenuhi."),
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    application.refresh_from_db()
    assert Standing.objects.filter(application=application).exists() == (application.state == "listed")
    assert application.events().filter(verb__in=["list_provider", "reject"]).count() == 1


def test_the_last_two_score_at_once_and_the_scoring_closes_once(committed_stage: Stage) -> None:
    """Without the row lock each would find the other missing, and nobody would close."""
    application = committed_stage.scoring()
    points = all_points(application)
    copies = [mine(application), mine(application)]
    results = together(
        application,
        lambda: copies[0].score(by=fresh(committed_stage.member), points=points),
        lambda: copies[1].score(by=fresh(committed_stage.chair), points=points),
    )
    assert results == [None, None]
    application.refresh_from_db()
    assert application.scores_closed_at is not None
    assert application.member_scores.current().count() == 2


def test_declare_and_claim_pressed_by_two_at_once_gives_it_to_one(committed_stage: Stage) -> None:
    """Both words or neither: who comes late holds nothing, and has said nothing."""
    application = committed_stage.submitted()
    url = reverse("admin:verification_application_declare", args=[application.code])
    browsers = [logged_in(committed_stage.member), logged_in(committed_stage.second_member)]
    press = {"tie": "none", "ambil": "1"}
    results = together(application, *(lambda b=b: b.post(url, press).status_code for b in browsers))
    assert sorted(results) == [302, 409]
    application.refresh_from_db()
    assert application.state == "checking"
    assert list(application.declarations.values_list("member", flat=True)) == [application.checker_id]


def test_submitting_while_a_paper_is_replaced(committed_stage: Stage) -> None:
    """Either the new paper came first and is part of it, or the submission did and the paper is refused."""
    application = committed_stage.draft()
    by = committed_stage.owner(application.provider)
    kind, file = DocumentType.objects.get(key="ktp"), scan(by)
    one, other = mine(application), mine(application)
    results = together(
        application,
        lambda: one.submit(by=fresh(by)),
        lambda: other.attach(by=fresh(by), type=kind, file=file),
    )
    application.refresh_from_db()
    assert application.state == "submitted"
    refused = any(isinstance(result, TransitionRefused) for result in results)
    assert application.documents.filter(type=kind).count() == (1 if refused else 2)
    assert application.documents.current().filter(type=kind).count() == 1


def test_two_applications_at_once_make_one(committed_stage: Stage) -> None:
    assert committed_stage.member
    by = committed_stage.owner(committed_stage.firm)
    regency = Area.objects.get(code=LOMBOK_TENGAH)
    copies = [Application(provider=committed_stage.firm, regency=regency) for _ in range(2)]
    results = at_once(*(lambda c=c: c.apply(by=fresh(by)) for c in copies))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    assert Application.objects.count() == 1
