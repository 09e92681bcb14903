"""What a village keeps in mind for a need, as it was when it was seen."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0009_questions"),
        ("transactions", "0004_price_references"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Shortlisted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="catatan")),
                (
                    "added_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="disimpan"),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shortlist_entries",
                        to="transactions.need",
                        verbose_name="kebutuhan",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.service",
                        verbose_name="layanan",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.serviceversion",
                        verbose_name="versi",
                    ),
                ),
            ],
            options={
                "verbose_name": "daftar pendek",
                "verbose_name_plural": "daftar pendek",
                "ordering": ("added_at", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("need", "service"),
                        name="shortlisted_once_per_need",
                        violation_error_message="Layanan ini sudah ada dalam daftar pendek.",
                    )
                ],
            },
        ),
    ]
