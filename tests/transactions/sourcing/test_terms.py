"""The KAK and the HPS: written while the package is a draft, fixed when it goes out, read by whom they concern."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.documents import fingerprint
from core.workflow import TransitionRefused
from tests.transactions.stage import STRANGERS, Market, attempt, soon
from tests.transactions.test_moves import Table, prove
from tests.transactions.test_pages import filled
from transactions import outline
from transactions.models import Item, Sourcing, TaxRate, Terms
from transactions.models.sourcing.item import amount_of
from transactions.models.sourcing.terms import ppn_of

pytestmark = pytest.mark.django_db

WRITERS = {"pka", "tpk", "operator"}
TERMS: Table = {("draft", "write"): WRITERS, ("draft", "price"): WRITERS, ("draft", "fix"): {"tpk"}}
TWO = [
    {
        "name": "Pelatih",
        "specification": "Dua orang.",
        "volume": Decimal("2.5"),
        "unit": "hari",
        "unit_price": 1_000_001,
    },
    {"name": "Modul", "specification": "", "volume": Decimal(30), "unit": "eksemplar", "unit_price": 50_000},
]


def drafted(market: Market, hps: int = 20_000_000) -> Terms:
    """A quotation's draft with its KAK, and the HPS as one lump."""
    return Terms.objects.get(sourcing=market.sourcing("draft", hps=hps))


# --- who may -------------------------------------------------------------------------------------------
def test_who_may_do_what_with_the_terms(market: Market) -> None:
    terms = drafted(market)
    seen = [terms.state]
    prove(market, terms, TERMS)
    terms.sourcing.announce(by=market.user("tpk"), deadline=soon())
    prove(market, terms, TERMS)
    seen.append(terms.state)
    assert set(seen) == set(Terms.State.values)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("kades", "KAK dan HPS disusun oleh Kasi/Kaur, TPK, atau operator desa ini."),
        ("pka2", "KAK dan HPS disusun oleh Kasi/Kaur, TPK, atau operator desa ini."),
    ],
)
def test_others_read_why_they_may_not_write(market: Market, who: str, sentence: str) -> None:
    terms = drafted(market)
    assert attempt(terms, "write", market.user(who), {"scope": "x", "days": 3}) == sentence


def test_nobody_writes_a_second_kak_of_one_package(market: Market) -> None:
    terms = drafted(market)
    again = market.draft_terms(terms.sourcing)
    with pytest.raises(TransitionRefused, match=r"^KAK paket ini sudah ada; ubahlah\.$"):
        again.begin(by=market.user("pka"), scope="x", days=3)


def test_what_went_out_is_not_written_any_more(market: Market) -> None:
    terms = drafted(market)
    terms.sourcing.announce(by=market.user("tpk"), deadline=soon())
    refusal = attempt(terms, "write", market.user("pka"), {"scope": "Lain.", "days": 3})
    assert refusal == "“Ubah KAK” tidak dapat dilakukan: statusnya sekarang KAK dan HPS Ditetapkan."
    late = market.draft_terms(market.sourcing("open"))
    with pytest.raises(TransitionRefused, match="hanya dapat disusun sebelum undangan dikirim"):
        late.begin(by=market.user("pka"), scope="x", days=3)


# --- going out -----------------------------------------------------------------------------------------
def test_a_quotation_does_not_go_out_without_kak_and_items(market: Market) -> None:
    sourcing = market.draft_sourcing(hps=20_000_000)
    sourcing.prepare(by=market.user("tpk"), services=[market.service, market.rival_service])
    with pytest.raises(TransitionRefused, match="Susun KAK dan HPS dahulu"):
        sourcing.announce(by=market.user("tpk"), deadline=soon())
    sourcing.refresh_from_db()
    market.draft_terms(sourcing).begin(by=market.user("pka"), scope=sourcing.scope, days=14)
    with pytest.raises(TransitionRefused, match="Susun butir HPS dahulu"):
        sourcing.announce(by=market.user("tpk"), deadline=soon())


def test_a_tender_does_not_go_out_without_them_either(market: Market) -> None:
    sourcing = market.draft_sourcing(hps=300_000_000)
    sourcing.prepare(by=market.user("tpk"), services=[])
    with pytest.raises(TransitionRefused, match="Susun KAK dan HPS dahulu"):
        sourcing.announce_tender(by=market.user("tpk"), deadline=soon() + dt.timedelta(days=9))


def test_a_direct_purchase_may_do_without(market: Market) -> None:
    sourcing = market.sourcing("open")
    assert sourcing.state == "open"
    assert not Terms.objects.filter(sourcing=sourcing).exists()


def test_going_out_freezes_text_names_and_figures(market: Market) -> None:
    terms = drafted(market)
    terms.price(by=market.user("pka"), items=TWO)
    terms.sourcing.announce(by=market.user("pka"), deadline=soon())  # a direct purchase at this value
    terms.refresh_from_db()
    frozen: Any = terms.snapshot
    assert terms.snapshot_sha256 == fingerprint(frozen)
    assert frozen["hps"] == terms.sourcing.hps == 4_000_003
    assert [line["amount"] for line in frozen["items"]] == [2_500_003, 1_500_000]
    assert [person["name"] for person in frozen["manager"]] == ["Contoh Pka"]
    assert [person["name"] for person in frozen["team"]] == ["Contoh Tpk"]
    person = market.user("pka")
    person.name = "Orang Lain"
    person.save()
    terms.refresh_from_db()
    assert terms.snapshot == frozen


# --- the estimate --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("volume", "price", "amount"), [("2.5", 1_000_001, 2_500_003), ("0.01", 50, 1), ("0.01", 49, 0), ("3", 7, 21)]
)
def test_a_line_is_rounded_half_up_to_whole_rupiah(volume: str, price: int, amount: int) -> None:
    assert amount_of(Decimal(volume), price) == amount


def test_the_hps_is_the_sum_of_rounded_lines(market: Market) -> None:
    terms = drafted(market)
    terms.price(by=market.user("pka"), items=TWO)
    terms.refresh_from_db()
    assert (terms.sourcing.hps, terms.ppn) == (2_500_003 + 1_500_000, 0)


def test_an_added_ppn_is_the_rate_of_the_day_rounded_down(market: Market) -> None:
    TaxRate.objects.filter(tax=TaxRate.Tax.PPN).delete()
    TaxRate.objects.create(tax=TaxRate.Tax.PPN, basis_points=1100, valid_from=dt.date(2020, 1, 1), source="contoh")
    TaxRate.objects.create(tax=TaxRate.Tax.PPN, basis_points=1200, valid_from=market.today, source="contoh")
    later = market.today + dt.timedelta(days=1)
    TaxRate.objects.create(tax=TaxRate.Tax.PPN, basis_points=2000, valid_from=later, source="contoh")
    terms = drafted(market)
    terms.price(by=market.user("pka"), items=TWO, tax=Terms.Tax.ADDED)
    terms.refresh_from_db()
    assert (terms.subtotal, terms.ppn, terms.sourcing.hps) == (4_000_003, 480_000, 4_480_003)
    assert ppn_of(4_000_003, 1200) == 480_000  # 480.000,36
    TaxRate.objects.filter(basis_points=1200).update(basis_points=1)
    terms.refresh_from_db()
    assert terms.ppn == 480_000, "a rate that changes later changes nothing here"


def test_the_method_follows_the_estimate(market: Market) -> None:
    terms = drafted(market, hps=20_000_000)
    terms.price(by=market.user("pka"), items=TWO)
    assert Sourcing.objects.get(pk=terms.sourcing_id).method == "direct"


def test_the_estimate_stays_within_the_budget(market: Market) -> None:
    terms = drafted(market, hps=20_000_000)
    dear = [{**TWO[1], "unit_price": 700_000}]
    with pytest.raises(Exception, match="HPS tidak boleh melebihi pagu anggaran"):
        terms.price(by=market.user("pka"), items=dear)
    assert Sourcing.objects.get(pk=terms.sourcing_id).hps == 20_000_000
    assert terms.sourcing.items.get().unit_price == 20_000_000


def test_with_items_the_value_is_no_longer_typed(market: Market) -> None:
    terms = drafted(market)
    sourcing = Sourcing.objects.get(pk=terms.sourcing_id)
    chosen = [market.service, market.rival_service]
    sourcing.amend(by=market.user("tpk"), scope="Lain.", hps=11_000_000, days=3, deadline=soon(), services=chosen)
    assert sourcing.hps == 20_000_000


@pytest.mark.parametrize("values", [{"volume": 0}, {"unit_price": 0}, {"number": 2}])
def test_the_database_keeps_items_positive_and_numbered(market: Market, values: dict[str, int]) -> None:
    terms = drafted(market)
    terms.price(by=market.user("pka"), items=TWO)
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(sourcing=terms.sourcing_id, number=1).update(**values)


# --- what it starts from -------------------------------------------------------------------------------
def test_a_kak_starts_from_the_categorys_outline(market: Market) -> None:
    need = market.need(service=market.service, place="Dusun Satu")
    category = need.category
    category.kak_template = "1. Latar belakang\n{masalah}\n\n2. Keluaran\n{hasil}\n\n3. Spesifikasi teknis\nPelatih bersertifikat.\n\n4. Lain\nTidak dipakai.\n"
    category.save()
    found = outline.proposed(market.draft_sourcing(need=need))
    assert found["background"] == need.problem
    assert found["specification"] == "Pelatih bersertifikat."
    assert found["location"].startswith("Dusun Satu, ")
    assert found["output"].startswith("- ")
    assert "progress_reports" not in found, "what nobody knows stays empty"


def test_dotted_lines_of_an_outline_are_left_for_the_village() -> None:
    found = outline.parts_of("1. Maksud dan tujuan\n………………\n2. Lokasi\nDusun Dua\n………………\n")
    assert found == {"location": "Dusun Dua"}


def test_a_second_try_starts_from_the_first_kak(market: Market) -> None:
    terms = drafted(market)
    terms.write(by=market.user("pka"), scope="Kelas.", days=9, background="Ditulis desa.")
    terms.sourcing.fail(by=market.user("tpk"), reason="Keliru.")
    again = market.draft_sourcing(hps=20_000_000, need=terms.need)
    assert outline.proposed(again)["background"] == "Ditulis desa."


# --- the pages -----------------------------------------------------------------------------------------
def test_the_kak_page_shows_what_is_known_and_keeps_what_is_typed(market: Market) -> None:
    sourcing = market.draft_sourcing(hps=20_000_000)
    sourcing.prepare(by=market.user("tpk"), services=[market.service, market.rival_service])
    client, url = market.client("pka"), reverse("terms-new", args=[sourcing.code])
    page = client.get(url)
    assert sourcing.need.problem in page.content.decode()
    typed = filled(page.context["form"]) | {"background": "Diketik.", "specification": "", "stage_0": "Survei"}
    answer = client.post(url, typed)
    assert answer.status_code == 422
    form, text = answer.context["form"], answer.content.decode()
    assert set(form.errors) == {"specification", "length_0", "unit_0"}
    assert "Wajib diisi, atau kosongkan seluruh baris ini." in text
    assert "Diketik." in text
    assert 'value="Survei"' in text
    assert not Terms.objects.exists()


def test_who_opens_the_page_of_a_new_kak(market: Market) -> None:
    sourcing = market.draft_sourcing(hps=20_000_000)
    sourcing.prepare(by=market.user("tpk"), services=[market.service, market.rival_service])
    url = reverse("terms-new", args=[sourcing.code])
    found = {key: market.client(key).get(url).status_code for key in market.everyone()}
    assert {key for key, status in found.items() if status == 200} == WRITERS
    assert {key for key, status in found.items() if status == 404} == STRANGERS - {"public"} | {"firm", "rival"}
    market.terms(sourcing)
    assert market.client("pka").get(url)["Location"] == Terms.objects.get().move_url("write")


def test_more_rows_come_by_a_button_and_lose_no_word(market: Market) -> None:
    terms = drafted(market)
    client, url = market.client("pka"), terms.move_url("price")
    form = client.get(url).context["form"]
    assert form.rows.count == 2
    typed = filled(form) | {"name_1": "Modul", "volume_1": "1.200,5", "tambah": "1"}
    answer = client.post(url, typed)
    assert answer.status_code == 200
    assert answer.context["form"].rows.count == 7
    assert 'value="1.200,5"' in answer.content.decode()
    assert terms.sourcing.items.count() == 1, "nothing is kept by asking for rows"


def test_the_estimate_is_typed_row_by_row(market: Market) -> None:
    terms = drafted(market)
    client, url = market.client("pka"), terms.move_url("price")
    typed = filled(client.get(url).context["form"]) | {
        "name_0": "Pelatih", "volume_0": "2,5", "unit_0": "hari", "unit_price_0": "1.000.001",
        "name_1": "Modul", "volume_1": "1.200", "unit_1": "lembar", "unit_price_1": "Rp 500",
    }  # fmt: skip
    assert client.post(url, typed).status_code == 302
    kept = list(terms.sourcing.items.values_list("name", "volume", "unit", "unit_price"))
    assert kept == [("Pelatih", Decimal("2.5"), "hari", 1_000_001), ("Modul", Decimal(1200), "lembar", 500)]
    emptied = filled(client.get(url).context["form"]) | dict.fromkeys(
        ("name_0", "specification_0", "volume_0", "unit_0", "unit_price_0"), ""
    )
    assert client.post(url, emptied).status_code == 302
    assert list(terms.sourcing.items.values_list("number", "name")) == [(1, "Modul")]


def test_errors_stand_beside_their_row(market: Market) -> None:
    terms = drafted(market)
    client, url = market.client("pka"), terms.move_url("price")
    shown = filled(client.get(url).context["form"])
    wrong = shown | {"volume_0": "banyak", "name_1": "Modul"}
    answer = client.post(url, wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"volume_0", "volume_1", "unit_1", "unit_price_1"}
    assert "Tulis angka, misalnya 2 atau 12,5." in answer.content.decode()
    dear = client.post(url, shown | {"unit_price_0": "20.000.001"})
    assert "melebihi pagu anggaran" in dear.content.decode()
    none = client.post(
        url, shown | dict.fromkeys(("name_0", "specification_0", "volume_0", "unit_0", "unit_price_0"), "")
    )
    assert "Isi sedikitnya satu butir HPS." in none.content.decode()
    assert terms.sourcing.items.get().unit_price == 20_000_000


# --- who reads -----------------------------------------------------------------------------------------
def test_bidders_read_the_kak_once_it_is_fixed_and_never_the_estimates_prices(market: Market) -> None:
    terms = drafted(market)
    terms.price(by=market.user("pka"), items=[*TWO, {**TWO[1], "name": "Sewa", "unit_price": 412_345}])
    sourcing, url = Sourcing.objects.get(pk=terms.sourcing_id), terms.get_absolute_url()
    assert market.client("firm").get(url).status_code == 404
    sourcing.announce(by=market.user("tpk" if sourcing.method != "direct" else "pka"), deadline=soon())
    theirs, own = (market.client(who).get(url).content.decode() for who in ("firm", "tpk"))
    assert terms.specification in theirs
    assert "412.345" not in theirs
    assert "412.345" in own
    offer = market.client("firm").get(reverse("quotation-new", args=[sourcing.need.code])).content.decode()
    assert "Pelatih" in offer
    assert "412.345" not in offer
    assert market.client("firm").get(terms.move_url("price")).status_code == 404
    assert not Terms.objects.visible_to(market.user("firm")).exists()
    assert not Terms.objects.fixed_for(market.user("outsider")).exists()
