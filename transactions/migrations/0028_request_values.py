"""A payment request keeps the contract's value of the day it was filed; an inspection can be taken back or cut off."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transactions", "0027_contract_papers")]

    operations = [
        migrations.AddField(
            model_name="paymentrequest",
            name="value",
            field=models.BigIntegerField(editable=False, null=True, verbose_name="nilai kontrak saat diajukan"),
        ),
        migrations.AlterField(
            model_name="inspection",
            name="result",
            field=models.CharField(
                blank=True,
                choices=[
                    ("accepted", "Diterima"),
                    ("repair", "Perlu perbaikan"),
                    ("taken_back", "Diterima, kemudian dikembalikan"),
                    ("ended", "Kontrak diputus sebelum diperiksa"),
                ],
                max_length=12,
                verbose_name="hasil",
            ),
        ),
    ]
