"""Every role tries every verb in every state: what is made equals this table exactly, and so do the buttons."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from core.models import DatedSetting
from core.workflow import Document
from reviews.models import Rating
from tests.transactions.stage import VILLAGE, YES, Market, attempt, soon
from transactions.models import (
    Accountability,
    Addendum,
    Contract,
    Duty,
    FollowUp,
    Meeting,
    Need,
    PaymentRequest,
    Quotation,
    Remedy,
    Shortlisted,
    Sourcing,
    Terms,
)

pytestmark = pytest.mark.django_db

PKA, TPK, FIRM, BPD, KADES = {"pka"}, {"tpk"}, {"firm"}, {"bpd"}, {"kades"}
DRAFTERS = {"operator", "pka", "sekdes"}
HELPERS = {"pld", "pd"}
KEEPERS = VILLAGE | {"pld", "pd", "tapm"}
PREPARERS = {"operator", "sekdes", "bpd"}
RECORDERS = PREPARERS | HELPERS

Table = dict[tuple[str, str], set[str]]
NEED: Table = {
    ("identified", "agree"): DRAFTERS,
    ("identified", "amend"): DRAFTERS | HELPERS,
    ("identified", "cancel"): KADES,
    ("agreed", "place_in_plan"): DRAFTERS,
    ("agreed", "budget"): {"pka", "sekdes", "kaur"},
    ("agreed", "cancel"): KADES,
    ("budgeted", "carry_over"): KADES,  # in its season
    ("budgeted", "cancel"): KADES,
    **{(state, verb): KEEPERS for state in ("identified", "agreed", "budgeted") for verb in ("shortlist", "unlist")},
}
QUOTATION: Table = {
    ("sealed", "revise"): FIRM,
    ("sealed", "withdraw"): FIRM,
    ("sealed", "qualify"): TPK,
    ("sealed", "disqualify"): TPK,
    ("qualified", "propose"): TPK,
    ("qualified", "counter"): FIRM,  # once the village has asked for a price
    ("qualified", "accept_price"): FIRM,
    ("qualified", "negotiate"): TPK,
    ("qualified", "minute"): TPK,  # once the price is agreed
    ("won", "minute"): TPK,
    ("qualified", "win"): TPK,
    ("qualified", "lose"): TPK,
    ("won", "resign"): TPK,
    ("lost", "come_back"): TPK,
}
# Before anybody spoke of the price, and once it is agreed: the moves that nobody may make then.
UNSAID: Table = {("qualified", verb): set() for verb in ("counter", "accept_price", "minute")} | {
    ("won", "minute"): set()
}
AGREED: Table = {("qualified", verb): set() for verb in ("propose", "counter", "accept_price", "negotiate")}
CONTRACT: Table = {
    ("drafted", "issue"): PKA,
    ("issued", "recall"): PKA,
    ("issued", "sign_for_provider"): FIRM,
    ("provider_signed", "sign_for_village"): PKA,
    ("running", "report_progress"): FIRM,
    ("running", "record_training"): FIRM,
    ("running", "request_inspection"): FIRM,  # once something is reported that was not accepted yet
    ("inspection", "ask_repair"): PKA,
    ("inspection", "accept_part"): PKA,  # when a part was asked for
    ("inspection", "accept_work"): PKA,  # when the whole was
    ("inspected", "hand_over"): PKA,
    **{(state, "fall"): PKA for state in ("drafted", "issued", "provider_signed")},  # direct: by who awarded
    ("received", "hand_to_head"): PKA,
    ("received", "confirm_handover"): KADES,  # once the manager has recorded it
    **{(state, "attach_handover_scan"): {"pka", "operator"} for state in ("received", "handed_over")},
    **{(state, "attach_head_scan"): {"pka", "operator"} for state in ("received", "handed_over")},
    **{(state, "change"): PKA for state in ("running", "inspection")},  # by a signed addendum
    ("inspected", "send_back"): PKA,
    ("received", "send_back"): KADES,
    **{
        (state, "terminate"): PKA
        for state in ("drafted", "issued", "provider_signed", "running", "inspection", "inspected", "received")
    },
}
CONFIRMED = ("confirm_handover", "attach_head_scan")  # only once the second BAST is recorded
ADDENDUM: Table = {
    ("draft", "sign_for_provider"): FIRM,
    ("provider_signed", "sign_for_village"): PKA,
    **{(state, verb): PKA for state in ("draft", "provider_signed") for verb in ("withdraw", "lapse")},
}
ACCOUNTABILITY: Table = {
    ("payment", "settle"): set(),  # only by the payment of the last rupiah: tests/transactions/payment/test_payment.py
    ("musdes", "accept"): BPD,
    ("musdes", "refuse"): BPD,
    ("refused", "resume"): {"pka", "kaur", "kades"},
    **{(state, "postpone_due"): {"bpd", "kades", "sekdes"} for state in ("payment", "musdes", "refused")},
    ("accepted", "close"): KADES,
}
MEETING: Table = {
    ("planned", "replan"): RECORDERS,
    ("planned", "postpone"): PREPARERS,
    ("planned", "cancel"): PREPARERS,
    ("planned", "record"): RECORDERS,  # once its day has come
    ("planned", "attach"): RECORDERS,
    ("draft", "amend"): RECORDERS,
    ("draft", "attach"): RECORDERS,
    ("draft", "decide"): BPD,
    ("draft", "cancel"): PREPARERS,
    ("decided", "supplement"): RECORDERS,
}
FOLLOW_UP: Table = {
    ("open", "finish"): {"operator", "sekdes", "bpd", "pka"},  # it was given to the PKA
    ("done", "give_back"): BPD,
}
REPAIR: Table = {
    ("open", "report"): FIRM,
    ("reported", "confirm_repair"): PKA,
    ("reported", "give_back"): PKA,
    **{(state, "give_up"): {"pka", "kades"} for state in ("open", "reported")},
}
REDUCTION: Table = {("open", "record_refund"): {"kaur"}, ("open", "give_up"): {"pka", "kades"}}
DISPUTE: Table = {
    ("open", "record_step"): {"pka", "kades"},
    ("open", "settle"): KADES,
    ("open", "give_up"): {"pka", "kades"},
}
REMEDY: Table = {**REPAIR, **REDUCTION, **DISPUTE}
RATING: Table = {("given", "answer"): FIRM}


def arguments(market: Market, document: Any) -> dict[str, dict[str, Any]]:
    """What each verb needs to be made."""
    today, scan = market.today, market.file("pka")
    why = {"reason": "Alasan uji."}
    if isinstance(document, Need):
        return {
            "agree": {"musdes_on": today, "musdes_number": "1"},
            "amend": {"title": "Judul baru"},
            "place_in_plan": {"rkp_number": "3/2026", "rkp_on": today},
            "budget": {"fiscal_year": 2026, "funding": "dd", "activity_code": "4", "ceiling": 9_500_000},
            "carry_over": {"dpal_number": "900/1", "dpal_on": today},
            "cancel": why,
            "shortlist": {"version": market.service.current_version, "note": "Dekat."},
            "unlist": {"entry": kept(market, document)},
        }
    if isinstance(document, Sourcing):
        winner = min(document.quotations.filter(state="qualified"), key=lambda q: q.price, default=None)
        return {
            "amend": {
                "scope": "Lain.", "hps": document.hps, "days": 5, "deadline": soon(),
                "services": [market.service, market.rival_service],
            },
            "announce": {"deadline": soon()},
            "announce_tender": {"deadline": soon() + dt.timedelta(days=5)},
            "open_quotations": {},
            "ask_opening": {},
            "confirm_opening": {},
            "evaluate": {"results": {q.code: (True, "") for q in document.quotations.all()}},
            "award": {"quotation": winner or document.quotations.first()},
            "fail": why,
            "release": why,
            "lapse": why,
        }  # fmt: skip
    if isinstance(document, Quotation):
        return {
            "revise": {"price": 1_000_000, "days": 3, "approach": "Lain."},
            "lose": why,
            "propose": {"prices": lower(document)},
            "counter": {"prices": lower(document)},
            "accept_price": {},
            "negotiate": {"price": document.price - 1, "note": "Sepakat.", "scan": scan},
            "minute": {"number": "027/BA"},
            "resign": why,
        }
    if isinstance(document, Terms):
        item = {"name": "Kelas", "volume": 1, "unit": "paket", "unit_price": document.sourcing.hps}
        return {"write": {"scope": "Lain.", "days": 3}, "price": {"items": [item]}, "fix": {}}
    if isinstance(document, Contract):
        return {
            "issue": {"number": "1", "signed_on": today, "starts_on": today},
            "sign_for_provider": {"scan": scan},
            "sign_for_village": {"scan": scan},
            "report_progress": {"percent": 100, "text": "Selesai semua."},
            "request_inspection": {},
            "ask_repair": why,
            "accept_work": {"note": "Baik."},
            "hand_over": {"number": "1", "on": today, "place": "Kantor"},
            "attach_handover_scan": {"scan": scan},
            "fall": why,
            "hand_to_head": {"number": "2", "on": today, "place": "Kantor"},
            "confirm_handover": {},
            "attach_head_scan": {"scan": scan},
            "accept_part": {"note": "Baik."},
            "record_training": {"held_on": today, "topic": "Kas", "place": "Aula", "men": 1, "women": 2},
            "change": {
                "addendum": SimpleNamespace(state="signed", code="X", reason="x", new_ends_on=None, new_value=None)
            },
            "send_back": why,
            "recall": why,
            "terminate": {"cause": "agreed", **why},
        }
    if isinstance(document, Addendum):
        return {"sign_for_provider": {"scan": scan}, "sign_for_village": {"scan": scan}, "withdraw": why, "lapse": why}
    if isinstance(document, Accountability):
        meeting = document.decided_meeting
        remedy = Remedy(accountability=document)
        return {
            "accept": {"meeting": meeting or Meeting()},
            "refuse": {"meeting": meeting or Meeting()},
            "resume": {"remedy": remedy},
            "postpone_due": {"to": document.expected_on + dt.timedelta(days=9), **why},
            "close": {},
        }
    if isinstance(document, PaymentRequest):
        return payment_arguments(market, document)
    if isinstance(document, Meeting):
        return {
            "replan": {"accounts": [item.accountability for item in document.items.all()], "place": "Balai"},
            "postpone": {"to": document.held_on + dt.timedelta(days=7), **why},
            "cancel": why,
            "record": {"attendance": [("bpd", 1, 1)], "questions": [], "ends_at": dt.time(12)},
            "amend": {"attendance": [("bpd", 1, 1)], "questions": [], "place": "Balai"},
            "attach": {"scan": scan},
            "decide": {"rulings": market.rulings(document, "accepted")},
            "supplement": {"notes_scan": scan},
        }
    if isinstance(document, FollowUp):
        return {"finish": {"note": "Sudah."}, "give_back": why}
    if isinstance(document, Remedy):
        return {
            "report": {"note": "Sudah."},
            "confirm_repair": {},
            "give_back": why,
            "record_refund": {"number": "1", "on": today, "amount": 1000, "proof": scan},
            "record_step": {"stage": "talks", "on": today, "note": "Bertemu."},
            "settle": {"outcome": "Sepakat.", "proof": scan},
            "give_up": why,
        }
    return {"answer": {"reply": "Terima kasih."}}


def lower(offer: Quotation) -> dict[int, int]:
    """Prices that nobody has asked for yet."""
    last = offer.last_prices() or offer.offered_prices()
    return {key: price - 1 for key, price in last.items()}


def payment_arguments(market: Market, request: PaymentRequest) -> dict[str, dict[str, Any]]:
    scan, why = market.file("pka"), {"reason": "Alasan uji."}
    bill = {"bill_number": "1", "billed_on": market.today, "bill_amount": request.amount, "bill_scan": scan}
    return {
        "complete_papers": {"number": "2"},
        "bill": bill,
        "examine": {"answers": YES},
        "refuse": {"answers": YES | {"funded": (False, "Dana kurang.")}},
        "give_back": why,
        "pay": {"number": "1", "paid_on": market.today, "taxes": [], "proof": scan},
        "amend_payment": {"number": "2", "paid_on": market.today, "taxes": [], **why},
        "withdraw": why,
    }


def kept(market: Market, need: Need) -> Shortlisted | None:
    """An entry of the need's shortlist, to be taken off it."""
    if need.state == "cancelled":
        return None
    entry = need.shortlist_entries.first()
    return entry or need.shortlist(by=market.user("pka"), version=market.rival_service.current_version)


def prove(market: Market, document: Any, table: Table, ever: Table | None = None) -> None:
    """At this state: who succeeds with which verb, and whose buttons are which."""
    document.refresh_from_db()
    needs = arguments(market, document)
    people = market.everyone()
    state = document.state
    rows = (ever or table).items()
    movers = {verb: set().union(*(who for (_, v), who in rows if v == verb)) for verb in document.MOVES}
    assert all(who or verb in ("lapse", "settle") for verb, who in movers.items()), "a verb that nobody ever may"
    for verb, move in document.MOVES.items():
        # From another state it is refused to everyone alike: ask only who ever may, and the mightiest.
        asked = people if state in move.sources else {key: people[key] for key in movers[verb] | {"ministry"}}
        if verb in ("qualify", "disqualify"):
            answers = {key: _judge(document, verb, user) for key, user in asked.items()}
        else:
            answers = {key: attempt(document, verb, user, needs.get(verb, {})) for key, user in asked.items()}
        made = {key for key, refusal in answers.items() if not refusal}
        assert made == table.get((state, verb), set()), (state, verb, answers)
        assert all(answer.endswith(".") and len(answer) > 20 for answer in answers.values() if answer), answers
    for key, user in people.items():
        buttons = {move.verb for move in document.open_moves(user) if move.verdict}
        pressable = {verb for verb, move in document.MOVES.items() if not move.inner}
        assert buttons == {verb for verb in pressable if key in table.get((state, verb), set())}, (state, key)


def _judge(document: Quotation, verb: str, user: Any) -> str:
    return attempt(document, "judge", user, {"passes": verb == "qualify", "reason": "Kurang lengkap."})


def states_of(table: Table, kind: type[Document], seen: list[str]) -> None:
    assert set(seen) == set(kind.State.values), "every state is proved"  # type: ignore[attr-defined]


def test_who_may_do_what_with_a_need(market: Market) -> None:
    DatedSetting.objects.create(key="year-end-list-from", value="01-01", valid_from="2015-01-01", source="contoh")
    seen = []
    for state in Need.State.values:
        need = market.need(state)
        prove(market, need, NEED)
        seen.append(need.state)
    states_of(NEED, Need, seen)


def test_a_need_whose_sourcing_runs_is_not_cancelled(market: Market) -> None:
    need = market.sourcing("open").need
    refusal = attempt(need, "cancel", market.user("kades"), {"reason": "x"})
    assert refusal == "Pengadaannya sedang berjalan; hentikan pengadaan dahulu."


def test_who_may_do_what_with_a_quotation(market: Market) -> None:
    """Sealed ones are proved twice: while offers are taken the owner may, after the opening the officer."""
    sourcing = market.sourcing("open", hps=20_000_000)
    tpk = market.user("tpk")
    won, lost = market.quote(sourcing, "firm", 18_000_000), market.quote(sourcing, "rival", 19_000_000)
    owners = {("sealed", "revise"): set(), ("sealed", "withdraw"): set()}
    officers = {("sealed", "qualify"): set(), ("sealed", "disqualify"): set()}
    prove(market, won, QUOTATION | officers, ever=QUOTATION)
    market.let_deadline_pass(sourcing)
    market.open_offers(sourcing)
    prove(market, won, QUOTATION | owners, ever=QUOTATION)
    sourcing.evaluate(by=tpk, results={won.code: (True, ""), lost.code: (True, "")})
    prove(market, won, QUOTATION | UNSAID, ever=QUOTATION)
    won.propose(by=tpk, prices=lower(won))
    asked: Table = {("qualified", "propose"): set(), ("qualified", "minute"): set()}
    prove(market, won, QUOTATION | asked, ever=QUOTATION)
    won.counter(by=market.user("firm"), prices=lower(won))
    answered: Table = {
        ("qualified", "counter"): set(),
        ("qualified", "accept_price"): TPK,
        ("qualified", "minute"): set(),
    }
    prove(market, won, QUOTATION | answered, ever=QUOTATION)
    won.accept_price(by=tpk)
    prove(market, won, QUOTATION | AGREED, ever=QUOTATION)
    sourcing.refresh_from_db()
    sourcing.award(by=tpk, quotation=won)
    seen = ["sealed", "qualified"]
    other = market.sourcing("open", hps=20_000_000)
    gone, bad = market.quote(other, "firm", 18_000_000), market.quote(other, "rival", 19_000_000)
    gone.withdraw(by=market.user("firm"))
    market.let_deadline_pass(other)
    market.open_offers(other)
    other.evaluate(by=tpk, results={bad.code: (False, "Tanpa jadwal.")})
    for quotation in (won, lost, gone, bad):
        prove(market, quotation, QUOTATION)
        seen.append(quotation.state)
    sourcing.release(by=tpk, reason="Penyedia mundur.")
    for quotation in (won, lost):
        prove(market, quotation, QUOTATION | UNSAID, ever=QUOTATION)
    states_of(QUOTATION, Quotation, [*seen, won.state])


def test_who_may_do_what_with_a_contract(market: Market) -> None:
    contract = market.contract("drafted")
    manager, provider = market.user("pka"), market.user("firm")
    walk = [
        lambda: contract.issue(by=manager, number="1", signed_on=market.today, starts_on=market.today),
        lambda: contract.sign_for_provider(by=provider, scan=market.file("firm")),
        lambda: contract.sign_for_village(by=manager, scan=market.file("pka")),
        lambda: contract.request_inspection(by=provider),
        lambda: contract.accept_work(by=manager, note="Sesuai."),
        lambda: contract.hand_over(by=manager, number="1", on=market.today, place="Kantor"),
        lambda: contract.hand_to_head(by=manager, number="2", on=market.today, place="Kantor"),
        lambda: contract.confirm_handover(by=market.user("kades")),
    ]
    seen = []
    for act in [*walk, None]:
        if contract.state == "running":
            refusal = attempt(contract, "request_inspection", provider, {})
            assert refusal == "Pemeriksaan diminta setelah ada kemajuan yang dilaporkan dan belum diterima."
            contract.report_progress(by=provider, percent=100, text="Selesai.")
        recorded = contract.head_handover_on is not None
        closed = {("inspection", "accept_part"), *({("received", verb) for verb in CONFIRMED} if not recorded else ())}
        prove(market, contract, CONTRACT | {key: set() for key in closed}, ever=CONTRACT)
        seen.append(contract.state)
        if act:
            act()
    terminated = market.contract("terminated")
    prove(market, terminated, CONTRACT)
    states_of(CONTRACT, Contract, [*seen, terminated.state])


def test_who_may_do_what_when_a_part_is_inspected(market: Market) -> None:
    contract = market.contract("running")
    contract.report_progress(by=market.user("firm"), percent=60, text="Separuh lebih.")
    contract.request_inspection(by=market.user("firm"), percent=50)
    prove(market, contract, CONTRACT | {("inspection", "accept_work"): set()}, ever=CONTRACT)


def test_who_may_do_what_with_an_addendum(market: Market) -> None:
    contract = market.contract("running")
    addendum = market.addendum(contract)
    prove(market, addendum, ADDENDUM)
    addendum.sign_for_provider(by=market.user("firm"), scan=market.file("firm"))
    prove(market, addendum, ADDENDUM)
    addendum.sign_for_village(by=market.user("pka"), scan=market.file("pka"))
    prove(market, addendum, ADDENDUM)
    gone = market.addendum(contract, new_ends_on=None, scope="Modul dicetak berwarna.")
    gone.withdraw(by=market.user("pka"), reason="Tidak jadi.")
    prove(market, gone, ADDENDUM)
    states_of(ADDENDUM, Addendum, ["draft", "provider_signed", addendum.state, gone.state])


def test_an_addendum_of_a_contract_that_does_not_run_is_nobodys(market: Market) -> None:
    ended = "Kontraknya tidak sedang berjalan, jadi tidak dapat diubah lagi dengan adendum."
    contract = market.contract("inspected")
    assert Addendum(contract=contract).may_create(market.user("pka")).reason == ended
    assert Addendum(contract=contract).may_sign_for_provider(market.user("firm")).reason == ended


def test_who_may_do_what_with_the_accountability(market: Market) -> None:
    account = market.account("payment")
    seen = []
    walk = [
        lambda: market.pay(account),
        lambda: market.meeting(account, decision="refused"),
        lambda: market.mend(account),
        lambda: market.meeting(account, decision="with_notes"),
        lambda: account.close(by=market.user("kades")),
    ]
    for act in [*walk, None]:
        prove(market, account, ACCOUNTABILITY)
        seen.append(account.state)
        if act:
            act()
            account.refresh_from_db()
    states_of(ACCOUNTABILITY, Accountability, seen)


def test_who_may_do_what_with_the_record_of_the_assembly(market: Market) -> None:
    account = market.account("musdes")
    planned = market.planned_meeting(account, days=0)
    prove(market, planned, MEETING)
    planned.cancel(by=market.user("bpd"), reason="Hujan.")
    prove(market, planned, MEETING)
    meeting = market.meeting(account)
    prove(market, meeting, MEETING)
    duty = Duty(account.code, "Bagikan modul", "Kasi", market.today, responsible="activity_manager")
    market.decide(meeting, "accepted", follow_ups=[duty])
    prove(market, meeting, MEETING)
    given = meeting.follow_ups.get()
    prove(market, given, FOLLOW_UP)
    given.finish(by=market.user("pka"), note="Dibagikan.")
    prove(market, given, FOLLOW_UP)
    states_of(MEETING, Meeting, ["planned", "cancelled", "draft", "decided"])
    states_of(FOLLOW_UP, FollowUp, ["open", "done"])


def test_who_may_do_what_with_each_way_out(market: Market) -> None:
    account = market.account("refused")
    repair = market.remedy(account)
    prove(market, repair, REPAIR, REMEDY)
    repair.report(by=market.user("firm"), note="Sudah.")
    prove(market, repair, REPAIR, REMEDY)
    repair.give_up(by=market.user("kades"), reason="Tidak sanggup.")
    prove(market, repair, REPAIR, REMEDY)
    reduction = market.remedy(account, "reduction", asked=100_000)
    prove(market, reduction, REDUCTION, REMEDY)
    reduction.give_up(by=market.user("pka"), reason="Penyedia menolak.")
    dispute = market.remedy(account, "dispute")
    dispute.record_step(by=market.user("pka"), stage="talks", on=market.today, note="Bertemu.")
    prove(market, dispute, DISPUTE, REMEDY)
    dispute.settle(by=market.user("kades"), outcome="Sepakat.", proof=market.file("kades"))
    prove(market, dispute, DISPUTE, REMEDY)


def test_who_may_do_what_with_a_rating(market: Market) -> None:
    rating = market.rating("given")
    assert isinstance(rating, Rating)
    prove(market, rating, RATING)
    rating.answer(by=market.user("firm"), reply="Terima kasih.")
    prove(market, rating, RATING)


# --- who may begin what ------------------------------------------------------------------------------
def beginners(market: Market, document: Any) -> set[str]:
    return {key for key, user in market.everyone().items() if document.may_create(user)}


def test_who_may_begin_each_document(market: Market) -> None:
    assert beginners(market, market.draft_need()) == DRAFTERS | HELPERS
    small, large = market.sourcing("open"), market.sourcing("open", hps=20_000_000)
    assert beginners(market, small) == PKA
    assert beginners(market, large) == TPK
    assert beginners(market, market.offer(large, "firm")) == FIRM
    assert beginners(market, market.offer(large, "rival")) == {"rival"}
    account = market.account("musdes")
    assert beginners(market, market.draft_addendum(market.contract("running"))) == PKA
    assert beginners(market, market.draft_addendum(market.contract("inspected"))) == set()
    assert beginners(market, market.draft_meeting(account)) == RECORDERS
    assert beginners(market, market.draft_rating(account.contract)) == set()
    market.meeting(account, decision="accepted")
    account.refresh_from_db()
    assert beginners(market, market.draft_rating(account.contract)) == PKA
    refused = market.account("refused")
    assert beginners(market, market.draft_remedy(refused)) == {"pka", "kades"}
    assert beginners(market, market.draft_remedy(account)) == set()


def test_who_works_for_the_provider_does_not_buy_from_it(market: Market) -> None:
    from accounts.models import Membership, Role

    Membership.objects.create(
        user=market.user("tpk"), role=Role.PROVIDER, provider=market.firm.provider, starts_on=dt.date(2024, 1, 1)
    )
    sourcing = market.draft_sourcing(hps=20_000_000)
    sourcing.prepare(by=market.user("tpk"), services=[market.service, market.rival_service])
    refusal = attempt(sourcing, "announce", market.user("tpk"), {"deadline": soon()})
    assert refusal.startswith("Anda bekerja pada penyedia yang diundang")


# --- pages -------------------------------------------------------------------------------------------
INNER = {
    Need: {"shortlist", "unlist"},
    Sourcing: {"lapse"},
    Quotation: {"qualify", "disqualify", "win", "lose", "resign", "come_back"},
    Contract: {"change", "fall"},
    Addendum: {"lapse"},
    PaymentRequest: {"refuse"},
    Accountability: {"settle", "accept", "refuse", "resume"},
}


@pytest.mark.parametrize(
    "kind",
    [Need, Sourcing, Quotation, Contract, Addendum, PaymentRequest, Accountability, Meeting, FollowUp, Remedy, Rating],
)
def test_inner_moves_are_known_and_no_other_is_hidden(kind: type[Document]) -> None:
    assert {verb for verb, move in kind.MOVES.items() if move.inner} == INNER.get(kind, set())


def test_inner_moves_have_no_page_and_no_button(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    quotation = sourcing.quotations.first()
    client = market.client("tpk")
    for verb in INNER[Quotation]:
        for slug in (Quotation.MOVES[verb].slug, verb):
            url = reverse("quotation-move", args=[quotation.code, slug])
            assert client.get(url).status_code == 404
            assert client.post(url).status_code == 404
    quotation.refresh_from_db()
    assert quotation.state == "qualified"


def test_a_page_of_a_move_that_is_past_says_so_and_shows_no_form(market: Market) -> None:
    contract = market.contract("running")
    page = market.client("pka").get(contract.move_url("issue"))
    assert "“Terbitkan Kontrak” tidak dapat dilakukan: statusnya sekarang Berjalan." in page.content.decode()
    assert 'name="number"' not in page.content.decode()


def test_each_move_writes_one_event_with_the_role_it_was_made_under(market: Market) -> None:
    account = market.account("closed")
    contract, need = account.contract, account.contract.need
    rows = [
        (e.about.split(".")[1], e.verb, e.actor_name, e.role)
        for document in (need, contract, account)
        for e in document.events()
    ]
    assert rows == [
        ("need", "create", "Contoh Operator", "village_operator"),
        ("need", "agree", "Contoh Operator", "village_operator"),
        ("need", "budget", "Contoh Pka", "activity_manager"),
        ("contract", "create", "Contoh Pka", "activity_manager"),
        ("contract", "issue", "Contoh Pka", "activity_manager"),
        ("contract", "sign_for_provider", "Siti", "provider"),
        ("contract", "sign_for_village", "Contoh Pka", "activity_manager"),
        ("contract", "report_progress", "Siti", "provider"),
        ("contract", "request_inspection", "Siti", "provider"),
        ("contract", "accept_work", "Contoh Pka", "activity_manager"),
        ("contract", "hand_over", "Contoh Pka", "activity_manager"),
        ("contract", "hand_to_head", "Contoh Pka", "activity_manager"),
        ("contract", "confirm_handover", "Contoh Kades", "village_head"),
        ("contract", "attach_handover_scan", "Contoh Pka", "activity_manager"),
        ("contract", "attach_head_scan", "Contoh Pka", "activity_manager"),
        ("accountability", "create", "Contoh Kades", "village_head"),
        ("accountability", "settle", "Contoh Kaur", "village_treasurer"),
        ("accountability", "accept", "Contoh Bpd", "bpd"),
        ("accountability", "close", "Contoh Kades", "village_head"),
    ]
