"""The papers of a sitting: rendered once with real data, read back, and the same ever after."""

from __future__ import annotations

import io

from django.urls import reverse
from pypdf import PdfReader

from core import jobs
from core.clock import today
from core.formats import tanggal_huruf, tanggal_sedang
from core.models import Job, PrintedDocument
from tests.accounts.stage import logged_in
from tests.verification.stage import ACCOUNT, NIK, NPWP, YEAR, Stage
from verification import plenary_papers
from verification.models import Plenary


def read(paper: PrintedDocument) -> tuple[str, int]:
    """Its text on one line, and its pages, from the PDF that the worker made."""
    for job in Job.objects.filter(task="core.render_document"):
        jobs.run(job.pk)
    paper.refresh_from_db()
    assert paper.file is not None
    pages = PdfReader(io.BytesIO(paper.file.content.read())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()), len(pages)


def says(text: str, *sentences: str) -> None:
    for sentence in sentences:
        assert sentence in text, sentence


def sitting(stage: Stage) -> Plenary:
    """Three applicants, one of each result; one member away."""
    good, bad = stage.recommended(), stage.unfit(stage.rival)
    later = stage.recommended(stage.new_provider("Yayasan Contoh Tunda", nib="0000000000077"))
    later.declare(by=stage.chair, tie="kin", note="Ipar")
    plenary = stage.plenary(good, bad, later)
    there = [one for one in plenary.seated() if one.user != stage.second_member]
    plenary.minute(
        by=stage.member, minutes_number="07/BA/2026", present=there, deferred={later.code: "Menunggu surat kampus."}
    )
    return plenary


def test_the_berita_acara_holds_who_sat_there_and_a_part_for_each(stage: Stage) -> None:
    plenary = sitting(stage)
    paper = plenary_papers.issue_minutes(plenary, by=stage.member)
    text, pages = read(paper)
    says(
        text,
        "PEMERINTAH KABUPATEN LOMBOK TENGAH",
        "BERITA ACARA VERIFIKASI PENYEDIA P2KTD",
        "Nomor: 07/BA/2026",
        f"Pada hari ini {tanggal_huruf(today())}, bertempat di Aula Dinas PMD",
        "dibentuk dengan Keputusan nomor 188.45/1/2026",
        "dihadiri 2 dari 3 anggota (kuorum 2 anggota)",
        "Bagian 1. CV Contoh Bina Desa",
        "Bagian 3. Yayasan Contoh Tunda",
        "KTP penanggung jawab",
        "Penyedia memahami pekerjaannya.",
        "LAYAK. Diusulkan untuk ditetapkan",
        "TIDAK LAYAK. Diusulkan untuk ditolak.",
        "DITUNDA ke rapat berikutnya. Alasan: Menunggu surat kampus.",
        "Tidak ikut membahas dan memutus karena benturan kepentingan: Putu Ketua.",
        "Tidak hadir: Made Anggota.",
        "Ketua Pokja P2KTD, Putu Ketua",
        f"Halaman 1 dari {pages}",
        "bukan tanda tangan elektronik",
    )
    assert text.count("Tanda tangan") == 1
    for secret in (NIK, NPWP, ACCOUNT):
        assert secret not in text
        assert secret not in str(paper.snapshot)


def test_the_recap_table_holds_every_applicant_against_every_aspect(stage: Stage) -> None:
    plenary = sitting(stage)
    text, _ = read(plenary_papers.issue_recap(plenary, by=stage.member))
    says(
        text,
        "TABEL REKAPITULASI HASIL VERIFIKASI PENYEDIA P2KTD",
        "Lampiran Berita Acara nomor 07/BA/2026",
        "Inklusi sosial dan lingkungan",
        "PT Contoh Saingan",
        "50,00",
        "Jumlah: 3 permohonan; 1 layak, 1 tidak layak, 1 ditunda.",
    )


def test_the_annex_lists_who_was_listed_and_nobody_else(stage: Stage) -> None:
    plenary = sitting(stage)
    code = plenary.lines()[0].application.code
    plenary.decree(
        by=stage.chair,
        decree_number="188.45/77/2026",
        decree_date=today(),
        valid_until=today() + YEAR,
        numbers={code: "017/P2KTD/2026"},
    )
    text, _ = read(plenary_papers.issue_annex(plenary, by=stage.chair))
    says(text, "188.45/77/2026", tanggal_sedang(today()), "017/P2KTD/2026", "CV Contoh Bina Desa", "07/BA/2026")
    assert "Saingan" not in text
    assert "Tunda" not in text


def test_the_form_of_one_applicants_papers(stage: Stage) -> None:
    plenary = sitting(stage)
    code = plenary.lines()[0].application.code
    text, pages = read(plenary_papers.issue_administrative_form(plenary, code, by=stage.member))
    says(
        text,
        "FORMULIR PENILAIAN HASIL VERIFIKASI ADMINISTRASI",
        "CV Contoh Bina Desa",
        "Pakta integritas",
        "Tidak wajib",
        "Hasil verifikasi administrasi: LULUS. 4 dari 4 dokumen",
        "Ketua Pokja P2KTD, Putu Ketua",
        "Pemeriksa, Baiq Anggota",
    )
    assert pages == 1
    assert plenary_papers.issue_administrative_form(plenary, "TIDAKADA", by=stage.member) is None


def test_before_the_report_it_is_a_concept(stage: Stage) -> None:
    plenary = stage.plenary(stage.recommended())
    paper = plenary_papers.issue_minutes(plenary, by=stage.member)
    text, _ = read(paper)
    says(text, "KONSEP: bahan rapat, belum menjadi berita acara", "Nomor: .....", "CV Contoh Bina Desa")
    assert paper.snapshot["watermark"] == "KONSEP"
    assert "dihadiri" not in text


def test_the_old_report_still_prints_the_old_name(stage: Stage) -> None:
    """Frozen: what the provider, the rule and the members are called later changes nothing on it."""
    plenary = sitting(stage)
    paper = plenary_papers.issue_minutes(plenary, by=stage.member)
    type(stage.firm).objects.filter(pk=stage.firm.pk).update(name="CV Nama Baru", address="Jalan Baru 9")
    type(stage.chair).objects.filter(pk=stage.chair.pk).update(name="Nama Lain")
    plenary.lines()[0].application.scores.update(points=1)
    again = plenary_papers.issue_minutes(Plenary.objects.get(pk=plenary.pk), by=stage.chair)
    assert again == paper  # the same content is one paper
    text, _ = read(again)
    says(text, "CV Contoh Bina Desa", "Putu Ketua", "80,00")
    assert "CV Nama Baru" not in text
    recap = plenary_papers.issue_recap(Plenary.objects.get(pk=plenary.pk), by=stage.chair)
    assert "CV Nama Baru" not in str(recap.snapshot)


def test_a_report_made_again_is_a_revision(stage: Stage) -> None:
    plenary = sitting(stage)
    first = plenary_papers.issue_minutes(plenary, by=stage.member)
    plenary.reopen(by=stage.chair, reason="Nomor salah.")
    plenary.minute(by=stage.member, minutes_number="08/BA/2026", present=plenary.seated())
    second = plenary_papers.issue_minutes(plenary, by=stage.member)
    assert (first.revision, second.revision) == (0, 1)
    page = logged_in(stage.member).get(reverse("check", args=[first.code])).content.decode()
    assert second.code in page or "revisi" in page.lower()


def test_demo_papers_say_so(stage: Stage, settings: object) -> None:
    settings.DEMO = True
    text, _ = read(plenary_papers.issue_recap(stage.plenary(stage.recommended()), by=stage.member))
    says(text, "DATA CONTOH ·", "KONSEP, belum menjadi berita acara.")


def test_papers_are_asked_for_and_read_by_the_desk_alone(stage: Stage) -> None:
    plenary = sitting(stage)
    url = reverse("admin:verification_plenary_print", args=[plenary.code, "rekapitulasi"])
    answer = logged_in(stage.member).post(url)
    paper = PrintedDocument.objects.get()
    assert answer.url == paper.get_absolute_url()
    readers = {
        user.name
        for user in (stage.member, stage.office, stage.neighbour_chair, stage.owner(stage.firm), stage.head)
        if logged_in(user).get(paper.get_absolute_url()).status_code == 200
    }
    assert readers == {"Baiq Anggota", "Dewi Dinas"}
    unknown = reverse("admin:verification_plenary_print", args=[plenary.code, "lampiran-keputusan"])
    assert logged_in(stage.member).post(unknown).status_code == 404  # no decree yet
