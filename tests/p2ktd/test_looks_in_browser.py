"""The looks in a real browser: axe finds nothing, nothing is cut off at 360 px, and each small script does its work.

Pages are drawn by Django's test client before the browser starts; Chromium gets them, their headers (so the policy
holds) and the static files from here.
"""

import shutil
from collections.abc import Callable, Iterator
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Request, Route, expect, sync_playwright

pytestmark = pytest.mark.browser

SITE = "http://localhost"  # trusted as if it were https
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]  # fmt: skip
PATHS = ("/gaya/", "/tentang/", "/masuk/", "/daftar/", "/kata-sandi/lupa/")

# A long form, and the way out, as our pages draw them.
LONG_FORM = """<!DOCTYPE html><html lang="id"><head><title>Uji</title><script type="module" src="/static/js/site.js">
</script></head><body data-person="7"><main><h1>Uji</h1>
<form method="post" action="/simpan/" data-once data-autosave="uji"><label for="a">Nama</label><input id="a" name="a">
<label for="b">Rahasia</label><input id="b" name="b" data-no-draft><p class="actions"><button>Kirim</button></p></form>
<form method="post" action="/keluar/" data-forget><button>Keluar</button></form></main></body></html>"""
DONE = "<!DOCTYPE html><title>Tersimpan</title><script type='module' src='/static/js/site.js'></script><body data-person='7'><p>Tersimpan</p>"

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def drawn(django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    """The pages as the public gets them, before a browser's event loop stands in Django's way."""
    client = Client(headers={"host": "localhost"})
    with django_db_blocker.unblock():
        pages = {path: client.get(path) for path in PATHS}
    assert {page.status_code for page in pages.values()} == {200}
    return pages


@pytest.fixture(scope="module")
def browser(drawn: dict[str, Any]) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)


@pytest.fixture
def opened(browser: Browser, drawn: dict[str, Any]) -> Iterator[Open]:
    """Opens a page in a fresh context; afterwards the console must have said nothing."""
    errors: list[str] = []

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = str(finders.find(path.removeprefix("/static/")))
            route.fulfill(body=Path(file).read_bytes(), content_type=guess_type(file)[0] or "text/plain")
        elif path in drawn:
            route.fulfill(headers=dict(drawn[path].headers), body=drawn[path].content)
        else:
            route.fulfill(body=LONG_FORM if path == "/uji/" else DONE, content_type="text/html")

    def open_page(path: str, *, width: int = 360) -> Page:
        page = browser.new_context(viewport={"width": width, "height": 760}).new_page()
        page.set_default_timeout(10_000)
        page.route("**/*", answer)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(SITE + path)
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert errors == []


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_nothing_is_cut_off(opened: Open, width: int) -> None:
    page = opened(PATHS[0], width=width)
    for path in PATHS:
        page.goto(SITE + path)
        found = [
            (each["id"], [node["html"] for node in each["nodes"]]) for each in Axe().run(page).response["violations"]
        ]
        assert (path, found) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_everything_that_is_pressed_is_large_enough_for_a_thumb(opened: Open) -> None:
    page = opened("/gaya/")
    small = page.evaluate(
        """[...document.querySelectorAll('.btn, .input, .select, .choice label, .tabs a, .site-nav a')]
            .map(e => [e.className || e.textContent, e.getBoundingClientRect()])
            .filter(([, box]) => box.height && box.height < 44).map(([name, box]) => name + ' ' + box.height)"""
    )
    assert small == []


def test_a_weighty_button_asks_once_more(opened: Open) -> None:
    page = opened("/gaya/")
    page.get_by_role("button", name="Batalkan pesanan").click()
    dialog = page.get_by_role("dialog", name="Batalkan pesanan ini?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Batal", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_file_that_is_too_large_is_said_before_it_is_sent(opened: Open) -> None:
    page = opened("/gaya/")
    field = page.locator("#contoh_letter")
    field.set_input_files({"name": "sk.pdf", "mimeType": "application/pdf", "buffer": b"x" * 6_000_000})
    expect(page.get_by_text("sk.pdf terlalu besar (5,7 MB). Paling besar 5 MB.")).to_be_visible()
    assert field.input_value() == ""


def test_a_second_press_sends_nothing(opened: Open) -> None:
    page = opened("/uji/")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.evaluate("for (let n = 0; n < 3; n++) document.querySelector('[data-once] button').click()")
    page.wait_for_url("**/simpan/")
    assert len(sent) == 1


def test_what_was_typed_outlives_the_page_and_ends_with_the_answer(opened: Open) -> None:
    page = opened("/uji/")
    page.get_by_label("Nama").fill("Pelatihan kader")
    page.get_by_label("Rahasia").fill("5202000000000001")
    page.wait_for_function("localStorage.length === 1")
    assert "5202" not in page.evaluate("localStorage['draf:7:uji']")
    page.reload()
    page.get_by_role("button", name="Lanjutkan isian itu").click()
    expect(page.get_by_label("Nama")).to_have_value("Pelatihan kader")
    page.get_by_role("button", name="Kirim").click()
    page.wait_for_url("**/simpan/")
    page.wait_for_function("localStorage.length === 0")


def test_leaving_a_shared_computer_forgets_the_drafts(opened: Open) -> None:
    page = opened("/uji/")
    page.get_by_label("Nama").fill("Pelatihan kader")
    page.wait_for_function("localStorage.length === 1")
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/keluar/")
    assert page.evaluate("localStorage.length") == 0
