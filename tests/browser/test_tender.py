"""A public tender, clicked through: a question is answered before everyone, an addendum gives more time and money, the
work comes late all the same and is fined, and the first Musdes does not accept it.

The village is the demo's neighbour, which types its budget. Who is on a phone, and who has no scripts, says `ACTORS`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.assembly import decide_musdes, plan_musdes, rate, record_musdes
from tests.browser.passing import days_pass
from tests.browser.purchase import Purchase, day, give_reasons, printed
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

TITLE = "Perencanaan irigasi lima dusun"
PHONE = {"width": 360}
PLAIN = PHONE | {"javascript": False}
ACTORS = {"operator": PHONE, "tpk": PLAIN, "penyedia": PHONE, "penyedia4": PLAIN, "kades": PHONE, "pld": PHONE}
WINNER, RIVAL, LOSER = "penyedia3", "penyedia", "penyedia4"
NAMES = {WINNER: "PT Contoh Rekayasa Nusantara", RIVAL: "CV Contoh Bina Desa", LOSER: "Contoh Rahmat (perorangan)"}
SERVICES = {
    WINNER: "Perencanaan jaringan irigasi desa",
    RIVAL: "Gambar rencana dan RAB jalan usaha tani",
    LOSER: "Pemetaan batas dan potensi desa dengan drone",
}
# The lines of the HPS, and what each asks for them.
ITEMS = (
    ("Survei dan pengukuran", "2", "kunjungan", "15.000.000"),
    ("Gambar rencana dan RAB", "1", "dokumen", "210.000.000"),
)
OFFERS = {
    WINNER: ["14.500.000", "205.000.000"],  # 234 million
    RIVAL: ["14.000.000", "204.000.000"],  # 232
    LOSER: ["12.000.000", "190.000.000"],  # 214, but without an engineer
}
QUESTION, ANSWER = "Apakah survei boleh dilakukan pada hari Minggu?", "Boleh, setelah memberi tahu kepala dusun."
WHY = "Tenaga ahli irigasinya lengkap, dan selisih harganya kecil."
ASKED = {"question_0": "Kapan saluran dibangun?", "answer_0": "Tahun depan, bila anggarannya ada."}
JUDGED = "Terlambat, tetapi gambarnya rapi."
FAILS = "Tidak mengajukan tenaga ahli irigasi yang diminta KAK."


def test_from_need_to_rating(demo: Site, papers: dict[str, Path]) -> None:
    purchase = Purchase(demo, TITLE, papers, ".tetangga", widths=ACTORS)
    need_is_planned(purchase)
    tender = tender_is_announced(purchase)
    provider_asks_and_team_answers(purchase, tender)
    offers_stay_sealed(purchase, tender)
    offers_are_opened_and_judged(purchase)
    bidders_learn_why(purchase, tender)
    contract_is_signed(purchase)
    addendum_is_signed(purchase)
    work_comes_late(purchase)
    work_is_paid_less_fine_and_tax(purchase)
    musdes_does_not_accept(purchase)
    provider_repairs(purchase)
    musdes_accepts(purchase)
    purchase_is_closed_and_rated(purchase)
    everybody_reads_the_contract(purchase)


# --- the need, and the tender -------------------------------------------------------------------------
def need_is_planned(purchase: Purchase) -> None:
    purchase.note_need(estimate="245.000.000", category="Infrastruktur")
    purchase.budget(ceiling="245.000.000", funding="dd", activity_code="2.3.17")


def tender_is_announced(purchase: Purchase) -> str:
    """Above the limit of the rule; the announcement is there for everyone."""
    team = purchase.turn("tpk").follow("Mulai pengadaan")
    team.fill(scope="Survei, gambar rencana, dan RAB jaringan irigasi lima dusun.", hps="240.000.000", days=14)
    team.fill(deadline=f"{day(9)}T16:00").press("Simpan pengadaan").sees("Lelang")
    team.sees_not("Kirim Undangan")
    names = ("name", "volume", "unit", "unit_price")
    purchase.write_terms([dict(zip(names, item, strict=True)) for item in ITEMS])
    team = purchase.at("tpk").start("Umumkan Lelang")
    team.fill(number="027/CONTOH-LELANG/2026")
    give_reasons(team, "Kegiatan dan tempatnya lain.").press("Umumkan Lelang").sees("Menunggu Penawaran")
    printed(team, "Pengumuman Lelang", "PENGUMUMAN LELANG", TITLE, "240.000.000")
    printed(team, "Kerangka Acuan Kerja (KAK)", "KERANGKA ACUAN KERJA")
    printed(team, "Harga Perkiraan Sendiri (HPS)", "Gambar rencana dan RAB", "240.000.000")

    guest = purchase.site.visitor(width=360, javascript=False).go("/lelang/?q=irigasi+lima").follow(TITLE)
    guest.sees("Rp240.000.000", "Gambar rencana dan RAB", "Batas pertanyaan", "Belum ada pertanyaan yang dijawab")
    return guest.page.url.removeprefix(purchase.site.url)


def provider_asks_and_team_answers(purchase: Purchase, tender: str) -> None:
    for key, service in SERVICES.items():
        bidder = purchase.by(key).go(tender).follow("Daftar ikut lelang")
        bidder.main.get_by_label(service).check()
        bidder.press("Daftar").sees("Anda terdaftar sebagai peserta lelang")
    asker = purchase.by(LOSER).go(tender).follow("Ajukan pertanyaan").fill(text=QUESTION).press("Kirim pertanyaan")
    asker.sees("tanpa nama Anda", "tampil untuk semua orang setelah dijawab")
    guest = purchase.site.visitor().go(tender).sees_not(QUESTION)

    team = purchase.turn("tpk").sees(QUESTION).sees_not(*NAMES.values())
    team.step("Jawab", answer_text=ANSWER)
    purchase.site.work_off()
    purchase.by(RIVAL).go("/pemberitahuan/").sees(TITLE)
    guest.go(tender).sees(QUESTION, ANSWER).sees_not(*NAMES.values())


# --- the offers -----------------------------------------------------------------------------------------
def offers_stay_sealed(purchase: Purchase, tender: str) -> None:
    for key, prices in OFFERS.items():
        purchase.offer(key, prices, days=14).sees("Terkirim")
    team = purchase.at("tpk").sees("Penawaran tersimpan tertutup")
    team.sees_not("205.000.000", "204.000.000", "Minta Pembukaan")
    purchase.by(RIVAL).go(purchase.path).sees("204.000.000").sees_not("205.000.000", NAMES[WINNER])
    purchase.let_deadline_pass()
    purchase.site.visitor(width=360).go(tender).sees("Penawaran tidak diterima lagi")


def offers_are_opened_and_judged(purchase: Purchase) -> None:
    """The lowest fails for a reason; of the others, not the lower one is chosen, for a reason."""
    purchase.open_by_two()
    team = purchase.turn("tpk").sees("Rp234.000.000", "Rp232.000.000", "Rp214.000.000")
    printed(team, "Berita Acara Pembukaan Penawaran", "027/CONTOH-BAP/2026", *NAMES.values(), "234.000.000")
    team.start("Evaluasi Penawaran").fill(number="027/CONTOH-BAE/2026", place="Kantor desa")
    for meets in team.main.get_by_label("Memenuhi", exact=True).all():
        meets.check()
    loser = team.main.locator("section", has=team.page.get_by_role("heading", name=NAMES[LOSER]))
    loser.locator("[name^=technical_][value=no]").check()
    loser.locator("[name^=technical_note_]").fill(FAILS)
    team.press("Simpan evaluasi").sees("Gugur", FAILS)
    printed(team, "Berita Acara Hasil Evaluasi", "027/CONTOH-BAE/2026", FAILS)

    team.start("Tetapkan Pemenang")
    team.main.get_by_label(NAMES[WINNER]).check()
    team.fill(number="027/CONTOH-TAP/2026", notice_number="027/CONTOH-PENG/2026", related="tidak")
    team.press("Tetapkan Pemenang").sees("Tuliskan alasan tidak menetapkannya")
    team.complaints.clear()  # the browser counts the 409 as one
    team.fill(reason=WHY)
    give_reasons(team, "Selisihnya kecil.").press("Tetapkan Pemenang").sees("Pemenang Ditetapkan")
    printed(team, "Surat Penetapan Pemenang", "027/CONTOH-TAP/2026", NAMES[WINNER], "234.000.000")
    printed(team, "Pengumuman Pemenang", "027/CONTOH-PENG/2026", NAMES[WINNER])


def bidders_learn_why(purchase: Purchase, tender: str) -> None:
    purchase.site.work_off()
    for key, words in ((WINNER, "ditetapkan sebagai pemenang"), (RIVAL, WHY), (LOSER, FAILS)):
        purchase.by(key).go("/pemberitahuan/").sees(TITLE, words)
    purchase.site.visitor(width=360, javascript=False).go(tender).sees(
        "Pemenang lelang", NAMES[WINNER], "Rp234.000.000"
    )


# --- the contract and the work --------------------------------------------------------------------------
def contract_is_signed(purchase: Purchase) -> None:
    purchase.issue_and_sign(WINNER, number="027/CONTOH-SP/2026", warranty_days=30)
    manager = purchase.at("pka").sees("Surat Perjanjian", "027/CONTOH-SP/2026")
    printed(manager, "Surat Perjanjian", "027/CONTOH-SP/2026", "234.000.000", "1 per mil")
    provider = purchase.turn(WINNER)
    provider.step("Laporkan Kemajuan", percent=40, text="Survei dua dusun selesai.", photos=[purchase.papers["foto1"]])
    provider.sees("kemajuan 40 %")


def addendum_is_signed(purchase: Purchase) -> None:
    """After ten days: more money and a week more."""
    days_pass(purchase, 10)
    manager = purchase.at("pka").follow("Buat adendum")
    manager.fill(
        number="027/CONTOH-ADD/2026",
        signed_on=day(),
        reason="DATA CONTOH. Jembatan putus karena banjir; satu saluran bertambah.",
        new_value="238.000.000",
        new_ends_on=day(10),
        scope="Ditambah gambar satu saluran di Dusun Contoh Timur.",
    )
    give_reasons(manager.press("Simpan adendum"), "Disetujui.").sees("Menunggu Tanda Tangan Penyedia")
    purchase.turn(WINNER).step("Unggah Adendum Bertanda Tangan", scan=purchase.papers["surat"])
    manager = purchase.turn("pka")
    manager.step("Unggah Adendum Bertanda Tangan Desa", scan=purchase.papers["pindaian"]).sees(
        "Rp238.000.000", "Berlaku"
    )
    printed(manager, "Adendum 027/CONTOH-ADD/2026", "238.000.000", "Jembatan putus")


def work_comes_late(purchase: Purchase) -> None:
    """Three days after the last one; something has to be mended first."""
    days_pass(purchase, 13)
    provider = purchase.turn(WINNER).sees("Melewati batas waktu")
    photos = [purchase.papers["foto1"], purchase.papers["foto2"]]
    provider.step("Laporkan Kemajuan", percent=100, text="Gambar dan RAB selesai.", photos=photos)
    provider.step("Minta Pemeriksaan", percent=100)
    manager = purchase.turn("pka")
    manager.step(
        "Minta Perbaikan",
        reason="Skala gambar belum tercantum.",
        due_on=day(2),
        number="028/CONTOH-BAP-1/2026",
        on=day(),
    )
    printed(manager, "Berita Acara Pemeriksaan", "Skala gambar belum tercantum.")
    purchase.turn(WINNER).sees("Skala gambar belum tercantum.").step("Minta Pemeriksaan", percent=100)
    purchase.accept_and_hand_over(fined=True)
    manager = purchase.at("pka")
    manager.main.locator("#kontrak summary").first.click()
    manager.sees("3 hari; denda Rp714.000")
    printed(manager, "Berita Acara Pemeriksaan", "028/CONTOH-BAP/2026")
    printed(manager, "Berita Acara Serah Terima (BAST)", "028/CONTOH-BAST/2026", "714.000")
    printed(manager, "BAST kepada Kepala Desa", "029/CONTOH-BAST/2026")


def work_is_paid_less_fine_and_tax(purchase: Purchase) -> None:
    """238,000,000 less three days at one permille, less PPh 23 of two percent."""
    request = purchase.ask_payment(WINNER, amount="238.000.000")
    purchase.pay(request, "Rp714.000", "Rp4.760.000", "Rp232.526.000")
    manager = purchase.at("pka").go(request)
    printed(manager, "SPP", "900/CONTOH-SPP/2026", "238.000.000")
    printed(manager, "Kuitansi", "CONTOH/07/2026", "232.526.000")


# --- the assembly -----------------------------------------------------------------------------------------
def sheet_comes_back(purchase: Purchase, text: str) -> None:
    """The signed sheet, photographed page by page, by the address of its QR code."""
    address = re.search(r"/unggah/[A-Z0-9]+/", text)
    assert address is not None
    helper = purchase.by("pld").go(address[0]).sees(TITLE)
    helper.fill(photos=[purchase.papers["foto1"], purchase.papers["pindaian"]]).press("Unggah")
    helper.sees("Foto dan pindaian diunggah", "Berita acara bertanda tangan")


def musdes_does_not_accept(purchase: Purchase) -> None:
    helper = plan_musdes(purchase, 3).sees("Direncanakan")
    printed(helper, "Undangan", TITLE)
    blank = printed(helper, "Berita Acara (kosong)", "BERITA ACARA")
    printed(helper, "Daftar Hadir (kosong)", "DAFTAR HADIR")
    printed(helper, "Notulen (kosong)", "NOTULEN")
    meeting = helper.page.url.removeprefix(purchase.site.url)
    council = purchase.by("bpd").go(meeting)
    council.step("Tunda Musdes", to=day(8), reason="Warga sedang panen raya.")
    council.sees("Ditunda dari", "Warga sedang panen raya.")
    days_pass(purchase, 8)
    sheet_comes_back(purchase, blank)
    record_musdes(purchase, meeting, "Gambar dan RAB selesai, terlambat dan didenda.", **ASKED)
    reason = "Gambar dusun kelima belum lengkap."
    council = decide_musdes(purchase, meeting, "refused", reason, number="141/CONTOH-BA-1/2026")
    printed(council.sees("Belum diterima", reason), "Berita Acara", "141/CONTOH-BA-1/2026", reason)
    printed(council, "Notulen", ASKED["question_0"])


def provider_repairs(purchase: Purchase) -> None:
    manager = purchase.turn("pka").follow("Pilih cara penyelesaian").sees("Gambar dusun kelima belum lengkap.")
    manager.fill(kind="repair", reason="Penyedia melengkapi gambarnya tanpa biaya.", due_on=day(10))
    manager.press("Simpan pilihan").sees("Berjalan")
    provider = purchase.turn(WINNER)
    provider.step("Laporkan Perbaikan", note="Gambar dusun kelima dilengkapi.", proof=purchase.papers["surat"])
    purchase.turn("pka").step("Terima Perbaikan", note="Lengkap dan sesuai KAK.").sees("Selesai")


def musdes_accepts(purchase: Purchase) -> None:
    helper = plan_musdes(purchase)
    meeting = helper.page.url.removeprefix(purchase.site.url)
    sheet_comes_back(purchase, printed(helper, "Berita Acara (kosong)", "BERITA ACARA"))
    record_musdes(purchase, meeting, "Gambar dusun kelima sudah dilengkapi.", **ASKED)
    council = decide_musdes(purchase, meeting, "accepted", "Diterima.", number="141/CONTOH-BA-2/2026")
    printed(council.sees("Diterima"), "Berita Acara", "141/CONTOH-BA-2/2026")
    printed(council, "Baris Buku Keputusan", "BA-2/2026", TITLE)


# --- the end ----------------------------------------------------------------------------------------------
def purchase_is_closed_and_rated(purchase: Purchase) -> None:
    purchase.turn("kades").step("Tutup Pembelian").sees("Selesai")
    rate(purchase, {"quality": 4, "cost": 4, "time": 2, "service": 4, "learning": 4}, JUDGED)


def everybody_reads_the_contract(purchase: Purchase) -> None:
    guest = purchase.site.visitor(width=360, javascript=False).go("/pembelian-desa/?q=irigasi+lima").follow(TITLE)
    guest.sees("Rp238.000.000", NAMES[WINNER], "Diterima", JUDGED)
    guest.sees_not("Bank Contoh", "Inaq Sahnep")
