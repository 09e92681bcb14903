"""The whole site for a browser: a threaded server on committed rows, Chromium, and people who use it.

Tests are marked `django_db`, so that there is a database, but don't ask it themselves: their transaction would be
idle for too long. `Site.ask` does a query in a thread of its own. Playwright keeps an event loop in the test's
thread, which Django must not mind. Committed rows go at the end of the module, as tests/emptying.py does it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import shutil
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test import TransactionTestCase
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from p2ktd.demo.cast import DOMAIN, PASSWORD, TOTP_SECRET

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDTHS = (360, 1280)
T = TypeVar("T")


def in_a_thread(act: Callable[[], T]) -> T:
    """Do something with the database away from Playwright's loop, on a connection that is closed again."""
    result: list[T] = []
    problem: list[BaseException] = []

    def work() -> None:
        try:
            result.append(act())
        except BaseException as error:
            problem.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=work)
    thread.start()
    thread.join()
    if problem:
        raise problem[0]
    return result[0]


def work_off() -> None:
    """What the worker does: every open job, and those that come of them."""
    from core import jobs
    from core.models import Job
    from p2ktd.celery import app

    app.loader.import_default_modules()  # every app's jobs, as a worker has them
    while waiting := list(Job.objects.open().order_by("pk").values_list("pk", flat=True)):
        for number in waiting:
            jobs.run(number)


def totp_code() -> str:
    """What the authenticator app of the story's people shows now."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(TOTP_SECRET), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Site:
    """A running site; `visitor` opens a browser of one's own."""

    def __init__(self, url: str, chromium: Browser) -> None:
        self.url, self.chromium = url, chromium
        self.entered: dict[str, Any] = {}  # the session of each account, for the next visit
        self.guests: list[Visitor] = []
        self.pictures = 0

    def ask(self, act: Callable[[], T]) -> T:
        return in_a_thread(act)

    def work_off(self) -> None:
        self.ask(work_off)

    def mailed_code(self, address: str) -> str:
        """The code in the latest mail to this address."""
        from core.models import Mail

        body = self.ask(lambda: Mail.objects.filter(to=address).latest("pk").body)
        return re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", body, re.MULTILINE)[1]

    def visitor(self, key: str | None = None, *, width: int = 1280, javascript: bool = True, **more: Any) -> Visitor:
        """A browser; with a key, that person of the cast is logged in."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=javascript, locale="id-ID",
            base_url=self.url, storage_state=self.entered.get(key or ""), **more,
        )  # fmt: skip
        context.set_default_timeout(8_000)
        guest = Visitor(self, context, key or "tamu", width)
        self.guests.append(guest)
        if key and key not in self.entered:
            guest.log_in(f"{key}@{DOMAIN}")
            self.entered[key] = context.storage_state()
        return guest


class Visitor:
    """Someone at a browser, in words of the page: go, follow, fill, press, see."""

    def __init__(self, site: Site, context: BrowserContext, name: str, width: int) -> None:
        self.site, self.context, self.name, self.width = site, context, name, width
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("console", self.listen)

    def listen(self, said: Any) -> None:
        if said.type == "error":
            self.complaints.append(f"{self.page.url}: {said.text}")

    def arrived(self) -> Visitor:
        """On a page: none may scroll sideways."""
        if self.page.evaluate("document.documentElement.scrollWidth") > self.width:
            self.complaints.append(f"{self.page.url}: scrolls sideways at {self.width} px")
        self.photograph()
        return self

    def photograph(self) -> None:
        """With BROWSER_SHOTS=folder the page on a phone and on a desk, for whoever looks at a story or for a failure."""
        if not (folder := os.environ.get("BROWSER_SHOTS")):
            return
        self.site.pictures += 1
        path = re.sub(r"\W+", "_", self.page.url.removeprefix(self.site.url)).strip("_")[:60]
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            picture = f"{folder}/{self.site.pictures:03}-{self.name}-{path}-{width}.png"
            self.page.screenshot(path=picture, full_page=True)
        self.page.set_viewport_size({"width": self.width, "height": 800})

    @property
    def main(self) -> Locator:
        """The page without its header; the desk has a place of its own."""
        return self.page.locator("main:not(:has(.desk)), .desk")

    def go(self, path: str) -> Visitor:
        answer = self.page.goto(path)
        assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"
        return self.arrived()

    def follow(self, name: str) -> Visitor:
        """Press a link."""
        with self.page.expect_navigation():
            self.main.get_by_role("link", name=name).first.click()
        return self.arrived()

    def press(self, name: str) -> Visitor:
        """Press a button and wait for the page that follows."""
        with self.page.expect_navigation():
            self.main.get_by_role("button", name=name, exact=True).click()
        return self.arrived()

    def start(self, name: str) -> Visitor:
        """The page that a move's button opens."""
        with self.page.expect_navigation():
            self.main.get_by_role("link", name=name, exact=True).first.click()
        return self.arrived()

    def press_any(self, name: str) -> Visitor:
        """A move that asks for nothing: a button at once, or a link to a page that asks once more."""
        if self.main.get_by_role("button", name=name, exact=True).count():
            return self.press(name)
        return self.start(name).press(name)

    def step(self, name: str, **values: Any) -> Visitor:
        """A move of a document: its button, what it asks for, and the button again."""
        return self.start(name).fill(**values).press(name)

    def fill(self, **values: Any) -> Visitor:
        """Fields by name; each kind as a person fills it, unfolding what it lies in."""
        for name, value in values.items():
            fields = self.main.locator(f'[name="{name}"]')
            for folded in self.main.locator("details:not([open])", has=self.page.locator(f'[name="{name}"]')).all():
                folded.locator("summary").first.click()
            match fields.first.evaluate("e => e.type"):
                case "radio":
                    self.main.locator(f'[name="{name}"][value="{value}"]').check()
                case "checkbox":
                    for each in value if isinstance(value, list) else [value]:
                        (fields if each is True else self.main.locator(f'[name="{name}"][value="{each}"]')).check()
                case "file":
                    fields.set_input_files(value)
                case "select-one":
                    fields.select_option(value)
                case _:
                    fields.fill(str(value))
        return self

    def pick_area(self, words: str, option: str) -> Visitor:
        """The area picker, by typing."""
        self.main.get_by_role("combobox").first.fill(words)
        self.page.get_by_role("option", name=option).click()
        return self

    def sees(self, *texts: str) -> Visitor:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text, use_inner_text=True, ignore_case=True)
        return self

    def sees_not(self, *texts: str) -> Visitor:
        for text in texts:
            expect(self.page.locator("body")).not_to_contain_text(text, use_inner_text=True, ignore_case=True)
        return self

    def waits(self, *titles: str) -> Visitor:
        """Exactly these stand in "Perlu tindakan"."""
        self.go("/perlu-tindakan/")
        expect(self.main.locator(".tasks a")).to_have_text(list(titles))
        return self

    def log_in(self, email: str, password: str = PASSWORD) -> Visitor:
        self.go("/masuk/").fill(login=email, password=password).press("Masuk")
        if "/kode/" in self.page.url:
            self.fill(code=totp_code())
            with self.page.expect_navigation():
                self.main.get_by_role("button").first.click()
        expect(self.page).to_have_url(re.compile("/perlu-tindakan/$"))
        return self


@contextmanager
def opened_site(prepare: Callable[[], None], *, demo: bool) -> Iterator[Site]:
    """Committed rows by `prepare`, the server, the browser; at the end nothing of it is left.

    The caller has unblocked pytest-django's database.
    """
    assert connections["default"].settings_dict["NAME"].startswith("test_"), "no database of the tests' own"
    real = override_settings(
        DEMO=demo,
        EMAIL_BACKEND="core.mail.OutboxBackend",  # as in production; tests have another
        EMAIL_DELIVERY=settings.EMAIL_DELIVERY | {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"},
    )
    real.enable()
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        prepare()
        connections.close_all()
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        settings.SITE_URL = f"http://localhost:{server.port}"
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
            site = Site(settings.SITE_URL, chromium)
            yield site
            for guest in site.guests:
                guest.photograph()
            chromium.close()
        complaints = [complaint for guest in site.guests for complaint in guest.complaints]
        assert not complaints, complaints
    finally:
        if server.is_alive():  # else it was not begun, and says so itself
            server.terminate()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        real.disable()
        TransactionTestCase._fixture_teardown(TransactionTestCase())
