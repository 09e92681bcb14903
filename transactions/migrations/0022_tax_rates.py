"""Tax rates by NPWP, kind of work and value as well; what nobody has confirmed is marked as example data."""

import datetime

from django.db import migrations, models

EXAMPLE = " (contoh; belum dicocokkan)"
FORMS = ("nonprofit", "company", "village_company", "academic")
OLD, SMALL, TODAY = datetime.date(2020, 1, 1), datetime.date(2022, 5, 1), datetime.date(2025, 1, 1)
ROWS = [  # tax, legal form, NPWP, only PKP, kind of work, above, basis points, since, source
    *(
        ("pph23", form, False, False, "", 0, 400, OLD, "UU PPh Pasal 23 ayat (1a): tanpa NPWP 100 % lebih tinggi")
        for form in FORMS
    ),
    ("pph21", "person", False, False, "", 0, 300, OLD, "UU PPh Pasal 21 ayat (5a): tanpa NPWP 20 % lebih tinggi"),
    ("pph42", "", None, False, "construction", 0, 265, OLD, "PP 9/2022: pelaksana bersertifikat menengah/besar"),
    ("pph42", "", None, False, "rent", 0, 1000, OLD, "PP 34/2017: sewa tanah dan/atau bangunan"),
    ("ppn", "", None, True, "", 0, 0, SMALL, "PMK 59/2022: tidak dipungut sampai Rp2.000.000"),
    ("ppn", "", None, True, "", 2_000_000, 1100, SMALL, "PMK 59/2022: dipungut di atas Rp2.000.000"),
    ("ppn", "", None, True, "", 2_000_000, 1100, TODAY, "PMK 131/2024: 12 % dari 11/12 nilai"),
]
SETTINGS = [  # the stamp on a receipt: from which amount, and how much; whole rupiah
    ("stamp-duty-above", 5_000_000, datetime.date(2021, 1, 1)),
    ("stamp-duty", 10_000, datetime.date(2021, 1, 1)),
]
STAMP = "UU 10/2020 tentang Bea Meterai Pasal 3 dan Pasal 5"
NAMES = ("tax", "legal_form", "has_npwp", "only_pkp", "work", "above", "basis_points", "valid_from", "source")


def fill(apps, schema_editor):
    rates = apps.get_model("transactions", "TaxRate")
    for row in ROWS:
        values = dict(zip(NAMES, row, strict=True))
        rates.objects.create(**values | {"source": values["source"] + EXAMPLE})
    for key, value, since in SETTINGS:
        apps.get_model("core", "DatedSetting").objects.create(key=key, value=value, valid_from=since, source=STAMP)


def empty(apps, schema_editor):
    """Rows that the earlier table could not say go; the earlier ones stay as they were."""
    rates = apps.get_model("transactions", "TaxRate").objects
    rates.exclude(has_npwp=None, work="", above=0, tax__in=["pph21", "pph23", "ppn"]).delete()
    rates.filter(tax="ppn", above=0, valid_from=SMALL).delete()
    keys = [key for key, _, _ in SETTINGS]
    apps.get_model("core", "DatedSetting").objects.filter(key__in=keys, source=STAMP).delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0007_sheet_upload"), ("transactions", "0021_payment_requests")]

    operations = [
        migrations.RemoveConstraint(
            model_name="taxrate",
            name="tax_rate_once_a_day",
        ),
        migrations.AddField(
            model_name="taxrate",
            name="above",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="Dipotong bila nilai kontrak lebih dari jumlah ini. Nol berarti tanpa batas.",
                verbose_name="bila nilai di atas (Rp)",
            ),
        ),
        migrations.AddField(
            model_name="taxrate",
            name="has_npwp",
            field=models.BooleanField(
                blank=True,
                choices=[(None, "Semua"), (True, "Punya NPWP"), (False, "Tanpa NPWP")],
                null=True,
                verbose_name="NPWP",
            ),
        ),
        migrations.AddField(
            model_name="taxrate",
            name="is_example",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Belum dicocokkan dengan peraturan yang berlaku.",
                verbose_name="data contoh",
            ),
        ),
        migrations.AddField(
            model_name="taxrate",
            name="work",
            field=models.CharField(
                blank=True,
                choices=[
                    ("technical", "Jasa teknik (survei, DED, pemetaan, sistem informasi)"),
                    ("management", "Jasa manajemen (pengelolaan, pendampingan usaha)"),
                    ("consulting", "Jasa konsultan (kajian, perencanaan, pelatihan)"),
                    ("construction", "Jasa konstruksi (pelaksanaan atau pengawasan bangunan)"),
                    ("rent", "Sewa tanah atau bangunan"),
                    ("other", "Jasa lain (termasuk sewa alat)"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="jenis jasa",
            ),
        ),
        migrations.AlterField(
            model_name="paymenttax",
            name="tax",
            field=models.CharField(
                choices=[
                    ("pph21", "PPh Pasal 21"),
                    ("pph23", "PPh Pasal 23"),
                    ("pph42", "PPh Pasal 4 ayat (2)"),
                    ("ppn", "PPN"),
                ],
                max_length=8,
                verbose_name="pajak",
            ),
        ),
        migrations.AlterField(
            model_name="taxrate",
            name="basis_points",
            field=models.PositiveSmallIntegerField(
                help_text="200 berarti 2 %. Nol berarti tidak dipotong.", verbose_name="tarif (per sepuluh ribu)"
            ),
        ),
        migrations.AlterField(
            model_name="taxrate",
            name="source",
            field=models.CharField(help_text="Peraturan, pasal, dan tanggalnya.", max_length=200, verbose_name="dasar"),
        ),
        migrations.AlterField(
            model_name="taxrate",
            name="tax",
            field=models.CharField(
                choices=[
                    ("pph21", "PPh Pasal 21"),
                    ("pph23", "PPh Pasal 23"),
                    ("pph42", "PPh Pasal 4 ayat (2)"),
                    ("ppn", "PPN"),
                ],
                max_length=8,
                verbose_name="pajak",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.UniqueConstraint(
                fields=("tax", "legal_form", "has_npwp", "only_pkp", "work", "above", "valid_from"),
                name="tax_rate_once_a_day",
                nulls_distinct=False,
                violation_error_message="Tarif dengan syarat yang sama sudah ada untuk tanggal ini.",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("above__gte", 0), ("basis_points__lte", 10000)), name="tax_rate_in_range"
            ),
        ),
        migrations.RunPython(fill, empty),
    ]
