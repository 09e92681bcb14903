"""A kabupaten's board counts its few thousand orders off covering indexes, not off wide rows all over the tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transactions", "0010_counted_off_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="accountability",
            index=models.Index(
                fields=["contract"], include=("id", "due_on", "closed_at"), name="accountability_figures"
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                fields=["village"],
                include=(
                    "id",
                    "sourcing",
                    "value",
                    "signed_on",
                    "handover_on",
                    "ends_on",
                    "state",
                    "state_since",
                    "village_signed_at",
                ),
                name="contract_figures",
            ),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(
                fields=["accountability"], include=("id", "held_on", "state", "decision"), name="meeting_figures"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["accountability"], include=("id", "paid_on", "gross", "withheld"), name="payment_figures"
            ),
        ),
    ]
