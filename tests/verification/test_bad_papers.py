"""Defect 14 of the sibling systems: what an applicant may try to hand in, on the page where papers are handed in."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import StoredFile
from tests.accounts.stage import logged_in
from tests.core import files
from tests.verification.stage import Stage


def pdf_bomb() -> bytes:
    """5 KB whose table of contents unpacks, twice packed, to 400 MB."""
    packed = zlib.compress(zlib.compress(bytes(400_000_000), 1), 9)
    head = "1 0 obj\n<</Type/XRef/Size 2/W[1 4 1]/Root 1 0 R/Filter[/FlateDecode/FlateDecode]/Length"
    return f"%PDF-1.5\n{head} {len(packed)}>>\nstream\n".encode() + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"


BAD: dict[str, tuple[bytes, str]] = {
    "PDF with JavaScript": (files.pdf(files.ACTIVE_PDFS["script at the start"]), "PDF memuat isi aktif"),
    "PDF with a program": (files.pdf(files.attach), "PDF memuat isi aktif"),
    "PDF and ZIP": (files.pdf() + files.archive(b"halo"), "juga memuat arsip"),
    "ZIP and PDF": (files.archive(b"halo") + files.pdf(), "Berkas harus PDF atau foto"),
    "program and PDF": (b"MZ" + files.pdf(), "Berkas harus PDF atau foto"),
    "page and PDF": (b"<script>alert(1)</script>" + files.pdf(), "Berkas harus PDF atau foto"),
    "picture bomb": (files.png_header(50_000, 50_000), "Ukuran gambar terlalu besar"),
    "PDF bomb": (pdf_bomb(), "PDF tidak dapat dibaca"),
    "EICAR": (files.EICAR, "Berkas harus PDF atau foto"),
    "EICAR named PDF": (b"%PDF-1.7\n" + files.EICAR, "PDF tidak dapat dibaca"),
    "locked": (files.pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "PDF terkunci kata sandi"),
    "empty": (b"", "Berkas kosong"),
    "huge": (files.pdf() + b"%" * (5 * 1024 * 1024), "Berkas terlalu besar (maksimal 5 MB)"),
}


def hand_in(stage: Stage, content: bytes, name: str = "ktp.pdf") -> Any:
    application = stage.draft(full=False)
    client = logged_in(stage.owner(application.provider))
    url = reverse("application-document", args=[application.code, "ktp"])
    key = client.get(url).context["form"]["submit_key"].value()
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return client.post(url, {"file": file, "submit_key": key}), application


def on_disk() -> set[str]:
    return {str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", BAD)
def test_defect_14_a_bad_upload_is_refused_with_a_sentence_and_leaves_nothing(
    stage: Stage, own_store: None, kind: str
) -> None:
    content, sentence = BAD[kind]
    before = on_disk()
    answer, application = hand_in(stage, content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode().replace("\xa0", " ")
    assert not application.documents.exists()
    assert not StoredFile.objects.exists()
    assert on_disk() == before


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/cron.d/ktp.pdf", "ktp.pdf"),
        ("..\\..\\windows\\ktp.exe", "ktp.pdf"),
        ("ktp.pdf\x00.php", "ktp.pdf.pdf"),
        ('"><script>alert(1)</script>.pdf', "script.pdf"),
    ],
)
def test_defect_14_a_name_leads_nowhere(stage: Stage, name: str, kept: str) -> None:
    answer, application = hand_in(stage, files.pdf(), name)
    assert answer.status_code == 302
    stored = application.documents.get().file
    assert stored.name == kept
    path = Path(stored.content.path).resolve()
    assert path.is_relative_to(Path(settings.MEDIA_ROOT).resolve())
    assert len(path.name) == 32  # random, whatever the browser called it


def test_defect_14_a_virus_is_refused(
    stage: Stage, own_store: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real daemon is asked in tests/core/test_clamav.py; here, that the page asks it and what it says."""
    from core import clamav

    settings.CLAMAV_SOCKET = "/clamd"
    monkeypatch.setattr(clamav, "_ask", lambda address, content, deadline: "stream: Uji.EICAR FOUND")
    before = on_disk()
    answer, application = hand_in(stage, files.pdf())
    assert answer.status_code == 422
    assert "Berkas ini terdeteksi memuat virus dan tidak disimpan." in answer.content.decode()
    assert not application.documents.exists()
    assert on_disk() == before
