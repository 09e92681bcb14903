"""Two at once at the contract's held row: never a termin too many, a payment twice, or more paid than agreed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from core.workflow import TransitionRefused
from tests.transactions.stage import Market
from tests.transactions.test_races import kinds, together
from transactions.models import Accountability, Contract, Payment, PaymentRequest

pytestmark = pytest.mark.django_db(transaction=True)


def held(contract: Contract) -> Any:
    return Contract.objects.filter(pk=contract.pk)


def refused(results: list[Any]) -> str:
    return next(result.reason for result in results if isinstance(result, TransitionRefused))


def broken(result: IntegrityError) -> str:
    cause: Any = result.__cause__
    return str(cause.diag.constraint_name)


def test_one_termin_begun_in_two_browsers_is_one_request(committed_market: Market) -> None:
    market = committed_market
    contract = market.account("payment").contract
    users = [market.user("pka") for _ in "ab"]
    drafts = [PaymentRequest(contract=Contract.objects.get(pk=contract.pk), termin=1) for _ in "ab"]
    results = together(held(contract), *(lambda d=d, u=u: d.prepare(by=u) for d, u in zip(drafts, users, strict=True)))
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    assert refused(results) == "Untuk semua termin kontrak ini sudah ada SPP."
    assert PaymentRequest.objects.filter(contract=contract).count() == 1


def test_two_transfers_of_one_request_at_once_and_one_is_recorded(committed_market: Market) -> None:
    market = committed_market
    contract = market.account("payment").contract
    request = market.request(contract, "approved")
    copies = [PaymentRequest.objects.get(pk=request.pk) for _ in "ab"]
    said = [
        {
            "by": market.user("kaur"),
            "number": str(n),
            "paid_on": market.today,
            "taxes": [],
            "proof": market.file("kaur"),
        }
        for n in (1, 2)
    ]
    results = together(held(contract), *(lambda c=c, s=s: c.pay(**s) for c, s in zip(copies, said, strict=True)))
    assert kinds(results) == ["NoneType", "TransitionRefused"]
    assert refused(results) == "“Catat Pembayaran” tidak dapat dilakukan: statusnya sekarang Dibayar."
    assert Payment.objects.filter(contract=contract).count() == 1
    assert Accountability.objects.get(contract=contract).state == "musdes"


def test_a_correction_and_the_acceptance_at_once_leave_what_was_accepted_as_it_was(committed_market: Market) -> None:
    """Whichever comes first, no figures change after a Musdes has accepted them."""
    market = committed_market
    account = market.account("musdes")
    meeting = market.meeting(account, decision="")
    request, other = (PaymentRequest.objects.get() for _ in "ab")
    rulings = market.rulings(meeting, "accepted")
    said = {"by": market.user("kaur"), "reason": "Keliru.", "number": "KWT/9", "paid_on": market.today, "taxes": []}
    results = together(
        Accountability.objects.filter(pk=account.pk),
        lambda: meeting.decide(by=market.user("bpd"), rulings=rulings),
        lambda: request.amend_payment(**said),
    )
    assert results[0] is None
    events = list(other.events().filter(verb="amend_payment")) + list(account.events().filter(verb="accept"))
    assert [event.verb for event in sorted(events, key=lambda event: event.at)][-1] == "accept"
    assert (results[1] is None) == (Payment.objects.get().number == "KWT/9")


def bare(market: Market, contract: Contract, gross: int) -> Any:
    """A payment written past the code, straight into the table."""
    values = {"contract_id": contract.pk, "number": "x", "paid_on": market.today, "proof": market.file("kaur")}
    return Payment(**values, gross=gross, withheld=0, net=gross, recorded_by=market.user("kaur"))


def test_two_payments_that_pass_the_value_together_are_one_in_the_database(committed_market: Market) -> None:
    """Each alone fits; without the contract's lock in the trigger neither would see the other."""
    market = committed_market
    contract = market.account("payment").contract
    rows = [bare(market, contract, 4_700_001) for _ in "ab"]
    results = together(held(contract), *(row.save for row in rows))
    assert kinds(results) == ["IntegrityError", "NoneType"]
    assert broken(next(result for result in results if result)) == "payments_within_contract"
    assert contract.paid == 4_700_001


def test_a_payment_and_a_lower_value_do_not_pass_each_other(committed_market: Market) -> None:
    """As an addendum would lower it: whichever comes first, what is paid stays within what is agreed."""
    market = committed_market
    contract = market.account("payment").contract
    payment = bare(market, contract, 9_400_000)
    results = together(held(contract), payment.save, lambda: held(contract).update(value=9_399_999))
    contract.refresh_from_db()
    assert sorted(isinstance(result, IntegrityError) for result in results) == [False, True]
    assert (
        broken(next(result for result in results if isinstance(result, IntegrityError))) == "payments_within_contract"
    )
    assert (contract.paid, contract.value) in {(9_400_000, 9_400_000), (0, 9_399_999)}
