"""Two documents of one order that move at once leave the kept stage of both."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from tests.transactions.stage import Market
from tests.transactions.test_kept_stage import differs, kept

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_documents_that_move_at_once_leave_the_stage_of_both(committed_market: Market) -> None:
    """One ends the contract, the other is told of the new sourcing only when the first has let go."""
    contract = committed_market.contract("running")
    need, buyer = contract.need, committed_market.user("pka")
    waiting, failed = threading.Event(), []

    def source_again() -> None:
        try:
            with transaction.atomic():
                waiting.set()
                with connection.cursor() as cursor:  # a document of the same order, written beside the verbs
                    cursor.execute(
                        "UPDATE transactions_need SET state = 'cancelled', state_since = now() WHERE id = %s", [need.pk]
                    )
        except Exception as problem:
            failed.append(problem)
        finally:
            connection.close()

    with transaction.atomic():
        contract.terminate(by=buyer, cause="withdrew", reason="Penyedia mundur.")
        thread = threading.Thread(target=source_again)
        thread.start()
        assert waiting.wait(10)
        thread.join(1)
        assert thread.is_alive()  # it waits for the kept row
    thread.join(10)
    assert failed == []
    assert kept(need) == "cancelled"
    assert differs() == []
