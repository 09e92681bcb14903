"""Public codes for rules and ties, a reason for a tie's end, the printed register, and a Pokja that never came to be."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import core.codes


def fill(apps, schema_editor):
    """A code for each row there is."""
    for name in ("VerificationRule", "Declaration"):
        rows = apps.get_model("verification", name).objects.filter(code=None).only("pk")
        for row in rows.iterator():
            row.code = core.codes.new_code()
            row.save(update_fields=["code"])


def code(**options):
    return core.codes.CodeField(
        default=core.codes.new_code, editable=False, max_length=16, verbose_name="kode", **options
    )


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0007_name_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "verificationrule", "code", core.codes.CodeField(default=None, null=True, unique=False, editable=False)
        ),
        migrations.AddField(
            "declaration", "code", core.codes.CodeField(default=None, null=True, unique=False, editable=False)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("verificationrule", "code", code(unique=True)),
        migrations.AlterField("declaration", "code", code(unique=True)),
        migrations.AddField(
            "declaration",
            "end_reason",
            models.CharField(blank=True, max_length=500, verbose_name="alasan berakhir"),
        ),
        migrations.AddField(
            "declaration",
            "ended_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="diakhiri oleh",
            ),
        ),
        migrations.AlterField(
            "declaration",
            "ended_at",
            models.DateTimeField(blank=True, null=True, verbose_name="diganti atau berakhir"),
        ),
        migrations.AlterField(
            "declaration",
            "application",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="declarations",
                to="verification.application",
                verbose_name="permohonan",
            ),
        ),
        migrations.AddIndex(
            "declaration", models.Index(fields=["regency", "-declared_at"], name="declaration_register")
        ),
        migrations.AddConstraint(
            "declaration",
            models.CheckConstraint(
                condition=models.Q(end_reason="", ended_by=None)
                | models.Q(ended_at__isnull=False) & ~models.Q(end_reason=""),
                name="declaration_end_is_signed",
            ),
        ),
        migrations.AlterField(
            "pokja",
            "state",
            models.CharField(
                choices=[
                    ("draft", "Disiapkan"),
                    ("established", "Ditetapkan"),
                    ("dissolved", "Dibubarkan"),
                    ("cancelled", "Dibatalkan"),
                ],
                default="draft",
                editable=False,
                max_length=24,
                verbose_name="status",
            ),
        ),
        migrations.CreateModel(
            name="TieRegister",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(verbose_name="dari")),
                ("until", models.DateField(verbose_name="sampai")),
                ("drawn_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="dicetak")),
                (
                    "drawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="oleh",
                    ),
                ),
                (
                    "regency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.area",
                        verbose_name="kabupaten/kota",
                    ),
                ),
            ],
            options={
                "verbose_name": "cetakan register benturan kepentingan",
                "verbose_name_plural": "cetakan register benturan kepentingan",
            },
        ),
        migrations.AddConstraint(
            "tieregister",
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")),
                name="tie_register_ends_after_start",
                violation_error_message="Tanggal akhir harus setelah tanggal awal.",
            ),
        ),
    ]
