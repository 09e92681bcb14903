"""A table may count for two parts of the data: each of them once in a transaction."""

from django.db import migrations

COUNT = """
CREATE OR REPLACE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted text := 'p2ktd.counted_' || TG_ARGV[0];
BEGIN
    IF current_setting(counted, true) IS DISTINCT FROM txid_current()::text THEN
        UPDATE core_dataversion SET number = number + 1 WHERE name = TG_ARGV[0];
        PERFORM set_config(counted, txid_current()::text, true);
    END IF;
    RETURN NULL;
END $$
"""
BEFORE = """
CREATE OR REPLACE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('p2ktd.counted', true) IS DISTINCT FROM TG_ARGV[0] || txid_current()::text THEN
        UPDATE core_dataversion SET number = number + 1 WHERE name = TG_ARGV[0];
        PERFORM set_config('p2ktd.counted', TG_ARGV[0] || txid_current()::text, true);
    END IF;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_data_version")]

    operations = [migrations.RunSQL(COUNT, BEFORE)]
