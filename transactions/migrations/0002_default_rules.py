"""Example values to start with, each with its source; a regency's own row takes their place."""

import datetime

from django.db import migrations

SINCE = datetime.date(2020, 1, 1)
LKPP = "Peraturan LKPP 12/2019 (contoh; dapat ditetapkan lain oleh Bupati/Wali Kota)"
EXAMPLE = "contoh; sesuaikan dengan aturan yang berlaku"
RATES = [  # tax, legal form, only PKP, basis points
    ("pph21", "person", False, 250),  # half of the gross at the lowest rate
    ("pph23", "nonprofit", False, 200),
    ("pph23", "company", False, 200),
    ("pph23", "village_company", False, 200),
    ("pph23", "academic", False, 200),
    ("ppn", "", True, 1100),
]


def fill(apps, schema_editor):
    rule = apps.get_model("transactions", "ProcurementRule")
    rule.objects.create(
        basis=LKPP,
        direct_limit=10_000_000,
        quotation_limit=200_000_000,
        min_invitations=2,
        min_hours=24,
        valid_from=SINCE,
    )
    rates = apps.get_model("transactions", "TaxRate")
    for tax, legal_form, only_pkp, basis_points in RATES:
        rates.objects.create(
            tax=tax, legal_form=legal_form, only_pkp=only_pkp, basis_points=basis_points, valid_from=SINCE, source=EXAMPLE
        )
    apps.get_model("core", "DatedSetting").objects.create(
        key="musdes-due-days", value=30, valid_from=SINCE, source=EXAMPLE
    )


def empty(apps, schema_editor):
    apps.get_model("transactions", "ProcurementRule").objects.filter(basis=LKPP).delete()
    apps.get_model("transactions", "TaxRate").objects.filter(source=EXAMPLE).delete()
    apps.get_model("core", "DatedSetting").objects.filter(key="musdes-due-days", source=EXAMPLE).delete()


class Migration(migrations.Migration):
    dependencies = [("transactions", "0001_orders"), ("core", "0002_append_only")]
    operations = [migrations.RunPython(fill, empty)]
