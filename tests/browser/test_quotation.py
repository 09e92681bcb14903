"""A purchase by quotation, clicked through: three sealed offers, price talks item by item, two termins, one Musdes.

The village is the demo's own; its budget comes from a Siskeudes file that its operator loads here. Who is on a phone,
and who has no scripts, says `ACTORS`.
"""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pikepdf
import pytest

from p2ktd.demo.cast import VILLAGE
from tests.browser.assembly import decide_musdes, plan_musdes, rate, record_musdes
from tests.browser.purchase import Purchase, day, give_reasons, printed
from tests.browser.site import Site, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

TITLE = "Pelatihan pengukuran dan gambar jalan desa"
PHONE = {"width": 360}
PLAIN = PHONE | {"javascript": False}
ACTORS = {"operator": PHONE, "sekdes": PLAIN, "kaur": PHONE, "kades": PHONE, "pld": PHONE, "penyedia3": PHONE,
          "penyedia4": PLAIN}  # fmt: skip
WINNER, RIVAL, LOWEST = "penyedia3", "penyedia", "penyedia4"
NAMES = {WINNER: "PT Contoh Rekayasa Nusantara", RIVAL: "CV Contoh Bina Desa", LOWEST: "Contoh Rahmat (perorangan)"}
SERVICES = {
    WINNER: "Perencanaan teknis (DED) jalan desa",
    RIVAL: "Gambar rencana dan RAB jalan usaha tani",
    LOWEST: "Pemetaan batas dan potensi desa dengan drone",
}
ITEMS = (
    ("Pelatihan pengukuran di lapangan", "2", "hari", "4.000.000"),
    ("Modul dan alat ukur peserta", "20", "paket", "350.000"),
    ("Gambar dan RAB satu ruas jalan", "1", "dokumen", "9.000.000"),
)  # 24 million
OFFERS = {
    WINNER: ["3.900.000", "340.000", "8.800.000"],  # 23.4 million
    RIVAL: ["3.950.000", "345.000", "8.900.000"],  # 23.7
    LOWEST: ["3.600.000", "300.000", "8.000.000"],  # 21.2
}
DAYS = {WINNER: 20, RIVAL: 28, LOWEST: 30}
# What each side asks for in turn; the provider accepts the village's second word.
FIRST, ANSWER, SECOND = (
    ["3.600.000", "320.000", "8.500.000"],  # 22.1
    ["3.800.000", "330.000", "8.700.000"],  # 22.9
    ["3.700.000", "325.000", "8.600.000"],  # 22.5
)
WHY = "Pelatihnya bersertifikat, dan pekerjaannya sepuluh hari lebih cepat sebelum musim tanam."
LACKS = "Jadwal tertulis dalam usulan teknis."
DUTY = "Bagikan modul pelatihan kepada setiap dusun"


def test_from_need_to_rating(demo: Site, papers: dict[str, Path], tmp_path: Path) -> None:
    purchase = Purchase(demo, TITLE, papers, widths=ACTORS)
    budget_list_is_loaded(purchase, tmp_path)
    need_is_planned(purchase)
    three_are_asked(purchase)
    offers_stay_sealed(purchase)
    offers_are_opened_and_judged(purchase)
    prices_are_talked_over(purchase)
    winner_is_chosen_for_a_reason(purchase)
    contract_is_signed(purchase)
    half_is_done_and_paid(purchase)
    rest_is_handed_over_and_paid(purchase)
    musdes_accepts_with_a_duty(purchase)
    purchase_is_closed_and_rated(purchase)
    file_is_complete(purchase)


# --- the need ---------------------------------------------------------------------------------------------
def budget_list_is_loaded(purchase: Purchase, folder: Path) -> None:
    """One line as Siskeudes exports it: read first, taken over when the operator says so."""
    own = f"{VILLAGE[6:]}."
    line = {
        "Tahun": day()[:4], "Kd_Desa": own, "Kd_Keg": f"{own}02.04.12.", "Nama_Kegiatan": "Pelatihan Teknis Jalan Desa",
        "Nama_Bidang": "Pelaksanaan Pembangunan Desa", "Nama_SubBidang": "Kawasan Permukiman", "Sumberdana": "DDS",
        "NilaiPAK": "1", "Satuan": "paket", "Pagu_PAK": "30000000", "Nm_PPTKD": "Lalu Contoh Wirya",
        "Jbt_PPTKD": "Kasi Kesejahteraan", "Lokasi": "Dusun Contoh", "Waktu": "Semester kedua",
    }  # fmt: skip
    table = io.StringIO()
    writer = csv.DictWriter(table, list(line))
    writer.writeheader()
    writer.writerow(line)
    (folder / "kegiatan.csv").write_text(table.getvalue())
    operator = purchase.by("operator").go("/kegiatan/").follow("Muat dari Siskeudes")
    operator.fill(file=folder / "kegiatan.csv").press("Baca dan periksa")
    operator.sees("Pelatihan Teknis Jalan Desa", "30.000.000").press("Muat Semua").sees("Sudah dimuat")


def need_is_planned(purchase: Purchase) -> None:
    purchase.note_need(estimate="25.000.000", category="Infrastruktur")
    manager = purchase.turn("pka").start("Catat Anggaran")
    listed = manager.main.locator("[name=activity] option", has_text="02.04.12").get_attribute("value")
    manager.fill(activity=listed, ceiling="25.000.000", planned_time="Semester kedua").press("Catat Anggaran")
    manager.sees("Dianggarkan", "Pelatihan Teknis Jalan Desa")


# --- the invitations --------------------------------------------------------------------------------------
def three_are_asked(purchase: Purchase) -> None:
    """Other services are found by their words; three papers are printed, one for each who is asked."""
    team = purchase.turn("tpk").follow("Mulai pengadaan")
    team.fill(scope="Dua hari pelatihan, modul, dan gambar satu ruas jalan.", hps="24.000.000", days=30)
    team.fill(deadline=f"{day(3)}T16:00")
    for title in SERVICES.values():
        team.fill(cari=title).press("Tampilkan").sees_not("belum terkirim")
        team.main.get_by_label(title).check()
    team.press("Simpan pengadaan").sees("Paket tidak boleh dipecah")
    team.complaints.clear()  # the browser counts the 422 as one
    give_reasons(team, "Kegiatan, tempat, dan waktunya lain.").press("Simpan pengadaan").sees("Permintaan Penawaran")
    names = ("name", "volume", "unit", "unit_price")
    purchase.write_terms([dict(zip(names, item, strict=True)) for item in ITEMS])
    team = purchase.turn("tpk").start("Kirim Undangan").fill(number="027/CONTOH-PP/2026")
    give_reasons(team, "Kegiatan, tempat, dan waktunya lain.").press("Kirim Undangan").sees("Menunggu Penawaran")
    for on in ("A4", "F4"):
        printed(team, "Kerangka Acuan Kerja (KAK)", "KERANGKA ACUAN KERJA", TITLE, on=on)
        printed(team, "Harga Perkiraan Sendiri (HPS)", "Modul dan alat ukur peserta", "24.000.000", on=on)
        for name in NAMES.values():
            printed(team, f"Surat Permintaan Penawaran: {name}", "027/CONTOH-PP/2026", name, on=on)


# --- the offers -------------------------------------------------------------------------------------------
def offers_stay_sealed(purchase: Purchase) -> None:
    """Each reads its own, the village none; the lowest brings no schedule, the winner thinks again once."""
    for key, prices in OFFERS.items():
        purchase.offer(key, prices, days=DAYS[key], without=("schedule",) if key == LOWEST else ()).sees("Terkirim")
    again = purchase.at(WINNER).start("Ganti Penawaran").fill(price_1="3.900.000", days=DAYS[WINNER])
    again.press("Ganti penawaran").sees("Rp23.400.000").sees_not("21.200.000", NAMES[LOWEST])
    team = purchase.at("tpk").sees("Penawaran tersimpan tertutup")
    team.sees_not("23.400.000", "21.200.000", "Minta Pembukaan")
    purchase.let_deadline_pass()


def offers_are_opened_and_judged(purchase: Purchase) -> None:
    purchase.open_by_two()
    team = purchase.turn("tpk").sees("Rp23.400.000", "Rp23.700.000", "Rp21.200.000", "Contoh Nurhayati")
    team.start("Evaluasi Penawaran").fill(number="027/CONTOH-BAE/2026", place="Kantor desa")
    for meets in team.main.get_by_label("Memenuhi", exact=True).all():
        meets.check()
    team.press("Simpan evaluasi").sees("Tuliskan mengapa administrasi tetap diterima")
    team.complaints.clear()  # the browser counts the 422 as one
    lowest = team.main.locator("section", has=team.page.get_by_role("heading", name=NAMES[LOWEST]))
    lowest.locator("[name^=administration_note_]").fill(LACKS)
    team.press("Simpan evaluasi").sees("Dievaluasi", LACKS)
    for on in ("A4", "F4"):
        opening = "Berita Acara Pembukaan Penawaran"
        printed(team, opening, "027/CONTOH-BAP/2026", *NAMES.values(), "23.400.000", "21.200.000", on=on)
        printed(team, "Berita Acara Hasil Evaluasi", "027/CONTOH-BAE/2026", LACKS, on=on)


def prices_are_talked_over(purchase: Purchase) -> None:
    """The village, the provider, the village again; the provider accepts. Rivals read nothing of it."""
    say(talk(purchase.turn("tpk"), WINNER), "Ajukan Negosiasi", FIRST, "Harga desa sekitar lebih rendah.")
    provider = purchase.turn(WINNER).sees("Desa mengajukan harga", "Rp22.100.000")
    say(provider.start("Jawab Negosiasi"), "Jawab Negosiasi", ANSWER, "Alat ukur harus disewa.")
    team = purchase.turn("tpk").sees("Rp22.900.000", "Alat ukur harus disewa.")
    say(talk(team, WINNER), "Ajukan Negosiasi", SECOND, "Usulan terakhir desa.")
    purchase.turn(WINNER).sees("Rp22.500.000").press_any("Setujui Harga").sees("Rp22.500.000")
    purchase.at(RIVAL).sees_not("22.500.000", "23.400.000", NAMES[WINNER])
    team = purchase.turn("tpk").step("Isi Berita Acara Negosiasi", number="027/CONTOH-BAN/2026", on=day())
    minutes = f"Berita Acara Hasil Negosiasi, {NAMES[WINNER]}"
    for on in ("A4", "F4"):
        printed(team, minutes, "027/CONTOH-BAN/2026", "22.100.000", "22.900.000", "3.700.000", "22.500.000", on=on)
    team.step("Isi Berita Acara Negosiasi", scan=purchase.papers["pindaian"])


def talk(team: Visitor, key: str) -> Visitor:
    """The team's page for the price talks with one of the bidders."""
    offer = team.main.locator("article", has=team.page.get_by_role("heading", name=f"Penawaran {NAMES[key]}"))
    with team.page.expect_navigation():
        offer.get_by_role("link", name="Ajukan Negosiasi", exact=True).click()
    return team.arrived()


def say(guest: Visitor, verb: str, prices: list[str], note: str) -> Visitor:
    return guest.fill(**{f"price_{n}": price for n, price in enumerate(prices, 1)}, note=note).press(verb)


def winner_is_chosen_for_a_reason(purchase: Purchase) -> None:
    """Not the lowest: the reason stays, and everyone who offered is told."""
    team = purchase.turn("tpk").start("Tetapkan Pemenang")
    team.main.get_by_label(NAMES[WINNER]).check()
    team.fill(number="027/CONTOH-TAP/2026", notice_number="027/CONTOH-PENG/2026", related="tidak", reason=WHY)
    give_reasons(team, "Diperiksa; tidak ada hubungan.").press("Tetapkan Pemenang").sees("Pemenang Ditetapkan")
    for on in ("A4", "F4"):
        printed(team, "Surat Penetapan Pemenang", "027/CONTOH-TAP/2026", NAMES[WINNER], "22.500.000", on=on)
        printed(team, "Pengumuman Pemenang", "027/CONTOH-PENG/2026", NAMES[WINNER], on=on)
    purchase.site.work_off()
    purchase.by(WINNER).go("/pemberitahuan/").sees(TITLE, "ditetapkan sebagai pemenang")
    for key in (RIVAL, LOWEST):
        purchase.by(key).go("/pemberitahuan/").sees(TITLE, WHY)
        purchase.at(key).sees("Tidak Terpilih").sees_not("22.900.000")


# --- the contract and the work ----------------------------------------------------------------------------
def contract_is_signed(purchase: Purchase) -> None:
    number = "027/CONTOH-SPK/2026"
    purchase.issue_and_sign(
        WINNER,
        number=number,
        percent_1=40,
        condition_1="Sesudah 50 % pekerjaan diperiksa dan diterima",
        percent_2=60,
        condition_2="Sesudah serah terima seluruh pekerjaan",
        warranty_days=30,
    )
    manager = purchase.at("pka").sees(number)
    for on in ("A4", "F4"):
        printed(manager, "Surat Perintah Kerja (SPK)", number, "027/CONTOH-PP/2026", "22.500.000", "3.700.000", on=on)


def half_is_done_and_paid(purchase: Purchase) -> None:
    """A training session, half of the work inspected and accepted, the first termin."""
    pictures = [purchase.papers["foto1"], purchase.papers["foto2"]]
    provider = purchase.turn(WINNER)
    provider.step(
        "Catat Pertemuan Pelatihan", held_on=day(), topic="Mengukur dengan theodolit", place="Balai desa", men=11,
        women=9, attendance=purchase.papers["pindaian"], material=purchase.papers["surat"], photos=pictures,
    ).sees("Mengukur dengan theodolit", "11 laki-laki, 9 perempuan")  # fmt: skip
    provider.step("Laporkan Kemajuan", percent=50, text="Pelatihan selesai.", photos=pictures)
    provider.step("Minta Pemeriksaan", percent=50, note="Pelatihan dua hari.")
    manager = purchase.turn("pka")
    manager.step("Terima Sebagian", note="Pelatihan sesuai SPK.", number="028/CONTOH-BAP-1/2026", on=day())
    for on in ("A4", "F4"):
        printed(manager.go(purchase.path), "Berita Acara Pemeriksaan", "028/CONTOH-BAP-1/2026", "50", on=on)
    receipt = purchase.papers["pindaian"]
    request = purchase.ask_payment(WINNER, amount="9.000.000", termin=1, of=2, receipt=receipt)
    purchase.pay(request, "Rp9.000.000", number="CONTOH/07/2026")
    papers_of_payment(purchase, request, 1, "9.000.000")


def rest_is_handed_over_and_paid(purchase: Purchase) -> None:
    provider = purchase.turn(WINNER)
    provider.step("Laporkan Kemajuan", percent=100, text="Gambar dan RAB selesai.", photos=[purchase.papers["foto1"]])
    provider.step("Minta Pemeriksaan", percent=100)
    purchase.accept_and_hand_over()
    manager = purchase.at("pka")
    for on in ("A4", "F4"):
        printed(manager, "Berita Acara Pemeriksaan", "028/CONTOH-BAP/2026", on=on)
        printed(manager, "Berita Acara Serah Terima (BAST)", "028/CONTOH-BAST/2026", "22.500.000", on=on)
        printed(manager, "BAST kepada Kepala Desa", "029/CONTOH-BAST/2026", "Lalu Contoh Mahsan", on=on)
    request = purchase.ask_payment(WINNER, amount="13.500.000", termin=2, of=2)
    purchase.pay(request, "Rp13.500.000", number="CONTOH/08/2026")
    papers_of_payment(purchase, request, 2, "13.500.000")


def papers_of_payment(purchase: Purchase, request: str, termin: int, amount: str) -> None:
    manager = purchase.by("pka").go(request)
    for on in ("A4", "F4"):
        printed(manager, f"SPP termin {termin}", f"900/CONTOH-SPP-{termin}/2026", amount, "Contoh Nurhayati", on=on)
        printed(manager, f"Kuitansi termin {termin}", amount, on=on)


# --- the assembly -------------------------------------------------------------------------------------------
def musdes_accepts_with_a_duty(purchase: Purchase) -> None:
    helper = plan_musdes(purchase).sees("Direncanakan")
    meeting = helper.page.url.removeprefix(purchase.site.url)
    for on in ("A4", "F4"):
        printed(helper, "Undangan", TITLE, on=on)
        printed(helper, "Berita Acara (kosong)", "BERITA ACARA", TITLE, on=on)
        printed(helper, "Notulen (kosong)", "NOTULEN", on=on)
        printed(helper, "Daftar Hadir (kosong)", "DAFTAR HADIR", on=on)
    asked = {"question_0": "Apakah modulnya boleh diperbanyak?", "answer_0": "Boleh, untuk warga desa."}
    record_musdes(purchase, meeting, "Pelatihan dan gambar selesai tepat waktu, sesuai biaya.", **asked)
    council = purchase.by("bpd").go(meeting)
    for on in ("A4", "F4"):
        printed(council, "Berita Acara", TITLE, "Apakah modulnya boleh diperbanyak?", on=on)
    scan = purchase.papers["pindaian"]
    council.step("Unggah Foto dan Pindaian", scan=scan, notes_scan=scan)
    duty = {"what_0": DUTY, "responsible_0": "activity_manager", "due_0": day(14), "blocks_0": True}
    decide_musdes(
        purchase, meeting, "with_notes", "Modul dibagikan ke dusun.", number="141/CONTOH-BA/2026", **duty
    ).sees("Diterima dengan catatan", DUTY)
    council.go(meeting)
    for on in ("A4", "F4"):
        printed(council, "Berita Acara", "141/CONTOH-BA/2026", DUTY, on=on)
        printed(council, "Notulen", "Boleh, untuk warga desa.", on=on)
        printed(council, "Baris Buku Keputusan", "Diterima dengan catatan", DUTY, on=on)


def purchase_is_closed_and_rated(purchase: Purchase) -> None:
    """Not before the duty is done."""
    purchase.turn("kades").sees("Masih kurang")
    purchase.by("pka").follow(DUTY).step("Nyatakan Selesai", note="Modul dibagikan.", proof=purchase.papers["foto1"])
    purchase.turn("kades").step("Tutup Pembelian").sees("Selesai")
    rate(purchase, {"quality": 5, "cost": 4, "time": 5, "service": 4, "learning": 5}, "Warga kini mengukur sendiri.")
    purchase.turn(WINNER).step("Tanggapi Penilaian", reply="Terima kasih.")
    guest = purchase.site.visitor(width=360, javascript=False).go("/pembelian-desa/?q=pengukuran").follow(TITLE)
    guest.sees("Rp22.500.000", NAMES[WINNER], "Diterima dengan catatan", "Warga kini mengukur sendiri.")
    guest.sees_not("Bank Contoh", "Inaq Sahnep", NAMES[LOWEST])


# --- the file -----------------------------------------------------------------------------------------------
def file_is_complete(purchase: Purchase) -> None:
    """Nothing is missing by the rule; one ZIP, and one PDF with every page."""
    council = purchase.at("bpd").follow("Berkas pembelian").sees("Berkas lengkap", "027/CONTOH-SPK/2026")
    names = zipfile.ZipFile(io.BytesIO(taken(council, "Siapkan ZIP"))).namelist()
    assert len([name for name in names if name.endswith(".pdf")]) > 60
    council.go(f"{purchase.path}berkas/")
    merged = pikepdf.open(io.BytesIO(taken(council, "Siapkan PDF gabungan")))
    assert len(merged.pages) > 60


def taken(guest: Visitor, button: str) -> bytes:
    guest.press(button).sees("Sedang disiapkan")
    guest.site.work_off()
    guest.go(guest.page.url).sees("Siap diunduh")
    address = guest.main.get_by_role("link", name="Unduh", exact=True).get_attribute("href")
    return guest.context.request.get(str(address)).body()
