"""Two at once on one service: the row's lock lets one in, and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from catalog.models import Service, ServiceReview, ServiceVersion
from core.workflow import TransitionRefused
from tests.accounts.stage import at_once, fresh, logged_in, row_held
from tests.catalog import stage
from tests.catalog.stage import Firm
from tests.catalog.test_review import approve, seat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def firm(transactional_db: None) -> Firm:
    """A listed provider, committed, for tests with threads."""
    from tests.areas import load_areas

    load_areas()
    made = stage.firm("CV Rinjani Karya")
    stage.list_in_directory(made.provider)
    return made


def together(service: Service, *acts: Callable[[], Any]) -> list[Any]:
    """All wait at the held row before any goes on: without a lock nobody would wait, and this fails."""
    with row_held(Service.objects.filter(pk=service.pk)) as wait_for, ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(at_once, *acts)
        wait_for(len(acts))
        return outcome.result(20)


def mine(service: Service) -> Service:
    """Each person works on their own copy of the row."""
    return Service.objects.get(pk=service.pk)


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_two_publish_the_same_service_and_the_other_is_told(firm: Firm) -> None:
    service = stage.draft(firm)
    copies = [mine(service), mine(service)]
    results = together(service, *(lambda c=c: c.publish(by=fresh(firm.person)) for c in copies))
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    refusal = next(result for result in results if isinstance(result, TransitionRefused))
    assert refusal.reason == "“Tayangkan” tidak dapat dilakukan: statusnya sekarang Tayang."
    assert ServiceVersion.objects.count() == 1
    assert service.events().filter(verb="publish").count() == 1


def test_two_browsers_publish_and_the_second_lands_on_what_is_already_so(firm: Firm) -> None:
    service = stage.draft(firm)
    browsers = [logged_in(firm.person), logged_in(firm.person)]
    address = service.move_url("publish")
    codes = together(service, *(lambda b=b: b.post(address).status_code for b in browsers))
    assert sorted(codes) == [302, 409]
    assert service.events().filter(verb="publish").count() == 1


def test_two_changes_at_once_make_two_versions_in_order(firm: Firm) -> None:
    service = stage.service(firm)
    first, second = mine(service), mine(service)
    results = together(
        service,
        lambda: first.revise(by=fresh(firm.person), price=1_000),
        lambda: second.revise(by=fresh(firm.person), title="Judul lain"),
    )
    assert results == [None, None]
    assert list(service.versions.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    last = mine(service).current_version
    assert (last.content["price"], last.content["title"]) == (1_000, "Judul lain")


def test_two_members_approve_at_once_and_one_has_done_it(firm: Firm) -> None:
    desk, service = seat(firm), stage.draft(firm)
    service.submit(by=firm.person)
    copies = [ServiceReview.objects.get(), ServiceReview.objects.get()]
    results = together(
        service,
        lambda: copies[0].approve(by=fresh(desk.member), seen=1),
        lambda: copies[1].approve(by=fresh(desk.chair), seen=1),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    assert mine(service).state == "published"
    assert ServiceReview.objects.get().events().filter(verb="approve").count() == 1


def test_a_change_and_its_approval_at_once_never_approve_what_was_not_read(firm: Firm) -> None:
    desk, service = seat(firm), stage.draft(firm)
    service.submit(by=firm.person)
    approve(service, desk.member)
    mine(service).revise(by=firm.person, price=2_000)
    review, copy = ServiceReview.objects.open().get(), mine(service)
    results = together(
        service,
        lambda: review.approve(by=fresh(desk.member), seen=1),
        lambda: copy.revise(by=fresh(firm.person), price=3_000),
    )
    now, waiting = mine(service), ServiceReview.objects.open().get()
    assert waiting.content["price"] == 3_000  # never shown unread, whoever came first
    if results[0] is None:
        assert (now.price, waiting.pk == review.pk) == (2_000, False)
    else:
        assert "Penyedia mengubah isinya" in results[0].reason
        assert (now.price, waiting.revision) == (stage.draft(firm).price, 2)


def test_approval_and_withdrawal_at_once_end_as_one_of_both(firm: Firm) -> None:
    desk, service = seat(firm), stage.draft(firm)
    service.submit(by=firm.person)
    review, copy = ServiceReview.objects.get(), mine(service)
    results = together(
        service,
        lambda: review.approve(by=fresh(desk.member), seen=1),
        lambda: copy.withdraw(by=fresh(firm.person)),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    state = (mine(service).state, ServiceReview.objects.get().state)
    assert state in {("published", "approved"), ("draft", "withdrawn")}


def test_control_without_the_lock_two_versions_would_have_the_same_number(firm: Firm) -> None:
    """The database's own guard: even who goes around the verbs cannot number two alike."""
    service = stage.service(firm)
    version = service.current_version

    def naive() -> None:
        ServiceVersion.objects.create(service=service, number=2, content=version.content, price=1)

    assert kinds(at_once(naive, naive)) == ["IntegrityError", "NoneType"]
