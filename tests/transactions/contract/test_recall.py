"""A contract with a typing error comes back to be written anew, as long as nobody has signed it."""

from __future__ import annotations

import pytest

from core.models import PrintedDocument
from tests.transactions.planning.test_activity import activity, committed, contract_from, issue
from tests.transactions.stage import Market, attempt
from transactions.models import Conditions, Contract

pytestmark = pytest.mark.django_db


def paper(market: Market, contract: Contract) -> PrintedDocument:
    address = f"/pembelian/{contract.need.code}/cetak/spk/"
    return PrintedDocument.objects.get(code=market.client("pka").post(address)["Location"].strip("/").split("/")[-1])


def test_it_is_written_anew_with_what_was_typed_and_told_to_the_provider(market: Market) -> None:
    contract, manager = market.contract("drafted"), market.user("pka")
    agreed = Conditions(termins=((30, "Laporan awal"), (70, "Laporan akhir")), warranty_days=45, fine_base="rest")
    contract.issue(by=manager, number="027/1/SPK", signed_on=market.today, starts_on=market.today, conditions=agreed)
    before = contract.snapshot
    first = paper(market, contract)
    contract.recall(by=manager, reason="Nomornya keliru.")
    assert (contract.state, contract.snapshot, contract.ends_on, contract.termins.count()) == ("drafted", None, None, 0)
    event = contract.events().get(verb="recall")
    assert (event.data["number"], event.data["snapshot"], event.note) == ("027/1/SPK", before, "Nomornya keliru.")
    assert {notice.user for notice in event.notices.all()} == {market.user("firm")}
    page = market.client("pka").get(contract.move_url("issue")).content.decode()
    for typed in ('value="027/1/SPK"', 'value="30"', 'value="Laporan akhir"', 'value="45"', 'value="rest" selected'):
        assert typed in page, typed
    contract.issue(
        by=manager,
        number="027/2/SPK",
        signed_on=market.today,
        starts_on=market.today,
        conditions=Conditions(termins=((50, "Separuh"), (50, "Selesai"))),
    )
    assert (contract.number, contract.termins.count()) == ("027/2/SPK", 2)
    second = paper(market, contract)
    assert second.pk != first.pk and second.snapshot["letter_number"] == "027/2/SPK"


def test_what_it_held_of_the_budget_is_free_until_it_is_issued_again(market: Market) -> None:
    row = activity(market, ceiling=9_500_000)
    contract = contract_from(market, row)
    issue(market, contract)
    assert committed(row) == 9_400_000
    contract.recall(by=market.user("pka"), reason="Tanggalnya keliru.")
    assert committed(row) == 0
    issue(market, contract)
    assert committed(row) == 9_400_000


def test_what_somebody_signed_is_not_taken_back(market: Market) -> None:
    contract = market.contract("provider_signed")
    assert attempt(contract, "recall", market.user("pka"), {"reason": "x"}) is not None
    contract.refresh_from_db()
    assert contract.state == "provider_signed" and contract.snapshot is not None
