"""Who prepared a step does not approve it: refused where somebody else can, with a reason where nobody can."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Role, User
from accounts.models.membership import SINGLE_ROLES
from core.workflow import TransitionRefused, Unconfirmed
from tests.areas import KUTA
from tests.transactions.stage import LONG_AGO, Market, Reasoned
from transactions import cautions, four_eyes
from transactions.models import Contract, Need, Sourcing

pytestmark = pytest.mark.django_db


def also(market: Market, key: str, role: Role) -> Any:
    """This person gets a second office in the village; of an office that has one holder, its holder leaves."""
    if role in SINGLE_ROLES:
        Membership.objects.filter(role=role, area_id=KUTA).update(ends_on=LONG_AGO - dt.timedelta(days=1))
    Membership.objects.create(user=market.user(key), role=role, area_id=KUTA, starts_on=LONG_AGO)
    return market.user(key)


def another(role: Role, name: str) -> User:
    """One more holder of an office."""
    user = User.objects.create_user(f"{name}@desa.example", "sandi contoh", name=f"Contoh {name.title()}")
    Membership.objects.create(user=user, role=role, area_id=KUTA, starts_on=LONG_AGO)
    return User.objects.get(pk=user.pk)


MONEY = {"fiscal_year": 2026, "funding": "dd", "activity_code": "4", "ceiling": 9_500_000}


def test_each_pair_names_a_verb_and_steps_that_exist() -> None:
    for pair in four_eyes.TABLE:
        kind = apps.get_model(pair.document)
        assert pair.verb in kind.MOVES, pair
        assert hasattr(kind, f"may_{pair.verb}")
        steps = apps.get_model(pair.about).MOVES
        assert set(pair.before) - {"create"} <= set(steps), pair
        assert kind._meta.get_field(pair.key if pair.key != "pk" else "id")


def test_who_agreed_does_not_budget_while_somebody_else_can(market: Market) -> None:
    both = also(market, "sekdes", Role.VILLAGE_TREASURER)
    need = market.need("agreed", by="sekdes")
    with pytest.raises(TransitionRefused) as refused:
        need.budget(by=both, **MONEY)
    assert not isinstance(refused.value, Unconfirmed)
    assert refused.value.reason == (
        "Anda yang mencatat kesepakatan Musdes kebutuhan ini, jadi langkah ini dilakukan oleh orang lain. Mintalah "
        "Kasi/Kaur (Pelaksana Kegiatan Anggaran) atau Sekretaris Desa atau Kaur Keuangan: Contoh Pka."
    )
    button = next(move for move in need.open_moves(both) if move.verb == "budget")
    assert getattr(button.verdict, "reason", "") == refused.value.reason
    need.budget(by=market.user("pka"), **MONEY)  # whom the sentence names
    assert need.state == "budgeted"


def test_alone_in_the_village_it_wants_a_reason_that_stays(market: Market) -> None:
    both = also(market, "sekdes", Role.VILLAGE_TREASURER)
    Membership.objects.filter(role=Role.ACTIVITY_MANAGER, area=KUTA).update(ends_on=LONG_AGO)
    need = market.need("agreed", by="sekdes")
    button = next(move for move in need.open_moves(both) if move.verb == "budget")
    assert button.verdict  # a small village is never stopped
    with pytest.raises(Unconfirmed) as waiting:
        need.budget(by=both, **MONEY)
    assert [each.sentence for each in waiting.value.cautions] == [
        "Anda juga yang mencatat kesepakatan Musdes kebutuhan ini, dan tidak ada Kasi/Kaur (Pelaksana Kegiatan Anggaran)"
        " atau Sekretaris Desa atau Kaur Keuangan lain di desa ini yang dapat melakukan langkah ini."
    ]
    need.give_reasons({"second-person-agree": "Perangkat lain belum diangkat."})
    need.budget(by=both, **MONEY)
    noted = cautions.noted(need.events())
    assert [(each.step, each.who, each.reason) for each in noted] == [
        ("Dianggarkan dalam APB Desa", "Contoh Sekdes", "Perangkat lain belum diangkat.")
    ]


def test_an_inactive_or_former_holder_does_not_count_as_somebody_else(market: Market) -> None:
    both = also(market, "sekdes", Role.VILLAGE_TREASURER)
    User.objects.filter(pk=market.user("pka").pk).update(is_active=False)
    need = market.need("agreed", by="sekdes")
    assert need.may("budget", both)
    assert [each.kind for each in need.cautions("budget", both)] == ["second-person-agree"]


def test_another_holder_who_may_not_either_does_not_stop_the_village(market: Market) -> None:
    """The other TPK works for a bidder: refusing both would stop the sourcing for good."""
    tpk = also(market, "tpk", Role.VILLAGE_OPERATOR)
    sourcing = ready_to_award(market)
    second = another(Role.PROCUREMENT_TEAM, "anggota")
    lowest = min(sourcing.quotations.all(), key=lambda q: q.price)
    assert "Contoh Anggota" in getattr(sourcing.may("award", tpk), "reason", "")
    Membership.objects.create(user=second, role=Role.PROVIDER, provider=market.rival.provider, starts_on=LONG_AGO)
    assert sourcing.may("award", tpk)
    sourcing.give_reasons(Reasoned())
    sourcing.award(by=tpk, quotation=lowest)
    assert sourcing.state == "awarded"


def ready_to_award(market: Market) -> Sourcing:
    return market.sourcing("evaluated", hps=20_000_000)


def test_who_prepared_the_sourcing_does_not_award_it(market: Market) -> None:
    tpk = also(market, "tpk", Role.VILLAGE_OPERATOR)
    sourcing = ready_to_award(market)
    assert [each.kind for each in sourcing.cautions("award", tpk)] == ["second-person-create"]
    second = another(Role.PROCUREMENT_TEAM, "anggota")
    lowest = min(sourcing.quotations.all(), key=lambda q: q.price)
    with pytest.raises(TransitionRefused, match="Anda yang menyiapkan pengadaan ini"):
        sourcing.award(by=tpk, quotation=lowest)
    sourcing.award(by=second, quotation=lowest)
    assert sourcing.state == "awarded"


def test_every_way_of_asking_for_offers_counts_as_preparing() -> None:
    asking = {move.verb for move in Sourcing.MOVES.values() if move.target == "open"}
    assert "announce_tender" in asking
    counted = {
        verb
        for pair in four_eyes.TABLE
        if (pair.document, pair.verb) == ("transactions.sourcing", "award")
        for verb in pair.before
    }
    assert asking <= counted


def test_who_announced_the_tender_does_not_award_it(market: Market) -> None:
    second = another(Role.PROCUREMENT_TEAM, "anggota")
    another(Role.PROCUREMENT_TEAM, "ketua")  # who may award it
    tpk = also(market, "tpk", Role.VILLAGE_OPERATOR)
    sourcing = market.draft_sourcing(hps=250_000_000)
    sourcing.give_reasons(Reasoned())
    sourcing.prepare(by=second, services=[])
    market.terms(sourcing)
    sourcing.announce_tender(by=tpk, deadline=sourcing.deadline + dt.timedelta(days=9))
    market.register(sourcing, "firm")
    offer = market.quote(sourcing, "firm", 240_000_000)
    market.let_deadline_pass(sourcing)
    sourcing.ask_opening(by=second)
    sourcing.confirm_opening(by=market.user("sekdes"))
    sourcing.evaluate(by=second, results={offer.code: (True, "")})
    offer.refresh_from_db()
    with pytest.raises(TransitionRefused, match="Anda yang menyiapkan pengadaan ini"):
        sourcing.award(by=tpk, quotation=offer)


def test_who_chose_the_winner_does_not_sign_the_contract(market: Market) -> None:
    contract = Contract.objects.get(sourcing=market.sourcing("awarded", hps=20_000_000))
    both = also(market, "tpk", Role.ACTIVITY_MANAGER)
    dated = {"number": "027/1", "signed_on": market.today, "starts_on": market.today}
    with pytest.raises(TransitionRefused) as refused:
        contract.issue(by=both, **dated)
    assert refused.value.reason == (
        "Anda yang mengevaluasi dan menetapkan pemenangnya, jadi langkah ini dilakukan oleh orang lain. Mintalah "
        "Kasi/Kaur (Pelaksana Kegiatan Anggaran): Contoh Pka."
    )
    contract.issue(by=market.user("pka"), **dated)
    assert contract.state == "issued"


def test_a_direct_purchase_is_one_office_from_offer_to_order(market: Market) -> None:
    pka = also(market, "pka", Role.PROCUREMENT_TEAM)
    another(Role.ACTIVITY_MANAGER, "kasi")
    sourcing = market.sourcing("awarded")
    contract = Contract.objects.get(sourcing=sourcing)
    assert sourcing.method == "direct"
    assert contract.may("issue", pka)
    assert contract.cautions("issue", pka) == []


def test_the_same_person_in_two_villages_holds_one_office_in_each(market: Market) -> None:
    from tests.areas import SUKADANA

    Membership.objects.create(
        user=market.user("sekdes"), role=Role.ACTIVITY_MANAGER, area_id=SUKADANA, starts_on=LONG_AGO
    )
    need = market.need("agreed", by="sekdes")
    assert need.may("budget", market.user("sekdes"))


def test_the_closing_is_not_for_who_decided_the_assembly(market: Market) -> None:
    """There is one head: that person closes, and says why."""
    account = market.account("accepted")
    assert account.cautions("close", market.user("kades")) == []
    both = also(market, "bpd", Role.VILLAGE_HEAD)
    assert [each.kind for each in account.cautions("close", both)] == ["second-person-accept"]
    with pytest.raises(Unconfirmed):
        account.close(by=both)
    account.give_reasons(Reasoned())
    account.close(by=both)
    assert account.state == "closed"


def queries(need: Need, user: Any) -> int:
    user.memberships_now  # noqa: B018  loaded once a request
    with CaptureQueriesContext(connection) as asked:
        need.open_moves(user)
        need.cautions("budget", user)
    return len(asked)


def test_one_office_costs_no_query(market: Market) -> None:
    need = market.need("agreed")
    assert queries(need, market.user("sekdes")) == 0
    both = also(market, "sekdes", Role.VILLAGE_OPERATOR)
    assert queries(need, both) > 0
