"""A provider that is not in good standing can't be found, invited, ordered or chosen; what was signed goes on.

Defects 6 and 7 of the sibling systems: at once, everywhere, with no worker and no traffic in between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Service
from core.clock import database_now, today
from core.models import Notice
from core.workflow import TransitionRefused
from tests.areas import KUTA, LOMBOK_BARAT, LOMBOK_TENGAH
from tests.catalog.stage import list_in_directory
from tests.transactions.stage import Market
from transactions.models import Accountability
from verification.models import Sanction, Standing

DAY = dt.timedelta(days=1)


def imposed(market: Market, kind: str) -> None:
    row = Sanction(
        provider=market.firm.provider, regency_id=LOMBOK_TENGAH, kind=kind, violation="Pekerjaan ditinggalkan.",
        basis_number="BA/7/2026", basis_date=today(), starts_on=today(), ends_on=today() + 30 * DAY,
    )  # fmt: skip
    row.propose(by=market.user("pokja"))
    row.impose(by=market.user("chair"))


def left(market: Market) -> None:
    standing = Standing.objects.get(provider=market.firm.provider)
    standing.withdraw(by=market.firm.person, reason="Pindah usaha.")


def listing(market: Market) -> Any:
    return Standing.objects.filter(provider=market.firm.provider)


# How a provider ceases to be in good standing, and what its status then says.
WAYS: dict[str, tuple[Callable[[Market], Any], str]] = {
    "frozen": (lambda m: imposed(m, "freeze"), "Dibekukan"),
    "blacklisted": (lambda m: imposed(m, "blacklist"), "Daftar hitam"),
    "expired": (
        lambda m: listing(m).update(listed_on=today() - 300 * DAY, valid_until=today() - DAY),
        "Masa terdaftar",
    ),
    "withdrawn": (left, "Mengundurkan diri"),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def public(name: str, *args: Any, **query: str) -> str:
    return Client().get(reverse(name, args=args), query).content.decode()


def test_it_is_found_before_and_not_after(market: Market, way: str) -> None:
    """Every public page and query that could show it, before (the positive control) and after."""
    name, title = market.firm.provider.name, market.service.title

    def found() -> dict[str, bool]:
        return {
            "search": title in public("services", q="pembukuan"),
            "list": title in public("services"),
            "by area": title in public("services", wilayah=KUTA),
            "directory": name in public("directory"),
            "regency's directory": name in public("regency-directory", LOMBOK_TENGAH),
            "its csv": name in b"".join(Client().get(reverse("directory-csv"))).decode(),
            "service page": Client().get(reverse("service", args=[market.service.code])).status_code == 200,
            "provider page": Client().get(reverse("provider", args=[market.firm.provider.code])).status_code == 200,
            "open": Service.objects.open().filter(pk=market.service.pk).exists(),
            "orderable": Service.objects.orderable_in(KUTA).filter(pk=market.service.pk).exists(),
        }

    assert set(found().values()) == {True}
    WAYS[way][0](market)
    assert set(found().values()) == {False}


def test_its_status_page_says_why_in_public_words(market: Market, way: str) -> None:
    WAYS[way][0](market)
    page = public("provider-status", market.firm.provider.code)
    assert WAYS[way][1] in page
    assert "Pekerjaan ditinggalkan" not in page


def test_it_can_not_be_ordered_directly(market: Market, way: str) -> None:
    WAYS[way][0](market)
    with pytest.raises(TransitionRefused, match="tidak dapat diundang"):
        market.sourcing()


def test_it_can_not_be_invited_beside_others(market: Market, way: str) -> None:
    WAYS[way][0](market)
    with pytest.raises(TransitionRefused, match="tidak dapat diundang"):
        market.sourcing(hps=40_000_000)


def test_who_was_invited_before_can_not_be_announced_to(market: Market, way: str) -> None:
    sourcing = market.sourcing()
    WAYS[way][0](market)
    with pytest.raises(TransitionRefused, match="sedang tidak terdaftar"):
        sourcing.announce(by=market.buyer(sourcing), deadline=database_now() + 3 * DAY)


def test_who_was_announced_to_before_can_not_offer(market: Market, way: str) -> None:
    sourcing = market.sourcing("open", hps=40_000_000)
    WAYS[way][0](market)
    with pytest.raises(TransitionRefused, match="sedang tidak terdaftar"):
        market.quote(sourcing, "firm", 39_000_000)
    market.quote(sourcing, "rival", 39_000_000)  # the control


def test_who_offered_before_can_not_win(market: Market, way: str) -> None:
    sourcing = market.sourcing("evaluated", hps=40_000_000)
    WAYS[way][0](market)
    offers = {quotation.provider_id: quotation for quotation in sourcing.quotations.all()}
    mine, other = offers[market.firm.provider.pk], offers[market.rival.provider.pk]
    with pytest.raises(TransitionRefused, match="tidak dapat ditetapkan"):
        sourcing.award(by=market.buyer(sourcing), quotation=mine, reason="Terbaik.")
    sourcing.award(by=market.buyer(sourcing), quotation=other)


def test_who_won_before_can_not_sign_a_new_contract(market: Market, way: str) -> None:
    contract = market.contract("drafted")
    WAYS[way][0](market)
    with pytest.raises(TransitionRefused, match="kontrak baru tidak dapat ditandatangani"):
        contract.issue(by=market.user("pka"), number="027/1/SPK", signed_on=market.today, starts_on=market.today)


def test_a_running_contract_goes_on_to_payment_and_the_village_meeting(market: Market, way: str) -> None:
    contract = market.contract("running")
    WAYS[way][0](market)
    manager, provider = market.user("pka"), market.user("firm")
    contract.report_progress(by=provider, percent=100, text="Selesai.")
    contract.request_inspection(by=provider)
    contract.accept_work(by=manager, note="Sesuai.")
    contract.hand_over(by=manager, number="028/1/BAST", on=market.today, place="Kantor")
    contract.attach_handover_scan(by=manager, scan=market.file("pka"))
    contract.hand_to_head(by=manager, number="028/2/BAST", on=market.today, place="Kantor")
    contract.confirm_handover(by=market.user("kades"))
    contract.attach_head_scan(by=manager, scan=market.file("pka"))
    account = Accountability.objects.get(contract=contract)
    market.pay(account)
    market.meeting(account, decision="accepted")
    account.refresh_from_db()
    account.close(by=market.user("kades"))
    assert account.state == "closed"


def test_a_listing_in_another_regency_is_not_touched_by_a_freeze_here(market: Market) -> None:
    list_in_directory(market.firm.provider, LOMBOK_BARAT)
    imposed(market, "freeze")
    assert Standing.objects.covers(market.firm.provider, LOMBOK_BARAT)
    assert not Standing.objects.covers(market.firm.provider, KUTA)
    assert not Service.objects.orderable_in(KUTA).filter(provider=market.firm.provider).exists()


def test_the_figures_of_a_past_day_do_not_change_with_a_sanction_of_today(market: Market) -> None:
    """A report run twice has the same content: nothing works backwards."""
    yesterday = today() - DAY
    before = set(Standing.objects.current(yesterday).values_list("pk", flat=True))
    imposed(market, "freeze")
    assert set(Standing.objects.current(yesterday).values_list("pk", flat=True)) == before


def test_villages_with_an_order_in_hand_are_told_what_still_goes_on(market: Market) -> None:
    contract = market.contract("running")
    other = market.sourcing("open", hps=40_000_000)
    imposed(market, "freeze")
    notice = Notice.objects.get(event__verb="impose", user=market.user("pka"), channel="site")
    assert notice.title == f"{market.firm.provider.name}: pembekuan di Kabupaten Lombok Tengah"
    assert f"“{contract.need.title}”: kontrak tetap diselesaikan." in notice.body
    assert f"“{other.need.title}”: tidak dapat ditetapkan sebagai pemenang." in notice.body
    assert not Notice.objects.filter(event__verb="impose", user=market.user("pka2")).exists()


def test_a_warning_concerns_no_village(market: Market) -> None:
    market.contract("running")
    imposed(market, "warning")
    assert not Notice.objects.filter(event__verb="impose", user=market.user("pka")).exists()
