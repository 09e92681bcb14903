"""The desk's pages: which are measured, as whom."""

from __future__ import annotations

import psycopg

from p2ktd.bench.drive import Lane
from p2ktd.bench.sites import Site
from p2ktd.scale.pokja import DOMAIN, HOME

QUEUE = "/admin/verification/application/"


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
