"""How a village looks before it buys: it asks, keeps, compares and prints; with and without scripts."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from playwright.sync_api import expect

from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

BOOKS = "Pelatihan pengelolaan BUM Desa"
HELP = "Pendampingan usaha BUM Desa tiga bulan"


def code_of(site: Site, title: str) -> str:
    from catalog.models import Service

    return site.ask(lambda: str(Service.objects.get(title=title).code))


def need_code(site: Site) -> str:
    from transactions.models import Need

    return site.ask(lambda: str(Need.objects.get(title="Peta potensi desa").code))


def test_a_question_is_asked_and_answered_without_scripts(demo: Site) -> None:
    code = code_of(demo, BOOKS)
    operator = demo.visitor("operator", width=360, javascript=False).go(f"/layanan/{code}/")
    operator.follow("Ajukan pertanyaan").fill(text="Hubungi saya di 0812-3456-7890").press("Kirim pertanyaan")
    operator.sees("Jangan menulis nomor telepon")
    operator.complaints.clear()  # the browser counts the 422 as one
    operator.fill(text="Apakah modulnya boleh diperbanyak?").press("Kirim pertanyaan")
    operator.sees("Pertanyaan terkirim tanpa nama Anda", "Menunggu jawaban")
    provider = demo.visitor("penyedia", width=360, javascript=False).go("/perlu-tindakan/")
    provider.follow(BOOKS).sees("Apakah modulnya boleh diperbanyak?").sees_not("Baiq Contoh")
    provider.step("Jawab", answer_text="Boleh, untuk desa yang mengikuti pelatihan.")
    guest = demo.visitor(width=360, javascript=False).go(f"/layanan/{code}/")
    guest.sees("Apakah modulnya boleh diperbanyak?", "Boleh, untuk desa yang mengikuti pelatihan.")


def test_services_are_kept_for_a_need_and_compared_without_scripts(demo: Site) -> None:
    need = need_code(demo)
    operator = demo.visitor("operator", width=360, javascript=False)
    for title in (BOOKS, HELP):
        operator.go(f"/layanan/{code_of(demo, title)}/").follow("Simpan ke daftar pendek")
        operator.fill(need=need, note="Dekat.").press("Simpan").sees("Layanan disimpan ke daftar pendek")
    operator.go(f"/pembelian/{need}/").sees("Daftar pendek", BOOKS, HELP)
    operator.press("Bandingkan yang dicentang").sees("Perbandingan ini dibekukan", "berbeda")
    expect(operator.page).to_have_url(re.compile(r"layanan=\w+(@|%40)\d+&layanan=\w+(@|%40)\d+$"))
    operator.follow("Tampilkan hanya yang berbeda").sees("Hanya baris yang berbeda ditampilkan").sees_not(
        "Wilayah layanan"
    )
    operator.go(f"/pembelian/{need}/daftar-pendek/").follow("Hapus").sees("Hapus “").press("Hapus dari daftar pendek")
    operator.sees("Layanan dihapus dari daftar pendek")


def test_services_of_the_list_are_ticked_and_compared_without_scripts(demo: Site) -> None:
    first, second = code_of(demo, BOOKS), code_of(demo, HELP)
    guest = demo.visitor(width=360, javascript=False).go("/layanan/?kategori=kewirausahaan")
    guest.fill(layanan=[first, second]).press("Bandingkan yang dicentang").sees(BOOKS, HELP, "Bekukan dan bagikan")


def test_what_is_picked_for_comparison_is_remembered_from_page_to_page(demo: Site) -> None:
    first, second = code_of(demo, BOOKS), code_of(demo, HELP)
    guest = demo.visitor(width=360).go(f"/layanan/{first}/")
    guest.main.get_by_role("link", name="Bandingkan", exact=True).click()
    guest.sees("1 dari 4 layanan")
    guest.go(f"/layanan/{second}/").sees(f"1 dari 4 layanan: {BOOKS}")
    guest.main.get_by_role("link", name="Bandingkan", exact=True).first.click()
    guest.sees("2 dari 4 layanan")
    tray = guest.page.locator(".compare-tray")
    tray.get_by_role("link", name="Bandingkan").click()
    expect(guest.page).to_have_url(re.compile(f"layanan={first}&layanan={second}$"))
    guest.sees(BOOKS, HELP, "Bekukan dan bagikan")
    guest.follow("Bekukan perbandingan").sees("Perbandingan ini dibekukan", "Versi ")
    guest.go(f"/layanan/{first}/").page.get_by_role("button", name="Kosongkan").click()
    expect(tray).to_have_count(0)
    assert guest.complaints == []


def test_the_longest_service_is_printed_on_one_page(demo: Site) -> None:
    def lengthen() -> str:
        from catalog.models import Service
        from regions.models import Area

        service = Service.objects.get(title="Pemetaan batas dan potensi desa dengan drone")
        words = "Pengembangan kapasitas kelembagaan masyarakat "
        given = {
            each.key: each.accept({"text": words * 6, "number": 999_999_999, "yes_no": True}[each.kind])
            for each in service.category.questions()
            if each.kind in ("text", "number", "yes_no")
        }
        service.revise(
            by=service.provider.memberships.get().user,
            title=(words * 3)[:119].strip(),
            summary=(words * 6)[:239].strip(),
            description=(words * 90)[:3999],
            deliverables="\n".join([(words * 4)[:150]] * 13)[:1999],
            requirements="\n".join([(words * 4)[:180]] * 10)[:1999],
            areas=list(Area.objects.filter(code__in=["52", "11", "12", "13", "14", "15"])),
            attributes=given,
        )
        return str(service.code)

    code = demo.ask(lengthen)
    guest = demo.visitor().go(f"/layanan/{code}/cetak/").sees("Selengkapnya di")
    printed = pikepdf.open(io.BytesIO(guest.page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 1
    assert [round(float(side)) for side in printed.pages[0].mediabox] == [0, 0, 595, 842]
