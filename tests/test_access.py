"""Who sees what, and who changes what: every address against the whole cast.

Judged by marked text in the body and by changed rows, not by status codes: a leak usually answers 200.
The rows stand in tests/access/; an address without one is red (`test_every_address_has_a_row`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core.models import StoredFile
from tests.access.cast import EVERYBODY, PUBLIC, A
from tests.access.changing import MOVERS, MOVES, OFTEN
from tests.access.elsewhere import ELSEWHERE
from tests.access.reading import PAGES, Page
from tests.cast import Story

pytestmark = pytest.mark.django_db


# --- reading ----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def browsers(story: Story, django_db_blocker: Any) -> dict[Any, Client]:
    with django_db_blocker.unblock():
        return {key: story.client(key) for key in [*EVERYBODY, "calon.penyedia", "calon.penyedia2", None]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_exactly_the_readers_read_the_marked_text(page: Page, story: Story, browsers: dict[Any, Client]) -> None:
    url = reverse(page.name, args=page.args(story))
    marker = page.marker(story)
    read = set()
    for key, browser in browsers.items():
        response = browser.get(url)
        assert response.status_code in (200, 302, 403, 404), (key, response.status_code)
        if response.status_code == 200 and marker in response.content.decode():
            read.add(key)
        else:
            assert marker not in response.content.decode(), (key, response.status_code)
    asked = page.readers | ({"calon.penyedia", "calon.penyedia2"} if page.readers == PUBLIC else set())
    assert read == asked


def test_a_file_is_read_by_who_reads_its_holder(story: Story, browsers: dict[Any, Client]) -> None:
    scan = story.contract(story.closed).village_scan
    url = reverse("file", args=[scan.code])
    read = {key for key, browser in browsers.items() if browser.get(url).status_code == 200}
    assert read == A | {"penyedia"}


def test_a_personal_paper_of_a_provider_is_read_by_few(story: Story, browsers: dict[Any, Client]) -> None:
    document = story.application("penyedia").documents.filter(type__personal=True)[0]
    url = reverse("file", args=[document.file.code])
    read = {key for key, browser in browsers.items() if browser.get(url).status_code == 200}
    assert read == {"penyedia", "pokja", "ketua.pokja", "dpmd"}


def test_a_file_of_nobody_is_seen_by_its_owner_only(story: Story, browsers: dict[Any, Client]) -> None:
    loose = StoredFile.objects.store(b"x", name="x", content_type="text/plain", by=story.user("operator"))
    url = reverse("file", args=[loose.code])
    assert {key for key, browser in browsers.items() if browser.get(url).status_code == 200} == {"operator"}


def test_a_printed_paper_is_read_by_who_reads_its_order(story: Story, browsers: dict[Any, Client]) -> None:
    from transactions.documents.contract import issue_spk

    paper = issue_spk(story.contract(story.closed), by=story.user("pka"))
    url = reverse("document", args=[paper.code])
    read = {key for key, browser in browsers.items() if browser.get(url).status_code == 200}
    assert read == A | {"penyedia"}


# --- changing ---------------------------------------------------------------------------------------
# Tables that a refused request may write: sessions, counters of attempts, the log of views.
NOT_COUNTED = ("accounts_attempt", "accounts_ratecount", "core_fileview", "regions_")


def fingerprint() -> str:
    """A hash over every row of our tables."""
    with connection.cursor() as cursor:
        tables = [
            name
            for name in connection.introspection.table_names(cursor)
            if name.startswith(
                ("core_", "accounts_", "verification_", "catalog_", "transactions_", "reviews_", "monitoring_")
            )
            and not name.startswith(NOT_COUNTED)
        ]
        union = " UNION ALL ".join(
            f"SELECT '{name}', count(*), coalesce(sum(hashtext(t::text)), 0) FROM {name} t" for name in tables
        )
        cursor.execute(union)
        return hashlib.sha256(repr(sorted(cursor.fetchall())).encode()).hexdigest()


def test_the_fingerprint_sees_a_changed_row(story: Story) -> None:
    """The positive control of the test below."""
    before = fingerprint()
    story.sealed.__class__.objects.filter(pk=story.sealed.pk).update(place="Dusun lain")
    assert fingerprint() != before


@pytest.mark.parametrize("name", MOVES)
def test_nobody_changes_what_is_not_theirs(name: str, story: Story, browsers: dict[Any, Client]) -> None:
    """A POST with every field the form could want, by everyone who is not the mover, leaves every row as it was."""
    url = reverse(name, args=MOVES[name](story))
    data = {
        "reason": "Alasan uji",
        "number": "1",
        "decision": "accepted",
        "reply": "Tanggapan uji",
        "kertas": "A4",
        "terdaftar": "52.02",
        "basis": "uji",
    }
    may = MOVERS.get(name, OFTEN)
    before = fingerprint()
    for key, browser in browsers.items():
        if key in may:
            continue
        response = browser.post(url, data)
        assert response.status_code in (302, 403, 404, 409, 422), (key, response.status_code)
        assert fingerprint() == before, key


# --- no address is forgotten ------------------------------------------------------------------------
def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{entry.namespace}:" if entry.namespace else prefix)
        elif isinstance(entry, URLPattern) and entry.name:
            yield prefix + entry.name


def test_every_address_has_a_row() -> None:
    known = {page.name for page in PAGES} | set(ELSEWHERE) | set(MOVES)
    ours = {name for name in addresses(get_resolver()) if not name.startswith(("account_", "mfa_", "admin:"))}
    assert ours - known == set(), "addresses without a row in PAGES, MOVES or ELSEWHERE"
    assert {name for name in known - ours if not name.startswith("admin:")} == set(), "rows without an address"


def test_what_is_judged_elsewhere_is_there() -> None:
    """A row that names a test names one that exists."""
    named = {path for reason in ELSEWHERE.values() for path in re.findall(r"tests/[a-z0-9_/]+(?:\.py)?", reason)}
    top = Path(__file__).resolve().parent.parent
    assert "tests/core/test_documents.py" in named
    assert {path for path in named if not (top / path).exists()} == set()
