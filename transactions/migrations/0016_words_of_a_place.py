"""Orders are found by the words of their title within a province or kabupaten off one index."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


def said() -> django.contrib.postgres.search.CombinedSearchVector:
    words = models.Func(
        models.F("title"),
        models.Value("[^[:alnum:]]+"),
        models.Value(" "),
        models.Value("g"),
        function="regexp_replace",
        output_field=models.TextField(),
    )
    place = models.Func(
        models.F("village_id"),
        models.Value(r"^(..)\.(..)\..*$"),
        models.Value(r"/wil/\1 /wil/\1\2"),
        function="regexp_replace",
        output_field=models.TextField(),
    )
    vector = django.contrib.postgres.search.SearchVector
    return vector(words, config="simple") + vector(place, config="simple")


class Migration(migrations.Migration):
    atomic = False  # nobody waits while two million titles are read
    dependencies = [("transactions", "0015_fill_kept_stage")]

    operations = [
        AddIndexConcurrently("need", django.contrib.postgres.indexes.GinIndex(said(), name="need_said")),
        RemoveIndexConcurrently("need", "need_title_words"),
    ]
