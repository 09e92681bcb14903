"""A shortlist per need: frozen as it was seen, the village's own, and the first to be asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog import extras
from catalog.models import Service, ServiceVersion
from core.clock import database_now
from core.models import Event
from core.workflow import TransitionRefused
from tests.areas import SUKADANA
from tests.catalog.stage import service as offered
from tests.transactions.stage import OVERSEERS, VILLAGE, Market
from transactions.candidates import candidates, label_of
from transactions.models import Need, Shortlisted
from transactions.models.sourcing.shortlist import MOST, kept_for, shortlisting

pytestmark = pytest.mark.django_db

KEEPERS = VILLAGE | {"pld", "pd", "tapm"}
NEIGHBOURS = {"operator2", "pka2", "tpk2", "kaur2", "kades2", "bpd2"}


def current(service: Service) -> ServiceVersion:
    found = Service.objects.get(pk=service.pk).current_version
    assert found is not None
    return found


def keep(market: Market, need: Need, service: Service, by: str = "pka", note: str = "") -> Shortlisted:
    return need.shortlist(by=market.user(by), version=current(service), note=note)


def change(market: Market, service: Service, **content: Any) -> None:
    row = Service.objects.get(pk=service.pk)
    row.revise(by=market.user("firm"), **content)


def send(market: Market, who: str, address: str, **data: str) -> Any:
    """Fill in the form as its page gives it."""
    client = market.client(who)
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, {"submit_key": page.context["form"]["submit_key"].value(), **data})


def adding(service: Service, number: int | None = None) -> str:
    pin = f"@{number}" if number else ""
    return f"{reverse('shortlist-add')}?layanan={service.code}{pin}"


# --- keeping -----------------------------------------------------------------------------------------------
def test_a_service_is_kept_for_a_need_with_a_note(market: Market) -> None:
    need = market.need("identified")
    answer = send(market, "operator", adding(market.service), need=need.code, note="Dekat dan pernah ke sini.")
    assert (answer.status_code, answer["Location"]) == (302, need.shortlist_url)
    entry = Shortlisted.objects.get()
    assert (entry.need, entry.service, entry.version) == (need, market.service, current(market.service))
    assert (entry.note, entry.added_by) == ("Dekat dan pernah ke sini.", market.user("operator"))
    page = market.client("kades").get(need.shortlist_url).content.decode()
    assert market.service.title in page
    assert "Dekat dan pernah ke sini." in page


def test_what_was_seen_is_kept_even_when_it_changed_meanwhile(market: Market) -> None:
    need = market.need()
    seen = current(market.service).number
    change(market, market.service, price=12_000_000)
    send(market, "pka", adding(market.service, seen), need=need.code)
    entry = Shortlisted.objects.get()
    assert (entry.version.number, entry.version.price) == (seen, 9_000_000)
    assert (entry.price_change, entry.rise, entry.fall) == (3_000_000, 3_000_000, 0)
    page = market.client("pka").get(need.shortlist_url).content.decode().replace("\u00a0", " ")
    assert "Rp9.000.000" in page
    assert "Harga sekarang" in page
    assert "Rp12.000.000" in page
    assert "naik" in page


def test_a_lower_price_and_other_words_are_told(market: Market) -> None:
    need = market.need()
    keep(market, need, market.service)
    change(market, market.service, summary="Ringkasan baru.")
    page = market.client("pka").get(need.shortlist_url).content.decode()
    assert "Harga tetap; keterangannya berubah" in page
    change(market, market.service, price=8_000_000)
    assert "turun" in market.client("pka").get(need.shortlist_url).content.decode()


def test_a_service_that_cannot_be_ordered_any_more_says_so(market: Market) -> None:
    need = market.need()
    keep(market, need, market.service)
    Service.objects.get(pk=market.service.pk).pause(by=market.user("firm"))
    page = market.client("pka").get(need.shortlist_url).content.decode()
    assert "Sedang tidak dapat dipesan" in page
    assert "9.000.000" in page


def test_the_same_service_is_kept_once_per_need(market: Market) -> None:
    need, other = market.need(), market.need()
    keep(market, need, market.service)
    keep(market, other, market.service)
    with pytest.raises(TransitionRefused, match="sudah ada dalam daftar pendek"):
        keep(market, need, market.service, by="tpk")
    answer = send(market, "tpk", adding(market.service), need=need.code, note="Lagi")
    assert answer.status_code == 422
    assert "sudah ada dalam daftar pendek" in answer.content.decode()
    assert "Lagi" in answer.content.decode()
    assert Shortlisted.objects.count() == 2


def test_the_same_form_sent_twice_keeps_once(market: Market) -> None:
    need, client = market.need(), market.client("pka")
    key = client.get(adding(market.service)).context["form"]["submit_key"].value()
    data = {"submit_key": key, "need": need.code}
    first, second = (client.post(adding(market.service), data) for _ in range(2))
    assert first["Location"] == second["Location"] == need.shortlist_url
    assert Shortlisted.objects.count() == 1


def test_a_list_has_an_end(market: Market) -> None:
    need = market.need()
    for number in range(MOST):
        keep(market, need, offered(market.firm, f"Layanan {number}"))
    with pytest.raises(TransitionRefused, match=f"paling banyak {MOST}"):
        keep(market, need, market.service)


def test_a_cancelled_need_keeps_nothing(market: Market) -> None:
    need = market.need("cancelled")
    with pytest.raises(TransitionRefused):
        keep(market, need, market.service)
    page = market.client("pka").get(adding(market.service))
    assert "Belum ada kebutuhan yang terbuka" in page.content.decode()


def test_the_only_need_is_chosen_already(market: Market) -> None:
    need = market.need()
    assert market.client("pka").get(adding(market.service)).context["form"]["need"].value() == need.code


def test_odd_addresses_are_not_found(market: Market) -> None:
    client = market.client("pka")
    for query in ("", "?layanan=", "?layanan=TIDAKADA", f"?layanan={market.service.code}@99", "?layanan=%F0%9F%98%80"):
        assert client.get(reverse("shortlist-add") + query).status_code == 404, query


# --- who ---------------------------------------------------------------------------------------------------
def test_exactly_the_village_and_its_helpers_keep_and_take_off(market: Market) -> None:
    need = market.need()
    address = adding(market.service)
    offered_it = set()
    for key in market.everyone():
        answer = market.client(key).get(address)
        if answer.status_code == 200 and need.title in answer.content.decode():
            offered_it.add(key)
    assert offered_it == KEEPERS
    keep(market, need, market.service)
    removing = reverse("shortlist-remove", args=[need.code, market.service.code])
    asked = {key for key in market.everyone() if market.client(key).get(removing).status_code == 200}
    assert asked == KEEPERS
    for key in sorted(market.everyone().keys() - KEEPERS):
        assert market.client(key).post(removing).status_code in (302, 403, 404), key
    assert Shortlisted.objects.count() == 1


def test_exactly_the_village_and_its_overseers_read_it(market: Market) -> None:
    need = market.need()
    keep(market, need, market.rival_service, note="Catatan rahasia desa")
    readers = {
        key
        for key in market.everyone()
        if "Catatan rahasia desa" in market.client(key).get(need.shortlist_url).content.decode()
    }
    assert readers == VILLAGE | OVERSEERS
    assert Shortlisted.objects.visible_to(market.user("rival")).count() == 0
    assert Shortlisted.objects.visible_to(market.user("operator2")).count() == 0


def test_an_invited_provider_learns_nothing_of_the_list(market: Market) -> None:
    need = market.need(estimate=9_500_000)
    keep(market, need, market.rival_service, note="Catatan rahasia desa")
    market.sourcing("open", need=need)
    client = market.client("firm")
    page = client.get(need.get_absolute_url()).content.decode()
    assert need.title in page
    for secret in ("Catatan rahasia desa", market.rival_service.title, market.rival_service.code, "Daftar pendek</h2>"):
        assert secret not in page, secret
    assert client.get(need.shortlist_url).status_code == 404


def test_another_villages_need_is_no_choice(market: Market) -> None:
    need = market.need()
    answer = send(market, "operator2", adding(market.service), need=need.code)
    assert answer.status_code == 422
    assert not Shortlisted.objects.exists()
    theirs = market.need("identified", by="operator2", village=SUKADANA)
    send(market, "operator2", adding(market.service), need=theirs.code)
    assert Shortlisted.objects.get().need == theirs


# --- taking off ----------------------------------------------------------------------------------------------
def test_taking_off_asks_first(market: Market) -> None:
    need = market.need()
    keep(market, need, market.service)
    client, address = market.client("tpk"), reverse("shortlist-remove", args=[need.code, market.service.code])
    assert "Hapus “Pelatihan pembukuan”" in client.get(address).content.decode()
    assert Shortlisted.objects.count() == 1
    assert client.post(address)["Location"] == need.shortlist_url
    assert not Shortlisted.objects.exists()
    assert client.post(address)["Location"] == need.shortlist_url  # sent twice
    assert client.get(address).status_code == 404


def test_both_acts_are_events_that_name_no_service_in_words(market: Market) -> None:
    need = market.need()
    entry = keep(market, need, market.service, note="Dekat")
    need.unlist(by=market.user("tpk"), entry=entry)
    kept, dropped = Event.objects.about(need).filter(verb__in=["shortlist", "unlist"])
    version = current(market.service).number
    assert kept.data == dropped.data == {"service": market.service.code, "version": version}
    assert (kept.verb_label, dropped.verb_label) == ("Daftar pendek ditambah", "Daftar pendek dikurangi")
    assert kept.note == dropped.note == ""


# --- using it ------------------------------------------------------------------------------------------------
def test_the_orders_page_shows_it_and_compares_what_was_seen(market: Market) -> None:
    need = market.need()
    for service in (market.service, market.rival_service):
        keep(market, need, service)
    page = market.client("pka").get(need.get_absolute_url()).content.decode()
    for service in (market.service, market.rival_service):
        assert f'value="{service.code}@{current(service).number}" checked' in page
    assert f'action="{reverse("compare")}"' in page


def test_the_orders_page_takes_as_many_queries_for_three_as_for_one(market: Market) -> None:
    need, client = market.need(), market.client("pka")

    def cost() -> int:
        client.get(need.get_absolute_url())
        with CaptureQueriesContext(connection) as captured:
            assert client.get(need.get_absolute_url()).status_code == 200
        return len(captured)

    keep(market, need, market.service)
    one = cost()
    keep(market, need, market.rival_service)
    keep(market, need, market.third_service)
    assert cost() == one


def test_invitations_show_the_shortlist_first_whatever_its_category(market: Market) -> None:
    from catalog.models import Category

    need = market.need(category=Category.objects.get(key="infrastruktur"))
    rows, _ = candidates(need)
    assert list(rows) == []
    keep(market, need, market.third_service)
    rows, _ = candidates(need, words="pembukuan")
    found = list(rows)
    assert found[0] == market.third_service
    assert set(found) == {market.service, market.rival_service, market.third_service}
    assert ["daftar pendek" in label_of(row) for row in found] == [True, False, False]
    page = market.client("pka").get(reverse("sourcing-new", args=[need.code])).content.decode()
    assert "ada di daftar pendek" in page


def test_a_kept_service_that_cannot_be_ordered_is_no_candidate(market: Market) -> None:
    need = market.need()
    keep(market, need, market.third_service)
    Service.objects.get(pk=market.third_service.pk).pause(by=market.user("outsider"))
    rows, _ = candidates(need)
    assert market.third_service not in list(rows)
    assert [row.is_orderable for row in kept_for(need)] == [False]


def test_once_somebody_is_asked_to_offer_the_list_is_closed(market: Market) -> None:
    need = market.need(estimate=9_500_000)
    entry = keep(market, need, market.service)
    sourcing = market.sourcing("draft", need=need)
    keep(market, need, market.rival_service)  # nobody is asked yet
    sourcing.announce(by=market.user("pka"), deadline=database_now() + dt.timedelta(days=3))
    with pytest.raises(TransitionRefused, match="Undangan penawaran sudah dikirim"):
        keep(market, need, market.third_service)
    with pytest.raises(TransitionRefused, match="Undangan penawaran sudah dikirim"):
        need.unlist(by=market.user("pka"), entry=entry)
    assert list(shortlisting(market.user("pka"))) == []
    page = market.client("pka").get(need.shortlist_url).content.decode()
    assert market.service.title in page
    assert "Hapus" not in page
    sourcing.fail(by=market.user("pka"), reason="Tidak ada yang menawar.")
    assert list(shortlisting(market.user("pka"))) == [need]


def test_who_may_invite_goes_on_from_the_list(market: Market) -> None:
    need = market.need()
    keep(market, need, market.service)
    going_on = reverse("sourcing-new", args=[need.code])
    seen = {key for key in VILLAGE if going_on in market.client(key).get(need.shortlist_url).content.decode()}
    assert seen == {"pka", "tpk"}


# --- counting for the provider ----------------------------------------------------------------------------------
def test_a_provider_is_told_how_often_and_never_by_whom(market: Market, django_assert_num_queries: Any) -> None:
    keep(market, market.need(), market.service)
    keep(market, market.need(), market.service)
    market.sourcing("draft")  # nobody is asked yet
    market.contract("running")
    rows = [market.service, market.rival_service]
    with django_assert_num_queries(3):
        figures = extras.service_figures(rows)
    assert figures == {
        market.service.pk: {"shortlisted": 2, "invited": 1, "awarded": 1},
        market.rival_service.pk: {"shortlisted": 0, "invited": 0, "awarded": 0},
    }


# --- on the catalogue's pages -------------------------------------------------------------------------------------
def test_the_service_page_tells_prices_paid_and_work_done(market: Market) -> None:
    from transactions import prices

    for price in (8_000_000, 9_000_000, 10_000_000):
        need = market.need(estimate=price)
        market.contract("handed_over", hps=price, need=need, prices={"firm": price})
    public = market.client("public")
    before = public.get(market.service.get_absolute_url()).content.decode()
    assert "Harga rujukan" not in before
    assert "Belum ada kontrak yang diserahterimakan" in before
    prices.refresh()
    page = " ".join(public.get(market.service.get_absolute_url()).content.decode().replace("\u00a0", " ").split())
    assert "Di Kabupaten Lombok Tengah" in page
    assert "dari 3 kontrak" in page
    assert "Harga layanan ini sama dengan median di Kabupaten Lombok Tengah." in page
    assert "<b>3</b> kontrak melalui layanan ini" in page
    rival = " ".join(public.get(market.rival_service.get_absolute_url()).content.decode().split())
    assert "Harga layanan ini 6 % di atas median di Kabupaten Lombok Tengah." in rival  # 9.5 to 9: 5.55…
    compared = public.get(
        reverse("compare") + f"?layanan={market.service.code}&layanan={market.rival_service.code}"
    ).content.decode()
    assert "3 kontrak di Kabupaten Lombok Tengah" in compared.replace("\u00a0", " ")
    assert "3 dari layanan ini" in compared


def test_a_price_without_tax_is_not_measured_against_contracts_with_it(market: Market) -> None:
    from transactions import prices

    for price in (8_000_000, 9_000_000, 10_000_000):
        market.contract("running", hps=price, need=market.need(estimate=price), prices={"firm": price})
    prices.refresh()
    change(market, market.service, tax_included=False)
    page = market.client("public").get(market.service.get_absolute_url()).content.decode()
    assert "belum termasuk pajak, sedangkan nilai kontrak sudah" in page
    assert "di atas median" not in page
