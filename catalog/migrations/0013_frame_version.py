"""What the lists are asked by (categories and their questions, places, settings) changes rarely, the services often.

So it has a number of its own, and what is made of it alone is made again only when it changed.
"""

from django.db import migrations

FRAME = (
    "catalog_category",
    "catalog_subcategory",
    "catalog_categoryattribute",
    "core_datedsetting",
    "regions_area",
    "regions_areatitle",
    "regions_neighbour",
)
TRIGGER = (
    "CREATE CONSTRAINT TRIGGER counts_for_{name} AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change('{name}')"
)


def begin(apps, schema_editor):
    apps.get_model("core", "DataVersion").objects.get_or_create(name="frame")


def end(apps, schema_editor):
    apps.get_model("core", "DataVersion").objects.filter(name="frame").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0012_services_reviewed"),
        ("core", "0006_count_by_name"),
        ("regions", "0002_neighbours"),
    ]

    operations = [
        migrations.RunPython(begin, end),
        *(
            migrations.RunSQL(
                TRIGGER.format(table=table, name=name), f"DROP TRIGGER counts_for_{name} ON {table}", elidable=False
            )
            for table, name in [*((table, "frame") for table in FRAME), ("regions_neighbour", "catalogue")]
        ),
    ]
