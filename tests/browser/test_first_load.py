"""The first visit of five public pages on a cold cache, through gunicorn and static files as in production."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections

from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

MOST_REQUESTS, MOST_BYTES = 8, 60 * 1024
PAGES = ("/", "/layanan/", "service", "/penyedia/", "provider")


@pytest.fixture(scope="module")
def gunicorn(demo: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo's database behind DEBUG=0, collected and compressed files, two threads."""
    folder = tmp_path_factory.mktemp("production")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    name = connections["default"].settings_dict["NAME"]
    environment = os.environ | {
        "DEBUG": "0", "DEMO": "1", "VAR_DIR": str(folder), "SITE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl(),
    }  # fmt: skip
    home = Path(settings.BASE_DIR)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, cwd=home, env=environment, check=True, timeout=120)
    serve = [sys.executable, "-m", "gunicorn", "p2ktd.wsgi", "-b", f"127.0.0.1:{port}", "--threads", "2",
             "--log-level", "warning"]  # fmt: skip
    with subprocess.Popen(serve, cwd=home, env=environment) as server:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        server.terminate()


@pytest.fixture(scope="module")
def figures() -> Iterator[list[tuple[str, int, int]]]:
    """What was measured, as a table at the end (`pytest -s` shows it)."""
    rows: list[tuple[str, int, int]] = []
    yield rows
    sys.stdout.write("\nFirst load          requests     bytes\n")
    for path, requests, size in rows:
        sys.stdout.write(f"{path:<20}{requests:>8}{size:>10}\n")


@pytest.mark.parametrize("page", PAGES)
def test_the_first_load_is_light(demo: Site, gunicorn: str, figures: list[tuple[str, int, int]], page: str) -> None:
    path = page if page.startswith("/") else demo.ask(lambda: _address(page))
    guest = demo.visitor(width=360)
    wire = guest.context.new_cdp_session(guest.page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": False})
    asked: list[str] = []
    weights: list[float] = []
    wire.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    guest.page.goto(gunicorn + path, wait_until="networkidle")
    asked = [url for url in asked if not url.startswith("data:")]
    figures.append((page, len(asked), int(sum(weights))))
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(gunicorn).netloc}
    assert len(asked) <= MOST_REQUESTS
    assert sum(weights) <= MOST_BYTES


def _address(page: str) -> str:
    from tests.cast import Story

    service = Story().service("Pelatihan pengelolaan BUM Desa")
    return str((service if page == "service" else service.provider).get_absolute_url())
