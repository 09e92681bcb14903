"""Public pages name places: a corrected name or local title is a change of theirs, too."""

from django.db import migrations

TABLES = ("regions_area", "regions_areatitle")
TRIGGER = (
    "CREATE CONSTRAINT TRIGGER counts_for_catalogue AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change('catalogue')"
)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_catalogue_version"), ("regions", "0001_areas")]

    operations = [
        migrations.RunSQL(TRIGGER.format(table=table), f"DROP TRIGGER counts_for_catalogue ON {table}")
        for table in TABLES
    ]
