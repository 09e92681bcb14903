"""Of each order the events that say most: eight for one that is closed, up to three more for one that went wrong.

The verbs write some thirty for an order; these are the ones that the timeline and the roll-ups cannot do without.
"""

from __future__ import annotations

from core.models import Event
from p2ktd.scale.rows import Say, last, run, step

# Step, what happened, from where to where, who did it (the seat), and on which papers' code.
EVENTS = """
INSERT INTO core_event (id, at, about, about_id, about_code, verb, actor_id, actor_name, role, role_label, region,
    from_state, to_state, note, data)
SELECT %(event)s + 12 * o.n + e.j, e.at, e.about, o.n::text, e.code, e.verb, v.person + s.person,
    'Contoh ' || initcap(s.key) || ' ' || v.bare, s.role, s.position || ', ' || v.label, v.code, e.before, e.after,
    e.note, e.data
FROM scale_order o JOIN scale_village v USING (i)
CROSS JOIN LATERAL (
    SELECT 0 AS j, pg_temp.at(d0, 0, n) AS at, 'transactions.need' AS about, need_code AS code, 'create' AS verb, 1 AS seat,
        '' AS before, 'identified' AS after, '' AS note, '{}'::jsonb AS data
    UNION ALL SELECT 1, pg_temp.at(d2, 2, n), 'transactions.need', need_code, 'budget', 3, 'agreed', 'budgeted', '', '{}'
    WHERE k >= 2
    UNION ALL SELECT 2, pg_temp.at(d7, 7, n), 'transactions.sourcing', pg_temp.code(n, 12), 'award',
        CASE method WHEN 'direct' THEN 3 ELSE 2 END, 'evaluated', 'awarded', '', jsonb_build_object('value', value)
    WHERE k >= 7
    UNION ALL SELECT 3, pg_temp.at(d10, 10, n), 'transactions.contract', contract_code, 'sign_for_village', 3,
        'provider_signed', 'running', '', '{}' WHERE k >= 10
    UNION ALL SELECT 4, pg_temp.at(d13, 13, n), 'transactions.contract', contract_code, 'hand_over', 3, 'inspected',
        'handed_over', '', '{}' WHERE k >= 13
    UNION ALL SELECT 5, pg_temp.at(d14, 14, n), 'transactions.accountability', account_code, 'settle', 4,
        'payment', 'musdes', '', jsonb_build_object('paid', value) WHERE k >= 14
    UNION ALL SELECT 6, pg_temp.at(d16, 16, n), 'transactions.meeting', pg_temp.code(n, 16), 'decide', 6, 'draft',
        'decided', '', '{}' WHERE k >= 16
    UNION ALL SELECT 7, pg_temp.at(d17, 17, n), 'transactions.accountability', account_code, 'close', 5, 'accepted',
        'closed', '', '{}' WHERE k >= 17
    UNION ALL SELECT 8, pg_temp.at(failed, 5, n), 'transactions.sourcing', pg_temp.code(n, 12), 'fail',
        CASE method WHEN 'direct' THEN 3 ELSE 2 END, 'open', 'failed', 'DATA CONTOH', '{}' WHERE failed IS NOT NULL
    UNION ALL SELECT 9, pg_temp.at(terminated, 12, n), 'transactions.contract', contract_code, 'terminate', 3, 'running',
        'terminated', 'DATA CONTOH', '{}' WHERE terminated IS NOT NULL
    UNION ALL SELECT 10, pg_temp.at(cancelled, 0, n), 'transactions.need', need_code, 'cancel', 5,
        CASE WHEN k >= 2 THEN 'budgeted' WHEN k = 1 THEN 'agreed' ELSE 'identified' END, 'cancelled', 'DATA CONTOH', '{}'
    WHERE cancelled IS NOT NULL
) AS e
JOIN scale_seat s USING (seat)
"""


def seed(say: Say) -> int:
    with step("events", say) as count:
        count(made := run(EVENTS, event=last(Event)))
    return made
