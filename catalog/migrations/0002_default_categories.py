"""The programme's categories as far as they are known, and from how many ratings on an average is shown.

The live programme of 2024 has nine main categories; eight are known by name. Their place in PID's three fields
is our own. All of it is data that the ministry edits; going back removes only what is still unused.
"""

import datetime

from django.db import migrations

CATEGORIES = [
    # key, bidang, name, description, icon, active
    ("sumber-daya-manusia", "sdm", "Sumber Daya Manusia",
     "Pelatihan aparatur dan warga, pendidikan, dan peningkatan kapasitas.", "book", True),
    ("kewirausahaan", "ekonomi", "Kewirausahaan",
     "BUM Desa, usaha warga, produk unggulan, dan pemasaran.", "cart", True),
    ("infrastruktur", "infrastruktur", "Infrastruktur",
     "Perencanaan dan pengawasan jalan, air, listrik, dan bangunan desa.", "tool", True),
    ("perhutanan-sosial", "ekonomi", "Perhutanan Sosial",
     "Hutan desa, izin kelola, dan hasil hutan bukan kayu.", "leaf", True),
    ("kesehatan-masyarakat", "sdm", "Kesehatan Masyarakat",
     "Posyandu, gizi dan stunting, sanitasi, dan air bersih.", "people", True),
    ("lingkungan-bencana", "infrastruktur", "Lingkungan Hidup dan Penanggulangan Bencana",
     "Sampah, konservasi, desa tangguh bencana.", "home", True),
    ("keamanan-ketertiban", "sdm", "Keamanan dan Ketertiban",
     "Perlindungan masyarakat, bantuan hukum, dan peraturan desa.", "shield", True),
    ("keterbukaan-informasi", "sdm", "Keterbukaan Informasi Publik",
     "Situs web dan sistem informasi desa, pelayanan informasi publik.", "chat", True),
    ("kategori-9", "ekonomi", "Kategori kesembilan belum diketahui",
     "Program menyebut sembilan kategori; nama yang kesembilan belum diketahui. Ubah, lalu pakai.", "list", False),
]  # fmt: skip


def bring(apps, schema_editor):
    category = apps.get_model("catalog", "Category")
    for order, (key, bidang, name, description, icon, active) in enumerate(CATEGORIES, start=1):
        category.objects.get_or_create(
            key=key,
            defaults={
                "bidang": bidang,
                "name": name,
                "description": description,
                "icon": icon,
                "order": order * 10,
                "active": active,
            },
        )
    apps.get_model("core", "DatedSetting").objects.get_or_create(
        key="rating-min-count",
        valid_from=datetime.date(2024, 1, 1),
        defaults={"value": 1, "source": "contoh: rata-rata tampil sejak penilaian pertama"},
    )


def take_back(apps, schema_editor):
    unused = apps.get_model("catalog", "Category").objects.filter(services=None)
    unused.filter(key__in=[row[0] for row in CATEGORIES]).delete()
    apps.get_model("core", "DatedSetting").objects.filter(
        key="rating-min-count", valid_from=datetime.date(2024, 1, 1)
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_services"), ("core", "0001_initial")]
    operations = [migrations.RunPython(bring, take_back)]
