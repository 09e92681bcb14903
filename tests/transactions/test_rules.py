"""The regency's own rule, by date; the method by value; who may be asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.workflow import TransitionRefused
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH, SUKADANA
from tests.transactions.stage import Market, soon
from transactions.models import Method, Need, ProcurementRule, Sourcing
from verification.models import Standing

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def rule(regency: str | None, since: dt.date, **fields: Any) -> ProcurementRule:
    values = {
        "basis": f"Perbup {since}",
        "direct_limit": 5_000_000,
        "quotation_limit": 50_000_000,
        "min_invitations": 3,
        "min_hours": 48,
    }
    return ProcurementRule.objects.create(regency_id=regency, valid_from=since, **values | fields)


def test_without_a_row_of_its_own_the_national_example_holds() -> None:
    found = ProcurementRule.objects.in_force(LOMBOK_TENGAH, on=dt.date(2026, 1, 1))
    assert found.regency_id is None
    assert "contoh" in found.basis
    assert (found.direct_limit, found.quotation_limit) == (10_000_000, 200_000_000)
    assert (found.min_invitations, found.min_hours) == (2, 24)


def test_the_regencys_own_row_counts_from_its_day_and_only_there(market: Market) -> None:
    first, second = dt.date(2026, 3, 1), dt.date(2026, 6, 1)
    own, newer = rule(LOMBOK_TENGAH, first), rule(LOMBOK_TENGAH, second, direct_limit=7_000_000)
    at = ProcurementRule.objects.in_force
    assert at(LOMBOK_TENGAH, on=first - DAY).regency_id is None
    assert [at(LOMBOK_TENGAH, on=day) for day in (first, second - DAY, second)] == [own, own, newer]
    assert at(LOMBOK_BARAT, on=second).regency_id is None


def test_a_newer_national_example_does_not_push_a_regencys_row_aside(market: Market) -> None:
    own = rule(LOMBOK_TENGAH, dt.date(2026, 3, 1))
    rule(None, dt.date(2026, 6, 1), basis="Contoh baru")
    assert ProcurementRule.objects.in_force(LOMBOK_TENGAH, on=dt.date(2026, 7, 1)) == own


def test_two_rows_of_one_day_and_limits_that_fall_are_impossible(market: Market) -> None:
    rule(LOMBOK_TENGAH, dt.date(2026, 3, 1))
    for fields in (
        {"valid_from": dt.date(2026, 3, 1)},
        {"valid_from": dt.date(2026, 4, 1), "quotation_limit": 5_000_000},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            day = fields.pop("valid_from")
            rule(LOMBOK_TENGAH, day, **fields)


@pytest.mark.parametrize(
    ("value", "method"),
    [
        (1, Method.DIRECT),
        (10_000_000, Method.DIRECT),
        (10_000_001, Method.QUOTATION),
        (200_000_000, Method.QUOTATION),
        (200_000_001, Method.TENDER),
    ],
)
def test_the_value_decides_the_method(value: int, method: Method) -> None:
    assert ProcurementRule.objects.get(regency=None).method_for(value) == method


def test_above_the_limit_it_is_a_tender_which_invites_nobody(market: Market) -> None:
    sourcing = market.draft_sourcing(hps=250_000_000, need=market.need(estimate=300_000_000))
    with pytest.raises(TransitionRefused, match=r"^Lelang dilakukan oleh Tim Pelaksana"):
        sourcing.prepare(by=market.user("pka"), services=[])
    sourcing.prepare(by=market.user("tpk"), services=[market.service])
    assert (sourcing.method, sourcing.invitations.count()) == ("tender", 0)


def test_two_invitations_are_needed_above_the_direct_limit(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000, services=[market.service])
    with pytest.raises(TransitionRefused, match="Undang sedikitnya 2 penyedia"):
        sourcing.announce(by=market.user("tpk"), deadline=soon())
    sourcing.amend(
        by=market.user("tpk"), scope="Lain.", hps=20_000_000, days=3, deadline=soon(),
        services=[market.service, market.rival_service],
    )  # fmt: skip
    sourcing.announce(by=market.user("tpk"), deadline=soon())
    assert sourcing.state == "open"


def test_two_services_of_one_provider_are_one_invitation(market: Market) -> None:
    from tests.catalog.stage import service

    second = service(market.firm, "Pendampingan pembukuan")
    sourcing = market.sourcing("draft", hps=20_000_000, services=[market.service, second])
    assert sourcing.invitations.count() == 1
    with pytest.raises(TransitionRefused, match="sedikitnya 2"):
        sourcing.announce(by=market.user("tpk"), deadline=soon())


def test_the_shortest_time_to_answer_is_the_rules(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    from core.clock import database_now

    with pytest.raises(TransitionRefused, match="paling singkat 24 jam"):
        sourcing.announce(by=market.user("tpk"), deadline=database_now() + dt.timedelta(hours=23))
    sourcing.announce(by=market.user("tpk"), deadline=database_now() + dt.timedelta(hours=24, minutes=1))


def test_changing_the_rule_changes_nothing_that_runs(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    before = sourcing.rule
    rule(LOMBOK_TENGAH, market.today, direct_limit=50_000_000, quotation_limit=90_000_000, min_hours=500)
    sourcing.announce(by=market.user("tpk"), deadline=soon())
    sourcing.refresh_from_db()
    assert (sourcing.rule, sourcing.method) == (before, "quotation")
    next_one = market.draft_sourcing(hps=20_000_000)
    next_one.prepare(by=market.user("pka"), services=[market.service])
    assert next_one.method == "direct"


# --- who may be asked --------------------------------------------------------------------------------
def suspend(provider: Any) -> None:
    Standing.objects.filter(provider=provider).update(valid_until=dt.date(2025, 1, 1), listed_on=dt.date(2024, 1, 1))


def test_a_provider_out_of_standing_is_not_invited(market: Market) -> None:
    suspend(market.firm.provider)
    with pytest.raises(TransitionRefused, match="sedang tidak terdaftar"):
        market.sourcing("draft")
    assert not Sourcing.objects.exists()


def test_one_that_lost_its_standing_since_is_not_announced(market: Market) -> None:
    sourcing = market.sourcing("draft")
    suspend(market.firm.provider)
    with pytest.raises(TransitionRefused, match="CV Rinjani sedang tidak terdaftar"):
        sourcing.announce(by=market.user("pka"), deadline=soon())


def test_nor_awarded(market: Market) -> None:
    sourcing = market.sourcing("evaluated")
    suspend(market.firm.provider)
    with pytest.raises(TransitionRefused, match="jadi tidak dapat ditetapkan"):
        sourcing.award(by=market.user("pka"), quotation=sourcing.quotations.get())
    sourcing.refresh_from_db()
    assert sourcing.state == "evaluated"


def test_a_running_contract_goes_on(market: Market) -> None:
    contract = market.contract("running")
    suspend(market.firm.provider)
    contract.report_progress(by=market.user("firm"), percent=60, text="Lanjut.")
    assert contract.percent == 60


# --- one at a time -----------------------------------------------------------------------------------
def test_a_need_is_sourced_once_at_a_time_and_again_after_a_failure(market: Market) -> None:
    sourcing = market.sourcing("open")
    need = sourcing.need
    with pytest.raises(ValidationError, match="sudah mempunyai pengadaan yang berjalan"):
        market.sourcing("draft", need=need)
    sourcing.fail(by=market.user("pka"), reason="Tidak ada penawaran.")
    assert need in Need.objects.waiting_for(market.user("pka"))
    again = market.sourcing("draft", need=need)
    assert need.current_sourcing == again


def test_sourcing_begins_when_the_money_is_there(market: Market) -> None:
    for state in ("identified", "agreed", "cancelled"):
        with pytest.raises(TransitionRefused, match="setelah kebutuhan dianggarkan"):
            market.draft_sourcing(need=market.need(state)).prepare(by=market.user("pka"), services=[market.service])


def test_the_hps_keeps_below_the_ceiling(market: Market) -> None:
    need = market.need(estimate=8_000_000)
    with pytest.raises(ValidationError, match="tidak boleh melebihi pagu"):
        market.draft_sourcing(hps=8_000_001, need=need).prepare(by=market.user("pka"), services=[market.service])


# --- the draft ---------------------------------------------------------------------------------------
def test_a_draft_is_amended_and_its_method_follows_its_value(market: Market) -> None:
    need = market.need(estimate=20_000_000)
    sourcing = market.sourcing("draft", hps=9_000_000, need=need)
    fields = {"scope": "Baru.", "days": 9, "deadline": soon(), "services": [market.rival_service]}
    sourcing.amend(by=market.user("pka"), hps=8_000_000, **fields)
    assert [row.service for row in sourcing.invitations.all()] == [market.rival_service]
    assert (sourcing.scope, sourcing.hps, sourcing.days, sourcing.method) == ("Baru.", 8_000_000, 9, "direct")
    sourcing.amend(by=market.user("pka"), hps=15_000_000, **fields)
    assert (sourcing.hps, sourcing.method) == (15_000_000, "quotation")
    with pytest.raises(TransitionRefused, match="Permintaan Penawaran dilakukan oleh"):  # from here on it is the team's
        sourcing.amend(by=market.user("pka"), hps=8_000_000, **fields)


def test_after_the_invitations_nothing_is_amended(market: Market) -> None:
    sourcing = market.sourcing("open")
    with pytest.raises(TransitionRefused, match="statusnya sekarang Menunggu Penawaran"):
        sourcing.amend(by=market.user("pka"), scope="x", hps=1, days=1, deadline=soon(), services=[])


def test_a_kelurahan_does_not_buy(market: Market) -> None:
    from tests.areas import PRAYA

    with pytest.raises(TransitionRefused, match="kelurahan tidak"):
        market.draft_need(village=PRAYA).identify(by=market.user("operator"))
    with pytest.raises(TransitionRefused, match="Kebutuhan dicatat oleh"):
        market.draft_need(village=SUKADANA).identify(by=market.user("operator"))
