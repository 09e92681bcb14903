"""The letter of a listing: frozen, printed by the worker, read back, and for those who see the application."""

from __future__ import annotations

import io

from django.urls import reverse
from pypdf import PdfReader

from core import jobs
from core.models import Job, PrintedDocument
from tests.accounts.stage import logged_in
from tests.verification.stage import ACCOUNT, NIK, NPWP, Stage
from verification.models import Application, Standing


def letter_url(application: Application) -> str:
    return reverse("application-letter", args=[application.code])


def test_the_letter_says_who_is_listed_by_which_decree_until_when(stage: Stage) -> None:
    application = stage.listed(number="017/P2KTD/2026")
    client = logged_in(stage.owner(stage.firm))
    response = client.post(letter_url(application))
    paper = PrintedDocument.objects.get()
    assert response.url == paper.get_absolute_url()
    assert client.post(letter_url(application)).url == response.url  # the same content once
    for job in Job.objects.filter(task="core.render_document"):
        jobs.run(job.pk)
    paper.refresh_from_db()
    assert paper.file is not None
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.file.content.read())).pages)
    text = " ".join(text.split())
    for sentence in (
        "PEMERINTAH KABUPATEN LOMBOK TENGAH",
        "POKJA P2KTD",
        "CV Contoh Bina Desa",
        "terdaftar dalam Direktori Penyedia P2KTD Kabupaten Lombok Tengah",
        "017/P2KTD/2026",
        "Keputusan nomor 188.45/12/2026 tanggal",
        "Putu Ketua",
        "bukan tanda tangan elektronik",
    ):
        assert sentence in text, sentence
    for secret in (NIK, NPWP, ACCOUNT):
        assert secret not in text
        assert secret not in str(paper.snapshot)


def test_nobody_else_asks_for_it_and_none_is_made_of_an_ended_listing(stage: Stage) -> None:
    application = stage.listed()
    for user in (stage.owner(stage.rival), stage.neighbour_member, stage.head, stage.nobody):
        assert logged_in(user).post(letter_url(application)).status_code == 404
    assert logged_in(stage.member).post(letter_url(application)).status_code == 302
    Standing.objects.update(ended_on=Standing.objects.get().listed_on)
    assert logged_in(stage.owner(stage.firm)).post(letter_url(application)).status_code == 404
    assert logged_in(stage.owner(stage.firm)).get(letter_url(application)).status_code == 405
