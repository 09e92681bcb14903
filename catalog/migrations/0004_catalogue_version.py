"""Every change that a public page of the catalogue may show is counted, whoever makes it."""

from django.db import migrations

TABLES = (
    "accounts_provider",
    "accounts_provider_serves",
    "catalog_category",
    "catalog_directoryedition",
    "catalog_service",
    "catalog_service_areas",
    "catalog_servicephoto",
    "core_datedsetting",
    "verification_sanction",
    "verification_standing",
)
TRIGGER = (
    "CREATE CONSTRAINT TRIGGER counts_for_catalogue AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change('catalogue')"
)


def begin(apps, schema_editor):
    apps.get_model("core", "DataVersion").objects.create(name="catalogue")


def end(apps, schema_editor):
    apps.get_model("core", "DataVersion").objects.filter(name="catalogue").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_directory_edition"),
        ("core", "0005_data_version"),
        ("verification", "0011_plenary_decision"),
        ("accounts", "0007_provider_portfolio"),
    ]

    operations = [
        migrations.RunPython(begin, end),
        *(
            migrations.RunSQL(
                TRIGGER.format(table=table), f"DROP TRIGGER counts_for_catalogue ON {table}", elidable=False
            )
            for table in TABLES
        ),
    ]
