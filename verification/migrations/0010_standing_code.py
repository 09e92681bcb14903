"""Each listing of before gets its code; from now on all have one."""

from django.db import migrations

import core.codes


def fill(apps, schema_editor):
    Standing = apps.get_model("verification", "Standing")
    rows = list(Standing.objects.filter(code=None).only("pk"))
    for row in rows:
        row.code = core.codes.new_code()
    Standing.objects.bulk_update(rows, ["code"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("verification", "0009_sanction")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("standing", "code", core.codes.CodeField()),
    ]
