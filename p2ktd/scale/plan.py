"""The orders to come, one row each: where, for which service, at which price, on which days, and how far they got.

Everything in it follows from the order's number. The rows of the documents are then copied from it (`orders`, `work`).
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

from accounts.models import LegalForm
from catalog.models import Unit
from core.models import DatedSetting
from p2ktd.scale.dice import Span
from p2ktd.scale.rows import run, words
from transactions.models import ProcurementRule

# How busy the months are, January first: the APB Desa is passed early, the money comes in spring.
SEASON = (3, 5, 7, 9, 10, 10, 11, 11, 10, 9, 8, 5)
GROWTH = 0.25  # a year

# Each published service with up to two rivals: providers that offered the same kind there before it.
OFFERS = """
CREATE TEMP TABLE scale_offer AS
WITH offers AS (
    SELECT s.id AS service, s.provider_id AS provider, t.regency_id AS regency, s.kind, s.unit,
        s.category_id AS category, s.title, s.price, s.duration_days AS days, s.published_at::date - date %(first)s AS since
    FROM catalog_service s JOIN verification_standing t ON t.provider_id = s.provider_id
    WHERE s.state = 'published'
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY regency, kind, provider ORDER BY since, service) AS nth FROM offers
), rivals AS (
    SELECT regency, kind, provider, lag(service) OVER w AS s1, lag(provider) OVER w AS p1, lag(price) OVER w AS c1,
        lag(service, 2) OVER w AS s2, lag(provider, 2) OVER w AS p2, lag(price, 2) OVER w AS c2
    FROM numbered WHERE nth = 1 WINDOW w AS (PARTITION BY regency, kind ORDER BY since, service)
)
SELECT offers.*, s1, p1, c1, s2, p2, c2, %(units)s::jsonb ->> offers.unit AS unit_label
FROM offers JOIN rivals USING (regency, kind, provider)
"""
# Of each regency the services in the order in which they came, and the first day on which each can be asked for.
REGENCIES = """
CREATE TEMP TABLE scale_regency AS
SELECT regency, array_agg(since + 1 ORDER BY since, service) AS days,
    array_agg(service::int ORDER BY since, service) AS services
FROM scale_offer GROUP BY regency
"""
# One regency in three lets villages ask for offers up to less than the example does; what is above goes to tender.
RULES = """
INSERT INTO transactions_procurementrule (regency_id, basis, direct_limit, quotation_limit, min_invitations, min_hours,
    tender_days, question_hours, two_openers, fine_permille, fine_cap_percent, valid_from)
SELECT r.regency, 'Perbup Pengadaan di Desa (DATA CONTOH)', e.direct_limit, 50000000, e.min_invitations, e.min_hours,
    2, 12, true, e.fine_permille, e.fine_cap_percent, date %(first)s
FROM scale_regency r CROSS JOIN transactions_procurementrule e
WHERE e.id = %(rule)s AND (r.regency = %(home)s OR hashtextextended(r.regency, 8) %% 3 = 0)
    AND NOT EXISTS (SELECT 1 FROM transactions_procurementrule o WHERE o.regency_id = r.regency)
"""
# `fate`: 1 dropped before sourcing, 2 nobody offered, 3 contract ended, 4 the Musdes refused; a stuck one just stops.
ORDERS = """
CREATE TEMP TABLE scale_order AS
WITH begun AS (
    SELECT n, width_bucket((n - 0.5) / %(orders)s, %(calendar)s::float8[]) AS d0, pg_temp.dice(n, 1) AS fate,
        CASE WHEN pg_temp.dice(n, 2) < 0.1 THEN 2.5 ELSE 1 END AS slow,
        CASE WHEN pg_temp.dice(n, 3) < 0.75 THEN n * 7919 %% %(buyers)s
            ELSE floor(%(buyers)s * pg_temp.dice(n, 4) ^ 2)::bigint * 7919 %% %(buyers)s END AS i  -- some buy more
    FROM generate_series(1::bigint, %(orders)s) AS n OFFSET 0
), chosen AS (
    SELECT b.*, r.services[1 + floor(width_bucket(b.d0, r.days) * pg_temp.dice(n, 5))::int] AS picked,
        width_bucket(b.d0, r.days) > 0 AS found
    FROM begun b JOIN scale_village v USING (i) JOIN scale_regency r ON r.regency = v.regency OFFSET 0
), wanted AS (
    SELECT c.n, c.d0, c.fate, c.slow, c.i, o.*,
        -- what the price of today was worth then
        o.price * (1 - 0.04 * (%(days)s - c.d0) / 365.0) AS unit_price,
        CASE o.unit WHEN 'paket' THEN 1 + (pg_temp.dice(n, 6) < 0.1)::int WHEN 'dokumen' THEN 1
            WHEN 'oh' THEN pg_temp.upto(n, 6, 3, 15) WHEN 'bulan' THEN pg_temp.upto(n, 6, 1, 6)
            ELSE pg_temp.upto(n, 6, 1, 3) END AS asked
    FROM chosen c LEFT JOIN scale_offer o ON c.found AND o.service = c.picked OFFSET 0
), valued AS (
    SELECT *, least(asked, greatest(1, floor(%(quotation_limit)s * 0.85 / price)))::int AS volume FROM wanted OFFSET 0
), estimated AS (
    SELECT *, (unit_price * volume * (1 + 0.08 * pg_temp.dice(n, 7)) / 10000)::bigint * 10000 AS hps
    FROM valued OFFSET 0
), offered AS (
    SELECT estimated.*, coalesce(o.id, %(rule)s) AS rule,
        CASE WHEN hps <= %(direct_limit)s THEN 'direct' WHEN hps > o.quotation_limit AND s1 IS NOT NULL THEN 'tender'
            ELSE 'quotation' END AS method,
        CASE WHEN s1 IS NULL OR hps <= %(direct_limit)s THEN 1 WHEN s2 IS NULL OR pg_temp.dice(n, 8) < 0.4 THEN 2
            ELSE 3 END AS invited,
        (unit_price * volume * (0.92 + 0.12 * pg_temp.dice(n, 9)) / 1000)::bigint * 1000 AS b0,
        (greatest(least(c1 * volume, hps * 1.08), hps * 0.84) * (0.97 + 0.06 * pg_temp.dice(n, 10)) / 1000)::bigint
            * 1000 AS b1,
        (greatest(least(c2 * volume, hps * 1.08), hps * 0.84) * (0.97 + 0.06 * pg_temp.dice(n, 11)) / 1000)::bigint
            * 1000 AS b2,
        -- what became of the rivals: 0 not asked or silent, 1 disqualified, 2 in the running
        CASE WHEN pg_temp.dice(n, 12) < 0.1 THEN 0 WHEN pg_temp.dice(n, 12) < 0.14 THEN 1 ELSE 2 END AS r1,
        CASE WHEN pg_temp.dice(n, 13) < 0.2 THEN 0 WHEN pg_temp.dice(n, 13) < 0.24 THEN 1 ELSE 2 END AS r2
    FROM estimated LEFT JOIN transactions_procurementrule o ON o.regency_id = estimated.regency OFFSET 0
), answered AS (
    SELECT *, CASE WHEN invited >= 2 THEN r1 ELSE 0 END AS a1, CASE WHEN invited = 3 THEN r2 ELSE 0 END AS a2
    FROM offered OFFSET 0
), judged AS (
    SELECT *, CASE WHEN a1 = 2 AND b1 < b0 AND (a2 <> 2 OR b1 <= b2) THEN 1 WHEN a2 = 2 AND b2 < b0 THEN 2 ELSE 0 END AS won
    FROM answered OFFSET 0
), priced AS (
    SELECT *, CASE won WHEN 0 THEN b0 WHEN 1 THEN b1 ELSE b2 END AS bid,
        CASE won WHEN 0 THEN provider WHEN 1 THEN p1 ELSE p2 END AS winner,
        CASE won WHEN 0 THEN service WHEN 1 THEN s1 ELSE s2 END AS served
    FROM judged OFFSET 0
), agreed AS (
    SELECT *, CASE WHEN bid > hps THEN (hps * 0.99 / 1000)::bigint * 1000
        WHEN pg_temp.dice(n, 14) < 0.25 THEN (bid * 0.97 / 1000)::bigint * 1000 END AS negotiated
    FROM priced OFFSET 0
), dated AS (
    SELECT *, d0 + pg_temp.upto(n, 21, 3, 20 * slow) AS d1 FROM agreed OFFSET 0
), dated2 AS (
    SELECT *, d1 + pg_temp.upto(n, 22, 5, 40 * slow) AS d2 FROM dated OFFSET 0
), dated3 AS (
    SELECT *, d2 + pg_temp.upto(n, 23, 3, 20 * slow) AS d3 FROM dated2 OFFSET 0
), dated4 AS (
    SELECT *, d3 + pg_temp.upto(n, 24, 0, 2) AS d4 FROM dated3 OFFSET 0
), dated5 AS (
    SELECT *, d4 + pg_temp.upto(n, 25, 2, 7) AS d5 FROM dated4 OFFSET 0
), dated7 AS (
    SELECT *, d5 + pg_temp.upto(n, 26, 0, 2) AS d6, d5 + pg_temp.upto(n, 27, 2, 5) AS d7 FROM dated5 OFFSET 0
), dated8 AS (
    SELECT *, d7 + pg_temp.upto(n, 28, 1, 5 * slow) AS d8 FROM dated7 OFFSET 0
), dated10 AS (
    SELECT *, d8 + pg_temp.upto(n, 29, 1, 3) AS d9, d8 + pg_temp.upto(n, 30, 3, 5) AS d10 FROM dated8 OFFSET 0
), dated12 AS (
    SELECT *, d8 + 5 + floor(coalesce(days, 1) * (0.7 + 0.4 * pg_temp.dice(n, 31)) * sqrt(slow))::int AS d11
    FROM dated10 OFFSET 0
), dated13 AS (
    SELECT *, d11 + pg_temp.upto(n, 32, 1, 5) AS d12, d11 + pg_temp.upto(n, 33, 5, 9) AS d13 FROM dated12 OFFSET 0
), dated14 AS (
    SELECT *, d13 + pg_temp.upto(n, 34, 1, 10 * slow) AS d14 FROM dated13 OFFSET 0
), dated15 AS (
    SELECT *, d14 + pg_temp.upto(n, 35, 3, 20 * slow) AS d15 FROM dated14 OFFSET 0
), dated19 AS (
    SELECT *, d15 + pg_temp.upto(n, 36, 0, 3) AS d16, d15 + pg_temp.upto(n, 37, 3, 8) AS d17,
        d15 + pg_temp.upto(n, 38, 8, 20) AS d18, d15 + pg_temp.upto(n, 39, 20, 40) AS d19
    FROM dated15 OFFSET 0
), reached AS (
    SELECT *, (d1 < %(days)s)::int + (d2 < %(days)s)::int + (d3 < %(days)s)::int + (d4 < %(days)s)::int
        + (d5 < %(days)s)::int + (d6 < %(days)s)::int + (d7 < %(days)s)::int + (d8 < %(days)s)::int
        + (d9 < %(days)s)::int + (d10 < %(days)s)::int + (d11 < %(days)s)::int + (d12 < %(days)s)::int
        + (d13 < %(days)s)::int + (d14 < %(days)s)::int + (d15 < %(days)s)::int + (d16 < %(days)s)::int
        + (d17 < %(days)s)::int + (d18 < %(days)s)::int + (d19 < %(days)s)::int AS could
    FROM dated19 OFFSET 0
), ended AS (
    SELECT *,
        CASE WHEN service IS NULL OR method = 'quotation' AND invited < %(min_invitations)s THEN least(could, 2)
            WHEN fate < 0.012 THEN least(could, n %% 3)
            WHEN fate < 0.024 THEN least(could, 4)
            WHEN fate < 0.031 THEN least(could, 10)
            WHEN fate < 0.040 THEN least(could, 1 + n %% 16)
            WHEN fate < 0.043 THEN least(could, 16)
            WHEN n %% 20 < 3 THEN least(could, 17)
            WHEN n %% 3 > 0 THEN least(could, 18)
            ELSE could END::int AS k,
        service IS NOT NULL AND (method <> 'quotation' OR invited >= %(min_invitations)s) AS buys
    FROM reached OFFSET 0
)
SELECT n, i::int AS i, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19,
    k, fate AS fate_of, service, provider, category, unit_label, days, title, method, rule, invited, volume, hps,
    CASE method WHEN 'tender' THEN 3 WHEN 'quotation' THEN 1 + (n %% 4 = 0)::int ELSE 1 END AS termins,
    (ARRAY['dd', 'dd', 'dd', 'dd', 'add', 'add', 'pad', 'pbh', 'pbk', 'dll'])[1 + n %% 10] AS funding,
    '0' || 1 + n %% 4 || '.0' || 1 + n %% 5 || '.01' AS activity, extract(year FROM pg_temp.day(d2))::int AS fiscal_year,
    CASE WHEN k >= 11 THEN 100
        WHEN k = 10 AND (fate BETWEEN 0.024 AND 0.031 AND d11 < %(days)s OR d10 + 14 < %(days)s) THEN 10 + 10 * (n %% 8)
        ELSE 0 END AS percent,
    -- a change of the contract once it ran, and how far its signatures got
    CASE WHEN method <> 'direct' AND n %% 60 = 7 AND d10 + 1 < %(days)s AND fate NOT BETWEEN 0.024 AND 0.031 THEN
        CASE WHEN k >= 11 THEN 'signed' WHEN k = 10 THEN (ARRAY['signed', 'draft', 'provider_signed'])[1 + n / 60 %% 3]
        ELSE '' END ELSE '' END AS addendum,
    s1, p1, s2, p2, a1, a2, b0, b1, b2, won, bid, winner, served, negotiated, coalesce(negotiated, bid) AS value,
    pg_temp.code(n, 11) AS need_code, pg_temp.code(n, 13) AS contract_code, pg_temp.code(n, 14) AS account_code,
    -- the day on which it ended otherwise
    CASE WHEN buys AND fate >= 0.012 AND fate < 0.024 AND d5 < %(days)s THEN d5 END AS failed,
    CASE WHEN buys AND fate >= 0.024 AND fate < 0.031 AND d11 < %(days)s THEN d11 END AS terminated,
    fate >= 0.040 AND fate < 0.043 AS refused,
    CASE WHEN buys AND fate >= 0.031 THEN NULL
        WHEN NOT buys OR fate < 0.012 THEN CASE WHEN d2 + 30 < %(days)s THEN d2 + 30 END
        WHEN fate < 0.024 AND d5 + 45 < %(days)s THEN d5 + 45
        WHEN fate >= 0.024 AND d11 + 45 < %(days)s THEN d11 + 45 END AS cancelled
FROM ended
"""

# Who wins: its person, what is withheld from it, and how a contract names it, in canonical spelling.
PROVIDERS = """
CREATE TEMP TABLE scale_provider AS
SELECT p.id, m.user_id AS person, t.tax, coalesce(t.basis_points, 0) AS basis_points,
    '{"account_holder":' || to_json(p.account_holder::text) || ',"address":' || to_json(p.address::text) || ',"bank":'
    || to_json(p.bank::text) || ',"code":"' || p.code || '","legal_form":' || to_json(%(forms)s::jsonb ->> p.legal_form)
    || ',"name":' || to_json(p.name::text) || ',"person":' || to_json(p.person_in_charge::text) || ',"position":'
    || to_json(p.position::text) || '}' AS said
FROM accounts_provider p JOIN accounts_membership m ON m.provider_id = p.id LEFT JOIN LATERAL (
    SELECT tax, basis_points FROM transactions_taxrate r
    WHERE r.legal_form = p.legal_form AND NOT r.only_pkp AND r.has_npwp IS NULL AND r.valid_from <= date %(first)s
    ORDER BY valid_from DESC LIMIT 1
) AS t ON true
"""


def calendar(span: Span) -> list[float]:
    """For each day, which share of all orders came before it."""
    weights = []
    for number in range(span.days):
        day = span.first + dt.timedelta(days=number)
        busy = SEASON[day.month - 1] * (1 + GROWTH * number / 365)
        weights.append(busy if day.weekday() < 5 else busy / 20)
    before, so_far = [], 0.0
    for weight in weights:
        before.append(so_far / sum(weights))
        so_far += weight
    return before[1:]


def draw(orders: int, home: str, span: Span) -> int:
    """Fill the session's table `scale_order`; how many rows."""
    rule = ProcurementRule.objects.in_force("", on=span.first)
    values = {
        "first": span.first.isoformat(), "days": span.days, "orders": orders, "calendar": calendar(span),
        "units": words(Unit), "direct_limit": rule.direct_limit, "quotation_limit": rule.quotation_limit,
        "min_invitations": rule.min_invitations, "rule": rule.pk, "home": home,
    }  # fmt: skip
    run(OFFERS, **values)
    run(REGENCIES)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM scale_village v JOIN scale_regency r USING (regency)")
        buyers = cursor.fetchone()[0]
    if not buyers:
        raise ValueError("no village of these lies in a regency with services")
    run("ANALYZE scale_offer; ANALYZE scale_regency")
    run(RULES, **values)
    rows = run(ORDERS, buyers=buyers, **values)
    run(PROVIDERS, forms=words(LegalForm), **values)
    run("ANALYZE scale_order; ANALYZE scale_provider")
    return rows


def due_days(span: Span) -> int:
    """Days from the hand-over to the Musdes."""
    return int(DatedSetting.objects.in_force("musdes-due-days", on=span.first))
