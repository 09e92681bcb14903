"""Every role tries every verb of a sourcing in every state, by each of the three methods; and what the refused read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.transactions.stage import Market, attempt, days_later, soon
from tests.transactions.test_moves import Table, prove
from transactions.models import Method, ProcurementRule, Sourcing

pytestmark = pytest.mark.django_db

PKA, TPK = {"pka"}, {"tpk"}
SECOND = {"pka", "sekdes", "bpd"}  # the team's own member has asked


def table(buyer: set[str], *, announce: str, opening: Table) -> Table:
    return {
        ("draft", "amend"): buyer,
        ("draft", announce): buyer,
        ("evaluated", "award"): buyer,
        ("opened", "evaluate"): buyer,
        ("awarded", "release"): buyer,  # until the village signs the contract
        ("awarded", "lapse"): set(),  # only by the contract that is terminated
        **{(state, "fail"): buyer for state in ("draft", "open", "opening", "opened", "evaluated")},
        **opening,
    }


ALONE: Table = {("open", "open_quotations"): PKA}
TOGETHER: Table = {("open", "ask_opening"): TPK, ("opening", "confirm_opening"): SECOND}
BY_METHOD = {
    Method.DIRECT: (9_500_000, table(PKA, announce="announce", opening=ALONE)),
    Method.QUOTATION: (20_000_000, table(TPK, announce="announce", opening=TOGETHER)),
    Method.TENDER: (250_000_000, table(TPK, announce="announce_tender", opening=TOGETHER)),
}
EVER: Table = {**BY_METHOD[Method.DIRECT][1], **BY_METHOD[Method.TENDER][1], **BY_METHOD[Method.QUOTATION][1]}


def walk(market: Market, hps: int) -> list[Callable[[Sourcing], Any]]:
    """The steps from the draft to the award."""

    def go_out(sourcing: Sourcing) -> None:
        buyer = market.buyer(sourcing)
        if sourcing.method == Method.TENDER:
            sourcing.announce_tender(by=buyer, deadline=soon_after(5))
            for key in ("firm", "rival"):
                market.register(sourcing, key)
        else:
            sourcing.announce(by=buyer, deadline=soon())
        market.quote(sourcing, "firm", hps - 1_000)
        if sourcing.method != Method.DIRECT:
            market.quote(sourcing, "rival", hps - 2_000)
        market.let_deadline_pass(sourcing)

    def evaluate(sourcing: Sourcing) -> None:
        sourcing.evaluate(by=market.buyer(sourcing), results={q.code: (True, "") for q in sourcing.quotations.all()})

    def award(sourcing: Sourcing) -> None:
        lowest = sourcing.quotations.order_by("price")[0]
        sourcing.award(by=market.buyer(sourcing), quotation=lowest)

    def second(sourcing: Sourcing) -> None:
        sourcing.confirm_opening(by=market.user("bpd"))

    def first(sourcing: Sourcing) -> None:
        sourcing.ask_opening(by=market.user("tpk"))

    def alone(sourcing: Sourcing) -> None:
        sourcing.open_quotations(by=market.user("pka"))

    opening = [alone] if hps <= 10_000_000 else [first, second]
    return [go_out, *opening, evaluate, award]


def soon_after(days: int) -> Any:
    import datetime as dt

    return soon() + dt.timedelta(days=days)


@pytest.mark.parametrize("method", list(BY_METHOD))
def test_who_may_do_what_with_a_sourcing(method: Method, market: Market) -> None:
    hps, rows = BY_METHOD[method]
    sourcing = market.sourcing("draft", hps=hps)
    assert sourcing.method == method
    seen = [sourcing.state]
    prove(market, sourcing, rows, ever=EVER)
    for act in walk(market, hps):
        act(sourcing)
        prove(market, sourcing, rows, ever=EVER)
        seen.append(sourcing.state)
    sourcing.release(by=market.buyer(sourcing), reason="Pemenang mundur.")
    sourcing.fail(by=market.buyer(sourcing), reason="Tidak ada lagi.")
    prove(market, sourcing, rows, ever=EVER)
    missing = {"opening"} if method == Method.DIRECT else set()
    assert {*seen, sourcing.state} == set(Sourcing.State.values) - missing


# --- the sentences -----------------------------------------------------------------------------------
TEAM = "Tim Pelaksana Kegiatan (TPK) desa ini."
BUYS = {
    Method.DIRECT: "Pembelian Langsung dilakukan oleh Kasi/Kaur (Pelaksana Kegiatan Anggaran) desa ini.",
    Method.QUOTATION: f"Permintaan Penawaran dilakukan oleh {TEAM}",
    Method.TENDER: f"Lelang dilakukan oleh {TEAM}",
}
OFFICERS = (
    "amend",
    "announce",
    "announce_tender",
    "open_quotations",
    "ask_opening",
    "evaluate",
    "award",
    "release",
    "fail",
)


@pytest.mark.parametrize("method", list(BY_METHOD))
def test_another_office_reads_whose_step_it_is(method: Method, market: Market) -> None:
    sourcing = market.sourcing("draft", hps=BY_METHOD[method][0])
    said = {
        (key, verb): sourcing.may(verb, market.user(key)).reason
        for key in ("operator", "sekdes", "kades", "bpd", "pld", "dpmd", "ministry", "firm", "tpk2", "nobody", "public")
        for verb in OFFICERS
    }
    assert {case: reason for case, reason in said.items() if reason != BUYS[method]} == {}


def test_who_may_not_be_the_second_person_reads_who_may(market: Market) -> None:
    sourcing = market.sourcing("opening", hps=20_000_000)
    said = "Pembukaan disaksikan oleh anggota TPK lain, Kasi/Kaur, Sekretaris Desa, atau BPD desa ini."
    for key in ("operator", "kaur", "kades", "pld", "dpmd", "ministry", "firm", "tpk2", "bpd2", "nobody", "public"):
        assert sourcing.may_confirm_opening(market.user(key)).reason == said, key
    asked = sourcing.may_confirm_opening(market.user("tpk")).reason
    assert asked == "Anda yang meminta pembukaan; orang kedua yang membukanya bersama Anda harus orang lain."


def test_who_works_for_a_bidder_is_no_witness(market: Market) -> None:
    import datetime as dt

    from accounts.models import Membership, Role

    sourcing = market.sourcing("opening", hps=20_000_000)
    Membership.objects.create(
        user=market.user("bpd"), role=Role.PROVIDER, provider=market.rival.provider, starts_on=dt.date(2024, 1, 1)
    )
    refusal = attempt(sourcing, "confirm_opening", market.user("bpd"), {})
    assert refusal == "Anda bekerja pada penyedia yang ikut, jadi tidak dapat menyaksikan pembukaan ini."


@pytest.mark.parametrize(
    ("hps", "verb", "sentence"),
    [
        (9_500_000, "announce_tender", "Pembelian Langsung tidak diumumkan sebagai lelang; kirim undangannya."),
        (20_000_000, "announce_tender", "Permintaan Penawaran tidak diumumkan sebagai lelang; kirim undangannya."),
        (250_000_000, "announce", "Lelang diumumkan kepada semua penyedia, tidak dikirim sebagai undangan."),
    ],
)
def test_the_other_methods_way_out_is_refused(hps: int, verb: str, sentence: str, market: Market) -> None:
    sourcing = market.sourcing("draft", hps=hps)
    assert attempt(sourcing, verb, market.buyer(sourcing), {"deadline": soon_after(9)}) == sentence


@pytest.mark.parametrize(
    ("hps", "verb", "sentence"),
    [
        (9_500_000, "ask_opening", "Penawaran pengadaan ini dibuka oleh satu orang, tanpa saksi."),
        (
            20_000_000,
            "open_quotations",
            "Penawaran Permintaan Penawaran dibuka oleh dua orang: minta pembukaan dahulu.",
        ),
        (250_000_000, "open_quotations", "Penawaran Lelang dibuka oleh dua orang: minta pembukaan dahulu."),
    ],
)
def test_one_opens_a_direct_purchase_and_two_the_others(hps: int, verb: str, sentence: str, market: Market) -> None:
    sourcing = market.sourcing("quoted", hps=hps)
    market.let_deadline_pass(sourcing)
    assert attempt(sourcing, verb, market.buyer(sourcing), {}) == sentence


@pytest.mark.parametrize("hps", [20_000_000, 250_000_000])
def test_before_the_deadline_and_without_an_offer_nobody_opens(hps: int, market: Market) -> None:
    sourcing = market.sourcing("open", hps=hps)
    tpk = market.user("tpk")
    early = "Penawaran baru dapat dibuka setelah batas waktu."
    assert attempt(sourcing, "ask_opening", tpk, {}) == early
    with days_later(60):  # only the database's clock counts, in both directions
        assert attempt(sourcing, "ask_opening", tpk, {}) == early
    market.let_deadline_pass(sourcing)
    for days in (0, -60):
        with days_later(days):
            refusal = attempt(sourcing, "ask_opening", tpk, {})
            assert refusal.startswith("Tidak ada penawaran yang masuk sampai batas waktu")
            assert "batas waktu tidak dapat digeser" in refusal


def test_by_a_rule_that_asks_for_one_opener_one_opens(market: Market) -> None:
    ProcurementRule.objects.update(two_openers=False)
    sourcing = market.sourcing("quoted", hps=20_000_000)
    market.let_deadline_pass(sourcing)
    sourcing.open_quotations(by=market.user("tpk"))
    assert sourcing.state == "opened"


def test_after_the_village_signed_the_winner_is_not_let_go(market: Market) -> None:
    contract = market.contract("running")
    refusal = attempt(contract.sourcing, "release", market.user("pka"), {"reason": "x"})
    assert refusal == "Kontraknya sudah ditandatangani desa; pekerjaan itu diakhiri dengan pemutusan kontrak."
