"""Who is told of each step: exactly these people, and nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from core.models import Mail, Notice
from tests.transactions.stage import Market, soon
from transactions.models import Accountability, Contract, Duty

pytestmark = pytest.mark.django_db
DRAFTERS = {"operator", "pka", "sekdes"}


def told(market: Market, act: Callable[[], Any], channel: str = "site") -> set[str]:
    """The people told of what `act` did."""
    last = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    act()
    names = {user.pk: key for key, user in market.everyone().items() if user}
    rows = Notice.objects.filter(pk__gt=last, channel=channel)
    return {names[row.user_id] for row in rows}


def test_a_need_on_its_way(market: Market) -> None:
    need = market.draft_need()
    assert told(market, lambda: need.identify(by=market.user("pld"))) == DRAFTERS
    agree = {"musdes_on": market.today, "musdes_number": "1"}
    assert told(market, lambda: need.agree(by=market.user("operator"), **agree)) == {"pka", "sekdes", "kaur"}
    budget = {"fiscal_year": 2026, "funding": "dd", "activity_code": "1", "ceiling": 9_500_000}
    assert told(market, lambda: need.budget(by=market.user("kaur"), **budget)) == {"pka", "tpk"}
    assert told(market, lambda: need.cancel(by=market.user("kades"), reason="Ganti tahun.")) == DRAFTERS | {"tpk"}
    assert Notice.objects.filter(title__endswith="dibatalkan", body="Ganti tahun.", channel="site").count() == 4


def test_a_need_the_village_wrote_itself_is_news_to_nobody(market: Market) -> None:
    assert told(market, lambda: market.draft_need().identify(by=market.user("operator"))) == set()


def test_a_sourcing_on_its_way(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    tpk = market.user("tpk")
    assert told(market, lambda: sourcing.announce(by=tpk, deadline=soon())) == {"firm", "rival"}
    offer = market.offer(sourcing, "firm", 19_000_000)
    assert told(market, lambda: offer.send(by=market.user("firm"))) == {"tpk"}
    market.quote(sourcing, "rival", 18_000_000)
    market.let_deadline_pass(sourcing)
    assert told(market, lambda: sourcing.ask_opening(by=tpk)) == {"pka", "sekdes", "bpd"}
    assert told(market, lambda: sourcing.confirm_opening(by=market.user("bpd"))) == {"firm", "rival"}
    results = {q.code: (q.price < 19_000_000, "Tanpa jadwal.") for q in sourcing.quotations.all()}
    assert told(market, lambda: sourcing.evaluate(by=tpk, results=results)) == set()
    winner = sourcing.quotations.get(state="qualified")
    assert told(market, lambda: sourcing.award(by=tpk, quotation=winner)) == {"firm", "rival", "pka"}
    said = dict(
        Notice.objects.filter(title__startswith="Hasil pengadaan", channel="mail").values_list("user__email", "body")
    )
    assert said[market.user("firm").email] == "Penawaran gugur: Tanpa jadwal. Pemenang: PT Tastura, Rp18.000.000."
    assert said[market.user("rival").email] == "Penawaran ditetapkan sebagai pemenang."


def test_a_failure_reaches_everyone_asked_with_its_reason(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    market.quote(sourcing, "firm", 19_000_000)
    fail = lambda: sourcing.fail(by=market.user("tpk"), reason="Anggaran dialihkan.")  # noqa: E731
    assert told(market, fail, "mail") == {"firm", "rival"}
    bodies = set(Notice.objects.filter(title__startswith="Hasil pengadaan").values_list("body", flat=True))
    assert bodies == {"Pengadaan gagal: Anggaran dialihkan."}
    assert Mail.objects.filter(to=market.user("rival").email, body__contains="Anggaran dialihkan.").count() == 1


def test_a_draft_that_fails_tells_nobody(market: Market) -> None:
    sourcing = market.sourcing("draft")
    assert told(market, lambda: sourcing.fail(by=market.user("pka"), reason="x")) == set()


def test_a_contract_on_its_way(market: Market) -> None:
    sourcing = market.sourcing("evaluated")
    offer = sourcing.quotations.get()
    manager, provider = market.user("pka"), market.user("firm")
    sourcing.award(by=manager, quotation=offer)
    contract = Contract.objects.get(sourcing=sourcing)
    today = market.today
    steps: list[tuple[Callable[[], Any], set[str]]] = [
        (lambda: contract.issue(by=manager, number="1", signed_on=today, starts_on=today), {"firm"}),
        (lambda: contract.sign_for_provider(by=provider, scan=market.file("firm")), {"pka"}),
        (lambda: contract.sign_for_village(by=manager, scan=market.file("pka")), {"firm"}),
        (lambda: contract.report_progress(by=provider, percent=100, text="Selesai."), {"pka"}),
        (lambda: contract.request_inspection(by=provider), {"pka"}),
        (lambda: contract.ask_repair(by=manager, reason="Modul kurang."), {"firm"}),
        (lambda: contract.request_inspection(by=provider), {"pka"}),
        (lambda: contract.accept_work(by=manager, note="Baik."), {"firm"}),
        (lambda: contract.hand_over(by=manager, number="1", on=today, place="Kantor"), {"firm"}),
        (lambda: contract.hand_to_head(by=manager, number="2", on=today, place="Kantor"), {"kades"}),
        (lambda: contract.confirm_handover(by=market.user("kades")), {"pka"}),
    ]
    for act, people in steps:
        assert told(market, act) == people
    assert Notice.objects.filter(user=provider, body="Modul kurang.", channel="mail").exists()


def test_a_terminated_contract_reaches_the_provider_with_its_reason(market: Market) -> None:
    contract = market.contract("running")
    assert told(market, lambda: contract.terminate(by=market.user("pka"), cause="withdrew", reason="Tidak hadir.")) == {
        "firm"
    }
    assert Mail.objects.filter(to=market.user("firm").email, body__startswith="Tidak hadir.").exists()


def test_the_accountability_on_its_way(market: Market) -> None:
    account = market.account("payment")
    request = market.request(account.contract, "approved")
    assert told(market, lambda: market.transfer(request)) == {"bpd", "pld", "operator", "firm", "pka"}
    account.refresh_from_db()
    meeting = market.draft_meeting(account)
    record = {"accounts": [account], "attendance": [("bpd", 1, 1)]}
    assert told(market, lambda: meeting.prepare(by=market.user("pld"), **record)) == {"bpd"}
    scans = {"scan": market.file("pld"), "attendance_scan": market.file("pld")}
    meeting.attach(by=market.user("pld"), photos=[market.photo("pld"), market.photo("pld")], **scans)
    decide = lambda: market.decide(meeting, "refused", note="Modul belum dibagikan.")  # noqa: E731
    assert told(market, decide) == {"kades", "pka", "firm", "pld"}
    assert Notice.objects.filter(user=market.user("firm"), body__endswith="Modul belum dibagikan.").exists()
    remedy = market.draft_remedy(account)
    assert told(market, lambda: remedy.choose(by=market.user("pka"))) == {"firm"}
    chosen = Notice.objects.filter(user=market.user("firm"), channel="site").latest("pk")
    assert chosen.title == "Perbaikan hasil pekerjaan dipilih: Pembukuan BUM Desa"
    assert told(market, lambda: remedy.report(by=market.user("firm"), note="Modul dibagikan.")) == {"pka"}
    assert told(market, lambda: remedy.confirm_repair(by=market.user("pka"))) == {"firm", "bpd", "pld"}
    market.meeting(account, by="bpd", decision="accepted")
    account = Accountability.objects.get(pk=account.pk)
    assert told(market, lambda: account.close(by=market.user("kades"))) == {"pka", "bpd", "firm"}


def test_a_musdes_of_several_orders_tells_each_person_all_that_concerns_them(market: Market) -> None:
    first, second = market.account("musdes"), market.account("musdes", need=market.need(title="Pelatihan tenun"))
    duty = Duty(second.code, "Bagikan modul", "Contoh Pka", market.today, responsible="activity_manager")
    market.planned_meeting(first, second).cancel(by=market.user("bpd"), reason="Salah tanggal.")
    planned = Notice.objects.get(user=market.user("firm"), channel="mail", title__startswith="Musdes direncanakan")
    assert "Pembukuan BUM Desa" in planned.body and "Pelatihan tenun" in planned.body
    meeting = market.meeting(first, second)
    rulings = {first.code: ("accepted", ""), second.code: ("refused", "Modul belum dibagikan.")}
    meeting.decide(by=market.user("bpd"), rulings=rulings, follow_ups=[duty])
    rows = Notice.objects.filter(event=meeting.events().get(verb="decide"), channel="mail")
    said = {row.user_id: f"{row.title}\n{row.body}" for row in rows}
    for key in ("firm", "kades", "pka", "pld"):
        assert "Pembukuan BUM Desa" in said[market.user(key).pk] and "Pelatihan tenun" in said[market.user(key).pk], key
        assert "Diterima" in said[market.user(key).pk] and "Belum diterima" in said[market.user(key).pk], key
    assert "Modul belum dibagikan." in said[market.user("firm").pk]
    assert "Bagikan modul" in said[market.user("pka").pk] and "Bagikan modul" not in said[market.user("kades").pk]


def test_a_musdes_that_was_put_off_before_the_payment_is_told_with_its_later_day(market: Market) -> None:
    account = market.account("payment")
    account.postpone_due(by=market.user("bpd"), to=dt.date(2099, 1, 2), reason="Panen raya.")
    market.pay(account)
    notice = Notice.objects.get(user=market.user("bpd"), channel="mail", title__startswith="Adakan Musdes")
    assert notice.body.startswith("Paling lambat 2 Januari 2099.")


def test_another_hour_or_place_is_told_and_another_title_is_not(market: Market) -> None:
    account = market.account("musdes")
    meeting = market.planned_meeting(account)
    replan = lambda **fields: meeting.replan(by=market.user("bpd"), accounts=[account], **fields)  # noqa: E731
    assert told(market, lambda: replan(title="Musdes Pertanggungjawaban")) == set()
    everybody = {"kades", "sekdes", "operator", "pka", "tpk", "pld", "firm"}
    assert told(market, lambda: replan(place="Aula kecamatan")) == everybody
    notice = Notice.objects.filter(user=market.user("firm"), channel="mail").latest("pk")
    assert notice.title.startswith("Rencana Musdes diubah") and "Aula kecamatan" in notice.body


def test_the_actor_is_not_told_of_their_own_act(market: Market) -> None:
    need = market.need("identified")
    agree = {"musdes_on": market.today, "musdes_number": "1"}
    assert told(market, lambda: need.agree(by=market.user("pka"), **agree)) == {"sekdes", "kaur"}


def test_a_notice_of_something_new_says_what_it_is(market: Market) -> None:
    addendum = market.addendum(market.contract("running"))
    newest = Notice.objects.filter(user=market.user("firm"), channel="site").latest("pk")
    assert newest.title == f"Adendum disiapkan: {addendum.need.title}"


def test_who_has_no_address_shows_as_not_delivered(market: Market) -> None:
    """A notice with no address goes to no one, and shows as not delivered."""
    User.objects.filter(pk=market.user("kaur").pk).update(email="")
    before = Mail.objects.count()
    need = market.need("identified")
    need.agree(by=market.user("operator"), musdes_on=market.today, musdes_number="1")
    notice = Notice.objects.get(user=User.objects.get(email=""), channel="mail", title__endswith="disepakati Musdes")
    assert notice.undelivered
    assert Mail.objects.count() == before + 2  # to pka and sekdes
    assert not Mail.objects.filter(to="").exists()


def test_who_left_office_is_told_no_more(market: Market) -> None:
    import datetime as dt

    from accounts.models import Membership

    Membership.objects.filter(user=market.user("sekdes")).update(ends_on=market.today - dt.timedelta(days=2))
    need = market.need("identified")
    assert told(market, lambda: need.agree(by=market.user("operator"), musdes_on=market.today, musdes_number="1")) == {
        "pka",
        "kaur",
    }


# --- whose turn --------------------------------------------------------------------------------------
def waiting(market: Market) -> dict[str, set[str]]:
    """Who has what before them."""
    from p2ktd.todo import waiting as rows_of

    found: dict[str, set[str]] = {}
    for key, user in market.everyone().items():
        if user:
            kinds = {rows.model._meta.model_name for rows, *_ in rows_of(user) if rows.exists()}
            if kinds := kinds & {"need", "sourcing", "contract", "accountability", "meeting", "rating"}:
                found[key] = kinds
    return found


def test_what_waits_waits_for_whose_turn_it_is(market: Market) -> None:
    need = market.need("identified")
    assert waiting(market) == {key: {"need"} for key in DRAFTERS}
    need.agree(by=market.user("operator"), musdes_on=market.today, musdes_number="1")
    assert waiting(market) == {key: {"need"} for key in ("pka", "sekdes", "kaur")}
    need.budget(by=market.user("pka"), fiscal_year=2026, funding="dd", activity_code="1", ceiling=20_000_000)
    assert waiting(market) == {key: {"need"} for key in ("pka", "tpk")}
    sourcing = market.sourcing("open", hps=20_000_000, need=need)
    assert waiting(market) == {key: {"sourcing"} for key in ("firm", "rival")}
    market.quote(sourcing, "firm", 19_000_000)
    assert waiting(market) == {"rival": {"sourcing"}}
    market.let_deadline_pass(sourcing)
    assert waiting(market) == {"tpk": {"sourcing"}}
    sourcing.ask_opening(by=market.user("tpk"))
    assert waiting(market) == {key: {"sourcing"} for key in ("pka", "sekdes", "bpd")}
    sourcing.confirm_opening(by=market.user("sekdes"))
    assert waiting(market) == {"tpk": {"sourcing"}}


def test_and_after_the_award(market: Market) -> None:
    contract = market.contract("drafted")
    assert waiting(market) == {"pka": {"contract"}}
    contract.issue(by=market.user("pka"), number="1", signed_on=market.today, starts_on=market.today)
    assert waiting(market) == {"firm": {"contract"}}


def test_and_after_the_hand_over(market: Market) -> None:
    account = market.account("payment")
    assert waiting(market) == {"pka": {"accountability"}}
    market.transfer(market.request(account.contract, "approved"))
    account.refresh_from_db()
    musdes = {"bpd", "operator", "sekdes", "pld"}
    assert waiting(market) == {key: {"accountability"} for key in musdes}
    meeting = market.meeting(account)
    assert waiting(market) == {key: {"accountability"} for key in musdes - {"bpd"}} | {
        "bpd": {"accountability", "meeting"}
    }
    market.decide(meeting, "accepted")
    assert waiting(market) == {"kades": {"accountability"}}
    Accountability.objects.get(pk=account.pk).close(by=market.user("kades"))
    assert waiting(market) == {}
