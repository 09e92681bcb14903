"""The public's pages: which are measured, and what must hold of each (`docs/performance.md` says whence the aims)."""

from __future__ import annotations

import statistics
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from urllib.parse import quote_plus

import psycopg

from catalog.lists.paging import AFTER
from catalog.lists.service import ANSWER, NEWEST, SORTS
from catalog.models import Service
from p2ktd.bench.load import Lane
from p2ktd.bench.sites import Site
from p2ktd.scale.pokja import DOMAIN, HOME

LIST = "/layanan/"
FAR = 4_000  # page
RAW = "raw cursor, plain string"
SEARCH, COMMON, MISTYPED = "pelatihan bumdes", "laporan", "pelatian bumdess"

Holds = Callable[[Lane, dict[str, Lane]], bool]


# --- aims -------------------------------------------------------------------------------------------------
def third_of_raw(lane: Lane, every: dict[str, Lane]) -> bool:
    return lane.rate >= every[RAW].rate / 3 and (lane.queries or 0) <= 3


def one_query(lane: Lane, every: dict[str, Lane]) -> bool:
    return lane.queries is None or lane.queries <= 1


def p95_within(times: float, label: str) -> Holds:
    return lambda lane, every: lane.p95 <= times * every[label].p95


def surcharge(times: float, label: str, queries: int = 3) -> Holds:
    def holds(lane: Lane, every: dict[str, Lane]) -> bool:
        cost, other = lane.web_ms + lane.database_ms, every[label].web_ms + every[label].database_ms
        return cost <= times * other and (lane.queries or 0) - (every[label].queries or 0) <= queries

    return holds


# --- lanes --------------------------------------------------------------------------------------------------
def reference(on: Site) -> list[Lane]:
    """What a page cannot go below, behind the same server, settings and middleware."""
    return [
        Lane("constant", on, "/acuan/tetap/", queries=0),
        Lane("one query, a small template", on, "/acuan/ringkas/", queries=1),
        Lane(RAW, on, "/acuan/mentah/", queries=1),
    ]


def public(on: Site, kind: str) -> list[Lane]:
    """As everybody sees it; `kind` says whether the site keeps whole pages or makes each anew."""
    service, provider = codes(on)
    third = partial(Lane, aim="1/3 of raw, 3 queries", holds=third_of_raw)
    first = f"{kind}: list"
    pages = [
        third(first, on, LIST),
        third(f"{kind}: list, page {FAR}", on, f"{LIST}?{AFTER}={token(on, (FAR - 1) * 20)}"),
        third(f"{kind}: list, category and area", on, f"{LIST}?kategori=infrastruktur&wilayah={HOME}"),
        Lane(f"{kind}: search and area", on, f"{LIST}?q={quote_plus(SEARCH)}&wilayah={HOME}",
             aim="p95 3 x list", holds=p95_within(3, first)),
        Lane(f"{kind}: a word that most say", on, f"{LIST}?q={quote_plus(COMMON)}",
             aim="p95 5 x list", holds=p95_within(5, first)),
        Lane(f"{kind}: mistyped search", on, f"{LIST}?q={quote_plus(MISTYPED)}",
             aim="p95 3 x search", holds=p95_within(3, f"{kind}: search and area")),
        third(f"{kind}: service", on, f"/layanan/{service}/"),
        third(f"{kind}: provider", on, f"/penyedia/{provider}/"),
        Lane(f"{kind}: directory", on, "/penyedia/"),
        Lane(f"{kind}: front page", on, "/"),
    ]  # fmt: skip
    if question := own_question(on):
        pages.insert(3, third(f"{kind}: list, subcategory and answer", on, f"{LIST}?{question}"))
    return pages


def logged_in(on: Site) -> list[Lane]:
    """The same pages for an official of a village."""
    service, provider = codes(on)
    cookie = {"Cookie": on.cookie(official(on))}
    return [
        Lane(f"logged in: {name}", on, path, cookie, aim="1.25 x anew, 3 queries more", holds=surcharge(1.25, f"made anew: {name}"))
        for name, path in (("list", LIST), ("service", f"/layanan/{service}/"), ("provider", f"/penyedia/{provider}/"))
    ]  # fmt: skip


def unchanged(on: Site) -> list[Lane]:
    """Who has the page is told so."""
    request = urllib.request.Request(f"http://127.0.0.1:{on.port}{LIST}")
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        etag = answer.headers["ETag"]
    return [Lane("kept: list, 304", on, LIST, {"If-None-Match": etag}, 304, aim="1 query", holds=one_query)]


def count_queries(lanes: list[Lane]) -> None:
    """Fill in what each page asks the database, per site in one go."""
    for site in {id(lane.site): lane.site for lane in lanes}.values():
        own = [lane for lane in lanes if lane.site is site and lane.queries is None and lane.status == 200]
        questions = [(each.path, each.headers.get("Cookie", ""), None) for each in own]
        counted = site.queries([(question, question) for question in questions])
        for lane, (number, _) in zip(own, counted, strict=True):
            lane.queries = number


def after_a_change(on: Site, times: int = 11) -> str:
    """The first who asks after each change, when nothing is remembered: median and worst, one person alone."""
    lines = ["Just after a change (one person; nothing of it is remembered):"]
    for label, path in (
        ("list", LIST),
        ("list, category and area", f"{LIST}?kategori=infrastruktur&wilayah={HOME}"),
        ("a word that most say", f"{LIST}?q={COMMON}"),
        ("front page", "/"),
    ):
        took = []
        for _ in range(times):
            on.change()
            began = time.perf_counter()
            with urllib.request.urlopen(f"http://127.0.0.1:{on.port}{path}") as answer:
                answer.read()
            took.append((time.perf_counter() - began) * 1000)
        lines.append(f"  {label:<44}{statistics.median(took):>8.1f}ms  worst {max(took):.1f}ms")
    return "\n".join(lines)


# --- what is asked for ------------------------------------------------------------------------------------------
def _one(on: Site, sql: str, *params: object) -> tuple[str, ...] | None:
    with psycopg.connect(on.database) as database:
        row: tuple[str, ...] | None = database.execute(sql, params).fetchone()
    return row


def codes(on: Site) -> tuple[str, str]:
    """A service that can be ordered, and its provider."""
    row = _one(
        on,
        "SELECT s.code, p.code FROM catalog_service s JOIN accounts_provider p ON p.id = s.provider_id "
        "JOIN verification_standing v ON v.provider_id = p.id AND v.ended_on IS NULL AND v.valid_until >= current_date "
        "WHERE s.state = 'published' ORDER BY s.id LIMIT 1",
    )
    assert row, "the database has no services"  # noqa: S101
    return row[0], row[1]


def token(on: Site, before: int) -> str:
    """The key after which a page begins, so many rows in."""
    row = _one(
        on,
        "SELECT published_at, code FROM catalog_service WHERE state = 'published' "
        "ORDER BY published_at DESC, code DESC OFFSET %s LIMIT 1",
        before - 1,
    )
    assert row, "the database has too few services"  # noqa: S101
    return SORTS[NEWEST].token(Service(published_at=row[0], code=row[1]))


def own_question(on: Site) -> str:
    """A subcategory and an answer to its category's question; empty where the database has none."""
    row = _one(
        on,
        "SELECT c.key, s.key, a.key, a.kind, a.choices FROM catalog_category c "
        "JOIN catalog_subcategory s ON s.category_id = c.id AND s.active "
        "JOIN catalog_categoryattribute a ON a.category_id = c.id AND a.active AND a.in_filter "
        "WHERE c.active ORDER BY c.key = 'infrastruktur' DESC, s.id, a.id LIMIT 1",
    )
    if row is None:
        return ""
    category, sub, question, kind, choices = row
    choice = "ya" if kind == "yes_no" else choices[0][0]
    return f"kategori={category}&sub={sub}&{ANSWER}{question}={choice}"


def official(on: Site) -> str:
    """Somebody of a village; of the smaller sets, which have no villages' offices, a provider's person."""
    row = _one(
        on,
        "SELECT u.email FROM accounts_user u JOIN accounts_membership m ON m.user_id = u.id "
        "WHERE m.role IN ('village_operator', 'provider') AND u.email LIKE %s ORDER BY m.role DESC, u.id LIMIT 1",
        f"%{DOMAIN}",
    )
    assert row, "the database has nobody who works for a village"  # noqa: S101
    return row[0]
