"""Which pages are measured, as whom."""

from __future__ import annotations

import psycopg

from catalog.service_filter import NEWEST, SORTS
from catalog.models import Service
from catalog.paging import AFTER
from p2ktd.bench.drive import Lane
from p2ktd.bench.sites import Site
from p2ktd.scale.pokja import DOMAIN, HOME

QUEUE = "/admin/verification/application/"
LIST = "/layanan/"
FAR = 4_000  # page
RAW = "raw cursor, plain string"
SEARCHES = ("pelatihan bumdes", "DED jalan desa", "sumur bor", "stunting", "website desa", "pendampingan RPJMDes")


def reference(on: Site) -> list[Lane]:
    """What a page cannot go below."""
    return [
        Lane("constant", on, "/acuan/tetap/"),
        Lane("one query, a small template", on, "/acuan/ringkas/"),
        Lane(RAW, on, "/acuan/mentah/"),
    ]


def catalogue(on: Site, kind: str) -> list[Lane]:
    """The public's pages; `kind` says whether the site keeps them or makes each anew."""
    service, provider = codes(on)
    return [
        Lane(f"{kind}: list", on, LIST),
        Lane(f"{kind}: list, page {FAR}", on, f"{LIST}?{AFTER}={token(on, (FAR - 1) * 20)}"),
        Lane(f"{kind}: list, category and area", on, f"{LIST}?kategori=infrastruktur&wilayah={HOME}"),
        Lane(f"{kind}: search and area", on, f"{LIST}?q={SEARCHES[0].replace(' ', '+')}&wilayah={HOME}"),
        Lane(f"{kind}: a word of half the services", on, f"{LIST}?q=desa+laporan"),
        Lane(f"{kind}: service", on, f"/layanan/{service}/"),
        Lane(f"{kind}: provider", on, f"/penyedia/{provider}/"),
    ]


def pokja(on: Site, size: str) -> list[Lane]:
    """The queue as a member sees it, in full, searched; the ministry's; and one case."""
    member, ministry = on.cookie(f"anggota@{DOMAIN}"), on.cookie(f"kementerian@{DOMAIN}")
    with psycopg.connect(on.database) as database:
        row = database.execute(
            "SELECT code FROM verification_application WHERE regency_id = %s AND state = 'checking' ORDER BY id", [HOME]
        ).fetchone()
    code = row[0] if row else ""
    return [
        Lane(f"queue, {size}", on, QUEUE, member),
        Lane(f"whole queue, {size}", on, f"{QUEUE}?antrean=semua", member),
        Lane(f"queue searched, {size}", on, f"{QUEUE}?q=00150", member),
        Lane(f"ministry's whole queue, {size}", on, f"{QUEUE}?antrean=semua", ministry),
        Lane(f"case page, {size}", on, f"{QUEUE}{code}/change/", member),
    ]


def codes(on: Site) -> tuple[str, str]:
    """A service and its provider."""
    with psycopg.connect(on.database) as database:
        row = database.execute(
            "SELECT s.code, p.code FROM catalog_service s JOIN accounts_provider p ON p.id = s.provider_id "
            "ORDER BY s.id LIMIT 1"
        ).fetchone()
    assert row, "the database has no services"  # noqa: S101
    return row[0], row[1]


def token(on: Site, before: int) -> str:
    """The key after which a page begins, so many rows in."""
    with psycopg.connect(on.database) as database:
        row = database.execute(
            "SELECT published_at, code FROM catalog_service WHERE state = 'published' "
            "ORDER BY published_at DESC, code DESC OFFSET %s LIMIT 1",
            [before - 1],
        ).fetchone()
    assert row, "the database has too few services"  # noqa: S101
    return SORTS[NEWEST].token(Service(published_at=row[0], code=row[1]))
