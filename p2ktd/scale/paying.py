"""What is paid: the termins of each contract, the requests for payment that four people handle, transfers and taxes.

The last termin of order `n` has the key `n`, like its request and its payment; the earlier ones have keys behind all `n`,
and the contract's scan stands for the proof of their transfer.
"""

from __future__ import annotations

from p2ktd.scale.rows import Say, run, run_all
from transactions.models.contract.conditions import AT_ONCE

# How a value is parted, and up to which percent the work is then done.
PARTS = """
CREATE TEMP TABLE scale_part (termins int, number int, percent int, upto int, condition text);
INSERT INTO scale_part VALUES (1, 1, 100, 100, %(at_once)s),
    (2, 1, 50, 50, 'Separuh pekerjaan diterima'), (2, 2, 50, 100, 'Pekerjaan diserahterimakan'),
    (3, 1, 30, 30, 'Laporan pendahuluan diterima'), (3, 2, 40, 70, 'Laporan antara diterima'),
    (3, 3, 30, 100, 'Pekerjaan diserahterimakan')
"""
# An earlier termin is accepted on its share of the way from the signature to the end, and paid two days later; the
# last one as the plan says. Of what is handed over one in four is not asked for yet; the others wait for the
# secretary, the head, the treasurer.
TERMINS = """
CREATE TEMP TABLE scale_termin AS
WITH parted AS (
    SELECT o.n, o.i, o.k, o.winner, o.value, o.d11, o.d13, o.d14, p.*, p.number = o.termins AS final,
        o.value * p.upto / 100 - o.value * (p.upto - p.percent) / 100 AS amount,
        o.d10 + greatest((o.d11 - o.d10) * p.upto / 100, 1) AS accepted, o.percent AS done, o.terminated
    FROM scale_order o JOIN scale_part p USING (termins) WHERE o.k >= 8
)
SELECT n, i, k, winner, value, termins, number, percent, upto, condition, amount, final, accepted,
    CASE WHEN final THEN n ELSE max(n) OVER () + 2 * n - 2 + number END AS key,
    CASE WHEN final THEN d13 ELSE least(accepted + 1, d11) END AS asked,
    CASE WHEN final THEN d14 ELSE least(accepted + 2, d11) END AS paid,
    CASE WHEN final THEN CASE WHEN k >= 14 THEN 'paid' WHEN k = 13 THEN
            (ARRAY['', 'submitted', 'checked', 'approved'])[1 + n %% 4] ELSE '' END
        WHEN terminated IS NULL AND (k >= 11 OR k = 10 AND done >= upto AND accepted + 3 < %(days)s) THEN 'paid'
        ELSE '' END AS state
FROM parted
"""
AGREED = """
INSERT INTO transactions_termin (id, number, percent, condition, contract_id)
SELECT key, number, percent, condition, n FROM scale_termin
"""
REQUESTS = """
INSERT INTO transactions_paymentrequest (id, code, state_since, created_at, state, termin, termins, number, requested_on,
    work, amount, fine, bill_number, billed_on, bill_amount, complete, complete_note, correct, correct_note, funded,
    funded_note, eligible, eligible_note, submitted_at, checked_at, approved_at, contract_id, created_by_id,
    checked_by_id, approved_by_id, statement_id, bill_scan_id, receipt_id, value)
SELECT key, pg_temp.code(key, 18), CASE state WHEN 'paid' THEN paid_at ELSE asked_at END, asked_at, state,
    number, termins, n || '/SPP/' || number, pg_temp.day(asked), 'consulting', amount, 0, n || '/INV/' || number,
    pg_temp.day(asked), amount, passed, '', passed, '', passed, '', passed, '', asked_at,
    CASE WHEN passed THEN asked_at END, CASE WHEN agreed THEN asked_at END, n, person + 2,
    CASE WHEN passed THEN person + 1 END, CASE WHEN agreed THEN person + 4 END, scan, scan, scan, value
FROM (
    SELECT t.*, v.person, %(files)s + 5 * n - 4 AS scan, CASE WHEN state <> 'submitted' THEN true END AS passed,
        state IN ('approved', 'paid') AS agreed, pg_temp.at(asked, CASE WHEN final THEN 13 ELSE 10 END, n) AS asked_at,
        pg_temp.at(paid, CASE WHEN final THEN 14 ELSE 11 END, n) AS paid_at
    FROM scale_termin t JOIN scale_village v USING (i) WHERE state <> ''
) AS each
"""
PAYMENTS = """
INSERT INTO transactions_payment (id, number, paid_on, gross, withheld, net, recorded_at, contract_id, request_id,
    proof_id, recorded_by_id)
SELECT key, n || '/SP2D/' || number, pg_temp.day(paid), amount, amount * basis_points / 10000,
    amount - amount * basis_points / 10000, pg_temp.at(paid, CASE WHEN final THEN 14 ELSE 11 END, n), n, key,
    %(files)s + 5 * n - CASE WHEN final THEN 3 ELSE 4 END, v.person + 3
FROM scale_termin t JOIN scale_village v USING (i) JOIN scale_provider p ON p.id = winner WHERE state = 'paid'
"""
TAXES = """
INSERT INTO transactions_paymenttax (id, tax, base, amount, payment_id)
SELECT key, tax, t.amount, t.amount * basis_points / 10000, key
FROM scale_termin t JOIN scale_provider p ON p.id = winner WHERE state = 'paid' AND tax IS NOT NULL
"""
STATEMENTS = {"termins": AGREED, "payment requests": REQUESTS, "payments": PAYMENTS, "taxes": TAXES}


def plan(days: int) -> None:
    """Fill the session's table `scale_termin`: of each issued contract its termins, and how far each got."""
    run(PARTS, at_once=AT_ONCE)
    run(TERMINS, days=days)
    run("ANALYZE scale_termin")


def seed(files: int, say: Say) -> int:
    """Copy it; how many rows."""
    return run_all(STATEMENTS, say, files=files)
