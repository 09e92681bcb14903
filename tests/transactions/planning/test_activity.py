"""The village's budget list: who keeps it, what contracts hold of it, and that no two take the last rupiah."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from core.workflow import TransitionRefused
from tests.areas import KUTA, SUKADANA
from tests.transactions.stage import OVERSEERS, VILLAGE, Market, attempt
from tests.transactions.test_money import broken
from tests.transactions.test_moves import Table, prove, states_of
from transactions.models import Activity, Commitment, Contract, Need

pytestmark = pytest.mark.django_db
KEEPERS = {"operator", "pka", "sekdes", "kaur"}


def draft_activity(market: Market, *, village: str = KUTA, ceiling: int = 20_000_000, **fields: Any) -> Activity:
    """An activity that nobody has saved yet."""
    return Activity(
        **{
            "village_id": village,
            "fiscal_year": market.today.year,
            "activity_code": "04.03.02",
            "name": "Peningkatan Kapasitas Perangkat Desa",
            "funding": "dd",
            "ceiling": ceiling,
        }
        | fields
    )


def activity(market: Market, **fields: Any) -> Activity:
    row = draft_activity(market, **fields)
    row.enter(by=market.user("operator" if row.village_id == KUTA else "operator2"))
    return row


def need_from(market: Market, row: Activity, *, estimate: int = 9_500_000) -> Need:
    """A need that is budgeted from the list."""
    need = market.need("agreed", estimate=estimate)
    need.budget(by=market.user("pka"), activity=row, ceiling=estimate)
    return need


def contract_from(market: Market, row: Activity, *, hps: int = 9_500_000) -> Contract:
    """A contract, not yet issued, for a need of the list; it is worth 100.000 less than the HPS."""
    sourcing = market.sourcing("awarded", hps=hps, need=need_from(market, row, estimate=hps))
    return Contract.objects.get(sourcing=sourcing)


def issue(market: Market, contract: Contract) -> None:
    contract.issue(by=market.user("pka"), number="027/1/SPK", signed_on=market.today, starts_on=market.today)


def committed(row: Activity) -> int:
    """As kept on the activity, which must be what its commitments hold."""
    row.refresh_from_db()
    assert row.committed == sum(each.held for each in row.commitments.all())
    return row.committed


# --- who ---------------------------------------------------------------------------------------------
ACTIVITY: Table = {
    ("listed", "amend"): KEEPERS,
    ("listed", "load"): KEEPERS,
    ("listed", "drop"): KEEPERS,
    ("dropped", "restore"): KEEPERS,
}


def test_who_may_do_what_with_an_activity(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.transactions import test_moves

    needs = {"amend": {"name": "Lain"}, "load": {"source": "X", "name": "Lain"}, "drop": {"reason": "Salah ketik."}}
    monkeypatch.setattr(test_moves, "arguments", lambda market, document: needs)
    row = activity(market)
    prove(market, row, ACTIVITY)
    row.drop(by=market.user("sekdes"), reason="Salah ketik.")
    prove(market, row, ACTIVITY)
    states_of(ACTIVITY, Activity, ["listed", row.state])


def test_who_may_begin_and_see_an_activity(market: Market) -> None:
    people = market.everyone()
    assert {key for key, user in people.items() if draft_activity(market).may_create(user)} == KEEPERS
    row = activity(market)
    seen = {key for key, user in people.items() if Activity.objects.visible_to(user).filter(pk=row.pk).exists()}
    assert seen == VILLAGE | OVERSEERS
    contract = contract_from(market, row)
    issue(market, contract)
    held = {key for key, user in people.items() if Commitment.objects.visible_to(user).exists()}
    assert held == VILLAGE | OVERSEERS


def test_entering_and_amending_leave_what_was_and_what_is(market: Market) -> None:
    row = activity(market)
    row.amend(by=market.user("kaur"), ceiling=21_000_000, name=row.name)
    born, changed = row.events()
    assert (born.verb, born.data) == ("create", {"ceiling": 20_000_000})
    assert (changed.verb, changed.role) == ("amend", "village_treasurer")
    assert changed.data == {"changed": {"ceiling": [20_000_000, 21_000_000]}}


def test_a_kelurahan_keeps_no_list(market: Market) -> None:
    from tests.areas import PRAYA

    with pytest.raises(TransitionRefused, match="kelurahan tidak"):
        draft_activity(market, village=PRAYA).enter(by=market.user("operator"))


@pytest.mark.parametrize("code", ["4.3.2", "04.03", "06.01.01", "00.01.01", "04-03-02", "04.03.02\n", "٠٤.٠٣.٠٢"])
def test_a_code_of_another_shape_is_refused(code: str, market: Market) -> None:
    with pytest.raises(ValidationError):
        activity(market, activity_code=code)
    assert not Activity.objects.exists()


def test_the_same_code_stands_once_a_year_and_source(market: Market) -> None:
    activity(market)
    activity(market, funding="add")
    activity(market, fiscal_year=market.today.year + 1)
    activity(market, village=SUKADANA)
    rows = Activity.objects.filter(village=KUTA, funding="add")
    assert broken(rows, funding="dd") == "activity_once_a_year_and_source"


# --- what contracts hold -----------------------------------------------------------------------------
def test_an_issued_contract_takes_its_value_and_an_ended_one_gives_it_back(market: Market) -> None:
    row = activity(market)
    contract = contract_from(market, row)
    assert committed(row) == 0  # nothing is held by a draft
    issue(market, contract)
    assert (committed(row), row.remaining) == (9_400_000, 10_600_000)
    contract.terminate(by=market.user("pka"), cause="withdrew", reason="Penyedia mundur.")
    assert committed(row) == 0
    assert contract.events().get(verb="terminate").data["released"] == 9_400_000


def test_what_was_paid_is_not_given_back(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    row = activity(market)
    contract = contract_from(market, row)
    issue(market, contract)
    contract.sign_for_provider(by=market.user("firm"), scan=market.file("firm"))
    contract.sign_for_village(by=market.user("pka"), scan=market.file("pka"))
    monkeypatch.setattr(Contract, "paid", property(lambda self: 3_000_000))  # a termin, which comes with payments
    contract.terminate(by=market.user("pka"), cause="withdrew", reason="Penyedia mundur.", percent=32)
    assert contract.owed == 8_000  # 32 % of 9.400.000 is 3.008.000
    assert committed(row) == 3_008_000
    assert contract.commitments.get().released == 6_392_000


def test_what_a_contract_was_paid_is_its_gross_payments(market: Market) -> None:
    account = market.account("payment")
    assert account.contract.paid == 0
    market.pay(account)
    assert account.contract.paid == account.contract.value


def test_a_draft_that_ends_gives_nothing_back(market: Market) -> None:
    row = activity(market)
    contract = contract_from(market, row)
    contract.terminate(by=market.user("pka"), cause="withdrew", reason="Penyedia mundur.")
    assert committed(row) == 0
    assert contract.events().get(verb="terminate").data["released"] == 0


def test_a_contract_of_a_typed_budget_holds_nothing(market: Market) -> None:
    contract = market.contract("issued")
    assert contract.need.activity is None
    assert not Commitment.objects.exists()


def test_a_contract_beyond_what_is_left_is_not_issued(market: Market) -> None:
    row = activity(market, ceiling=15_000_000)
    first, second = contract_from(market, row), contract_from(market, row)
    issue(market, first)
    with pytest.raises(TransitionRefused) as refusal:
        issue(market, second)
    assert refusal.value.reason == (
        "Sisa anggaran kegiatan “Peningkatan Kapasitas Perangkat Desa” Rp5.600.000, kurang dari Rp9.400.000."
    )
    second.refresh_from_db()
    assert (second.state, second.number) == ("drafted", "")
    assert committed(row) == 9_400_000
    row.amend(by=market.user("kaur"), ceiling=18_800_000)
    issue(market, Contract.objects.get(pk=second.pk))
    assert (committed(row), row.remaining) == (18_800_000, 0)


def test_the_ceiling_never_falls_below_what_is_contracted(market: Market) -> None:
    row = activity(market)
    issue(market, contract_from(market, row))
    with pytest.raises(ValidationError) as problem:
        row.amend(by=market.user("kaur"), ceiling=9_399_999)
    assert problem.value.messages == ["Pagu tidak boleh di bawah nilai yang sudah dikontrak."]
    row.amend(by=market.user("kaur"), ceiling=9_400_000)
    assert committed(row) == row.ceiling == 9_400_000


def test_the_database_itself_refuses_more_than_the_ceiling(market: Market) -> None:
    row = activity(market)
    issue(market, contract_from(market, row))
    rows, held = Activity.objects.filter(pk=row.pk), Commitment.objects.filter(activity=row)
    assert broken(rows, committed=models.F("ceiling") + 1) == "activity_committed_within_ceiling"
    assert broken(rows, committed=-1) == "activity_committed_within_ceiling"
    assert broken(rows, ceiling=9_399_999) == "activity_committed_within_ceiling"
    assert broken(held, released=9_400_001) == "commitment_released_within_amount"
    assert broken(held, released=-1) == "commitment_released_within_amount"
    assert broken(held, amount=0) == "commitment_released_within_amount"
    assert broken(rows, ceiling=-1, committed=0) in (
        "activity_ceiling_not_negative",
        "activity_committed_within_ceiling",
    )


def test_money_of_the_list_is_whole_rupiah() -> None:
    for model, names in ((Activity, {"ceiling", "committed"}), (Commitment, {"amount", "released"})):
        found = {f.name for f in model._meta.get_fields() if type(f) is models.BigIntegerField}
        assert found == names


def test_what_is_contracted_or_planned_is_not_dropped(market: Market) -> None:
    row, kaur = activity(market), market.user("kaur")
    need = need_from(market, row)
    refusal = attempt(row, "drop", kaur, {"reason": "x"})
    assert refusal == "Ada kebutuhan yang dianggarkan dari kegiatan ini; batalkan kebutuhannya dahulu."
    need.cancel(by=market.user("kades"), reason="Tidak jadi.")
    issue(market, contract_from(market, row))
    row.refresh_from_db()
    assert attempt(row, "drop", kaur, {"reason": "x"}) == "Kegiatan ini sudah dikontrak, jadi tidak dapat dikeluarkan."


def test_a_contract_of_an_activity_that_was_dropped_is_not_issued(market: Market) -> None:
    """The guard of `drop` sees the need; this is the last wall behind it."""
    row = activity(market)
    contract = contract_from(market, row)
    Activity.objects.filter(pk=row.pk).update(state="dropped")
    with pytest.raises(TransitionRefused, match="sudah dikeluarkan dari daftar"):
        issue(market, contract)
