"""The virus scanner: Debian's real daemon with the deployment's own configuration, and daemons that misbehave.

The real one has a signature written here (the EICAR test file, which every scanner knows and which harms nobody).
Where it is not installed, its tests are skipped with a line in the summary.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from core import clamav, uploads
from core.forms import ImagesUploadField, ScanUploadField
from p2ktd.embedded import BASE_DIR
from tests.core import files

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
CONFIGURATION = (BASE_DIR / "deploy" / "clamd.conf").read_text()
SIGNATURE = f"Uji.EICAR:0:*:{files.EICAR.hex()}\n"  # name, any kind of file, anywhere, these bytes
AWAY = "Pemeriksa virus sedang tidak tersedia. Coba unggah lagi beberapa menit kemudian."


def refusal(judge: Callable[[], Any]) -> tuple[str | None, str]:
    with pytest.raises(ValidationError) as refused:
        judge()
    return refused.value.code, refused.value.messages[0]


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test inherits the silence after another's daemon that hung."""
    monkeypatch.setattr(clamav, "_asleep_until", 0.0)


# --- the real daemon ------------------------------------------------------------------------------------------
class Daemon:
    """Debian's clamd on a socket of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, str(folder / "clamd.sock")
        (folder / "signatures").mkdir()
        (folder / "signatures" / "uji.ndb").write_text(SIGNATURE)
        ours = re.sub(r"^(TCPSocket|TCPAddr|DatabaseDirectory|TemporaryDirectory) .*\n", "", CONFIGURATION, flags=re.M)
        ours += f"LocalSocket {self.socket}\nDatabaseDirectory {folder}/signatures\nTemporaryDirectory {folder}\n"
        (folder / "clamd.conf").write_text(ours)
        with (folder / "clamd.log").open("wb") as log:
            command = [str(CLAMD), f"--config-file={folder}/clamd.conf"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + 60
        while not Path(self.socket).exists():
            said = (folder / "clamd.log").read_text(errors="replace")
            assert self.process.poll() is None and time.monotonic() < end, said[-2000:]
            time.sleep(0.05)

    def signal(self, number: int) -> None:
        os.kill(self.process.pid, number)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def started() -> Iterator[Daemon]:
    if CLAMD is None:
        pytest.skip("NO VIRUS SCANNER WAS TESTED: clamd is not installed (apt-get install clamav-daemon)")
    folder = Path(tempfile.mkdtemp(prefix="p2ktd-clamd-"))  # a socket's path must be short
    daemon = Daemon(folder)
    yield daemon
    daemon.end()
    shutil.rmtree(folder)


@pytest.fixture
def daemon(started: Daemon, settings: Any) -> Daemon:
    settings.CLAMAV_SOCKET = started.socket
    return started


def pdf_with_eicar_packed() -> bytes:
    """Compressed in a stream of the page: its bytes stand nowhere in the file."""

    def hide(document: pikepdf.Pdf) -> None:
        document.pages[0].Contents = pikepdf.Stream(document, files.EICAR)

    content = files.pdf(hide, compress_streams=True, recompress_flate=True)
    assert files.EICAR not in content
    return content


def test_the_test_virus_is_refused_in_every_kind_of_file(daemon: Daemon) -> None:
    """Bare, behind a PDF, packed into its page, in the notes of a photo, in an archive behind a PDF."""
    assert refusal(lambda: clamav.scan(files.EICAR))[0] == "virus"
    for clean, content in (
        (uploads.clean_pdf, files.pdf() + b"\n" + files.EICAR),
        (uploads.clean_pdf, pdf_with_eicar_packed()),
        (uploads.clean_scan, files.jpeg(comment=files.EICAR)),
        (uploads.clean_image, files.png() + files.EICAR),
        (uploads.clean_pdf, files.pdf() + files.archive(files.EICAR)),
    ):
        code, sentence = refusal(lambda clean=clean, content=content: clean(SimpleUploadedFile("surat.pdf", content)))
        assert (code, sentence) == ("virus", "Berkas ini terdeteksi memuat virus dan tidak disimpan.")


def test_clean_files_pass(daemon: Daemon) -> None:
    assert uploads.clean_pdf(SimpleUploadedFile("surat.pdf", files.pdf(pages=3))).pages == 3
    assert uploads.clean_scan(SimpleUploadedFile("foto.jpg", files.jpeg())).is_photo
    clamav.scan(os.urandom(10 * 1024 * 1024))  # the largest that a deployment lets in, and more


def test_what_is_not_looked_at_to_its_end_is_refused(daemon: Daemon) -> None:
    """Archives that unpack to more, or deeper, than the daemon reads."""
    deep = files.archive(files.EICAR)
    for _ in range(20):
        deep = files.archive(deep)
    for content in (files.archive(bytes(150_000_000)), deep):
        code, sentence = refusal(lambda content=content: clamav.scan(content))
        assert code == "unscannable"
        assert "terlalu rumit" in sentence


def test_more_than_the_daemon_takes_is_refused(daemon: Daemon) -> None:
    assert refusal(lambda: clamav.scan(bytes(31 * 1024 * 1024))) == ("scanner", AWAY)


def test_a_daemon_that_hangs_refuses_within_its_time_and_only_once(daemon: Daemon, settings: Any) -> None:
    settings.CLAMAV_SECONDS = 0.5
    daemon.signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        for _ in range(8):  # a form with eight photos
            assert refusal(lambda: clamav.scan(files.pdf())) == ("scanner", AWAY)
        assert 0.4 < time.monotonic() - began < 3  # eight waits would be four
    finally:
        daemon.signal(signal.SIGCONT)


def test_uploads_go_on_when_the_daemon_answers_again(daemon: Daemon, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(clamav, "SILENCE_SECONDS", 0.3)
    settings.CLAMAV_SECONDS = 0.2
    daemon.signal(signal.SIGSTOP)
    try:
        assert refusal(lambda: clamav.scan(files.pdf()))[0] == "scanner"
    finally:
        daemon.signal(signal.SIGCONT)
    settings.CLAMAV_SECONDS = 15
    assert refusal(lambda: clamav.scan(files.pdf()))[0] == "scanner"  # still within the silence
    time.sleep(0.4)
    clamav.scan(files.pdf())


def test_a_form_says_what_was_found(daemon: Daemon) -> None:
    class Papers(forms.Form):
        letter = ScanUploadField()
        photos = ImagesUploadField()

    class Given(dict[str, Any]):
        getlist = dict.__getitem__

    photos = [SimpleUploadedFile(f"{n}.jpg", files.jpeg(comment=files.EICAR if n == 2 else b"")) for n in (1, 2, 3)]
    letter = SimpleUploadedFile("surat.pdf", files.pdf() + files.EICAR)
    form = Papers({}, Given(letter=letter, photos=photos))
    assert form.errors == {
        "letter": ["Berkas ini terdeteksi memuat virus dan tidak disimpan."],
        "photos": ["2.jpg: Berkas ini terdeteksi memuat virus dan tidak disimpan."],
    }


def test_a_daemon_that_was_killed_lets_nothing_in(settings: Any) -> None:
    if CLAMD is None:
        pytest.skip("NO VIRUS SCANNER WAS TESTED: clamd is not installed (apt-get install clamav-daemon)")
    folder = Path(tempfile.mkdtemp(prefix="p2ktd-clamd-"))
    daemon = Daemon(folder)
    settings.CLAMAV_SOCKET = daemon.socket
    clamav.scan(files.pdf())
    daemon.end()  # its socket stays behind
    assert Path(daemon.socket).exists()
    assert refusal(lambda: clamav.scan(files.pdf())) == ("scanner", AWAY)
    shutil.rmtree(folder)
    assert refusal(lambda: clamav.scan(files.pdf())) == ("scanner", AWAY)


# --- daemons that misbehave -----------------------------------------------------------------------------------
class Odd(socketserver.BaseRequestHandler):
    """Takes a file and answers what the test says, a byte at a time where it dawdles."""

    answer = b"stream: OK\0"
    dawdle = 0.0

    def handle(self) -> None:
        received = b""
        while not received.endswith(bytes(4)):
            if not (part := self.request.recv(65536)):
                return
            received += part
        try:
            for place in range(len(self.answer)):
                time.sleep(self.dawdle)
                self.request.sendall(self.answer[place : place + 1])
        except OSError:
            pass  # the other side gave up


@pytest.fixture
def odd(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

    folder = tempfile.mkdtemp(prefix="p2ktd-clamd-")
    settings.CLAMAV_SOCKET = f"{folder}/odd.sock"
    with Server(settings.CLAMAV_SOCKET, Odd) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield lambda **how: [monkeypatch.setattr(Odd, name, value) for name, value in how.items()]
        server.shutdown()
    shutil.rmtree(folder)


def test_only_the_exact_good_answer_lets_pass(odd: Callable[..., None]) -> None:
    clamav.scan(b"%PDF-")
    for answer in (
        b"", b"\0", b"OK\0", b"stream: NOT OK\0", b"INSTREAM size limit exceeded. ERROR\0", b"\xff\xfe\0",
        b"stream: Can't allocate memory ERROR\0", b"x" * 9000,
    ):  # fmt: skip
        odd(answer=answer)
        assert refusal(lambda: clamav.scan(b"%PDF-")) == ("scanner", AWAY), answer
    odd(answer=b"stream: Sesuatu FOUND\0")
    assert refusal(lambda: clamav.scan(b"%PDF-"))[0] == "virus"


def test_an_answer_that_trickles_does_not_stretch_the_time(odd: Callable[..., None], settings: Any) -> None:
    settings.CLAMAV_SECONDS = 0.4
    odd(dawdle=0.3)  # each byte in time, all eleven after it
    began = time.monotonic()
    assert refusal(lambda: clamav.scan(b"%PDF-")) == ("scanner", AWAY)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("address", ["/tidak/ada.sock", "127.0.0.1:1", "[::1]:1", "tidak-ada.invalid:3310"])
def test_a_daemon_that_is_not_there_lets_nothing_in(address: str, settings: Any) -> None:
    settings.CLAMAV_SOCKET = address
    assert refusal(lambda: clamav.scan(files.pdf())) == ("scanner", AWAY)


@pytest.mark.parametrize("address", ["clamav", "/", "clamav:", "clamav:port", ":3310/x", "3310"])
def test_an_address_that_is_none_stops_the_start(address: str) -> None:
    start = subprocess.run(
        [sys.executable, "-c", "import p2ktd.settings"], env=os.environ | {"CLAMAV_SOCKET": address},
        cwd=BASE_DIR, capture_output=True, text=True,
    )  # fmt: skip
    assert start.returncode and "CLAMAV_SOCKET" in start.stderr


def test_the_daemon_gives_up_before_the_web_service_and_the_web_service_before_its_supervisor(settings: Any) -> None:
    says = dict(line.split(maxsplit=1) for line in CONFIGURATION.splitlines() if line and not line.startswith("#"))
    nginx = (BASE_DIR / "deploy" / "nginx.conf").read_text()
    gunicorn = (BASE_DIR / "deploy" / "gunicorn.conf.py").read_text()
    request = int(re.search(r"client_max_body_size (\d+)m;", nginx)[1])
    patience = int(re.search(r'"WEB_TIMEOUT", "(\d+)"', gunicorn)[1])
    assert int(says["StreamMaxLength"].rstrip("M")) >= request
    assert int(says["MaxScanTime"]) / 1000 < settings.CLAMAV_SECONDS
    # one file that hangs, then the rest of its form judged without the scanner's wait
    assert patience > settings.CLAMAV_SECONDS + uploads.INSPECTOR_SECONDS
    assert says["AlertExceedsMax"] == "yes"
