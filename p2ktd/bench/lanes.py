"""The desk's pages: which are measured, as whom."""

from __future__ import annotations

import psycopg

from p2ktd.bench.drive import Lane
from p2ktd.bench.sites import Site
from p2ktd.scale.pokja import DOMAIN, HOME

QUEUE = "/admin/verification/application/"
VILLAGE = "52.02.04.2009"


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


def offices(on: Site, size: str) -> list[Lane]:
    """What villages and offices open each day: their tasks, their orders, their figures. Who is not in the set is left out."""
    asked = (
        ("village", f"operator.{VILLAGE}", ("/perlu-tindakan/", "/pembelian/")),
        ("regency", f"kabupaten.{HOME}", ("/perlu-tindakan/", "/pembelian/", f"/pantau/{HOME}/")),
        ("province", f"provinsi.{HOME[:2]}", ("/pembelian/", f"/pantau/{HOME[:2]}/")),
        ("ministry", "kementerian", ("/pembelian/", "/pembelian/?q=irigasi", "/pantau/")),
    )
    with psycopg.connect(on.database) as database:
        known = {
            email
            for (email,) in database.execute("SELECT email FROM accounts_user WHERE email LIKE %s", [f"%@{DOMAIN}"])
        }
    found = []
    for who, name, paths in asked:
        if (email := f"{name}@{DOMAIN}") in known:
            cookie = on.cookie(email)
            found += [Lane(f"{who} {path}, {size}", on, path, cookie) for path in paths]
    return found
