"""When quotations were opened is a fact of its own; and no final price above the HPS, held by the database."""

import django.core.validators
from django.db import migrations, models

FILL = """
UPDATE transactions_sourcing SET opened_at = state_since WHERE state IN ('opened', 'evaluated', 'awarded')
"""
# A CHECK sees one row; the HPS stands on the sourcing.
GUARD = """
CREATE FUNCTION transactions_price_within_hps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.negotiated_price IS NOT NULL OR NEW.state = 'won')
       AND coalesce(NEW.negotiated_price, NEW.price) > (SELECT hps FROM transactions_sourcing WHERE id = NEW.sourcing_id)
    THEN
        RAISE EXCEPTION 'the final price is above the HPS'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'quotation_final_price_within_hps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quotation_final_price_within_hps BEFORE INSERT OR UPDATE ON transactions_quotation
    FOR EACH ROW EXECUTE FUNCTION transactions_price_within_hps();
"""
UNGUARD = """
DROP TRIGGER quotation_final_price_within_hps ON transactions_quotation;
DROP FUNCTION transactions_price_within_hps();
"""


class Migration(migrations.Migration):
    dependencies = [("transactions", "0002_default_rules")]
    operations = [
        migrations.AddField(
            model_name="sourcing",
            name="award_reason",
            field=models.TextField(blank=True, editable=False, verbose_name="alasan penetapan"),
        ),
        migrations.AddField(
            model_name="sourcing",
            name="opened_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="penawaran dibuka"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="quotation",
            name="state",
            field=models.CharField(
                choices=[
                    ("sealed", "Terkirim"),
                    ("withdrawn", "Mengundurkan Diri"),
                    ("qualified", "Memenuhi Syarat"),
                    ("disqualified", "Gugur"),
                    ("won", "Terpilih"),
                    ("lost", "Tidak Terpilih"),
                ],
                default="sealed",
                editable=False,
                max_length=24,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="need",
            name="volume",
            field=models.PositiveIntegerField(
                default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name="volume"
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("opened_at__isnull", True), ("state__in", ["draft", "open"])),
                    models.Q(("opened_at__isnull", False), ("state__in", ["opened", "evaluated", "awarded"])),
                    ("state", "failed"),
                    _connector="OR",
                ),
                name="sourcing_opened_with_its_moment",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
