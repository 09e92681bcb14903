"""The pendamping's report: filled in by the system, completed by its author, small enough to send."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core import documents
from monitoring import fieldwork
from monitoring.models import FacilitatorReport
from regions.models import Area
from tests.areas import JONGGAT, KUTA, LOMBOK_TENGAH, PUJUT, SUKADANA
from tests.monitoring import rows
from tests.monitoring.office import OCTOBER, Office, client, fresh, paper_of, text_of, work_off
from tests.monitoring.rows import at


def opened(user: Any, role: str, area: str, month: dt.date = OCTOBER) -> FacilitatorReport:
    report = FacilitatorReport(role=role, area=Area.objects.get(code=area), month=month, author=user)
    return report.open(by=fresh(user), activities=fieldwork.known_activities(report))


def issued(user: Any, role: str, area: str) -> FacilitatorReport:
    report = opened(user, role, area)
    report.issue(by=fresh(user), snapshot=documents.freeze(fieldwork.snapshot_of(report)))
    return report


def photo(seed: int) -> SimpleUploadedFile:
    """Five megapixels of noise, which no codec likes."""
    noise = Image.effect_noise((1000, 750), 90 + seed).resize((2592, 1944))
    out = BytesIO()
    noise.convert("RGB").save(out, "JPEG", quality=85)
    return SimpleUploadedFile(f"foto{seed}.jpg", out.getvalue(), "image/jpeg")


def form_data(**changes: Any) -> dict[str, Any]:
    """The writing page as a browser sends it: one activity that was there, one new."""
    return {
        "kegiatan-TOTAL_FORMS": "3", "kegiatan-INITIAL_FORMS": "1",
        "kegiatan-0-on": "2026-10-05", "kegiatan-0-village": KUTA, "kegiatan-0-what": "Memfasilitasi Musdes",
        "kegiatan-0-men": "23", "kegiatan-0-women": "19", "kegiatan-0-result": "Keputusan: diterima",
        "kegiatan-1-on": "2026-10-12", "kegiatan-1-village": SUKADANA, "kegiatan-1-what": "Sosialisasi katalog layanan",
        "kegiatan-1-men": "11", "kegiatan-1-women": "14", "kegiatan-1-result": "Dua kebutuhan dicatat",
        "kegiatan-2-on": "", "kegiatan-2-village": "", "kegiatan-2-what": "", "kegiatan-2-men": "",
        "masalah-TOTAL_FORMS": "2", "masalah-INITIAL_FORMS": "0",
        "masalah-0-problem": "Sinyal lemah di Dusun Mertak", "masalah-0-follow_up": "Isian dibawa ke kantor desa",
        "masalah-1-problem": "", "masalah-1-follow_up": "",
        "plan": "Mendampingi Musdes Desa Sukadana.", "notes": "",
        "caption": "Balai desa",
    } | changes  # fmt: skip


def test_a_pld_finds_the_month_filled_in(office: Office) -> None:
    report = opened(office.pld, "pld", PUJUT)
    shown = fieldwork.preview(report)
    by_name = {row["name"]: row for row in shown["figures"]["rows"]}
    kuta, sukadana = by_name["Kuta"], by_name["Sukadana"]
    assert set(by_name) == {"Kuta", "Sukadana"}
    assert (kuta["account"], sukadana["account"]) == ("Terverifikasi", "Menunggu")
    assert (kuta["contracts"], kuta["contracts_year"], kuta["value_year"]) == (1, 2, 20_345_679)
    assert (kuta["running"], kuta["progress"], kuta["meetings"], kuta["men"], kuta["women"]) == (
        1,
        40,
        "05/10/2026",
        23,
        19,
    )
    [activity] = report.activities.all()
    assert (activity.on, activity.village_id, activity.men, activity.women) == (dt.date(2026, 10, 5), KUTA, 23, 19)
    assert activity.what.startswith("Memfasilitasi Musdes pertanggungjawaban")
    assert activity.result == "Keputusan: diterima"


def test_opening_again_gives_the_same_report(office: Office) -> None:
    assert opened(office.pld, "pld", PUJUT) == opened(office.pld, "pld", PUJUT)
    browser = client(office.pld)
    first = browser.post("/laporan/pendamping/buka/", {"what": f"pld:{PUJUT}", "month": "2026-10"})
    assert first.headers["Location"] == FacilitatorReport.objects.get().get_absolute_url()


def test_nobody_opens_a_report_of_a_place_that_is_not_theirs(office: Office) -> None:
    for user, what in ((office.pld, f"pd:{PUJUT}"), (office.pld, f"pld:{JONGGAT}"), (office.operator, f"pld:{PUJUT}")):
        client(user).post("/laporan/pendamping/buka/", {"what": what, "month": "2026-10"})
    assert not FacilitatorReport.objects.exists()


def test_writing_finishing_and_printing_with_six_photos_stays_under_four_megabytes(office: Office) -> None:
    report = opened(office.pld, "pld", PUJUT)
    browser = client(office.pld)
    url = report.move_url("write")
    page = browser.get(url).content.decode()
    assert 'value="Memfasilitasi Musdes pertanggungjawaban' in page
    response = browser.post(url, form_data(photos=[photo(n) for n in range(6)]))
    assert response.status_code == 302, response.context["form"].errors
    assert report.photos.count() == 6
    shown = browser.get(report.get_absolute_url()).content.decode()
    assert "Sosialisasi katalog layanan" in shown
    assert "Sinyal lemah di Dusun Mertak" in shown
    response = browser.post(report.move_url("issue"), {"paper": "F4"})
    paper = paper_of(report)
    assert response.headers["Location"] == paper.get_absolute_url()
    work_off(render=True)
    paper = paper_of(report)
    assert paper.file is not None
    assert paper.file.size < 4 * 1024 * 1024
    assert paper.paper == "F4"
    text = text_of(paper)
    for words in (
        "LAPORAN BULANAN PENDAMPING LOKAL DESA (PLD) FASILITASI P2KTD BULAN OKTOBER 2026",
        "Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat",
        "Sosialisasi katalog layanan 11 14 Dua kebutuhan dicatat",
        "Jumlah peserta 34 33",
        "Sinyal lemah di Dusun Mertak Isian dibawa ke kantor desa",
        "Mendampingi Musdes Desa Sukadana.",
        "Mengetahui,",
        "Pendamping Desa Kecamatan Pujut",
        "Nurul",
        "Wati",
        "Balai desa",
    ):
        assert words in text, words


def test_a_seventh_photo_is_refused_and_one_can_be_removed(office: Office) -> None:
    report = opened(office.pld, "pld", PUJUT)
    browser = client(office.pld)
    small = [SimpleUploadedFile(f"{n}.jpg", tiny(), "image/jpeg") for n in range(6)]
    assert browser.post(report.move_url("write"), form_data(photos=small)).status_code == 302
    more = form_data(photos=[SimpleUploadedFile("7.jpg", tiny(), "image/jpeg")])
    response = browser.post(report.move_url("write"), more)
    assert response.status_code == 422
    assert "Paling banyak 6 foto" in response.content.decode()
    gone = report.photos.first()
    assert gone is not None
    more = form_data(photos=[SimpleUploadedFile("7.jpg", tiny(), "image/jpeg")], drop=[str(gone.pk)])
    assert browser.post(report.move_url("write"), more).status_code == 302
    assert report.photos.count() == 6


def tiny() -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kegiatan-1-on": "2026-11-12"}, "Tanggal paling akhir 31/10/2026."),
        ({"kegiatan-1-on": ""}, "Isi tanggal kegiatan."),
        ({"kegiatan-1-village": "52.02.02.2002"}, "Pilih"),
        ({"kegiatan-1-what": ""}, "Isi kegiatannya."),
        ({"masalah-0-problem": ""}, "Isi masalahnya."),
    ],
)
def test_mistakes_are_said_where_they_are(office: Office, changes: dict[str, str], said: str) -> None:
    report = opened(office.pld, "pld", PUJUT)
    response = client(office.pld).post(report.move_url("write"), form_data(**changes))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert report.activities.count() == 1


def test_a_finished_report_does_not_change_and_a_correction_has_its_reason(office: Office) -> None:
    report = issued(office.pld, "pld", PUJUT)
    first = documents.thaw(report.snapshot)["figures"]
    rows.order(KUTA, value=1, signed="2026-10-20", recorded=at("2026-11-20"))
    assert fieldwork.preview(report)["figures"] == first
    assert client(office.pld).post(report.move_url("write"), form_data()).status_code == 409
    report.revise(by=fresh(office.pld), reason="Satu kegiatan terlewat.")
    assert (report.state, report.revision) == ("draft", 1)
    assert fieldwork.preview(report)["figures"] != first


def test_a_tapm_reports_by_kecamatan(office: Office) -> None:
    report = opened(office.tapm, "tapm", LOMBOK_TENGAH)
    shown = fieldwork.preview(report)
    names = {row["name"]: row for row in shown["figures"]["rows"]}
    assert len(names) == 12
    assert names["Pujut"]["account"] == "1 dari 18"
    assert shown["figures"]["total"]["value"] == 13_500_001
    assert shown["signatures"]["left"] == {
        "heading": "Mengetahui,", "position": "Koordinator Kabupaten Lombok Tengah", "name": "",
    }  # fmt: skip


def test_supervisors_see_finished_reports_of_their_territory_only(office: Office) -> None:
    pld, pd = issued(office.pld, "pld", PUJUT), issued(office.pd, "pd", PUJUT)
    draft = opened(office.pld, "pld", PUJUT, dt.date(2026, 11, 1))
    seen = {
        name: set(FacilitatorReport.objects.visible_to(fresh(getattr(office, name))))
        for name in ("pld", "pd", "tapm", "dpmd", "other_pd", "other", "camat", "province", "operator", "stranger")
    }
    none: set[FacilitatorReport] = set()
    assert seen == {
        "pld": {pld, draft}, "pd": {pld, pd}, "tapm": {pld, pd}, "dpmd": {pld, pd}, "other_pd": none, "other": none,
        "camat": none, "province": none, "operator": none, "stranger": none,
    }  # fmt: skip
    assert client(office.other_pd).get(pld.get_absolute_url()).status_code == 404
    assert client(office.pd).get(pld.get_absolute_url()).status_code == 200
    assert client(office.pd).post(pld.move_url("revise"), {"reason": "x"}).status_code in (403, 409)
    pld.refresh_from_db()
    assert pld.state == "issued"


def test_a_draft_of_a_past_month_waits_for_its_author(office: Office) -> None:
    past = opened(office.pld, "pld", PUJUT)
    opened(office.pld, "pld", PUJUT, dt.date(2026, 11, 1))
    assert set(FacilitatorReport.objects.waiting_for(fresh(office.pld))) == {past}
    assert not FacilitatorReport.objects.waiting_for(fresh(office.pd)).exists()


def test_a_month_is_over_when_it_is_in_jakarta(office: Office) -> None:
    """At 00.30 WIB, while UTC still has the last day of the month."""
    october = opened(office.pld, "pld", PUJUT)
    last = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
    for hour, waiting in ((16, set()), (17, {october})):
        with time_machine.travel(last.replace(hour=hour, minute=30), tick=False):
            assert set(FacilitatorReport.objects.waiting_for(fresh(office.pld))) == waiting
