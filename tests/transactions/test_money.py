"""Whole rupiah; what must never be false is false in the database itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from core.workflow import TransitionRefused
from tests.transactions.stage import Market
from transactions.models import (
    Accountability,
    Addendum,
    Contract,
    Need,
    Payment,
    PaymentRequest,
    PaymentTax,
    Quotation,
    Sourcing,
    TaxRate,
)

pytestmark = pytest.mark.django_db


def broken(rows: Any, **values: Any) -> str:
    """Write past the code, straight into the table: the name of the constraint that refuses it."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        rows.update(**values)
    diagnosis: Any = refusal.value.__cause__
    return str(diagnosis.diag.constraint_name)


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (Need, {"estimate", "ceiling"}),
        (Sourcing, {"hps"}),
        (Quotation, {"price", "negotiated_price"}),
        (Payment, {"gross", "fine", "withheld", "net"}),
        (Contract, {"value", "fine", "fine_proposed"}),
        (Addendum, {"new_value"}),
        (PaymentTax, {"base", "amount"}),
        (PaymentRequest, {"amount", "value", "fine", "bill_amount"}),
        (TaxRate, {"above"}),
    ],
)
def test_money_is_whole_rupiah(model: type[models.Model], names: set[str]) -> None:
    numbers = (models.BigIntegerField, models.DecimalField, models.FloatField)
    found = {f.name for f in model._meta.get_fields() if isinstance(f, numbers) and not f.primary_key}
    assert found == names
    assert all(type(model._meta.get_field(name)) is models.BigIntegerField for name in names)


def test_the_database_refuses_what_must_never_be(market: Market) -> None:
    account = market.account("musdes")
    payment = Payment.objects.filter(contract__accountability=account)
    contract, quotation = (
        Contract.objects.filter(accountability=account),
        Quotation.objects.filter(contract__accountability=account),
    )
    quotation, sourcing = (
        Quotation.objects.filter(pk=quotation.get().pk),
        Sourcing.objects.filter(contract__accountability=account),
    )
    sourcing = Sourcing.objects.filter(pk=sourcing.get().pk)
    need = Need.objects.filter(pk=sourcing.get().need_id)
    whole = "payment_net_is_gross_less_fine_and_tax"
    assert broken(payment, net=models.F("net") + 1) == whole
    assert broken(payment, withheld=-1, net=models.F("gross") + 1) == whole
    assert broken(payment, fine=-1, net=models.F("net") + 1) == whole
    assert broken(payment, fine=models.F("gross"), net=-models.F("withheld")) == whole
    assert broken(payment, gross=0, withheld=0, net=0) == whole
    assert broken(payment, gross=models.F("gross") + 1, net=models.F("net") + 1) == "payments_within_contract"
    assert broken(Contract.objects.filter(accountability=account), value=models.F("value") - 1) == (
        "payments_within_contract"
    )
    assert broken(PaymentTax.objects.filter(payment=payment.get()), amount=-1) == "payment_tax_not_negative"
    assert broken(quotation, price=0) == "quotation_price_positive"
    assert broken(quotation, negotiated_price=9_400_001, price=9_400_000) == "quotation_negotiated_not_above_offer"
    assert broken(quotation, negotiated_price=0) == "quotation_negotiated_not_above_offer"
    assert broken(quotation, price=9_500_001) == "quotation_final_price_within_hps"
    assert broken(quotation, price=99_000_000, negotiated_price=9_500_001) == "quotation_final_price_within_hps"
    assert broken(sourcing, hps=0) == "sourcing_hps_positive"
    assert broken(sourcing, opened_at=None) == "sourcing_opened_with_its_moment"
    assert broken(need, estimate=0) == "need_estimate_positive"
    assert broken(need, ceiling=0) == "need_budgeted_with_money"
    assert broken(Contract.objects.filter(pk=market.contract("drafted").pk), value=0) == "contract_value_positive"
    assert broken(contract, percent=101) == "contract_percent_in_range"
    assert broken(contract, handover_number="") == "contract_handed_over_with_bast"
    assert broken(contract, village_scan=None) == "contract_runs_with_both_signatures"
    assert broken(contract, number="") == "contract_issued_with_snapshot"
    assert broken(Accountability.objects.filter(pk=account.pk), state="closed") == "accountability_closed_with_date"


def test_one_winner_and_no_payment_beyond_the_contract(market: Market) -> None:
    sourcing = market.sourcing("awarded", hps=20_000_000)
    assert broken(sourcing.quotations.filter(state="lost"), state="won") == "quotation_one_winner_per_sourcing"
    payment = market.account("musdes").contract.payments.get()
    values = {f.attname: getattr(payment, f.attname) for f in Payment._meta.fields if not f.primary_key}
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Payment.objects.create(**values | {"request_id": None, "gross": 1, "fine": 0, "withheld": 0, "net": 1})
    diagnosis: Any = refusal.value.__cause__
    assert diagnosis.diag.constraint_name == "payments_within_contract"


# --- negotiating -------------------------------------------------------------------------------------
def test_the_negotiated_price_is_below_offer_and_hps(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=9_500_000, prices={"firm": 9_900_000})
    offer, pka = sourcing.quotations.get(), market.user("pka")
    with pytest.raises(TransitionRefused, match="tidak boleh melebihi penawaran"):
        offer.negotiate(by=pka, price=9_900_001, note="x", scan=market.file("pka"))
    with pytest.raises(TransitionRefused, match="tidak boleh melebihi HPS"):
        offer.negotiate(by=pka, price=9_500_001, note="x", scan=market.file("pka"))
    with pytest.raises(TransitionRefused, match="masih di atas HPS; negosiasikan"):
        sourcing.award(by=pka, quotation=offer)
    offer.refresh_from_db()
    offer.negotiate(by=pka, price=9_500_000, note="Sepakat.", scan=market.file("pka"))
    sourcing.refresh_from_db()
    sourcing.award(by=pka, quotation=offer)
    assert Contract.objects.get(sourcing=sourcing).value == 9_500_000


def test_not_the_lowest_needs_a_reason(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    dear, tpk = sourcing.quotations.get(price=19_900_000), market.user("tpk")
    with pytest.raises(TransitionRefused, match="yang lebih rendah"):
        sourcing.award(by=tpk, quotation=dear)
    sourcing.refresh_from_db()
    assert sourcing.state == "evaluated"
    sourcing.award(by=tpk, quotation=Quotation.objects.get(pk=dear.pk), reason="Jadwal lebih sesuai.")
    assert sourcing.award_reason == "Jadwal lebih sesuai."
    assert set(sourcing.quotations.values_list("price", "state")) == {(19_900_000, "won"), (19_800_000, "lost")}
