"""Two people open, after the deadline by the database's clock; and what happens when there is no plain way on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Membership, Role, User
from core.clock import database_now
from core.models import Notice
from core.workflow import TransitionRefused
from tests.transactions.stage import LONG_AGO, Market, days_later
from transactions.models import Contract, OpeningMinutes, Sourcing
from transactions.order import Order
from verification.models import Standing

pytestmark = pytest.mark.django_db


# --- by two -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("hps", [20_000_000, 250_000_000])
def test_both_are_named_in_the_event_and_in_the_minutes(hps: int, market: Market) -> None:
    sourcing = market.sourcing("opening", hps=hps)
    sourcing.confirm_opening(by=market.user("bpd"), number="05/BA-P/2026")
    event = sourcing.events().get(verb="confirm_opening")
    assert (event.actor_name, event.data["first"], event.data["second"]) == ("Contoh Bpd", "Contoh Tpk", "Contoh Bpd")
    minutes = OpeningMinutes.objects.get(sourcing=sourcing)
    named = (minutes.first_name, minutes.second_name, minutes.number)
    assert named == ("Contoh Tpk", "Contoh Bpd", "05/BA-P/2026")
    page = market.client("pka").get(sourcing.get_absolute_url()).content.decode()
    assert "Contoh Tpk (Tim Pelaksana Kegiatan (TPK), Desa Kuta) dan Contoh Bpd (" in page


def test_a_colleague_of_the_team_may_be_the_second_person(market: Market) -> None:
    sourcing = market.sourcing("opening", hps=20_000_000)
    colleague = User.objects.create_user("tpk9@desa.example", "sandi contoh", name="Contoh Kedua")
    Membership.objects.create(
        user=colleague, role=Role.PROCUREMENT_TEAM, area_id=sourcing.need.village_id, starts_on=LONG_AGO
    )
    sourcing.confirm_opening(by=colleague)
    assert sourcing.state == "opened"


def test_the_database_knows_no_offers_opened_by_one_person_twice_or_too_early(market: Market) -> None:
    sourcing = market.sourcing("opening", hps=20_000_000)
    row, asker = Sourcing.objects.filter(pk=sourcing.pk), market.user("tpk")
    for values in (
        {"opened_by": asker, "opened_at": database_now(), "state": "opened"},
        {"opened_by": market.user("bpd"), "opened_at": sourcing.deadline - dt.timedelta(minutes=1), "state": "opened"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**values)


def test_the_minutes_are_for_the_village_not_for_bidders(market: Market) -> None:
    sourcing = market.sourcing("opened", hps=20_000_000)
    readers = {
        key
        for key, user in market.everyone().items()
        if OpeningMinutes.objects.visible_to(user).filter(sourcing=sourcing).exists()
    }
    assert readers & {"firm", "rival", "outsider", "public", "nobody", "tpk2", "dpmd2"} == set()
    assert {"tpk", "kades", "pld", "dpmd"} <= readers


def test_asked_twice_it_stands_once_and_both_pages_say_so(market: Market) -> None:
    sourcing = market.sourcing("quoted", hps=20_000_000)
    market.let_deadline_pass(sourcing)
    ask, confirm = sourcing.move_url("ask_opening"), sourcing.move_url("confirm_opening")
    assert [market.client("tpk").post(ask).status_code for _ in "ab"] == [302, 302]
    assert [market.client("pka").post(confirm, {"number": "1"}).status_code for _ in "ab"] == [302, 302]
    verbs = list(sourcing.events().filter(verb__endswith="opening").values_list("verb", flat=True))
    assert verbs == ["ask_opening", "confirm_opening"]


def test_what_waits_for_whom_goes_by_the_databases_clock(market: Market) -> None:
    sourcing = market.sourcing("quoted", hps=20_000_000)
    tpk = market.user("tpk")
    with days_later(30):
        tpk.__dict__.pop("memberships_now", None)
        assert sourcing not in Sourcing.objects.waiting_for(tpk)
        assert "Menunggu penawaran sampai" in Sourcing.objects.get(pk=sourcing.pk).status_sentence
    market.let_deadline_pass(sourcing)
    with days_later(-30):
        assert sourcing in Sourcing.objects.waiting_for(tpk)
        assert "Batas waktu penawaran sudah lewat" in Sourcing.objects.get(pk=sourcing.pk).status_sentence
        sourcing.ask_opening(by=tpk)
    assert sourcing.state == "opening"


# --- ways on ------------------------------------------------------------------------------------------
def advice(market: Market, sourcing: Sourcing, who: str = "tpk") -> str:
    return Order(Sourcing.objects.get(pk=sourcing.pk).need, market.user(who)).advice


def test_no_offer_fails_and_begins_again_from_what_it_said_while_the_deadline_stays(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    market.let_deadline_pass(sourcing)
    deadline = Sourcing.objects.get(pk=sourcing.pk).deadline
    assert advice(market, sourcing).startswith("Tidak ada penawaran yang masuk sampai batas waktu")
    assert advice(market, sourcing, "pka") == advice(market, sourcing, "firm") == ""
    sourcing.fail(by=market.user("tpk"), reason="Tidak ada penawaran.")
    sourcing.refresh_from_db()
    assert sourcing.deadline == deadline
    assert "Isian pengadaan yang gagal akan disalin" in advice(market, sourcing)
    form = market.client("tpk").get(reverse("sourcing-new", args=[sourcing.need.code])).context["form"]
    assert (form["scope"].value(), form["hps"].value(), form["days"].value()) == (sourcing.scope, "20.000.000", 14)
    assert form["services"].value() == []
    again = market.sourcing("open", hps=20_000_000, need=sourcing.need, services=[market.service, market.third_service])
    assert {row.provider.name for row in again.invitations.all()} == {"CV Rinjani", "CV Mandalika"}


def test_one_offer_may_be_evaluated_and_awarded(market: Market) -> None:
    sourcing = market.sourcing("quoted", hps=20_000_000, prices={"firm": 19_000_000})
    market.let_deadline_pass(sourcing)
    assert advice(market, sourcing).startswith("Hanya satu penawaran yang masuk.")
    market.open_offers(sourcing)
    assert advice(market, sourcing).startswith("Hanya satu penawaran yang masuk.")
    sourcing.evaluate(by=market.user("tpk"), results={q.code: (True, "") for q in sourcing.quotations.all()})
    assert advice(market, sourcing) == ""
    sourcing.award(by=market.user("tpk"), quotation=sourcing.quotations.get())
    assert sourcing.contract.provider == market.firm.provider


def test_where_all_fell_each_bidder_reads_its_reason_and_it_begins_again(market: Market) -> None:
    sourcing = market.sourcing("opened", hps=20_000_000)
    results = {q.code: (False, f"Kurang {q.provider.name}.") for q in sourcing.quotations.select_related("provider")}
    sourcing.evaluate(by=market.user("tpk"), results=results)
    assert advice(market, sourcing).startswith("Tidak ada penawaran yang memenuhi syarat.")
    with pytest.raises(TransitionRefused):
        sourcing.award(by=market.user("tpk"), quotation=sourcing.quotations.first())
    sourcing.fail(by=market.user("tpk"), reason="Semua gugur.")
    for key, own, other in (("firm", "CV Rinjani", "PT Tastura"), ("rival", "PT Tastura", "CV Rinjani")):
        said = " ".join(Notice.objects.filter(user=market.user(key)).values_list("body", flat=True))
        assert f"Kurang {own}." in said
        assert "Semua gugur." in said
        assert f"Kurang {other}." not in said
    assert market.sourcing("draft", hps=20_000_000, need=sourcing.need).state == "draft"


def test_when_the_winner_withdraws_the_next_one_may_be_awarded(market: Market) -> None:
    sourcing = market.sourcing("awarded", hps=20_000_000)
    first, tpk = sourcing.contract, market.user("tpk")
    assert first.provider == market.rival.provider
    sourcing.release(by=tpk, reason="Tenaga ahli sakit.")
    first.refresh_from_db()
    assert (sourcing.state, first.state) == ("evaluated", "terminated")
    assert sorted(sourcing.quotations.values_list("state", flat=True)) == ["qualified", "resigned"]
    assert advice(market, sourcing).startswith("Pemenang pertama mundur.")
    said = Notice.objects.filter(title__startswith="Penetapan dibatalkan").values_list("user__email", "body")
    assert {email for email, _ in said} == {market.user(key).email for key in ("firm", "rival", "pka")}
    resigned = sourcing.quotations.get(state="resigned")
    with pytest.raises(TransitionRefused):
        sourcing.award(by=tpk, quotation=resigned)
    sourcing.award(by=tpk, quotation=sourcing.quotations.get(state="qualified"))
    assert sourcing.contract.provider == market.firm.provider
    assert Contract.objects.filter(sourcing=sourcing).exclude(state="terminated").count() == 1
    page = market.client("firm").get(sourcing.get_absolute_url()).content.decode()
    assert "PT Tastura" not in page


def test_when_nobody_is_left_it_fails(market: Market) -> None:
    sourcing = market.sourcing("awarded", hps=20_000_000, prices={"firm": 19_000_000})
    sourcing.release(by=market.user("tpk"), reason="Mundur.")
    assert advice(market, sourcing).startswith("Pemenang mundur dan tidak ada penawaran lain")
    sourcing.fail(by=market.user("tpk"), reason="Tidak ada lagi.")
    assert sourcing.state == "failed"


def test_the_database_knows_one_living_contract_of_a_sourcing(market: Market) -> None:
    sourcing = market.sourcing("awarded", hps=20_000_000)
    other = sourcing.quotations.get(state="lost")
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.create(
            sourcing=sourcing, quotation=other, provider=other.provider, village_id=sourcing.need.village_id, value=1
        )


# --- in the middle ------------------------------------------------------------------------------------
def test_a_provider_frozen_in_the_middle_is_not_awarded_and_the_next_is(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    Standing.objects.filter(provider=market.rival.provider).update(
        valid_until=dt.date(2025, 1, 1), listed_on=dt.date(2024, 1, 1)
    )
    cheap, dear = sourcing.quotations.order_by("price")
    tpk = market.user("tpk")
    with pytest.raises(TransitionRefused, match="sedang tidak terdaftar di direktori, jadi tidak dapat ditetapkan"):
        sourcing.award(by=tpk, quotation=cheap)
    with pytest.raises(TransitionRefused, match="Tuliskan alasan tidak menetapkannya"):
        sourcing.award(by=tpk, quotation=dear)
    sourcing.award(by=tpk, quotation=dear, reason="Penawar terendah sedang dibekukan.")
    assert sourcing.contract.provider == market.firm.provider


def test_officials_replaced_in_the_middle_sign_nothing_backwards(market: Market) -> None:
    """The names on the letters are those of the day on which each step was made."""
    from transactions import documents

    sourcing = market.sourcing("opened", hps=20_000_000)
    Membership.objects.filter(
        role__in=[Role.PROCUREMENT_TEAM, Role.VILLAGE_SECRETARY], area_id=sourcing.need.village_id
    ).update(ends_on=market.today - dt.timedelta(days=2))
    successor = User.objects.create_user("baru@desa.example", "sandi contoh", name="Contoh Pengganti")
    Membership.objects.create(
        user=successor,
        role=Role.PROCUREMENT_TEAM,
        area_id=sourcing.need.village_id,
        starts_on=market.today - dt.timedelta(days=1),
    )
    with pytest.raises(TransitionRefused, match="dilakukan oleh Tim Pelaksana Kegiatan"):
        sourcing.evaluate(by=market.user("tpk"), results={})
    sourcing.evaluate(by=successor, results={q.code: (True, "") for q in sourcing.quotations.all()})
    sourcing.award(by=successor, quotation=sourcing.quotations.order_by("price")[0])
    whole = Order(sourcing.need, successor)
    found = {each.kind: each.issue(by=successor) for each in documents.sourcing.available(whole)}
    signed = {kind.split("-")[0]: paper.snapshot["signatures"]["right"]["name"] for kind, paper in found.items()}
    assert signed == {
        "surat": "Contoh Tpk",
        "ba": "Contoh Tpk",
        "penetapan": "Contoh Pengganti",
        "pengumuman": "Contoh Pengganti",
    }
    assert found["ba-pembukaan"].snapshot["signatures"]["left"]["name"] == "Contoh Sekdes"
