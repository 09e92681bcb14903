"""What an auditor would ask: split packages, one owner behind two offers, ties with the office, dear prices."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Membership, Provider, Role
from catalog.models import Category
from core.workflow import Unconfirmed
from tests.transactions.stage import LONG_AGO, Market, Reasoned, soon
from transactions import cautions, watch
from transactions.models import PriceReference, Sourcing
from verification.models import Declaration

pytestmark = pytest.mark.django_db


def waiting(act: Any) -> list[str]:
    """The sentences of what this waits for; none when it was made."""
    try:
        act()
    except Unconfirmed as found:
        return [each.sentence for each in found.cautions]
    return []


# --- split packages -------------------------------------------------------------------------------------------
def prepared(market: Market, hps: int, **need: Any) -> tuple[Sourcing, Any]:
    """A sourcing that is not saved, and the act that would save it."""
    sourcing = market.draft_sourcing(hps=hps, need=market.need(estimate=hps, **need))
    direct = hps <= 10_000_000
    services = [market.service] if direct else [market.service, market.rival_service]
    return sourcing, lambda: sourcing.prepare(by=market.user("pka" if direct else "tpk"), services=services)


def test_two_small_packages_of_one_category_pass_the_limit_together(market: Market) -> None:
    market.sourcing("draft", hps=6_000_000)
    sourcing, act = prepared(market, 5_000_000)
    assert waiting(act) == [
        f"Desa ini sudah mengadakan 1 paket lain dari kegiatan atau kategori yang sama pada tahun anggaran "
        f"{market.today.year}. Bersama paket ini jumlahnya Rp11.000.000, di atas batas Pembelian Langsung "
        f"Rp10.000.000 ({sourcing.rule.basis}). Paket tidak boleh dipecah untuk menghindari batas itu."
    ]
    sourcing, act = prepared(market, 5_000_000)
    sourcing.give_reasons({"split-package": "Dua kelas untuk dua kelompok."})
    act()
    assert [each.reason for each in cautions.noted(sourcing.events())] == ["Dua kelas untuk dua kelompok."]


def test_below_the_limit_nothing_is_asked(market: Market) -> None:
    market.sourcing("draft", hps=5_000_000)
    assert waiting(prepared(market, 5_000_000)[1]) == []


@pytest.mark.parametrize("other", ["category", "year", "village", "failed"])
def test_what_does_not_belong_together_is_not_added(market: Market, other: str) -> None:
    fields: dict[str, Any] = {}
    if other == "category":
        fields = {"category": Category.objects.exclude(key="kewirausahaan").first()}
    first = market.sourcing("draft", hps=9_000_000, need=market.need(estimate=9_000_000, **fields))
    if other == "year":
        type(first.need).objects.filter(pk=first.need_id).update(fiscal_year=market.today.year - 1)
    if other == "village":
        type(first.need).objects.filter(pk=first.need_id).update(village="52.02.04.2008")
    if other == "failed":
        first.fail(by=market.user("pka"), reason="Tidak jadi.")
    assert waiting(prepared(market, 9_000_000)[1]) == []


def test_the_limit_is_that_of_its_own_method(market: Market) -> None:
    market.sourcing("draft", hps=190_000_000)
    assert len(waiting(prepared(market, 20_000_000)[1])) == 1  # together above what quotations may buy
    assert len(waiting(prepared(market, 9_000_000)[1])) == 1


def test_answered_once_it_is_not_asked_again_in_the_same_words(market: Market) -> None:
    market.sourcing("draft", hps=6_000_000)
    sourcing, act = prepared(market, 5_000_000)
    sourcing.give_reasons({"split-package": "Dua kelompok."})
    act()
    assert sourcing.cautions("announce", market.user("pka")) == []
    market.sourcing("draft", hps=1_000_000)  # the sum is another one now
    assert [each.kind for each in sourcing.cautions("announce", market.user("pka"))] == ["split-package"]


# --- one owner in two offers ----------------------------------------------------------------------------------
SECRET = {
    "nik": "5202019999990001", "npwp": "9999888877776666", "account_number": "777666555", "phone": "0812-9999-8888",
    "email": "satu@milik.example", "address": "Jalan Rahasia No. 9, Praya", "person_in_charge": "Inaq Rahasia Sekali",
}  # fmt: skip
SAID = {
    "nik": "penanggung jawab", "npwp": "NPWP", "account_number": "nomor rekening", "phone": "telepon",
    "email": "email", "address": "alamat", "person_in_charge": "nama penanggung jawab",
}  # fmt: skip
OTHERWISE = {
    "phone": "+62 812 9999 8888", "email": "SATU@milik.example", "address": "Jln. Rahasia nomor 9 Praya",
    "person_in_charge": "Rahasia Inaq Sekali",
}  # fmt: skip


def share(market: Market, *fields: str) -> None:
    """The two firms have these in common, written a little otherwise where people do."""
    for provider, ways in ((market.firm.provider, SECRET), (market.rival.provider, SECRET | OTHERWISE)):
        row = Provider.objects.get(pk=provider.pk)
        for field in fields:
            setattr(row, field, ways[field])
        row.save()


@pytest.mark.parametrize("field", sorted(SECRET))
def test_two_invited_with_one_owner_are_a_caution_that_tells_no_value(market: Market, field: str) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    tpk = market.user("tpk")
    assert sourcing.cautions("announce", tpk) == []
    share(market, field)
    found = sourcing.cautions("announce", tpk)
    assert [each.sentence for each in found] == [
        f"CV Rinjani dan PT Tastura mempunyai {SAID[field]} yang sama, jadi mungkin milik orang yang sama. Dua "
        "penawaran dari satu pemilik bukan persaingan."
    ]
    assert not [value for value in SECRET.values() if value in found[0].sentence]


@pytest.mark.parametrize("ended", [False, True], ids=["works", "worked"])
def test_two_invited_with_one_account_are_a_caution_that_names_nobody(market: Market, ended: bool) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    since = market.today - dt.timedelta(days=90)
    Membership.objects.create(
        user=market.firm.person, role=Role.PROVIDER, provider=market.rival.provider, starts_on=since,
        ends_on=since + dt.timedelta(days=9) if ended else None,
    )  # fmt: skip
    (only,) = sourcing.cautions("announce", market.user("tpk"))
    assert "CV Rinjani dan PT Tastura mempunyai akun pengguna yang sama" in only.sentence
    assert market.firm.person.name not in only.sentence


def test_all_that_two_share_stands_in_one_sentence(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    share(market, "npwp", "phone", "address")
    (only,) = sourcing.cautions("announce", market.user("tpk"))
    assert "NPWP, telepon dan alamat yang sama" in only.sentence


def test_who_offered_is_compared_again_at_evaluation_and_award(market: Market) -> None:
    sourcing = market.sourcing("opened", hps=20_000_000)
    share(market, "phone")  # found out later
    tpk, results = market.user("tpk"), {q.code: (True, "") for q in sourcing.quotations.all()}
    assert len(waiting(lambda: sourcing.evaluate(by=tpk, results=results))) == 1
    sourcing.give_reasons(Reasoned())
    sourcing.evaluate(by=tpk, results=results)
    assert sourcing.cautions("award", tpk) == []  # the same words were answered
    share(market, "npwp")
    assert len(sourcing.cautions("award", tpk)) == 1


def test_who_dropped_out_is_not_compared(market: Market) -> None:
    sourcing = market.sourcing("opened", hps=20_000_000)
    share(market, "phone")
    sourcing.quotations.filter(provider=market.rival.provider).update(state="withdrawn")
    assert sourcing.cautions("evaluate", market.user("tpk")) == []


def test_the_rival_reads_nothing_of_it(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    share(market, "phone")
    sourcing.give_reasons(Reasoned())
    sourcing.announce(by=market.user("tpk"), deadline=soon())
    address = sourcing.need.get_absolute_url()
    assert "mungkin milik orang yang sama" in market.client("tpk").get(address).content.decode()
    assert "mungkin milik orang yang sama" in market.client("pd").get(address).content.decode()
    for bidder in ("firm", "rival"):
        answer = market.client(bidder).get(address)
        assert answer.status_code == 200
        assert "mungkin milik" not in answer.content.decode()


# --- ties -------------------------------------------------------------------------------------------------------
TIE = "Tercatat hubungan antara pemegang jabatan desa ini (Kepala Desa) dan CV Rinjani."


def test_a_bidder_for_which_the_head_works_or_worked(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    Membership.objects.create(
        user=market.user("kades"), role=Role.PROVIDER, provider=market.firm.provider, starts_on=LONG_AGO,
        ends_on=LONG_AGO,
    )  # fmt: skip
    assert [each.sentence for each in sourcing.cautions("announce", market.user("tpk"))] == [TIE]


def test_a_tie_in_the_register_counts_until_it_ends(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    tie = Declaration.objects.create(
        regency_id="52.02", provider=market.firm.provider, member=market.user("kades"), tie="kin",
        declared_by=market.user("dpmd"),
    )  # fmt: skip
    (only,) = sourcing.cautions("announce", market.user("tpk"))
    assert only.sentence == TIE  # the office, not the person nor the kind of tie
    Declaration.objects.filter(pk=tie.pk).update(
        ended_at=timezone.now(), ended_by=market.user("dpmd"), end_reason="Keliru."
    )
    assert sourcing.cautions("announce", market.user("tpk")) == []


def test_a_tie_of_a_former_official_or_of_another_village_does_not_count(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000)
    for key in ("kades2", "kaur"):
        Declaration.objects.create(
            regency_id="52.02", provider=market.firm.provider, member=market.user(key), tie="kin",
            declared_by=market.user("dpmd"),
        )  # fmt: skip
    Membership.objects.filter(user=market.user("kaur")).update(ends_on=LONG_AGO)
    assert sourcing.cautions("announce", market.user("tpk")) == []


# --- prices -----------------------------------------------------------------------------------------------------
def reference(median: int, n: int = 5) -> None:
    PriceReference.objects.create(
        area_id="52.02", category=Category.objects.get(key="kewirausahaan"), kind="bimtek", unit="paket", n=n,
        minimum=median // 2, median=median, maximum=median * 3, computed_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("median", "n", "asked"), [(16_000_000, 5, False), (15_000_000, 5, True), (15_000_000, 2, False)]
)
def test_an_estimate_far_above_what_others_paid(market: Market, median: int, n: int, asked: bool) -> None:
    """More than 25 % above a median that rests on enough contracts."""
    sourcing = market.sourcing("draft", hps=20_000_000)
    reference(median, n)
    found = [each.sentence for each in sourcing.cautions("announce", market.user("tpk"))]
    assert found == (
        ["HPS Rp20.000.000 per paket, 33 % di atas median Rp15.000.000 dari 5 kontrak di Kabupaten Lombok Tengah."]
        if asked
        else []
    )


def test_the_winner_is_judged_by_its_price_and_by_what_is_declared(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    offer = sourcing.quotations.get(provider=market.firm.provider)
    assert watch.of_winner(sourcing, offer, "") == []
    reference(10_000_000)
    kinds = [each.kind for each in watch.of_winner(sourcing, offer, "Direkturnya adik Kepala Desa.")]
    assert kinds == ["dear", "declared-tie"]


def test_the_price_is_of_one_unit(market: Market) -> None:
    """20 million for three, rounded half up."""
    sourcing = market.sourcing("draft", hps=20_000_000, need=market.need(estimate=20_000_000, volume=3))
    reference(5_000_000)
    (only,) = sourcing.cautions("announce", market.user("tpk"))
    assert only.sentence.startswith("HPS Rp6.666.667 per paket, 33 %")


def test_another_unit_is_not_compared(market: Market) -> None:
    sourcing = market.sourcing("draft", hps=20_000_000, need=market.need(estimate=20_000_000, unit="orang"))
    reference(1_000_000)
    assert sourcing.cautions("announce", market.user("tpk")) == []


# --- the award --------------------------------------------------------------------------------------------------
def award_page(market: Market, sourcing: Sourcing, **more: Any) -> Any:
    offer = sourcing.quotations.get(provider=market.rival.provider)
    return market.client("tpk").post(sourcing.move_url("award"), {"quotation": offer.pk, **more})


def test_whoever_awards_says_whether_there_is_a_tie(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    assert "Wajib diisi" in award_page(market, sourcing).content.decode()
    told = award_page(market, sourcing, related="ada")
    assert "Jelaskan siapa dan hubungannya apa." in told.content.decode()
    assert award_page(market, sourcing, related="tidak", tie="Lupa dihapus").status_code == 302
    event = sourcing.events().get(verb="award")
    assert event.data["tie"] == ""
    assert "cautions" not in event.data


def test_a_declared_tie_wants_a_reason_that_stays(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    words = {"related": "ada", "tie": "Direkturnya adik Kepala Desa."}
    asked = award_page(market, sourcing, **words)
    assert asked.status_code == 422
    assert (
        "Anda menyatakan ada hubungan antara PT Tastura dan pejabat desa ini: Direkturnya adik Kepala Desa."
        in asked.content.decode()
    )
    answer = award_page(market, sourcing, **words, **{"alasan-peringatan-declared-tie": "Harganya terendah."})
    assert answer.status_code == 302
    event = sourcing.events().get(verb="award")
    assert event.data["tie"] == "Direkturnya adik Kepala Desa."
    assert [each.reason for each in cautions.noted([event])] == ["Harganya terendah."]


def test_a_dear_winner_wants_a_reason(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=20_000_000)
    reference(10_000_000)
    asked = award_page(market, sourcing, related="tidak")
    assert asked.status_code == 422
    assert "Harga PT Tastura Rp19.800.000 per paket, 98 % di atas median" in asked.content.decode()
