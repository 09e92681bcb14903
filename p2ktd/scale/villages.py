"""Villages that buy: their office, five people with six roles between them, and the requests by which they got in.

Leaves the session's tables `scale_village` and `scale_seat`, by which the orders find who acts.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from accounts.models import Membership, User, VillageAccess
from core.models import Event, StoredFile
from p2ktd.scale.dice import Span
from p2ktd.scale.offices import DOMAIN
from p2ktd.scale.rows import last, run

# Seat, person, role, jabatan, name in the address. One person buys as operator and as TPK.
SEATS = """
CREATE TEMP TABLE scale_seat (seat int, person int, role text, position text, key text);
INSERT INTO scale_seat VALUES
    (1, 1, 'village_operator', 'Operator Desa', 'operator'),
    (2, 1, 'procurement_team', 'Ketua TPK', 'operator'),
    (3, 2, 'activity_manager', 'Kasi Kesejahteraan', 'kasi'),
    (4, 3, 'village_treasurer', 'Kaur Keuangan', 'kaur'),
    (5, 4, 'village_head', 'Kepala Desa', 'kades'),
    (6, 5, 'bpd', 'Ketua BPD', 'bpd');
"""
PEOPLE, HELD = 5, 6
# Those whose regency has services first, home before all, the rest in no order. `person` + 1 to 5 are
# its people; `said` is how a contract names the village.
VILLAGES = """
CREATE TEMP TABLE scale_village AS
WITH served AS (
    SELECT DISTINCT t.regency_id FROM verification_standing t JOIN catalog_service s ON s.provider_id = t.provider_id
)
SELECT i, code, left(code, 5) AS regency, label, bare, %(user)s + i * %(people)s AS person,
    '{"code":' || to_json(code) || ',"full_name":' || to_json(label || ', ' || ancestry)
        || ',"head":' || to_json('Contoh Kades ' || bare) || ',"head_position":"Kepala Desa","name":'
        || to_json(label) || '}' AS said
FROM (
    SELECT a.code::text AS code, a.ancestry,
        row_number() OVER (
            ORDER BY listed.here DESC, left(a.code, 5) = %(home)s DESC, hashtextextended(a.code, 7)
        )::int - 1 AS i,
        CASE WHEN a.title = '' OR starts_with(a.name, a.title || ' ') THEN a.name ELSE a.title || ' ' || a.name END
            AS label,
        trim(translate(a.name, '0123456789"&', '')) AS bare
    FROM regions_area a
    CROSS JOIN LATERAL (
        SELECT left(a.code, 5) IN (SELECT regency_id FROM served) AS here
    ) AS listed
    WHERE a.kind IN ('desa', 'desa_adat') AND a.valid_to IS NULL
) AS every
WHERE i < %(villages)s
"""
USERS = """
INSERT INTO accounts_user (id, password, email, name, side, is_active, date_joined, consent_at, consent_version,
    session_salt)
SELECT DISTINCT ON (v.person + s.person) v.person + s.person, '!' || md5(v.code || s.key),
    s.key || '.' || v.code || %(domain)s, left('Contoh ' || initcap(s.key) || ' ' || v.bare, 150), 'village', true,
    pg_temp.at(v.i %% 30 - 45, 0, v.i), pg_temp.at(v.i %% 30 - 45, 0, v.i), '2024-1', ''
FROM scale_village v CROSS JOIN scale_seat s
"""
OFFICES = """
INSERT INTO accounts_villageoffice (address, postal_code, phone, email, created_at, area_id)
SELECT 'Jalan Contoh 1', '', '', '', pg_temp.at(v.i %% 30 - 43, 0, v.i), v.code FROM scale_village v ORDER BY v.code
"""
LETTERS = """
INSERT INTO core_storedfile (id, code, content, name, content_type, size, sha256, about, about_id, personal, public,
    uploaded_at, uploaded_by_id)
SELECT %(file)s + v.i * 6 + s.seat, pg_temp.code(%(file)s + v.i * 6 + s.seat, 3), '00/contoh', 'surat-tugas.pdf',
    'application/pdf', 1000, repeat('0', 64), 'accounts.villageaccess', (v.i * 6 + s.seat + %(access)s)::text, true,
    false, pg_temp.at(v.i %% 30 - 45, 0, v.i), v.person + s.person
FROM scale_village v CROSS JOIN scale_seat s
"""
REQUESTS = """
INSERT INTO accounts_villageaccess (id, code, state_since, created_at, state, role, position, phone, letter_number,
    letter_date, reason, decided_at, decided_by_id, letter_id, user_id, village_id)
SELECT %(access)s + v.i * 6 + s.seat, pg_temp.code(%(access)s + v.i * 6 + s.seat, 7),
    pg_temp.at(v.i %% 30 - 43, 0, v.i), pg_temp.at(v.i %% 30 - 45, 0, v.i), 'verified', s.role, s.position,
    %(phone)s, 'CONTOH/' || v.i, pg_temp.day(v.i %% 30 - 46), '', pg_temp.at(v.i %% 30 - 43, 0, v.i), o.user_id,
    %(file)s + v.i * 6 + s.seat, v.person + s.person, v.code
FROM scale_village v CROSS JOIN scale_seat s
JOIN accounts_membership o ON o.role = 'regency_office' AND o.area_id = v.regency
"""
MEMBERSHIPS = """
INSERT INTO accounts_membership (id, code, role, position, basis, starts_on, ends_on, created_at, area_id, user_id,
    provider_id)
SELECT %(membership)s + v.i * 6 + s.seat, pg_temp.code(%(membership)s + v.i * 6 + s.seat, 5), s.role, s.position,
    'CONTOH/' || v.i, pg_temp.day(v.i %% 30 - 43), NULL::date, pg_temp.at(v.i %% 30 - 43, 0, v.i), v.code,
    v.person + s.person, NULL::bigint
FROM scale_village v CROSS JOIN scale_seat s
"""
ASKED = """
INSERT INTO core_event (id, at, about, about_id, about_code, verb, actor_id, actor_name, role, role_label, region,
    from_state, to_state, note, data)
SELECT %(event)s + (v.i * 6 + s.seat) * 2 + e.n, pg_temp.at(v.i %% 30 - 45 + e.n * 2, 0, v.i),
    'accounts.villageaccess', (%(access)s + v.i * 6 + s.seat)::text,
    pg_temp.code(%(access)s + v.i * 6 + s.seat, 7), e.verb,
    CASE e.n WHEN 0 THEN v.person + s.person ELSE o.user_id END, 'DATA CONTOH',
    CASE e.n WHEN 0 THEN '' ELSE 'regency_office' END, '', CASE e.n WHEN 0 THEN '' ELSE v.regency END,
    e.before, e.after, '', '{}'
FROM scale_village v CROSS JOIN scale_seat s
CROSS JOIN (VALUES (0, 'create', '', 'submitted'), (1, 'verify', 'submitted', 'verified')) AS e (n, verb, before, after)
JOIN accounts_membership o ON o.role = 'regency_office' AND o.area_id = v.regency
"""
# Who answers for each listed provider.
PROVIDERS = """
WITH people AS (
    INSERT INTO accounts_user (password, email, name, side, is_active, date_joined, consent_version, session_salt)
    SELECT '!' || md5(p.code), p.email, 'Contoh Penanggung Jawab', 'provider', true, p.created_at, '', ''
    FROM accounts_provider p WHERE p.id IN (SELECT provider_id FROM verification_standing) ORDER BY p.id
    RETURNING id, email
)
INSERT INTO accounts_membership (code, role, position, basis, starts_on, created_at, user_id, provider_id)
SELECT pg_temp.code(%(membership)s + row_number() OVER (ORDER BY p.id), 5), 'provider', 'Direktur', '',
    p.created_at::date, p.created_at, people.id, p.id
FROM people JOIN accounts_provider p ON p.email = people.email
"""


def phone() -> Any:
    """An encrypted number as the request keeps it."""
    field = VillageAccess._meta.get_field("phone")
    return field.get_db_prep_save("+628000000000", connection)


def seed(villages: int, home: str, span: Span) -> int:
    """So many villages with their people; how many rows."""
    rows = run(PROVIDERS, membership=last(Membership))
    values = {
        "home": home, "villages": villages, "people": PEOPLE, "domain": f"@{DOMAIN}", "phone": phone(),
        "user": last(User), "file": last(StoredFile), "access": last(VillageAccess), "event": last(Event) + 1,
        "membership": last(Membership),
    }  # fmt: skip
    run(SEATS)
    run(VILLAGES, **values)
    run("ANALYZE scale_village")
    for statement in (USERS, OFFICES, LETTERS, REQUESTS, MEMBERSHIPS, ASKED):
        rows += run(statement, **values)
    return rows
