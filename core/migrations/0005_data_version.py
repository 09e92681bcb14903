"""Count the changes of a part of the data: `count_change('catalogue')` is a trigger function for its tables.

The triggers are deferred to the end of the transaction: the one row that all writers touch is locked for a moment
only. One transaction counts once.
"""

from django.db import migrations, models

COUNT = """
CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('p2ktd.counted', true) IS DISTINCT FROM TG_ARGV[0] || txid_current()::text THEN
        UPDATE core_dataversion SET number = number + 1 WHERE name = TG_ARGV[0];
        PERFORM set_config('p2ktd.counted', TG_ARGV[0] || txid_current()::text, true);
    END IF;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_longer_content_type")]

    operations = [
        migrations.CreateModel(
            name="DataVersion",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
            ],
            options={"verbose_name": "versi data", "verbose_name_plural": "versi data"},
        ),
        migrations.RunSQL(COUNT, "DROP FUNCTION count_change()"),
    ]
