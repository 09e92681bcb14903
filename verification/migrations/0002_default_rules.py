"""The default documents by legal form, the score form, the threshold and the consent text.

Common practice and our own sample, not an official P2KTD list: every row says "contoh", and a regency
replaces it by a row of its own with its decree as source.
"""

import datetime

from django.db import migrations

SOURCE = "contoh"
SINCE = datetime.date(2024, 1, 1)
FORMS = ("person", "nonprofit", "company", "village_company", "academic")

# key, label, help, personal, number, expiry, need by form in the order above (W wajib, O tidak wajib, - tidak diminta)
DOCUMENTS = (
    ("ktp", "KTP penanggung jawab", "Foto atau pindaian KTP yang terbaca jelas.", True, False, False, "WWWWW"),
    (
        "npwp",
        "NPWP",
        "Kartu NPWP penyedia. Untuk perorangan, NIK yang sudah dipadankan juga berlaku.",
        True,
        False,
        False,
        "WWWWW",
    ),
    (
        "akta",
        "Akta pendirian dan pengesahan badan hukum",
        "Akta beserta SK Kemenkumham (AHU). BUM Desa: sertifikat badan hukum dan Peraturan Desa. "
        "Perguruan tinggi atau lembaga riset: SK pendirian atau statuta.",
        False,
        True,
        False,
        "-WWWO",
    ),
    (
        "skt",
        "Surat Keterangan Terdaftar (Kesbangpol)",
        "Untuk organisasi kemasyarakatan tanpa badan hukum.",
        False,
        True,
        True,
        "-O---",
    ),
    ("nib", "NIB dan KBLI", "Cetakan NIB dari OSS. NIB tidak mempunyai masa berlaku.", False, False, False, "OOWWO"),
    (
        "sertifikat",
        "Sertifikat atau izin sesuai bidang",
        "Wajib bila bidangnya menuntut: SBU atau SKK Konstruksi, lisensi LSP, STR, dan sejenisnya.",
        False,
        True,
        True,
        "OOOOO",
    ),
    (
        "tenaga-ahli",
        "Ijazah dan riwayat hidup tenaga ahli inti",
        "Gabungkan menjadi satu PDF bila lebih dari satu orang.",
        True,
        False,
        False,
        "WWWWW",
    ),
    (
        "portofolio",
        "Portofolio pekerjaan",
        "Bukti kontrak atau berita acara serah terima pekerjaan sebelumnya, sedikitnya satu.",
        False,
        False,
        False,
        "WWWWW",
    ),
    (
        "pernyataan-kebenaran",
        "Surat pernyataan kebenaran data",
        "Bermeterai Rp10.000 dan ditandatangani penanggung jawab.",
        False,
        False,
        False,
        "WWWWW",
    ),
    (
        "pernyataan-daftar-hitam",
        "Surat pernyataan tidak masuk daftar hitam",
        "Menyatakan juga tidak sedang dalam sengketa atau pailit.",
        False,
        False,
        False,
        "WWWWW",
    ),
    ("pakta-integritas", "Pakta integritas", "Ditandatangani penanggung jawab.", False, False, False, "WWWWW"),
    (
        "rekening",
        "Buku atau rekening koran bank",
        "Halaman pertama, atas nama penyedia.",
        True,
        False,
        False,
        "WWWWW",
    ),
    ("domisili", "Surat keterangan domisili", "", False, True, True, "OOOO-"),
    (
        "pajak",
        "SPPKP atau surat keterangan UMKM",
        "SPPKP bila Pengusaha Kena Pajak; surat keterangan PP 55/2022 bila UMKM.",
        False,
        True,
        False,
        "OOOOO",
    ),
    ("foto", "Foto kantor atau tempat usaha", "", False, False, False, "OOOOO"),
)
NEEDS = {"W": "required", "O": "optional"}

ASPECTS = (
    ("kelembagaan", "Kelembagaan", 20, "Legalitas, tata kelola, kantor dan kontak yang nyata."),
    ("tenaga-ahli", "Tenaga ahli", 30, "Pendidikan, sertifikat dan pengalaman tenaga ahli inti."),
    ("pengalaman", "Pengalaman", 25, "Pekerjaan serupa di desa, dengan bukti."),
    ("metode-harga", "Metode dan kewajaran harga", 15, "Cara kerja yang jelas; harga wajar bagi desa."),
    (
        "inklusi-lingkungan",
        "Inklusi sosial dan lingkungan",
        10,
        "Melibatkan perempuan dan kelompok rentan; ramah lingkungan.",
    ),
)

CONSENT = {
    "version": "2024-1",
    "paragraphs": [
        "Data dan dokumen yang Anda kirim dipakai hanya untuk memeriksa kelayakan penyedia, menyusun direktori "
        "P2KTD, dan mempertanggungjawabkan keputusan.",
        "NIK, NPWP, KTP, rekening dan riwayat hidup tenaga ahli hanya dilihat oleh Pokja dan Dinas PMD "
        "kabupaten/kota tujuan. Setiap pembukaan dicatat.",
        "Nama, bentuk, alamat dan kontak kantor, nomor direktori serta masa berlaku diumumkan bila Anda terdaftar.",
        "Anda dapat meminta salinan, perbaikan, atau penghapusan data, dan menarik persetujuan ini, melalui Pokja "
        "(UU 27/2022 tentang Pelindungan Data Pribadi).",
    ],
}


def fill(apps, schema_editor):
    DocumentType = apps.get_model("verification", "DocumentType")
    DocumentRequirement = apps.get_model("verification", "DocumentRequirement")
    ScoreAspect = apps.get_model("verification", "ScoreAspect")
    DatedSetting = apps.get_model("core", "DatedSetting")
    for order, (key, label, help_text, personal, number, expiry, needs) in enumerate(DOCUMENTS, start=1):
        kind = DocumentType.objects.create(
            key=key, label=label, help=help_text, personal=personal, has_number=number, has_expiry=expiry, order=order
        )
        for form, need in zip(FORMS, needs, strict=True):
            if need in NEEDS:
                DocumentRequirement.objects.create(
                    type=kind, legal_form=form, need=NEEDS[need], valid_from=SINCE, source=SOURCE
                )
    for order, (key, label, weight, help_text) in enumerate(ASPECTS, start=1):
        ScoreAspect.objects.create(key=key, label=label, weight=weight, help=help_text, order=order, source=SOURCE)
    for key, value in (("verification-threshold", 70), ("verification-consent", CONSENT)):
        DatedSetting.objects.create(key=key, value=value, valid_from=SINCE, source=SOURCE)


def empty(apps, schema_editor):
    """Take back what `fill` wrote; rows that a regency added to it are in the way, on purpose."""
    apps.get_model("verification", "DocumentRequirement").objects.filter(source=SOURCE, regency=None).delete()
    apps.get_model("verification", "DocumentType").objects.filter(key__in=[row[0] for row in DOCUMENTS]).delete()
    apps.get_model("verification", "ScoreAspect").objects.filter(key__in=[row[0] for row in ASPECTS]).delete()
    apps.get_model("core", "DatedSetting").objects.filter(
        key__in=["verification-threshold", "verification-consent"], source=SOURCE
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("verification", "0001_applications"), ("core", "0001_initial")]

    operations = [migrations.RunPython(fill, empty)]
