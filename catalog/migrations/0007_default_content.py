"""What each category asks of its services, its subcategories and units: examples until the ministry edits them.

The subcategories follow the fields that PID 2018 names, as far as they are known; where they stand among the
programme's categories is our own. Units, licences, hints and questions are examples without a source.
"""

from django.db import migrations

PACKAGE, ACTIVITY, DOCUMENT = "paket", "kegiatan", "dokumen"
HOUR, DAY, MONTH_OF_PERSON, PARTICIPANT, MONTH = "oj", "oh", "ob", "peserta", "bulan"
TRAINING = [PACKAGE, ACTIVITY, HOUR, DAY, MONTH_OF_PERSON, PARTICIPANT, DOCUMENT, MONTH]

# key of the category: [(key, name)]
SUBCATEGORIES = {
    "sumber-daya-manusia": [
        ("perencanaan-desa", "Perencanaan desa (RPJM Desa, RKP Desa)"),
        ("keuangan-desa", "Keuangan desa dan Siskeudes"),
        ("aparatur-desa", "Kapasitas aparatur dan lembaga desa"),
        ("pendidikan-warga", "Pendidikan warga dan PAUD"),
    ],
    "kewirausahaan": [
        ("sumber-daya-lokal", "Analisis dan identifikasi sumber daya lokal"),
        ("keberlanjutan-usaha", "Analisis keberlanjutan dan kelayakan usaha"),
        ("kelembagaan-usaha", "Pengembangan SDM dan kelembagaan usaha"),
        ("produksi", "Pengembangan produksi"),
        ("mata-rantai-usaha", "Mata rantai usaha dan pemasaran"),
        ("keuangan-mikro", "Pengelolaan keuangan mikro"),
        ("bum-desa", "BUM Desa dan BUM Desa Bersama"),
        ("produk-unggulan", "Produk unggulan desa (Prudes, Prukades)"),
        ("desa-wisata", "Desa wisata"),
    ],
    "infrastruktur": [
        ("jalan-jembatan", "Jalan, jembatan, dan drainase"),
        ("air-irigasi", "Air bersih, sumur bor, dan irigasi"),
        ("embung", "Embung desa"),
        ("bangunan", "Bangunan desa"),
        ("olahraga", "Sarana olahraga"),
        ("listrik-energi", "Listrik, energi, dan biogas"),
        ("pemeliharaan", "Pemeliharaan sarana dan prasarana"),
    ],
    "perhutanan-sosial": [
        ("izin-kelola", "Persetujuan dan rencana kelola"),
        ("hasil-hutan", "Hasil hutan bukan kayu"),
    ],
    "kesehatan-masyarakat": [
        ("posyandu-stunting", "Posyandu, gizi, dan stunting"),
        ("sanitasi", "Sanitasi dan air bersih rumah tangga"),
        ("layanan-dasar", "Layanan sosial dasar lain"),
    ],
    "lingkungan-bencana": [
        ("sampah", "Sampah dan daur ulang"),
        ("konservasi", "Konservasi dan mata air"),
        ("tangguh-bencana", "Desa tangguh bencana"),
    ],
    "keamanan-ketertiban": [
        ("linmas", "Perlindungan masyarakat"),
        ("bantuan-hukum", "Bantuan hukum warga"),
        ("peraturan-desa", "Penyusunan peraturan desa"),
    ],
    "keterbukaan-informasi": [
        ("situs-web-sid", "Situs web dan sistem informasi desa"),
        ("pemetaan", "Survei dan pemetaan desa"),
        ("pendataan", "Pendataan dan SDGs Desa"),
        ("ppid", "Pelayanan informasi publik"),
    ],
}
# key of the category: (units, licences, hint of deliverables)
CONTENT = {
    "sumber-daya-manusia": (TRAINING, "", "Modul cetak untuk tiap peserta\nDaftar hadir dan dokumentasi\nLaporan kegiatan"),
    "kewirausahaan": (TRAINING, "", "Modul cetak untuk tiap peserta\nRencana usaha\nLaporan kegiatan"),
    "infrastruktur": (
        [DOCUMENT, PACKAGE, MONTH, DAY, MONTH_OF_PERSON, "hektare", "titik", "meter", "kilometer", "unit"],
        "Sertifikat kompetensi kerja (SKK) tenaga ahli (contoh)\nSertifikat badan usaha (SBU) untuk badan usaha (contoh)",
        "Gambar rencana\nRAB\nSpesifikasi teknis\nLaporan survei",
    ),
    "perhutanan-sosial": ([*TRAINING, "hektare"], "", "Peta kerja\nDokumen usulan atau rencana kelola"),
    "kesehatan-masyarakat": (TRAINING, "Surat tanda registrasi (STR) bagi tenaga kesehatan (contoh)", "Modul kader\nLaporan kegiatan"),
    "lingkungan-bencana": ([*TRAINING, "titik", "hektare"], "", "Rencana kerja kelompok\nLaporan kegiatan"),
    "keamanan-ketertiban": (TRAINING, "Izin advokat bagi pemberi bantuan hukum (contoh)", "Rancangan peraturan\nLaporan kegiatan"),
    "keterbukaan-informasi": ([*TRAINING, "hektare", "unit"], "", "Alamat situs dan akun pengelola\nPanduan penggunaan"),
}  # fmt: skip

WAY = (
    "cara",
    "Cara pelaksanaan",
    "choice",
    [["tatapmuka", "Tatap muka di desa"], ["daring", "Daring"], ["campuran", "Tatap muka dan daring"]],
    "",
    True,
)
PEOPLE = ("jumlahpeserta", "Jumlah peserta paling banyak", "number", [], "orang", False)
MEETINGS = ("jumlahpertemuan", "Jumlah pertemuan", "number", [], "kali", False)
PAPER = ("sertifikat", "Peserta menerima sertifikat", "yes_no", [], "", True)
AFTER = ("pendampingan", "Pendampingan sesudah selesai", "yes_no", [], "", True)
CLASS = [WAY, PEOPLE, MEETINGS, PAPER, AFTER]
# key of the category: [(key, label, kind, choices, unit, in_filter)]
ATTRIBUTES = {
    "sumber-daya-manusia": CLASS,
    "kewirausahaan": [
        *CLASS,
        ("tahapusaha", "Tahap usaha yang dilayani", "many",
         [["rintisan", "Rintisan"], ["tumbuh", "Tumbuh"], ["maju", "Maju"]], "", True),
    ],
    "infrastruktur": [
        ("dokumen", "Dokumen yang diserahkan", "many",
         [["gambar", "Gambar rencana (DED)"], ["rab", "RAB"], ["spesifikasi", "Spesifikasi teknis"],
          ["laporan", "Laporan pengawasan"]], "", True),
        ("survei", "Termasuk survei lapangan", "yes_no", [], "", True),
        ("tenagaahli", "Tenaga ahli bersertifikat", "number", [], "orang", False),
        ("revisi", "Perbaikan dokumen tanpa biaya", "number", [], "kali", False),
    ],
    "perhutanan-sosial": [
        WAY,
        ("skema", "Skema yang dilayani", "many",
         [["hutandesa", "Hutan desa"], ["hkm", "Hutan kemasyarakatan"], ["kemitraan", "Kemitraan kehutanan"],
          ["hutanadat", "Hutan adat"]], "", True),
        AFTER,
    ],
    "kesehatan-masyarakat": [
        *CLASS,
        ("alat", "Alat yang disertakan", "text", [], "", False),
    ],
    "lingkungan-bencana": CLASS,
    "keamanan-ketertiban": [WAY, PEOPLE, AFTER],
    "keterbukaan-informasi": [
        ("pelatihan", "Termasuk pelatihan pengelola", "yes_no", [], "", True),
        ("domain", "Termasuk nama domain desa.id", "yes_no", [], "", True),
        ("pemeliharaan", "Lama pemeliharaan", "number", [], "bulan", False),
        ("ketelitian", "Ketelitian peta", "text", [], "", False),
    ],
}  # fmt: skip


def bring(apps, schema_editor):
    category = apps.get_model("catalog", "Category")
    subcategory = apps.get_model("catalog", "Subcategory")
    attribute = apps.get_model("catalog", "CategoryAttribute")
    for row in category.objects.filter(key__in=CONTENT):
        row.units, row.licences, row.deliverables_hint = CONTENT[row.key]
        row.save(update_fields=["units", "licences", "deliverables_hint"])
        for order, (key, name) in enumerate(SUBCATEGORIES[row.key], start=1):
            subcategory.objects.get_or_create(category=row, key=key, defaults={"name": name, "order": order * 10})
        for order, (key, label, kind, choices, unit, in_filter) in enumerate(ATTRIBUTES[row.key], start=1):
            attribute.objects.get_or_create(
                category=row,
                key=key,
                defaults={
                    "label": label,
                    "kind": kind,
                    "choices": choices,
                    "unit": unit,
                    "in_filter": in_filter,
                    "order": order * 10,
                    "basis": "contoh",
                },
            )


def take_back(apps, schema_editor):
    """Only what is still unused."""
    apps.get_model("catalog", "Subcategory").objects.filter(services=None).delete()
    apps.get_model("catalog", "CategoryAttribute").objects.filter(basis="contoh").delete()


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_category_content")]
    operations = [migrations.RunPython(bring, take_back)]
