"""Orders that were there before get their kept stage. What moves meanwhile is newer."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
INSERT INTO transactions_orderstage (need_id, stage, created_at, province, regency)
SELECT need_id, stage, created_at, province, regency FROM transactions_stages()
ON CONFLICT (need_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("transactions", "0014_kept_stage")]
    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="orderstage",
            name="need",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="kept",
                serialize=False,
                to="transactions.need",
            ),
        ),
    ]
