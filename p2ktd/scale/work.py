"""The second half of each order: contract, work, payment, Musdes and rating, as their verbs leave them.

Of order `n` every paper has the key `n`. Five files belong to it, `files + 5 n - 4` and on: the signed contract
(one scan stands for the copies of both parties and the BAST), the transfer, the minutes, and two photos.
"""

from __future__ import annotations

from accounts.models import LegalForm
from core.models import StoredFile
from p2ktd.scale.dice import Span
from p2ktd.scale.plan import due_days
from p2ktd.scale.rows import Say, last, run, step, words
from transactions.models import ProcurementRule
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
CONTRACTS = """
INSERT INTO transactions_contract (id, code, state_since, created_at, state, number, signed_on, value, starts_on, ends_on,
    snapshot, snapshot_sha256, provider_signed_at, village_signed_at, percent, inspection_note, accepted_at,
    handover_number, handover_on, handover_place, handover_scan_id, provider_id, provider_scan_id, village_id,
    village_scan_id, quotation_id, sourcing_id)
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
    CASE WHEN k >= 8 THEN pg_temp.day(d8 + 5) END, CASE WHEN k >= 8 THEN pg_temp.day(d8 + 4 + days) END,
    said::jsonb, coalesce(encode(sha256(convert_to(said, 'UTF8')), 'hex'), ''),
    CASE WHEN k >= 9 THEN pg_temp.at(d9, 9, n) END, CASE WHEN k >= 10 THEN pg_temp.at(d10, 10, n) END,
    percent, CASE WHEN k >= 12 THEN 'DATA CONTOH. Sesuai.' ELSE '' END,
    CASE WHEN k >= 12 THEN pg_temp.at(d12, 12, n) END,
    CASE WHEN k >= 13 THEN n || '/BAST' ELSE '' END, CASE WHEN k >= 13 THEN pg_temp.day(d13) END,
    CASE WHEN k >= 13 THEN 'Kantor Desa' ELSE '' END,
    CASE WHEN k >= 13 THEN %(files)s + 5 * n - 4 END, winner, CASE WHEN k >= 9 THEN %(files)s + 5 * n - 4 END, code,
    CASE WHEN k >= 10 THEN %(files)s + 5 * n - 4 END, 3 * n - 2 + won, n
FROM (
    SELECT o.*, v.code, o.n || '/SPK' AS number,
        CASE WHEN k >= 8 THEN '{"days":' || days || ',"ends_on":{"$date":"' || pg_temp.day(d8 + 4 + days)
            || '"},"manager":{"name":"Contoh Kasi ' || v.bare || '","position":"Kasi Kesejahteraan"},"money":'
            || '{"activity_code":"' || o.activity || '","fiscal_year":' || o.fiscal_year || ',"funding":"'
            || (%(funds)s::jsonb ->> o.funding) || '","hps":' || o.hps || ',"offered":' || o.bid || ',"value":'
            || o.value || '},"number":"' || o.n || '/SPK","provider":' || p.said || ',"signed_on":{"$date":"'
            || pg_temp.day(d8) || '"},"starts_on":{"$date":"' || pg_temp.day(d8 + 5) || '"},"village":' || v.said
            || ',"work":{"approach":"DATA CONTOH. Dua pelatih, modul, dan laporan.","method":"'
            || (%(methods)s::jsonb ->> o.method) || '","rule":' || to_json(%(basis)s::text) || ',"scope":'
            || to_json('DATA CONTOH. ' || o.title) || ',"title":' || to_json(o.title::text) || ',"unit":"' || o.unit_label
            || '","volume":' || o.volume || '}}' END AS said
    FROM scale_order o JOIN scale_village v USING (i) JOIN scale_provider p ON p.id = o.winner
    WHERE k >= 7
) AS each
"""
PROGRESS = """
INSERT INTO transactions_progressreport (id, percent, text, reported_at, contract_id, reported_by_id)
SELECT n, percent, 'DATA CONTOH. Pekerjaan dilaksanakan di desa.',
    CASE WHEN k >= 11 THEN pg_temp.at(d11, 10, n) ELSE pg_temp.at(least(d10 + 7, d11), 10, n) END, n, p.person
FROM scale_order o JOIN scale_provider p ON p.id = o.winner WHERE k >= 7 AND percent > 0
"""
ACCOUNTS = """
INSERT INTO transactions_accountability (id, code, state_since, created_at, state, due_on, closed_at, contract_id)
SELECT n, account_code,
    CASE WHEN k >= 17 THEN pg_temp.at(d17, 17, n) WHEN k = 16 THEN pg_temp.at(d16, 16, n)
        WHEN k >= 14 THEN pg_temp.at(d14, 14, n) ELSE pg_temp.at(d13, 13, n) END,
    pg_temp.at(d13, 13, n),
    CASE WHEN k >= 17 THEN 'closed' WHEN k = 16 AND refused THEN 'refused' WHEN k = 16 THEN 'accepted'
        WHEN k >= 14 THEN 'musdes' ELSE 'payment' END,
    pg_temp.day(d13 + %(due)s), CASE WHEN k >= 17 THEN pg_temp.at(d17, 17, n) END, n
FROM scale_order WHERE k >= 13
"""
# Of what is handed over one in four is not asked for yet; the others wait for the secretary, the head, the treasurer.
REQUESTS = """
INSERT INTO transactions_paymentrequest (id, code, state_since, created_at, state, termin, termins, number, requested_on,
    work, amount, fine, bill_number, billed_on, bill_amount, complete, complete_note, correct, correct_note, funded,
    funded_note, eligible, eligible_note, submitted_at, checked_at, approved_at, contract_id, created_by_id,
    checked_by_id, approved_by_id, statement_id, bill_scan_id, receipt_id)
SELECT n, pg_temp.code(n, 18), CASE WHEN k >= 14 THEN pg_temp.at(d14, 14, n) ELSE pg_temp.at(d13, 13, n) END,
    pg_temp.at(d13, 13, n), CASE WHEN k >= 14 OR n %% 4 = 3 THEN CASE WHEN k >= 14 THEN 'paid' ELSE 'approved' END
        WHEN n %% 4 = 2 THEN 'checked' ELSE 'submitted' END,
    1, 1, n || '/SPP', pg_temp.day(d13), 'consulting', value, 0, n || '/INV', pg_temp.day(d13), value, passed, '', passed,
    '', passed, '', passed, '', pg_temp.at(d13, 13, n), CASE WHEN passed THEN pg_temp.at(d13, 13, n) END,
    CASE WHEN agreed THEN pg_temp.at(d13, 13, n) END, n, person + 2, CASE WHEN passed THEN person + 1 END,
    CASE WHEN agreed THEN person + 4 END, scan, scan, scan
FROM (
    SELECT o.*, v.person, %(files)s + 5 * n - 4 AS scan, CASE WHEN k >= 14 OR n %% 4 >= 2 THEN true END AS passed,
        k >= 14 OR n %% 4 = 3 AS agreed
    FROM scale_order o JOIN scale_village v USING (i) WHERE k >= 14 OR k = 13 AND n %% 4 > 0
) AS each
"""
PAYMENTS = """
INSERT INTO transactions_payment (id, number, paid_on, gross, withheld, net, recorded_at, contract_id, request_id,
    proof_id, recorded_by_id)
SELECT n, n || '/SP2D', pg_temp.day(d14), value, value * basis_points / 10000, value - value * basis_points / 10000,
    pg_temp.at(d14, 14, n), n, n, %(files)s + 5 * n - 3, v.person + 3
FROM scale_order o JOIN scale_village v USING (i) JOIN scale_provider p ON p.id = o.winner WHERE k >= 14
"""
TAXES = """
INSERT INTO transactions_paymenttax (id, tax, base, amount, payment_id)
SELECT n, tax, value, value * basis_points / 10000, n
FROM scale_order o JOIN scale_provider p ON p.id = o.winner WHERE k >= 14 AND tax IS NOT NULL
"""
MEETINGS = """
INSERT INTO transactions_meeting (id, code, state_since, created_at, state, title, invitation_number, agenda, held_on,
    starts_at, ends_at, place, leader, leader_from, note_taker, note_taker_from, speakers, proceedings, minutes_number,
    decided_at, village_id, assisted_by_id, attendance_scan_id, notes_scan_id, created_by_id, decided_by_id, scan_id)
SELECT n, pg_temp.code(n, 16), CASE WHEN k >= 16 THEN pg_temp.at(d16, 16, n) ELSE pg_temp.at(d15, 15, n) END,
    pg_temp.at(d15, 15, n), CASE WHEN k >= 16 THEN 'decided' ELSE 'draft' END,
    'Musyawarah Desa Pertanggungjawaban Hasil Kerja P2KTD', '', '', pg_temp.day(d15), time '09:00', time '11:30',
    'Balai Desa', 'Contoh Bpd ' || v.bare, 'BPD', 'Contoh Operator ' || v.bare, 'Pemerintah Desa', '', '',
    CASE WHEN k < 16 THEN '' ELSE n || '/BA' END, CASE WHEN k >= 16 THEN pg_temp.at(d16, 16, n) END, v.code,
    NULL::bigint, CASE WHEN k >= 16 THEN %(files)s + 5 * n - 2 END, NULL::bigint, v.person + 1,
    CASE WHEN k >= 16 THEN v.person + 5 END, CASE WHEN k >= 16 THEN %(files)s + 5 * n - 2 END
FROM scale_order o JOIN scale_village v USING (i) WHERE k >= 15
"""
AGENDA = """
INSERT INTO transactions_agendaitem (id, meeting_id, accountability_id, open, presented, output, opinion, decision,
    decision_note, heard_on)
SELECT n, n, n, k < 16, 'DATA CONTOH. ' || o.title, '', '',
    CASE WHEN k < 16 THEN '' WHEN refused THEN 'refused' WHEN n %% 12 = 0 THEN 'with_notes' ELSE 'accepted' END,
    CASE WHEN k < 16 THEN '' WHEN refused OR n %% 12 = 0 THEN 'DATA CONTOH. Laporan dilengkapi.' ELSE '' END,
    CASE WHEN k >= 16 THEN pg_temp.day(d15) END
FROM scale_order o WHERE k >= 15
"""
ATTENDANCE = """
INSERT INTO transactions_attendance (id, element, men, women, meeting_id)
SELECT 2 * n - 2 + j, element, 2 + (n * j) %% 7, 1 + (n * j) %% 11, n
FROM scale_order CROSS JOIN (VALUES (1, 'pemdes'), (2, 'masyarakat')) AS e (j, element) WHERE k >= 15
"""
PHOTOS = """
INSERT INTO transactions_meetingphoto (id, caption, file_id, meeting_id)
SELECT 2 * n - 2 + j, '', %(files)s + 5 * n - 2 + j, n FROM scale_order CROSS JOIN generate_series(1, 2) AS j WHERE k >= 16
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


def seed(span: Span, say: Say) -> int:
    """Copy what the plan says of them; how many rows."""
    values = {
        "files": last(StoredFile), "sha": "0" * 64, "first": span.first.isoformat(), "days": span.days,
        "due": due_days(span), "basis": ProcurementRule.objects.in_force("", on=span.first).basis,
        "forms": words(LegalForm), "funds": words(Funding), "methods": words(Method),
    }  # fmt: skip
    run(PROVIDERS, **values)
    run("ANALYZE scale_provider; ANALYZE scale_order")
    rows = 0
    for name, statement in (
        ("files", FILES), ("contracts", CONTRACTS), ("progress reports", PROGRESS), ("accounts", ACCOUNTS),
        ("payment requests", REQUESTS), ("payments", PAYMENTS), ("taxes", TAXES), ("meetings", MEETINGS),
        ("agenda", AGENDA), ("attendance", ATTENDANCE),
        ("photos", PHOTOS), ("ratings", RATINGS), ("rated services", SERVICES),
    ):  # fmt: skip
        with step(name, say) as count:
            count(made := run(statement, **values))
        rows += made
    return rows
