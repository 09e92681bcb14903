"""The Pokja's warning of twins finds a NIB that comes again without reading every provider."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_village_data_and_handover"), ("regions", "0001_areas")]

    operations = [
        migrations.AddIndex(model_name="provider", index=models.Index(fields=["nib"], name="provider_nib")),
    ]
