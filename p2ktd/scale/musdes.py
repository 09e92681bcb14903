"""How each order was accounted for: the Musdes, who came and asked, what it wants done, and a remedy where it refused."""

from __future__ import annotations

from p2ktd.scale.rows import Say, run_all

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
QUESTIONS = """
INSERT INTO transactions_meetingquestion (id, asker, question, answer, meeting_id)
SELECT n, 'Warga Contoh', 'DATA CONTOH. Siapa yang merawat hasilnya?', 'DATA CONTOH. Pemerintah desa bersama warga.', n
FROM scale_order WHERE k >= 16
"""
# Of what was accepted with notes one in ten is still open, some of it past its day.
FOLLOW_UPS = """
INSERT INTO transactions_followup (id, code, state_since, created_at, state, village_id, meeting_id, accountability_id,
    what, who, responsible, due_on, done_at, done_by_id, done_note)
SELECT n, pg_temp.code(n, 21), CASE WHEN done THEN pg_temp.at(d16 + 20, 16, n) ELSE pg_temp.at(d16, 16, n) END,
    pg_temp.at(d16, 16, n), CASE WHEN done THEN 'done' ELSE 'open' END, v.code, n, n, 'DATA CONTOH. Laporan dilengkapi.',
    'Contoh Kasi ' || v.bare, 'activity_manager', pg_temp.day(d15 + 30),
    CASE WHEN done THEN pg_temp.at(d16 + 20, 16, n) END, CASE WHEN done THEN v.person + 2 END,
    CASE WHEN done THEN 'DATA CONTOH. Sudah dilengkapi.' ELSE '' END
FROM (
    SELECT *, d16 + 20 < %(days)s AND n %% 120 > 0 AS done FROM scale_order WHERE k >= 16 AND NOT refused AND n %% 12 = 0
) AS o JOIN scale_village v USING (i)
"""
REMEDIES = """
INSERT INTO transactions_remedy (id, code, state_since, created_at, state, kind, reason, due_on, refund_number, outcome,
    ended_at, village_id, accountability_id, meeting_id, created_by_id, ended_by_id)
SELECT n, pg_temp.code(n, 22), CASE WHEN done THEN pg_temp.at(d16 + 20, 16, n) ELSE pg_temp.at(d16 + 1, 16, n) END,
    pg_temp.at(d16 + 1, 16, n), CASE WHEN done THEN 'done' WHEN n %% 3 = 1 THEN 'reported' ELSE 'open' END, 'repair',
    'DATA CONTOH. Laporan belum lengkap.', pg_temp.day(d16 + 31), '',
    CASE WHEN done THEN 'DATA CONTOH. Laporan lengkap.' ELSE '' END,
    CASE WHEN done THEN pg_temp.at(d16 + 20, 16, n) END, v.code, n, n, v.person + 4, CASE WHEN done THEN v.person + 2 END
FROM (
    SELECT *, d16 + 20 < %(days)s AND n %% 3 = 2 AS done FROM scale_order WHERE k = 16 AND refused AND d16 + 1 < %(days)s
) AS o JOIN scale_village v USING (i)
"""
STATEMENTS = {
    "meetings": MEETINGS, "agenda": AGENDA, "attendance": ATTENDANCE, "photos": PHOTOS, "questions": QUESTIONS,
    "follow-ups": FOLLOW_UPS, "remedies": REMEDIES,
}  # fmt: skip


def seed(files: int, days: int, say: Say) -> int:
    """Copy what the plan says of them; how many rows."""
    return run_all(STATEMENTS, say, files=files, days=days)
