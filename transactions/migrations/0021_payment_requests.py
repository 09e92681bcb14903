"""A contract is paid in several payments, each asked for by an SPP; their sum never passes its value.

Payments hang on the contract, no more on its accountability: filled by one UPDATE. The way back wants at most one
payment for each contract, as it was.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import core.codes

FILL = """
UPDATE transactions_payment p SET contract_id = a.contract_id
FROM transactions_accountability a WHERE a.id = p.accountability_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
UNFILL = """
UPDATE transactions_payment p SET accountability_id = a.id
FROM transactions_accountability a WHERE a.contract_id = p.contract_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
# A CHECK sees one row; the sum stands in several. Whoever pays holds the contract's row while the payments are added
# up, so that two at once are added up one after the other; whoever lowers the value holds it by changing it.
GUARD = """
CREATE FUNCTION transactions_payment_within_contract() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agreed bigint;
    paid bigint;
BEGIN
    SELECT value INTO agreed FROM transactions_contract WHERE id = NEW.contract_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(gross), 0) INTO paid FROM transactions_payment
    WHERE contract_id = NEW.contract_id AND id <> NEW.id;
    IF paid + NEW.gross > agreed THEN
        RAISE EXCEPTION 'payments of % above the value % of the contract', paid + NEW.gross, agreed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_within_contract';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_within_contract BEFORE INSERT OR UPDATE OF gross, contract_id ON transactions_payment
    FOR EACH ROW EXECUTE FUNCTION transactions_payment_within_contract();

CREATE FUNCTION transactions_value_covers_payments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.value < (SELECT coalesce(sum(gross), 0) FROM transactions_payment WHERE contract_id = NEW.id) THEN
        RAISE EXCEPTION 'the value % is below what is paid', NEW.value
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_within_contract';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_within_contract BEFORE UPDATE OF value ON transactions_contract
    FOR EACH ROW WHEN (NEW.value < OLD.value) EXECUTE FUNCTION transactions_value_covers_payments();
"""
UNGUARD = """
DROP TRIGGER payments_within_contract ON transactions_contract;
DROP FUNCTION transactions_value_covers_payments();
DROP TRIGGER payments_within_contract ON transactions_payment;
DROP FUNCTION transactions_payment_within_contract();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_sheet_upload"),
        ("transactions", "0020_carrying_into_next_year"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    core.codes.CodeField(
                        default=core.codes.new_code, editable=False, max_length=16, unique=True, verbose_name="kode"
                    ),
                ),
                ("state_since", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "SPP Disiapkan"),
                            ("submitted", "Menunggu Pemeriksaan Sekretaris Desa"),
                            ("returned", "SPP Dikembalikan"),
                            ("checked", "Menunggu Persetujuan Kepala Desa"),
                            ("approved", "Menunggu Pembayaran Kaur Keuangan"),
                            ("paid", "Dibayar"),
                            ("withdrawn", "SPP Dibatalkan"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                ("termin", models.PositiveSmallIntegerField(editable=False, verbose_name="termin")),
                ("termins", models.PositiveSmallIntegerField(editable=False, verbose_name="banyaknya termin")),
                ("number", models.CharField(blank=True, max_length=100, verbose_name="nomor SPP")),
                ("requested_on", models.DateField(blank=True, null=True, verbose_name="tanggal SPP")),
                (
                    "work",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("technical", "Jasa teknik (survei, DED, pemetaan, sistem informasi)"),
                            ("management", "Jasa manajemen (pengelolaan, pendampingan usaha)"),
                            ("consulting", "Jasa konsultan (kajian, perencanaan, pelatihan)"),
                            ("construction", "Jasa konstruksi (pelaksanaan atau pengawasan bangunan)"),
                            ("rent", "Sewa tanah atau bangunan"),
                            ("other", "Jasa lain (termasuk sewa alat)"),
                        ],
                        max_length=12,
                        verbose_name="jenis jasa menurut pajak",
                    ),
                ),
                ("amount", models.BigIntegerField(editable=False, verbose_name="jumlah diminta")),
                ("fine", models.BigIntegerField(default=0, editable=False, verbose_name="denda dipotong")),
                ("bill_number", models.CharField(blank=True, max_length=100, verbose_name="nomor tagihan")),
                ("billed_on", models.DateField(blank=True, null=True, verbose_name="tanggal tagihan")),
                ("bill_amount", models.BigIntegerField(blank=True, null=True, verbose_name="jumlah tagihan")),
                ("complete", models.BooleanField(editable=False, null=True)),
                ("complete_note", models.CharField(blank=True, editable=False, max_length=500)),
                ("correct", models.BooleanField(editable=False, null=True)),
                ("correct_note", models.CharField(blank=True, editable=False, max_length=500)),
                ("funded", models.BooleanField(editable=False, null=True)),
                ("funded_note", models.CharField(blank=True, editable=False, max_length=500)),
                ("eligible", models.BooleanField(editable=False, null=True)),
                ("eligible_note", models.CharField(blank=True, editable=False, max_length=500)),
                ("submitted_at", models.DateTimeField(editable=False, null=True)),
                ("checked_at", models.DateTimeField(editable=False, null=True)),
                ("approved_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "permintaan pembayaran (SPP)",
                "verbose_name_plural": "permintaan pembayaran (SPP)",
                "ordering": ("termin", "id"),
            },
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="approved_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="bill_scan",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="checked_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="contract",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment_requests",
                to="transactions.contract",
            ),
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="receipt",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="statement",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentrequest",
            index=models.Index(fields=["contract"], name="payment_request_contract"),
        ),
        migrations.AddIndex(
            model_name="paymentrequest",
            index=models.Index(
                condition=models.Q(("state__in", ("draft", "returned", "submitted", "checked", "approved"))),
                fields=["contract"],
                name="payment_request_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("contract", "termin"),
                name="payment_request_once_per_termin",
                violation_error_message="SPP untuk termin ini sudah ada.",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("fine__gte", 0),
                    ("fine__lte", models.F("amount")),
                    ("termin__gte", 1),
                    ("termin__lte", models.F("termins")),
                ),
                name="payment_request_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("submitted", "checked", "approved", "paid")), _negated=True),
                    models.Q(
                        ("bill_amount", models.F("amount")),
                        ("bill_amount__isnull", False),
                        ("bill_scan__isnull", False),
                        ("receipt__isnull", False),
                        ("requested_on__isnull", False),
                        ("statement__isnull", False),
                        ("submitted_at__isnull", False),
                        models.Q(("number", ""), _negated=True),
                        models.Q(("work", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payment_request_filed_completely",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("checked", "approved", "paid")), _negated=True),
                    models.Q(
                        ("complete__isnull", False),
                        ("correct__isnull", False),
                        ("eligible__isnull", False),
                        ("funded__isnull", False),
                        ("checked_at__isnull", False),
                        ("checked_by__isnull", False),
                        ("complete", True),
                        ("correct", True),
                        ("eligible", True),
                        ("funded", True),
                    ),
                    _connector="OR",
                ),
                name="payment_request_passed_four_checks",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["approved", "paid"]), _negated=True),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="payment_request_approved_by_somebody",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_net_is_gross_less_tax",
        ),
        migrations.RemoveIndex(
            model_name="payment",
            name="payment_figures",
        ),
        migrations.AlterField(
            model_name="payment",
            name="accountability",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment",
                to="transactions.accountability",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="contract",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="transactions.contract",
            ),
        ),
        migrations.RunSQL(FILL, UNFILL),
        migrations.AlterField(
            model_name="payment",
            name="contract",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="transactions.contract",
            ),
        ),
        migrations.RemoveField(
            model_name="payment",
            name="accountability",
        ),
        migrations.AlterModelOptions(
            name="payment",
            options={"ordering": ("id",), "verbose_name": "pembayaran", "verbose_name_plural": "pembayaran"},
        ),
        migrations.AddField(
            model_name="payment",
            name="fine",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="denda"),
        ),
        migrations.AddField(
            model_name="payment",
            name="request",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment",
                to="transactions.paymentrequest",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["contract"], include=("id", "paid_on", "gross", "withheld", "fine"), name="payment_figures"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fine__gte", 0),
                    ("gross__gt", 0),
                    (
                        "net",
                        models.expressions.CombinedExpression(
                            models.expressions.CombinedExpression(models.F("gross"), "-", models.F("fine")),
                            "-",
                            models.F("withheld"),
                        ),
                    ),
                    ("net__gte", 0),
                    ("withheld__gte", 0),
                ),
                name="payment_net_is_gross_less_fine_and_tax",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
