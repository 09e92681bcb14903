"""Nothing closes without hand-over scan, payment and the assembly's record with its scan."""

from __future__ import annotations

import datetime as dt

import pytest

from core.documents import fingerprint, thaw
from core.workflow import TransitionRefused
from tests.transactions.stage import CAME, Market, days_later
from transactions.models import Accountability, Duty, Meeting

pytestmark = pytest.mark.django_db


def refusal(account: Accountability, market: Market) -> str:
    account.refresh_from_db()
    with pytest.raises(TransitionRefused) as refused:
        account.close(by=market.user("kades"))
    return refused.value.reason


def test_nothing_closes_before_each_paper_is_there(market: Market) -> None:
    account = market.account("payment", scan=False)
    assert account.missing() == [
        "pindaian BAST bertanda tangan",
        "pindaian BAST kepada Kepala Desa",
        "catatan pembayaran",
        "catatan Musdes dengan pindaian berita acara",
    ]
    assert "statusnya sekarang Menunggu Pembayaran" in refusal(account, market)
    market.pay(account)
    assert "statusnya sekarang Menunggu Musdes" in refusal(account, market)
    market.meeting(account, decision="accepted")
    assert refusal(account, market) == (
        "Belum dapat ditutup. Masih kurang: pindaian BAST bertanda tangan, pindaian BAST kepada Kepala Desa."
    )
    account.contract.attach_handover_scan(by=market.user("operator"), scan=market.file("operator"))
    account.contract.attach_head_scan(by=market.user("operator"), scan=market.file("operator"))
    account = Accountability.objects.get(pk=account.pk)
    account.close(by=market.user("kades"))
    assert (account.state, account.missing()) == ("closed", [])
    assert account.closed_at is not None


def test_a_closed_file_changes_no_more(market: Market) -> None:
    account = market.account("closed")
    with pytest.raises(TransitionRefused, match="berkasnya tidak berubah lagi"):
        account.contract.attach_handover_scan(by=market.user("pka"), scan=market.file("pka"))
    with pytest.raises(TransitionRefused, match="diadakan setelah serah terima dan pembayaran"):
        market.meeting(account)


def test_the_assembly_decides_with_people_photos_and_scan_only(market: Market) -> None:
    account = market.account("musdes")
    meeting = market.draft_meeting(account)
    meeting.prepare(by=market.user("pld"), accounts=[account])
    bpd = market.user("bpd")
    with pytest.raises(TransitionRefused) as refused:
        market.decide(meeting, "accepted")
    assert refused.value.reason == (
        "Belum dapat ditetapkan. Masih kurang: jumlah hadir, sedikitnya 2 foto, pindaian berita acara bertanda tangan."
    )
    meeting.amend(by=market.user("pld"), attendance=CAME, questions=[])
    meeting.attach(by=market.user("pld"), scan=market.file("pld"), photos=[market.photo("pld")])
    with pytest.raises(TransitionRefused, match=r"Masih kurang: sedikitnya 2 foto\.$"):
        market.decide(meeting, "accepted")
    meeting.attach(by=market.user("pld"), photos=[market.photo("pld")])
    market.decide(meeting, "accepted")
    assert (meeting.state, meeting.decided_by) == ("decided", bpd)


def test_the_facilitator_prepares_and_never_decides(market: Market) -> None:
    meeting = market.meeting(market.account("musdes"), by="pld")
    assert meeting.assisted_by == market.user("pld")
    for helper in ("pld", "pd", "tapm"):
        with pytest.raises(TransitionRefused, match="pendamping hanya membantu menyiapkan"):
            market.decide(meeting, "accepted", by=helper)
    page = market.client("kades").get(meeting.get_absolute_url()).content.decode()
    assert "Dibantu oleh" in page
    assert "Contoh Pld" in page


def test_a_facilitator_who_amends_is_named_too(market: Market) -> None:
    meeting = market.meeting(market.account("musdes"), by="bpd")
    assert meeting.assisted_by is None
    meeting.amend(by=market.user("pd"), attendance=CAME, questions=[])
    assert meeting.assisted_by == market.user("pd")


def test_a_refused_account_leads_to_a_second_assembly(market: Market) -> None:
    account = market.account("refused")
    assert account.state == "refused"
    assert account in Accountability.objects.waiting_for(market.user("pka"))
    assert account not in Accountability.objects.waiting_for(market.user("bpd"))
    assert account.missing() == []  # the papers are there; the decision is not
    assert "statusnya sekarang Belum Diterima Musdes" in refusal(account, market)
    with pytest.raises(TransitionRefused, match="selesaikan dahulu perbaikan, pengurangan harga, atau perselisihan"):
        market.meeting(account, decision="with_notes")
    market.mend(account)
    assert account in Accountability.objects.waiting_for(market.user("bpd"))
    market.meeting(account, decision="with_notes")
    account.refresh_from_db()
    assert account.state == "accepted"
    assert list(account.agenda.order_by("pk").values_list("decision", flat=True)) == ["refused", "with_notes"]
    account.close(by=market.user("kades"))


@pytest.mark.parametrize("decision", ["refused", "with_notes"])
def test_notes_or_follow_ups_are_asked_unless_plainly_accepted(market: Market, decision: str) -> None:
    meeting = market.meeting(market.account("musdes"))
    with pytest.raises(TransitionRefused, match="Tuliskan catatan atau tindak lanjut"):
        market.decide(meeting, decision)
    due = market.today + dt.timedelta(days=14)
    code = meeting.items.get().accountability.code
    market.decide(meeting, decision, follow_ups=[Duty(code, "Perbaiki modul", "Penyedia", due)])
    assert list(meeting.follow_ups.values_list("what", "who", "due_on")) == [("Perbaiki modul", "Penyedia", due)]


def test_one_draft_at_a_time_and_not_before_the_hand_over(market: Market) -> None:
    account = market.account("musdes")
    early = market.draft_meeting(account)
    early.held_on = account.contract.handover_on - dt.timedelta(days=1)
    with pytest.raises(TransitionRefused, match="setelah serah terima"):
        early.prepare(by=market.user("bpd"), accounts=[account])
    late = market.draft_meeting(account)
    late.held_on = market.today + dt.timedelta(days=1)
    with pytest.raises(TransitionRefused, match="masa depan"):
        late.prepare(by=market.user("bpd"), accounts=[account])
    market.meeting(account)
    with pytest.raises(TransitionRefused, match="sudah ada dalam Musdes yang belum memutuskan"):
        market.meeting(account, by="bpd")
    assert Meeting.objects.filter(items__accountability=account).count() == 1


# --- dates -------------------------------------------------------------------------------------------
def test_the_due_date_follows_the_setting_and_never_moves(market: Market) -> None:
    account = market.account("payment")
    due = market.today + dt.timedelta(days=30)
    assert account.due_on == due
    with days_later(30):
        assert not Accountability.objects.overdue().exists()
    with days_later(31):
        assert list(Accountability.objects.overdue()) == [account]
    Accountability.objects.filter(pk=account.pk).update(due_on=market.today - dt.timedelta(days=5))
    market.pay(account)
    account.refresh_from_db()
    assert account.is_overdue
    assert account.due_on == market.today - dt.timedelta(days=5)


def test_a_late_contract_is_late_and_its_end_stays(market: Market) -> None:
    contract = market.contract("issued")
    end = contract.ends_on
    assert end == contract.starts_on + dt.timedelta(days=13)  # 14 days, the first counts
    contract.ends_on = contract.starts_on  # as if
    assert not contract.is_late
    contract.ends_on = contract.starts_on - dt.timedelta(days=1)
    assert contract.is_late


def test_progress_never_goes_back(market: Market) -> None:
    contract = market.contract("running")
    contract.report_progress(by=market.user("firm"), percent=60, text="x", photos=[market.photo("firm")])
    for wrong in (59, 101):
        with pytest.raises(TransitionRefused, match="Kemajuan antara 60 dan 100 persen"):
            contract.report_progress(by=market.user("firm"), percent=wrong, text="x")
    contract.refresh_from_db()
    assert contract.percent == 60


def test_repair_goes_round(market: Market) -> None:
    contract = market.contract("inspection")
    contract.ask_repair(by=market.user("pka"), reason="Modul kurang.")
    assert contract.state == "running"
    contract.request_inspection(by=market.user("firm"))
    contract.accept_work(by=market.user("pka"), note="Lengkap.")
    assert contract.inspection_note == "Lengkap."


# --- what was signed ---------------------------------------------------------------------------------
def test_what_was_signed_stays_when_names_change(market: Market) -> None:
    contract = market.contract("running")
    before, provider, village = contract.snapshot, contract.provider, contract.village
    provider.name, provider.bank = "CV Nama Baru", "Bank Baru"
    provider.save()
    type(village).objects.filter(pk=village.pk).update(name="Nama Baru")
    contract = type(contract).objects.get(pk=contract.pk)
    spk = thaw(contract.snapshot)
    assert contract.snapshot == before
    assert spk["provider"]["name"] == "CV Rinjani"
    assert (spk["money"]["value"], spk["money"]["hps"]) == (9_400_000, 9_500_000)
    assert contract.snapshot_sha256 == fingerprint(contract.snapshot)


def test_work_begins_on_or_after_the_day_of_the_contract(market: Market) -> None:
    contract = market.contract("drafted")
    with pytest.raises(TransitionRefused, match="pada atau setelah tanggal kontrak"):
        contract.issue(
            by=market.user("pka"), number="1", signed_on=market.today, starts_on=market.today - dt.timedelta(days=1)
        )


@pytest.mark.parametrize(("days", "sentence"), [(-1, "sebelum pekerjaan dimulai"), (1, "di masa depan")])
def test_the_hand_over_has_a_possible_day(market: Market, days: int, sentence: str) -> None:
    contract = market.contract("inspected")
    day = market.today + dt.timedelta(days=days)
    with pytest.raises(TransitionRefused, match=sentence):
        contract.hand_over(by=market.user("pka"), number="1", on=day, place="Kantor")
    assert not Accountability.objects.filter(contract=contract).exists()


def test_a_terminated_contract_lets_the_village_look_for_another(market: Market) -> None:
    contract = market.contract("running")
    need, first = contract.need, contract.sourcing
    contract.terminate(by=market.user("pka"), cause="withdrew", reason="Penyedia tidak hadir.")
    first.refresh_from_db()
    assert (first.state, first.failure_reason) == ("failed", "kontrak diputus. Penyedia tidak hadir.")
    assert need in type(need).objects.waiting_for(market.user("pka"))
    page = market.client("pka").get(need.get_absolute_url()).content.decode()
    assert "Mulai pengadaan" in page
    assert "Putus Kontrak" in page  # the old contract stays in the file
    assert "Kontrak diputus." in market.client("firm").get(need.get_absolute_url()).content.decode()
    second = market.sourcing("awarded", need=need, services=[market.service])
    assert need.current_sourcing == second
    assert market.client("pka").get("/pembelian/").context["orders"][0][1] == second.contract


def test_an_award_lapses_with_its_contract_only(market: Market) -> None:
    sourcing = market.sourcing("awarded")
    for who in ("pka", "tpk", "kades"):
        with pytest.raises(TransitionRefused):
            sourcing.lapse(by=market.user(who), reason="x")
    sourcing.refresh_from_db()
    assert sourcing.state == "awarded"
