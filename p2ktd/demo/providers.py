"""Invented providers, their way through the Pokja, and what they offer. Prices are examples only."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import LegalForm, Membership, Provider, Role, User
from catalog.models import Category, Question, Service, ServiceKind, Unit
from p2ktd.demo import pokja
from p2ktd.demo.cast import OTHER_REGENCY, PASSWORD, REGENCY, SINCE, account
from p2ktd.demo.papers import paper, scene
from regions.models import Area
from verification.models import Application, Experience, Expert
from verification.models.application import consent_in_force

# What villages read before a later change of price.
EARLIER_PRICES = {
    "Pelatihan pengelolaan BUM Desa": 8_900_000,
    "Perencanaan teknis (DED) jalan desa": 11_800_000,
}
CLASS = {"cara": "tatapmuka", "jumlahpeserta": 20, "jumlahpertemuan": 2, "sertifikat": True, "pendampingan": False}
DRAWING = {"dokumen": ["gambar", "rab", "spesifikasi"], "survei": True, "tenagaahli": 2, "revisi": 2}
# By title: subcategory, and what it answers to its category's questions.
ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Pelatihan pengelolaan BUM Desa": ("bum-desa", {**CLASS, "tahapusaha": ["rintisan", "tumbuh"]}),
    "Pendampingan usaha BUM Desa tiga bulan": (
        "bum-desa",
        {"cara": "campuran", "jumlahpertemuan": 6, "pendampingan": True, "tahapusaha": ["tumbuh"]},
    ),
    "Pendampingan penyusunan RPJM Desa": ("perencanaan-desa", {"cara": "tatapmuka", "jumlahpertemuan": 8}),
    "Pendampingan pencegahan stunting bersama kader": (
        "posyandu-stunting",
        {"cara": "tatapmuka", "jumlahpertemuan": 6, "pendampingan": True},
    ),
    "Gambar rencana dan RAB jalan usaha tani": ("jalan-jembatan", {**DRAWING, "dokumen": ["gambar", "rab"]}),
    "Pelatihan kader Posyandu dan pencegahan stunting": (
        "posyandu-stunting",
        {**CLASS, "jumlahpeserta": 25, "jumlahpertemuan": 3, "alat": "Alat ukur panjang badan dan timbangan"},
    ),
    "Pelatihan pengemasan dan pemasaran produk desa": (
        "mata-rantai-usaha",
        {**CLASS, "tahapusaha": ["tumbuh", "maju"]},
    ),
    "Pelatihan bank sampah desa": ("sampah", {**CLASS, "jumlahpeserta": 30, "pendampingan": True}),
    "Perencanaan teknis (DED) jalan desa": ("jalan-jembatan", DRAWING),
    "Perencanaan sumur bor dan jaringan air bersih": ("air-irigasi", {**DRAWING, "tenagaahli": 1}),
    "Perencanaan jaringan irigasi desa": ("air-irigasi", {**DRAWING, "revisi": 1}),
    "Pengawasan teknis pembangunan desa": ("pemeliharaan", {"dokumen": ["laporan"], "survei": False, "tenagaahli": 1}),
    "Pembuatan situs web desa": ("situs-web-sid", {"pelatihan": True, "domain": True, "pemeliharaan": 6}),
    "Pemetaan batas dan potensi desa dengan drone": ("pemetaan", {"pelatihan": False, "ketelitian": "Skala 1:5.000"}),
}

Offer = tuple[str, str, ServiceKind, Unit, int, int, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One provider: how it is called, what it is, how far its application came, what it offers."""

    key: str
    name: str
    form: LegalForm
    person: str
    reached: str
    offers: list[Offer] = field(default_factory=list)


K, U = ServiceKind, Unit
PROVIDERS = [
    Sample(
        "penyedia",
        "CV Contoh Bina Desa",
        LegalForm.COMPANY,
        "Contoh Hendra",
        "listed",
        [
            (
                "kewirausahaan",
                "Pelatihan pengelolaan BUM Desa",
                K.TRAINING,
                U.PACKAGE,
                9_500_000,
                14,
                "Dua hari pelatihan untuk 20 peserta, modul, praktik pembukuan, dan rencana usaha.",
            ),
            (
                "kewirausahaan",
                "Pendampingan usaha BUM Desa tiga bulan",
                K.MENTORING,
                U.MONTH,
                3_500_000,
                90,
                "Pendamping datang dua kali sebulan, pembukuan rapi, dan laporan kemajuan usaha.",
            ),
            (
                "sumber-daya-manusia",
                "Pendampingan penyusunan RPJM Desa",
                K.MENTORING,
                U.DOCUMENT,
                9_800_000,
                60,
                "Fasilitasi musyawarah, kajian keadaan desa, dan rancangan RPJM Desa.",
            ),
            (
                "kesehatan-masyarakat",
                "Pendampingan pencegahan stunting bersama kader",
                K.MENTORING,
                U.MONTH,
                2_800_000,
                90,
                "Pendataan ibu hamil dan balita, kelas gizi tiap bulan, dan laporan perkembangan.",
            ),
            (
                "infrastruktur",
                "Gambar rencana dan RAB jalan usaha tani",
                K.DESIGN,
                U.DOCUMENT,
                11_900_000,
                40,
                "Survei lapangan, gambar rencana, dan RAB untuk satu ruas jalan usaha tani.",
            ),
        ],
    ),
    Sample(
        "penyedia2",
        "Lembaga Contoh Mitra Warga",
        LegalForm.NONPROFIT,
        "Contoh Lestari",
        "listed",
        [
            (
                "kesehatan-masyarakat",
                "Pelatihan kader Posyandu dan pencegahan stunting",
                K.TRAINING,
                U.PACKAGE,
                7_200_000,
                10,
                "Tiga hari pelatihan 25 kader, alat ukur, dan kunjungan pendampingan.",
            ),
            (
                "kewirausahaan",
                "Pelatihan pengemasan dan pemasaran produk desa",
                K.TRAINING,
                U.PACKAGE,
                8_400_000,
                7,
                "Pelatihan 20 pelaku usaha, contoh kemasan, dan foto produk.",
            ),
            (
                "lingkungan-bencana",
                "Pelatihan bank sampah desa",
                K.TRAINING,
                U.PACKAGE,
                6_500_000,
                7,
                "Pelatihan pengurus, tata kelola, dan uji coba satu dusun.",
            ),
        ],
    ),
    Sample(
        "penyedia3",
        "PT Contoh Rekayasa Nusantara",
        LegalForm.COMPANY,
        "Contoh Agung",
        "listed",
        [
            (
                "infrastruktur",
                "Perencanaan teknis (DED) jalan desa",
                K.DESIGN,
                U.DOCUMENT,
                12_500_000,
                45,
                "Survei, gambar rencana, RAB, dan spesifikasi teknis untuk satu ruas jalan.",
            ),
            (
                "infrastruktur",
                "Perencanaan sumur bor dan jaringan air bersih",
                K.DESIGN,
                U.DOCUMENT,
                14_000_000,
                40,
                "Geolistrik, gambar rencana, dan RAB.",
            ),
            (
                "infrastruktur",
                "Perencanaan jaringan irigasi desa",
                K.DESIGN,
                U.DOCUMENT,
                13_200_000,
                45,
                "Pengukuran, gambar saluran dan bangunan bagi, RAB, dan petunjuk pemeliharaan.",
            ),
            (
                "infrastruktur",
                "Pengawasan teknis pembangunan desa",
                K.SUPERVISION,
                U.MONTH,
                4_500_000,
                90,
                "Pengawas lapangan, laporan mingguan, dan pemeriksaan mutu.",
            ),
        ],
    ),
    Sample(
        "penyedia4",
        "Contoh Rahmat (perorangan)",
        LegalForm.PERSON,
        "Contoh Rahmat",
        "listed",
        [
            (
                "keterbukaan-informasi",
                "Pembuatan situs web desa",
                K.OTHER,
                U.PACKAGE,
                5_500_000,
                21,
                "Situs web desa, pelatihan pengelola, dan pendampingan enam bulan.",
            ),
            (
                "keterbukaan-informasi",
                "Pemetaan batas dan potensi desa dengan drone",
                K.STUDY,
                U.PACKAGE,
                9_900_000,
                30,
                "Foto udara, peta digital, dan peta cetak ukuran A1.",
            ),
        ],
    ),
    Sample("calon.penyedia", "Yayasan Contoh Cahaya Desa", LegalForm.NONPROFIT, "Contoh Aminah", "submitted"),
    Sample("calon.penyedia2", "CV Contoh Karya Mandiri", LegalForm.COMPANY, "Contoh Yusuf", "returned"),
    Sample("calon.penyedia3", "Universitas Contoh Nusantara", LegalForm.ACADEMIC, "Contoh Kartika", "scoring"),
]


def register(people: dict[str, User]) -> dict[str, Service]:
    """Every provider applies; the Pokja judges; the listed ones publish. Services by title."""
    hashed = make_password(PASSWORD)
    pokja.establish(people)
    users, rows = {}, {}
    for number, sample in enumerate(PROVIDERS, start=1):
        user = account(sample.key, sample.person, hashed)
        user.side = User.Side.PROVIDER
        user.save(update_fields=["side"])
        users[sample.key] = user
        rows[sample.key] = application(enrol(sample, number, user), user)
        until = "recommended" if sample.reached == "listed" else sample.reached
        pokja.judge(rows[sample.key], until=until, points=76 + number, people=people)
    listed = [sample for sample in PROVIDERS if sample.reached == "listed"]
    pokja.sit([rows[sample.key] for sample in listed], people)
    return {
        offer[1]: publish(rows[sample.key].provider, users[sample.key], offer, number * 10 + place)
        for number, sample in enumerate(listed, start=1)
        for place, offer in enumerate(sample.offers)
    }


def enrol(sample: Sample, number: int, user: User) -> Provider:
    """The profile, with numbers that cannot belong to anyone."""
    provider = Provider.objects.create(
        name=sample.name,
        legal_form=sample.form,
        area_id=REGENCY,
        address=f"Jalan Contoh Raya Nomor {number}, Praya",
        phone=f"+6280000000{number:02}",
        email=f"{sample.key}@contoh.example",
        about="DATA CONTOH. Penyedia rekaan untuk latihan.",
        experts=1 + number % 2,
        person_in_charge=sample.person,
        fields=sorted({offer[0] for offer in sample.offers}) or ["kewirausahaan"],
        position="Pribadi" if sample.form == LegalForm.PERSON else "Direktur",
        nik=f"52020001019000{number:02}",
        npwp=f"00000000000000{number:02}",
        nib="" if sample.form in (LegalForm.PERSON, LegalForm.NONPROFIT) else f"00000000000{number:02}",
        bank="Bank Contoh",
        account_number=f"00000000{number:02}",
        account_holder=sample.name,
    )
    Membership.objects.create(
        user=user, role=Role.PROVIDER, provider=provider, position=provider.position, starts_on=SINCE
    )
    provider.serves.set(Area.objects.filter(pk__in=[REGENCY, OTHER_REGENCY]))
    for place in range(provider.experts):
        Expert.objects.create(
            provider=provider, name=f"Contoh Ahli {number}.{place + 1}", education="S1 (contoh)", expertise="Contoh"
        )
    Experience.objects.create(provider=provider, title="Pekerjaan contoh", client="Desa Contoh", year=2025)
    return provider


def application(provider: Provider, user: User) -> Application:
    """All papers that its legal form asks for, then submitted."""
    row = Application(provider=provider, regency_id=REGENCY)
    row.apply(by=user)
    for want in row.wanted():
        if want.required:
            row.attach(
                by=user,
                type=want.type,
                entry=want.entry,
                file=paper(f"{want.type.label}, {provider.name}", by=user, personal=want.type.personal),
                number="CONTOH/01",
                issued_on=datetime.date(2026, 1, 10),
            )
    row.consent(by=user, version=consent_in_force()["version"])
    row.submit(by=user)
    return row


def publish(provider: Provider, user: User, offer: Offer, number: int) -> Service:
    key, title, kind, unit, price, days, deliverables = offer
    category = Category.objects.get(key=key)
    sub, given = ANSWERS[title]
    service = Service(
        provider=provider,
        category=category,
        subcategory=category.subcategories.get(key=sub),
        attributes=given,
        title=title,
        kind=kind,
        unit=unit,
        price=EARLIER_PRICES.get(title, price),
        tax_included=True,
        duration_days=days,
        summary=f"{title} untuk desa di Kabupaten Lombok Tengah dan sekitarnya.",
        description="DATA CONTOH. Kami datang ke desa, bekerja bersama perangkat dan warga, dan meninggalkan cara kerja "
        "yang dapat dilanjutkan sendiri.",
        deliverables=deliverables,
        requirements="Desa menyediakan tempat dan daftar peserta.",
    )
    service.offer(by=user, areas=[Area.objects.get(pk="52")])
    service.add_photo(by=user, photo=scene(number), caption="Kegiatan sebelumnya (gambar contoh)")
    service.publish(by=user)
    return service


def raise_prices(services: dict[str, Service]) -> None:
    """Some weeks later two prices are today's: what villages paid attention to before stays readable."""
    now = {offer[1]: offer[4] for sample in PROVIDERS for offer in sample.offers}
    for title in EARLIER_PRICES:
        service = services[title]
        person = Membership.objects.select_related("user").get(provider=service.provider_id).user
        service.revise(by=person, price=now[title])


QUESTIONS = (
    (
        "operator",
        "Pelatihan pengelolaan BUM Desa",
        "Apakah biaya perjalanan pelatih sudah termasuk?",
        "Sudah, untuk desa di Kabupaten Lombok Tengah. Konsumsi peserta disiapkan desa.",
    ),
    (
        "pka",
        "Perencanaan teknis (DED) jalan desa",
        "Berapa panjang ruas jalan yang dihitung untuk satu dokumen?",
        "Sampai 1.500 meter. Ruas yang lebih panjang dihitung sebagai dokumen kedua.",
    ),
    ("operator.tetangga", "Pembuatan situs web desa", "Apakah situs dapat memuat data APB Desa tiap tahun?", ""),
)


def answer_questions(people: dict[str, User], services: dict[str, Service]) -> None:
    """What villages wanted to know; the last of it still waits for its provider."""
    for asker, title, text, answer in QUESTIONS:
        question = Question(service=services[title], text=text)
        question.ask(by=people[asker])
        if answer:
            provider = services[title].provider_id
            question.answer(by=User.objects.get(memberships__provider=provider), answer_text=answer)
