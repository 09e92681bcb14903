"""What is written goes into the search indexes at once. Otherwise it waits in a list (of up to 4 MB) that every question
reads from end to end: a question to 30,000 words took 36 ms instead of 1."""

import django.contrib.postgres.indexes
from django.db import migrations

INDEXES = (("service", "service_search", "search"), ("term", "term_keys", "keys"))


def now(model, name, field):
    index = django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=[field], name=name)
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(f"ALTER INDEX {name} SET (fastupdate = off)", f"ALTER INDEX {name} RESET (fastupdate)"),
            migrations.RunSQL(f"SELECT gin_clean_pending_list('{name}')", migrations.RunSQL.noop),
        ],
        state_operations=[
            migrations.RemoveIndex(model_name=model, name=name),
            migrations.AddIndex(model_name=model, index=index),
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0014_wanted_services")]

    operations = [now(*each) for each in INDEXES]
