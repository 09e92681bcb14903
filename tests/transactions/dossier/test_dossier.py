"""The order's file: every paper in the order of the process, what lacks by the rule, and to each reader their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from core.models import Event, PrintedDocument, StoredFile
from tests.core.files import pdf
from tests.transactions.stage import Market
from transactions import documents
from transactions.documents.contract import issue_spk
from transactions.dossier import STAGES, Dossier
from transactions.dossier.whole import ROW_BY_KIND, ROW_OF
from transactions.models import Need
from transactions.order import Order

pytestmark = pytest.mark.django_db


def file_of(market: Market, need: Need, who: str) -> Dossier:
    return Dossier(Need.objects.select_related("village").get(pk=need.pk), market.user(who))


def titles(dossier: Dossier) -> list[str]:
    return [entry.title for entry in dossier.entries]


def lacks(dossier: Dossier) -> list[str]:
    return [lack.label for lack in dossier.missing]


def print_all(order: Order, by: Any) -> None:
    for each in documents.available(order):
        each.issue(by=by, paper="A4")


def test_a_closed_order_has_its_uploads_in_the_order_of_the_process(market: Market) -> None:
    account = market.account("closed")
    dossier = file_of(market, account.contract.need, "kades")
    assert titles(dossier) == [
        "Kontrak bertanda tangan penyedia (pindaian)",
        "Kontrak bertanda tangan kedua pihak (pindaian)",
        "BAST bertanda tangan (pindaian)",
        "BAST kepada Kepala Desa bertanda tangan (pindaian)",
        "Tagihan penyedia",
        "Pernyataan Tanggung Jawab Belanja bertanda tangan (pindaian)",
        "Bukti penerimaan barang/jasa",
        "Bukti transfer",
        "Berita Acara Musdes bertanda tangan (pindaian)",
        "Daftar Hadir Musdes bertanda tangan (pindaian)",
        "Foto Musdes",
        "Foto Musdes",
    ]
    contract = dossier.entries[0]
    assert (contract.number, contract.on) == ("027/1/SPK", market.today)
    assert contract.who == market.firm.person.name
    assert contract.file is not None and contract.file.sha256 == account.contract.provider_scan.sha256


def test_a_scan_that_was_replaced_is_no_photo(market: Market) -> None:
    """A phone's picture of the minutes, then a better one: the first is an old version, and counts for no photo."""
    account = market.account("musdes")
    meeting = market.meeting(account, full=False)
    by = market.user("bpd")
    old = market.photo("bpd")
    for scan in (old, market.photo("bpd")):
        meeting.attach(by=by, scan=scan)
    meeting.attach(by=by, attendance_scan=market.file("bpd"), photos=[market.photo("bpd"), market.photo("bpd")])
    market.decide(meeting, "accepted")
    dossier = file_of(market, account.contract.need, "kades")
    assert titles(dossier).count("Foto Musdes") == 2
    assert [each.title for each in dossier.entries if each.file == old] == [f"Versi lama: {old.name}"]


def test_every_holder_stands_once() -> None:
    models = [holder.model for stage in STAGES for holder in stage.holders]
    assert len(models) == len(set(models))


def test_what_the_rule_wants_and_is_not_there_stands_first(market: Market) -> None:
    account = market.account("musdes", scan=False)
    dossier = file_of(market, account.contract.need, "pka")
    assert "BAST bertanda tangan (pindaian)" in lacks(dossier)
    page = market.client("pka").get(reverse("order-file", args=[account.contract.need.code])).content.decode()
    assert 0 < page.index("Yang belum ada menurut aturan") < page.index("<h2>Dokumen</h2>")
    lack = next(each for each in dossier.missing if each.paper.kind == "bast-pindaian")
    assert lack.paper.maker == "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"
    assert lack.url == account.contract.move_url("attach_handover_scan")
    account.contract.attach_handover_scan(by=market.user("pka"), scan=market.file("pka"))
    assert "BAST bertanda tangan (pindaian)" not in lacks(file_of(market, account.contract.need, "pka"))


def test_by_offers_the_kak_and_the_hps_lack_until_they_are_printed(market: Market) -> None:
    sourcing = market.sourcing("open", hps=50_000_000)
    wanted = ["Kerangka Acuan Kerja (KAK)", "Harga Perkiraan Sendiri (HPS)"]
    assert [label for label in lacks(file_of(market, sourcing.need, "tpk")) if label in wanted] == wanted
    print_all(Order(sourcing.need, market.user("pka")), market.user("pka"))
    dossier = file_of(market, sourcing.need, "tpk")
    assert not set(wanted) & set(lacks(dossier))
    assert set(wanted) <= set(titles(dossier))


def test_a_letter_to_one_provider_stands_in_for_no_other(market: Market) -> None:
    need = market.sourcing("open", hps=20_000_000).need
    letters = documents.available(Order(Need.objects.select_related("village").get(pk=need.pk), market.user("tpk")))
    next(each for each in letters if each.label.endswith("CV Rinjani")).issue(by=market.user("tpk"), paper="A4")
    asked = [label for label in lacks(file_of(market, need, "tpk")) if label.startswith("Surat Permintaan")]
    assert asked == ["Surat Permintaan Penawaran – PT Tastura"]


def test_a_direct_purchase_lacks_no_paper_of_a_tender(market: Market) -> None:
    sourcing = market.sourcing("open")
    assert lacks(file_of(market, sourcing.need, "pka")) == []


def test_a_bidder_reads_its_own_offer_and_none_of_the_villages_papers(market: Market) -> None:
    sourcing = market.sourcing("evaluated", hps=50_000_000)
    for key in ("firm", "rival"):
        provider = {"firm": market.firm, "rival": market.rival}[key].provider
        quotation = sourcing.quotations.get(provider=provider)
        quotation.attachment = market.file(key)
        quotation.attachment.hold(quotation)
        quotation.save()
    print_all(Order(sourcing.need, market.user("tpk")), market.user("tpk"))
    village = titles(file_of(market, sourcing.need, "tpk"))
    assert sum("Lampiran penawaran" in title for title in village) == 2
    assert {"Harga Perkiraan Sendiri (HPS)", "Berita Acara Hasil Evaluasi"} <= set(village)
    for key in ("firm", "rival"):
        theirs = file_of(market, sourcing.need, key)
        own = [entry for entry in theirs.entries if "Lampiran penawaran" in entry.title]
        assert [entry.who for entry in own] == [market.user(key).name]
        assert not {"Harga Perkiraan Sendiri (HPS)", "Berita Acara Hasil Evaluasi"} & set(titles(theirs))
        assert theirs.warned == [] and lacks(theirs) == []


def test_a_sealed_offer_is_in_its_owners_file_alone(market: Market) -> None:
    sourcing = market.sourcing("open", hps=50_000_000)
    quotation = market.offer(sourcing, "firm", 40_000_000)
    quotation.attachment = market.file("firm")
    quotation.send(by=market.user("firm"))
    assert "Lampiran penawaran" in titles(file_of(market, sourcing.need, "firm"))
    for who in ("pka", "tpk", "rival", "dpmd", "ministry"):
        assert "Lampiran penawaran" not in titles(file_of(market, sourcing.need, who)), who


def test_an_offer_that_was_replaced_is_not_shown_to_the_village(market: Market) -> None:
    sourcing = market.sourcing("opened", hps=50_000_000)
    quotation = sourcing.quotations.earliest("pk")
    old = StoredFile.objects.store(pdf(), name="harga lama.pdf", content_type="application/pdf", by=market.user("firm"))
    old.hold(quotation)
    assert not any("harga lama" in title for title in titles(file_of(market, sourcing.need, "tpk")))


def test_strangers_have_no_file(market: Market) -> None:
    account = market.account("closed")
    need = account.contract.need
    for name, args in (("order-file", [need.code]), ("order-bundle-new", [need.code, "zip"])):
        url = reverse(name, args=args)
        for who in ("operator2", "dpmd2", "nobody", "outsider", "rival"):
            assert market.client(who).get(url).status_code in (404, 405), (name, who)
            assert market.client(who).post(url).status_code in (404, 405), (name, who)


def test_an_ended_contract_stands_in_the_file_with_its_reason(market: Market) -> None:
    contract = market.contract("issued")
    contract.sign_for_provider(by=market.user("firm"), scan=market.file("firm"))
    need = contract.need
    type(contract).objects.get(pk=contract.pk)
    terminated = market.contract("terminated")
    again = market.sourcing("awarded", need=Need.objects.get(pk=terminated.need.pk))
    issued = again.contract
    issued.issue(by=market.user("pka"), number="027/9/SPK", signed_on=market.today, starts_on=market.today)
    issued.sign_for_provider(by=market.user("firm"), scan=market.file("firm"))
    StoredFile.objects.store(
        pdf(), name="surat.pdf", content_type="application/pdf", holder=terminated, by=market.user("pka")
    )
    dossier = file_of(market, terminated.need, "pka")
    parts = dossier.parts()
    assert [(part.stage.key, bool(part.ended)) for part in parts] == [("kontrak", True), ("kontrak", False)]
    assert "kontrak diputus" in parts[0].ended
    assert need.pk != terminated.need.pk


def test_a_caution_that_was_confirmed_stands_with_its_reason(market: Market) -> None:
    account = market.account("closed")
    contract = account.contract
    Event.objects.create(
        about="transactions.contract", about_id=str(contract.pk), about_code=contract.code, verb="issue",
        actor=market.user("pka"), actor_name="Contoh Pka",
        data={"cautions": [{"kind": "uji", "sentence": "Paket tampak dipecah.", "reason": "Dua dusun berbeda."}]},
    )  # fmt: skip
    url = reverse("order-file", args=[contract.need.code])
    page = market.client("dpmd").get(url).content.decode()
    assert "Paket tampak dipecah." in page and "Dua dusun berbeda." in page
    assert "Paket tampak dipecah." not in market.client("firm").get(url).content.decode()


def test_an_earlier_print_is_marked_as_such(market: Market) -> None:
    contract = market.contract("issued")
    for paper in ("A4", "F4"):
        issue_spk(contract, by=market.user("pka"), paper=paper)
    dossier = file_of(market, contract.need, "pka")
    spk = [(entry.printed.paper, entry.superseded) for entry in dossier.entries if entry.printed]
    assert spk == [("A4", True), ("F4", False)]


def test_one_stage_is_shown_when_asked(market: Market) -> None:
    account = market.account("closed")
    url = reverse("order-file", args=[account.contract.need.code])
    page = market.client("pka").get(url, {"tahap": "musdes"}).content.decode()
    assert "Foto Musdes" in page and "BAST bertanda tangan" not in page
    odd = market.client("pka").get(url, {"tahap": "'; --"}).content.decode()
    assert "Foto Musdes" in odd and "BAST bertanda tangan" in odd


def test_the_file_costs_as_many_queries_with_three_photos_as_with_one(
    market: Market, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    contract = market.contract("running")
    url, client = reverse("order-file", args=[contract.need.code]), market.client("pka")

    def report(percent: int, photos: int) -> int:
        pictures = [market.photo("firm") for _ in range(photos)]
        contract.report_progress(by=market.user("firm"), percent=percent, text="Jalan.", photos=pictures)
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    assert report(20, 1) == report(60, 3)


def test_every_declared_kind_stands_once_and_its_document_exists() -> None:
    from django.apps import apps

    rows = [paper for stage in STAGES for paper in stage.papers]
    assert len({(paper.of, paper.kind) for paper in rows}) == len(rows) == len(ROW_OF)
    assert len({paper.kind for paper in rows if paper.is_printed}) == len(ROW_BY_KIND)
    for paper in rows:
        model = apps.get_model(paper.of)
        names = {field.name for field in model._meta.get_fields()} | set(dir(model))
        for name in filter(None, (paper.number, paper.on, paper.field.split(".")[0])):
            assert name in names, (paper.kind, name)
        assert not paper.verb or paper.verb in model.MOVES, paper.kind
        assert all((paper.of, kind) in ROW_OF for kind in paper.instead), paper.kind


def test_every_document_that_holds_papers_is_a_holder(market: Market) -> None:
    """What somebody held or printed in a whole story is found through the tables."""
    account = market.account("closed", hps=50_000_000, prices={"firm": 48_000_000, "rival": 49_000_000})
    need = account.contract.need
    print_all(Order(need, market.user("pka")), market.user("pka"))
    dossier = file_of(market, need, "pka")
    held = {entry.file.pk for entry in dossier.entries if entry.file} | {
        entry.printed.pk for entry in dossier.entries if entry.printed
    }
    files = StoredFile.objects.filter(about__startswith="transactions.")
    printed = PrintedDocument.objects.filter(about__startswith="transactions.")
    assert held == set(files.values_list("pk", flat=True)) | set(printed.values_list("pk", flat=True))
