"""Sanctions; and a listing gets a code of its own and the reason why it ended."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import core.codes


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_provider_portfolio"),
        ("core", "0003_personal_view"),
        ("regions", "0001_areas"),
        ("verification", "0008_ties_and_rules_have_codes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField(verbose_name="berlaku sampai")),
                (
                    "days",
                    models.SmallIntegerField(
                        help_text="Hari sebelum tanggal itu; di bawah nol: sesudahnya.", verbose_name="langkah"
                    ),
                ),
                ("people", models.PositiveSmallIntegerField(default=0, verbose_name="orang")),
                ("mails", models.PositiveSmallIntegerField(default=0, verbose_name="surat elektronik")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="diingatkan")),
            ],
            options={
                "verbose_name": "pengingat",
                "verbose_name_plural": "pengingat",
                "ordering": ("-created_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Sanction",
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
                            ("proposed", "Diusulkan"),
                            ("dropped", "Usulan Dibatalkan"),
                            ("imposed", "Dijatuhkan"),
                            ("contested", "Disanggah"),
                            ("upheld", "Dikuatkan"),
                            ("lifted", "Dicabut"),
                        ],
                        default="proposed",
                        editable=False,
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("warning", "Teguran"), ("freeze", "Pembekuan"), ("blacklist", "Daftar hitam")],
                        max_length=10,
                        verbose_name="jenis",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("regency", "Kabupaten/kota ini"), ("nation", "Nasional")],
                        default="regency",
                        editable=False,
                        max_length=8,
                        verbose_name="ruang lingkup",
                    ),
                ),
                ("violation", models.TextField(max_length=2000, verbose_name="pelanggaran")),
                ("basis_number", models.CharField(max_length=100, verbose_name="nomor berita acara atau surat")),
                ("basis_date", models.DateField(verbose_name="tanggalnya")),
                ("starts_on", models.DateField(verbose_name="mulai")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="sampai")),
                ("imposed_at", models.DateTimeField(editable=False, null=True, verbose_name="dijatuhkan")),
                ("objection_until", models.DateField(editable=False, null=True, verbose_name="batas sanggah")),
                ("objection", models.TextField(blank=True, editable=False, verbose_name="sanggahan")),
                ("objected_at", models.DateTimeField(editable=False, null=True, verbose_name="disanggah")),
                ("answer", models.TextField(blank=True, editable=False, verbose_name="putusan atas sanggahan")),
                ("answered_at", models.DateTimeField(editable=False, null=True, verbose_name="sanggahan diputus")),
                (
                    "lifted_on",
                    models.DateField(
                        editable=False, help_text="Hari pertama tidak lagi berlaku.", null=True, verbose_name="dicabut"
                    ),
                ),
                ("lift_reason", models.TextField(blank=True, editable=False, verbose_name="alasan pencabutan")),
            ],
            options={
                "verbose_name": "sanksi penyedia",
                "verbose_name_plural": "sanksi penyedia",
                "ordering": ("-pk",),
            },
        ),
        migrations.AddField(
            model_name="standing",
            name="code",
            field=core.codes.CodeField(
                default=None, editable=False, max_length=16, null=True, unique=False, verbose_name="kode"
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="end_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("replaced", "Diganti penetapan baru"),
                    ("refused", "Tidak lolos periksa ulang"),
                    ("withdrawn", "Mengundurkan diri"),
                ],
                editable=False,
                max_length=10,
                verbose_name="sebab berakhir",
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="end_reason",
            field=models.CharField(blank=True, editable=False, max_length=1000, verbose_name="alasan berakhir"),
        ),
        migrations.AddField(
            model_name="standing",
            name="ended_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="verificationrule",
            name="objection_days",
            field=models.PositiveSmallIntegerField(
                default=7,
                help_text="Hari kalender sejak sanksi dijatuhkan; contoh, sampai daerah menetapkannya.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(366)],
                verbose_name="masa sanggah (hari)",
            ),
        ),
        migrations.AddField(
            model_name="verificationrule",
            name="renew_days",
            field=models.PositiveSmallIntegerField(
                default=90,
                help_text="Sekian hari sebelum masa terdaftar berakhir, dan selama itu pula sesudahnya.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(366)],
                verbose_name="perpanjangan dibuka (hari)",
            ),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_kind", ""), ("ended_on__isnull", False), _connector="OR"),
                name="standing_end_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="standing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_kind", "withdrawn"), _negated=True),
                    models.Q(("end_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="standing_withdrawn_has_reason",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="document",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="verification.submitteddocument",
                verbose_name="dokumen",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="standing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminders",
                to="verification.standing",
                verbose_name="status terdaftar",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="answered_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="evidence",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="bukti",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="imposed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="lifted_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="objection_file",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="lampiran sanggahan",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="proposed_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sanctions",
                to="accounts.provider",
                verbose_name="penyedia",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="regency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regions.area",
                verbose_name="kabupaten/kota",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="widened_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("standing", "document", "due_on", "days"), name="reminder_step_once", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="sanction",
            index=models.Index(
                condition=models.Q(
                    ("kind__in", ("freeze", "blacklist")), ("state__in", ("imposed", "contested", "upheld", "lifted"))
                ),
                fields=["provider", "regency", "starts_on"],
                name="sanction_barring",
            ),
        ),
        migrations.AddIndex(
            model_name="sanction",
            index=models.Index(fields=["regency", "state"], name="sanction_desk"),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "warning"), ("ends_on__isnull", False), _connector="OR"),
                name="sanction_barring_has_an_end",
                violation_error_message="Pembekuan dan daftar hitam harus mempunyai hari terakhir.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="sanction_ends_after_start",
                violation_error_message="Hari terakhir harus setelah hari pertama.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("imposed", "contested", "upheld", "lifted")), _negated=True),
                    models.Q(
                        ("imposed_at__isnull", False), ("imposed_by__isnull", False), ("objection_until__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="sanction_imposed_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("imposed_by", None),
                    models.Q(("imposed_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="sanction_imposed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("objected_at", None), ("objection", "")),
                    models.Q(("objected_at__isnull", False), models.Q(("objection", ""), _negated=True)),
                    _connector="OR",
                ),
                name="sanction_contested_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_by", None),
                    models.Q(
                        ("answered_at__isnull", False), models.Q(("answered_by", models.F("imposed_by")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="sanction_answered_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lifted_on", None), models.Q(("state", "lifted"), _negated=True)),
                    models.Q(
                        ("lifted_by__isnull", False),
                        ("lifted_on__isnull", False),
                        ("state", "lifted"),
                        models.Q(("lift_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="sanction_lifted_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope", "regency"), ("widened_by__isnull", False), _connector="OR"),
                name="sanction_nation_by_ministry",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("provider", "regency", "kind"),
                name="sanction_proposed_once",
                violation_error_message="Sanksi sejenis untuk penyedia ini sudah diusulkan.",
            ),
        ),
    ]
