"""A tiny set of the kind that the bench fills by the million: valid row by row, whole, counted right, and repeatable."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client

from accounts.models import Membership, Provider, User, VillageAccess, VillageOffice
from catalog.models import Service, ServiceVersion
from core.documents import fingerprint, freeze
from core.models import DataVersion, Event, StoredFile
from monitoring.models import MonthlyFigure
from p2ktd import scale
from p2ktd.scale import checks, plan
from p2ktd.scale.held import CONSTRAINTS, INDEXES
from reviews.models import Rating
from tests.areas import LOMBOK_TENGAH, load_areas
from transactions.models import (
    Accountability,
    Addendum,
    Contract,
    FollowUp,
    Invitation,
    Meeting,
    Need,
    NegotiationStep,
    OpeningMinutes,
    Payment,
    PaymentRequest,
    Quotation,
    Sourcing,
    TenderQuestion,
    Termin,
    Terms,
)
from verification.models import Application, Standing

SIZES = {"applications": 16, "services": 60, "villages": 20, "orders": 900}
UNTIL = dt.date(2026, 11, 1)


def seed(**sizes: int) -> None:
    scale.seed(scale.Span(UNTIL), say=lambda line: None, **SIZES | sizes)


def rows(question: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


def guards() -> list[list[tuple[str, ...]]]:
    """Every index, constraint and trigger of the tables that are seeded."""
    triggers = """SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal AND tgrelid = ANY(%s::regclass[]) ORDER BY 1, 2"""
    return [[tuple(map(plainly, row)) for row in rows(each, scale.TABLES)] for each in (INDEXES, CONSTRAINTS, triggers)]


def plainly(text: str) -> str:
    """PostgreSQL writes a condition with its casts elsewhere once it has read it back."""
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", text)


TOLD = """
SELECT n.code, n.village_id, n.title, n.created_at, n.state, c.value, c.signed_on, p.name, a.state, m.held_on, r.tenths
FROM transactions_need n LEFT JOIN transactions_contract c ON c.sourcing_id = n.id
LEFT JOIN accounts_provider p ON p.id = c.provider_id LEFT JOIN transactions_accountability a ON a.contract_id = c.id
LEFT JOIN transactions_agendaitem i ON i.accountability_id = a.id
LEFT JOIN transactions_meeting m ON m.id = i.meeting_id LEFT JOIN reviews_rating r ON r.contract_id = c.id
ORDER BY n.code
"""


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The set, in a transaction that is taken back; and what an earlier run of the same arguments told."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_areas()
        before = guards()
        with transaction.atomic():
            seed()
            earlier = rows(TOLD)
            transaction.set_rollback(True)
        version = DataVersion.objects.get(name="catalogue").number
        seed()
        yield {"guards": before, "earlier": earlier, "version": version}
        transaction.set_rollback(True)


@pytest.fixture
def scaled(told: dict[str, Any], db: None) -> dict[str, Any]:
    return told


def test_the_set_has_the_sizes_asked_for(scaled: Any) -> None:
    sizes = {model: model.objects.count() for model in (Application, Service, VillageOffice, Need)}
    assert sizes == {Application: 16, Service: 60, VillageOffice: 20, Need: 900}


def test_nothing_that_the_verbs_guarantee_is_broken(scaled: Any) -> None:
    assert checks.examine() == []


def test_each_state_occurs(scaled: Any) -> None:
    assert set(Need.objects.values_list("state", flat=True)) >= {"budgeted", "cancelled"}
    assert set(Contract.objects.values_list("state", flat=True)) >= {"running", "handed_over"}
    assert Accountability.objects.filter(state="closed").count() > 150


A_REMEDY = """
INSERT INTO transactions_remedy (code, state_since, created_at, state, kind, reason, due_on, refund_number, outcome,
    village_id, accountability_id, meeting_id, created_by_id)
SELECT 'X', now(), now(), 'open', 'repair', 'x', current_date, '', '', village_id, accountability_id, meeting_id, created_by_id
FROM transactions_agendaitem i JOIN transactions_meeting m ON m.id = meeting_id WHERE decision = 'accepted' LIMIT 1
"""


@pytest.mark.parametrize(
    ("sentence", "harm"),
    [
        ("a closed purchase is paid in full", "UPDATE transactions_payment SET gross = gross - 1, net = net - 1"),
        (
            "a payment is what its request",
            "UPDATE transactions_paymentrequest SET amount = amount - 1, bill_amount = amount - 1",
        ),
        ("a decided Musdes has people", "DELETE FROM transactions_meetingphoto"),
        ("a contract has the value", "UPDATE transactions_contract SET value = value + 1"),
        ("the items of a package", "UPDATE transactions_item SET unit_price = unit_price + 1 WHERE number = 2"),
        ("the items of a package", "UPDATE transactions_quotationitem SET agreed_price = unit_price"),
        ("what both signed is public", "DELETE FROM transactions_publication"),
        ("who offered was invited", "DELETE FROM transactions_invitation"),
        ("who is invited stood", "UPDATE verification_standing SET listed_on = '2026-10-30'"),
        ("several are asked", "UPDATE transactions_invitation SET how = 'registered'"),
        ("what was announced has its KAK", "DELETE FROM transactions_terms"),
        ("what was opened has its minutes", "DELETE FROM transactions_openingminutes"),
        ("each offer that was judged", "DELETE FROM transactions_evaluationminutes"),
        ("an agreed price is the last", "UPDATE transactions_quotation SET awaits = 'provider'"),
        ("the termins of an issued contract", "UPDATE transactions_termin SET percent = percent - 1"),
        (
            "the termins of an issued contract",
            "UPDATE transactions_contract SET accepted_part = 0 WHERE state <> 'handed_over'",
        ),
        ("what was accepted was inspected", "DELETE FROM transactions_inspection"),
        ("a contract ends on the day", "UPDATE transactions_addendum SET new_ends_on = new_ends_on + 1"),
        ("an assembly that refused", A_REMEDY),
        ("what is sourced is budgeted", "UPDATE transactions_need SET ceiling = 1"),
        ("an awarded sourcing has its contract", "UPDATE transactions_contract SET state = 'terminated'"),
        ("the taxes make up", "DELETE FROM transactions_paymenttax"),
        ("a service's totals", "UPDATE reviews_rating SET tenths = 10"),
        ("a service is at its last version", "UPDATE catalog_service SET price = price + 1"),
        ("each order's kept stage", "DELETE FROM transactions_orderstage"),
        ("nothing happens in the future", "UPDATE transactions_need SET state_since = '2999-01-01'"),
    ],
)
def test_the_checks_see_a_broken_row(scaled: Any, sentence: str, harm: str) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(harm)
        assert [line for line in checks.examine() if line.startswith(sentence)]
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "model",
    [
        Accountability, Addendum, Application, Contract, FollowUp, Invitation, Meeting, Membership, Need, NegotiationStep,
        OpeningMinutes, Payment, PaymentRequest, Quotation, Rating, Service, ServiceVersion, Sourcing, Standing, StoredFile,
        TenderQuestion, Termin, Terms, User, VillageAccess, VillageOffice,
    ],
)  # fmt: skip
def test_rows_are_as_a_form_would_let_them_pass(scaled: Any, model: Any) -> None:
    some = model.objects.order_by("-pk")[:12]
    assert some
    for row in some:
        row.full_clean()


def test_no_personal_number_stands_in_the_open(scaled: Any) -> None:
    assert Provider.objects.order_by("pk")[0].nik == "0000000000000001"
    assert VillageAccess.objects.order_by("pk")[0].phone == "+628000000000"
    assert not rows("SELECT 1 FROM accounts_villageaccess WHERE phone LIKE '%%800000%%'")


def test_what_was_signed_has_its_fingerprint(scaled: Any) -> None:
    signed = [list(model.objects.exclude(snapshot=None)) for model in (Contract, Terms, Addendum)]
    assert [len(rows) > 2 for rows in signed] == [True] * 3
    assert [row.code for rows in signed for row in rows if fingerprint(row.snapshot) != row.snapshot_sha256] == []


def test_terms_say_what_its_own_code_would_freeze(scaled: Any) -> None:
    for terms in Terms.objects.filter(state="fixed")[:5]:
        assert freeze(terms.as_written()) == terms.snapshot


def test_contracts_are_paid_in_one_in_two_and_in_three_parts(scaled: Any) -> None:
    paid = (
        Payment.objects.filter(contract__accountability__state="closed").values("contract").annotate(parts=Count("pk"))
    )
    assert set(paid.values_list("parts", flat=True)) == {1, 2, 3}
    assert set(Sourcing.objects.values_list("method", flat=True)) == {"direct", "quotation", "tender"}


def test_indexes_constraints_and_triggers_are_as_before(scaled: Any) -> None:
    for now, before in zip(guards(), scaled["guards"], strict=True):
        assert (set(now) - set(before), set(before) - set(now)) == (set(), set())
        assert len(now) == len(before)


def test_kept_pages_of_the_catalogue_are_out_of_date(scaled: Any) -> None:
    assert DataVersion.objects.get(name="catalogue").number > scaled["version"]


def test_the_same_arguments_tell_the_same(scaled: Any) -> None:
    assert rows(TOLD) == scaled["earlier"]


def test_keys_go_on_after_the_last(scaled: Any) -> None:
    seeded = Need.objects.order_by("-pk")[0]
    last = Need.objects.create(
        village=seeded.village, title="Berikutnya", category=seeded.category, problem="x", estimate=1, why_provider="x",
        created_by=seeded.created_by,
    )  # fmt: skip
    assert last.pk == seeded.pk + 1


def test_the_order_opens_for_its_village_and_its_provider_and_not_for_another_village(scaled: Any) -> None:
    contract = Contract.objects.filter(accountability__state="closed").order_by("pk")[0]
    page = contract.get_absolute_url()
    village = f"operator.{contract.village_id}@skala.contoh.example"
    provider = contract.provider.email
    other = f"operator.{VillageOffice.objects.exclude(area=contract.village_id)[0].area_id}@skala.contoh.example"
    found = {}
    for email in (village, provider, other):
        client = Client()
        client.force_login(User.objects.get(email=email))
        answer = client.get(page)
        found[email] = answer.status_code, contract.number in answer.content.decode()
    assert found == {village: (200, True), provider: (200, True), other: (404, False)}


def test_the_figures_equal_a_straight_count_to_the_rupiah(scaled: Any) -> None:
    month = "to_char(%s, 'YYYY-MM')"
    questions = {
        ("needs", "needs_value"): ("transactions_need n", "n.created_at", "n.estimate", "n.village_id", "true"),
        ("contracts", "contracts_value"): (
            "transactions_contract c", "c.signed_on", "c.value", "c.village_id", "c.village_signed_at IS NOT NULL",
        ),
        ("payments", "paid"): (
            "transactions_payment p JOIN transactions_contract c ON c.id = p.contract_id", "p.paid_on", "p.gross", "c.village_id", "true",
        ),
    }  # fmt: skip
    for (number, amount), (source, date, value, village, condition) in questions.items():
        straight = {
            (regency, on): (n, int(total))
            for regency, on, n, total in rows(
                f"SELECT left({village}, 5), {month % date}, count(*), sum({value}) FROM {source}"
                f" WHERE {condition} GROUP BY 1, 2"
            )
        }
        kept = {
            (row.regency_id, f"{row.month:%Y-%m}"): (getattr(row, number), getattr(row, amount))
            for row in MonthlyFigure.objects.exclude(**{number: 0})
        }
        assert kept == straight
        assert len(kept) > 30


def test_each_order_has_the_events_that_say_most(scaled: Any) -> None:
    closed = Accountability.objects.filter(state="closed").order_by("pk")[0]
    told = Event.objects.filter(about_id=str(closed.pk), about__startswith="transactions.").order_by("at")
    assert [event.verb for event in told] == [
        "create", "budget", "award", "sign_for_village", "hand_over", "settle", "decide", "close",
    ]  # fmt: skip
    assert told[3].actor.memberships.get().role == "activity_manager"
    assert told[3].about_code == closed.contract.code


def test_a_filled_database_is_left_alone(scaled: Any) -> None:
    with pytest.raises(CommandError, match="has applications already"):
        call_command("seed_scale")


def test_villages_are_those_that_can_buy_at_home_first(scaled: Any) -> None:
    assert {code[:5] for code in VillageOffice.objects.values_list("area_id", flat=True)} == {LOMBOK_TENGAH}


def test_orders_need_services_where_the_villages_are(scaled: Any) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE scale_offer, scale_regency, scale_order")
            cursor.execute("UPDATE scale_village SET regency = '99.99'")
        with pytest.raises(ValueError, match="no village"):
            plan.draw(10, LOMBOK_TENGAH, scale.Span(UNTIL))
        transaction.set_rollback(True)
