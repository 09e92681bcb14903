"""What waits for the BPD: openings that want a second person, and orders that wait for their Musdes, are few of all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transactions", "0029_handed_to_the_head")]

    operations = [
        migrations.AddIndex(
            model_name="sourcing",
            index=models.Index(fields=["need"], name="sourcing_opening", condition=models.Q(state="opening")),
        ),
        migrations.AddIndex(
            model_name="accountability",
            index=models.Index(fields=["contract"], name="accountability_unheard", condition=models.Q(state="musdes")),
        ),
    ]
