"""The national example of a verification rule with its score form, and which papers come once for each entry.

No official score sheet, threshold, quorum or validity is known: the row says "contoh" until a regency writes its own.
"""

import datetime

from django.db import migrations

SOURCE = "contoh"
SINCE = datetime.date(2024, 1, 1)
GUIDE = """\
Ceritakan pekerjaan terakhir Anda di desa: apa hasilnya, dan siapa yang dapat kami hubungi?
Siapa yang akan bekerja di lapangan, dan apakah mereka yang tertulis pada daftar tenaga ahli?
Bagaimana Anda menghitung harga, dan apa saja yang sudah termasuk?
Bagaimana warga, perempuan, dan kelompok rentan dilibatkan dalam pekerjaan Anda?
Apa yang Anda lakukan bila pekerjaan terlambat atau hasilnya tidak diterima desa?"""
EACH = {"tenaga-ahli": "expert", "portofolio": "experience"}
STATEMENTS = ("pernyataan-kebenaran", "pernyataan-daftar-hitam", "pakta-integritas")
PROVES = {
    "ktp": ["person_in_charge", "nik"],
    "npwp": ["npwp"],
    "akta": ["name", "legal_form", "person_in_charge"],
    "nib": ["nib", "name"],
    "rekening": ["bank", "account_number", "account_holder"],
}
HELP = {
    "tenaga-ahli": "Ijazah, riwayat hidup, dan sertifikat bila ada, satu berkas untuk tiap orang.",
    "portofolio": "Kontrak atau berita acara serah terima, satu berkas untuk tiap pekerjaan.",
}


def fill(apps, schema_editor):
    VerificationRule = apps.get_model("verification", "VerificationRule")
    ScoreAspect = apps.get_model("verification", "ScoreAspect")
    DocumentType = apps.get_model("verification", "DocumentType")
    DatedSetting = apps.get_model("core", "DatedSetting")
    old = DatedSetting.objects.filter(key="verification-threshold").order_by("-valid_from").first()
    rule = VerificationRule.objects.create(
        basis=SOURCE, valid_from=SINCE, threshold=old.value if old else 70, interview_guide=GUIDE
    )
    ScoreAspect.objects.filter(rule=None).update(rule=rule)
    DatedSetting.objects.filter(key="verification-threshold").delete()
    for key, each in EACH.items():
        DocumentType.objects.filter(key=key).update(each=each, help=HELP[key])
    for key in STATEMENTS:
        DocumentType.objects.filter(key=key).update(statement=key)
    for key, fields in PROVES.items():
        DocumentType.objects.filter(key=key).update(proves=fields)


def empty(apps, schema_editor):
    """Back to one score form for all; rules of regencies are in the way, on purpose."""
    rule = apps.get_model("verification", "VerificationRule").objects.get(regency=None, valid_from=SINCE)
    apps.get_model("verification", "ScoreAspect").objects.filter(rule=rule).update(rule=None)
    apps.get_model("core", "DatedSetting").objects.create(
        key="verification-threshold", value=rule.threshold, valid_from=SINCE, source=SOURCE
    )
    rule.delete()


class Migration(migrations.Migration):
    dependencies = [("verification", "0004_the_pokjas_work"), ("core", "0001_initial")]

    operations = [migrations.RunPython(fill, empty)]
