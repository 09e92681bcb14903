"""An order's page, what waits for each person, and three verbs by POST: which are measured, as whom."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any, NamedTuple

import psycopg
from django.core import signing
from psycopg.rows import namedtuple_row

from accounts.models import User
from core import once
from p2ktd.bench.drive import Lane, Posting, Sent
from p2ktd.bench.sites import Site
from p2ktd.scale.pokja import DOMAIN, HOME
from transactions.models import Contract, Need

TODO, NEW = "/perlu-tindakan/", "/pembelian/baru/"
TYPED = "DATA CONTOH. Pengurus baru belum dapat membuat laporan."
# One order at each station, alike in both databases: two were asked, and two offered once the offers are open. Of a village
# with some fifty orders, or as near as there is: how much waits for one village is not how large the nation is.
AT = {
    "offers asked": "s.state = 'open'",
    "running": "c.state = 'running' AND c.percent < 100",
    "payment": "a.state = 'payment'",
    "Musdes": "a.state = 'musdes'",
    "closed": "a.state = 'closed'",
}
ORDER = """
SELECT n.code, n.village_id AS village, (
    SELECT p.email FROM transactions_invitation i JOIN accounts_provider p ON p.id = i.provider_id
    WHERE i.sourcing_id = s.id AND i.provider_id = coalesce(c.provider_id, i.provider_id) ORDER BY i.id LIMIT 1
) AS provider
FROM transactions_need n JOIN transactions_sourcing s ON s.need_id = n.id AND s.state <> 'failed'
LEFT JOIN transactions_contract c ON c.sourcing_id = s.id AND c.state <> 'terminated'
LEFT JOIN transactions_accountability a ON a.contract_id = c.id
WHERE n.village_id >= %(home)s AND n.village_id < %(home)s || '/' AND {condition}
    AND (SELECT count(*) FROM transactions_invitation WHERE sourcing_id = s.id) = 2
    AND (s.state = 'open' OR (SELECT count(*) FROM transactions_quotation WHERE sourcing_id = s.id) = 2)
ORDER BY abs((SELECT count(*) FROM transactions_need o WHERE o.village_id = n.village_id) - 50), n.id DESC LIMIT 1
"""
# The village with the most orders at home.
BUSIEST_VILLAGE = """
SELECT village_id AS village FROM transactions_need WHERE village_id >= %(home)s AND village_id < %(home)s || '/'
GROUP BY village_id ORDER BY count(*) DESC, village_id LIMIT 1
"""
# Whose contracts are the most that run: the longest list of a provider.
BUSIEST = """
SELECT p.email FROM transactions_contract c JOIN accounts_provider p ON p.id = c.provider_id
WHERE c.state IN ('issued', 'running') GROUP BY p.email ORDER BY count(*) DESC, p.email LIMIT 1
"""
RUNNING = """
SELECT c.code, c.percent, p.email FROM transactions_contract c JOIN accounts_provider p ON p.id = c.provider_id
WHERE c.state = 'running' AND c.percent < 100 ORDER BY c.id DESC LIMIT 200
"""
OPERATORS = """
SELECT u.email, u.id, m.area_id AS village FROM accounts_user u JOIN accounts_membership m ON m.user_id = u.id
WHERE m.role = 'village_operator' AND m.area_id >= %(home)s AND m.area_id < %(home)s || '/' ORDER BY u.id LIMIT 20
"""


class Official(NamedTuple):
    """Who writes down needs for a village."""

    village: str
    user: int
    cookie: str


def asked(on: Site, question: str) -> list[Any]:
    with psycopg.connect(on.database, row_factory=namedtuple_row) as database:
        return database.execute(question.encode(), {"home": HOME}).fetchall()


def known(on: Site) -> set[str]:
    """The set's own people; smaller sets have not every office."""
    return set(User.objects.using(on.alias).filter(email__endswith=f"@{DOMAIN}").values_list("email", flat=True))


# --- pages ------------------------------------------------------------------------------------------------------
def pages(on: Site, size: str) -> list[Lane]:
    """An order at several stations, as the village, its provider, its kabupaten and the ministry see it."""
    found = []
    for station, condition in AT.items():
        for order in asked(on, ORDER.format(condition=condition)):
            readers = {
                "operator": f"operator.{order.village}@{DOMAIN}",
                "PKA": f"kasi.{order.village}@{DOMAIN}",
                "village head": f"kades.{order.village}@{DOMAIN}",
                "provider": order.provider,
                "regency": f"kabupaten.{HOME}@{DOMAIN}",
                "ministry": f"kementerian@{DOMAIN}",
            }
            found += [
                Lane(f"{station}, {who}, {size}", on, f"/pembelian/{order.code}/", on.cookie(email))
                for who, email in readers.items()
            ]
    return found


def todo(on: Site, size: str) -> list[Lane]:
    """ "Perlu tindakan" of everybody; the village is the one whose order waits for its Musdes."""
    (order,) = asked(on, ORDER.format(condition=AT["Musdes"]))
    (busiest,), (busy,) = asked(on, BUSIEST), asked(on, BUSIEST_VILLAGE)
    village, district = order.village, order.village[:8]
    persons = {
        "operator": f"operator.{village}", "PKA": f"kasi.{village}", "treasurer": f"kaur.{village}",
        "village head": f"kades.{village}", "BPD": f"bpd.{village}", "PLD": f"pld.{village}", "PD": f"pd.{district}",
        "TAPM": f"tapm.{HOME}", "district": f"kecamatan.{district}", "Pokja": "anggota", "Pokja's chair": "ketua",
        "busiest village's PKA": f"kasi.{busy.village}", "busiest village's BPD": f"bpd.{busy.village}",
        "regency": f"kabupaten.{HOME}", "province": f"provinsi.{HOME[:2]}", "ministry": "kementerian",
    }  # fmt: skip
    emails = {who: f"{name}@{DOMAIN}" for who, name in persons.items()}
    emails["provider with most work"] = busiest.email
    there = known(on)
    return [
        Lane(f"to do, {who}, {size}", on, TODO, on.cookie(email)) for who, email in emails.items() if email in there
    ]


# --- verbs ------------------------------------------------------------------------------------------------------
class Writing:
    """Forms as people send them, each on rows of its own: needs are written down, and the same ones agreed."""

    def __init__(self, on: Site) -> None:
        self.site = on
        self.category = asked(on, "SELECT id FROM catalog_category WHERE active ORDER BY id LIMIT 1")[0].id
        self.officials: Iterator[Official] = cycle(
            [Official(row.village, row.id, on.cookie(row.email)) for row in asked(on, OPERATORS)]
        )
        self.written: deque[tuple[Official, str]] = deque()
        self.running: Iterator[Any] = cycle(asked(on, RUNNING))
        self.cookies: dict[str, str] = {}

    def need(self) -> Sent:
        """The village's form for a new need; the once-key is signed here as the page would have it."""
        by = next(self.officials)
        key = signing.dumps([secrets.token_hex(16), by.user], salt=once._salt)
        fields = {
            "village": by.village, "title": "Pelatihan pembukuan BUM Desa", "category": self.category, "problem": TYPED,
            "men": 10, "women": 12, "volume": 1, "unit": "paket", "estimate": "9.500.000", "why_provider": TYPED,
            "submit_key": key,
        }  # fmt: skip
        return Sent(NEW, by.cookie, fields, then=lambda url: self.written.append((by, url)))

    def agreement(self) -> Sent:
        """What the Musdes agreed of a need that was just written down."""
        by, order = self.written.popleft()
        fields = {"musdes_on": dt.datetime.now(dt.UTC).date().isoformat(), "musdes_number": "140/1/BA"}
        return Sent(f"{order}{Need.MOVES['agree'].slug}/", by.cookie, fields)

    def progress(self) -> Sent:
        """How far a provider is; another contract each time."""
        contract = next(self.running)
        if contract.email not in self.cookies:
            self.cookies[contract.email] = self.site.cookie(contract.email)
        path = f"/kontrak/{contract.code}/{Contract.MOVES['report_progress'].slug}/"
        return Sent(
            path,
            self.cookies[contract.email],
            {"percent": max(contract.percent, 1), "text": f"{TYPED} {secrets.token_hex(4)}"},
        )


def verbs(on: Site, size: str) -> list[Lane]:
    """Three verbs, each with its guard, its event and its notices."""
    writing = Writing(on)
    acts: dict[str, Callable[[], Sent]] = {
        "need written down": writing.need,
        "need agreed": writing.agreement,
        "progress reported": writing.progress,
    }
    return [Posting(f"POST, {label}, {size}", on, send=send) for label, send in acts.items()]
