"""Fingerprints of names, so that a near-equal one is found through an index. Those of today are filled in."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


def fill(apps, schema_editor):
    from verification.models.name_key import fingerprints

    NameKey = apps.get_model("verification", "NameKey")
    providers = apps.get_model("accounts", "Provider").objects.only("name")
    NameKey.objects.bulk_create(
        (NameKey(provider=provider, keys=fingerprints(provider.name)) for provider in providers.iterator()),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_provider_portfolio"),
        ("verification", "0006_aspects_belong_to_a_rule"),
    ]

    operations = [
        migrations.CreateModel(
            name="NameKey",
            fields=[
                (
                    "provider",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.provider",
                    ),
                ),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None),
                ),
            ],
            options={
                "verbose_name": "sidik nama",
                "verbose_name_plural": "sidik nama",
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["keys"], name="name_key_keys")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
