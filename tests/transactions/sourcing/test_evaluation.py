"""The evaluation: each offer in three parts, with its papers, its share of the HPS, and why it fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.documents import page
from core.models import PrintedDocument
from core.workflow import TransitionRefused
from tests.transactions.sourcing.test_items import asked, invited, papers
from tests.transactions.stage import OVERSEERS, VILLAGE, Market, soon
from tests.transactions.test_pages import filled, queries
from transactions.documents.offers import issue_evaluation, issue_hps, issue_kak
from transactions.models import Evaluation, EvaluationMinutes, Judgement, Sourcing, Terms
from transactions.models.sourcing.evaluation import permille_of

pytestmark = pytest.mark.django_db


def opened(market: Market) -> Sourcing:
    """The firm with all papers for 16.100.000, the rival with a letter alone for 19.300.000; HPS 19.500.000."""
    sourcing = invited(market)
    market.offer(sourcing, "firm").send(
        by=market.user("firm"), prices=asked(sourcing, 5_000_000, 120_000), papers=papers(market)
    )
    market.offer(sourcing, "rival").send(
        by=market.user("rival"), prices=asked(sourcing, 7_000_000, 60_000), papers={"letter": market.file("rival")}
    )
    market.let_deadline_pass(sourcing)
    market.open_offers(sourcing)
    return sourcing


def said(sourcing: Sourcing, **second: Any) -> dict[str, Judgement]:
    first, other = sourcing.quotations.order_by("price")
    return {first.code: Judgement(), other.code: Judgement(**second)}


# --- what is kept --------------------------------------------------------------------------------------
def test_each_offer_is_kept_in_its_three_parts(market: Market) -> None:
    sourcing = opened(market)
    why = {"administration": False, "administration_note": "Tiga berkas tidak ada.", "technical_note": "Jadwal jelas."}
    sourcing.evaluate(by=market.user("tpk"), results=said(sourcing, **why), number="027/BA-EV", place="Kantor desa")
    good, bad = Evaluation.objects.order_by("rank")
    assert (good.rank, good.permille, good.percent, good.passes) == (1, 826, 82.6, True)
    assert (bad.rank, bad.permille, bad.passes) == (2, 990, False)
    assert {row[1:] for row in good.paper_rows} == {(True, True)}
    assert [row[1:] for row in bad.paper_rows] == [(True, True), (False, False), (False, False), (False, False)]
    assert bad.quotation.state == "disqualified"
    assert bad.quotation.result_reason == "Tiga berkas tidak ada."
    minutes = EvaluationMinutes.objects.get()
    assert (minutes.number, minutes.held_on, minutes.place) == ("027/BA-EV", market.today, "Kantor desa")


@pytest.mark.parametrize(("price", "hps", "permille"), [(999, 2000, 500), (1, 2000, 1), (1, 2001, 0), (3, 2, 1500)])
def test_the_share_of_the_hps_is_rounded_half_up(price: int, hps: int, permille: int) -> None:
    assert permille_of(price, hps) == permille


@pytest.mark.parametrize("part", ["administration", "technical", "price"])
def test_a_part_that_fails_says_why(market: Market, part: str) -> None:
    sourcing = opened(market)
    with pytest.raises(TransitionRefused, match="Tuliskan alasan bila penawaran tidak memenuhi syarat"):
        sourcing.evaluate(by=market.user("tpk"), results=said(sourcing, **{part: False}))
    assert not Evaluation.objects.exists()
    sourcing.refresh_from_db()
    sourcing.evaluate(by=market.user("tpk"), results=said(sourcing, **{part: False, f"{part}_note": "Sebab."}))
    with pytest.raises(IntegrityError), transaction.atomic():
        Evaluation.objects.filter(**{part: False}).update(**{f"{part}_note": ""})


def test_several_failures_are_told_part_by_part() -> None:
    judged = Judgement(
        technical=False,
        technical_note="Tanpa pelatih.",
        price=False,
        price_note="Terlalu murah",
        administration_note="Baik.",
    )
    assert judged.reason == "Teknis: Tanpa pelatih. Harga: Terlalu murah."
    assert Judgement.of((False, "Tanpa jadwal.")).reason == "Tanpa jadwal."


def test_every_offer_is_judged_and_no_day_lies_ahead(market: Market) -> None:
    import datetime as dt

    sourcing = opened(market)
    first = sourcing.quotations.order_by("price")[0]
    with pytest.raises(TransitionRefused, match="Nilai setiap penawaran yang masuk"):
        sourcing.evaluate(by=market.user("tpk"), results={first.code: Judgement()})
    sourcing.refresh_from_db()
    tomorrow = market.today + dt.timedelta(days=1)
    with pytest.raises(TransitionRefused, match="Tanggal evaluasi tidak boleh di masa depan"):
        sourcing.evaluate(by=market.user("tpk"), results=said(sourcing), held_on=tomorrow)


# --- the form ------------------------------------------------------------------------------------------
def test_the_form_asks_for_each_part_and_keeps_what_was_typed(market: Market) -> None:
    sourcing = opened(market)
    client, url = market.client("tpk"), sourcing.move_url("evaluate")
    cheap, dear = sourcing.quotations.order_by("price")
    shown = client.get(url)
    text = shown.content.decode()
    assert [row["quotation"].pk for row in shown.context["form"].rows] == [cheap.pk, dear.pk]
    assert "82,6 % dari HPS" in text
    typed = filled(shown.context["form"]) | {"number": "027/BA"}
    for offer in (cheap, dear):
        typed |= {f"{part}_{offer.code}": "yes" for part in ("administration", "technical", "price")}
        typed |= {f"paper_{paper.kind}_{offer.code}": "yes" for paper in offer.papers.all()}
    answer = client.post(url, typed | {f"technical_{cheap.code}": "no"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {f"technical_note_{cheap.code}", f"administration_note_{dear.code}"}
    assert "Tuliskan mengapa administrasi tetap diterima." in answer.content.decode()
    assert 'value="027/BA"' in answer.content.decode()
    mended = typed | {f"administration_note_{dear.code}": "Berkas diminta menyusul."}
    assert client.post(url, mended).status_code == 302
    kept = Evaluation.objects.get(quotation=dear)
    assert (kept.passes, kept.administration_note) == (True, "Berkas diminta menyusul.")
    assert EvaluationMinutes.objects.get().number == "027/BA"


def test_a_bidder_reads_its_own_result_alone(market: Market) -> None:
    sourcing = opened(market)
    why = {"technical": False, "technical_note": "Pelatih tidak disebut."}
    sourcing.evaluate(by=market.user("tpk"), results=said(sourcing, **why))
    texts = {
        key: market.client(key).get(sourcing.get_absolute_url()).content.decode() for key in ("firm", "rival", "tpk")
    }
    assert {key for key, text in texts.items() if "Pelatih tidak disebut." in text} == {"rival", "tpk"}


def test_the_order_takes_as_many_queries_for_three_judged_offers_as_for_two(market: Market) -> None:
    counts = []
    for names in (("firm", "rival"), ("firm", "rival", "outsider")):
        services = {"firm": market.service, "rival": market.rival_service, "outsider": market.third_service}
        sourcing = market.draft_sourcing(hps=19_500_000)
        market.prepare(sourcing, by="tpk", services=[services[name] for name in names])
        sourcing.announce(by=market.user("tpk"), deadline=soon())
        for place, name in enumerate(names):
            market.quote(sourcing, name, 19_000_000 - place)
        market.let_deadline_pass(sourcing)
        market.open_offers(sourcing)
        sourcing.evaluate(by=market.user("tpk"), results={q.code: (True, "") for q in sourcing.quotations.all()})
        counts.append(queries(market.client("tpk"), sourcing.get_absolute_url()))
    assert counts[0] == counts[1]


# --- the papers ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_the_minutes_of_the_evaluation_are_printed_from_the_record(market: Market, paper: str) -> None:
    sourcing = opened(market)
    why = {"technical": False, "technical_note": "Tanpa jadwal."}
    sourcing.evaluate(by=market.user("tpk"), results=said(sourcing, **why), number="027/BA-EV/2026")
    printed = issue_evaluation(EvaluationMinutes.objects.get(), by=market.user("tpk"), paper=paper)
    html, _ = page(PrintedDocument.objects.get(pk=printed.pk))
    for words in (
        "Nomor: 027/BA-EV/2026", "CV Rinjani", "PT Tastura", "Surat pernyataan kebenaran usaha", "Tidak ada",
        "16.100.000", "82,6 %", "99,0 %", "Tanpa jadwal.", "Enam Belas Juta Seratus Ribu Rupiah", "Hanya satu penawaran",
        "Keputusan Kepala Desa Nomor",
    ):  # fmt: skip
        assert words in html, words
    seen = {key for key, user in market.everyone().items() if user is not None and printed.is_visible_to(user)}
    assert seen == VILLAGE | OVERSEERS, "bidders read their own result, not the minutes"


@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_kak_and_hps_are_printed_from_the_record(market: Market, paper: str) -> None:
    terms = Terms.objects.get(sourcing=invited(market))
    kak, hps = (issue(terms, by=market.user("pka"), paper=paper) for issue in (issue_kak, issue_hps))
    text, _ = page(PrintedDocument.objects.get(pk=kak.pk))
    for number, heading in enumerate(
        ("Latar belakang", "Maksud dan tujuan", "Sasaran dan keluaran", "Lokasi", "Sumber pendanaan", "Nilai pekerjaan",
         "Kode rekening", "Kasi/Kaur", "Tim Pelaksana", "Lingkup pekerjaan", "Spesifikasi teknis", "Peralatan",
         "Jangka waktu", "Jadwal", "Laporan kemajuan", "Laporan akhir"), 1,
    ):  # fmt: skip
        assert f"{number}. {heading}" in text
    assert "Sembilan Belas Juta Lima Ratus Ribu Rupiah" in text
    assert "Contoh Pka" in text
    sums, _ = page(PrintedDocument.objects.get(pk=hps.pk))
    for words in ("Pelatih", "2,5", "6.000.000", "15.000.000", "4.500.000", "19.500.000", "Terbilang"):
        assert words in sums, words
    readers = {key for key, user in market.everyone().items() if user is not None and hps.is_visible_to(user)}
    assert readers == VILLAGE | OVERSEERS, "the estimate's prices are not for bidders"
    assert kak.is_visible_to(market.user("firm"))


def test_a_draft_is_printed_as_a_draft_for_the_village_alone(market: Market) -> None:
    terms = Terms.objects.get(sourcing=market.sourcing("draft", hps=20_000_000))
    first = issue_kak(terms, by=market.user("pka"))
    assert first.snapshot["watermark"] == "DRAF"
    assert not first.is_visible_to(market.user("firm"))
    assert issue_kak(terms, by=market.user("pka")).pk == first.pk, "the same content is printed once"
    terms.write(by=market.user("pka"), scope="Lain sama sekali.", days=3)
    terms.refresh_from_db()
    assert issue_kak(terms, by=market.user("pka")).pk != first.pk
