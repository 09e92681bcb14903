"""Orders are found by the words of their title off an index, not by reading two million of them."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transactions", "0008_found_by_day")]

    operations = [
        migrations.AddIndex(
            model_name="need",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(
                    models.Func(
                        models.F("title"),
                        models.Value("[^[:alnum:]]+"),
                        models.Value(" "),
                        models.Value("g"),
                        function="regexp_replace",
                        output_field=models.TextField(),
                    ),
                    config="simple",
                ),
                name="need_title_words",
            ),
        ),
    ]
