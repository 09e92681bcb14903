"""Orders that were there before get their kept stage. What moves meanwhile is newer, and waits for nothing."""

from django.db import migrations

FILL = """
INSERT INTO transactions_orderstage (need_id, stage, created_at, province, regency)
SELECT need_id, stage, created_at, province, regency FROM transactions_stages()
ON CONFLICT (need_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("transactions", "0014_kept_stage")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
