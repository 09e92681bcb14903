"""The announcement of planned procurement: its lines, and the paper read back in A4 and F4."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from core.models import PrintedDocument
from regions.models import Area
from tests.areas import KUTA
from tests.transactions.planning.test_activity import activity, need_from
from tests.transactions.stage import Market
from tests.transactions.test_papers import rendered, tagged_and_indonesian, text_of
from transactions.documents import announcement
from transactions.models import ProcurementPlan

pytestmark = pytest.mark.django_db
ANNOUNCERS = {"operator", "pka", "sekdes", "kaur", "kades"}


def village() -> Area:
    return Area.objects.get(pk=KUTA)


def plan(market: Market) -> list[tuple[str, str, int, str]]:
    """(code, way, value, note) of each line."""
    lines = announcement.lines_of(village(), market.today.year)
    return [(line["code"], line["way"], line["value"], line["note"]) for line in lines]


def printed(market: Market, *, paper: str = "A4", number: str = "050/1/2026") -> PrintedDocument:
    return announcement.issue(
        village(), market.today.year, by=market.user("kades"), number=number, on=market.today, paper=paper
    )


def test_an_activitys_lines_add_up_to_its_ceiling(market: Market) -> None:
    row = activity(market)
    activity(market, activity_code="01.01.05", ceiling=5_000_000, officer="Contoh Sekdes")
    activity(market, activity_code="01.01.06", ceiling=0)
    activity(market, fiscal_year=market.today.year + 1)
    need_from(market, row, estimate=9_500_000)
    need_from(market, row, estimate=500_000)
    gone = need_from(market, row, estimate=600_000)
    gone.cancel(by=market.user("kades"), reason="Tidak jadi.")
    assert plan(market) == [
        ("01.01.05", "Swakelola", 5_000_000, "Pelaksana: Contoh Sekdes"),
        ("01.01.06", "Swakelola", 0, ""),
        ("04.03.02", "Penyedia", 9_500_000, "Pembukuan BUM Desa"),
        ("04.03.02", "Penyedia", 500_000, "Pembukuan BUM Desa"),
        ("04.03.02", "Swakelola", 10_000_000, ""),
    ]


def test_needs_typed_before_there_was_a_list_join_their_activity_or_follow(market: Market) -> None:
    market.need("budgeted")  # typed: 4.3.02
    row = activity(market, ceiling=9_500_000)
    assert plan(market) == [("4.3.02", "Penyedia", 9_500_000, "Pembukuan BUM Desa")]
    row.drop(by=market.user("kaur"), reason="Salah ketik.")
    assert plan(market) == [("4.3.02", "Penyedia", 9_500_000, "")]


@pytest.mark.parametrize(("paper", "size"), [("A4", (842, 595)), ("F4", (935, 609))])
def test_the_announcement_says_what_is_planned(paper: str, size: tuple[int, int], market: Market) -> None:
    row = activity(market)
    need = market.need("agreed", estimate=9_500_000, place="Dusun Mertak", volume=2)
    need.budget(by=market.user("pka"), activity=row, ceiling=9_500_000, planned_time="Maret 2026")
    pdf = rendered(printed(market, paper=paper))
    text = text_of(pdf)
    tagged_and_indonesian(pdf)
    box: Any = pdf.pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    for sentence in (
        "PENGUMUMAN PERENCANAAN PENGADAAN",
        f"Tahun Anggaran {market.today.year}",
        "Nomor: 050/1/2026",
        "PEMERINTAH KABUPATEN LOMBOK TENGAH",
        "Kepala Desa Kuta mengumumkan rencana pengadaan",
        "Nilai (Rp)",
        "Keluaran (Volume dan Satuan)",
        "Nama TPK",
        "Contoh Tpk",
        "Peningkatan Kapasitas Perangkat Desa",
        "9.500.000",
        "10.500.000",
        "Penyedia",
        "Swakelola",
        "Dana Desa (DD)",
        "2 paket",
        "Dusun Mertak",
        "Maret 2026",
        "Pembukuan BUM Desa",
        "20.000.000",
        "Contoh Kades",
        "bukan tanda tangan elektronik",
    ):
        assert sentence.lower() in text.lower(), sentence


def test_the_same_plan_is_printed_once_and_another_is_a_revision(market: Market) -> None:
    row = activity(market)
    first = printed(market)
    assert printed(market).pk == first.pk
    folio = printed(market, paper="F4")
    row.amend(by=market.user("kaur"), ceiling=21_000_000)
    second = printed(market)
    assert [paper.revision for paper in (first, folio, second)] == [0, 0, 1]
    first.refresh_from_db()
    assert first.snapshot["total"] == 20_000_000  # what was posted on the board stays as it was
    assert second.snapshot["total"] == 21_000_000
    assert ProcurementPlan.objects.count() == 1


def test_who_may_print_it_and_who_reads_the_paper(market: Market) -> None:
    activity(market)
    url = reverse("announcement", args=[KUTA, market.today.year])
    data = {"number": "", "on": market.today.isoformat(), "kertas": "A4"}
    made = {key for key in market.everyone() if market.client(key).post(url, data).status_code == 302}
    assert made - {"public"} == ANNOUNCERS  # the public is sent to the door
    paper = PrintedDocument.objects.get(kind="pengumuman")
    address = reverse("document", args=[paper.code])
    from tests.transactions.stage import OVERSEERS, VILLAGE

    assert {
        key for key in market.everyone() if market.client(key).get(address).status_code == 200
    } == VILLAGE | OVERSEERS


def test_the_page_shows_the_plan_and_keeps_what_was_typed(market: Market) -> None:
    activity(market)
    client, url = market.client("kades"), reverse("announcement", args=[KUTA, market.today.year])
    assert "Rp20.000.000" in client.get(url).content.decode()
    page = client.post(url, {"number": "050/9", "on": "bukan tanggal", "kertas": "F4"})
    assert page.status_code == 422
    assert 'value="050/9"' in page.content.decode()
    assert "Tanggal tidak dikenali" in page.content.decode()
    assert not PrintedDocument.objects.filter(kind="pengumuman").exists()


def test_a_year_without_a_plan_is_not_printed(market: Market) -> None:
    client, url = market.client("kades"), reverse("announcement", args=[KUTA, 2031])
    assert "Belum ada rencana tahun ini" in client.get(url).content.decode()
    page = client.post(url, {"number": "", "on": market.today.isoformat(), "kertas": "A4"})
    assert page.status_code == 200
    assert not PrintedDocument.objects.exists()
    assert market.client("kades").get(reverse("announcement", args=[KUTA, 99999])).status_code == 404
