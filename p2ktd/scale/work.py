"""The second half of each order: contract, work and rating, as their verbs leave them.

Of order `n` every paper has the key `n`. Five files belong to it, `files + 5 n - 4` and on: the signed contract
(one scan stands for the copies of both parties and the BAST), the transfer, the minutes, and two photos.
"""

from __future__ import annotations

from typing import Any

from p2ktd.scale.dice import Span
from p2ktd.scale.plan import due_days
from p2ktd.scale.rows import Say, run_all, words
from transactions.models import Kind
from transactions.models.planning.need import Funding
from transactions.models.rule import Method

FILES = """
INSERT INTO core_storedfile (id, code, content, name, content_type, size, sha256, about, about_id, personal, public,
    uploaded_at, uploaded_by_id)
SELECT %(files)s + 5 * o.n - 5 + j, pg_temp.code(%(files)s + 5 * o.n - 5 + j, 3), '00/contoh', name, kind, 1000, %(sha)s,
    about, o.n::text, false, false, pg_temp.at(CASE j WHEN 1 THEN d9 WHEN 2 THEN d14 ELSE d15 END, 12, o.n),
    v.person + f.person
FROM scale_order o JOIN scale_village v USING (i)
JOIN (VALUES (1, 9, 'spk.pdf', 'application/pdf', 'transactions.contract', 2),
    (2, 14, 'transfer.pdf', 'application/pdf', 'transactions.paymentrequest', 3),
    (3, 16, 'berita-acara.pdf', 'application/pdf', 'transactions.meeting', 1),
    (4, 16, 'musdes-1.jpg', 'image/jpeg', 'transactions.meeting', 1),
    (5, 16, 'musdes-2.jpg', 'image/jpeg', 'transactions.meeting', 1)) AS f (j, since, name, kind, about, person)
ON k >= f.since
"""
# The snapshot is written in its canonical spelling (see core.documents.fingerprint), so that its hash is right.
CONTRACTS = """
INSERT INTO transactions_contract (id, code, state_since, created_at, state, number, signed_on, value, starts_on, ends_on,
    snapshot, snapshot_sha256, provider_signed_at, village_signed_at, percent, inspection_note, accepted_at,
    handover_number, handover_on, handover_place, handover_scan_id, provider_id, provider_scan_id, village_id,
    village_scan_id, quotation_id, sourcing_id, kind, accepted_part)
SELECT n, contract_code,
    CASE WHEN terminated IS NOT NULL THEN pg_temp.at(terminated, 12, n) WHEN k >= 13 THEN pg_temp.at(d13, 13, n)
        WHEN k = 12 THEN pg_temp.at(d12, 12, n) WHEN k = 11 THEN pg_temp.at(d11, 11, n)
        WHEN k = 10 THEN pg_temp.at(d10, 10, n) WHEN k = 9 THEN pg_temp.at(d9, 9, n)
        WHEN k = 8 THEN pg_temp.at(d8, 8, n) ELSE pg_temp.at(d7, 7, n) END,
    pg_temp.at(d7, 7, n),
    CASE WHEN terminated IS NOT NULL THEN 'terminated' WHEN k >= 13 THEN 'handed_over' WHEN k = 12 THEN 'inspected'
        WHEN k = 11 THEN 'inspection' WHEN k = 10 THEN 'running' WHEN k = 9 THEN 'provider_signed'
        WHEN k = 8 THEN 'issued' ELSE 'drafted' END,
    CASE WHEN k >= 8 THEN number ELSE '' END, CASE WHEN k >= 8 THEN pg_temp.day(d8) END, value,
    CASE WHEN k >= 8 THEN pg_temp.day(d8 + 5) END, CASE WHEN k >= 8 THEN pg_temp.day(d8 + 4 + days + CASE addendum WHEN 'signed' THEN 14 ELSE 0 END) END,
    said::jsonb, coalesce(encode(sha256(convert_to(said, 'UTF8')), 'hex'), ''),
    CASE WHEN k >= 9 THEN pg_temp.at(d9, 9, n) END, CASE WHEN k >= 10 THEN pg_temp.at(d10, 10, n) END,
    percent, CASE WHEN k >= 12 THEN 'DATA CONTOH. Sesuai.' ELSE '' END,
    CASE WHEN k >= 12 THEN pg_temp.at(d12, 12, n) END,
    CASE WHEN k >= 13 THEN n || '/BAST' ELSE '' END, CASE WHEN k >= 13 THEN pg_temp.day(d13) END,
    CASE WHEN k >= 13 THEN 'Kantor Desa' ELSE '' END,
    CASE WHEN k >= 13 THEN %(files)s + 5 * n - 4 END, winner, CASE WHEN k >= 9 THEN %(files)s + 5 * n - 4 END, code,
    CASE WHEN k >= 10 THEN %(files)s + 5 * n - 4 END, 3 * n - 2 + won, n,
    CASE method WHEN 'direct' THEN 'order' WHEN 'tender' THEN 'agreement' ELSE 'spk' END,
    CASE WHEN k >= 12 THEN 100 ELSE coalesce(part, 0) END
FROM (
    SELECT o.*, v.code, part, o.n || '/SPK' AS number,
        CASE WHEN k >= 8 THEN '{"days":' || days || ',"ends_on":{"$date":"' || pg_temp.day(d8 + 4 + days)
            || '"},"manager":{"name":"Contoh Kasi ' || v.bare || '","position":"Kasi Kesejahteraan"},"money":'
            || '{"activity_code":"' || o.activity || '","fiscal_year":' || o.fiscal_year || ',"funding":"'
            || (%(funds)s::jsonb ->> o.funding) || '","hps":' || o.hps || ',"offered":' || o.bid || ',"value":'
            || o.value || '},"number":"' || o.n || '/SPK","provider":' || p.said || ',"signed_on":{"$date":"'
            || pg_temp.day(d8) || '"},"starts_on":{"$date":"' || pg_temp.day(d8 + 5) || '"},"village":' || v.said
            || ',"work":{"approach":"DATA CONTOH. Dua pelatih, modul, dan laporan.","method":"'
            || (%(methods)s::jsonb ->> o.method) || '","rule":' || to_json(r.basis::text) || ',"scope":'
            || to_json('DATA CONTOH. ' || o.title) || ',"title":' || to_json(o.title::text) || ',"unit":"' || o.unit_label
            || '","volume":' || o.volume || '}}' END AS said
    FROM scale_order o JOIN scale_village v USING (i) JOIN scale_provider p ON p.id = o.winner
    JOIN transactions_procurementrule r ON r.id = o.rule LEFT JOIN (
        SELECT n, max(upto) AS part FROM scale_termin WHERE k < 12 AND state = 'paid' GROUP BY n
    ) AS accepted USING (n)
    WHERE k >= 7
) AS each
"""
# The whole work once it was asked for, and each part that a termin waits for; one work in twelve was mended first.
INSPECTIONS = """
INSERT INTO transactions_inspection (id, percent, note, requested_at, result, findings, repair_due_on, number, inspected_on,
    decided_at, contract_id, decided_by_id, requested_by_id)
SELECT 4 * n - 4 + j, upto, '', pg_temp.at(asked, step, n), result,
    CASE result WHEN 'repair' THEN 'DATA CONTOH. Laporan belum lengkap.' WHEN '' THEN '' ELSE 'DATA CONTOH. Sesuai.' END,
    CASE result WHEN 'repair' THEN pg_temp.day(asked + 7) END, CASE WHEN result <> '' THEN n || '/BAP/' || j ELSE '' END,
    CASE WHEN result <> '' THEN pg_temp.day(seen) END, CASE WHEN result <> '' THEN pg_temp.at(seen, step + 1, n) END,
    n, CASE WHEN result <> '' THEN v.person + 2 END, p.person
FROM (
    SELECT n, i, winner, number AS j, upto, accepted AS asked, accepted AS seen, 8 AS step, 'accepted' AS result
    FROM scale_termin WHERE NOT final AND state = 'paid'
    UNION ALL SELECT n, i, winner, 3, 100, d11, d11, 9, 'repair' FROM scale_order WHERE k >= 11 AND n %% 12 = 5
    UNION ALL SELECT n, i, winner, 4, 100, d11, d12, 11, CASE WHEN k >= 12 THEN 'accepted' ELSE '' END
    FROM scale_order WHERE k >= 11
) AS each JOIN scale_village v USING (i) JOIN scale_provider p ON p.id = winner
"""
# Two weeks more, with both signatures; some wait for one of them.
ADDENDA = """
INSERT INTO transactions_addendum (id, code, state_since, created_at, state, sequence, number, signed_on, reason, new_ends_on,
    scope, snapshot, snapshot_sha256, provider_signed_at, village_signed_at, contract_id, created_by_id, provider_scan_id,
    village_scan_id)
SELECT n, pg_temp.code(n, 24), pg_temp.at(d10 + 1, 9 + signed, n), pg_temp.at(d10 + 1, 9, n), addendum, 1, n || '/ADD',
    pg_temp.day(d10 + 1), 'DATA CONTOH. Cuaca.', pg_temp.day(d8 + 18 + days), '', said::jsonb,
    encode(sha256(convert_to(said, 'UTF8')), 'hex'), CASE WHEN signed >= 1 THEN pg_temp.at(d10 + 1, 10, n) END,
    CASE WHEN signed = 2 THEN pg_temp.at(d10 + 1, 11, n) END, n, person + 2,
    CASE WHEN signed >= 1 THEN %(files)s + 5 * n - 4 END, CASE WHEN signed = 2 THEN %(files)s + 5 * n - 4 END
FROM (
    SELECT o.*, v.person, CASE addendum WHEN 'signed' THEN 2 WHEN 'provider_signed' THEN 1 ELSE 0 END AS signed,
        '{"contract":{"kind":' || to_json(%(kinds)s::jsonb ->> c.kind) || ',"number":"' || c.number
        || '","signed_on":{"$date":"' || c.signed_on || '"}},"contract_sha256":"' || c.snapshot_sha256
        || '","ends_on":{"is":{"$date":"' || pg_temp.day(d8 + 18 + days) || '"},"was":{"$date":"'
        || pg_temp.day(d8 + 4 + days) || '"}},"manager":{"name":"Contoh Kasi ' || v.bare
        || '","position":"Kasi Kesejahteraan"},"number":"' || n || '/ADD","provider":{"address":'
        || to_json(p.address::text) || ',"name":' || to_json(p.name::text) || ',"person":'
        || to_json(p.person_in_charge::text) || ',"position":' || to_json(p.position::text)
        || '},"reason":"DATA CONTOH. Cuaca.","scope":"","sequence":1,"signed_on":{"$date":"' || pg_temp.day(d10 + 1)
        || '"},"termins":' || agreed || ',"title":' || to_json(o.title::text) || ',"value":{"is":null,"was":' || o.value
        || '},"village":' || v.said || '}' AS said
    FROM scale_order o JOIN scale_village v USING (i) JOIN transactions_contract c ON c.id = n
    JOIN accounts_provider p ON p.id = o.winner JOIN (
        SELECT termins, '[' || string_agg('{"condition":' || to_json(condition) || ',"number":' || number || ',"percent":'
            || percent || '}', ',' ORDER BY number) || ']' AS agreed
        FROM scale_part GROUP BY termins
    ) AS parts USING (termins)
    WHERE addendum <> ''
) AS each
"""
PROGRESS = """
INSERT INTO transactions_progressreport (id, percent, text, reported_at, contract_id, reported_by_id)
SELECT n, percent, 'DATA CONTOH. Pekerjaan dilaksanakan di desa.',
    CASE WHEN k >= 11 THEN pg_temp.at(d11, 10, n) ELSE pg_temp.at(least(d10 + 7, d11), 10, n) END, n, p.person
FROM scale_order o JOIN scale_provider p ON p.id = o.winner WHERE k >= 7 AND percent > 0
"""
ACCOUNTS = """
INSERT INTO transactions_accountability (id, code, state_since, created_at, state, due_on, closed_at, contract_id, buyer_id)
SELECT n, account_code,
    CASE WHEN k >= 17 THEN pg_temp.at(d17, 17, n) WHEN k = 16 THEN pg_temp.at(d16, 16, n)
        WHEN k >= 14 THEN pg_temp.at(d14, 14, n) ELSE pg_temp.at(d13, 13, n) END,
    pg_temp.at(d13, 13, n),
    CASE WHEN k >= 17 THEN 'closed' WHEN k = 16 AND refused THEN 'refused' WHEN k = 16 THEN 'accepted'
        WHEN k >= 14 THEN 'musdes' ELSE 'payment' END,
    pg_temp.day(d13 + %(due)s), CASE WHEN k >= 17 THEN pg_temp.at(d17, 17, n) END, n,
    v.code
FROM scale_order o JOIN scale_village v USING (i) WHERE k >= 13
"""
RATINGS = """
INSERT INTO reviews_rating (id, code, state_since, created_at, state, quality, cost, time, service, learning, tenths,
    comment, reply, replied_at, contract_id, rated_by_id)
SELECT n, pg_temp.code(n, 17), CASE WHEN k = 19 THEN pg_temp.at(d19, 19, n) ELSE pg_temp.at(d18, 18, n) END,
    pg_temp.at(d18, 18, n), CASE WHEN k = 19 THEN 'answered' ELSE 'given' END, a, b, c, d, e,
    ((a * 30 + b * 15 + c * 20 + d * 15 + e * 20) * 10 + 50) / 100, 'DATA CONTOH. Pelaksanaan sesuai rencana.',
    CASE WHEN k = 19 THEN 'DATA CONTOH. Terima kasih.' ELSE '' END, CASE WHEN k = 19 THEN pg_temp.at(d19, 19, n) END,
    n, v.person + 2
FROM (
    SELECT n, i, k, d18, d19, pg_temp.upto(n, 41, 3, 5) AS a, pg_temp.upto(n, 42, 2, 5) AS b,
        pg_temp.upto(n, 43, 2, 5) AS c, pg_temp.upto(n, 44, 3, 5) AS d, pg_temp.upto(n, 45, 1, 5) AS e
    FROM scale_order WHERE k >= 18 OFFSET 0
) AS o JOIN scale_village v USING (i)
"""
SERVICES = """
UPDATE catalog_service s SET rating_count = r.number, rating_total = r.total
FROM (
    SELECT o.served, count(*) AS number, sum(r.tenths) AS total
    FROM reviews_rating r JOIN scale_order o ON o.n = r.contract_id GROUP BY o.served
) AS r WHERE r.served = s.id
"""


STATEMENTS = {
    "files": FILES, "contracts": CONTRACTS, "progress reports": PROGRESS, "inspections": INSPECTIONS, "addenda": ADDENDA,
    "accounts": ACCOUNTS, "ratings": RATINGS, "rated services": SERVICES,
}  # fmt: skip


def seed(files: int, span: Span, say: Say) -> int:
    """Copy what the plan says of them; how many rows."""
    return run_all(STATEMENTS, say, **values(files, span))


def values(files: int, span: Span) -> dict[str, Any]:
    """What the statements above ask for; `files` is the key behind which the orders' files begin."""
    return {
        "files": files, "sha": "0" * 64, "days": span.days, "due": due_days(span), "kinds": words(Kind),
        "funds": words(Funding), "methods": words(Method),
    }  # fmt: skip
