"""The regency's office writes its own rule at the desk, for its own territory, from today on; nothing is changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from tests.transactions.stage import Market
from transactions.models import ProcurementRule

pytestmark = pytest.mark.django_db
ADD, LIST = "admin:transactions_procurementrule_add", "admin:transactions_procurementrule_changelist"


def decree(market: Market, **changes: str) -> dict[str, str]:
    return {
        "regency": LOMBOK_TENGAH,
        "basis": "Perbup Lombok Tengah 7/2026",
        "valid_from": market.today.isoformat(),
        "direct_limit": "5000000",
        "quotation_limit": "50000000",
        "min_invitations": "3",
        "min_hours": "48",
    } | changes


def test_the_office_writes_the_rule_of_its_regency(market: Market) -> None:
    client = market.client("dpmd")
    assert client.get(reverse(ADD)).status_code == 200
    assert client.post(reverse(ADD), decree(market)).status_code == 302
    assert ProcurementRule.objects.in_force(LOMBOK_TENGAH, on=market.today).basis == "Perbup Lombok Tengah 7/2026"
    text = client.get(reverse(LIST)).content.decode()
    assert "Perbup Lombok Tengah 7/2026" in text
    assert "Rp5.000.000" in text


def test_a_rule_is_read_as_people_say_it(market: Market) -> None:
    client = market.client("dpmd")
    assert client.post(reverse(ADD), decree(market, agreement_from="100000000")).status_code == 302
    row = ProcurementRule.objects.get(regency=LOMBOK_TENGAH)
    page = client.get(reverse("admin:transactions_procurementrule_change", args=[row.pk])).content.decode()
    for words in ("Rp5.000.000", "Rp50.000.000", "Rp100.000.000", "Keempat berkas diminta", "Aturan tidak diubah."):
        assert words in page, words
    assert "null" not in page.split('id="content"')[1] and "5000000" not in page


def test_what_the_rule_says_of_tenders_and_fines_is_kept_and_silence_too(market: Market) -> None:
    more = {"tender_days": "7", "question_hours": "72", "fine_permille": "1", "fine_cap_percent": "5"}
    client = market.client("dpmd")
    sent = decree(market, **more, agreement_from="100000000", two_openers="on")
    assert client.post(reverse(ADD), sent).status_code == 302
    row = ProcurementRule.objects.get(regency=LOMBOK_TENGAH)
    assert (row.tender_days, row.question_hours, row.two_openers) == (7, 72, True)
    assert (row.fine_permille, row.fine_cap_percent, row.agreement_from) == (1, 5, 100_000_000)
    example = ProcurementRule.objects.get(regency=None)
    assert "contoh" in example.basis
    assert (example.tender_days, example.question_hours, example.agreement_from) == (5, 48, None)


@pytest.mark.parametrize(
    ("who", "changes", "field"),
    [
        ("dpmd", {"tender_days": "1", "question_hours": "48"}, "question_hours"),
        ("dpmd", {"tender_days": "366"}, "tender_days"),  # no deadline lies further ahead than a year
        ("dpmd", {"min_hours": "9000"}, "min_hours"),
        ("dpmd", {"fine_permille": "1001"}, None),
        ("dpmd", {"fine_permille": "1", "fine_cap_percent": "101"}, None),
        ("dpmd", {"regency": LOMBOK_BARAT}, "regency"),
        ("dpmd", {"regency": ""}, "regency"),
        ("dpmd", {"quotation_limit": "5000000"}, "quotation_limit"),
        ("dpmd", {"min_invitations": "0"}, "min_invitations"),
        ("dpmd", {"direct_limit": "-1"}, None),
        ("dpmd", {"direct_limit": "9" * 30}, "direct_limit"),
    ],
)
def test_what_can_not_be_is_refused_beside_its_field(
    who: str, changes: dict[str, str], field: str | None, market: Market
) -> None:
    before = ProcurementRule.objects.count()
    page = market.client(who).post(reverse(ADD), decree(market, **changes))
    assert page.status_code == 200
    errors = page.context["adminform"].form.errors
    assert field in errors if field else errors
    assert ProcurementRule.objects.count() == before


def test_no_rule_reaches_back(market: Market) -> None:
    yesterday = (market.today - dt.timedelta(days=1)).isoformat()
    page = market.client("dpmd").post(reverse(ADD), decree(market, valid_from=yesterday))
    assert "paling cepat hari ini" in page.content.decode()


@pytest.mark.parametrize("who", ["pokja", "chair"])
def test_the_pokja_reads_and_does_not_write(who: str, market: Market) -> None:
    client = market.client(who)
    assert client.get(reverse(LIST)).status_code == 200
    assert client.post(reverse(ADD), decree(market)).status_code == 403
    assert ProcurementRule.objects.count() == 1


def test_a_row_that_stands_is_not_changed_or_deleted_nor_seen_next_door(market: Market) -> None:
    market.client("dpmd").post(reverse(ADD), decree(market))
    row = ProcurementRule.objects.get(regency=LOMBOK_TENGAH)
    change = reverse("admin:transactions_procurementrule_change", args=[row.pk])
    delete = reverse("admin:transactions_procurementrule_delete", args=[row.pk])
    assert market.client("dpmd").post(change, decree(market, direct_limit="1")).status_code == 403
    assert market.client("dpmd").post(delete, {"post": "yes"}).status_code == 403
    row.refresh_from_db()
    assert row.direct_limit == 5_000_000
    other = market.client("dpmd2")
    assert "Perbup Lombok Tengah" not in other.get(reverse(LIST)).content.decode()
    assert other.get(change, follow=True).request["PATH_INFO"] != change
    assert market.client("operator").get(reverse(LIST)).status_code in (302, 403)


@pytest.mark.parametrize(("chosen", "kept"), [([], None), (["letter", "truth"], ["letter", "truth"])])
def test_the_rule_names_the_papers_of_an_offer_or_is_silent(
    chosen: list[str], kept: list[str] | None, market: Market
) -> None:
    data: dict[str, Any] = {**decree(market), "offer_papers": chosen}
    assert market.client("dpmd").post(reverse(ADD), data).status_code == 302
    assert ProcurementRule.objects.latest("pk").offer_papers == kept
