"""The monthly report: made once, frozen, the same again, corrected only by a revision, printed once."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from core import documents, jobs
from core.models import Job, Notice, PrintedDocument
from core.workflow import TransitionRefused
from monitoring import rollup, tasks
from monitoring.models import Letterhead, MonthlyFigure, Report
from monitoring.models.report import ReportQuerySet
from regions.models import Area
from tests.areas import KUTA, LOMBOK_BARAT, LOMBOK_TENGAH, NTB
from tests.monitoring import rows
from tests.monitoring.office import NOVEMBER, NOW, OCTOBER, Office, ask, client, fresh, paper_of, text_of, work_off
from tests.monitoring.rows import at


def test_the_pdf_says_what_is_missing_before_what_is_counted(office: Office) -> None:
    report = ask(LOMBOK_TENGAH, OCTOBER, office.dpmd, render=True)
    assert report.state == "ready"
    text = text_of(paper_of(report))
    wanted = [
        "PEMERINTAH KABUPATEN LOMBOK TENGAH",
        "DINAS PEMBERDAYAAN MASYARAKAT DAN DESA",
        "LAPORAN BULANAN PELAKSANAAN P2KTD KABUPATEN LOMBOK TENGAH BULAN OKTOBER 2026",
        "Data per 31 Oktober 2026 pukul 23.59 WITA",
        "A. Yang belum selesai",
        "Permohonan penyedia menunggu keputusan 1",
        "Koperasi Menunggu 20/10/2026 11",
        "CV Karya Desa",
        "B. Yang sudah dicatat",
        "Hadir laki-laki 23 23",
        "Pengaduan belum dicatat belum dicatat",
        "Mengetahui,",
        "Ketua Pokja P2KTD Kabupaten Lombok Tengah",
        "Lalu Ahmad",
    ]
    found = [text.find(words) for words in wanted]
    assert -1 not in found, [words for words, place in zip(wanted, found, strict=True) if place < 0]
    body = found[4:12]  # the letterhead and the signatures are taken out of the page's order
    assert body == sorted(body)
    assert "Halaman 1 dari" in text
    assert "Rp13.500.001" in text  # October: 8.000.001 + 5.500.000
    assert "Baiq Sri" not in text  # she works at the office; nobody holds the head's post


def test_a_head_of_the_office_signs_by_name(office: Office) -> None:
    office.dpmd.memberships.update(position="Plt. Kepala Dinas PMD Kabupaten Lombok Tengah")
    left = ask(LOMBOK_TENGAH, OCTOBER, office.dpmd).snapshot["signatures"]["left"]
    assert (left["name"], left["position"]) == ("Baiq Sri", "Plt. Kepala Dinas PMD Kabupaten Lombok Tengah")


def test_the_same_period_again_is_the_same_report_with_the_same_content(office: Office) -> None:
    first = ask(LOMBOK_TENGAH, OCTOBER, office.dpmd, render=True)
    before = (first.snapshot, paper_of(first).file.sha256)  # type: ignore[union-attr]
    rows.order(KUTA, value=1_000_000, signed="2026-10-15", recorded=NOW)  # a late entry
    again = ask(LOMBOK_TENGAH, OCTOBER, office.tapm, render=True)
    assert again == first
    assert (again.snapshot, paper_of(again).file.sha256) == before  # type: ignore[union-attr]


def test_a_correction_is_a_revision_and_the_old_one_stays(office: Office) -> None:
    first = ask(LOMBOK_TENGAH, OCTOBER, office.dpmd)
    frozen = first.snapshot
    first.issue(by=fresh(office.dpmd))
    rows.order(KUTA, value=1_000_000, signed="2026-10-15", recorded=NOW)
    second = first.revise(by=fresh(office.dpmd), reason="SPK Desa Kuta terlambat dicatat.")
    work_off(render=True)
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.revision, second.state, first.state, first.snapshot) == (1, "ready", "issued", frozen)
    total = documents.thaw(second.snapshot)["counted"]["money"][0]
    assert (total["number"], total["amount"]) == (3, 14_500_001)
    assert "Revisi ke-1: SPK Desa Kuta terlambat dicatat." in text_of(paper_of(second))
    check = client(office.stranger).get(f"/cek/{paper_of(first).code}/").content.decode()
    assert "telah diganti oleh revisi ke-1" in check  # anyone who checks the old paper is told
    with pytest.raises(TransitionRefused, match="sudah digantikan"):
        first.revise(by=fresh(office.dpmd), reason="lagi")
    assert set(Report.objects.current()) == {second}
    assert Report.objects.final(LOMBOK_TENGAH, OCTOBER) == second


def test_the_running_month_is_only_provisional_and_can_be_made_anew(office: Office) -> None:
    report = ask(LOMBOK_TENGAH, NOVEMBER, office.chair, render=True)
    assert report.provisional
    text = text_of(paper_of(report))
    assert "Sementara. Bulan ini belum berakhir" in text
    assert "Data per 20 November 2026 pukul 12.0" in text
    assert not report.may_issue(fresh(office.dpmd))
    rows.order(KUTA, value=777_777, signed="2026-11-19")
    report.rebuild(by=fresh(office.chair))
    work_off()
    report.refresh_from_db()
    assert documents.thaw(report.snapshot)["counted"]["money"][0]["amount"] == 777_777
    with time_machine.travel(at("2026-12-02"), tick=True):
        final = ask(LOMBOK_TENGAH, NOVEMBER, office.chair)
        assert final != report
        assert not final.provisional
        assert not report.may_rebuild(fresh(office.chair))


def test_who_asks_at_the_same_moment_gets_the_report_of_the_first(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looks_a_moment_too_early(rows: ReportQuerySet) -> None:
        monkeypatch.undo()
        Report(area=Area.objects.get(code=LOMBOK_TENGAH), month=OCTOBER).request(by=None)

    monkeypatch.setattr(ReportQuerySet, "first", looks_a_moment_too_early)
    report = Report(area=Area.objects.get(code=LOMBOK_TENGAH), month=OCTOBER).request(by=fresh(office.dpmd))
    assert report == Report.objects.get()
    assert Job.objects.filter(task="monitoring.assemble_report").count() == 1


def test_a_month_that_has_not_begun_is_refused(office: Office) -> None:
    with pytest.raises(TransitionRefused, match="belum dimulai"):
        ask(LOMBOK_TENGAH, dt.date(2026, 12, 1), office.dpmd)


def test_a_job_that_runs_twice_or_dies_in_between_makes_one_paper(office: Office) -> None:
    report = Report(area=Area.objects.get(code=LOMBOK_TENGAH), month=OCTOBER).request(by=office.dpmd)
    job = Job.objects.get(task="monitoring.assemble_report")

    class Killed(BaseException):
        pass

    def dies(*args: object, **kwargs: object) -> None:
        raise Killed

    kept, tasks.print_report = tasks.print_report, dies  # type: ignore[assignment]
    try:
        with pytest.raises(Killed):
            jobs.run(job.pk)
    finally:
        tasks.print_report = kept
    report.refresh_from_db()
    assert (report.state, PrintedDocument.objects.count()) == ("queued", 0)
    assert jobs.run(job.pk)
    assert not jobs.run(job.pk)  # done: nothing left to do
    tasks.assemble_report(report=report.pk)  # and even so
    work_off(render=True)
    assert PrintedDocument.objects.about(report).count() == 1
    assert Job.objects.filter(task="core.render_document").count() == 1


def test_the_provinces_figures_are_the_sums_of_its_regencies(office: Office) -> None:
    province = documents.thaw(ask(NTB, OCTOBER, office.province).snapshot)
    parts = [documents.thaw(ask(code, OCTOBER, office.ministry).snapshot) for code in (LOMBOK_TENGAH, LOMBOK_BARAT)]
    for index, row in enumerate(province["counted"]["money"]):
        for column in ("number", "amount", "year_number", "year_amount"):
            values = [part["counted"]["money"][index][column] for part in parts]
            assert row[column] == (None if None in values else sum(values)), (row["label"], column)
    for index, row in enumerate(province["summary"]):
        assert row["number"] == sum(part["summary"][index]["number"] or 0 for part in parts), row["label"]
    assert province["counted"]["regencies"]["total"]["contracts_value"] == 23_500_000


def test_the_province_lists_who_has_reported_and_marks_cities_without_desa(office: Office) -> None:
    ask(LOMBOK_TENGAH, OCTOBER, office.dpmd).issue(by=fresh(office.dpmd))
    report = ask(NTB, OCTOBER, office.province, render=True)
    listed = {row["name"]: row["report"] for row in documents.thaw(report.snapshot)["missing"]["regencies"]}
    assert listed["Kab. Lombok Tengah"] == "Terbit"
    assert listed["Kab. Lombok Barat"] == "Belum"
    assert listed["Kota Mataram"] is None
    text = text_of(paper_of(report))
    assert "KEMENTERIAN DESA DAN PEMBANGUNAN DAERAH TERTINGGAL SATUAN KERJA PROVINSI NUSA TENGGARA BARAT" in text
    assert "Belum lapor: Kab. Lombok Barat" in text
    assert "Kota Mataram – – – – 0 – –" in text


def test_beat_asks_for_every_report_that_is_missing_once(office: Office) -> None:
    rollup.refresh()
    assert tasks.close(NOW) == 2  # Lombok Tengah is at work, and its province
    assert tasks.close(NOW) == 0
    assert set(Report.objects.values_list("area_id", "month")) == {(LOMBOK_TENGAH, OCTOBER), (NTB, OCTOBER)}
    assert work_off(render=True) == 4
    assert PrintedDocument.objects.filter(file__isnull=False).count() == 2
    told = Notice.objects.filter(channel="site").values_list("user__email", flat=True)
    assert set(told) == {office.dpmd.email, office.chair.email, office.province.email}


def test_the_month_is_not_closed_before_it_has_ended_everywhere(office: Office) -> None:
    with time_machine.travel(at("2026-11-30 23:50"), tick=False):
        rollup.refresh()
        tasks.close(at("2026-11-30 23:50"))
    assert not Report.objects.filter(month=NOVEMBER).exists()
    with time_machine.travel(at("2026-12-01 03:00"), tick=False):
        rollup.refresh()
        tasks.close(at("2026-12-01 03:00"))
    assert Report.objects.filter(month=NOVEMBER, provisional=False).count() == 2
    october = MonthlyFigure.objects.get(regency_id=LOMBOK_TENGAH, month=OCTOBER)
    assert october.as_of == dt.date(2026, 10, 31)


# --- who -----------------------------------------------------------------------------------------------------------------
def test_only_the_offices_of_the_territory_see_a_report(office: Office) -> None:
    regency, province = ask(LOMBOK_TENGAH, OCTOBER, office.dpmd), ask(NTB, OCTOBER, office.province)
    seen = {
        name: set(Report.objects.visible_to(fresh(getattr(office, name))))
        for name in (
            "dpmd",
            "chair",
            "tapm",
            "other",
            "province",
            "ministry",
            "pd",
            "camat",
            "pld",
            "operator",
            "stranger",
        )
    }
    both, none = {regency, province}, set()
    assert seen == {
        "dpmd": {regency}, "chair": {regency}, "tapm": {regency}, "other": none, "province": both, "ministry": both,
        "pd": none, "camat": none, "pld": none, "operator": none, "stranger": none,
    }  # fmt: skip


def test_pages_of_a_report_are_404_to_the_other_regency(office: Office) -> None:
    report = ask(LOMBOK_TENGAH, OCTOBER, office.dpmd, render=True)
    paper = paper_of(report)
    urls = [
        report.get_absolute_url(),
        report.move_url("issue"),
        paper.get_absolute_url(),
        paper.file.get_absolute_url(),
    ]  # type: ignore[union-attr]
    assert [client(office.other).get(url).status_code for url in urls] == [404] * 4
    assert [client(office.dpmd).get(url).status_code for url in urls] == [200] * 4
    assert client(office.other).post(f"{report.get_absolute_url()}cetak/", {"paper": "F4"}).status_code == 404
    assert report.area.name not in client(office.other).get("/laporan/").content.decode()


@pytest.mark.parametrize(
    ("who", "area", "allowed"),
    [
        ("dpmd", LOMBOK_TENGAH, True),
        ("chair", LOMBOK_TENGAH, True),
        ("tapm", LOMBOK_TENGAH, True),
        ("ministry", LOMBOK_TENGAH, True),
        ("province", LOMBOK_TENGAH, False),
        ("other", LOMBOK_TENGAH, False),
        ("pld", LOMBOK_TENGAH, False),
        ("province", NTB, True),
        ("dpmd", NTB, False),
        ("ministry", NTB, True),
    ],
)
def test_who_may_ask_for_which_report(office: Office, who: str, area: str, allowed: bool) -> None:
    report = Report(area=Area.objects.get(code=area), month=OCTOBER)
    assert bool(report.may_create(fresh(getattr(office, who)))) is allowed


def test_a_forged_area_is_refused_by_the_form(office: Office) -> None:
    browser = client(office.other)
    key = browser.get("/laporan/baru/").context["form"]["submit_key"].value()
    response = browser.post("/laporan/baru/", {"area": LOMBOK_TENGAH, "month": "2026-10", "submit_key": key})
    assert (response.status_code, Report.objects.count()) == (422, 0)


# --- pages ---------------------------------------------------------------------------------------------------------------
def test_asking_shows_progress_then_the_report(office: Office) -> None:
    browser = client(office.dpmd)
    key = browser.get("/laporan/baru/").context["form"]["submit_key"].value()
    data = {"area": LOMBOK_TENGAH, "month": "2026-10", "submit_key": key}
    url = browser.post("/laporan/baru/", data).headers["Location"]
    assert browser.post("/laporan/baru/", data).headers["Location"] == url  # sent twice
    waiting = browser.get(url)
    assert waiting.headers["Refresh"] == "3"  # looks again by itself, without JavaScript
    assert "Langkah 1 dari 5" in waiting.content.decode()
    work_off(render=True)
    response = browser.get(url)
    assert "Refresh" not in response.headers
    ready = response.content.decode()
    assert "Data per 31 Oktober 2026 pukul 23.59" in ready
    assert "Terbitkan Laporan" in ready
    report = Report.objects.get()
    assert report in Report.objects.waiting_for(fresh(office.dpmd))
    assert browser.post(report.move_url("issue")).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.issued_by) == ("issued", office.dpmd)
    assert not Report.objects.waiting_for(fresh(office.dpmd)).exists()
    assert browser.get(f"{url}susun/").status_code == 404  # the system's own step has no address


def test_the_list_costs_the_same_with_one_and_three_rows(office: Office) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = client(office.ministry)
    browser.get("/laporan/")
    counts = []
    for area in (LOMBOK_TENGAH, LOMBOK_BARAT, NTB):
        Report(area=Area.objects.get(code=area), month=OCTOBER).request(by=None)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/laporan/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[-1] <= 8


@pytest.mark.parametrize("query", ["?bulan=2026-13", "?bulan=x", "?hal=-1", "?hal=9999999999", "?status=;--", "?hal=²"])
def test_odd_filters_are_answered(office: Office, query: str) -> None:
    assert client(office.ministry).get(f"/laporan/{query}").status_code == 200
    assert client(office.ministry).get(f"/pantau/{query}").status_code == 200


# --- the letterhead -------------------------------------------------------------------------------------------------------
def test_an_office_keeps_its_own_letterhead_and_no_other(office: Office) -> None:
    browser = client(office.dpmd)
    url = "/admin/monitoring/letterhead/add/"
    data = {"office": "Dinas PMD dan Dukcapil", "address": "Jalan Contoh Nomor 1, Praya", "city": "Praya"}
    assert browser.post(url, data | {"area": LOMBOK_BARAT}).status_code == 200  # refused, with its reason
    assert not Letterhead.objects.exists()
    assert browser.post(url, data | {"area": LOMBOK_TENGAH}).status_code == 302
    text = text_of(paper_of(ask(LOMBOK_TENGAH, OCTOBER, office.dpmd, render=True)))
    assert "DINAS PMD DAN DUKCAPIL Jalan Contoh Nomor 1, Praya" in text
    assert "Praya, ........" in text
    assert "Kepala Dinas PMD dan Dukcapil Kabupaten Lombok Tengah" in text
    page = client(office.other).get("/admin/monitoring/letterhead/").content.decode()
    assert "Dukcapil" not in page
    pk = Letterhead.objects.get().pk
    assert "Dukcapil" not in client(office.other).get(f"/admin/monitoring/letterhead/{pk}/change/").content.decode()
    assert client(office.tapm).get(url).status_code in (302, 403)
