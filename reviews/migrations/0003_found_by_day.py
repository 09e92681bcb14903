"""Ratings are counted by the month in which they were given."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_ratings_count_as_catalogue")]

    operations = [
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(fields=["created_at"], name="rating_created"),
        ),
    ]
