"""The main forms with scripts off: what a weak browser, or a line that lost one file, still gets done."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_the_public_searches_and_filters(demo: Site) -> None:
    guest = demo.visitor(width=360, javascript=False).go("/")
    guest.page.locator("main input[name=q]").first.fill("bank sampah")
    guest.press("Cari").sees("1 layanan", "Pelatihan bank sampah desa")
    guest.go("/layanan/").page.locator("details summary", has_text="Saring").first.click()
    guest.fill(kategori="infrastruktur")
    guest.press("Terapkan").sees("5 layanan").sees_not("Pelatihan bank sampah desa")


def test_someone_chooses_a_village_by_four_selects(demo: Site) -> None:
    guest = demo.visitor("calon", width=360, javascript=False).go("/akses-desa/baru/")
    for code in ("52", "52.02", "52.02.04", "52.02.04.2009"):
        guest.main.locator("[data-area-picker] select").last.select_option(code)
        guest.press("Lanjut memilih")
    expect(guest.main.locator("[data-area-picker] select").last).to_have_value("52.02.04.2009")


def test_an_operator_notes_a_need_and_moves_it_on(demo: Site) -> None:
    operator = demo.visitor("operator", width=360, javascript=False).go("/pembelian/baru/")
    operator.fill(
        title="Penyuluhan air bersih",
        category="Kesehatan Masyarakat",
        problem="Mata air sering keruh.",
        men=10,
        women=12,
        volume=1,
        unit="paket",
        estimate="8.000.000",
        why_provider="Keahlian belum ada di desa.",
    ).press("Simpan kebutuhan")
    expect(operator.page).to_have_url(re.compile("/pembelian/[A-Z0-9]+/$"))
    operator.step("Catat Kesepakatan Musdes", musdes_on="2026-01-12", musdes_number="140/CONTOH/2026")
    operator.sees("Disepakati Musdes", "140/CONTOH/2026")


def test_a_refused_form_says_what_is_wrong(demo: Site) -> None:
    operator = demo.visitor("operator", width=360, javascript=False).go("/pembelian/baru/")
    operator.press("Simpan kebutuhan").sees("Wajib diisi.")
    expect(operator.main.get_by_role("alert").first).to_be_visible()
    operator.complaints.clear()  # the browser counts the 422 as one
