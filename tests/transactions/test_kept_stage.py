"""The stage that the list of orders filters by is kept beside each order, and is never another than its documents say."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from tests.areas import SUKADANA
from tests.transactions.stage import Market
from transactions.models import Accountability, Contract, Need, OrderStage, Sourcing
from transactions.views import order_list

DIFFERS = """
SELECT coalesce(said.need_id, kept.need_id), kept.stage, said.stage
FROM transactions_stages() said FULL JOIN transactions_orderstage kept USING (need_id)
WHERE (kept.stage, kept.created_at, kept.province, kept.regency)
    IS DISTINCT FROM (said.stage, said.created_at, said.province, said.regency)
"""


def differs() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(DIFFERS)
        return cursor.fetchall()


def kept(need: Need) -> str:
    return str(OrderStage.objects.get(need=need).stage)


def derived(need: Need) -> str:
    """By the documents, as a person would say it."""
    sourcing = Sourcing.objects.filter(need=need).exclude(state="failed").first()
    contracts = Contract.objects.filter(sourcing__need=need)
    living = contracts.filter(sourcing=sourcing).exclude(state="terminated").first() if sourcing else None
    account = Accountability.objects.filter(contract=living).first() if living else None
    if need.state == "cancelled":
        return "cancelled"
    if account:
        return "closed" if account.state == "closed" else "account"
    if living:
        return "contract"
    if sourcing:
        return "sourcing"
    return "ended" if contracts.exists() else "need"


REACHED = {
    "need identified": (lambda market: market.need("identified"), "need"),
    "need agreed": (lambda market: market.need("agreed"), "need"),
    "need budgeted": (lambda market: market.need(), "need"),
    "need cancelled": (lambda market: market.need("cancelled"), "cancelled"),
    "sourcing draft": (lambda market: market.sourcing().need, "sourcing"),
    "sourcing open": (lambda market: market.sourcing("open").need, "sourcing"),
    "sourcing opened": (lambda market: market.sourcing("opened").need, "sourcing"),
    "sourcing failed": (lambda market: market.sourcing("failed").need, "need"),
    "contract drafted": (lambda market: market.contract().need, "contract"),
    "contract running": (lambda market: market.contract("running").need, "contract"),
    "contract inspected": (lambda market: market.contract("inspected").need, "contract"),
    "contract terminated": (lambda market: market.contract("terminated").need, "ended"),
    "account payment": (lambda market: market.account().contract.need, "account"),
    "account accepted": (lambda market: market.account("accepted").contract.need, "account"),
    "account closed": (lambda market: market.account("closed").contract.need, "closed"),
}


@pytest.mark.parametrize("reached", REACHED)
def test_each_station_has_its_stage(reached: str, market: Market) -> None:
    make, stage = REACHED[reached]
    need = make(market)
    need.refresh_from_db()
    assert (kept(need), derived(need)) == (stage, stage)
    assert differs() == []


def test_after_an_ended_contract_the_need_is_sourced_again(market: Market) -> None:
    need = market.contract("terminated").need
    assert kept(need) == "ended"
    market.sourcing("draft", need=need)
    assert (kept(need), derived(need)) == ("sourcing", "sourcing")


def test_it_lies_where_the_village_lies(market: Market) -> None:
    row = OrderStage.objects.get(need=market.need(village=SUKADANA, by="operator2", state="identified"))
    assert (row.province, row.regency) == (SUKADANA[:2], SUKADANA[:5])


def test_what_never_was_an_order_leaves_nothing(market: Market) -> None:
    need = market.need("identified")
    with transaction.atomic():
        Need.objects.filter(pk=need.pk).delete()
    assert not OrderStage.objects.filter(need=need.pk).exists()


def test_a_document_that_is_deleted_counts_no_more(market: Market) -> None:
    sourcing = market.sourcing()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM transactions_invitation WHERE sourcing_id = %s", [sourcing.pk])
        cursor.execute("DELETE FROM transactions_sourcing WHERE id = %s", [sourcing.pk])
    assert kept(sourcing.need) == "need"


def test_a_wrong_row_is_seen_and_written_anew(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    need, other = market.need(), market.need("cancelled")
    OrderStage.objects.filter(need=need).update(stage="closed")
    OrderStage.objects.filter(need=other).delete()
    assert [row[1:] for row in sorted(differs())] == [("closed", "need"), (None, "cancelled")]
    call_command("rebuild_stages")
    assert "2 " in capsys.readouterr().out
    assert differs() == []
    assert OrderStage.objects.rebuild() == 0


@pytest.mark.parametrize("person", ["pka", "dpmd", "province", "ministry"])
def test_every_level_filters_alike(person: str, market: Market) -> None:
    needs = {
        "kebutuhan": [market.need(), market.contract("terminated").need],
        "pengadaan": [market.sourcing("open").need],
        "kontrak": [market.contract("running").need],
        "pertanggungjawaban": [market.account().contract.need],
        "selesai": [market.account("closed").contract.need],
        "batal": [market.need("cancelled")],
    }
    needs["batal"].insert(0, needs["kebutuhan"][1])  # an ended contract is both: it ended, and somebody is needed anew
    client = market.client(person)
    found = {
        stage: [row for row, _ in client.get(reverse("orders"), {"tahap": stage}).context["orders"]] for stage in needs
    }
    assert found == {stage: rows[::-1] for stage, rows in needs.items()}


@pytest.mark.parametrize("person", ["pka", "dpmd", "ministry"])
def test_a_filtered_list_goes_on_where_its_page_ended(
    person: str, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_list, "PAGE", 2)
    needs = [market.need(), market.contract("terminated").need, market.need(), market.need()]
    market.sourcing("open")
    client = market.client(person)
    first = client.get(reverse("orders"), {"tahap": "kebutuhan"})
    second = client.get(reverse("orders") + first.context["next_url"])
    pages = [[row for row, _ in page.context["orders"]] for page in (first, second)]
    assert pages == [needs[:1:-1], needs[1::-1]]
    assert second.context["next_url"] == ""


@pytest.mark.parametrize("person", ["pka", "dpmd", "province", "ministry", "dpmd2"])
def test_an_order_of_elsewhere_is_no_place_to_go_on_from(person: str, market: Market) -> None:
    here, there = market.need("identified"), market.need("identified", village=SUKADANA, by="operator2")
    page = market.client(person).get(reverse("orders"), {"sebelum": there.code})
    seen = Need.objects.visible_to(market.user(person))
    expected = [here] if there in seen and here in seen else []
    assert [row for row, _ in page.context["orders"]] == expected


@pytest.mark.parametrize("person", ["dpmd", "province", "ministry"])
@pytest.mark.parametrize("steps", [(0, 1), (0, 1, 2), (0, 300)])
def test_words_are_found_whether_the_latest_fill_the_page_or_not(
    person: str, steps: tuple[int, ...], market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_list, "LATEST", steps)
    needs = [market.need() for _ in range(3)]
    market.need(title="Sumur bor")
    cancelled = market.need("cancelled")
    client = market.client(person)

    def found(**asked: str) -> list[Need]:
        return [row for row, _ in client.get(reverse("orders"), asked).context["orders"]]

    assert found(q="pembukuan", tahap="kebutuhan") == needs[::-1]
    assert found(q="pembukuan", tahap="batal") == [cancelled]
    assert found(q="pembukuan", tahun=str(needs[0].created_at.year)) == [cancelled, *needs[::-1]]
    assert found(q="pembukuan", sebelum=needs[1].code) == needs[:1]
    assert found(q="kuta sumur") != []
    assert found(q="wil") == []
    assert found(q="/wil/52") == []


@pytest.mark.parametrize(("person", "index"), [("dpmd", "stage_of_regency"), ("ministry", "stage_of_nation")])
def test_a_stage_is_read_off_its_index_in_order(person: str, index: str, market: Market) -> None:
    for _ in range(12):  # a table of no rows, or of figures from another test, costs the same by any index
        market.need("identified")
    rows = OrderStage.objects.overseen_by(market.user(person))
    assert rows is not None
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE transactions_orderstage")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    plan = rows.filter(stage="contract").order_by("-created_at", "-need").values_list("created_at", "need").explain()
    assert index in plan
    assert "Sort" not in plan
