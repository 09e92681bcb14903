"""What an SPP's papers say: the figures and the names of their day, whatever came later."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import LegalForm, Membership, Provider, User
from core.clock import today
from core.workflow import TransitionRefused
from tests.transactions.contract.test_contract_work import PARTS, finished, signed
from tests.transactions.payment.test_payment import fined, termins
from tests.transactions.stage import Market
from transactions import tax
from transactions.documents.payment import facts_of, issue_receipt, issue_spp
from transactions.forms import CompletePapersForm, PaymentForm
from transactions.models import Contract, PaymentRequest, TaxRate

pytestmark = pytest.mark.django_db


def test_a_filed_request_keeps_the_contracts_value_of_its_day(market: Market) -> None:
    contract = market.account("payment").contract
    termins(contract, 40, 60, accepted=100)
    first = market.request(contract, "paid")
    Contract.objects.filter(pk=contract.pk).update(value=9_450_000)
    first = PaymentRequest.objects.get(pk=first.pk)
    facts = facts_of(first)
    assert (facts["spk"]["value"], facts["before"], facts["after"]) == (9_400_000, 0, 5_640_000)
    last = market.request(Contract.objects.get(pk=contract.pk))
    assert facts_of(last)["spk"]["value"] == 9_450_000  # not filed yet


def test_of_an_ended_contract_nothing_is_left_beyond_the_work_that_was_done(market: Market) -> None:
    contract = signed(market)
    contract.terminate(by=market.user("pka"), cause="force", reason="Banjir.", percent=50)
    assert facts_of(market.request(contract, "submitted"))["after"] == 0


def test_a_joint_purchase_is_paid_out_of_the_common_ceiling(market: Market) -> None:
    from tests.transactions.planning.test_joint import share

    row = share(market, "accounted")  # 9.5 million of the lead's and 4 of the other's
    request = market.request(Contract.objects.get(sourcing__need=row.need_id))
    assert request.figures()["ceiling"] == 13_500_000


def replaced(market: Market, key: str) -> None:
    """Another person in the office from now on: by Jakarta's day."""
    old = Membership.objects.get(user=market.user(key), area__isnull=False)
    Membership.objects.filter(pk=old.pk).update(ends_on=today() - dt.timedelta(days=1))
    person = User.objects.create_user(f"{key}.baru@desa.example", "sandi contoh", name=f"Pengganti {key.title()}")
    Membership.objects.create(user=person, role=old.role, area_id=old.area_id, starts_on=today())


def names(signatures: dict[str, Any]) -> list[str]:
    rows = [signatures.get("left"), signatures["right"], *(each for row in signatures["more"] for each in row)]
    return [row["name"] for row in rows if row]


def test_its_papers_name_who_did_each_step_and_not_who_holds_the_office_now(market: Market) -> None:
    request = market.request(market.account("payment").contract, "paid")
    begun = market.request(market.account("payment").contract)
    for key in ("sekdes", "kades", "kaur", "pka"):
        replaced(market, key)
    spp = issue_spp(request, by=market.user("operator")).snapshot
    assert names(spp["signatures"]) == ["Contoh Sekdes", "Contoh Pka", "Contoh Kades", "Contoh Kaur"]
    assert spp["signatures"]["left"]["position"] == "Sekretaris Desa"
    receipt = issue_receipt(request, by=market.user("operator")).snapshot
    assert names(receipt["signatures"])[0::2] == ["Contoh Kaur", "Contoh Kades"]
    waiting = issue_spp(begun, by=market.user("operator"))
    assert "Pengganti Sekdes" in names(waiting.snapshot["signatures"])


def test_the_estimate_is_by_the_rates_of_the_day_of_the_transfer(market: Market) -> None:
    contract = market.account("payment").contract
    request = market.request(contract, "approved")
    TaxRate.objects.create(
        tax="pph23", legal_form=contract.provider.legal_form, work=request.work, basis_points=300,
        valid_from=market.today, source="contoh",
    )  # fmt: skip
    for day, amount in ((market.today, 282_000), (market.today - dt.timedelta(days=1), 188_000)):
        form = PaymentForm({"paid_on": day.isoformat()}, document=request, user=market.user("kaur"))
        assert [line.amount for line in form.lines if line.tax == "pph23"] == [amount]
    assert PaymentForm(document=request, user=market.user("kaur")).lines[0].amount == 282_000


def test_a_form_left_open_does_not_take_the_providers_bill_away(market: Market) -> None:
    request = market.request(market.account("payment").contract)
    form = CompletePapersForm({"number": "900/1", "bill_amount": ""}, document=request, user=market.user("pka"))
    request.bill(
        by=market.user("firm"), bill_number="INV/1", billed_on=market.today, bill_amount=9_400_000,
        bill_scan=market.file("firm"),
    )  # fmt: skip
    assert form.is_valid(), form.errors
    request.complete_papers(by=market.user("pka"), **form.arguments())
    assert (request.number, request.bill_number, request.bill_amount) == ("900/1", "INV/1", 9_400_000)
    assert request.billed_on == market.today


def test_a_request_that_cannot_be_filed_says_why(market: Market) -> None:
    contract = signed(market, PARTS)
    finished(market, contract)
    request = market.request(contract)
    market.fill(request)
    contract.refresh_from_db()
    contract.send_back(by=market.user("pka"), reason="Keliru.")
    with pytest.raises(TransitionRefused) as refused:
        request.submit(by=market.user("pka"))
    assert refused.value.reason.startswith("Termin 1 diajukan setelah 40 % hasil pekerjaan diterima")


def test_the_page_says_what_of_the_fine_is_left_to_claim(market: Market) -> None:
    contract = market.account("payment").contract
    termins(contract, 95, 5, accepted=100)
    fined(contract, 500_000)
    market.request(contract, "paid")
    market.transfer(market.request(contract, "approved"), taxes=[])
    contract.refresh_from_db()
    assert contract.fine_left == 30_000  # the last termin pays no more than 470,000
    page = market.client("pka").get(contract.get_absolute_url()).content.decode()
    assert "Denda belum dipotong" in page
    assert "Rp30.000" in page


def test_the_ppn_inside_a_price_is_the_most_specific_row_that_holds_any() -> None:
    company = Provider(legal_form=LegalForm.COMPANY, is_pkp=True, npwp="0000000000000001")
    day = dt.date(2026, 11, 22)
    assert tax.vat_within(company, 50_000_000, on=day) == 1100
    assert tax.vat_within(company, 1_000_000, on=day) == 1100  # not collected, but the price holds it
    TaxRate.objects.create(tax="ppn", only_pkp=True, above=0, basis_points=0, valid_from=day, source="contoh")
    assert tax.vat_within(company, 50_000_000, on=day) == 1100
    assert tax.vat_within(Provider(legal_form=LegalForm.COMPANY), 50_000_000, on=day) == 0
