"""Somebody who works for two providers, and whose hand registered one for a tender."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Membership, Role
from core.models import Event
from tests.transactions.sourcing.test_tender import suspend
from tests.transactions.stage import LONG_AGO, Market
from tests.transactions.test_once import key_of
from tests.transactions.test_pages import filled
from transactions.models import Invitation, Quotation, Sourcing

pytestmark = pytest.mark.django_db


def joins(market: Market, key: str, firm: Any) -> Any:
    Membership.objects.create(user=market.user(key), role=Role.PROVIDER, provider=firm.provider, starts_on=LONG_AGO)
    return market.user(key)


# --- a tender --------------------------------------------------------------------------------------------
def test_the_second_provider_takes_part_where_the_first_is_not_listed(market: Market) -> None:
    tender = market.sourcing("open", hps=250_000_000)
    joins(market, "firm", market.rival)
    suspend(market.firm.provider)
    client, url = market.client("firm"), reverse("tender-register", args=[tender.code])
    body = client.get(url).content.decode()
    assert "Bimbingan pembukuan" in body and "Pelatihan pembukuan" not in body
    answer = client.post(url, {"service": market.rival_service.pk, "submit_key": key_of(client, url)})
    assert answer.status_code == 302, answer.content.decode()
    assert Invitation.objects.get(sourcing=tender).provider == market.rival.provider


def test_the_form_names_the_provider_of_each_service_and_takes_the_chosen_one(market: Market) -> None:
    tender = market.sourcing("open", hps=250_000_000)
    joins(market, "firm", market.rival)
    client, url = market.client("firm"), reverse("tender-register", args=[tender.code])
    body = client.get(url).content.decode()
    assert "Bimbingan pembukuan – PT Tastura" in body and "Pelatihan pembukuan – CV Rinjani" in body
    client.post(url, {"service": market.rival_service.pk, "submit_key": key_of(client, url)})
    assert Invitation.objects.get(sourcing=tender).provider == market.rival.provider


def test_registering_is_an_event_that_rivals_do_not_read(market: Market) -> None:
    tender = market.sourcing("open", hps=250_000_000)
    entry = market.register(tender, "firm")
    market.register(tender, "rival")
    event = Event.objects.get(about="transactions.invitation", about_id=str(entry.pk))
    assert (event.verb, event.actor, event.role, event.about_code) == (
        "register", market.user("firm"), Role.PROVIDER, tender.code,
    )  # fmt: skip
    assert event.verb_label == "Mendaftar sebagai peserta lelang"
    shown = {
        key: market.client(key).get(tender.get_absolute_url()).content.decode().count("Mendaftar sebagai peserta")
        for key in ("firm", "rival", "tpk")
    }
    assert shown == {"firm": 1, "rival": 1, "tpk": 2}
    assert "PT Tastura" not in market.client("firm").get(tender.get_absolute_url()).content.decode()
    market.register(tender, "firm")  # twice is once
    assert Event.objects.filter(about="transactions.invitation").count() == 2


# --- an invitation to both ---------------------------------------------------------------------------------
def test_whoever_offers_for_two_reads_for_whom_and_sends_each_its_own(market: Market) -> None:
    sourcing: Sourcing = market.sourcing("open", hps=20_000_000)
    joins(market, "firm", market.rival)
    client, need = market.client("firm"), sourcing.need
    page = client.get(need.get_absolute_url()).content.decode()
    assert "Kirim penawaran CV Rinjani" in page and "Kirim penawaran PT Tastura" in page
    plain = reverse("quotation-new", args=[need.code])
    for firm, price in ((market.rival, "18.000.000"), (market.firm, "19.000.000")):
        url = f"{plain}?penyedia={firm.provider.code}"
        shown = client.get(url)
        assert f"atas nama {firm.provider.name}" in shown.content.decode()
        data = filled(shown.context["form"]) | {"price_1": price, "days": "14", "approach": "Kami datang."}
        assert client.post(url, data).status_code == 302
    assert {each.provider: each.price for each in Quotation.objects.filter(sourcing=sourcing)} == {
        market.rival.provider: 18_000_000,
        market.firm.provider: 19_000_000,
    }
    assert "Kirim penawaran CV Rinjani" not in client.get(need.get_absolute_url()).content.decode()


def test_whoever_offers_for_two_is_not_sent_to_one_of_them_unasked(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    joins(market, "firm", market.rival)
    answer = market.client("firm").get(reverse("quotation-new", args=[sourcing.need.code]))
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?penyedia={market.firm.provider.code}")
    for odd in ("ZZZZ", "\0", "😀", market.third.provider.code):
        assert market.client("firm").get(
            reverse("quotation-new", args=[sourcing.need.code]), {"penyedia": odd}
        ).status_code in (302, 400, 404)


def test_who_works_for_one_finds_the_page_as_ever(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    body = market.client("firm").get(reverse("quotation-new", args=[sourcing.need.code])).content.decode()
    assert "atas nama CV Rinjani" in body
