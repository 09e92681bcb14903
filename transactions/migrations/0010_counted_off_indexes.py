"""National counts read the figures of contracts off covering indexes, not their frozen texts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transactions", "0009_need_words")]

    operations = [
        migrations.RemoveIndex(
            model_name="contract",
            name="contract_signed",
        ),
        migrations.RemoveIndex(
            model_name="contract",
            name="contract_handover",
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                fields=["signed_on"],
                include=("id", "village", "value", "village_signed_at", "sourcing"),
                name="contract_signed",
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                fields=["handover_on"],
                include=("id", "village", "value", "signed_on", "ends_on", "state", "state_since", "village_signed_at"),
                name="contract_handover",
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(fields=["id"], include=("village",), name="contract_place"),
        ),
    ]
