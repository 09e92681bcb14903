"""A rating and its reply stand on public pages: they count as changes of the catalogue."""

from django.db import migrations

TRIGGER = (
    "CREATE CONSTRAINT TRIGGER counts_for_catalogue AFTER INSERT OR UPDATE OR DELETE ON reviews_rating "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change('catalogue')"
)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_ratings"), ("core", "0005_data_version")]

    operations = [migrations.RunSQL(TRIGGER, "DROP TRIGGER counts_for_catalogue ON reviews_rating")]
