"""The picker in a real browser, with JavaScript and without. Pages come from Django's test client, in this test's
own transaction; only Chromium is outside."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.db import connections
from playwright.sync_api import Page, Route, expect, sync_playwright

from tests import areas as places

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("areas"), pytest.mark.urls("tests.regions.host")]

SITE = "http://testserver"
HOST = f"{SITE}/tuan-rumah/"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture
def browse(client):
    """A page in Chromium whose every request is answered here.

    Playwright keeps an event loop in this thread, where Django would open a second connection that sees nothing of
    this test; so requests are answered in a thread of their own, on this test's connection.
    """
    connection = connections["default"]
    connection.inc_thread_sharing()
    thread = ThreadPoolExecutor(1, initializer=lambda: connections.__setitem__("default", connection))
    searching = {"works": True}

    def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.path.startswith("/static/"):
            file = finders.find(address.path.removeprefix("/static/"))
            route.fulfill(body=Path(file).read_bytes(), content_type=guess_type(file)[0] or "text/plain")
        elif address.path == "/wilayah/cari/" and not searching["works"]:
            route.abort()
        else:
            path = f"{address.path}?{address.query}"
            sent = route.request.post_data_buffer
            form = "application/x-www-form-urlencoded"
            asked = (client.get, path) if sent is None else (client.generic, "POST", path, sent, form)
            page = thread.submit(*asked).result()
            route.fulfill(status=page.status_code, headers=dict(page.headers), body=page.content)

    @contextmanager
    def opened(*, javascript: bool = True, width: int = 360) -> Iterator[Page]:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
            context = browser.new_context(java_script_enabled=javascript, viewport={"width": width, "height": 760})
            context.route("**/*", answer)
            context.set_default_timeout(10_000)
            page = context.new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(HOST)
            yield page
            browser.close()
            assert errors == []

    opened.searching = searching
    yield opened
    thread.shutdown()
    connection.dec_thread_sharing()


def test_a_village_is_found_by_typing_and_taken_with_the_keyboard(browse):
    with browse() as page:
        field = page.get_by_role("combobox", name="Desa")
        page.get_by_label("Nama lengkap").fill("Siti Contoh")
        field.fill("kuta puj")
        expect(page.get_by_role("option")).to_have_text(
            ["Desa KutaKecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat"]
        )
        expect(field).to_have_attribute("aria-expanded", "true")
        field.press("ArrowDown")
        expect(field).to_have_attribute("aria-activedescendant", page.get_by_role("option").get_attribute("id"))
        field.press("Enter")
        expect(field).to_have_value("Desa Kuta")
        expect(field).to_have_attribute("aria-expanded", "false")
        expect(page.locator("main").get_by_role("status").first).to_contain_text("dipilih")
        page.get_by_role("button", name="Kirim").click()
        expect(page.locator("body")).to_contain_text("Tersimpan: Desa Kuta, Kecamatan Pujut")


def test_escape_closes_and_changed_text_lets_go_of_the_choice(browse):
    with browse() as page:
        field = page.get_by_role("combobox", name="Desa")
        field.fill("kuta puj")
        page.get_by_role("option").click()
        expect(page.locator("input[name=village]")).to_have_value(places.KUTA)
        field.press("End")
        field.press("Backspace")
        expect(page.locator("input[name=village]")).to_have_value("")
        expect(page.get_by_role("listbox")).to_be_visible()
        field.press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        field.blur()
        expect(page.locator(".area__place")).to_contain_text("Pilih desa dari daftar")


def test_kelurahan_are_shown_but_not_taken(browse):
    with browse() as page:
        field = page.get_by_role("combobox", name="Desa")
        field.fill("sukarasa")
        option = page.get_by_role("option", name="Kelurahan Sukarasa")
        expect(option).to_contain_text("kelurahan tidak berbelanja di sini")
        expect(option).to_have_attribute("aria-disabled", "true")
        option.click(force=True)
        expect(page.locator("input[name=village]")).to_have_value("")


def test_a_name_that_is_not_there_is_told(browse):
    with browse() as page:
        page.get_by_role("combobox", name="Desa").fill("zzzz")
        expect(page.locator("main").get_by_role("status").first).to_contain_text("Tidak ada desa dengan nama itu")


def test_a_refused_form_comes_back_with_the_village_kept(browse):
    with browse() as page:
        page.get_by_role("combobox", name="Desa").fill("kuta puj")
        page.get_by_role("option").click()
        page.get_by_role("button", name="Kirim").click()
        expect(page.get_by_role("combobox", name="Desa")).to_have_value("Desa Kuta")
        expect(page.locator("input[name=village]")).to_have_value(places.KUTA)


def test_when_the_search_is_away_the_selects_come_back(browse):
    browse.searching["works"] = False
    with browse() as page:
        page.get_by_role("combobox", name="Desa").fill("kuta")
        expect(page.get_by_label("Provinsi")).to_be_visible()
        expect(page.get_by_text("Pencarian sedang tidak dapat dihubungi")).to_be_visible()
        page.get_by_label("Provinsi").select_option("52")
        page.get_by_role("button", name="Lanjut memilih").click()
        # The next page tries the search again.
        expect(page.get_by_role("combobox", name="Desa")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_without_javascript_four_selects_lead_to_the_village(browse, width):
    with browse(javascript=False, width=width) as page:
        page.get_by_label("Nama lengkap").fill("Siti Contoh")
        for label, code in (("Provinsi", "52"), ("Kabupaten atau kota", "52.02"), ("Kecamatan", places.PUJUT)):
            page.get_by_label(label).select_option(code)
            page.get_by_role("button", name="Lanjut memilih").click()
            expect(page.get_by_text("Ada yang perlu diperbaiki")).to_have_count(0)
        page.get_by_label("Desa atau kelurahan").select_option(places.KUTA)
        page.get_by_role("button", name="Kirim").click()
        expect(page.locator("body")).to_contain_text("Tersimpan: Desa Kuta, Kecamatan Pujut")


def test_nothing_is_wider_than_a_small_phone(browse):
    with browse() as page:
        for path in ("/tuan-rumah/", "/wilayah/", "/wilayah/?q=lombok", "/wilayah/52.02/", f"/wilayah/{places.KUTA}/"):
            page.goto(SITE + path)
            assert page.evaluate("document.documentElement.scrollWidth") == 360
