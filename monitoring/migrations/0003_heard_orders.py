"""What the assemblies decided is counted by order, under a name of its own."""

from django.db import migrations

RENAME = """
UPDATE monitoring_monthlyfigure SET detail = (detail - '{old}') || jsonb_build_object('{new}', detail -> '{old}')
WHERE detail ? '{old}';
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_counting_starts")]

    operations = [
        migrations.RunSQL(RENAME.format(old="meetings", new="heard"), RENAME.format(old="heard", new="meetings")),
    ]
