"""The one row that says how far events were counted, and the ministry's name by date."""

import datetime

from django.db import migrations

NAMES = (
    (
        datetime.date(2015, 1, 1),
        "Kementerian Desa, Pembangunan Daerah Tertinggal, dan Transmigrasi",
        "Perpres 12/2015, sampai Perpres 171/2024",
    ),
    (datetime.date(2024, 10, 21), "Kementerian Desa dan Pembangunan Daerah Tertinggal", "Perpres 171/2024"),
)


def begin(apps, schema_editor):
    apps.get_model("monitoring", "RollupState").objects.get_or_create(pk=1)
    setting = apps.get_model("core", "DatedSetting")
    for valid_from, name, source in NAMES:
        setting.objects.get_or_create(
            key="ministry-name", valid_from=valid_from, defaults={"value": name, "source": source}
        )


def undo(apps, schema_editor):
    apps.get_model("monitoring", "RollupState").objects.all().delete()
    apps.get_model("core", "DatedSetting").objects.filter(key="ministry-name").delete()


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_rollups_and_reports"), ("core", "0002_append_only")]
    operations = [migrations.RunPython(begin, undo)]
