"""How far each order is, kept beside it for the list: read off an index, written by triggers, never decided by."""

import django.db.models.deletion
from django.db import migrations, models

# The one place that reads the stage off the documents. No body here hangs on a table's columns, so that later
# migrations may change their types.
STAGES = """
CREATE FUNCTION transactions_stages()
RETURNS TABLE (need_id bigint, stage text, created_at timestamptz, province text, regency text)
LANGUAGE sql STABLE AS $$
    SELECT need.id,
        CASE WHEN need.state = 'cancelled' THEN 'cancelled'
            WHEN account.state = 'closed' THEN 'closed'
            WHEN account.id IS NOT NULL THEN 'account'
            WHEN contract.id IS NOT NULL THEN 'contract'
            WHEN sourcing.id IS NOT NULL THEN 'sourcing'
            WHEN EXISTS (
                SELECT FROM transactions_sourcing past JOIN transactions_contract ended ON ended.sourcing_id = past.id
                WHERE past.need_id = need.id AND ended.state = 'terminated'
            ) THEN 'ended'
            ELSE 'need' END,
        need.created_at, left(need.village_id, 2), left(need.village_id, 5)
    FROM transactions_need need
    LEFT JOIN transactions_sourcing sourcing ON sourcing.need_id = need.id AND sourcing.state <> 'failed'
    LEFT JOIN transactions_contract contract ON contract.sourcing_id = sourcing.id AND contract.state <> 'terminated'
    LEFT JOIN transactions_accountability account ON account.contract_id = contract.id
$$;
CREATE FUNCTION transactions_keep_stage_of(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Who moves another document of the same order at once waits here, and then reads what came of it.
    PERFORM FROM transactions_orderstage WHERE need_id = wanted FOR UPDATE;
    INSERT INTO transactions_orderstage AS kept (need_id, stage, created_at, province, regency)
    SELECT found.need_id, found.stage, found.created_at, found.province, found.regency
    FROM transactions_stages() AS found WHERE found.need_id = wanted
    ON CONFLICT (need_id) DO UPDATE SET stage = excluded.stage, created_at = excluded.created_at,
        province = excluded.province, regency = excluded.regency
    WHERE (kept.stage, kept.created_at, kept.province, kept.regency)
        IS DISTINCT FROM (excluded.stage, excluded.created_at, excluded.province, excluded.regency);
END $$;
CREATE FUNCTION transactions_keep_stage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved record; wanted bigint;
BEGIN
    moved := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    CASE TG_TABLE_NAME
        WHEN 'transactions_need' THEN wanted := moved.id;
        WHEN 'transactions_sourcing' THEN wanted := moved.need_id;
        WHEN 'transactions_contract' THEN
            SELECT need_id INTO wanted FROM transactions_sourcing WHERE id = moved.sourcing_id;
        WHEN 'transactions_accountability' THEN
            SELECT sourcing.need_id INTO wanted FROM transactions_contract contract
            JOIN transactions_sourcing sourcing ON sourcing.id = contract.sourcing_id
            WHERE contract.id = moved.contract_id;
    END CASE;
    PERFORM transactions_keep_stage_of(wanted);
    RETURN NULL;
END $$;
"""
UNSTAGE = """
DROP FUNCTION transactions_keep_stage();
DROP FUNCTION transactions_keep_stage_of(bigint);
DROP FUNCTION transactions_stages();
"""
# Most moves change no stage and start nothing.
TRIGGERS = """
CREATE TRIGGER stage_born AFTER INSERT ON transactions_{table}
    FOR EACH ROW EXECUTE FUNCTION transactions_keep_stage();
CREATE TRIGGER stage_moved AFTER UPDATE ON transactions_{table} FOR EACH ROW
    WHEN ((OLD.state = '{last}') <> (NEW.state = '{last}') OR OLD.{parent} <> NEW.{parent})
    EXECUTE FUNCTION transactions_keep_stage();
"""
GONE = """
CREATE TRIGGER stage_gone AFTER DELETE ON transactions_{table}
    FOR EACH ROW EXECUTE FUNCTION transactions_keep_stage();
"""
TABLES = {
    "need": ("cancelled", "village_id"),
    "sourcing": ("failed", "need_id"),
    "contract": ("terminated", "sourcing_id"),
    "accountability": ("closed", "contract_id"),
}
# Before the rows: a later build would keep new orders waiting.
INDEXES = (
    ((), "stage_newest"),
    (("stage",), "stage_of_nation"),
    (("province",), "stage_newest_of_province"),
    (("province", "stage"), "stage_of_province"),
    (("regency",), "stage_newest_of_regency"),
    (("regency", "stage"), "stage_of_regency"),
)


def guard() -> str:
    made = [TRIGGERS.format(table=table, last=last, parent=parent) for table, (last, parent) in TABLES.items()]
    return STAGES + "".join(made) + "".join(GONE.format(table=table) for table in TABLES if table != "need")


def unguard() -> str:
    dropped = [
        f"DROP TRIGGER IF EXISTS {name} ON transactions_{table};"
        for table in TABLES
        for name in ("stage_born", "stage_moved", "stage_gone")
    ]
    return "".join(dropped) + UNSTAGE


class Migration(migrations.Migration):
    dependencies = [("transactions", "0013_bundles")]

    operations = [
        migrations.CreateModel(
            name="OrderStage",
            fields=[
                (
                    "need",
                    models.OneToOneField(
                        db_constraint=False,  # until it is filled: each row would be checked and its need locked
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="kept",
                        serialize=False,
                        to="transactions.need",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("need", "Kebutuhan"),
                            ("sourcing", "Pengadaan"),
                            ("contract", "Kontrak dan pelaksanaan"),
                            ("account", "Pertanggungjawaban"),
                            ("closed", "Selesai"),
                            ("cancelled", "Batal"),
                            ("ended", "Kontrak putus"),
                        ],
                        max_length=12,
                        verbose_name="tahap",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="dicatat")),
                ("province", models.CharField(max_length=2)),
                ("regency", models.CharField(max_length=5)),
            ],
            options={"verbose_name": "tahap pembelian", "verbose_name_plural": "tahap pembelian"},
        ),
        *(
            migrations.AddIndex("orderstage", models.Index(fields=[*keys, "-created_at", "-need"], name=name))
            for keys, name in INDEXES
        ),
        migrations.RunSQL(guard(), unguard()),
    ]
