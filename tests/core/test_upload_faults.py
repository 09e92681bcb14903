"""Uploads that go wrong on the way, against a real gunicorn with the deployment's own configuration.

A line that drops in the middle, a client that dawdles, a stranger who sends much, forty files at once: no row, no
file, nothing in the temporary folder, and the next person is served.
"""

from __future__ import annotations

import re
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import User, VillageAccess
from core.models import StoredFile
from tests.accounts.stage import person
from tests.areas import KUTA, load_areas
from tests.core import files
from tests.web import MEGABYTE, Form, Web, answer, scan, serving

PATIENCE = 3  # seconds


@pytest.fixture(scope="module")
def statics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the collected style sheets lie: once for all servers."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def server(django_db_setup: None, statics: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("web"), statics) as running:
        yield running


@pytest.fixture
def web(server: Web, transactional_db: None) -> Web:
    """The server, on fresh tables and an empty store."""
    load_areas()
    shutil.rmtree(server.media, ignore_errors=True)
    return server


@pytest.fixture
def impatient(transactional_db: None, statics: Path, tmp_path: Path) -> Iterator[Web]:
    """Another, that waits PATIENCE seconds where production waits a minute."""
    load_areas()
    with serving(tmp_path, statics, WEB_TIMEOUT=str(PATIENCE)) as running:
        yield running


def letter_fields() -> dict[str, str]:
    return {
        "village": KUTA, "role": "village_operator", "position": "", "phone": "0812-3456-7890",
        "letter_number": "188.4/12/KD/2025", "letter_date": "2025-03-01",
    }  # fmt: skip


@pytest.fixture
def form(web: Web) -> Form:
    return Form(web, "/akses-desa/baru/", person("Contoh Salmah"))


def nothing_is_kept(web: Web) -> bool:
    return not (VillageAccess.objects.exists() or StoredFile.objects.exists() or web.left_behind())


@pytest.mark.parametrize("way", ["closes", "half-closes"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.999])
def test_an_upload_that_dies_half_way_leaves_nothing(web: Web, form: Form, way: str, part: float) -> None:
    before = web.workers()
    body = form.multipart(letter_fields(), [("letter", "surat.pdf", scan())])
    line = web.raw(form.head(len(body)) + body[: int(len(body) * part)])
    if way == "half-closes":  # the server hears the end, and could still answer
        line.shutdown(socket.SHUT_WR)
        assert answer(line)[0] in (400, 403)
    line.close()
    assert web.answers()  # the same workers serve the next one
    time.sleep(0.2)
    assert web.workers() == before
    assert nothing_is_kept(web)


def test_the_whole_upload_is_kept_once(web: Web, form: Form) -> None:
    """The positive control of the one above; and what was sent again after a lost answer makes no second row."""
    body = form.multipart(letter_fields(), [("letter", "../../../srv/www/surat tugas.php.PDF", scan())])
    line = web.raw(form.head(len(body)) + body)
    line.close()  # the answer is lost
    status, _ = form.send(body)
    assert status == 302
    assert VillageAccess.objects.count() == StoredFile.objects.count() == 1
    # under a random name in the private store, whatever the browser called it
    assert StoredFile.objects.get().name == "surat tugas.php.pdf"
    (kept,) = web.left_behind()
    assert re.fullmatch(rf"{web.media}/[0-9a-f]{{2}}/[0-9a-f]{{32}}", kept)


def test_a_text_that_was_cut_off_is_not_stored(web: Web) -> None:
    """A server hands over what came before the line dropped as if it were all."""
    user = person("Contoh Salmah")
    form = Form(web, "/profil/nama/", user)
    kind = "application/x-www-form-urlencoded"
    body = f"csrfmiddlewaretoken={form.hidden['csrfmiddlewaretoken']}&name=Contoh Salmah binti Amaq Sahdan".encode()
    with web.raw(form.head(len(body), kind) + body[:-8]) as line:
        line.shutdown(socket.SHUT_WR)
        assert answer(line)[0] == 400
    assert User.objects.get(pk=user.pk).name == "Contoh Salmah"
    assert form.send(body, kind)[0] == 302
    assert User.objects.get(pk=user.pk).name == "Contoh Salmah binti Amaq Sahdan"


def test_clients_that_dawdle_are_let_go_and_others_are_served(impatient: Web) -> None:
    """One for each worker, a byte now and then. In production nginx waits for them, and no worker does."""
    form = Form(impatient, "/akses-desa/baru/", person("Contoh Salmah"))
    body = form.multipart(letter_fields(), [("letter", "surat.pdf", scan())])
    slow = [impatient.raw(form.head(len(body)) + body[:1000]) for _ in impatient.workers()]
    slow.append(impatient.raw(b"POST /akses-desa/baru/ HT"))
    end = time.monotonic() + 20 * PATIENCE
    while any(still_there(line) for line in slow):
        assert time.monotonic() < end, "they still hold the workers"
        time.sleep(0.5)
    assert impatient.answers()
    assert nothing_is_kept(impatient)
    assert form.send(body)[0] == 302


def still_there(line: socket.socket) -> bool:
    try:
        line.sendall(b"%")
        line.settimeout(0.01)
        return bool(line.recv(1000))
    except TimeoutError:
        return True
    except OSError:
        return False


@pytest.mark.parametrize("size", [20, 50])
def test_a_stranger_is_refused_before_the_body_is_read(web: Web, form: Form, size: int) -> None:
    """The answer comes while all but the first bytes still wait."""
    with web.raw(form.head(size * MEGABYTE, cookie="") + b"%" * 1000) as line:
        status, page = answer(line)  # the server would wait a minute for the rest
    assert status == (413 if size > 26 else 302)
    assert "Kiriman terlalu besar" in page or size < 26
    assert nothing_is_kept(web)


def test_forty_files_at_once_are_refused_with_a_sentence(web: Web, form: Form) -> None:
    small = form.multipart(letter_fields(), [("letter", f"{n}.pdf", files.pdf()) for n in range(40)])
    status, page = form.send(small)
    assert status == 413
    assert "Paling banyak 12 berkas dalam satu pengiriman." in page
    assert "satu per satu" in page

    before = web.memory()
    large = 40 * 10 * MEGABYTE
    with web.raw(form.head(large)) as line:
        for _ in range(40):
            line.sendall(bytes(10 * MEGABYTE))
        status, page = answer(line)
    assert status == 413
    assert "Berkas dan isian dalam satu pengiriman paling banyak 26 MB." in page
    assert web.memory() - before < 20
    assert nothing_is_kept(web)


def test_one_file_too_large_is_refused_beside_its_field(web: Web, form: Form) -> None:
    status, page = form.send(form.multipart(letter_fields(), [("letter", "surat.pdf", scan(10 * MEGABYTE))]))
    assert status == 422
    assert "Berkas terlalu besar (maksimal 5 MB)" in page
    assert "188.4/12/KD/2025" in page  # what was typed is still there
    assert nothing_is_kept(web)


def test_too_many_or_too_long_texts_are_refused_with_a_sentence(web: Web, form: Form) -> None:
    kind = "application/x-www-form-urlencoded"
    token = f"csrfmiddlewaretoken={form.hidden['csrfmiddlewaretoken']}".encode()
    status, page = form.send(token + b"&a=1" * 1001, kind)
    assert (status, "Paling banyak 1000 isian" in page) == (413, True)
    status, page = form.send(token + b"&a=" + b"x" * 1_100_000, kind)
    assert (status, "Teks isian paling banyak 1 MB" in page) == (413, True)
