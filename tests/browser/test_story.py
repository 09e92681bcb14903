"""The whole story once, clicked through: sign-up, verification, order, account, rating.

Beforehand there are only the areas, what the migrations bring, and the first people of a deployment: the offices,
the village's officials but its operator, and two people whom the regency will call into its Pokja.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from p2ktd.demo.cast import DOMAIN
from tests.browser.assembly import rate
from tests.browser.purchase import Purchase, day, printed
from tests.browser.site import Site, Visitor, opened_site

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

KEYS = ("pka", "sekdes", "kaur", "kades", "bpd", "pld", "pokja", "ketua.pokja", "dpmd")
VILLAGE = "52.02.04.2001"
OPERATOR, PROVIDER = "operator.baru", "penyedia.baru"
PASSWORD = "jagung rebus di beranda"
NAME = "CV Contoh Bina Desa"
TITLE = "Pelatihan pembukuan BUM Desa"
COMMENT = "Pengurus kini membukukan sendiri."
PHONE = {"width": 360}


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """A new deployment with its first people."""
    with django_db_blocker.unblock(), opened_site(first_people, demo=True) as site:
        yield site


def first_people() -> None:
    from allauth.mfa.totp.internal.auth import TOTP
    from django.contrib.auth.hashers import make_password

    from accounts.models import VillageOffice
    from accounts.models.membership import POKJA_ROLES, SECOND_FACTOR_ROLES
    from p2ktd.demo import cast
    from tests.areas import load_areas

    load_areas()
    hashed = make_password(cast.PASSWORD)
    for person in cast.PEOPLE:
        if person.key in KEYS:
            user = cast.account(person.key, person.name, hashed)
            if person.role not in POKJA_ROLES:  # they come by the Pokja's decree
                cast.appoint(user, person.role, person.area, person.position)
            if person.role in SECOND_FACTOR_ROLES:
                TOTP.activate(user, cast.TOTP_SECRET)
    VillageOffice.objects.create(area_id=VILLAGE, address="Jalan Contoh Nomor 1", postal_code="83573")


def test_from_sign_up_to_rating(site: Site, papers: dict[str, Path]) -> None:
    operator = village_signs_up(site, papers)
    office_forms_the_pokja(site, papers)
    provider = provider_signs_up(site, papers)
    pokja_judges(site, provider, papers)
    service = provider_publishes(site, provider, papers)
    purchase = village_orders(site, operator, service, papers)
    both_sign(purchase)
    work_is_done_and_paid(purchase)
    village_accounts_for_it(purchase)
    village_rates(purchase, service)
    site.ask(nothing_was_lost)


# --- 1. a village --------------------------------------------------------------------------------------
def sign_up(site: Site, key: str, name: str, side: str) -> Visitor:
    """A new account on a phone; the same person comes back later by the key, at a desk."""
    email, guest = f"{key}@{DOMAIN}", site.visitor(width=360)
    guest.go("/daftar/").fill(side=side, name=name, email=email, password1=PASSWORD, agree=True).press("Daftar")
    guest.fill(code=site.mailed_code(email))
    with guest.page.expect_navigation():
        guest.main.get_by_role("button").first.click()
    site.entered[key] = guest.context.storage_state()
    return guest.go("/perlu-tindakan/")


def village_signs_up(site: Site, papers: dict[str, Path]) -> Visitor:
    operator = sign_up(site, OPERATOR, "Baiq Contoh Anjani", "village")
    operator.follow("Ajukan akses desa")
    operator.pick_area("sengkol", "Desa Sengkol")
    operator.fill(
        role="village_operator",
        phone="0812-0000-0099",
        letter_number="141/CONTOH/2026",
        letter_date=day(),
        letter=papers["surat"],
    ).press("Kirim permohonan")
    operator.go("/pembelian/").sees_not("Catat kebutuhan")

    office = site.visitor("dpmd")
    office.waits("Desa Sengkol").follow("Desa Sengkol").sees("Baiq Contoh Anjani", "141/CONTOH/2026")
    office.step("Verifikasi").waits()
    operator.go("/pembelian/").sees("Catat kebutuhan")

    operator.waits("Desa Sengkol").go(f"/kantor-desa/{VILLAGE}/data/ajukan/")
    operator.fill(
        npwp="0000000000000022",
        npwp_card=papers["pindaian"],
        bank="Bank Contoh",
        account_number="000000002201",
        account_holder="Desa Sengkol (contoh)",
        passbook=papers["surat"],
    ).press("Kirim untuk diverifikasi")
    office.waits("Desa Sengkol").follow("Desa Sengkol")
    office.step("Verifikasi Data", code_confirmed=True).waits()
    operator.waits()
    return operator


# --- 2. a Pokja and a provider ---------------------------------------------------------------------------
def office_forms_the_pokja(site: Site, papers: dict[str, Path]) -> None:
    office = site.visitor("dpmd").go("/admin/verification/pokja/baru/")
    office.fill(
        decree_number="188.45/7/CONTOH", decree_date=day(), starts_on=day(), ends_on=day(700), decree=papers["surat"]
    ).press("Simpan keputusan")
    for key, position, body in (("ketua.pokja", "chair", "Dinas PMD"), ("pokja", "secretary", "TAPM")):
        office.step("Tambah Anggota", email=f"{key}@contoh.example", position=position, body=body)
    office.step("Tetapkan Pokja").sees("Bertugas sampai", "Anggota (2 orang)")


def provider_signs_up(site: Site, papers: dict[str, Path]) -> Visitor:
    provider = sign_up(site, PROVIDER, "Contoh Hendra", "provider")
    provider.follow("Lengkapi profil").follow("Buat profil penyedia")
    provider.fill(name=NAME, legal_form="company")
    onwards = "Simpan dan lanjutkan"
    provider.pick_area("lombok teng", "Kabupaten Lombok Tengah").press(onwards)
    provider.fill(address="Jalan Contoh 1, Praya", phone="0800-0000-001", email=f"{PROVIDER}@{DOMAIN}").press(onwards)
    provider.fill(person_in_charge="Contoh Hendra", position="Direktur", nik="5202000101900001").press(onwards)
    provider.fill(npwp="0000000000000001", nib="0000000000001").press(onwards)
    provider.fill(bank="Bank Contoh", account_number="0000000001", account_holder=NAME).press(onwards)
    provider.fill(fields=["kewirausahaan", "sumber-daya-manusia"]).press(onwards)
    provider.fill(name="Contoh Ahli", education="S1 Akuntansi", expertise="Pembukuan").press("Simpan")
    provider.follow("Lanjut: Pengalaman")
    provider.fill(title="Pelatihan pengurus", client="Desa Contoh", year="2025", value="7.500.000").press("Simpan")
    provider.follow("Lanjut: pilih kabupaten/kota").press("Lanjutkan")

    provider.page.goto(
        provider.main.locator(".tasks__item", has_text="Belum diunggah").first.get_by_role("link").get_attribute("href")
    )
    while provider.main.locator("[name=file]").count():
        upload(provider, papers["surat"])
    provider.follow("Persetujuan penggunaan data").fill(agree=True).press("Setuju dan lanjutkan")
    provider.follow("Periksa kelengkapan").follow("Lihat ringkasan dan ajukan").press("Ajukan ke Pokja").waits()
    return provider


def upload(provider: Visitor, paper: Path) -> None:
    """One paper; the page that follows is the next one's."""
    provider.fill(file=paper)
    if provider.main.locator("[name=number]").count():
        provider.fill(number="CONTOH/01", issued_on="2026-01-10")
    provider.press("Unggah dan lanjutkan")


def judge(pokja: Visitor, how_many: int, *, bad: int | None = None) -> None:
    for number in range(how_many):
        if number == bad:
            pokja.fill(verdict="not_conforming", reason_kind="unreadable", reason="Bagian bawah terpotong.")
        else:
            pokja.fill(verdict="conforming")
        pokja.press("Simpan dan lanjut")


def pokja_judges(site: Site, provider: Visitor, papers: dict[str, Path]) -> None:
    pokja = site.visitor("pokja").waits(NAME)
    pokja.go("/admin/verification/application/").page.get_by_role("link", name=NAME).click()
    case = pokja.page.url
    pokja.press("Tidak ada hubungan – ambil untuk diperiksa")
    judge(pokja, pokja.page.locator(".desk-papers li").count(), bad=0)
    pokja.step("Kembalikan untuk Perbaikan", note="Perbaiki satu dokumen saja.").waits()

    provider.waits(NAME).follow(NAME).sees("Bagian bawah terpotong.", "Perbaiki satu dokumen saja.")
    mend = provider.main.locator(".tasks__item", has_text="Bagian bawah terpotong.")
    assert mend.count() == 1
    provider.page.goto(mend.get_by_role("link").first.get_attribute("href"))
    upload(provider, papers["pindaian"])
    provider.follow("Periksa kelengkapan").follow("Lihat ringkasan dan ajukan").press("Ajukan ke Pokja")

    pokja.waits(NAME).go(case).press_any("Ambil untuk Diperiksa")
    judge(pokja, 1)
    pokja.press_any("Luluskan Administrasi")
    pokja_interviews_and_scores(site, pokja, provider, case)
    pokja_decides(site, pokja, case)
    provider.go("/penyedia-saya/").sees("Terdaftar")
    site.visitor(width=360).go("/penyedia/").sees(NAME)


def pokja_interviews_and_scores(site: Site, pokja: Visitor, provider: Visitor, case: str) -> None:
    pokja.step("Jadwalkan Wawancara", day=day(1), clock="10:00", mode="office", place="Aula Dinas PMD (contoh)")
    site.work_off()
    provider.go("/pemberitahuan/").sees("wawancara", "Aula Dinas PMD (contoh)")
    pokja.go(case).start("Catat Hasil Wawancara")
    for answer in pokja.main.locator("[name^=answer_]").all():
        answer.fill("Dijawab dengan contoh pekerjaan sebelumnya.")
    pokja.fill(day=day(-1), clock="10:00", summary="Memahami pekerjaannya.").press("Catat Hasil Wawancara")
    score(pokja, 84)
    chair = site.visitor("ketua.pokja").waits(NAME).go(case)
    chair.press("Tidak ada hubungan").sees_not("84")
    score(chair, 80)
    chair.sees("84")
    pokja.go(case).fill(reason="Rata-rata kedua anggota, disepakati.").press("Simpan nilai kesepakatan")
    pokja.press_any("Rekomendasikan").sees("82")


def score(member: Visitor, points: int) -> None:
    """One's own points for every aspect."""
    for aspect in member.main.locator("form:has(button:text('Simpan nilai saya')) input[type=number]").all():
        aspect.fill(str(points))
    member.press("Simpan nilai saya")


def pokja_decides(site: Site, pokja: Visitor, case: str) -> None:
    """One sitting, its report, and the decree by the chair."""
    pokja.go(case).follow("Bawa ke rapat pleno")
    pokja.fill(held_on=day(), place="Aula Dinas PMD (contoh)").press("Simpan rapat")
    sitting = pokja.page.url
    pokja.start("Buat Berita Acara").fill(minutes_number="07/BA/CONTOH")
    for member in pokja.main.locator("[name=present]").all():
        member.check()
    pokja.press("Buat Berita Acara").sees("Berita acara 07/BA/CONTOH")
    chair = site.visitor("ketua.pokja").go(sitting).start("Tetapkan dengan Keputusan")
    chair.fill(decree_number="188.45/CONTOH/2026", decree_date=day(), valid_until=day(700))
    chair.press("Tetapkan dengan Keputusan").sees("Ditetapkan")


# --- 3. the catalogue --------------------------------------------------------------------------------------
def provider_publishes(site: Site, provider: Visitor, papers: dict[str, Path]) -> str:
    provider.go("/layanan-saya/").follow("Tulis layanan baru").follow("Kewirausahaan")
    provider.fill(
        title=TITLE,
        kind="bimtek",
        summary="Pembukuan yang rapi dalam dua hari.",
        description="Kami datang ke desa dan bekerja bersama pengurus.",
        deliverables="Modul cetak\nPembukuan tiga bulan pertama",
        price="9.500.000",
        unit="paket",
        tax_included="ya",
        duration_days=14,
    ).press("Simpan")
    service = provider.page.url.removeprefix(site.url)
    provider.step("Tambah foto", photo=papers["foto1"], caption="Pelatihan di Praya (gambar contoh)")
    provider.step("Tayangkan")

    public = site.visitor(width=360).go("/layanan/?q=pembukuan").sees("1 layanan", TITLE)
    public.go("/layanan/?kategori=infrastruktur").sees_not(TITLE)
    public.go("/layanan/?q=pembukuan").follow(TITLE).sees("Rp9.500.000", "Modul cetak", NAME, "Belum ada penilaian")
    assert public.main.get_by_role("img").first.evaluate("e => e.decode().then(() => e.naturalWidth)") > 100
    return service


# --- 4. the order --------------------------------------------------------------------------------------------
def village_orders(site: Site, operator: Visitor, service: str, papers: dict[str, Path]) -> Purchase:
    operator.go(service).follow("Mulai pengadaan")
    why = "Tidak ada warga yang menguasai pembukuan usaha."
    operator.fill(problem="Pengurus BUM Desa belum mampu membukukan usahanya.", place="Dusun Contoh", why_provider=why)
    operator.fill(men=12, women=15, volume=1).press("Simpan kebutuhan")
    order = operator.page.url.removeprefix(site.url)
    purchase = Purchase(site, TITLE, papers, path=order, widths={"kaur": PHONE, "pld": PHONE})
    operator.waits(TITLE).go(order)
    operator.step("Catat Kesepakatan Musdes", musdes_on=day(), musdes_number="140/CONTOH/2026")

    manager = site.visitor("pka").waits(TITLE).follow(TITLE)
    manager.step("Catat Anggaran", funding="dd", activity_code="4.3.02", ceiling="10.000.000")
    manager.follow("Mulai pengadaan").sees("pembelian langsung")
    manager.fill(scope="Dua hari pelatihan dan laporan.", days=14, deadline=f"{day(1)}T16:00")
    manager.press("Simpan pengadaan").step("Kirim Undangan")

    provider = site.visitor(PROVIDER).waits(TITLE).follow(TITLE).follow("Kirim penawaran")
    provider.fill(price="9.400.000", days=14, approach="Kunjungan, dua hari pelatihan, pendampingan.")
    provider.press("Kirim penawaran").waits()
    offer_is_taken(purchase, manager)
    return purchase


def offer_is_taken(purchase: Purchase, manager: Visitor) -> None:
    """Opened at once, since nobody else was asked; judged, talked over at a table, chosen, and ordered."""
    order = purchase.path
    manager.waits(TITLE).go(order).step("Buka Penawaran").sees("Rp9.400.000")
    for passes in manager.follow("Evaluasi Penawaran").main.get_by_label("Memenuhi", exact=True).all():
        passes.check()
    manager.press("Simpan evaluasi")
    manager.step(
        "Catat Hasil Negosiasi", number="027/CONTOH-BAN/2026", on=day(), price_1="9.200.000",
        note="Disepakati setelah rincian dibahas.", scan=purchase.papers["pindaian"],
    )  # fmt: skip
    award = manager.follow("Tetapkan Pemenang").main
    award.locator("[name=quotation]").check()
    award.locator("[name=related][value=tidak]").check()
    manager.press("Tetapkan Pemenang").waits(TITLE).go(order)
    manager.step("Terbitkan Kontrak", number="027/CONTOH-SPK/2026", signed_on=day(), starts_on=day())
    printed(manager, "Surat Pesanan", "9.200.000")


def both_sign(purchase: Purchase) -> None:
    provider = purchase.site.visitor(PROVIDER).waits(TITLE).follow(TITLE)
    provider.step("Unggah Kontrak Bertanda Tangan", scan=purchase.papers["surat"])
    manager = purchase.site.visitor("pka").waits(TITLE).follow(TITLE)
    manager.step("Unggah Kontrak Bertanda Tangan Desa", scan=purchase.papers["pindaian"]).waits()


# --- 5. work, hand-over, payment ---------------------------------------------------------------------------------
def work_is_done_and_paid(purchase: Purchase) -> None:
    pictures = [purchase.papers["foto1"], purchase.papers["foto2"]]
    provider = purchase.at(PROVIDER)
    provider.step("Laporkan Kemajuan", percent=60, text="Hari pertama selesai.", photos=pictures[:1])
    provider.step("Laporkan Kemajuan", percent=100, text="Semua selesai.", photos=pictures)
    provider.step("Minta Pemeriksaan", percent=100).waits()
    purchase.by("pka").waits(TITLE)
    purchase.accept_and_hand_over()
    purchase.by("kades").waits()
    manager = purchase.at("pka")
    printed(manager, "Berita Acara Serah Terima (BAST)", "028/CONTOH-BAST/2026")
    printed(manager, "BAST kepada Kepala Desa", "029/CONTOH-BAST/2026")

    manager.waits(TITLE)
    request = purchase.ask_payment(PROVIDER, amount="9.200.000")
    for key, waiting in (("pka", []), ("sekdes", [TITLE]), ("kades", []), ("kaur", [])):
        purchase.by(key).waits(*waiting)
    purchase.pay(request, "Rp9.200.000")
    for key, waiting in (("sekdes", [TITLE]), ("kades", []), ("kaur", [])):  # the secretary may prepare the Musdes
        purchase.by(key).waits(*waiting)
    printed(manager.go(request), "SPP", "900/CONTOH-SPP/2026")
    printed(manager, "Kuitansi", "CONTOH/07/2026")


# --- 6. the assembly ------------------------------------------------------------------------------------------------
def village_accounts_for_it(purchase: Purchase) -> None:
    """Not planned here: its record is entered afterwards, from the blank sheets that were taken along."""
    helper = purchase.by("pld").waits(TITLE).go(purchase.path)
    printed(helper, "Berita Acara (kosong)", "BERITA ACARA")
    printed(helper, "Daftar Hadir (kosong)", "DAFTAR HADIR")
    helper.follow("Catat Musdes")
    code = helper.page.url.rstrip("/").split("/")[-2]  # of the order that the page was opened for
    helper.fill(held_on=day(), starts_at="09:00", ends_at="11:30", place="Aula kantor desa")
    helper.fill(leader="Haji Contoh Ramli", note_taker="Contoh Nurhayati", men_bpd=4, women_bpd=2, women_perempuan=9)
    helper.fill(**{f"presented_{code}": "Selesai tepat waktu, biaya sesuai kontrak."}, asker_0="Contoh Inaq Sahnep")
    helper.fill(question_0="Apakah ada lanjutan?", answer_0="Dua kali lagi.").press("Simpan sebagai draf")
    helper.sees("15 orang: 4 laki-laki, 11 perempuan", "Dibantu oleh", "Contoh Zaenab")
    scan, pictures = purchase.papers["pindaian"], [purchase.papers["foto1"], purchase.papers["foto2"]]
    helper.step("Unggah Foto dan Pindaian", scan=scan, attendance_scan=scan, photos=pictures)

    council = purchase.by("bpd").go(helper.page.url)
    council.step(
        "Tetapkan Keputusan Musdes",
        minutes_number="141/CONTOH/2026",
        **{f"decision_{code}": "accepted", f"note_{code}": "Diterima."},
    ).waits()
    purchase.by("kades").waits(TITLE).follow(TITLE).step("Tutup Pembelian").waits()


# --- 7. the judgement -----------------------------------------------------------------------------------------------
def village_rates(purchase: Purchase, service: str) -> None:
    purchase.by("pka").waits(f"Nilai penyedia: {TITLE}")
    rate(purchase, {"quality": 5, "cost": 4, "time": 5, "service": 4, "learning": 5}, COMMENT).waits()
    provider = purchase.by(PROVIDER).waits(TITLE).follow(TITLE)
    provider.step("Tanggapi Penilaian", reply="Terima kasih.").waits()
    public = purchase.site.visitor(width=360).go(service)
    public.sees("4,7", "(1 penilaian)", COMMENT, "Terima kasih.")


def nothing_was_lost() -> None:
    """What the database says in the end."""
    from accounts.models import VillageAccess
    from core.models import Event, Job, PrintedDocument
    from reviews.models import Rating
    from transactions.models import Accountability, Contract, Meeting, Need, Quotation, Sourcing
    from verification.models import Application

    ends = {
        VillageAccess: "verified", Application: "listed", Need: "budgeted", Sourcing: "awarded", Quotation: "won",
        Contract: "handed_over", Accountability: "closed", Meeting: "decided", Rating: "answered",
    }  # fmt: skip
    for model, state in ends.items():
        assert [(model, row.state) for row in model.objects.all()] == [(model, state)]
    contract = Contract.objects.get()
    payment = contract.payments.get()
    assert contract.value == payment.gross == 9_200_000
    assert payment.net == payment.gross - payment.withheld
    meeting = Meeting.objects.get()
    assert meeting.present() == {"men": 4, "women": 11, "total": 15}
    assert (meeting.assisted_by.name, meeting.photos.count()) == ("Contoh Zaenab", 2)
    verbs = list(Event.objects.filter(about="transactions.contract").order_by("pk").values_list("verb", flat=True))
    assert verbs.count("report_progress") == 2 and verbs.count("hand_over") == 1
    assert not Event.objects.filter(actor=None).exclude(about="accounts.membership").exists()
    assert not Job.objects.filter(done_at=None).exclude(task="core.deliver_mail").exists()
    assert sorted(PrintedDocument.objects.values_list("kind", flat=True)) == [
        "ba-musdes-kosong", "bast", "bast-kades", "daftar-hadir", "kuitansi", "spk", "spp", "tanggung-jawab",
    ]  # fmt: skip
