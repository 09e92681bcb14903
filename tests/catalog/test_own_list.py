"""Layanan saya: a provider finds its own services, drafts too, and what the Pokja gave back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Role
from catalog.models import Category, Service
from tests.catalog import stage
from tests.catalog.stage import Firm
from verification.models import VerificationRule

pytestmark = pytest.mark.django_db
PAGE = "/layanan-saya/"


def titles(response: HttpResponse) -> list[str]:
    assert response.status_code == 200
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)<', response.content.decode())


@pytest.fixture
def browser(client: Client, rinjani: Firm) -> Client:
    client.force_login(rinjani.person)
    return client


@pytest.fixture
def shelf(rinjani: Firm, unlisted: Firm) -> None:
    stage.service(rinjani, "Pelatihan BUM Desa")
    stage.service(rinjani, "DED jalan desa", category=Category.objects.get(key="infrastruktur"))
    stage.service(rinjani, "Kajian wisata").pause(by=rinjani.person)
    stage.draft(rinjani, "Pelatihan kader", summary="Untuk Posyandu.")
    stage.draft(unlisted, "Rahasia orang lain")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Pelatihan kader", "Kajian wisata", "DED jalan desa", "Pelatihan BUM Desa"]),
        ({"q": "pelatihan"}, ["Pelatihan kader", "Pelatihan BUM Desa"]),
        ({"q": "desa ded"}, ["DED jalan desa"]),
        ({"q": "posyandu"}, ["Pelatihan kader"]),
        ({"q": "%"}, []),
        ({"q": "rahasia"}, []),
        ({"status": "draft"}, ["Pelatihan kader"]),
        ({"status": "paused"}, ["Kajian wisata"]),
        ({"status": "perbaikan"}, []),
        ({"kategori": "infrastruktur"}, ["DED jalan desa"]),
        ({"kategori": "infrastruktur", "status": "draft"}, []),
        ({"status": "tidak-ada", "kategori": "x"}, ["Pelatihan kader", "Kajian wisata", "DED jalan desa", "Pelatihan BUM Desa"]),
    ],
)  # fmt: skip
def test_words_state_and_category_find_ones_own(browser: Client, shelf: None, query: dict, found: list[str]) -> None:
    assert titles(browser.get(PAGE, query)) == found


def test_nothing_found_and_nothing_there_are_told_apart(browser: Client, rinjani: Firm) -> None:
    assert "Belum ada layanan" in browser.get(PAGE).content.decode()
    stage.draft(rinjani)
    assert "Tidak ada layanan yang cocok" in browser.get(PAGE, {"q": "zzz"}).content.decode()
    assert "Tidak ada layanan lagi" in browser.get(PAGE, {"sesudah": "1~2345678923"}).content.decode()


def test_what_the_pokja_gave_back_is_marked_and_found(browser: Client, rinjani: Firm) -> None:
    VerificationRule.objects.update(services_reviewed=True)
    service = stage.draft(rinjani)
    stage.draft(rinjani, "Lain")
    service.submit(by=rinjani.person)
    reader = stage.person("pokja@contoh.example", Role.POKJA_MEMBER, area_id="52.02")
    review = service.open_review()
    review.give_back(by=reader, reason="Uraikan lebih jelas.", seen=review.revision)
    response = browser.get(PAGE, {"status": "perbaikan"})
    assert titles(response) == [service.title]
    assert browser.get(PAGE).content.decode().count("Perlu diperbaiki</span>") == 1


def test_who_works_for_two_may_see_one(browser: Client, shelf: None, rinjani: Firm, unlisted: Firm) -> None:
    Membership.objects.create(
        user=rinjani.person, role=Role.PROVIDER, provider=unlisted.provider, starts_on="2024-01-01"
    )
    browser.force_login(type(rinjani.person).objects.get(pk=rinjani.person.pk))
    assert len(titles(browser.get(PAGE))) == 5
    assert titles(browser.get(PAGE, {"penyedia": unlisted.provider.code})) == ["Rahasia orang lain"]


def test_pages_keep_what_is_asked(browser: Client, rinjani: Firm) -> None:
    for number in range(23):
        stage.draft(rinjani, f"Layanan {number}")
    first = browser.get(PAGE, {"status": "draft"})
    following = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
    assert len(titles(first)) == 20 and following and "status=draft" in following[1]
    assert len(titles(browser.get(PAGE + following[1].replace("&amp;", "&")))) == 3


def test_the_list_costs_the_same_for_one_and_three(browser: Client, rinjani: Firm) -> None:
    def count() -> int:
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        return len(queries)

    stage.draft(rinjani)
    with_one = count()
    stage.draft(rinjani, "Kedua")
    stage.draft(rinjani, "Ketiga")
    assert count() == with_one
    assert Service.objects.count() == 3


@pytest.mark.parametrize("query", ["q=%F0%9F%98%80", "status[]=x", "kategori=%25", "penyedia=1", "sesudah=x&sebelum=y", "q=" + "a" * 500])  # fmt: skip
def test_odd_questions_are_answered(browser: Client, shelf: None, query: str) -> Any:
    assert browser.get(f"{PAGE}?{query}").status_code == 200
