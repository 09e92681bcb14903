"""Who follows whom is a succession: "handover" is the word for a finished work (BAST)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_provider_nib")]

    operations = [
        migrations.RenameModel("Handover", "Succession"),
        migrations.AlterField(
            "succession",
            "membership",
            models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="succession",
                to="accounts.membership",
            ),
        ),
        migrations.RemoveConstraint("succession", "handover_open_once"),
        migrations.RemoveConstraint("succession", "handover_ends_after_start"),
        migrations.RemoveConstraint("succession", "handover_verified_gives_a_membership"),
        migrations.AddConstraint(
            "succession",
            models.UniqueConstraint(
                fields=["village", "role", "successor"],
                condition=models.Q(state="submitted"),
                name="succession_open_once",
                violation_error_message="Usulan untuk orang dan jabatan ini sudah ada dan masih menunggu.",
            ),
        ),
        migrations.AddConstraint(
            "succession",
            models.CheckConstraint(
                name="succession_ends_after_start",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="Hari terakhir tidak boleh sebelum hari pertama.",
            ),
        ),
        migrations.AddConstraint(
            "succession",
            models.CheckConstraint(
                name="succession_verified_gives_a_membership",
                condition=models.Q(state="verified", membership__isnull=False, decided_at__isnull=False)
                | (~models.Q(state="verified") & models.Q(membership__isnull=True)),
            ),
        ),
    ]
