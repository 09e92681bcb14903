"""Two at once at an activity's held row: one gets the money, the other reads why not."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.accounts.stage import at_once, row_held
from tests.transactions.planning.test_activity import activity, committed, contract_from, issue
from tests.transactions.stage import Market
from transactions.models import Activity, Contract, Sourcing

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_contracts_at_once_and_one_takes_the_last_rupiah(committed_market: Market) -> None:
    market = committed_market
    row = activity(market, ceiling=9_400_000 + 9_399_999)  # one rupiah short of both
    row.amend(by=market.user("kaur"), ceiling=19_000_000)
    contracts = [contract_from(market, row), contract_from(market, row)]
    row.amend(by=market.user("kaur"), ceiling=18_799_999)
    people = [market.user("pka"), market.user("pka")]

    def act(contract: Contract, user: Any) -> Any:
        return contract.issue(by=user, number=contract.code, signed_on=market.today, starts_on=market.today)

    with row_held(Activity.objects.filter(pk=row.pk)) as wait_for, ThreadPoolExecutor(1) as pool:
        acts = [lambda c=c, u=u: act(c, u) for c, u in zip(contracts, people, strict=True)]
        outcome = pool.submit(at_once, *acts)
        wait_for(2)  # both have read the activity and wait at its row
        results = outcome.result(20)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    assert committed(row) == 9_400_000
    assert sorted(Contract.objects.values_list("state", flat=True)) == ["drafted", "issued"]


def test_control_reading_first_would_let_both_in(committed_market: Market) -> None:
    """The same two without the conditional UPDATE: each finds room, and more than the ceiling would be held."""
    market = committed_market
    row = activity(market, ceiling=10_000_000)
    both_read = threading.Barrier(2)

    def naive() -> bool:
        room = Activity.objects.get(pk=row.pk).remaining >= 9_400_000
        both_read.wait(10)
        return room

    assert at_once(naive, naive) == [True, True]


def test_cutting_the_ceiling_and_issuing_at_once_do_not_pass_each_other(committed_market: Market) -> None:
    market = committed_market
    row = activity(market, ceiling=10_000_000)
    contract = contract_from(market, row)
    manager, treasurer, copy = market.user("pka"), market.user("kaur"), Activity.objects.get(pk=row.pk)
    with row_held(Activity.objects.filter(pk=row.pk)) as wait_for, ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(
            at_once,
            lambda: contract.issue(by=manager, number="1", signed_on=market.today, starts_on=market.today),
            lambda: copy.amend(by=treasurer, ceiling=5_000_000),
        )
        wait_for(2)
        results = outcome.result(20)
    row.refresh_from_db()
    refused = [type(result).__name__ for result in results]
    assert (refused, row.ceiling, row.committed) in (
        (["NoneType", "ValidationError"], 10_000_000, 9_400_000),
        (["TransitionRefused", "NoneType"], 5_000_000, 0),
    )


def test_an_ended_contract_gives_back_once(committed_market: Market) -> None:
    market = committed_market
    row = activity(market)
    contract = contract_from(market, row)
    issue(market, contract)
    copies, people = [Contract.objects.get(pk=contract.pk) for _ in "ab"], [market.user("pka") for _ in "ab"]
    with row_held(Sourcing.objects.filter(pk=contract.sourcing_id)) as wait_for, ThreadPoolExecutor(1) as pool:
        acts = [
            lambda c=c, u=u: c.terminate(by=u, cause="withdrew", reason="Mundur.")
            for c, u in zip(copies, people, strict=True)
        ]
        outcome = pool.submit(at_once, *acts)
        wait_for(2)
        results = outcome.result(20)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    assert committed(row) == 0


def test_one_file_taken_over_by_two_at_once_makes_each_activity_once(committed_market: Market) -> None:
    from tests.transactions.planning.test_activity_import import read, received
    from transactions.models import ActivityImport
    from transactions.models.planning.activity_import import fingerprint_of

    market = committed_market
    document = received(market, read(2), read(3, Kd_Keg="04.01.01"))
    seen = fingerprint_of(document.compare())
    copies, people = (
        [ActivityImport.objects.get(pk=document.pk) for _ in "ab"],
        [market.user("operator"), market.user("kaur")],
    )
    with row_held(ActivityImport.objects.filter(pk=document.pk)) as wait_for, ThreadPoolExecutor(1) as pool:
        acts = [lambda c=c, u=u: c.apply(by=u, seen=seen) for c, u in zip(copies, people, strict=True)]
        outcome = pool.submit(at_once, *acts)
        wait_for(2)
        results = outcome.result(20)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    assert Activity.objects.count() == 2


def test_two_files_with_the_same_new_activity_at_once_make_it_once(committed_market: Market) -> None:
    """Neither finds a row to lock: the unique key decides, and the second reads why."""
    from tests.transactions.planning.test_activity_import import read, received
    from transactions.models.planning.activity_import import fingerprint_of

    market = committed_market
    files = [received(market, read(2)), received(market, read(2, Nama_Kegiatan="Lain"))]
    seen = [fingerprint_of(each.compare()) for each in files]
    people = [market.user("operator"), market.user("kaur")]
    both_compared = threading.Barrier(2)
    compare = type(files[0]).compare

    def compare_together(self: Any, *, lock: bool = False) -> Any:
        lines = compare(self, lock=lock)
        if lock:
            both_compared.wait(10)
        return lines

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(files[0]), "compare", compare_together)
        results = at_once(
            lambda: files[0].apply(by=people[0], seen=seen[0]), lambda: files[1].apply(by=people[1], seen=seen[1])
        )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    refused = next(result for result in results if isinstance(result, Exception))
    assert str(refused) == "Orang lain baru saja memasukkan kegiatan yang sama. Periksa lagi."
    assert Activity.objects.count() == 1
