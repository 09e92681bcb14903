"""The draft of a sourcing: what it begins from, who goes on with it, and what it says before it goes out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Membership, Role
from catalog.models import Category
from core.clock import database_now
from core.formats import MAX_RUPIAH
from core.models import Notice
from core.workflow import TransitionRefused
from tests.catalog.stage import service
from tests.transactions.stage import Market, Reasoned, days_later, soon
from tests.transactions.test_pages import filled, queries
from transactions.documents.sourcing import issue_request
from transactions.models import Paper, ProcurementRule, Sourcing, Terms

pytestmark = pytest.mark.django_db
TWO = [
    {"name": "Pelatih", "volume": Decimal("2.5"), "unit": "hari", "unit_price": 6_000_000},
    {"name": "Modul", "volume": Decimal(30), "unit": "eksemplar", "unit_price": 150_000},
]


def draft(market: Market, *, hps: int = 19_500_000, estimate: int = 30_000_000) -> Sourcing:
    sourcing = market.draft_sourcing(hps=hps, need=market.need(estimate=estimate))
    by = "pka" if hps <= 10_000_000 else "tpk"
    services = [market.service] if by == "pka" else [market.service, market.rival_service]
    sourcing.give_reasons(Reasoned())
    sourcing.prepare(by=market.user(by), services=services)
    return sourcing


# --- after a failure ---------------------------------------------------------------------------------------
def test_the_hps_starts_from_the_items_of_the_try_that_failed(market: Market) -> None:
    first = draft(market)
    market.terms(first, TWO, price_source="Survei tiga penyedia.", tax="included", hps_number="9/HPS")
    first.fail(by=market.user("tpk"), reason="Lingkup berubah.")
    second = market.draft_sourcing(hps=19_500_000, need=first.need)
    second.prepare(by=market.user("tpk"), services=[market.service, market.rival_service])
    terms = market.draft_terms(second)
    terms.begin(by=market.user("pka"), scope=second.scope, days=second.days)
    form = market.client("tpk").get(terms.move_url("price")).context["form"]
    shown = filled(form)
    assert (shown["name_0"], shown["volume_0"], shown["unit_price_0"]) == ("Pelatih", "2,5", "6.000.000")
    assert (shown["name_1"], shown["price_source"], shown["tax"]) == ("Modul", "Survei tiga penyedia.", "included")
    assert not shown.get("hps_number")  # the agenda has another number for this one
    assert first.advice.startswith("Isian pengadaan yang gagal akan disalin")


def test_without_an_earlier_try_the_hps_starts_as_one_lump(market: Market) -> None:
    sourcing = draft(market)
    terms = market.draft_terms(sourcing)
    terms.begin(by=market.user("pka"), scope=sourcing.scope, days=sourcing.days)
    shown = filled(market.client("tpk").get(terms.move_url("price")).context["form"])
    assert (shown["name_0"], shown["unit_price_0"]) == (sourcing.need.title, "19.500.000")


# --- another value, another office -------------------------------------------------------------------------
def test_a_draft_that_outgrows_its_method_passes_to_the_office_that_buys_so(market: Market) -> None:
    sourcing = draft(market, hps=9_000_000)
    fields = {"scope": "Baru.", "days": 9, "deadline": soon(), "services": [market.service]}
    sourcing.amend(by=market.user("pka"), hps=15_000_000, **fields)
    assert (sourcing.hps, sourcing.method) == (15_000_000, "quotation")
    assert sourcing.may("amend", market.user("tpk")) and not sourcing.may("amend", market.user("pka"))
    told = Notice.objects.filter(user=market.user("tpk"), channel="site").order_by("pk").last()
    assert told is not None and told.title == "Draf pengadaan berpindah kepada Anda: Pembukuan BUM Desa"
    assert "Permintaan Penawaran" in told.body
    sourcing.amend(by=market.user("tpk"), hps=9_000_000, **fields)
    assert sourcing.method == "direct"
    told = Notice.objects.filter(user=market.user("pka"), channel="site").order_by("pk").last()
    assert told is not None and told.title == "Draf pengadaan berpindah kepada Anda: Pembukuan BUM Desa"


def test_items_that_outgrow_the_method_tell_that_office_too(market: Market) -> None:
    sourcing = draft(market, hps=9_000_000)
    market.terms(sourcing, TWO)
    assert sourcing.method == "quotation"
    assert (
        Notice.objects.filter(user=market.user("tpk"), channel="site", title__startswith="Draf pengadaan").count() == 1
    )
    again = draft(market, hps=9_000_000)
    market.terms(again)  # one lump of the same value: nothing passes
    assert Notice.objects.filter(title__startswith="Draf pengadaan", channel="site").count() == 1


def test_with_items_the_value_is_shown_and_judged_and_not_asked_for(market: Market) -> None:
    sourcing = draft(market)
    market.terms(sourcing, TWO)
    client, url = market.client("tpk"), sourcing.move_url("amend")
    page = client.get(url)
    assert "hps" not in page.context["form"].fields
    assert "19.500.000" in page.content.decode()
    sent = filled(page.context["form"]) | {"hps": "250.000.000", "services": []}  # forged: a tender asks nobody
    assert client.post(url, sent).status_code == 422
    assert sourcing.invitations.count() == 2
    sent |= {"services": [market.service.pk, market.rival_service.pk], "scope": "Lain."}
    assert client.post(url, sent).status_code == 302
    sourcing.refresh_from_db()
    assert (sourcing.hps, sourcing.scope, sourcing.invitations.count()) == (19_500_000, "Lain.", 2)


# --- what the pages say ------------------------------------------------------------------------------------
def test_the_form_says_what_happens_above_the_last_limit(market: Market) -> None:
    need = market.need("budgeted", estimate=250_000_000)
    client, url = market.client("tpk"), reverse("sourcing-new", args=[need.code])
    page = client.get(url)
    assert "Di atas Rp200.000.000: lelang" in page.content.decode()
    answer = client.post(url, filled(page.context["form"]) | {"scope": "Kelas.", "days": "9"}, follow=True)
    body = answer.content.decode()
    assert "kirim undangan" not in body
    assert "Pengadaan disimpan sebagai draf." in body


# --- whose clock -------------------------------------------------------------------------------------------
def test_an_offer_is_sent_when_the_database_says(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    with days_later(2):
        offer = market.quote(sourcing, "firm", 19_000_000)
    assert offer.sent_at <= database_now()
    first = offer.sent_at
    with days_later(2):
        offer.revise(by=market.user("firm"), price=18_000_000, days=3, approach="Lain.")
    assert first < offer.sent_at <= database_now()


# --- the second person -------------------------------------------------------------------------------------
def alone(market: Market) -> None:
    """Nobody but the team's one person can open."""
    Membership.objects.filter(role__in=(Role.ACTIVITY_MANAGER, Role.VILLAGE_SECRETARY, Role.BPD)).update(
        ends_on=dt.date(2025, 1, 1)
    )


def test_who_asks_for_the_opening_reads_who_can_be_the_second(market: Market) -> None:
    sourcing = market.sourcing("quoted", hps=20_000_000)
    market.let_deadline_pass(sourcing)
    body = market.client("tpk").get(sourcing.move_url("ask_opening")).content.decode()
    for name in ("Contoh Pka", "Contoh Sekdes", "Contoh Bpd"):
        assert name in body
    assert "Contoh Pka2" not in body and "Contoh Tpk2" not in body
    assert market.client("tpk").post(sourcing.move_url("ask_opening")).status_code == 302


def test_with_nobody_to_be_the_second_the_opening_is_not_asked_for(market: Market) -> None:
    sourcing = market.sourcing("quoted", hps=20_000_000)
    market.let_deadline_pass(sourcing)
    alone(market)
    with pytest.raises(TransitionRefused, match="Daftarkan dahulu"):
        sourcing.ask_opening(by=market.user("tpk"))


def test_a_witness_who_works_for_a_bidder_is_not_counted_as_a_second_person(market: Market) -> None:
    sourcing = market.sourcing("quoted", hps=20_000_000)
    market.let_deadline_pass(sourcing)
    Membership.objects.filter(role__in=(Role.ACTIVITY_MANAGER, Role.VILLAGE_SECRETARY)).update(
        ends_on=dt.date(2025, 1, 1)
    )
    bpd = market.user("bpd")
    Membership.objects.create(
        user=bpd, role=Role.PROVIDER, provider=market.firm.provider, starts_on=dt.date(2024, 1, 1)
    )
    verdict = sourcing.may("ask_opening", market.user("tpk"))
    assert not verdict and "Daftarkan dahulu" in verdict.reason


# --- what an offer brings ------------------------------------------------------------------------------------
ALL = "surat penawaran; surat pernyataan kebenaran usaha; spesifikasi atau usulan teknis; jadwal pelaksanaan"


def asked_by(sourcing: Sourcing, market: Market) -> str:
    invitation = sourcing.invitations.first()
    return str(issue_request(invitation, sourcing, by=market.buyer(sourcing)).snapshot["papers"])


def test_the_letter_asks_for_what_the_form_asks_for(market: Market) -> None:
    assert asked_by(market.sourcing("open"), market) == ""
    assert asked_by(market.sourcing("open", hps=20_000_000), market) == f"{ALL}; daftar kuantitas dan harga"
    rule = ProcurementRule.objects.get(regency=None)
    ProcurementRule.objects.filter(pk=rule.pk).update(offer_papers=[Paper.LETTER, Paper.SCHEDULE])
    named = market.sourcing("draft", hps=20_000_000)
    named.announce(by=market.user("tpk"), deadline=soon())
    assert asked_by(named, market) == "surat penawaran; jadwal pelaksanaan; daftar kuantitas dan harga"


# --- too much ------------------------------------------------------------------------------------------------
def test_an_offer_beyond_what_a_column_holds_is_refused_in_words(market: Market) -> None:
    sourcing = draft(market)
    many = [{"name": "Modul", "volume": Decimal(10_000), "unit": "lembar", "unit_price": 1_500}]
    market.terms(sourcing, many)
    sourcing.announce(by=market.user("tpk"), deadline=soon())
    key = sourcing.items.get().pk
    for act in ("send", "revise"):
        offer = market.offer(sourcing, "firm")
        more: dict[str, Any] = {}
        if act == "revise":
            offer.send(by=market.user("firm"), prices={key: 900})
            more = {"days": 3, "approach": "Lain."}
        with pytest.raises(TransitionRefused, match="Jumlah penawaran terlalu besar"):
            getattr(offer, act)(by=market.user("firm"), prices={key: MAX_RUPIAH}, **more)
    answer = market.client("firm").post(
        offer.move_url("revise"), {"price_1": str(MAX_RUPIAH), "days": "3", "approach": "Lain."}
    )
    assert answer.status_code == 409


# --- pages of many rows --------------------------------------------------------------------------------------
def wide(market: Market, state: str) -> Sourcing:
    return market.sourcing(
        state,
        hps=20_000_000,
        services=[market.service, market.rival_service, market.third_service],
        prices={"firm": 19_000_000, "rival": 18_000_000, "outsider": 17_000_000},
    )


def test_three_offers_are_judged_with_as_many_queries_as_two(market: Market) -> None:
    two, three = market.sourcing("opened", hps=20_000_000), wide(market, "opened")
    counts = [queries(market.client("tpk"), each.move_url("evaluate")) for each in (two, three)]
    assert counts[0] == counts[1]


def test_three_invitations_are_sent_with_as_many_queries_as_two(market: Market) -> None:
    two, three = market.sourcing("draft", hps=20_000_000), wide(market, "draft")
    counts = [queries(market.client("tpk"), each.move_url("announce")) for each in (two, three)]
    assert counts[0] == counts[1]
    assert Terms.objects.filter(sourcing__in=[two, three]).count() == 2


# --- what a bidder is told before it sends -------------------------------------------------------------------
def test_the_form_of_an_offer_says_what_may_make_it_fail(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    body = market.client("firm").get(reverse("quotation-new", args=[sourcing.need.code])).content.decode()
    assert body.count("Diminta desa; penawaran tanpa berkas ini dapat gugur.") == len(Paper)
    assert "Desa meminta paling lama 14 hari" in body


def test_who_judges_sees_which_offer_takes_longer_than_asked(market: Market) -> None:
    sourcing = market.sourcing("opened", hps=20_000_000)
    sourcing.quotations.filter(provider=market.firm.provider).update(days=90)
    body = market.client("tpk").get(sourcing.move_url("evaluate")).content.decode()
    assert body.count("lebih lama dari yang diminta") == 1


def test_a_tender_is_joined_first_with_a_service_of_its_kind(market: Market) -> None:
    other = Category.objects.exclude(pk=market.service.category_id).order_by("pk")[0]
    own = service(market.firm, "Zonasi desa", category=other)
    need = market.need(estimate=250_000_000, category=other)
    tender = market.sourcing("open", hps=250_000_000, need=need)
    page = market.client("firm").get(reverse("tender-register", args=[tender.code]))
    services = [each.pk for each in page.context["form"].fields["service"].queryset]
    assert services == [own.pk, market.service.pk]
    assert "Tidak ada layanan Anda dalam kategori" not in page.content.decode()
    rival = market.client("rival").get(reverse("tender-register", args=[tender.code])).content.decode()
    assert f"Tidak ada layanan Anda dalam kategori {other.name}" in rival
