"""Uploads that go wrong on the way, against a real gunicorn with the deployment's own configuration.

A line that drops in the middle, a client that dawdles, a stranger who sends much, forty files at once: no row, no
file, nothing in the temporary folder, and the next person is served.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User, VillageAccess
from core.models import StoredFile
from p2ktd.embedded import BASE_DIR
from tests.accounts.stage import person
from tests.areas import KUTA, load_areas
from tests.core import files

PATIENCE = 3  # WEB_TIMEOUT for these tests
BOUNDARY = "batas-uji"
MEGABYTE = 1024 * 1024


class Web:
    """gunicorn on this test's database, with folders of its own."""

    def __init__(self, folder: Path, port: int, **environment: str) -> None:
        self.port, self.media, self.temporary = port, folder / "files", folder / "tmp"
        self.temporary.mkdir()
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        self.environment = os.environ | {
            "DATABASE_URL": database, "DEBUG": "false", "VAR_DIR": str(folder), "MEDIA_ROOT": str(self.media),
            "TMPDIR": str(self.temporary), "WEB_BIND": f"127.0.0.1:{port}", "WEB_TIMEOUT": str(PATIENCE),
            "SITE_URL": f"http://127.0.0.1:{port}",
        } | environment  # fmt: skip
        subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"], env=self.environment,
                       cwd=BASE_DIR, check=True)  # fmt: skip
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "p2ktd.wsgi"]
        with (folder / "web.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=BASE_DIR, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 30
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < end, (folder / "web.log").read_text()
            time.sleep(0.1)

    def end(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def answers(self) -> bool:
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False

    def workers(self) -> set[int]:
        """The processes that serve."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(pid) for pid in children.split()}

    def memory(self) -> int:
        """Megabytes held by the largest worker, and by none of them more at any time since it began."""
        peaks = [re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()) for pid in self.workers()]
        return max(int(peak[1]) for peak in peaks if peak) // 1024

    def left_behind(self) -> list[str]:
        """Files in the store and in the temporary folder."""
        return [str(path) for root in (self.media, self.temporary) for path in root.rglob("*") if path.is_file()]

    def get(self, path: str, cookie: str = "") -> HTTPResponse:
        line = HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        return line.getresponse()

    def raw(self, head: bytes, timeout: float = 30) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        line.sendall(head)
        return line


def answer(line: socket.socket) -> tuple[int, str]:
    response = HTTPResponse(line)
    response.begin()
    return response.status, response.read().decode().replace("\xa0", " ")


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    running = Web(tmp_path_factory.mktemp("web"), port)
    yield running
    running.end()


@pytest.fixture
def web(server: Web, transactional_db: None) -> Web:
    """The server, on fresh tables and an empty store."""
    load_areas()
    shutil.rmtree(server.media, ignore_errors=True)
    return server


class Form:
    """A page's form as a logged-in person has it open."""

    def __init__(self, web: Web, path: str, user: User) -> None:
        self.web, self.path = web, path
        browser = Client()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
        page = web.get(path, session)
        assert page.status == 200
        csrf = re.search(r"csrftoken=[^;]+", str(page.headers.get_all("Set-Cookie")))[0]
        self.cookie = f"{session}; {csrf}"
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.read().decode())
        self.hidden = {name: value for name, value in hidden if name in ("csrfmiddlewaretoken", "submit_key")}

    def multipart(self, fields: dict[str, str], uploads: list[tuple[str, str, bytes]]) -> bytes:
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in (self.hidden | fields).items()
        ] + [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            f"Content-Type: application/pdf\r\n\r\n".encode()
            + content
            + b"\r\n"
            for name, filename, content in uploads
        ]
        return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()

    def head(
        self, length: int, kind: str = f"multipart/form-data; boundary={BOUNDARY}", cookie: str | None = None
    ) -> bytes:
        cookie = self.cookie if cookie is None else cookie
        return (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.web.port}\r\nConnection: close\r\n"
            f"Origin: http://127.0.0.1:{self.web.port}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
            f"Cookie: {cookie}\r\n\r\n"
        ).encode()

    def send(self, body: bytes, kind: str = f"multipart/form-data; boundary={BOUNDARY}") -> tuple[int, str]:
        with self.web.raw(self.head(len(body), kind) + body) as line:
            return answer(line)


def letter_fields() -> dict[str, str]:
    return {
        "village": KUTA, "role": "village_operator", "position": "", "phone": "0812-3456-7890",
        "letter_number": "188.4/12/KD/2025", "letter_date": "2025-03-01",
    }  # fmt: skip


def scan(size: int = 2 * MEGABYTE) -> bytes:
    """A PDF of about this size."""
    return files.pdf() + b"\n" + b"%" * size


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


def test_clients_that_dawdle_are_let_go_and_others_are_served(web: Web, form: Form) -> None:
    """One for each worker, a byte now and then. In production nginx waits for them, and no worker does."""
    body = form.multipart(letter_fields(), [("letter", "surat.pdf", scan())])
    slow = [web.raw(form.head(len(body)) + body[:1000]) for _ in web.workers()]
    slow.append(web.raw(b"POST /akses-desa/baru/ HT"))
    began = time.monotonic()
    gone = 0
    while gone < len(slow) and time.monotonic() - began < 5 * PATIENCE:
        time.sleep(0.5)
        gone = sum(not still_there(line) for line in slow)
    assert gone == len(slow)
    assert web.answers()
    assert time.monotonic() - began < 5 * PATIENCE
    assert nothing_is_kept(web)
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
    with web.raw(form.head(size * MEGABYTE, cookie="") + b"%" * 1000, timeout=PATIENCE / 2) as line:
        status, page = answer(line)
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
