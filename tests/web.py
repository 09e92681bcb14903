"""A real gunicorn with the deployment's configuration, and a form as somebody has it open, byte by byte."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from p2ktd.embedded import BASE_DIR
from tests.core import files

BOUNDARY = "batas-uji"
MEGABYTE = 1024 * 1024


class Web:
    """gunicorn on this test's database, with folders of its own."""

    def __init__(self, folder: Path, port: int, statics: Path, **environment: str) -> None:
        self.port, self.media, self.temporary = port, folder / "files", folder / "tmp"
        self.temporary.mkdir()
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        self.environment = os.environ | {
            "DATABASE_URL": database, "DEBUG": "false", "VAR_DIR": str(statics), "MEDIA_ROOT": str(self.media),
            "TMPDIR": str(self.temporary), "WEB_BIND": f"127.0.0.1:{port}",
            "SITE_URL": f"http://127.0.0.1:{port}",
        } | environment  # fmt: skip
        if not (statics / "static").exists():
            collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
            subprocess.run(collect, env=self.environment, cwd=BASE_DIR, check=True)
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "p2ktd.wsgi"]
        with (folder / "web.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=BASE_DIR, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 120  # a busy machine
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


@contextmanager
def serving(folder: Path, statics: Path, **environment: str) -> Iterator[Web]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    running = Web(folder, port, statics, **environment)
    try:
        yield running
    finally:
        running.end()


class Form:
    """A page's form as a logged-in person has it open."""

    def __init__(self, web: Web, path: str, user: User) -> None:
        self.web, self.path = web, path
        browser = Client()
        browser.force_login(user, backend="accounts.backends.Backend")
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


def scan(size: int = 2 * MEGABYTE) -> bytes:
    """A PDF of about this size."""
    return files.pdf() + b"\n" + b"%" * size
