"""Two windows of one applicant: whatever comes first, the Pokja reads what was frozen, and nobody waits crosswise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from accounts.models import Provider
from core.workflow import TransitionRefused
from tests.accounts.stage import at_once, fresh, row_held
from tests.verification.stage import Stage, attach
from tests.verification.test_portfolio import ask_for_experts
from verification.models import Application, Expert, portfolio, profile

pytestmark = pytest.mark.django_db(transaction=True)


def together(provider: Provider, *acts: Any) -> list[Any]:
    """All wait at the provider's row before any goes on: who took another lock first would wait for ever."""
    with row_held(Provider.objects.filter(pk=provider.pk)) as wait_for, ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(at_once, *acts)
        wait_for(len(acts))
        return outcome.result(20)


def done(act: Any) -> str:
    try:
        act()
    except TransitionRefused as refusal:
        return refusal.reason
    return "done"


def test_an_expert_added_while_it_is_submitted(committed_stage: Stage) -> None:
    ask_for_experts(committed_stage)
    application = committed_stage.draft()
    firm, owner = committed_stage.firm, committed_stage.owner(committed_stage.firm)
    new = Expert(provider=firm, name="Contoh Kedua", education="S1", expertise="Air")
    results = together(
        firm,
        lambda: done(lambda: Application.objects.get(pk=application.pk).submit(by=fresh(owner))),
        lambda: done(lambda: portfolio.add(new, by=fresh(owner))),
    )
    assert results.count("done") == 1
    application.refresh_from_db()
    if results[0] == "done":
        assert "sedang diperiksa Pokja" in results[1]
        assert application.profile["experts"] == ["Contoh Ahli"]
        assert firm.expert_entries.count() == 1
    else:
        assert results[0] == "Belum lengkap: Dokumen Ijazah dan riwayat hidup tenaga ahli inti: Contoh Kedua."
        assert application.state == "draft"


def test_an_account_changed_while_it_is_submitted(committed_stage: Stage) -> None:
    """The change looks for applications to check again; the submission freezes the profile: no deadlock."""
    application = committed_stage.draft()
    firm, owner = committed_stage.firm, committed_stage.owner(committed_stage.firm)
    results = together(
        firm,
        lambda: done(lambda: Application.objects.get(pk=application.pk).submit(by=fresh(owner))),
        lambda: done(lambda: profile.change(Provider.objects.get(pk=firm.pk), by=fresh(owner), bank="Bank Baru")),
    )
    application.refresh_from_db()
    firm.refresh_from_db()
    assert results[0] == "done"
    assert application.profile["bank"] == firm.bank  # the Pokja reads what the profile says
    assert (results[1] == "done") == (firm.bank == "Bank Baru")


def test_a_paper_for_an_expert_who_is_being_removed(committed_stage: Stage) -> None:
    ask_for_experts(committed_stage)
    application = committed_stage.draft()
    firm, owner = committed_stage.firm, committed_stage.owner(committed_stage.firm)
    row = firm.expert_entries.get()
    results = together(
        firm,
        lambda: done(
            lambda: attach(Application.objects.get(pk=application.pk), "tenaga-ahli", by=fresh(owner), entry=row.code)
        ),
        lambda: done(lambda: portfolio.remove(Expert.objects.get(pk=row.pk), by=fresh(owner))),
    )
    assert results[1] == "done"
    assert not application.documents.current().filter(type__key="tenaga-ahli").exists()
