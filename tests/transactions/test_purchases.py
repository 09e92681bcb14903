"""What the public reads of purchases: from the second signature on, and nothing that is anybody's own."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.formats import WIB
from tests.areas import KUTA, LOMBOK_BARAT, LOMBOK_TENGAH, SUKADANA
from tests.transactions.stage import Market
from transactions import purchases
from transactions.models import Contract, Publication
from transactions.models import publication as module

pytestmark = pytest.mark.django_db
LIST = "/pembelian-desa/"
OFFERS = {"firm": 48_000_000, "rival": 49_000_000}


def page_of(contract: Contract) -> Any:
    return Client().get(reverse("purchase", args=[contract.code]))


def listed(query: dict[str, str] | None = None) -> list[str]:
    """The codes that the list shows, in its order."""
    response = Client().get(LIST, query or {})
    assert response.status_code == 200
    return [row.contract.code for row in response.context["purchases"]]


def three(market: Market) -> list[Contract]:
    titles = ("Pelatihan pembukuan", "Peta batas desa", "Pelatihan kader")
    return [market.contract("running", need=market.need(title=title)) for title in titles]


def test_the_list_names_no_provider_that_nobody_bought_from(market: Market) -> None:
    market.contract("running")
    none = Client().get(LIST, {"penyedia": market.rival.provider.code})
    assert none.context["purchases"] == [] and market.rival.provider.name not in none.content.decode()
    known = Client().get(LIST, {"penyedia": market.firm.provider.code})
    assert f"Kontrak dengan <b>{market.firm.provider.name}</b>" in known.content.decode()


def test_the_menu_leads_a_visitor_to_the_public_list_and_an_official_to_their_own(market: Market) -> None:
    def ways(client: Client, part: str) -> list[Any]:
        page = client.get(LIST).content.decode()
        inner = page[page.index(f"<{part}") : page.index(f"</{part}>")]
        return re.findall(r'<a href="(/pembelian[^"]*)"[^>]*>(Pembelian[^<]*)</a>', inner)

    assert ways(Client(), "header") == [(LIST, "Pembelian")]
    assert ways(market.client("pka"), "header") == [("/pembelian/", "Pembelian")]
    for client in (Client(), market.client("pka")):
        assert ways(client, "footer") == [(LIST, "Pembelian desa")]


def test_nothing_is_public_before_both_have_signed(market: Market) -> None:
    for state in ("drafted", "issued", "provider_signed"):
        contract = market.contract(state)
        assert page_of(contract).status_code == 404, state
        assert contract.code not in listed(), state
    contract.sign_for_village(by=market.user("pka"), scan=market.file("pka"))
    assert page_of(contract).status_code == 200
    assert listed() == [contract.code]


def test_a_contract_that_never_had_both_signatures_stays_unknown(market: Market) -> None:
    contract = market.contract("terminated")
    assert page_of(contract).status_code == 404
    assert listed() == []


def test_how_far_the_work_is_can_be_read_and_what_ended_stays(market: Market) -> None:
    contract = market.contract("running")
    contract.report_progress(by=market.user("firm"), percent=30, text="Jalan.")
    page = page_of(contract).content.decode()
    assert "30 %" in page and "Kontrak diputus" not in page
    Contract.objects.filter(pk=contract.pk).update(state="terminated")
    assert "Kontrak diputus" in page_of(contract).content.decode()
    assert listed() == [contract.code]


def test_the_page_says_who_what_how_much_when_and_how_it_was_judged(market: Market) -> None:
    rating = market.rating("answered", hps=50_000_000, prices=OFFERS)
    contract = rating.contract
    page = page_of(contract).content.decode()
    for said in (
        "Pembukuan BUM Desa",
        "Desa Kuta",
        contract.provider.name,
        "Permintaan Penawaran",
        f"{contract.value:,}".replace(",", "."),
        "Penawaran masuk",
        "027/1/SPK",
        "Diterima",
        "Penilaian desa",
        "Baik.",
    ):
        assert said in page, said
    assert purchases.Purchase(contract, None).offers == 2


def test_nothing_of_a_person_an_account_or_a_losing_offer_is_public(market: Market) -> None:
    rating = market.rating("given", hps=50_000_000, prices=OFFERS)
    contract = rating.contract
    lost = contract.sourcing.quotations.exclude(pk=contract.quotation_id).get()
    page = page_of(contract).content.decode() + Client().get(LIST).content.decode()
    provider = contract.provider
    people = [market.user(key).name for key in ("pka", "tpk", "kaur", "kades", "bpd", "sekdes", "firm")]
    private = [*people, provider.bank, provider.account_holder, provider.person_in_charge, provider.phone]
    private += [f"{lost.price:,}".replace(",", "."), lost.provider.name, "KWT/1", "surat.pdf", "/berkas/"]
    for text in filter(None, private):
        assert text not in page, text


def test_the_list_is_narrowed_by_place_year_category_method_words_and_provider(market: Market) -> None:
    first, second, third = three(market)
    newest_first = [third.code, second.code, first.code]
    assert listed() == newest_first
    year = str(market.today.year)
    for query, found in (
        ({"wilayah": LOMBOK_TENGAH}, newest_first),
        ({"wilayah": KUTA}, newest_first),
        ({"wilayah": LOMBOK_BARAT}, []),
        ({"wilayah": SUKADANA}, []),
        ({"tahun": year}, newest_first),
        ({"kategori": "kewirausahaan"}, newest_first),
        ({"kategori": "infrastruktur"}, []),
        ({"metode": "direct"}, newest_first),
        ({"metode": "tender"}, []),
        ({"q": "pelat"}, [third.code, first.code]),
        ({"q": "pelat kader"}, [third.code]),
        ({"q": "kuta"}, newest_first),
        ({"q": "rinjani"}, newest_first),
        ({"q": "cv"}, newest_first),
        ({"q": "pe"}, []),  # two letters are a whole word
        ({"q": "???"}, []),
        ({"penyedia": market.firm.provider.code}, newest_first),
        ({"penyedia": market.rival.provider.code}, []),
        ({"wilayah": LOMBOK_TENGAH, "metode": "direct", "q": "peta"}, [second.code]),
    ):
        assert listed(query) == found, query


def test_the_years_to_choose_from_are_those_of_jakarta(market: Market) -> None:
    """At 00.30 WIB of New Year's day UTC is still in the old year; so is what was signed at that hour."""
    new_year = dt.datetime(2027, 1, 1, 0, 30, tzinfo=WIB)
    contract = market.contract("running")
    Publication.objects.filter(contract=contract).update(published_at=new_year)
    with time_machine.travel(new_year + dt.timedelta(minutes=5), tick=False):
        page = Client().get(LIST)
        assert [value for value, _ in page.context["form"].fields["tahun"].choices] == ["", "2027"]
        assert listed({"tahun": "2027"}) == [contract.code]


def test_what_is_odd_is_not_asked_for(market: Market) -> None:
    contract = market.contract("running")
    for query in ({"tahun": "1"}, {"metode": "x"}, {"kategori": "x"}, {"penyedia": "x"}, {"sesudah": "~~"}):
        assert listed(query) == [contract.code], query


def test_pages_are_turned_by_key_forwards_and_back(market: Market, monkeypatch: Any) -> None:
    codes = [contract.code for contract in reversed(three(market))]
    monkeypatch.setattr(purchases, "PAGE", 1)
    for query in ({}, {"q": "kuta"}, {"kategori": "kewirausahaan"}):
        seen, url = [], LIST + "?" + "&".join(f"{key}={value}" for key, value in query.items())
        while url:
            page = Client().get(url).context["page"]
            seen += [row.code for row in page.rows]
            back = page.previous_url
            url = LIST + page.next_url if page.next_url else ""
        assert seen == codes, query
        assert [row.code for row in Client().get(LIST + back).context["page"].rows] == codes[1:2]


def test_what_the_latest_do_not_hold_is_found_off_the_index(market: Market, monkeypatch: Any) -> None:
    first, second, third = three(market)
    monkeypatch.setattr(module, "WINDOW", 1)
    assert listed({"q": "peta"}) == [second.code]
    assert listed({"q": "pelat"}) == [third.code, first.code]


def test_an_empty_list_says_what_will_come(market: Market) -> None:
    assert "Belum ada pembelian" in Client().get(LIST).content.decode()
    assert "Tidak ada yang cocok" in Client().get(LIST, {"q": "tidakada"}).content.decode()


def test_three_rows_cost_as_many_queries_as_one(market: Market) -> None:
    def cost(query: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert Client().get(LIST, query).status_code == 200
        return len(asked)

    queries = ({}, {"kategori": "kewirausahaan"}, {"q": "pe"})
    market.contract("running", need=market.need(title="Peta desa"))
    one = [cost(query) for query in queries]
    three(market)
    assert [cost(query) for query in queries] == one
    assert max(one) <= 10


def test_the_second_signature_publishes_whoever_writes_it(market: Market) -> None:
    """The row is the database's own work: a contract that came in by other ways is published, too."""
    contract = market.contract("running")
    (row,) = Publication.objects.filter(contract=contract)
    assert (row.code, row.published_at) == (contract.code, contract.village_signed_at)
    Publication.objects.all().delete()
    assert listed() == []
    assert Publication.objects.rebuild() == 1
    assert Publication.objects.rebuild() == 0
    assert listed() == [contract.code]


def test_the_provider_and_the_village_lead_to_their_purchases(market: Market) -> None:
    market.contract("running")
    provider = market.firm.provider
    assert f"{LIST}?penyedia={provider.code}" in Client().get(provider.get_absolute_url()).content.decode()
    assert f"{LIST}?wilayah={KUTA}" in Client().get(reverse("area", args=[KUTA])).content.decode()
