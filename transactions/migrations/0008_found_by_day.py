"""What is counted by the month is found by its day, and what is still open by an index that holds nothing else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transactions", "0007_invitation_version")]

    operations = [
        migrations.AddIndex(
            model_name="accountability",
            index=models.Index(fields=["closed_at"], name="accountability_closed"),
        ),
        migrations.AddIndex(
            model_name="accountability",
            index=models.Index(
                condition=models.Q(("state__in", ("payment", "musdes", "refused", "accepted"))),
                fields=["contract"],
                name="accountability_open",
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(fields=["signed_on"], name="contract_signed"),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(fields=["handover_on"], name="contract_handover"),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(("state", "terminated")), fields=["state_since"], name="contract_terminated"
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("drafted", "issued", "provider_signed", "running", "inspection", "inspected"))
                ),
                fields=["village"],
                name="contract_open",
            ),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["held_on"], name="meeting_held"),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(fields=["created_at"], name="need_created"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["paid_on"], name="payment_paid"),
        ),
        migrations.AddIndex(
            model_name="sourcing",
            index=models.Index(
                condition=models.Q(("state__in", ("draft", "open", "opened", "evaluated"))),
                fields=["need"],
                name="sourcing_live",
            ),
        ),
    ]
