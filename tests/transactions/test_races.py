"""Two at once at a held row: one is made, the other reads why not. The control shows that the harness lets two in."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import models

from catalog.models import Service
from core.workflow import TransitionRefused
from reviews.models import Rating
from tests.accounts.stage import at_once, row_held
from tests.transactions.stage import Market
from tests.transactions.test_once import CASES, Build, key_of
from transactions.models import Accountability, Contract, Meeting, Need, Quotation, Sourcing

pytestmark = pytest.mark.django_db(transaction=True)


def together(rows: models.QuerySet[Any], *acts: Any) -> list[Any]:
    """Both wait at the held lock before either goes on: without a lock, nobody would wait and this fails."""
    with row_held(rows) as wait_for, ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(at_once, *acts)
        wait_for(len(acts))
        return outcome.result(20)


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_control_without_the_lock_both_would_pay(committed_market: Market) -> None:
    """Read, judge, then write, as a page without `moving` would: two get in."""
    account = committed_market.account("payment")
    both_read = threading.Barrier(2)

    def naive(number: str) -> str:
        copy = Accountability.objects.get(pk=account.pk)
        allowed = copy.state == "payment"
        both_read.wait(10)
        Accountability.objects.filter(pk=copy.pk).update(state="musdes")
        return number if allowed else "refused"

    assert at_once(lambda: naive("first"), lambda: naive("second")) == ["first", "second"]


def test_control_without_the_parents_lock_an_offer_would_slip_in(committed_market: Market) -> None:
    sourcing = committed_market.sourcing("quoted", services=[committed_market.service, committed_market.rival_service])
    both_read = threading.Barrier(2)

    def look() -> str:
        state = str(Sourcing.objects.get(pk=sourcing.pk).state)
        both_read.wait(10)
        return state

    assert at_once(look, look) == ["open", "open"]  # one then opens, the other sends


def test_two_awards_at_once_and_one_contract(committed_market: Market) -> None:
    market = committed_market
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    offers = list(sourcing.quotations.order_by("price"))
    users = [market.user("tpk"), market.user("tpk")]
    results = together(
        Sourcing.objects.filter(pk=sourcing.pk),
        *(
            lambda q=q, u=u: Sourcing.objects.get(pk=sourcing.pk).award(by=u, quotation=q, reason="Alasan.")
            for q, u in zip(offers, users, strict=True)
        ),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    refused = next(result for result in results if isinstance(result, TransitionRefused))
    assert refused.reason == "“Tetapkan Pemenang” tidak dapat dilakukan: statusnya sekarang Pemenang Ditetapkan."
    assert Contract.objects.filter(sourcing=sourcing).count() == 1
    assert sorted(sourcing.quotations.values_list("state", flat=True)) == ["lost", "won"]
    assert sourcing.events().filter(verb="award").count() == 1


@pytest.mark.parametrize("verb", ["send", "revise", "withdraw"])
def test_an_offer_and_the_opening_do_not_pass_each_other(committed_market: Market, verb: str) -> None:
    """Whichever comes first: never an offer that changes after its opening."""
    market = committed_market
    sourcing = market.sourcing("open", services=[market.service, market.rival_service])
    first = market.quote(sourcing, "firm", 9_000_000)
    late = market.offer(sourcing, "rival", 8_000_000)
    if verb != "send":
        late.send(by=market.user("rival"))
    else:
        market.let_deadline_pass(sourcing)  # so that it may be opened; the offer is then late
    more: dict[str, Any] = {"price": 7_000_000, "days": 1, "approach": "x"} if verb == "revise" else {}
    opener, sender, copy = market.user("pka"), market.user("rival"), Sourcing.objects.get(pk=sourcing.pk)
    results = together(
        Sourcing.objects.filter(pk=sourcing.pk),
        lambda: copy.open_quotations(by=opener),
        lambda: getattr(late, verb)(by=sender, **more),
    )
    sourcing.refresh_from_db()
    assert sourcing.state == "opened"
    assert results[0] is None
    stored = Quotation.objects.filter(sourcing=sourcing).exclude(pk=first.pk)
    if verb == "send":
        assert isinstance(results[1], TransitionRefused)
        assert not stored.exists()
    elif isinstance(results[1], TransitionRefused):
        assert (stored.get().price, stored.get().state) == (8_000_000, "sealed")
    else:
        changed = stored.get().events().latest("pk")
        assert changed.pk < sourcing.events().get(verb="open_quotations").pk


def test_two_witnesses_at_once_and_one_opens(committed_market: Market) -> None:
    market = committed_market
    sourcing = market.sourcing("opening", hps=20_000_000)
    people, copies = [market.user("bpd"), market.user("pka")], [Sourcing.objects.get(pk=sourcing.pk) for _ in "ab"]
    results = together(
        Sourcing.objects.filter(pk=sourcing.pk),
        *(lambda c=c, u=u: c.confirm_opening(by=u) for c, u in zip(copies, people, strict=True)),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    assert sourcing.events().filter(verb="confirm_opening").count() == 1
    sourcing.refresh_from_db()
    assert sourcing.minutes.second_name == sourcing.opened_by.name


def test_letting_the_winner_go_and_signing_for_the_village_exclude_each_other(committed_market: Market) -> None:
    market = committed_market
    contract = market.contract("provider_signed")
    sourcing, manager = Sourcing.objects.get(pk=contract.sourcing_id), market.user("pka")
    scan, other = market.file("pka"), market.user("pka")
    results = together(
        type(contract).objects.filter(pk=contract.pk),
        lambda: contract.sign_for_village(by=manager, scan=scan),
        lambda: sourcing.release(by=other, reason="Penyedia mundur."),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    contract.refresh_from_db()
    sourcing.refresh_from_db()
    assert (contract.state, sourcing.state) in (("running", "awarded"), ("terminated", "evaluated"))


def test_one_provider_registers_twice_at_once_and_takes_part_once(committed_market: Market) -> None:
    market = committed_market
    tender = market.sourcing("open", hps=250_000_000)
    people = [market.user("firm"), market.user("firm")]
    results = together(
        Sourcing.objects.filter(pk=tender.pk),
        *(lambda u=u: Sourcing.objects.get(pk=tender.pk).register(by=u, service=market.service) for u in people),
    )
    assert kinds(results) == ["Invitation", "Invitation"]
    assert tender.invitations.count() == 1


def test_two_drafts_of_one_assembly_at_once_and_one_is_kept(committed_market: Market) -> None:
    market = committed_market
    account = market.account("musdes")
    people = [market.user("pld"), market.user("bpd")]
    drafts = [market.draft_meeting(account) for _ in people]
    results = together(
        Accountability.objects.filter(pk=account.pk),
        *(lambda d=d, u=u: d.prepare(by=u, accounts=[account]) for d, u in zip(drafts, people, strict=True)),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    problem = next(result for result in results if isinstance(result, TransitionRefused))
    assert problem.reason == "Pembelian ini sudah ada dalam Musdes yang belum memutuskan."
    assert Meeting.objects.filter(items__accountability=account).count() == 1


def test_two_decisions_at_once_and_one_stands(committed_market: Market) -> None:
    market = committed_market
    account = market.account("musdes")
    meeting = market.meeting(account)
    copies = [Meeting.objects.get(pk=meeting.pk) for _ in range(2)]
    decided = zip(copies, ("accepted", "refused"), strict=True)
    results = together(
        Meeting.objects.filter(pk=meeting.pk),
        *(lambda m=m, d=d: market.decide(m, d, note="Catatan.") for m, d in decided),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    account.refresh_from_db()
    assert (meeting.items.get().decision, account.state) in {("accepted", "accepted"), ("refused", "refused")}
    assert account.events().filter(verb__in=["accept", "refuse"]).count() == 1


def test_a_decision_and_a_cancellation_at_once_and_the_later_reads_why_not(committed_market: Market) -> None:
    market = committed_market
    account = market.account("musdes")
    meeting = market.meeting(account)
    one, other = (Meeting.objects.get(pk=meeting.pk) for _ in range(2))
    results = together(
        Meeting.objects.filter(pk=meeting.pk),
        lambda: market.decide(one, "accepted"),
        lambda: other.cancel(by=market.user("sekdes"), reason="Salah isi."),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    meeting.refresh_from_db()
    account.refresh_from_db()
    assert (meeting.state, account.state) in {("decided", "accepted"), ("cancelled", "musdes")}
    assert not meeting.items.filter(open=True).exists()


def test_a_plan_recorded_and_postponed_at_once_is_one_of_both(committed_market: Market) -> None:
    import datetime as dt

    market = committed_market
    meeting = market.planned_meeting(market.account("musdes"), days=0)
    one, other = (Meeting.objects.get(pk=meeting.pk) for _ in range(2))
    later = meeting.held_on + dt.timedelta(days=3)
    results = together(
        Meeting.objects.filter(pk=meeting.pk),
        lambda: one.record(by=market.user("pld"), attendance=[], questions=[], ends_at=dt.time(12)),
        lambda: other.postpone(by=market.user("bpd"), to=later, reason="Hujan."),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    meeting.refresh_from_db()
    assert (meeting.state, meeting.held_on) in {("draft", market.today), ("planned", later)}


def test_two_ways_out_chosen_at_once_are_one(committed_market: Market) -> None:
    market = committed_market
    account = market.account("refused")
    drafts = [market.draft_remedy(account), market.draft_remedy(account, "dispute")]
    people = [market.user("pka"), market.user("kades")]
    results = together(
        Accountability.objects.filter(pk=account.pk),
        *(lambda d=d, u=u: d.choose(by=u) for d, u in zip(drafts, people, strict=True)),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    assert account.remedies.count() == 1


def test_two_ratings_at_once_and_one_counts(committed_market: Market) -> None:
    market = committed_market
    contract = market.account("accepted").contract
    ratings = [market.draft_rating(contract, stars) for stars in (5, 1)]
    users = [market.user("pka"), market.user("pka")]
    results = together(
        Contract.objects.filter(pk=contract.pk),
        *(lambda r=r, u=u: r.give(by=u) for r, u in zip(ratings, users, strict=True)),
    )
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    kept = Rating.objects.get(contract=contract)
    market.service.refresh_from_db()
    assert (market.service.rating_count, market.service.rating_total) == (1, kept.tenths)


def test_two_sourcings_of_one_need_at_once_and_one_begins(committed_market: Market) -> None:
    market = committed_market
    need = market.need()
    drafts, users = [market.draft_sourcing(need=need) for _ in "ab"], [market.user("pka") for _ in "ab"]
    results = together(
        type(need).objects.filter(pk=need.pk),
        *(lambda d=d, u=u: d.prepare(by=u, services=[market.service]) for d, u in zip(drafts, users, strict=True)),
    )
    assert kinds(results) == ["NoneType", "ValidationError"]
    assert Sourcing.objects.filter(need=need).count() == 1


def test_negotiating_and_awarding_agree_on_the_price(committed_market: Market) -> None:
    market = committed_market
    sourcing = market.sourcing("evaluated")
    offer = sourcing.quotations.get()
    scan = market.file("pka")
    copy, other, users = (
        Sourcing.objects.get(pk=sourcing.pk),
        Quotation.objects.get(pk=offer.pk),
        [market.user("pka") for _ in "ab"],
    )
    results = together(
        Sourcing.objects.filter(pk=sourcing.pk),
        lambda: copy.award(by=users[0], quotation=offer),
        lambda: other.negotiate(by=users[1], price=9_000_000, note="Sepakat.", scan=scan),
    )
    assert results[0] is None
    final = Quotation.objects.get(pk=offer.pk).final_price
    assert Contract.objects.get(sourcing=sourcing).value == final
    assert final == (9_400_000 if isinstance(results[1], TransitionRefused) else 9_000_000)


@pytest.mark.parametrize("build", CASES)
def test_sent_at_once_from_two_threads_it_makes_one(build: Build, committed_market: Market) -> None:
    market = committed_market
    who, url, data, model = build(market)
    clients = [market.client(who), market.client(who)]
    data["submit_key"] = key_of(clients[0], url)
    before = model.objects.count()
    answers = at_once(*(lambda c=c: c.post(url, data) for c in clients))
    assert [answer.status_code for answer in answers] == [302, 302], answers
    assert len({answer["Location"] for answer in answers}) == 1
    assert model.objects.count() == before + 1


def test_two_people_keep_the_same_service_at_once_and_one_is_told(committed_market: Market) -> None:
    market = committed_market
    need, version = market.need(), Service.objects.get(pk=market.service.pk).current_version
    assert version is not None
    results = together(
        Need.objects.filter(pk=need.pk),
        *(
            lambda who=who: Need.objects.get(pk=need.pk).shortlist(by=who, version=version)
            for who in [market.user("pka"), market.user("tpk")]
        ),
    )
    assert kinds(results) == ["Shortlisted", "TransitionRefused"]
    refused = next(result for result in results if isinstance(result, TransitionRefused))
    assert refused.reason == "Layanan ini sudah ada dalam daftar pendek."
    assert need.shortlist_entries.count() == 1
