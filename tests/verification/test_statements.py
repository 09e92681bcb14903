"""Statements to sign: the profile's data on paper, nothing that is kept encrypted, for whom they are asked."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from core import documents, jobs
from core.models import Job, PrintedDocument
from tests.accounts.stage import logged_in
from tests.verification.stage import ACCOUNT, NIK, NPWP, Stage
from verification.models import Application, profile
from verification.statements import STATEMENTS


def url_of(application: Application, key: str) -> str:
    return reverse("application-statement", args=[application.code, key])


def printed(paper: PrintedDocument) -> str:
    for job in Job.objects.filter(task="core.render_document", done_at=None):
        jobs.run(job.pk)
    paper.refresh_from_db()
    assert paper.file is not None
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.file.content.read())).pages)
    return " ".join(text.split())


SENTENCES = {
    "pernyataan-kebenaran": ["SURAT PERNYATAAN KEBENARAN DATA", "adalah benar, lengkap, dan sesuai dengan aslinya",
                             "Meterai Rp10.000"],
    "pernyataan-daftar-hitam": ["tidak sedang dikenai sanksi daftar hitam", "tidak sedang dinyatakan pailit",
                                "sengketa hukum"],
    "pakta-integritas": ["PAKTA INTEGRITAS", "tidak melakukan korupsi, kolusi, dan nepotisme"],
}  # fmt: skip


@pytest.mark.parametrize("key", STATEMENTS)
def test_a_statement_says_who_signs_what_for_whom(stage: Stage, key: str) -> None:
    provider = stage.new_provider("Yayasan Contoh Tani", form="nonprofit")
    application = stage.draft(provider, full=False)
    client = logged_in(stage.owner(provider))
    response = client.post(url_of(application, key))
    paper = PrintedDocument.objects.get()
    assert response.url == paper.get_absolute_url()
    assert client.post(url_of(application, key)).url == response.url  # the same content once
    text = printed(paper)
    for sentence in (
        *SENTENCES[key], "Rina Contoh", "Direktur", "Yayasan Contoh Tani", "Jalan Contoh 1, Praya", "Infrastruktur",
        "Yang menyatakan", "Lombok Tengah", application.code,
    ):  # fmt: skip
        assert sentence in text, sentence
    assert ("Meterai" in text) == (key == "pernyataan-kebenaran")
    page = client.get(response.url).content.decode()
    assert "Buka PDF" in page
    assert f'href="{application.get_absolute_url()}"' in page  # the way back to the list
    for secret in (NIK, NPWP, ACCOUNT):
        assert secret not in text
        assert secret not in str(paper.snapshot)
    assert paper.pages == 1


def test_new_data_make_a_new_paper(stage: Stage) -> None:
    provider = stage.new_provider("Yayasan Contoh Tani", form="nonprofit")
    application = stage.draft(provider, full=False)
    client = logged_in(stage.owner(provider))
    first = client.post(url_of(application, "pakta-integritas")).url
    profile.change(provider, by=stage.owner(provider), position="Ketua")
    assert client.post(url_of(application, "pakta-integritas")).url != first
    assert "Ketua" in printed(PrintedDocument.objects.latest("pk"))


def test_a_person_signs_for_nobody_else(stage: Stage) -> None:
    provider = stage.new_provider("Contoh Sendiri", form="person")
    application = stage.draft(provider, full=False)
    logged_in(stage.owner(provider)).post(url_of(application, "pernyataan-daftar-hitam"))
    text = printed(PrintedDocument.objects.get())
    assert "sebagai penyedia perorangan" in text
    assert "atas nama" not in text


def test_a_statement_that_nobody_asks_for_is_not_printed(stage: Stage) -> None:
    """Companies show only the pact in these tests."""
    application = stage.draft(full=False)
    client = logged_in(stage.owner(stage.firm))
    for key in ("pernyataan-kebenaran", "karangan", "ktp"):
        assert client.post(url_of(application, key)).status_code == 404
    assert client.get(url_of(application, "pakta-integritas")).status_code == 405
    assert logged_in(stage.owner(stage.rival)).post(url_of(application, "pakta-integritas")).status_code == 404
    assert not PrintedDocument.objects.exists()


def test_hostile_names_are_printed_as_text(stage: Stage) -> None:
    provider = stage.new_provider("Yayasan Contoh & Kawan " + "Panjang " * 14, form="nonprofit")
    profile.change(provider, by=stage.owner(provider), address="Jalan <img src=x> 🌾 " + "sangat panjang " * 14)
    application = stage.draft(provider, full=False)
    logged_in(stage.owner(provider)).post(url_of(application, "pernyataan-kebenaran"))
    paper = PrintedDocument.objects.get()
    assert printed(paper)
    html, assets = documents.page(paper)
    assert "Yayasan Contoh &amp; Kawan" in html
    assert "Jalan &lt;img src=x&gt; 🌾" in html
    assert set(assets) == {documents.STYLE}
    assert paper.pages in (1, 2)
