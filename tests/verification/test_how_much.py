"""How much one application may bring: forty papers of 10 MB one after another, and then enough."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from core.models import StoredFile
from core.models.file import one_act
from tests.accounts.stage import logged_in
from tests.core import files
from tests.verification.stage import Stage
from tests.web import MEGABYTE, Form, scan, serving
from verification.models import Application


def on_disk() -> set[str]:
    return {str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def send(client: Client, application: Application, key: str = "ktp") -> Any:
    url = reverse("application-document", args=[application.code, key])
    field = client.get(url).context["form"]["submit_key"]
    file = SimpleUploadedFile("surat.pdf", files.pdf(), content_type="application/pdf")
    return client.post(url, {"file": file, "submit_key": field.value()})


def test_more_files_than_an_application_may_hold_are_refused_and_leave_nothing(
    stage: Stage, own_store: None, settings: Any
) -> None:
    application = stage.draft(full=False)
    client = logged_in(stage.owner(application.provider))
    settings.APPLICATION_MAX_FILES = 2
    assert [send(client, application).status_code for _ in range(2)] == [302, 302]
    before = on_disk()
    refused = send(client, application)
    assert refused.status_code == 422
    assert "Permohonan ini sudah memuat 2 berkas, termasuk yang sudah diganti" in refused.content.decode()
    assert application.documents.count() == StoredFile.objects.count() == 2
    assert on_disk() == before


def test_more_bytes_than_an_application_may_hold_are_refused(stage: Stage, settings: Any) -> None:
    application = stage.draft(full=False)
    client = logged_in(stage.owner(application.provider))
    settings.APPLICATION_MAX_BYTES = len(files.pdf()) + 100
    assert send(client, application).status_code == 302
    refused = send(client, application, "npwp")
    assert refused.status_code == 422
    assert "seluruhnya paling banyak" in refused.content.decode().replace("\xa0", " ")
    assert application.documents.count() == 1


def test_another_application_has_room_of_its_own(stage: Stage, settings: Any) -> None:
    settings.APPLICATION_MAX_FILES = 1
    for provider in (stage.firm, stage.rival):
        application = stage.draft(provider, full=False)
        assert send(logged_in(stage.owner(provider)), application).status_code == 302


def test_what_was_stored_for_an_act_that_is_refused_goes_from_the_disk(db: None) -> None:
    """And only that: an act within an act, an act that succeeds, and a file of before stay."""

    def store() -> Path:
        return Path(StoredFile.objects.store(b"x", name="x", content_type="text/plain").content.path)

    before = store()
    with one_act():
        kept = store()
        with pytest.raises(ValueError, match="inner"), one_act():
            inner = store()
            raise ValueError("inner")
    outer: list[Path] = []
    with pytest.raises(ValueError, match="outer"), one_act():
        outer.append(store())
        with one_act():
            outer.append(store())
        raise ValueError("outer")
    assert [path.exists() for path in (before, kept, inner, *outer)] == [True, True, False, False, False]
    with transaction.atomic():
        assert StoredFile.objects.count() == 2


def test_forty_papers_of_ten_megabytes_one_after_another(committed_stage: Stage, tmp_path: Path) -> None:
    """The worker's memory does not grow with them, and the forty-first meets the limit with a sentence."""
    application = committed_stage.draft(full=False)
    user = committed_stage.owner(application.provider)
    path = reverse("application-document", args=[application.code, "ktp"])
    limits = {"UPLOAD_MAX_BYTES": str(11 * MEGABYTE), "APPLICATION_MAX_BYTES": str(405 * MEGABYTE)}
    with serving(tmp_path, tmp_path / "var", WEB_WORKERS="1", **limits) as web:
        paper = scan(10 * MEGABYTE)
        for number in range(1, 41):
            form = Form(web, path, user)
            assert form.send(form.multipart({}, [("file", "ktp.pdf", paper)]))[0] == 302, number
            if number == 3:
                warm = web.memory()
        grown = web.memory() - warm
        assert len(web.left_behind()) == application.documents.count() == 40
        assert application.documents.current().count() == 1
        form = Form(web, path, user)
        status, page = form.send(form.multipart({}, [("file", "ktp.pdf", paper)]))
        assert status == 422
        assert "Berkas permohonan ini sudah 400 MB" in page
        assert len(web.left_behind()) == 40
        shutil.rmtree(web.media)
    assert grown < 20, f"{grown} MB more after 40 papers than after 3"
