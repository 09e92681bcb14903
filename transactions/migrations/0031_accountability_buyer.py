"""What waits for its Musdes in a kabupaten is found by the village, not by a look at what waits in the whole country."""

import django.db.models.deletion
from django.db import migrations, models

OPEN = ["payment", "musdes", "refused", "accepted"]
FILL = """
UPDATE transactions_accountability a SET buyer_id = c.village_id
FROM transactions_contract c WHERE c.id = a.contract_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


def buyer(**kwargs: bool) -> models.ForeignKey:
    return models.ForeignKey(
        to="regions.area", on_delete=django.db.models.deletion.PROTECT, related_name="+", editable=False,
        db_index=False, **kwargs,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0002_neighbours"),
        ("transactions", "0030_found_by_who_waits"),
    ]

    operations = [
        migrations.AddField("accountability", "buyer", buyer(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("accountability", "buyer", buyer()),
        migrations.RemoveIndex("accountability", "accountability_unheard"),
        migrations.AddIndex(
            "accountability",
            models.Index(fields=["buyer"], name="accountability_waiting", condition=models.Q(state__in=OPEN)),
        ),
    ]
