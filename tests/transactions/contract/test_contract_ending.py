"""A contract that goes back, or ends before its time: what is taken back, what it costs, and what stays owed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import PrintedDocument
from core.workflow import TransitionRefused
from tests.transactions.contract.test_contract_work import PARTS, finished, late_by, over, ruled, signed
from tests.transactions.stage import Market, attempt, days_later
from transactions.forms import TerminateForm
from transactions.models import Contract, Need, PaymentRequest

pytestmark = pytest.mark.django_db


# --- back to the provider ------------------------------------------------------------------------------------
def test_the_head_who_finds_a_defect_sends_the_work_back_with_the_reason(market: Market) -> None:
    contract = market.contract("given")
    contract.attach_head_scan(by=market.user("pka"), scan=market.file("pka"))
    contract.send_back(by=market.user("kades"), reason="Dua modul belum ada.")
    assert (contract.state, contract.accepted_percent, contract.turn) == ("running", 0, "Penyedia")
    assert (contract.handover_on, contract.handover_number, contract.head_handover_on) == (None, "", None)
    assert (contract.handover_scan, contract.head_handover_scan, contract.accepted_at) == (None, None, None)
    assert contract.inspection_note == "Dua modul belum ada."
    event = contract.events().get(verb="send_back")
    assert event.data["handover"] == ["028/1/BAST", market.today.isoformat()]
    assert event.data["head_handover"] == ["028/2/BAST", market.today.isoformat()]
    assert {notice.user for notice in event.notices.all()} == {market.user("firm"), market.user("pka")}
    contract.request_inspection(by=market.user("firm"))
    contract.accept_work(by=market.user("pka"), note="Lengkap.")
    over(market, contract)
    assert contract.state == "received"


def test_what_was_accepted_in_part_stays_accepted(market: Market) -> None:
    contract, provider, manager = signed(market, PARTS), market.user("firm"), market.user("pka")
    contract.report_progress(by=provider, percent=40, text="Empat puluh.")
    contract.request_inspection(by=provider, percent=40)
    contract.accept_part(by=manager, note="Sesuai.")
    market.request(contract, "paid")
    finished(market, contract)
    contract.send_back(by=manager, reason="Diterima karena keliru.")
    assert (contract.state, contract.accepted_percent) == ("running", 40)


def test_days_until_the_work_was_mended_are_late_days(market: Market) -> None:
    contract = late_by(market, 0)
    with days_later(14):
        contract.send_back(by=market.user("pka"), reason="Modul keliru.")
    with days_later(16):
        contract.request_inspection(by=market.user("firm"))
        contract.accept_work(by=market.user("pka"), note="Sesuai.")
        over(market, contract)
    assert contract.late_days == 3


def test_a_request_for_a_part_that_was_taken_back_is_not_paid(market: Market) -> None:
    contract = signed(market, PARTS)
    finished(market, contract)
    request = market.request(contract, "approved")  # forty percent, by the acceptance of the whole
    contract.refresh_from_db()
    contract.send_back(by=market.user("pka"), reason="Diterima karena keliru.")
    with pytest.raises(TransitionRefused, match="Termin 1 diajukan setelah 40 % hasil pekerjaan diterima"):
        market.transfer(PaymentRequest.objects.get(pk=request.pk))


def test_whoever_holds_the_work_may_send_it_back(market: Market) -> None:
    contract = market.contract("inspected")
    assert attempt(contract, "send_back", market.user("kades"), {"reason": "x"}).startswith(
        "Langkah ini dilakukan oleh"
    )
    contract = market.contract("received")
    refusal = attempt(contract, "send_back", market.user("pka"), {"reason": "x"})
    assert refusal == "Setelah BAST, hasil pekerjaan dikembalikan oleh Kepala Desa."


# --- an early end ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["inspected", "received"])
def test_accepted_work_is_owed_in_full_when_its_contract_ends(market: Market, state: str) -> None:
    contract = market.contract(state)
    form = TerminateForm(document=contract, user=market.user("pka"))
    assert form["percent"].value() == 100
    with pytest.raises(TransitionRefused, match=r"antara 100 % \(sudah diterima\) dan 100 %"):
        Contract.objects.get(pk=contract.pk).terminate(
            by=market.user("pka"), cause="bankrupt", reason="Tutup.", percent=50
        )
    contract.terminate(by=market.user("pka"), cause="bankrupt", reason="Usahanya tutup.")
    assert (contract.state, contract.owed) == ("terminated", 9_400_000)
    assert market.request(contract, "paid").amount == 9_400_000


def test_a_fine_that_was_decided_with_the_bast_outlives_the_end(market: Market) -> None:
    contract = late_by(market, 3)
    with days_later(20):
        over(market, contract)
        contract.terminate(by=market.user("pka"), cause="bankrupt", reason="Usahanya tutup.")
    assert (contract.late_days, contract.fine) == (3, 28_200)


def test_an_end_answers_the_inspection_that_was_asked_for(market: Market) -> None:
    ruled()
    contract = signed(market)
    with days_later(13):  # the last agreed day
        contract.report_progress(by=market.user("firm"), percent=100, text="Selesai.")
        contract.request_inspection(by=market.user("firm"))
    with days_later(20):
        assert not contract.is_late
        contract.terminate(by=market.user("pka"), cause="default", reason="Tidak memperbaiki.")
    row = contract.inspections.get()
    assert (row.result, row.findings, row.decided_by) == ("ended", "Tidak memperbaiki.", market.user("pka"))
    assert (contract.open_inspection, contract.late_days, contract.fine) == (None, 0, 0)
    kinds = [each["kind"] for each in printable(market, contract)]
    assert "ba-pemeriksaan" not in kinds
    assert "Menunggu Kasi/Kaur" not in market.client("pka").get(contract.get_absolute_url()).content.decode()


def printable(market: Market, contract: Contract) -> list[dict[str, str]]:
    from transactions import documents
    from transactions.order import Order

    found = documents.available(Order(contract.need, market.user("pka")))
    return [{"kind": each.kind, "label": each.label} for each in found]


def test_work_that_waits_for_the_village_is_not_late(market: Market) -> None:
    contract = market.contract("inspection")
    with days_later(30):
        assert not Contract.objects.get(pk=contract.pk).is_late
        contract.accept_work(by=market.user("pka"), note="Sesuai.")
        assert not contract.is_late
    running = market.contract("reported")
    with days_later(30):
        assert running.is_late


def test_another_bast_to_the_head_wants_its_own_scan(market: Market) -> None:
    contract = market.contract("given")
    contract.attach_head_scan(by=market.user("pka"), scan=market.file("pka"))
    again = {"on": market.today, "place": "Kantor"}
    contract.hand_to_head(by=market.user("pka"), number="028/2/BAST", **again)
    assert contract.head_handover_scan is not None
    contract.hand_to_head(by=market.user("pka"), number="028/3/BAST", **again)
    assert contract.head_handover_scan is None


# --- what an ended contract owes, beside the next one ------------------------------------------------------------
def owing(market: Market) -> tuple[Contract, Contract]:
    """A contract that ended with half of it owed, and the next one of the same need, in work."""
    ended = signed(market)
    ended.terminate(by=market.user("pka"), cause="force", reason="Banjir.", percent=50)
    need = Need.objects.select_related("village").get(pk=ended.need.pk)
    return Contract.objects.get(pk=ended.pk), market.contract("running", need=need, hps=4_000_000)


def test_what_an_ended_contract_owes_stands_beside_the_next_one(market: Market) -> None:
    ended, following = owing(market)
    page = market.client("pka").get(following.get_absolute_url()).content.decode()
    assert "Kontrak sebelumnya yang masih harus dibayar" in page
    assert "masih harus dibayar Rp4.700.000" in page
    assert reverse("payment-request-new", args=[ended.code]) in page
    request = market.request(ended, "submitted")
    page = market.client("sekdes").get(following.get_absolute_url()).content.decode()
    assert request.get_absolute_url() in page
    assert reverse("payment-request-new", args=[ended.code]) not in page
    request.examine(by=market.user("sekdes"), answers={key: (True, "") for key, _ in PaymentRequest.CHECKS})
    request.approve(by=market.user("kades"))
    market.transfer(request)
    page = market.client("pka").get(following.get_absolute_url()).content.decode()
    assert "Kontrak sebelumnya yang masih harus dibayar" not in page


def test_a_contract_that_ended_waits_for_its_manager_until_all_it_owes_is_asked_for(market: Market) -> None:
    ended, _ = owing(market)
    waiting = {
        key: Contract.objects.waiting_for(user).filter(pk=ended.pk).exists()
        for key, user in market.everyone().items()
        if user
    }
    assert {key for key, waits in waiting.items() if waits} == {"pka"}
    assert "Kasi/Kaur" in ended.turn
    assert "Rp4.700.000" in ended.status_sentence
    market.request(ended)
    assert not Contract.objects.waiting_for(market.user("pka")).filter(pk=ended.pk).exists()
    nothing = market.contract("terminated")
    assert not Contract.objects.waiting_for(market.user("pka")).filter(pk=nothing.pk).exists()


def test_a_request_of_an_ended_contract_prints_its_own_papers(market: Market) -> None:
    ended, following = owing(market)
    old = market.request(ended)
    finished(market, following)
    over(market, following)
    following.hand_to_head(by=market.user("pka"), number="2", on=market.today, place="Kantor")
    following.confirm_handover(by=market.user("kades"))
    new = market.request(following)
    client = market.client("pka")
    for request, turn in ((new, ""), (old, "1")):
        page = client.get(request.get_absolute_url()).content.decode()
        address = reverse("print-paper", args=[request.need.code, "spp-1"])
        assert page.count(address) == 1
        assert ('name="ke" value="1"' in page) == bool(turn)
        client.post(address, {"kertas": "A4", "ke": turn or "0"})
        paper = PrintedDocument.objects.about(request).get(kind="spp")
        assert paper.snapshot["pay"]["asked"] == request.amount


def test_an_addendum_of_a_joint_purchase_keeps_to_what_all_may_spend(market: Market) -> None:
    from tests.transactions.planning.test_joint import bought_together

    contract, _, _ = bought_together(market)  # 9.4 million of 10, from both villages' lists
    contract.check_room(600_000)
    with pytest.raises(TransitionRefused, match=r"Nilai tidak boleh melebihi pagu Rp10\.000\.000"):
        contract.check_room(600_001)
