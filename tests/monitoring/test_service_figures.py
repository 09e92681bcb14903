"""Statistik layanan: what a provider's services met with, counted by service and month, and by nobody else read."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Service, ServiceViews
from core.formats import WIB
from monitoring.service_figures import Figures, ServiceFigures
from tests.cast import Story
from transactions.models import Contract, Invitation, Quotation, Shortlisted

PAGE = "/layanan-saya/statistik/"


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def year() -> tuple[dt.date, dt.date]:
    today = dt.datetime.now(WIB).date()
    return today.replace(year=today.year - 1, day=1), (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


@pytest.mark.django_db
def test_figures_are_those_of_the_story(story: Story, db: None, year: tuple[dt.date, dt.date]) -> None:
    """Against plain counting, row by row."""
    provider = story.application("penyedia").provider
    services = Service.objects.filter(provider=provider)
    figures = ServiceFigures(services, since=year[0], until=year[1])
    for service in services:
        invitations = Invitation.objects.filter(service=service).exclude(sourcing__state="draft")
        asked = {invitation.sourcing_id for invitation in Invitation.objects.filter(service=service)}
        assert figures.of(service.pk) == Figures(
            views=0,
            kept=Shortlisted.objects.filter(service=service).count(),
            invited=invitations.count(),
            quoted=sum(1 for each in Quotation.objects.filter(provider=provider) if each.sourcing_id in asked),
            awarded=sum(1 for each in Contract.objects.filter(provider=provider) if each.sourcing_id in asked),
        ), service.title
    total = figures.total()
    assert total.invited and total.quoted and total.awarded
    added = Figures()
    for row in figures.by_month().values():
        added.add(row)
    assert added == total


@pytest.mark.django_db
def test_views_count_in_their_month(story: Story, db: None) -> None:
    service = story.service("Pelatihan pengelolaan BUM Desa")
    for day, count in (
        (dt.date(2026, 4, 30), 2),
        (dt.date(2026, 5, 1), 3),
        (dt.date(2026, 5, 31), 4),
        (dt.date(2026, 6, 1), 5),
    ):
        ServiceViews.objects.create(service=service, day=day, count=count)
    figures = ServiceFigures(
        Service.objects.filter(pk=service.pk), since=dt.date(2026, 4, 1), until=dt.date(2026, 6, 1)
    )
    assert {month: row.views for month, row in figures.by_month().items() if row.views} == {
        dt.date(2026, 4, 1): 2,
        dt.date(2026, 5, 1): 7,
    }


@pytest.mark.django_db
def test_a_late_evening_in_jakarta_belongs_to_its_month(story: Story, db: None) -> None:
    invitation = Invitation.objects.filter(how="invited").exclude(sourcing__state="draft").latest("pk")
    moment = dt.datetime(2026, 5, 31, 23, 30, tzinfo=WIB)
    Invitation.objects.filter(pk=invitation.pk).update(created_at=moment)
    own = Service.objects.filter(pk=invitation.service_id)
    assert ServiceFigures(own, since=dt.date(2026, 5, 1), until=dt.date(2026, 6, 1)).total().invited == 1
    assert (
        ServiceFigures(own, since=dt.date(2026, 6, 1), until=dt.date(2026, 7, 1)).by_month().get(dt.date(2026, 5, 1))
        is None
    )


@pytest.mark.django_db
def test_a_draft_of_a_sourcing_tells_nothing_yet(story: Story, db: None, year: tuple[dt.date, dt.date]) -> None:
    invitation = Invitation.objects.exclude(sourcing__state="draft").latest("pk")
    own = Service.objects.filter(pk=invitation.service_id)
    before = ServiceFigures(own, since=year[0], until=year[1]).total().invited
    type(invitation.sourcing).objects.filter(pk=invitation.sourcing_id).update(
        state="draft", opened_at=None, announced_at=None
    )
    assert ServiceFigures(own, since=year[0], until=year[1]).total().invited == before - 1


@pytest.mark.django_db
def test_a_provider_reads_its_own_services_only(story: Story, db: None) -> None:
    words = text(story.client("penyedia").get(PAGE))
    assert "Pelatihan pengelolaan BUM Desa" in words
    other = story.service("Pembuatan situs web desa")  # of penyedia4
    assert other.title not in words
    assert story.client("penyedia").get(f"{PAGE}{other.code}/").status_code == 404
    for key in ("operator", "pokja", "dpmd", "kementerian"):
        assert story.client(key).get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302


@pytest.mark.django_db
def test_the_pages_show_months_and_totals(story: Story, db: None) -> None:
    service = story.service("Pelatihan pengelolaan BUM Desa")
    ServiceViews.objects.create(service=service, day=dt.date(2026, 5, 3), count=1_234)
    browser = story.client("penyedia")
    with time_machine.travel(dt.datetime(2026, 5, 20, 10, tzinfo=WIB), tick=False):
        words = text(browser.get(PAGE))
        one = text(browser.get(f"{PAGE}{service.code}/"))
    assert "Juni 2025 sampai Mei 2026" in words and "1.234" in words
    assert "Juni 2025 sampai Mei 2026" in one and "Mei 2026 1.234" in one


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["dari=x", "dari=2026-99", "sampai=%F0%9F%98%80", "hal=-1", "hal=9999", "q=%25", "dari=2099-01", "dari[]=1", "q=" + "a" * 500])  # fmt: skip
def test_odd_questions_are_answered(story: Story, db: None, query: str) -> None:
    assert story.client("penyedia").get(f"{PAGE}?{query}").status_code == 200


@pytest.mark.django_db
def test_no_service_and_no_figure_have_their_words(story: Story, db: None) -> None:
    browser = story.client("penyedia")
    assert "Belum ada angka" in text(browser.get(PAGE, {"q": "tidak-ada-yang-begini"}))
    Service.objects.filter(provider=story.application("penyedia").provider).update(
        provider=story.application("penyedia2").provider
    )
    assert "Belum ada layanan" in text(browser.get(PAGE))


@pytest.mark.django_db
def test_the_page_costs_the_same_for_one_service_and_for_many(story: Story, db: None) -> None:
    browser = story.client("penyedia")

    def count(**query: str) -> int:
        browser.get(PAGE, query)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(PAGE, query).status_code == 200
        return len(queries)

    assert count(q="Pelatihan pengelolaan") == count() <= 12
