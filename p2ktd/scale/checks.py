"""What the verbs guarantee beyond the database's constraints, asked of all rows at once: each must find none."""

from __future__ import annotations

from django.db import connection

BROKEN = {
    "a closed purchase is paid in full, after its hand-over": """
        SELECT count(*) FROM transactions_accountability a JOIN transactions_contract c ON c.id = a.contract_id
        LEFT JOIN (SELECT contract_id, sum(gross) AS gross, max(paid_on) AS last FROM transactions_payment GROUP BY 1) p
            ON p.contract_id = c.id
        WHERE a.state NOT IN ('payment') AND (p.gross IS DISTINCT FROM c.value OR p.last < c.handover_on)
            OR a.state = 'payment' AND p.gross = c.value""",
    "a payment is what its request asked for, which four people handled": """
        SELECT count(*) FROM transactions_paymentrequest r LEFT JOIN transactions_payment p ON p.request_id = r.id
        WHERE (r.state = 'paid') <> (p.id IS NOT NULL)
            OR p.id IS NOT NULL AND (p.gross, p.fine, p.contract_id) IS DISTINCT FROM (r.amount, r.fine, r.contract_id)""",
    "a closed purchase was accepted by a Musdes, with its minutes, and has the BAST": """
        SELECT count(*) FROM transactions_accountability a JOIN transactions_contract c ON c.id = a.contract_id
        LEFT JOIN (
            SELECT DISTINCT ON (accountability_id) accountability_id, meeting_id, decision
            FROM transactions_agendaitem WHERE decision <> '' ORDER BY accountability_id, heard_on DESC, id DESC
        ) i ON i.accountability_id = a.id
        LEFT JOIN transactions_meeting m ON m.id = i.meeting_id AND m.state = 'decided'
        WHERE a.state IN ('accepted', 'closed') AND (i.decision IS NULL OR i.decision = 'refused' OR m.scan_id IS NULL
            OR m.attendance_scan_id IS NULL OR m.held_on < c.handover_on OR c.handover_scan_id IS NULL)""",
    "a purchase is accounted for in the village that agreed on it": """
        SELECT count(*) FROM transactions_accountability a JOIN transactions_contract c ON c.id = a.contract_id
        WHERE a.buyer_id <> c.village_id""",
    "what is on an agenda is open until the Musdes decides or is cancelled, and lies in its village": """
        SELECT count(*) FROM transactions_agendaitem i JOIN transactions_meeting m ON m.id = i.meeting_id
        JOIN transactions_accountability a ON a.id = i.accountability_id
        JOIN transactions_contract c ON c.id = a.contract_id
        WHERE i.open <> (m.state IN ('planned', 'draft')) OR (i.decision <> '') <> (m.state = 'decided')
            OR i.heard_on <> m.held_on OR c.village_id <> m.village_id""",
    "a decided Musdes has people and two photos": """
        SELECT count(*) FROM transactions_meeting m
        LEFT JOIN (SELECT meeting_id, count(*) AS n FROM transactions_meetingphoto GROUP BY 1) p ON p.meeting_id = m.id
        LEFT JOIN (SELECT meeting_id, sum(men + women) AS n FROM transactions_attendance GROUP BY 1) h
            ON h.meeting_id = m.id
        WHERE m.state = 'decided' AND (coalesce(p.n, 0) < 2 OR coalesce(h.n, 0) < 1)""",
    "a contract has the value, sourcing and provider of the offer that won": """
        SELECT count(*) FROM transactions_contract c JOIN transactions_quotation q ON q.id = c.quotation_id
        WHERE q.state <> 'won' OR q.provider_id <> c.provider_id OR q.sourcing_id <> c.sourcing_id
            OR c.value <> coalesce(q.negotiated_price, q.price)""",
    "no offer in the running was lower than the one that won": """
        SELECT count(*) FROM transactions_contract c
        JOIN transactions_quotation q ON q.sourcing_id = c.sourcing_id AND q.state = 'lost'
        WHERE q.price < c.value""",
    "the items of a package add up to its HPS, and those of an offer to its price and to what was agreed": """
        SELECT (SELECT count(*) FROM transactions_sourcing s JOIN (
                SELECT sourcing_id, sum(volume * unit_price) AS total FROM transactions_item GROUP BY 1
            ) AS i ON i.sourcing_id = s.id WHERE i.total <> s.hps)
            + count(*) FILTER (WHERE total <> price OR agreed <> coalesce(negotiated_price, price))
        FROM (
            SELECT q.price, q.negotiated_price, sum(i.volume * o.unit_price) AS total,
                sum(i.volume * coalesce(o.agreed_price, o.unit_price)) AS agreed
            FROM transactions_quotation q JOIN transactions_quotationitem o ON o.quotation_id = q.id
            JOIN transactions_item i ON i.id = o.item_id GROUP BY q.id
        ) AS offers""",
    "what both signed is public": """
        SELECT count(*) FROM transactions_contract c FULL JOIN transactions_publication p ON p.contract_id = c.id
        WHERE (c.village_signed_at IS NOT NULL) IS DISTINCT FROM (p.contract_id IS NOT NULL)""",
    "the termins of an issued contract make up the whole, and none is asked for before its part is accepted": """
        SELECT count(*) FROM transactions_contract c LEFT JOIN (
            SELECT contract_id, sum(percent) AS whole FROM transactions_termin GROUP BY 1
        ) AS t ON t.contract_id = c.id LEFT JOIN (
            SELECT r.contract_id, max(upto) AS upto, max(r.termin) > max(n) AS beyond FROM transactions_paymentrequest r JOIN (
                SELECT contract_id, number, sum(percent) OVER w AS upto, count(*) OVER (PARTITION BY contract_id) AS n
                FROM transactions_termin WINDOW w AS (PARTITION BY contract_id ORDER BY number)
            ) AS p ON p.contract_id = r.contract_id AND p.number = r.termin GROUP BY 1
        ) AS asked ON asked.contract_id = c.id
        WHERE t.whole IS DISTINCT FROM CASE WHEN c.number <> '' THEN 100 END OR beyond
            OR upto > CASE WHEN c.state = 'handed_over' THEN 100 ELSE c.accepted_part END""",
    "what was accepted was inspected, and what waits for its inspection was asked for": """
        SELECT count(*) FROM transactions_contract c LEFT JOIN (
            SELECT contract_id, max(percent) FILTER (WHERE result = 'accepted') AS accepted, bool_or(result = '') AS open
            FROM transactions_inspection GROUP BY 1
        ) AS i ON i.contract_id = c.id
        WHERE (c.state IN ('inspected', 'handed_over') AND i.accepted IS DISTINCT FROM 100)
            OR (c.state = 'inspection') <> coalesce(i.open, false)""",
    "a contract ends on the day that its addendum says": """
        SELECT count(*) FROM transactions_addendum a JOIN transactions_contract c ON c.id = a.contract_id
        WHERE (a.state = 'signed') <> (c.ends_on = a.new_ends_on)""",
    "an assembly that refused led to a remedy, and only that": """
        SELECT count(*) FROM transactions_remedy r JOIN transactions_agendaitem i
            ON i.accountability_id = r.accountability_id AND i.meeting_id = r.meeting_id
        WHERE i.decision <> 'refused'""",
    "who offered was invited": """
        SELECT count(*) FROM transactions_quotation q LEFT JOIN transactions_invitation i
            ON i.sourcing_id = q.sourcing_id AND i.provider_id = q.provider_id
        WHERE i.id IS NULL""",
    "who is invited stood in the village's directory, and its service was to be seen": """
        SELECT count(*) FROM transactions_invitation i JOIN transactions_need n ON n.id = i.sourcing_id
        JOIN catalog_service s ON s.id = i.service_id
        LEFT JOIN verification_standing t ON t.provider_id = i.provider_id AND t.regency_id = left(n.village_id, 5)
            AND t.listed_on <= i.created_at::date
        LEFT JOIN catalog_serviceversion v ON v.id = i.version_id AND v.made_at <= i.created_at
        WHERE t.id IS NULL OR v.service_id IS DISTINCT FROM s.id OR s.provider_id <> i.provider_id""",
    "several are asked where the rule wants several": """
        SELECT count(*) FROM transactions_sourcing s JOIN transactions_procurementrule r ON r.id = s.rule_id
        JOIN (SELECT sourcing_id, count(*) AS n FROM transactions_invitation GROUP BY 1) i ON i.sourcing_id = s.id
        WHERE s.method = 'quotation' AND i.n < r.min_invitations
            OR (s.method = 'direct') <> (s.hps <= r.direct_limit) OR (s.method = 'tender') <> (s.hps > r.quotation_limit)
            OR EXISTS (SELECT 1 FROM transactions_invitation i
                WHERE i.sourcing_id = s.id AND (i.how = 'registered') <> (s.method = 'tender'))""",
    "what was announced has its KAK, as far as it needs one, and its total is the HPS": """
        SELECT count(*) FROM transactions_sourcing s LEFT JOIN transactions_terms t ON t.sourcing_id = s.id
        WHERE s.method <> 'direct' AND (t.id IS NULL OR (t.state = 'fixed') <> (s.announced_at IS NOT NULL))
            OR t.snapshot IS NOT NULL AND (t.snapshot -> 'hps')::bigint <> s.hps""",
    "what was opened has its minutes, and two people where the rule wants two": """
        SELECT count(*) FROM transactions_sourcing s LEFT JOIN transactions_openingminutes m ON m.sourcing_id = s.id
        WHERE (s.opened_at IS NOT NULL) <> (m.id IS NOT NULL) OR (s.opened_at IS NOT NULL) <> (s.opened_by_id IS NOT NULL)
            OR (s.method <> 'direct' AND s.opened_at IS NOT NULL) <> (s.opening_asked_by_id IS NOT NULL)""",
    "each offer that was judged has its result, and its sourcing the minutes": """
        SELECT count(*) FROM transactions_quotation q LEFT JOIN transactions_evaluation e ON e.quotation_id = q.id
        LEFT JOIN transactions_evaluationminutes m ON m.sourcing_id = q.sourcing_id
        WHERE (q.state <> 'sealed') <> (e.id IS NOT NULL AND m.id IS NOT NULL)
            OR (q.state = 'disqualified') <> (NOT e.technical)""",
    "an agreed price is the last that was said, and an unanswered one waits for the provider": """
        SELECT count(*) FROM transactions_quotation q LEFT JOIN (
            SELECT s.quotation_id, s.turn, sum(s.unit_price * i.volume) AS total, row_number() OVER (
                PARTITION BY s.quotation_id ORDER BY s.turn DESC) AS back
            FROM transactions_negotiationstep s JOIN transactions_item i ON i.id = s.item_id GROUP BY 1, 2
        ) AS said ON said.quotation_id = q.id AND back = 1
        WHERE q.negotiated_price IS DISTINCT FROM CASE WHEN said.turn = 2 THEN said.total END
            OR (q.awaits = 'provider') <> (said.turn IS NOT NULL AND said.turn = 1)""",
    "what is sourced is budgeted, within its ceiling": """
        SELECT count(*) FROM transactions_sourcing s JOIN transactions_need n ON n.id = s.need_id
        WHERE s.hps > n.ceiling OR s.state <> 'failed' AND n.state <> 'budgeted'""",
    "an awarded sourcing has its contract, another has none that lives": """
        SELECT count(*) FROM transactions_sourcing s LEFT JOIN transactions_contract c ON c.sourcing_id = s.id
        WHERE (s.state = 'awarded') <> (c.id IS NOT NULL AND c.state <> 'terminated')""",
    "what is handed over is accounted for, nothing else": """
        SELECT count(*) FROM transactions_contract c LEFT JOIN transactions_accountability a ON a.contract_id = c.id
        WHERE (c.state = 'handed_over') <> (a.id IS NOT NULL) OR c.state = 'inspection' AND c.percent < 100""",
    "the taxes make up what was withheld": """
        SELECT count(*) FROM transactions_payment p
        LEFT JOIN (SELECT payment_id, sum(amount) AS n FROM transactions_paymenttax GROUP BY 1) t ON t.payment_id = p.id
        WHERE p.withheld <> coalesce(t.n, 0)""",
    "a service's totals are the sum of its ratings": """
        SELECT count(*) FROM catalog_service s LEFT JOIN (
            SELECT i.service_id, count(*) AS n, sum(r.tenths) AS total
            FROM reviews_rating r JOIN transactions_contract c ON c.id = r.contract_id
            JOIN transactions_invitation i ON i.sourcing_id = c.sourcing_id AND i.provider_id = c.provider_id
            GROUP BY 1
        ) AS r ON r.service_id = s.id
        WHERE s.rating_count <> coalesce(r.n, 0) OR s.rating_total <> coalesce(r.total, 0)""",
    "a service is at its last version": """
        SELECT count(*) FROM catalog_service s LEFT JOIN (
            SELECT DISTINCT ON (service_id) service_id, number, price FROM catalog_serviceversion
            ORDER BY service_id, number DESC
        ) AS v ON v.service_id = s.id
        WHERE (v.number, v.price) IS DISTINCT FROM (s.version_number, s.price)""",
    "every need, hand-over and closing has its event": """
        SELECT (SELECT count(*) FROM transactions_need) - count(*) FILTER (WHERE about = 'transactions.need')
            + (SELECT count(*) FROM transactions_accountability) - count(*) FILTER (WHERE verb = 'hand_over')
            + (SELECT count(*) FROM transactions_accountability WHERE state = 'closed')
            - count(*) FILTER (WHERE verb = 'close')
        FROM core_event WHERE about = 'transactions.need' AND verb = 'create' OR verb IN ('hand_over', 'close')""",
    "each order's kept stage is the one that its documents say": """
        SELECT count(*) FROM transactions_stages() AS said FULL JOIN transactions_orderstage kept USING (need_id)
        WHERE (kept.stage, kept.created_at, kept.province, kept.regency)
            IS DISTINCT FROM (said.stage, said.created_at, said.province, said.regency)""",
    "nothing happens in the future": """
        SELECT count(*) FROM (
            SELECT state_since FROM transactions_need UNION ALL SELECT state_since FROM transactions_contract
            UNION ALL SELECT state_since FROM transactions_accountability UNION ALL SELECT sent_at FROM transactions_quotation
            UNION ALL SELECT at FROM core_event
        ) AS moments WHERE state_since > now()""",
}


def examine() -> list[str]:
    """The sentences that are not true of this database."""
    broken = []
    with connection.cursor() as cursor:
        for sentence, question in BROKEN.items():
            cursor.execute(question)
            if (number := cursor.fetchone()[0]) != 0:
                broken.append(f"{sentence} ({number})")
    return broken
