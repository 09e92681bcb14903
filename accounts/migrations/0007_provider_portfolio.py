"""What a provider works on and where; and fingerprints by which the same person or account is found twice."""

import django.contrib.postgres.fields
from django.db import migrations, models

import core.fields


def fingerprint(apps, schema_editor):
    """Saving computes the new indexes of rows that were there before."""
    for provider in apps.get_model("accounts", "Provider").objects.iterator():
        provider.save(update_fields=["nik_index", "account_index"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_private_phone"), ("regions", "0001_areas")]

    operations = [
        migrations.AddField(
            "provider",
            "account_index",
            core.fields.BlindIndexField(db_index=True, purpose="account", source="account_number"),
        ),
        migrations.AddField(
            "provider",
            "fields",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(max_length=60),
                blank=True,
                default=list,
                size=None,
                verbose_name="bidang pekerjaan",
            ),
        ),
        migrations.AddField(
            "provider", "nik_index", core.fields.BlindIndexField(db_index=True, purpose="nik", source="nik")
        ),
        migrations.AddField(
            "provider",
            "serves",
            models.ManyToManyField(blank=True, related_name="+", to="regions.area", verbose_name="wilayah layanan"),
        ),
        migrations.RunPython(fingerprint, migrations.RunPython.noop),
    ]
