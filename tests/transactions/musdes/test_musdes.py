"""One Musdes for several orders: its plan, its dates, a decision for each, and the duties that it gives."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import jobs
from core.documents import job_key
from core.models import Job, PrintedDocument
from core.workflow import TransitionRefused
from tests.transactions.stage import CAME, Market, days_later
from tests.transactions.test_pages import queries
from transactions.documents import meeting as papers
from transactions.dossier import Dossier
from transactions.models import Accountability, AgendaItem, Contract, Duty, FollowUp, Meeting
from transactions.order import Order

pytestmark = pytest.mark.django_db


def state_of(account: Accountability) -> str:
    return str(Accountability.objects.values_list("state", flat=True).get(pk=account.pk))


# --- several orders ----------------------------------------------------------------------------------------------
def test_one_assembly_decides_each_of_its_orders_by_itself(market: Market) -> None:
    first, second = market.account("musdes"), market.account("musdes")
    meeting = market.meeting(first, second)
    rulings = {first.code: ("accepted", ""), second.code: ("refused", "Modul belum dibagikan.")}
    meeting.decide(by=market.user("bpd"), rulings=rulings, minutes_number="141/1")
    assert (state_of(first), state_of(second)) == ("accepted", "refused")
    assert list(meeting.items.values_list("decision", "open")) == [("accepted", False), ("refused", False)]
    assert meeting.status_sentence == "Musdes memutuskan: berbeda untuk setiap pembelian."
    assert set(meeting.items.values_list("heard_on", flat=True)) == {meeting.held_on}


def test_every_order_on_the_agenda_needs_its_decision(market: Market) -> None:
    first, second = market.account("musdes"), market.account("musdes")
    meeting = market.meeting(first, second)
    with pytest.raises(TransitionRefused, match="Acara Musdes berubah selagi halaman ini terbuka"):
        meeting.decide(by=market.user("bpd"), rulings={first.code: ("accepted", "")})
    assert (state_of(first), state_of(second)) == ("musdes", "musdes")


def test_an_order_stands_in_one_undecided_assembly_at_most(market: Market) -> None:
    account = market.account("musdes")
    planned = market.planned_meeting(account)
    with pytest.raises(TransitionRefused, match="sudah ada dalam Musdes yang belum memutuskan"):
        market.planned_meeting(account, by="operator")
    other = Meeting.objects.create(village=account.village, held_on=market.today, starts_at=dt.time(9),
                                   ends_at=dt.time(10), created_by=market.user("bpd"))  # fmt: skip
    with pytest.raises(IntegrityError, match="agenda_one_open"), transaction.atomic():
        AgendaItem.objects.create(meeting=other, accountability=account)
    planned.cancel(by=market.user("bpd"), reason="Hujan.")
    assert state_of(account) == "musdes"
    market.planned_meeting(account)


def test_the_orders_of_another_village_are_not_offered_and_not_taken(market: Market) -> None:
    from tests.areas import SUKADANA

    account = market.account("musdes")
    hours = {"starts_at": dt.time(9), "ends_at": dt.time(10)}
    meeting = Meeting(village_id=SUKADANA, held_on=market.today, place="Aula", **hours)
    with pytest.raises(TransitionRefused, match="untuk pembelian desa lain"):
        meeting.prepare(by=market.user("bpd2"), accounts=[account])


def test_a_provider_reads_of_its_own_orders_and_not_the_list_of_residents(market: Market) -> None:
    own, other = market.account("musdes"), market.account("musdes", need=market.need(title="Pelatihan tenun"))
    Contract.objects.filter(pk=other.contract_id).update(provider=market.rival.provider)
    meeting = market.meeting(own, other)
    duty = Duty(other.code, "Bagikan benang", "Contoh Pka", market.today)
    market.decide(meeting, "with_notes", note="Catatan.", follow_ups=[duty])
    firm, office = market.client("firm"), market.client("kades")
    page = firm.get(meeting.get_absolute_url()).content.decode()
    assert "Pembukuan BUM Desa" in page and "Diterima" in page
    assert "Pelatihan tenun" not in page and "Bagikan benang" not in page and "Daftar hadir" not in page
    assert "Bagikan benang" in office.get(meeting.get_absolute_url()).content.decode()
    assert firm.get(meeting.attendance_scan.get_absolute_url()).status_code == 404
    assert office.get(meeting.attendance_scan.get_absolute_url()).status_code == 200
    printed = market.client("bpd").post(reverse("meeting-print", args=[meeting.code, "ba-musdes"]))
    paper = PrintedDocument.objects.get(kind="ba-musdes")
    jobs.run(Job.objects.get(key=job_key(paper)).pk)
    paper.refresh_from_db()
    assert printed["Location"] == paper.get_absolute_url()
    minutes = paper.file.get_absolute_url()
    for url in (minutes, meeting.scan.get_absolute_url()):  # they tell of the other provider's order, too
        assert (firm.get(url).status_code, office.get(url).status_code) == (404, 200)
    assert firm.post(reverse("meeting-print", args=[meeting.code, "ba-musdes"])).status_code == 404
    kinds = [each.kind for each in papers.available(Order(own.contract.need, market.user("firm")))]
    assert kinds == [] and "Berita acara bertanda tangan" not in page
    assert firm.get(meeting.photos.first().file.get_absolute_url()).status_code == 200
    labels = [entry.label for entry in Dossier(own.contract.need, market.user("firm")).entries]
    assert [label for label in labels if "Musdes" in label] == ["Foto Musdes", "Foto Musdes"]


def test_a_provider_reads_the_minutes_of_an_assembly_that_heard_its_orders_alone(market: Market) -> None:
    own, other = market.account("musdes"), market.account("musdes")
    meeting = market.meeting(own, other)
    market.decide(meeting, "accepted")
    firm = market.client("firm")
    assert firm.get(meeting.scan.get_absolute_url()).status_code == 200
    assert firm.get(meeting.attendance_scan.get_absolute_url()).status_code == 404
    assert firm.post(reverse("meeting-print", args=[meeting.code, "ba-musdes"])).status_code == 302
    titles = [entry.title for entry in Dossier(own.contract.need, market.user("firm")).entries]
    assert "Berita Acara Musdes" in titles and "Berita Acara Musdes bertanda tangan (pindaian)" in titles


def test_the_page_offers_what_waits_and_keeps_what_was_typed(market: Market) -> None:
    first, second, taken = market.account("musdes"), market.account("musdes"), market.account("musdes")
    market.planned_meeting(taken)
    client = market.client("bpd")
    url = reverse("meeting-plan", args=[first.code])
    page = client.get(url)
    offered = {account.code for account in page.context["form"].orders}
    assert offered == {first.code, second.code}
    typed = {"place": "Aula yang diketik", f"order_{second.code}": "on", "starts_at": "09:00", "title": "Musdes",
             "submit_key": page.context["form"]["submit_key"].value()}  # fmt: skip
    refused = client.post(url, typed)
    assert refused.status_code == 422 and "Aula yang diketik" in refused.content.decode()
    on = (market.today + dt.timedelta(days=5)).isoformat()
    assert client.post(url, typed | {"held_on": on}).status_code == 302
    assert [item.accountability for item in Meeting.objects.latest("pk").items.all()] == [second]


def test_an_order_has_its_box_however_many_wait_before_it(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions.forms import agenda

    monkeypatch.setattr(agenda, "MOST", 1)
    early, late = market.account("musdes"), market.account("musdes")
    client = market.client("bpd")

    def offered(url: str) -> list[str]:
        return [account.code for account in client.get(url).context["form"].orders]

    assert offered(reverse("meeting-plan", args=[early.code])) == [early.code]
    assert offered(reverse("meeting-plan", args=[late.code])) == [late.code]
    meeting = market.meeting(late)
    assert offered(meeting.move_url("amend")) == [late.code]


def test_a_decision_holds_its_orders_in_the_order_in_which_a_plan_takes_them(market: Market) -> None:
    first, second = market.account("musdes"), market.account("musdes")
    meeting = market.meeting(second, first)  # as they stand on the agenda
    with CaptureQueriesContext(connection) as captured:
        market.decide(meeting, "accepted")
    locks = [each["sql"] for each in captured if "FOR UPDATE" in each["sql"] and "accountability" in each["sql"]]
    assert "transactions_agendaitem" in locks[0] and "ORDER BY 1 ASC FOR UPDATE" in locks[0]


def test_the_page_of_an_assembly_asks_for_its_orders_once(market: Market) -> None:
    client = market.client("bpd")
    one, three = market.meeting(market.account("musdes")), market.meeting(*(market.account("musdes") for _ in range(3)))
    assert queries(client, one.get_absolute_url()) == queries(client, three.get_absolute_url()) <= 23


# --- the plan -----------------------------------------------------------------------------------------------------
def test_a_plan_becomes_a_record_and_then_a_decision(market: Market) -> None:
    account = market.account("musdes")
    meeting = market.planned_meeting(account)
    assert meeting.state == "planned" and meeting.ends_at is None
    record = {"attendance": CAME, "questions": [], "ends_at": dt.time(11), "leader": "Ketua", "note_taker": "Sekdes"}
    with pytest.raises(TransitionRefused, match="Hasil Musdes dicatat pada atau setelah harinya"):
        meeting.record(by=market.user("pld"), **record)
    with days_later(3):
        assert meeting in Meeting.objects.waiting_for(market.user("operator"))
        meeting.record(by=market.user("pld"), told={account.code: {"presented": "Selesai."}}, **record)
        scans = {"scan": market.file("pld"), "attendance_scan": market.file("pld")}
        meeting.attach(by=market.user("pld"), photos=[market.photo("pld"), market.photo("pld")], **scans)
        market.decide(meeting, "accepted")
    assert meeting.assisted_by == market.user("pld")
    assert meeting.items.get().presented == "Selesai."
    assert state_of(account) == "accepted"


def test_a_postponed_assembly_keeps_its_first_day_and_the_reason(market: Market) -> None:
    meeting = market.planned_meeting(market.account("musdes"))
    before = meeting.held_on
    with pytest.raises(TransitionRefused, match="Tanggal baru harus setelah"):
        meeting.postpone(by=market.user("bpd"), to=before, reason="Hujan.")
    with pytest.raises(TransitionRefused, match="pendamping hanya membantu menyiapkan"):
        meeting.postpone(by=market.user("pld"), to=before + dt.timedelta(days=2), reason="Hujan.")
    meeting.postpone(by=market.user("sekdes"), to=before + dt.timedelta(days=2), reason="Hujan.")
    row = meeting.postponements.get()
    assert (row.from_on, row.to_on, row.reason, row.by) == (
        before, before + dt.timedelta(days=2), "Hujan.", market.user("sekdes"),
    )  # fmt: skip
    page = market.client("pld").get(meeting.get_absolute_url()).content.decode()
    assert "Ditunda dari" in page and "Hujan." in page


def test_the_list_of_assemblies_asks_as_often_with_three_as_with_one(market: Market) -> None:
    client, url = market.client("bpd"), reverse("meetings")
    market.planned_meeting(market.account("musdes"))
    market.account("musdes")
    one = queries(client, url)
    for _ in range(2):
        market.planned_meeting(market.account("musdes"))
        market.account("musdes")
    assert queries(client, url) == one
    assert len(client.get(url).context["waiting"]) == 3
    assert client.get(url, {"status": "planned", "q": "Pembukuan"}).context["page"].paginator.count == 3
    assert client.get(url, {"status": "decided"}).context["page"].paginator.count == 0


def test_who_replaced_the_bpd_member_decides_and_the_former_one_no_more(market: Market) -> None:
    from accounts.models import Membership, Role

    account = market.account("musdes")
    meeting = market.meeting(account)
    former = market.user("bpd").memberships.get()
    former.ends_on = market.today - dt.timedelta(days=2)
    former.save()
    Membership.objects.create(
        user=market.user("nobody"), role=Role.BPD, area=account.village, starts_on=market.today - dt.timedelta(days=1)
    )
    with pytest.raises(TransitionRefused, match="Keputusan Musdes ditetapkan oleh BPD"):
        market.decide(meeting, "accepted")
    market.decide(meeting, "accepted", by="nobody")
    assert meeting.decided_by == market.user("nobody")


# --- the due date ---------------------------------------------------------------------------------------------------
def test_a_later_day_asked_for_in_time_counts_and_one_asked_for_too_late_does_not(market: Market) -> None:
    account = market.account("musdes")
    due = account.due_on
    account.postpone_due(by=market.user("bpd"), to=due + dt.timedelta(days=10), reason="Panen raya.")
    assert (account.due_on, account.expected_on) == (due, due + dt.timedelta(days=10))
    with days_later(35):
        assert not account.is_overdue
        assert not Accountability.objects.overdue().exists()
    with days_later(41):
        assert account.is_overdue
        account.postpone_due(by=market.user("kades"), to=due + dt.timedelta(days=60), reason="Lupa.")
        assert account.is_overdue and account.expected_on == due + dt.timedelta(days=10)
    assert list(account.postponements.values_list("late", "to_on")) == [
        (False, due + dt.timedelta(days=10)), (True, due + dt.timedelta(days=60)),
    ]  # fmt: skip
    page = market.client("pld").get(account.get_absolute_url()).content.decode()
    assert "Panen raya." in page and "dicatat setelah lewat batas" in page


def test_what_is_overdue_is_seen_by_village_pd_pokja_and_regency(market: Market) -> None:
    account = market.account("musdes")
    watchers = {"pd", "pokja", "chair", "dpmd"}

    def waiting() -> set[str]:
        people = market.everyone().items()
        return {key for key, user in people if account in Accountability.objects.waiting_for(user)}

    village = {"bpd", "operator", "sekdes", "pld"}
    assert waiting() == village
    with days_later(31):
        assert waiting() == village | watchers


def test_the_day_is_the_villages_own(market: Market) -> None:
    """At 23.30 in WIB it is the next day already in WITA and WIT."""
    import time_machine

    account = market.account("musdes")
    Accountability.objects.filter(pk=account.pk).update(due_on=dt.date(2026, 11, 30))
    with time_machine.travel(dt.datetime(2026, 11, 30, 16, 30, tzinfo=dt.UTC)):
        assert list(Accountability.objects.overdue()) == [account]  # Kuta lies in WITA: 1 December, 00.30
    with time_machine.travel(dt.datetime(2026, 11, 30, 15, 30, tzinfo=dt.UTC)):
        assert not Accountability.objects.overdue().exists()


# --- duties ---------------------------------------------------------------------------------------------------------
def given(market: Market, *, blocks: bool = False, responsible: str = "activity_manager") -> FollowUp:
    account = market.account("musdes")
    meeting = market.meeting(account)
    due = market.today + dt.timedelta(days=7)
    duty = Duty(account.code, "Bagikan modul", "Kasi Kesejahteraan", due, responsible=responsible, blocks=blocks)
    market.decide(meeting, "with_notes", note="Baik.", follow_ups=[duty])
    return meeting.follow_ups.get()


def test_a_duty_waits_for_who_it_was_given_to_until_it_is_done(market: Market) -> None:
    duty = given(market)
    who = {key for key, user in market.everyone().items() if duty in FollowUp.objects.waiting_for(user)}
    assert who == {"pka", "operator", "sekdes", "bpd"}
    with pytest.raises(TransitionRefused, match="pendamping dan penyedia tidak"):
        duty.finish(by=market.user("pld"), note="Sudah.")
    duty.finish(by=market.user("pka"), note="Dibagikan 24 buku.", proof=market.file("pka"))
    assert not FollowUp.objects.waiting_for(market.user("pka")).exists()
    page = market.client("firm").get(duty.accountability.get_absolute_url()).content.decode()
    assert "Dibagikan 24 buku." in page
    duty.give_back(by=market.user("bpd"), reason="Dusun Timur belum.")
    assert duty.state == "open" and duty in FollowUp.objects.waiting_for(market.user("pka"))


def test_a_duty_past_its_day_is_marked(market: Market) -> None:
    duty = given(market)
    with days_later(8):
        assert duty.is_overdue
        assert duty.status_sentence.endswith("sudah lewat batas waktu.")
        page = market.client("pka").get(duty.accountability.get_absolute_url()).content.decode()
        assert "Lewat batas waktu" in page


def test_duties_and_remedies_past_their_day_are_seen_above_the_village(market: Market) -> None:
    duty, remedy = given(market), market.remedy(market.account("refused"))
    watchers = {"pd", "pokja", "chair", "dpmd"}

    def waiting(document: Any) -> set[str]:
        people = market.everyone().items()
        return {key for key, user in people if document in type(document).objects.waiting_for(user)}

    assert not (waiting(duty) | waiting(remedy)) & watchers
    with days_later(20):
        assert waiting(duty) & watchers == watchers
        assert waiting(remedy) == watchers | {"firm"}
        assert "dpmd2" not in waiting(duty)


def test_an_assembly_may_give_more_duties_than_the_page_shows_first(market: Market) -> None:
    first, second = market.account("musdes"), market.account("musdes", need=market.need(title="Pelatihan tenun"))
    meeting = market.meeting(first, second)
    client, url, due = market.client("bpd"), meeting.move_url("decide"), market.today.isoformat()
    typed = {"minutes_number": "141/1"}
    for account in (first, second):
        typed |= {f"decision_{account.code}": "with_notes", f"note_{account.code}": "Baik."}
    for number, account in enumerate((first, second, first, second)):
        typed |= {f"order_{number}": account.code, f"what_{number}": f"Tugas {number}", f"who_{number}": "Kasi",
                  f"due_{number}": due}  # fmt: skip
    more = client.post(url, typed | {"tambah": "1", "baris": "4"})
    assert more.status_code == 200 and "Tugas 3" in more.content.decode()
    form = more.context["form"]
    assert (form[f"decision_{first.code}"].value(), form.rows.count) == ("with_notes", 9)
    fifth = {"baris": "9", "what_4": "Tugas 4", "responsible_4": "activity_manager", "due_4": due}
    refused = client.post(url, typed | fifth)
    assert refused.status_code == 422 and set(refused.context["form"].errors) == {"order_4"}  # of which order?
    assert client.post(url, typed | fifth | {"order_4": second.code}).status_code == 302
    given = meeting.follow_ups.order_by("what").values_list("what", "accountability", "who")
    assert [what for what, _, _ in given] == [f"Tugas {number}" for number in range(5)]
    assert given[4][1:] == (second.pk, "Kasi/Kaur (Pelaksana Kegiatan Anggaran)")


@pytest.mark.parametrize("blocks", [False, True])
def test_an_open_duty_stops_the_closing_only_where_the_assembly_says_so(market: Market, blocks: bool) -> None:
    duty = given(market, blocks=blocks)
    account = duty.accountability
    assert account.missing() == (["tindak lanjut “Bagikan modul”"] if blocks else [])
    if blocks:
        with pytest.raises(TransitionRefused, match="Masih kurang: tindak lanjut “Bagikan modul”"):
            account.close(by=market.user("kades"))
        duty.finish(by=market.user("pka"), note="Sudah.")
    account.refresh_from_db()
    account.close(by=market.user("kades"))
    assert account.state == "closed"


def test_the_list_of_those_present_is_asked_for_before_the_closing(market: Market) -> None:
    account = market.account("musdes")
    meeting = market.meeting(account, full=False)
    meeting.attach(by=market.user("pld"), scan=market.file("pld"), photos=[market.photo("pld"), market.photo("pld")])
    market.decide(meeting, "accepted")
    account = Accountability.objects.get(pk=account.pk)
    assert account.missing() == ["pindaian daftar hadir Musdes"]
    meeting.supplement(by=market.user("operator"), attendance_scan=market.file("operator"))
    with pytest.raises(TransitionRefused, match="setelah keputusan ditetapkan tidak diganti lagi"):
        meeting.supplement(by=market.user("operator"), attendance_scan=market.file("operator"))
    assert Accountability.objects.get(pk=account.pk).missing() == []
