"""The demo story, told by calling the verbs, is counted as it happened."""

import pytest
from django.db import connection

from monitoring import rollup
from monitoring.models import MonthlyFigure
from tests.cast import Story

pytestmark = pytest.mark.django_db


def one(sql: str) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return tuple(int(value or 0) for value in cursor.fetchone())


def test_every_document_of_the_story_is_counted_once(story: Story) -> None:
    rollup.refresh()
    rows = MonthlyFigure.objects.all()

    def kept(*columns: str) -> tuple[int, ...]:
        return tuple(sum(getattr(row, column) for row in rows) for column in columns)

    assert kept("contracts", "contracts_value") == one(
        "SELECT count(*), sum(value) FROM transactions_contract WHERE village_signed_at IS NOT NULL"
    )
    assert kept("needs", "needs_value") == one("SELECT count(*), sum(estimate) FROM transactions_need")
    assert kept("payments", "paid", "withheld") == one(
        "SELECT count(*), sum(gross), sum(withheld) FROM transactions_payment"
    )
    assert kept("handovers", "handovers_value") == one(
        "SELECT count(*), sum(value) FROM transactions_contract WHERE state = 'handed_over'"
    )
    assert kept("men", "women") == one(
        "SELECT sum(men), sum(women) FROM transactions_attendance a JOIN transactions_meeting m ON m.id = a.meeting_id "
        "WHERE m.state = 'decided'"
    )
    assert kept("ratings", "rating_tenths") == one("SELECT count(*), sum(tenths) FROM reviews_rating")
    assert kept("access_verified") == one("SELECT count(*) FROM accounts_villageaccess WHERE state = 'verified'")
    assert kept("contracts")[0] > 3
