"""What is handed over is counted by the day on which the village head took it over."""

from django.db import migrations, models
from django.db.models.functions import Coalesce

COUNTED = ("head_handover_on", "handover_on", "ends_on", "state", "state_since", "village_signed_at")


class Migration(migrations.Migration):
    dependencies = [("transactions", "0028_request_values")]

    operations = [
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                Coalesce("head_handover_on", "handover_on"),
                include=("id", "village", "value", "signed_on", *COUNTED),
                name="contract_handed",
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                fields=["village"], include=("id", "sourcing", "value", "signed_on", *COUNTED), name="contract_counted"
            ),
        ),
        migrations.RemoveIndex(model_name="contract", name="contract_handover"),
        migrations.RemoveIndex(model_name="contract", name="contract_figures"),
    ]
