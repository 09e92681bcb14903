"""After a Musdes that did not accept: repair, a lower price or a dispute, and the next Musdes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.workflow import TransitionRefused
from tests.transactions.stage import OVERSEERS, VILLAGE, Market, attempt
from transactions.models import Accountability, Contract, Remedy

pytestmark = pytest.mark.django_db
READERS = VILLAGE | OVERSEERS | {"firm"}


def test_a_repair_goes_back_until_it_is_right_and_then_the_next_assembly_hears_it(market: Market) -> None:
    account = market.account("refused")
    remedy = market.remedy(account)
    assert remedy in Remedy.objects.waiting_for(market.user("firm"))
    assert account not in Accountability.objects.waiting_for(market.user("pka"))  # chosen already
    remedy.report(by=market.user("firm"), note="Modul dicetak.", proof=market.photo("firm"))
    assert remedy in Remedy.objects.waiting_for(market.user("pka"))
    remedy.give_back(by=market.user("pka"), reason="Sampul salah.")
    remedy.report(by=market.user("firm"), note="Sampul diganti.")
    remedy.confirm_repair(by=market.user("pka"), note="Sesuai.")
    assert list(remedy.steps.values_list("stage", flat=True)) == ["report", "return", "report"]
    account.refresh_from_db()
    assert account.state == "musdes"
    market.meeting(account, decision="accepted")
    account.refresh_from_db()
    account.close(by=market.user("kades"))


def test_a_lower_price_comes_back_into_the_cash_account(market: Market) -> None:
    account = market.account("refused")
    paid = account.contract.paid
    remedy = market.remedy(account, "reduction", asked=400_000)
    refund = {"number": "STS/1", "on": market.today, "amount": 400_000, "proof": market.file("kaur")}
    for amount in (paid + 1, 0):
        with pytest.raises(TransitionRefused, match=r"Pengembalian paling banyak|harus lebih dari nol"):
            remedy.record_refund(by=market.user("kaur"), **refund | {"amount": amount})
    with pytest.raises(TransitionRefused, match="masa depan"):
        remedy.record_refund(by=market.user("kaur"), **refund | {"on": market.today + dt.timedelta(days=1)})
    remedy.record_refund(by=market.user("kaur"), **refund)
    account = Accountability.objects.get(pk=account.pk)
    assert (account.state, account.refunded, account.contract.paid) == ("musdes", 400_000, paid)
    page = market.client("bpd").get(account.get_absolute_url()).content.decode()
    assert "Dikembalikan ke kas desa" in page and "Rp400.000" in page


def test_the_refunds_of_all_rounds_together_stay_within_what_was_paid(market: Market) -> None:
    account = market.account("refused")
    paid = account.contract.paid
    first = market.remedy(account, "reduction", asked=paid - 1000)
    refund = {"number": "STS/1", "on": market.today, "proof": market.file("kaur")}
    first.record_refund(by=market.user("kaur"), amount=paid - 1000, **refund)
    account.refresh_from_db()
    market.meeting(account, decision="refused")
    account.refresh_from_db()
    with pytest.raises(TransitionRefused, match=r"paling banyak Rp1\.000"):
        market.remedy(account, "reduction", asked=1001)
    second = market.remedy(account, "reduction", asked=1000)
    with pytest.raises(TransitionRefused, match=r"paling banyak Rp1\.000"):
        second.record_refund(by=market.user("kaur"), amount=1001, **refund)
    second.record_refund(by=market.user("kaur"), amount=1000, **refund)
    assert Accountability.objects.get(pk=account.pk).refunded == paid


def test_a_dispute_goes_up_step_by_step_and_ends_with_a_paper(market: Market) -> None:
    account = market.account("refused")
    remedy = market.remedy(account, "dispute", by="kades")
    with pytest.raises(TransitionRefused, match="Catat dahulu sedikitnya satu langkah"):
        remedy.settle(by=market.user("kades"), outcome="Sepakat.", proof=market.file("kades"))
    remedy.record_step(by=market.user("pka"), stage="led", on=market.today, note="Belum sepakat.")
    with pytest.raises(TransitionRefused, match="tidak mundur"):
        remedy.record_step(by=market.user("pka"), stage="talks", on=market.today, note="Lagi.")
    remedy.record_step(by=market.user("kades"), stage="further", on=market.today, note="Ke LPS.")
    remedy.settle(by=market.user("kades"), outcome="Penyedia mengulang hari kedua.", proof=market.file("kades"))
    account.refresh_from_db()
    assert (remedy.state, account.state) == ("done", "musdes")


def test_a_way_that_fails_makes_room_for_another_and_one_runs_at_a_time(market: Market) -> None:
    account = market.account("refused")
    remedy = market.remedy(account)
    with pytest.raises(TransitionRefused, match="masih berjalan"):
        market.remedy(account, "dispute")
    with pytest.raises(IntegrityError, match="remedy_one_open"), transaction.atomic():
        Remedy.objects.create(
            accountability=account, village=account.village, meeting=remedy.meeting, kind="dispute", reason="-",
            due_on=market.today, created_by=market.user("pka"),
        )  # fmt: skip
    remedy.give_up(by=market.user("pka"), reason="Penyedia tidak sanggup.")
    assert account in Accountability.objects.waiting_for(market.user("kades"))
    assert market.remedy(account, "dispute").state == "open"


def test_steps_of_another_way_are_refused_in_words_and_have_no_button(market: Market) -> None:
    remedy = market.remedy(market.account("refused"))
    refund = {"number": "1", "on": market.today, "amount": 1000, "proof": market.file("kaur")}
    assert attempt(remedy, "record_refund", market.user("kaur"), refund) == "Langkah ini untuk pengurangan harga."
    assert {move.verb for move in remedy.open_moves(market.user("kaur"))} == {"report", "give_up"}


def test_only_whose_step_it_is_reads_that_it_is_theirs(market: Market) -> None:
    remedy = market.remedy(market.account("refused"))
    page = remedy.get_absolute_url()

    def called() -> set[str]:
        return {key for key in READERS if b"Giliran Anda" in market.client(key).get(page).content}

    assert called() == {"firm"}
    remedy.report(by=market.user("firm"), note="Modul dilengkapi.")
    assert called() == {"pka"}


def test_who_may_read_and_who_may_choose(market: Market) -> None:
    account = market.account("refused")
    url = reverse("remedy-new", args=[account.code])
    chooses, reads = set(), set()
    for key in market.everyone():
        if b'name="kind"' in market.client(key).get(url).content:
            chooses.add(key)
    remedy = market.remedy(account, reason="Alasan yang hanya ada di sini.")
    for key in market.everyone():
        if b"Alasan yang hanya ada di sini." in market.client(key).get(remedy.get_absolute_url()).content:
            reads.add(key)
    assert chooses == {"pka", "kades"}
    assert reads == READERS
    assert market.client("pka2").post(remedy.move_url("give_up"), {"reason": "x"}).status_code == 404
    assert market.client("pld").post(remedy.move_url("give_up"), {"reason": "x"}).status_code == 409


def test_the_whole_way_through_its_pages(market: Market) -> None:
    from tests.transactions.test_whole_order import scan

    account = market.account("refused")
    client = market.client("pka")
    page = client.get(reverse("remedy-new", args=[account.code]))
    data = {"kind": "reduction", "reason": "Catatan Musdes.", "due_on": market.today.isoformat(),
            "submit_key": page.context["form"]["submit_key"].value()}  # fmt: skip
    assert "Isi jumlah pengurangan" in client.post(page.request["PATH_INFO"], data).content.decode()
    landed = client.post(page.request["PATH_INFO"], data | {"asked": "250.000"})
    remedy = Remedy.objects.get()
    assert landed["Location"] == remedy.get_absolute_url()
    sent = {"number": "STS/7", "on": market.today.isoformat(), "amount": "250.000", "proof": scan()}
    assert market.client("kaur").post(remedy.move_url("record_refund"), sent).status_code == 302
    remedy.refresh_from_db()
    assert (remedy.state, remedy.refunded) == ("done", 250_000)


def test_the_next_assembly_is_not_held_before_the_one_that_refused(market: Market) -> None:
    account = market.account("refused")
    market.mend(account)
    Contract.objects.filter(pk=account.contract_id).update(handover_on=market.today - dt.timedelta(days=30))
    account = Accountability.objects.get(pk=account.pk)
    with pytest.raises(TransitionRefused, match="tidak boleh sebelum Musdes sebelumnya"):
        market.meeting(account, held_on=market.today - dt.timedelta(days=1))
    second = market.meeting(account, decision="accepted")
    assert Accountability.objects.get(pk=account.pk).decided_meeting == second


def test_a_remedy_that_is_done_calls_for_the_next_assembly_until_it_was_held(market: Market) -> None:
    account = market.account("refused")
    market.mend(account)
    assert account.remedies.get().status_sentence.endswith("selesai. Musdes berikutnya dapat diadakan.")
    market.meeting(account, decision="accepted")
    assert Remedy.objects.get(accountability=account).status_sentence == "Perbaikan hasil pekerjaan selesai."


def test_the_next_assembly_has_as_many_days_as_the_first(market: Market) -> None:
    """The first day is over when the remedy ends: the order is not late on that very day."""
    account = market.account("refused")
    days = account.due_on - account.contract.handover_on
    first = market.today - dt.timedelta(days=1)
    Accountability.objects.filter(pk=account.pk).update(due_on=first)
    account.refresh_from_db()
    market.mend(account)
    account.refresh_from_db()
    assert (account.state, account.due_on, account.expected_on) == ("musdes", first, market.today + days)
    assert not account.is_overdue and account not in Accountability.objects.overdue()


def test_a_later_day_that_was_asked_for_stays(market: Market) -> None:
    account = market.account("refused")
    later = market.today + dt.timedelta(days=300)
    Accountability.objects.filter(pk=account.pk).update(postponed_to=later)
    account.refresh_from_db()
    market.mend(account)
    account.refresh_from_db()
    assert account.expected_on == later
