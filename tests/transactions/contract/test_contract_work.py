"""Parts, training, both hand-overs, the fine, addenda, and contracts that end early."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import Membership, Role
from core.formats import tanggal_sedang
from core.workflow import TransitionRefused
from tests.transactions.stage import Market, attempt, days_later
from transactions.models import Accountability, Cause, Conditions, Contract, Kind, ProcurementRule

pytestmark = pytest.mark.django_db

PARTS = Conditions(termins=((40, "Sesudah 40 % diterima"), (60, "Sesudah serah terima")))


def ruled(permille: int | None = 1, cap: int | None = 5) -> None:
    """The example rule with this fine."""
    ProcurementRule.objects.update(fine_permille=permille, fine_cap_percent=cap)


def signed(market: Market, conditions: Conditions | None = None, **more: Any) -> Contract:
    contract = market.contract("drafted", **more)
    contract.issue(
        by=market.user("pka"), number="1", signed_on=market.today, starts_on=market.today, conditions=conditions
    )
    contract.sign_for_provider(by=market.user("firm"), scan=market.file("firm"))
    contract.sign_for_village(by=market.user("pka"), scan=market.file("pka"))
    return contract


def finished(market: Market, contract: Contract) -> None:
    provider, manager = market.user("firm"), market.user("pka")
    contract.report_progress(by=provider, percent=100, text="Selesai.")
    contract.request_inspection(by=provider)
    contract.accept_work(by=manager, note="Sesuai.")


# --- issuing -----------------------------------------------------------------------------------------
def test_the_kind_follows_the_way_of_buying_and_the_rule(market: Market) -> None:
    assert market.contract("drafted").kind == Kind.ORDER
    more = {"hps": 20_000_000, "prices": {"firm": 18_000_000, "rival": 19_000_000}}
    assert market.contract("drafted", **more).kind == Kind.SPK
    ProcurementRule.objects.update(agreement_from=15_000_000)
    assert market.contract("drafted", **more).kind == Kind.AGREEMENT


def test_what_is_signed_names_items_termins_and_fine_but_no_account_number(market: Market) -> None:
    ruled()
    contract = signed(market, PARTS)
    said, provider = contract.agreed, contract.provider
    assert [(row["percent"], row["amount"]) for row in said["termins"]] == [(40, 3_760_000), (60, 5_640_000)]
    assert [(row.percent, amount) for row, amount in contract.planned([])] == [(40, 3_760_000), (60, 5_640_000)]
    assert sum(line["amount"] for line in said["lines"]) == contract.value
    assert (said["fine"]["permille"], said["fine"]["cap_percent"]) == (1, 5)
    text = str(contract.snapshot)
    assert provider.account_number not in text and provider.npwp not in text and provider.nik not in text
    assert said["provider"]["account_ends"] == provider.account_number[-4:]
    assert contract.provider_account == provider.account_number


@pytest.mark.parametrize(
    ("termins", "sentence"),
    [
        (((40, "x"), (50, "y")), "Jumlah termin harus tepat 100 persen."),
        (((0, "x"), (100, "y")), "Jumlah termin harus tepat 100 persen."),
        (((50, "x"), (50, "")), "Tuliskan syarat setiap termin."),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(market: Market, termins: Any, sentence: str) -> None:
    contract = market.contract("drafted")
    with pytest.raises(TransitionRefused) as refused:
        contract.issue(
            by=market.user("pka"), number="1", signed_on=market.today, starts_on=market.today,
            conditions=Conditions(termins=termins),
        )  # fmt: skip
    assert refused.value.reason == sentence
    assert not contract.termins.exists()


def test_a_contract_older_than_termins_has_one(market: Market) -> None:
    contract = signed(market)
    contract.termins.all().delete()
    assert [(row.number, row.percent, amount) for row, amount in contract.planned([])] == [(1, 100, contract.value)]


# --- the work ----------------------------------------------------------------------------------------
def test_parts_are_accepted_upwards_only(market: Market) -> None:
    contract, provider, manager = signed(market, PARTS), market.user("firm"), market.user("pka")
    contract.report_progress(by=provider, percent=45, text="Hampir separuh.")
    with pytest.raises(TransitionRefused, match="Pemeriksaan 50 % diminta setelah kemajuan dilaporkan 50 %"):
        contract.request_inspection(by=provider, percent=50)
    contract.request_inspection(by=provider, percent=40)
    contract.accept_part(by=manager, note="Sesuai.", number="BAP/1")
    assert (contract.state, contract.accepted_percent) == ("running", 40)
    assert contract.termins.get(number=1).due == 3_760_000
    with pytest.raises(TransitionRefused, match="40 % pekerjaan sudah diperiksa dan diterima"):
        contract.request_inspection(by=provider, percent=30)
    finished(market, contract)
    assert (contract.state, contract.accepted_percent) == ("inspected", 100)


def test_repair_has_findings_and_a_day_and_the_work_is_looked_at_again(market: Market) -> None:
    contract, provider, manager = market.contract("inspection"), market.user("firm"), market.user("pka")
    with pytest.raises(TransitionRefused, match="Batas waktu perbaikan tidak boleh sudah lewat"):
        contract.ask_repair(by=manager, reason="Kurang.", due_on=market.today - dt.timedelta(days=1))
    contract = Contract.objects.get(pk=contract.pk)
    due = market.today + dt.timedelta(days=7)
    contract.ask_repair(by=manager, reason="Modul kurang satu.", due_on=due, number="BAP/1", on=market.today)
    page = market.client("firm").get(contract.get_absolute_url()).content.decode()
    assert f"Perbaikan diminta: Modul kurang satu; paling lambat {tanggal_sedang(due)}." in page
    contract.request_inspection(by=provider, note="Modul ditambah.")
    assert "Perbaikan diminta: Modul" not in market.client("firm").get(contract.get_absolute_url()).content.decode()
    contract.accept_work(by=manager, note="Lengkap.", number="BAP/2")
    rows = [(row.result, row.findings, row.number, row.repair_due_on) for row in contract.inspections.all()]
    assert rows == [("repair", "Modul kurang satu.", "BAP/1", due), ("accepted", "Lengkap.", "BAP/2", None)]


def test_a_meeting_is_recorded_once_with_who_came(market: Market) -> None:
    contract = market.contract("running")
    facts: dict[str, Any] = {"held_on": market.today, "topic": "Kas", "place": "Aula", "men": 4, "women": 9}
    contract.record_training(by=market.user("firm"), attendance=market.file("firm"), **facts)
    with pytest.raises(TransitionRefused, match="sudah tercatat"):
        contract.record_training(by=market.user("firm"), **facts)
    for wrong, sentence in (
        ({"topic": "Laba", "men": 0, "women": 0}, "Isi jumlah peserta"),
        ({"held_on": market.today + dt.timedelta(days=1)}, "tidak boleh di masa depan"),
        ({"held_on": market.today - dt.timedelta(days=1)}, "sebelum pekerjaan dimulai"),
    ):
        with pytest.raises(TransitionRefused, match=sentence):
            contract.record_training(by=market.user("firm"), **facts | wrong)
    session = contract.sessions.get()
    assert (session.participants, session.attendance is not None) == (13, True)


def test_the_same_report_sent_twice_is_kept_once(market: Market) -> None:
    contract = market.contract("running")
    contract.report_progress(by=market.user("firm"), percent=10, text="Mulai.")
    with pytest.raises(TransitionRefused, match="Laporan ini sudah tercatat"):
        contract.report_progress(by=market.user("firm"), percent=10, text="Mulai.")
    assert contract.progress.count() == 1


# --- late ----------------------------------------------------------------------------------------------
def late_by(market: Market, days: int, **more: Any) -> Contract:
    """Finished so many days after the agreed end of two weeks."""
    ruled()
    contract = signed(market, **more)
    with days_later(13 + days):
        finished(market, contract)
    return Contract.objects.get(pk=contract.pk)


def over(market: Market, contract: Contract, **more: Any) -> None:
    contract.hand_over(by=market.user("pka"), number="1", on=market.today, place="Kantor", **more)


def test_a_late_day_costs_what_the_contract_says(market: Market) -> None:
    contract = late_by(market, 3)
    with days_later(20):  # the village looked later: those days are not the provider's
        over(market, contract)
    assert (contract.late_days, contract.fine_proposed, contract.fine) == (3, 28_200, 28_200)
    assert contract.events().get(verb="hand_over").data["fine"] == 28_200


def test_on_the_last_day_nothing_is_late(market: Market) -> None:
    contract = late_by(market, 0)
    with days_later(20):
        over(market, contract)
    assert (contract.late_days, contract.fine) == (0, 0)


def test_less_than_the_contract_says_needs_a_reason_and_more_is_refused(market: Market) -> None:
    contract = late_by(market, 3)
    with days_later(20):
        for fine, sentence in (
            (28_201, "Denda paling banyak Rp28.200 menurut kontrak."),
            (-1, "Denda paling banyak Rp28.200 menurut kontrak."),
            (0, "Tuliskan alasan denda lebih rendah daripada menurut kontrak."),
        ):
            with pytest.raises(TransitionRefused) as refused:
                over(market, Contract.objects.get(pk=contract.pk), fine=fine)
            assert refused.value.reason == sentence
        over(market, contract, fine=0, fine_reason="Jalan putus karena banjir.")
    assert (contract.fine_proposed, contract.fine, contract.fine_reason) == (28_200, 0, "Jalan putus karena banjir.")


def test_a_signed_extension_leaves_no_day_late(market: Market) -> None:
    ruled()
    contract = signed(market)
    market.addendum(contract, "signed")  # two weeks more
    with days_later(20):
        finished(market, contract)
        over(market, contract)
    assert (contract.late_days, contract.fine) == (0, 0)


# --- to the village head ---------------------------------------------------------------------------------
def test_the_accountability_begins_when_the_head_has_taken_over(market: Market) -> None:
    contract = market.contract("received")
    assert not Accountability.objects.filter(contract=contract).exists()
    with pytest.raises(TransitionRefused, match="mencatat BAST kepada Kepala Desa dahulu"):
        contract.confirm_handover(by=market.user("kades"))
    contract = Contract.objects.get(pk=contract.pk)
    with pytest.raises(TransitionRefused, match="sebelum BAST dari penyedia"):
        contract.hand_to_head(by=market.user("pka"), number="2", on=market.today - dt.timedelta(days=1), place="Kantor")
    contract = Contract.objects.get(pk=contract.pk)
    contract.hand_to_head(by=market.user("pka"), number="2", on=market.today, place="Kantor")
    assert contract.turn == "Kepala Desa"
    contract.confirm_handover(by=market.user("kades"))
    assert contract.state == "handed_over"
    assert Accountability.objects.get(contract=contract).state == "payment"


def test_a_head_replaced_in_the_middle_confirms_no_more(market: Market) -> None:
    contract = market.contract("given")
    Membership.objects.filter(user=market.user("kades")).update(ends_on=market.today - dt.timedelta(days=2))
    with pytest.raises(TransitionRefused, match="diterima dari Kasi/Kaur oleh Kepala Desa"):
        contract.confirm_handover(by=market.user("kades"))


# --- addenda -----------------------------------------------------------------------------------------------
def test_value_and_end_change_with_the_second_signature_only(market: Market) -> None:
    contract = signed(market)
    before = (contract.value, contract.ends_on)
    addendum = market.addendum(contract, "provider_signed", new_value=9_450_000)
    contract.refresh_from_db()
    assert (contract.value, contract.ends_on) == before
    addendum.sign_for_village(by=market.user("pka"), scan=market.file("pka"))
    contract.refresh_from_db()
    assert (contract.value, contract.ends_on) == (9_450_000, before[1] + dt.timedelta(days=14))
    assert contract.snapshot["money"]["value"] == before[0]  # what was signed first stays
    assert addendum.snapshot["value"] == {"was": before[0], "is": 9_450_000}
    assert contract.events().get(verb="change").data["value"] == [before[0], 9_450_000]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"new_value": 9_400_000}, "Nilai yang baru sama dengan nilai sekarang."),
        ({"new_value": 9_500_001}, "Nilai tidak boleh melebihi pagu Rp9.500.000."),
        ({"new_ends_on": dt.date(2020, 1, 1)}, "Tanggal selesai yang baru harus sesudah"),
        ({"signed_on": dt.date(2020, 1, 1)}, "Tanggal adendum tidak boleh sebelum tanggal kontrak."),
        ({"signed_on": dt.date(2100, 1, 1)}, "Tanggal adendum tidak boleh di masa depan."),
    ],
)
def test_an_addendum_that_cannot_be_is_refused(market: Market, changes: Any, sentence: str) -> None:
    with pytest.raises(TransitionRefused, match=sentence):
        market.addendum(signed(market), **changes)


def test_another_addendum_waits_for_the_first(market: Market) -> None:
    from django.core.exceptions import ValidationError

    contract = signed(market)
    market.addendum(contract)
    with pytest.raises(ValidationError) as refused:
        market.addendum(contract)
    assert refused.value.messages == ["Masih ada adendum yang menunggu tanda tangan."]


def test_the_value_never_falls_below_what_is_paid(market: Market) -> None:
    contract = signed(market, PARTS)
    contract.report_progress(by=market.user("firm"), percent=40, text="Empat puluh.")
    contract.request_inspection(by=market.user("firm"), percent=40)
    contract.accept_part(by=market.user("pka"), note="Sesuai.")
    market.request(contract, "paid")
    assert contract.paid == 3_760_000
    with pytest.raises(TransitionRefused, match=r"Sudah dibayar Rp3\.760\.000; nilai tidak dapat di bawahnya"):
        market.addendum(contract, new_value=3_759_999)
    market.addendum(contract, "signed", new_value=3_760_000)


# --- an early end --------------------------------------------------------------------------------------------
def test_a_contract_that_ends_early_says_why_and_what_is_owed(market: Market) -> None:
    ruled()
    contract = signed(market, PARTS)
    addendum = market.addendum(contract)
    contract.report_progress(by=market.user("firm"), percent=40, text="Empat puluh.")
    contract.request_inspection(by=market.user("firm"), percent=40)
    contract.accept_part(by=market.user("pka"), note="Sesuai.")
    with pytest.raises(TransitionRefused, match=r"antara 40 % \(sudah diterima\) dan 100 %"):
        contract.terminate(by=market.user("pka"), cause=Cause.FORCE, reason="Banjir.", percent=39)
    contract = Contract.objects.get(pk=contract.pk)
    contract.terminate(by=market.user("pka"), cause=Cause.FORCE, reason="Banjir.", percent=55)
    assert (contract.state, contract.owed, contract.fine) == ("terminated", 5_170_000, 0)
    addendum.refresh_from_db()
    assert addendum.state == "withdrawn"
    contract.sourcing.refresh_from_db()
    assert contract.sourcing.state == "failed"


def test_before_both_have_signed_nothing_is_owed(market: Market) -> None:
    contract = market.contract("issued")
    with pytest.raises(TransitionRefused, match="Pekerjaan belum dimulai, jadi tidak dibayar"):
        contract.terminate(by=market.user("pka"), cause="agreed", reason="Batal.", percent=10)


@pytest.mark.parametrize(("cause", "fine"), [(Cause.LATE, 28_200), (Cause.FORCE, 0), (Cause.VILLAGE, 0)])
def test_only_where_the_provider_is_at_fault_late_days_cost_at_the_end(market: Market, cause: str, fine: int) -> None:
    ruled()
    contract = signed(market)
    with days_later(16):
        contract.terminate(by=market.user("pka"), cause=cause, reason="Alasan.")
    assert contract.fine == fine


def test_it_is_not_handed_over_before_it_was_inspected(market: Market) -> None:
    contract = market.contract("inspected")
    Contract.objects.filter(pk=contract.pk).update(
        starts_on=market.today - dt.timedelta(days=20), signed_on=market.today - dt.timedelta(days=20)
    )
    contract.refresh_from_db()
    with pytest.raises(TransitionRefused, match="Serah terima tidak boleh sebelum pekerjaan diperiksa"):
        contract.hand_over(by=market.user("pka"), number="1", on=market.today - dt.timedelta(days=1), place="Kantor")


def test_a_head_of_the_firm_does_not_take_over_its_work(market: Market) -> None:
    contract = market.contract("given")
    Membership.objects.create(
        user=market.user("kades"), role=Role.PROVIDER, provider=contract.provider, starts_on=dt.date(2024, 1, 1)
    )
    refusal = attempt(contract, "confirm_handover", market.user("kades"), {})
    assert refusal.startswith("Anda bekerja pada penyedia ini")


def test_a_contract_is_not_dated_in_the_future_nor_before_its_award(market: Market) -> None:
    contract = market.contract("drafted")
    day = dt.timedelta(days=1)
    for signed_on, starts_on, sentence in (
        (market.today + day, market.today + day, "Tanggal kontrak tidak boleh di masa depan."),
        (market.today - day, market.today, "Tanggal kontrak tidak boleh sebelum penetapan pemenang."),
        (market.today, market.today + 366 * day, "Pelaksanaan dimulai paling lambat 365 hari"),
    ):
        with pytest.raises(TransitionRefused, match=sentence):
            contract.issue(by=market.user("pka"), number="027/1", signed_on=signed_on, starts_on=starts_on)
