"""The first half of each order: need, sourcing, invitations and quotations, as their verbs leave them.

Invitation and quotation `3 n - 2 + j` belong to order `n`: 0 is the provider that the village chose first, 1 and 2
are its rivals.
"""

from __future__ import annotations

from p2ktd.scale.dice import Span
from p2ktd.scale.rows import Say, run, run_all

NEEDS = """
INSERT INTO transactions_need (id, code, state_since, created_at, state, title, problem, place, men, women, volume, unit,
    estimate, why_provider, musdes_on, musdes_number, fiscal_year, funding, activity_code, ceiling, assisted_by_id,
    category_id, created_by_id, service_id, village_id)
SELECT o.n, o.need_code,
    CASE WHEN o.cancelled IS NOT NULL THEN pg_temp.at(o.cancelled, 0, o.n) WHEN k >= 2 THEN pg_temp.at(d2, 2, o.n)
        WHEN k = 1 THEN pg_temp.at(d1, 1, o.n) ELSE pg_temp.at(d0, 0, o.n) END,
    pg_temp.at(d0, 0, o.n),
    CASE WHEN o.cancelled IS NOT NULL THEN 'cancelled' WHEN k >= 2 THEN 'budgeted' WHEN k = 1 THEN 'agreed'
        ELSE 'identified' END,
    coalesce(o.title, 'Pelatihan perangkat desa'), 'DATA CONTOH. Desa belum mampu mengerjakannya sendiri.',
    'Dusun Contoh', o.n %% 40, (o.n * 7) %% 45, coalesce(o.volume, 1), coalesce(o.unit_label, 'Paket'),
    coalesce(o.hps * (100 + o.n %% 9) / 100, 10000000),
    'DATA CONTOH. Desa tidak mempunyai tenaga yang ahli.',
    CASE WHEN k >= 1 THEN pg_temp.day(d1) END, CASE WHEN k >= 1 THEN o.n || '/MUSDES' ELSE '' END,
    CASE WHEN k >= 2 THEN o.fiscal_year END, CASE WHEN k >= 2 THEN o.funding ELSE '' END,
    CASE WHEN k >= 2 THEN o.activity ELSE '' END,
    CASE WHEN k >= 2 THEN coalesce(o.hps, 10000000) * (110 + o.n %% 7) / 100 END,
    NULL::bigint, coalesce(o.category, (SELECT min(id) FROM catalog_category)), v.person + 1, o.service, v.code
FROM scale_order o JOIN scale_village v USING (i)
"""
SOURCINGS = """
INSERT INTO transactions_sourcing (id, code, state_since, created_at, state, method, scope, hps, days, deadline,
    failure_reason, created_by_id, need_id, rule_id, award_reason, announced_at, questions_until, opened_at, opened_by_id,
    opening_asked_at, opening_asked_by_id)
SELECT o.n, pg_temp.code(o.n, 12),
    CASE WHEN failed IS NOT NULL THEN pg_temp.at(failed, 5, o.n)
        WHEN terminated IS NOT NULL THEN pg_temp.at(terminated, 12, o.n)
        WHEN k >= 7 THEN pg_temp.at(d7, 7, o.n) WHEN k = 6 THEN pg_temp.at(d6, 6, o.n)
        WHEN k = 5 THEN pg_temp.at(d5, 5, o.n) WHEN k = 4 THEN pg_temp.at(d4, 4, o.n)
        ELSE pg_temp.at(d3, 3, o.n) END,
    pg_temp.at(d3, 3, o.n),
    CASE WHEN failed IS NOT NULL OR terminated IS NOT NULL THEN 'failed' WHEN k >= 7 THEN 'awarded'
        WHEN k = 6 THEN 'evaluated' WHEN k = 5 THEN 'opened' WHEN k = 4 THEN 'open' ELSE 'draft' END,
    o.method, 'DATA CONTOH. ' || o.title, o.hps, o.days, pg_temp.at(d5, -1, 0),
    CASE WHEN failed IS NOT NULL THEN 'DATA CONTOH. Tidak ada penawaran.'
        WHEN terminated IS NOT NULL THEN 'kontrak diputus. DATA CONTOH.' ELSE '' END,
    CASE o.method WHEN 'direct' THEN v.person + 2 ELSE v.person + 1 END, o.n, o.rule, '',
    CASE WHEN k >= 4 THEN pg_temp.at(d4, 4, o.n) END, CASE WHEN k >= 4 AND o.method = 'tender' THEN pg_temp.at(d4 + 1, 0, 0) END,
    CASE WHEN k >= 5 THEN pg_temp.at(d5, 5, o.n) END, CASE WHEN k >= 5 THEN v.person + 2 END,
    CASE WHEN k >= 5 AND o.method <> 'direct' THEN pg_temp.at(d5, 4, o.n) END,
    CASE WHEN k >= 5 AND o.method <> 'direct' THEN v.person + 1 END
FROM scale_order o JOIN scale_village v USING (i) WHERE k >= 3
"""
INVITATIONS = """
INSERT INTO transactions_invitation (id, created_at, how, provider_id, service_id, version_id, sourcing_id)
SELECT 3 * o.n - 2 + j, CASE o.method WHEN 'tender' THEN pg_temp.at(d4, 5, o.n) ELSE pg_temp.at(d3, 3, o.n) END,
    CASE o.method WHEN 'tender' THEN 'registered' ELSE 'invited' END, CASE j WHEN 0 THEN o.provider WHEN 1 THEN p1 ELSE p2 END,
    r.service, r.versions[width_bucket(d3, r.days)], o.n
FROM scale_order o CROSS JOIN generate_series(0, 2) AS j
JOIN scale_read r ON r.service = CASE j WHEN 0 THEN o.service WHEN 1 THEN s1 ELSE s2 END
WHERE k >= (CASE o.method WHEN 'tender' THEN 4 ELSE 3 END) AND j < invited
"""
# Of each service its versions, and the first whole day of each.
READ = """
CREATE TEMP TABLE scale_read AS
SELECT service_id AS service, array_agg(id ORDER BY number) AS versions,
    array_agg(made_at::date - date %(first)s + 1 ORDER BY number) AS days
FROM catalog_serviceversion GROUP BY service_id
"""
# Who answered sent it the day after it was asked; nobody did where the sourcing failed.
QUOTATIONS = """
INSERT INTO transactions_quotation (id, code, state_since, created_at, state, price, days, approach, negotiated_price,
    negotiated_on, awaits, result_reason, sent_at, attachment_id, provider_id, sourcing_id)
SELECT 3 * n - 2 + j, pg_temp.code(3 * n - 2 + j, 15),
    CASE WHEN k <= 5 THEN sent WHEN k = 6 OR fate = 1 THEN pg_temp.at(d6, 6, n) ELSE pg_temp.at(d7, 7, n) END, sent,
    CASE WHEN k <= 5 THEN 'sealed' WHEN fate = 1 THEN 'disqualified' WHEN k = 6 THEN 'qualified'
        WHEN j = won THEN 'won' ELSE 'lost' END,
    price, days, 'DATA CONTOH. Dua pelatih, modul, dan laporan.',
    CASE WHEN k >= 7 AND j = won THEN negotiated END, CASE WHEN k >= 7 AND j = won AND negotiated > 0 THEN pg_temp.day(d6) END,
    CASE WHEN k = 6 AND j = won AND negotiated > 0 THEN 'provider' ELSE '' END,
    CASE WHEN k >= 6 AND fate = 1 THEN 'DATA CONTOH. Tenaga ahli tidak sesuai.' ELSE '' END, sent, NULL::bigint,
    offering, n
FROM (
    SELECT o.n, o.k, o.d6, o.d7, o.days, o.won, o.negotiated, j, pg_temp.at(d4 + 1, 2 + j, o.n) AS sent,
        CASE j WHEN 0 THEN b0 WHEN 1 THEN b1 ELSE b2 END AS price,
        CASE j WHEN 0 THEN o.provider WHEN 1 THEN p1 ELSE p2 END AS offering,
        CASE j WHEN 0 THEN 2 WHEN 1 THEN a1 ELSE a2 END AS fate
    FROM scale_order o CROSS JOIN generate_series(0, 2) AS j
    WHERE k >= 4 AND j < invited AND fate_of NOT BETWEEN 0.012 AND 0.024 AND d4 + 1 < %(days)s
) AS each WHERE fate > 0
"""
# Two lines each, in whole rupiah: the work itself, per unit, and the rest. Items `2 n - 1` and `2 n` are order `n`'s.
ITEMS = """
INSERT INTO transactions_item (id, number, name, specification, volume, unit, unit_price, sourcing_id)
SELECT 2 * n - 2 + j, j, CASE j WHEN 1 THEN title ELSE 'Modul dan laporan' END, 'DATA CONTOH.',
    CASE j WHEN 1 THEN volume ELSE 1 END, CASE j WHEN 1 THEN unit_label ELSE 'paket' END,
    CASE j WHEN 1 THEN hps * 7 / 10 / volume ELSE hps - hps * 7 / 10 / volume * volume END, n
FROM scale_order CROSS JOIN generate_series(1, 2) AS j WHERE k >= 3
"""
OFFERED = """
INSERT INTO transactions_quotationitem (id, unit_price, agreed_price, quotation_id, item_id)
SELECT 2 * q.id - 2 + j,
    CASE j WHEN 1 THEN q.price * 7 / 10 / volume ELSE q.price - q.price * 7 / 10 / volume * volume END,
    CASE j WHEN 1 THEN q.negotiated_price * 7 / 10 / volume
        ELSE q.negotiated_price - q.negotiated_price * 7 / 10 / volume * volume END,
    q.id, 2 * n - 2 + j
FROM transactions_quotation q JOIN scale_order ON n = q.sourcing_id CROSS JOIN generate_series(1, 2) AS j
"""


STATEMENTS = {
    "needs": NEEDS, "sourcings": SOURCINGS, "invitations": INVITATIONS, "quotations": QUOTATIONS, "items": ITEMS,
    "items offered": OFFERED,
}  # fmt: skip


def seed(span: Span, say: Say) -> int:
    """Copy what the plan says of them; how many rows."""
    run(READ, first=span.first.isoformat())
    return run_all(STATEMENTS, say, days=span.days)
