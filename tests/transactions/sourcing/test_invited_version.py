"""An invitation shows the price of the day on which the village chose the service."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Service
from tests.transactions.stage import Market
from transactions.models import Invitation

pytestmark = pytest.mark.django_db


def raise_price(market: Market, price: int) -> None:
    Service.objects.get(pk=market.service.pk).revise(by=market.user("firm"), price=price)


def test_an_invitation_keeps_the_version_that_the_village_read(market: Market) -> None:
    sourcing = market.sourcing("draft")
    raise_price(market, 9_900_000)
    invitation = Invitation.objects.select_related("version").get(sourcing=sourcing)
    assert (invitation.version.number, invitation.version.price) == (1, 9_000_000)


def test_both_sides_read_the_price_of_that_day(market: Market) -> None:
    sourcing = market.sourcing("open")
    raise_price(market, 9_900_000)
    sentence = "Rp9.000.000 per paket"
    order = market.client("pka").get(sourcing.need.get_absolute_url()).content.decode()
    assert sentence in order
    assert f"/layanan/{market.service.code}/versi/1/" in order
    form = market.client("firm").get(reverse("quotation-new", args=[sourcing.need.code])).content.decode()
    assert sentence in form
    assert "Rp9.900.000" not in order + form


def test_an_invitation_from_before_versions_names_its_service_alone(market: Market) -> None:
    sourcing = market.sourcing("open")
    Invitation.objects.filter(sourcing=sourcing).update(version=None)
    order = market.client("pka").get(sourcing.need.get_absolute_url()).content.decode()
    assert "melalui layanan Pelatihan pembukuan" in order
    assert market.client("firm").get(reverse("quotation-new", args=[sourcing.need.code])).status_code == 200


def test_the_order_s_page_costs_no_query_more_for_each_invitation(market: Market) -> None:

    def cost(hps: int, services: list[Service]) -> int:
        need = market.sourcing("open", hps=hps, services=services).need
        client = market.client("bpd")
        client.get(need.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(need.get_absolute_url()).status_code == 200
        return len(queries)

    two = [market.service, market.rival_service]
    assert cost(20_000_000, two) == cost(20_000_000, [*two, market.third_service])
