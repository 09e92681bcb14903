"""The session ends in the middle of a long form. Nobody types anything twice, with scripts or without."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from p2ktd.demo.cast import DOMAIN, PASSWORD
from tests.browser.site import Site, Visitor
from tests.core import files

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

NEED = {
    "title": "Penyuluhan air bersih",
    "category": "Kesehatan Masyarakat",
    "problem": "Mata air sering keruh.\nSetelah hujan, dua hari.",
    "men": 10,
    "women": 12,
    "volume": 1,
    "unit": "paket",
    "estimate": "8.000.000",
    "why_provider": "Keahlian belum ada di desa.",
}


def session_ends(visitor: Visitor) -> None:
    """After eight hours the row is of no use, and the browser has dropped its cookie."""
    from django.contrib.sessions.models import Session

    visitor.site.ask(lambda: Session.objects.all().delete())
    visitor.context.clear_cookies(name=re.compile("sessionid|sesi"))
    visitor.site.entered.clear()


def log_in_where_one_stands(visitor: Visitor, key: str) -> None:
    expect(visitor.page).to_have_url(re.compile(r"/masuk/\?next="))
    visitor.sees("Sesi Anda berakhir sebelum isian terkirim.")
    visitor.fill(login=f"{key}@{DOMAIN}", password=PASSWORD).press("Masuk")


@pytest.mark.parametrize("javascript", [False, True], ids=["without scripts", "with scripts"])
def test_a_long_form_is_sent_after_logging_in_again(demo: Site, javascript: bool) -> None:
    from transactions.models import Need

    title = f"{NEED['title']} {javascript}"
    operator = demo.visitor("operator", width=360, javascript=javascript).go("/pembelian/baru/")
    operator.fill(**NEED | {"title": title})
    session_ends(operator)
    operator.press("Simpan kebutuhan")
    log_in_where_one_stands(operator, "operator")
    operator.sees("Isian Anda masih ada", title, "Keahlian belum ada di desa.")
    if javascript:
        assert Axe().run(operator.page, options={"resultTypes": ["violations"]}).violations_count == 0
    assert not demo.ask(lambda: Need.objects.filter(title=title).exists())
    operator.press("Kirim isian saya")
    expect(operator.page).to_have_url(re.compile("/pembelian/[A-Z0-9]+/$"))
    need = demo.ask(lambda: Need.objects.get(title=title))
    assert need.problem.splitlines() == NEED["problem"].splitlines()
    if javascript:  # what was sent is not offered again as if it were not
        assert operator.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draf:'))") == []
        operator.go("/pembelian/baru/").sees_not("belum terkirim")


@pytest.mark.parametrize("javascript", [False, True], ids=["without scripts", "with scripts"])
def test_a_form_with_a_file_is_shown_again_as_it_was(demo: Site, javascript: bool, tmp_path: Path) -> None:
    letter = tmp_path / "surat tugas.pdf"
    letter.write_bytes(files.pdf())
    applicant = demo.visitor("calon", width=360, javascript=javascript).go("/akses-desa/baru/")
    applicant.fill(
        role="village_treasurer", phone="0812-3456-7890", letter_number="188.4/99/KD/2025", letter_date="2025-03-01",
        letter=letter,
    )  # fmt: skip
    session_ends(applicant)
    applicant.press("Kirim permohonan")
    log_in_where_one_stands(applicant, "calon")
    applicant.sees("surat tugas.pdf", "Berkas harus dipilih lagi")
    applicant.press("Kembalikan isian saya")
    applicant.sees("Isian Anda dikembalikan; berkas harus dipilih lagi.", "Pilih berkas ini lagi")
    expect(applicant.main.locator("[name=letter_number]")).to_have_value("188.4/99/KD/2025")
    expect(applicant.main.locator("[name=letter_date]")).to_have_value("2025-03-01")
    expect(applicant.main.locator("[name=role][value=village_treasurer]")).to_be_checked()
    applicant.complaints.clear()  # the browser counts the 422 as one


def test_the_draft_in_the_browser_stays_when_nobody_takes_it_back(demo: Site) -> None:
    """The page for logging in is not a page that took the form."""
    operator = demo.visitor("operator").go("/pembelian/baru/")
    operator.fill(title="Pelatihan yang terputus", problem="Belum sempat terkirim.")
    session_ends(operator)
    operator.press("Simpan kebutuhan")
    log_in_where_one_stands(operator, "operator")
    operator.follow("Buang isian ini")
    operator.go("/pembelian/baru/").sees("Ada isian yang belum terkirim")
    operator.page.get_by_role("button", name="Lanjutkan isian itu").click()
    expect(operator.main.locator("[name=title]")).to_have_value("Pelatihan yang terputus")
