"""The papers of an order, rendered by the job and read back: key sentences, pages, tags, the village's own zone."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from core import jobs
from core.documents import job_key, page
from core.formats import tanggal_sedang
from core.models import Job, PrintedDocument
from tests.transactions.stage import Market
from transactions import documents
from transactions.documents.contract import issue_bast, issue_spk
from transactions.documents.meeting import (
    issue_attendance,
    issue_blank_minutes,
    issue_book_line,
    issue_minutes,
    issue_notes,
)
from transactions.models import Duty
from transactions.order import Order

pytestmark = pytest.mark.django_db


def rendered(paper: PrintedDocument) -> PdfReader:
    """As the worker makes it."""
    assert jobs.run(Job.objects.get(key=job_key(paper)).pk)
    paper.refresh_from_db()
    assert paper.file is not None
    with paper.file.content.open("rb") as stored:
        content = stored.read()
    if folder := os.environ.get("KEEP_PAPERS"):  # to look at them
        Path(folder, f"{paper.kind}-{paper.pk}.pdf").write_bytes(content)
    return PdfReader(io.BytesIO(content))


def text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def tagged_and_indonesian(pdf: PdfReader) -> None:
    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("id")
    assert root["/StructTreeRoot"]


def test_the_order_says_what_was_agreed(market: Market) -> None:
    contract = market.contract("issued")
    pdf = rendered(issue_spk(contract, by=market.user("pka")))
    text = text_of(pdf)
    tagged_and_indonesian(pdf)
    assert len(pdf.pages) == 2
    for sentence in (
        "SURAT PESANAN",
        "027/1/SPK",
        "PEMERINTAH KABUPATEN LOMBOK TENGAH",
        "DESA KUTA",
        "CV Rinjani",
        "Contoh Pka",
        "Rp9.400.000 (Sembilan Juta Empat Ratus Ribu Rupiah), sudah termasuk pajak",
        "14 (empat belas) hari kalender",
        "Pembelian Langsung berdasarkan Peraturan LKPP 12/2019",
        "Pembayaran dilakukan dari Rekening Kas Desa setelah hasil pekerjaan diperiksa dan diserahterimakan",
        ", bukan tanda tangan elektronik",
        "Kuta, ",
    ):
        assert sentence.lower() in text.lower(), sentence
    assert contract.snapshot_sha256[:16] in text.replace(" ", "")


def test_the_hand_over_is_printed_blank_before_and_filled_after(market: Market) -> None:
    contract = market.contract("inspected")
    blank = text_of(rendered(issue_bast(contract, by=market.user("pka"))))
    assert "Pada hari ini ...." in blank
    assert "028/1/BAST" not in blank
    contract.hand_over(by=market.user("pka"), number="028/1/BAST", on=market.today, place="Kantor Desa Kuta")
    pdf = rendered(issue_bast(contract, by=market.user("pka")))
    filled = text_of(pdf)
    tagged_and_indonesian(pdf)
    assert len(pdf.pages) <= 2
    for sentence in (
        "028/1/BAST",
        "bertempat di Kantor Desa Kuta",
        "Pihak Pertama menyerahkan dan Pihak Kedua menerima hasil pekerjaan Pembukuan BUM Desa, 1 paket",
        "selesai 100 % sesuai volume dan spesifikasi",
        "Hasil pemeriksaan: Sesuai.",
        "Contoh Kades",
    ):
        assert sentence in filled, sentence
    assert "Pada hari ini ...." not in filled


def test_the_minutes_are_printed_blank_to_take_along(market: Market) -> None:
    account = market.account("musdes")
    pdf = rendered(issue_blank_minutes(account, by=market.user("pld")))
    text = text_of(pdf)
    tagged_and_indonesian(pdf)
    assert 2 <= len(pdf.pages) <= 3
    for sentence in (
        "BADAN PERMUSYAWARATAN DESA",
        "Pada hari ini ....".lower(),
        "WITA, bertempat di",
        "Perwakilan masyarakat miskin",
        "diterima / diterima dengan catatan / belum diterima",
        "Rp9.400.000",
        "pajak dipotong Rp188.000",
    ):
        assert sentence.lower() in text.lower(), sentence
    assert "WIB" not in text


def test_the_assembly_reads_that_the_work_came_late_and_was_fined(market: Market) -> None:
    account = market.account("musdes")
    type(account.contract).objects.update(late_days=3, fine_proposed=28_200, fine=28_200)
    account.refresh_from_db()
    text = text_of(rendered(issue_blank_minutes(account, by=market.user("pld"))))
    assert "terlambat 3 hari, denda Rp28.200" in " ".join(text.split())


def test_the_minutes_are_printed_filled_from_the_record(market: Market) -> None:
    account = market.account("musdes")
    meeting = market.meeting(account)
    due = market.today + dt.timedelta(days=10)
    duty = Duty(account.code, "Bagikan modul", "Kasi Kesejahteraan", due)
    market.decide(meeting, "with_notes", minutes_number="141/7/BA", note="Modul dibagikan.", follow_ups=[duty])
    meeting = type(meeting).objects.get(pk=meeting.pk)
    pdf = rendered(issue_minutes(meeting, by=market.user("bpd")))
    text = text_of(pdf)
    tagged_and_indonesian(pdf)
    for sentence in (
        "141/7/BA",
        "pukul 09.00 sampai 11.00 WITA, bertempat di Aula desa",
        "Hadir 15 orang: 4 laki-laki dan 11 perempuan",
        "Contoh Bpd, dari BPD",
        "Dibantu oleh : Contoh Pld",
        "Inaq: Ada lanjutannya?",
        "Musyawarah memutuskan:",
        ": Diterima dengan catatan. Modul dibagikan.",
        "Bagikan modul",
        "Kasi Kesejahteraan",
    ):
        assert sentence in text, sentence
    assert "WIB" not in text
    assert "pukul ...." not in text


def test_the_attendance_list_has_its_rows(market: Market) -> None:
    account = market.account("musdes")
    pdf = rendered(issue_attendance(account, by=market.user("pld")))
    text = text_of(pdf)
    tagged_and_indonesian(pdf)
    assert "Daftar Hadir".lower() in text.lower()
    assert "Tanda tangan" in text
    assert " 25 " in text and " 55 " in text
    assert len(pdf.pages) == 2


def test_what_may_be_printed_follows_the_state(market: Market) -> None:
    def kinds(contract: Any, who: str = "pka") -> list[str]:
        whole = Order(contract.need, market.user(who))
        stages = (documents.sourcing, documents.offers, documents.payment)  # proved in tests of their own
        letters = {each.kind for stage in stages for each in stage.available(whole)}
        return [each.kind for each in documents.available(whole) if each.kind not in letters]

    assert kinds(market.contract("drafted")) == []
    assert kinds(market.contract("issued")) == ["spk"]
    assert kinds(market.contract("inspected")) == ["spk", "ba-pemeriksaan", "bast"]
    account = market.account("musdes")
    own = ["spk", "ba-pemeriksaan", "bast", "bast-kades"]
    assert kinds(account.contract) == [*own, "ba-musdes-kosong", "notulen-kosong", "daftar-hadir"]
    market.meeting(account, decision="accepted")
    assert kinds(account.contract) == [*own, "ba-musdes", "notulen", "buku-keputusan"]
    assert kinds(account.contract, "firm") == kinds(account.contract)
    assert kinds(account.contract, "operator2") == []


def test_a_cancelled_plan_of_a_later_day_hides_no_paper_of_the_assembly_that_was_held(market: Market) -> None:
    account = market.account("musdes")
    market.planned_meeting(account, days=20).cancel(by=market.user("bpd"), reason="Dimajukan.")
    market.meeting(account, decision="accepted")
    kinds = [each.kind for each in documents.meeting.available(Order(account.contract.need, market.user("bpd")))]
    assert kinds == ["ba-musdes", "notulen", "buku-keputusan"]


def test_papers_of_several_orders_say_whose_each_duty_is(market: Market) -> None:
    first, second = market.account("musdes"), market.account("musdes", need=market.need(title="Pelatihan tenun"))
    meeting = market.meeting(first, second)
    duty = Duty(second.code, "Bagikan modul", "Kasi Kesejahteraan", market.today, blocks=True)
    market.decide(meeting, "with_notes", note="Baik.", follow_ups=[duty])
    meeting = type(meeting).objects.get(pk=meeting.pk)
    notes = text_of(rendered(issue_notes(meeting, by=market.user("bpd"))))
    assert f"{second.contract.need.code} Bagikan modul (sebelum pembelian ditutup) Kasi Kesejahteraan" in notes
    html, _ = page(issue_book_line(meeting, by=market.user("bpd")))
    cells = re.findall(r"<td>(.*?)</td>", html)
    assert [cells[4], cells[10]] == ["–", f"Bagikan modul (Kasi Kesejahteraan, {tanggal_sedang(market.today)}). "]


def test_ten_orders_are_printed_with_as_many_queries_as_two(market: Market) -> None:
    def asked(meeting: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            documents.meeting.filled(meeting)
        return len(captured)

    two = market.meeting(market.account("musdes"), market.account("musdes"))
    four = market.meeting(*(market.account("musdes") for _ in range(4)))
    assert asked(two) == asked(four)


def test_asked_twice_it_is_printed_once(market: Market) -> None:
    contract = market.contract("issued")
    url = reverse("print-paper", args=[contract.need.code, "spk"])
    client = market.client("pka")
    first, second = client.post(url), client.post(url)
    assert first["Location"] == second["Location"]
    assert PrintedDocument.objects.count() == 1
    assert client.post(url, {"kertas": "F4"})["Location"] != first["Location"]
    assert client.get(url).status_code == 405
    assert client.post(reverse("print-paper", args=[contract.need.code, "bast"])).status_code == 404
    assert market.client("pka2").post(url).status_code == 404


def test_a_village_of_another_zone_prints_its_own(market: Market) -> None:
    from regions.models import Area
    from tests.areas import BALECATUR, KUTA, YOBOI

    zones = {code: Area.objects.get(pk=code).zone_name for code in (KUTA, BALECATUR, YOBOI)}
    assert zones == {KUTA: "WITA", BALECATUR: "WIB", YOBOI: "WIT"}
