"""How a provider was found, on paper: KAK, questions of a tender, openings, evaluations, and the steps of price talks."""

from __future__ import annotations

from p2ktd.scale.rows import Say, run_all, words
from transactions.models.planning.need import Funding
from transactions.models.rule import Method

# A direct purchase needs none. The snapshot is in its canonical spelling, as a contract's (see `work`).
TERMS = """
INSERT INTO transactions_terms (id, code, state_since, created_at, state, background, purpose, output, location,
    specification, from_village, schedule, progress_reports, final_report, number, dated_on, tax, price_source,
    hps_number, hps_on, snapshot, snapshot_sha256, created_by_id, sourcing_id)
SELECT n, pg_temp.code(n, 19), CASE WHEN k >= 4 THEN pg_temp.at(d4, 4, n) ELSE pg_temp.at(d3, 3, n) END,
    pg_temp.at(d3, 3, n), CASE WHEN k >= 4 THEN 'fixed' ELSE 'draft' END, background, purpose, output, 'Dusun Contoh',
    specification, '', '[]', 'Setiap bulan.', 'Saat selesai.', n || '/KAK', pg_temp.day(d3), 'included', 'Survei harga.',
    n || '/HPS', pg_temp.day(d3), said::jsonb, coalesce(encode(sha256(convert_to(said, 'UTF8')), 'hex'), ''),
    person + 1, n
FROM (
    SELECT *, CASE WHEN k >= 4 THEN '{"activity":' || to_json(title) || ',"activity_code":"' || activity
        || '","background":"' || background || '","dated_on":{"$date":"' || pg_temp.day(d3) || '"},"days":' || days
        || ',"final_report":"Saat selesai.","from_village":"","funding":"APB Desa, ' || (%(funds)s::jsonb ->> funding)
        || ' Tahun Anggaran ' || fiscal_year || '","hps":' || hps || ',"hps_number":"' || n
        || '/HPS","hps_on":{"$date":"' || pg_temp.day(d3) || '"},"items":[{"amount":' || first * volume || ',"name":'
        || to_json(left(title, 150)) || ',"specification":"DATA CONTOH.","unit":"' || unit_label || '","unit_price":'
        || first || ',"volume":"' || volume || '"},{"amount":' || hps - first * volume
        || ',"name":"Modul dan laporan","specification":"DATA CONTOH.","unit":"paket","unit_price":'
        || hps - first * volume || ',"volume":"1"}],"location":"Dusun Contoh","manager":[{"basis":"CONTOH/' || i
        || '","name":"Contoh Kasi ' || bare || '","position":"Kasi Kesejahteraan"}],"method":"'
        || (%(methods)s::jsonb ->> method) || '","number":"' || n || '/KAK","order":"' || need_code || '","output":"'
        || output || '","ppn":0,"ppn_basis_points":null,"price_source":"Survei harga.","progress_reports":'
        || '"Setiap bulan.","purpose":"' || purpose || '","rule":' || to_json(basis) || ',"schedule":[],"scope":'
        || to_json('DATA CONTOH. ' || title) || ',"specification":"' || specification || '","subtotal":' || hps
        || ',"tax":"Harga satuan sudah termasuk pajak","team":[{"basis":"CONTOH/' || i || '","name":"Contoh Operator '
        || bare || '","position":"Ketua TPK"}],"title":' || to_json(title) || ',"volume":"' || volume || ' '
        || unit_label || '"}' END AS said
    FROM (
        SELECT o.*, v.bare, v.person, r.basis::text, hps * 7 / 10 / volume AS first,
            'DATA CONTOH. Desa belum mampu mengerjakannya sendiri.' AS background,
            'DATA CONTOH. Perangkat dan warga mampu melanjutkannya.' AS purpose,
            'DATA CONTOH. Modul dan laporan.' AS output, 'DATA CONTOH. Dua pelatih, modul, dan laporan.' AS specification
        FROM scale_order o JOIN scale_village v USING (i) JOIN transactions_procurementrule r ON r.id = o.rule
        WHERE k >= 3 AND method <> 'direct'
    ) AS each
) AS written
"""
QUESTIONS = """
INSERT INTO transactions_tenderquestion (id, code, state_since, created_at, state, text, answer_text, answered_at,
    asked_by_id, provider_id, sourcing_id)
SELECT 2 * n - 1 + j, pg_temp.code(2 * n - 1 + j, 23), CASE WHEN told THEN at ELSE pg_temp.at(d4, 6, n) END,
    pg_temp.at(d4, 6, n), CASE WHEN told THEN 'answered' ELSE 'asked' END, 'DATA CONTOH. Berapa banyak pesertanya?',
    CASE WHEN told THEN 'DATA CONTOH. Paling banyak empat puluh orang.' ELSE '' END, CASE WHEN told THEN at END,
    p.person, p.id, n
FROM (
    SELECT *, d4 + 1 < %(days)s AS told, pg_temp.at(d4 + 1, 8, n) AS at FROM scale_order WHERE method = 'tender' AND k >= 4
) AS o CROSS JOIN generate_series(0, 1) AS j JOIN scale_provider p ON p.id = CASE j WHEN 0 THEN o.provider ELSE p1 END
"""
OPENINGS = """
INSERT INTO transactions_openingminutes (id, code, number, first_name, first_position, second_name, second_position,
    sourcing_id)
SELECT n, pg_temp.code(n, 20), n || '/BAPb', CASE method WHEN 'direct' THEN kasi ELSE 'Contoh Operator ' || bare END,
    CASE method WHEN 'direct' THEN 'Kasi Kesejahteraan' ELSE 'Ketua TPK' END,
    CASE method WHEN 'direct' THEN '' ELSE kasi END, CASE method WHEN 'direct' THEN '' ELSE 'Kasi Kesejahteraan' END, n
FROM scale_order JOIN (SELECT i, bare, 'Contoh Kasi ' || bare AS kasi FROM scale_village) AS v USING (i) WHERE k >= 5
"""
EVALUATIONS = """
INSERT INTO transactions_evaluation (id, administration, administration_note, technical, technical_note, price, price_note,
    permille, rank, papers, at, by_id, quotation_id)
SELECT q.id, true, '', q.state <> 'disqualified', q.result_reason, true, '', (q.price * 1000 + o.hps / 2) / o.hps,
    rank() OVER (PARTITION BY n ORDER BY q.price, q.id), '[]', pg_temp.at(d6, 6, n),
    v.person + CASE method WHEN 'direct' THEN 2 ELSE 1 END, q.id
FROM scale_order o JOIN scale_village v USING (i) JOIN transactions_quotation q ON q.sourcing_id = n WHERE k >= 6
"""
MINUTES = """
INSERT INTO transactions_evaluationminutes (id, number, held_on, place, sourcing_id)
SELECT n, n || '/BAEv', pg_temp.day(d6), 'Kantor Desa', n FROM scale_order WHERE k >= 6
"""
# The village asks for a little less, the provider names the price that is then agreed; one talk waits for its answer
# where the award is still to come.
STEPS = """
INSERT INTO transactions_negotiationstep (id, turn, side, unit_price, note, at, by_id, item_id, quotation_id)
SELECT 4 * n - 6 + 2 * turn + j, turn, CASE turn WHEN 1 THEN 'village' ELSE 'provider' END,
    CASE j WHEN 1 THEN first ELSE negotiated - first * volume END * CASE turn WHEN 1 THEN 97 ELSE 100 END / 100, '',
    pg_temp.at(d6, 6 + turn, n), CASE WHEN turn = 2 THEN p.person WHEN method = 'direct' THEN v.person + 2
        ELSE v.person + 1 END, 2 * n - 2 + j, 3 * n - 2 + won
FROM (
    SELECT *, negotiated * 7 / 10 / volume AS first FROM scale_order WHERE k >= 6 AND negotiated IS NOT NULL
) AS o JOIN scale_village v USING (i) JOIN scale_provider p ON p.id = o.winner
CROSS JOIN generate_series(1, 2) AS turn CROSS JOIN generate_series(1, 2) AS j WHERE turn = 1 OR k >= 7
"""
STATEMENTS = {
    "KAK": TERMS, "tender questions": QUESTIONS, "openings": OPENINGS, "evaluations": EVALUATIONS,
    "minutes of evaluations": MINUTES, "steps of price talks": STEPS,
}  # fmt: skip


def seed(days: int, say: Say) -> int:
    """Copy what the plan says of them; how many rows."""
    return run_all(STATEMENTS, say, days=days, funds=words(Funding), methods=words(Method))
