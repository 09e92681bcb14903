"""Somebody of the village who also works for a bidder is a bidder: of this purchase nothing else is for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Membership
from accounts.models.membership import Role
from core.models import PrintedDocument
from tests.transactions.stage import LONG_AGO, Market
from transactions import documents
from transactions.dossier import Dossier
from transactions.models import EvaluationMinutes, Invitation, OpeningMinutes, Quotation, Sourcing, Terms
from transactions.order import Order

pytestmark = pytest.mark.django_db


def on_both_sides(market: Market) -> Any:
    """The village's operator joins the first provider."""
    user = market.user("operator")
    Membership.objects.create(user=user, role=Role.PROVIDER, provider=market.firm.provider, starts_on=LONG_AGO)
    return market.user("operator")


def printed(sourcing: Sourcing, by: Any) -> None:
    for each in documents.available(Order(sourcing.need, by)):
        each.issue(by=by, paper="A4")


def test_before_the_deadline_they_read_neither_unit_prices_nor_rivals(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    printed(sourcing, market.user("tpk"))
    user = on_both_sides(market)
    assert not Terms.objects.visible_to(user).filter(sourcing=sourcing).exists()
    assert [each.provider_id for each in Invitation.objects.visible_to(user).filter(sourcing=sourcing)] == [
        market.firm.provider.pk
    ]
    dossier = Dossier(sourcing.need, user)
    assert {entry.kind for entry in dossier.entries} == {"kak", "surat-permintaan"}
    assert [entry.held.document.provider for entry in dossier.entries if entry.kind == "surat-permintaan"] == [
        market.firm.provider
    ]
    assert not dossier.is_office
    assert dossier.missing == [] and dossier.warned == []
    client = market.client("operator")
    page = client.get(reverse("order-file", args=[sourcing.need.code])).content.decode()
    assert "PT Tastura" not in page and "Harga Perkiraan Sendiri" not in page
    for paper in PrintedDocument.objects.filter(kind="hps"):
        assert client.get(paper.get_absolute_url()).status_code == 404


def test_after_the_opening_they_read_their_own_offer_alone(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    printed(sourcing, market.user("tpk"))
    user = on_both_sides(market)
    for model in (OpeningMinutes, EvaluationMinutes):
        assert model.objects.filter(sourcing=sourcing).exists()
        assert not model.objects.visible_to(user).filter(sourcing=sourcing).exists()
    assert [each.provider.name for each in Quotation.objects.visible_to(user).filter(sourcing=sourcing)] == [
        "CV Rinjani"
    ]
    page = market.client("operator").get(sourcing.get_absolute_url()).content.decode()
    assert "PT Tastura" not in page


def test_without_a_provider_the_village_reads_all_of_it(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    user = market.user("operator")
    assert Terms.objects.visible_to(user).filter(sourcing=sourcing).exists()
    assert Invitation.objects.visible_to(user).filter(sourcing=sourcing).count() == 2
    assert Quotation.objects.visible_to(user).filter(sourcing=sourcing).count() == 2


def test_the_file_names_number_and_day_of_each_request(market: Market) -> None:
    sourcing = market.sourcing("open", hps=20_000_000)
    Sourcing.objects.filter(pk=sourcing.pk).update(request_number="027/4/PP", request_on=market.today)
    printed(sourcing, market.user("tpk"))
    entries = Dossier(sourcing.need, market.user("tpk")).entries
    found = [(entry.number, entry.on) for entry in entries if entry.kind == "surat-permintaan"]
    assert found == [("027/4/PP", market.today)] * 2
