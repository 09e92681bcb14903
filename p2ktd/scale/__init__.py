"""Data at national size, for measuring: seeded, repeatable, in minutes. Everything is DATA CONTOH.

Rows are written in bulk as the verbs leave them; nobody is told, nothing is printed. While they come in, indexes,
foreign keys and triggers are held off; they are put back, and with it checked, in the same transaction (`held`).
What is counted from the rows (roll-ups, price references, the search's vocabulary) is counted by its own code.
`manage.py seed_scale` fills an empty database.
"""

from __future__ import annotations

from django.db import connection, transaction

from catalog import search
from core.models import StoredFile
from monitoring import rollup
from p2ktd.scale import catalogue, finding, happenings, musdes, offices, orders, paying, plan, pokja, villages, work
from p2ktd.scale.dice import Span
from p2ktd.scale.held import held
from p2ktd.scale.rows import Say, last, restart_sequences, step
from transactions import prices
from transactions.models import OrderStage, Publication

__all__ = ["Span", "seed"]

TABLES = [
    "accounts_membership", "accounts_provider", "accounts_user", "accounts_villageaccess", "accounts_villageoffice",
    "catalog_service", "catalog_service_areas", "catalog_serviceversion", "core_event", "core_storedfile",
    "reviews_rating", "transactions_accountability", "transactions_addendum", "transactions_agendaitem",
    "transactions_attendance", "transactions_contract", "transactions_evaluation", "transactions_evaluationminutes",
    "transactions_followup", "transactions_inspection", "transactions_invitation", "transactions_item",
    "transactions_meeting", "transactions_meetingphoto", "transactions_meetingquestion", "transactions_need",
    "transactions_negotiationstep", "transactions_openingminutes", "transactions_orderstage", "transactions_payment",
    "transactions_paymentrequest", "transactions_paymenttax", "transactions_progressreport",
    "transactions_publication", "transactions_quotation", "transactions_quotationitem", "transactions_remedy",
    "transactions_sourcing", "transactions_tenderquestion", "transactions_termin", "transactions_terms",
    "verification_application", "verification_namekey", "verification_standing", "verification_submitteddocument",
]  # fmt: skip
# Of this session: much memory for sorting and building, and no limit of a web request's.
SESSION = """
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0;
SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '768MB'; SET LOCAL synchronous_commit = off;
SET LOCAL jit = off
"""


def seed(span: Span, *, applications: int, services: int, villages: int, orders: int, say: Say) -> None:
    """Fill the empty database; says what each step took."""
    with step("All", say):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(SESSION)
            span.prepare()
            with held(TABLES, say):
                _rows(span, applications, services, villages, orders, say)
        if not connection.in_atomic_block:
            with step("vacuum and analyze", say), connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")
                cursor.execute("VACUUM (ANALYZE)")
                cursor.execute("RESET statement_timeout")
        _counts(say)


def _rows(span: Span, applications: int, services: int, dwellings: int, number: int, say: Say) -> None:
    with step("applications", say) as count:
        pokja.seed(applications, span)
        count(applications)
    with step("offices", say) as count:
        count(offices.seed(pokja.HOME))
    with step("services", say) as count:
        catalogue.seed(services, span)
        count(services)
    with step("villages' people", say) as count:
        count(villages.seed(dwellings, pokja.HOME, span))
    with step("plan of the orders", say) as count:
        count(plan.draw(number, pokja.HOME, span))
        paying.plan(span.days)
    files = last(StoredFile)
    orders.seed(span, say)
    finding.seed(span.days, say)
    work.seed(files, span, say)
    paying.seed(files, say)
    musdes.seed(files, span.days, say)
    happenings.seed(say)
    with step("kept stages", say) as count:
        count(OrderStage.objects.rebuild())
    with step("public contracts", say) as count:
        count(Publication.objects.rebuild())
    restart_sequences(TABLES)


def _counts(say: Say) -> None:
    """What others count from these rows."""
    with step("vocabulary of the search", say):
        search.vocabulary.recount()
    with step("price references", say) as count:
        count(prices.refresh())
    with step("roll-ups", say) as count:
        count(rollup.refresh(wait=True, everything=True))
