"""A village's NPWP and account, verified; who follows whom in its offices; one holder of an office at a time."""

import core.codes
import core.fields
import core.validators
import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_provider_portfolio"),
        ("core", "0004_longer_content_type"),
        ("regions", "0001_areas"),
    ]

    operations = [
        migrations.CreateModel(
            name="Handover",
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
                            ("submitted", "Menunggu Verifikasi"),
                            ("verified", "Tercatat"),
                            ("rejected", "Ditolak"),
                            ("withdrawn", "Dibatalkan"),
                        ],
                        default="submitted",
                        editable=False,
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("village_operator", "Operator Desa"),
                            ("activity_manager", "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"),
                            ("procurement_team", "Tim Pelaksana Kegiatan (TPK)"),
                            ("village_secretary", "Sekretaris Desa"),
                            ("village_treasurer", "Kaur Keuangan"),
                            ("village_head", "Kepala Desa"),
                            ("bpd", "Badan Permusyawaratan Desa (BPD)"),
                        ],
                        max_length=20,
                        verbose_name="peran",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("definitive", "Pejabat definitif (terpilih, diangkat, atau masa jabatan baru)"),
                            ("pj", "Penjabat (Pj.)"),
                            ("plt", "Pelaksana Tugas (Plt.)"),
                            ("plh", "Pelaksana Harian (Plh.)"),
                        ],
                        max_length=12,
                        verbose_name="sebagai",
                    ),
                ),
                (
                    "position",
                    models.CharField(
                        max_length=100,
                        validators=[core.validators.validate_single_line],
                        verbose_name="jabatan pada surat",
                    ),
                ),
                (
                    "letter_number",
                    models.CharField(
                        max_length=100, validators=[core.validators.validate_single_line], verbose_name="nomor SK"
                    ),
                ),
                ("letter_date", models.DateField(verbose_name="tanggal SK")),
                ("starts_on", models.DateField(verbose_name="mulai bertugas")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="bertugas sampai")),
                ("reason", models.TextField(blank=True, editable=False, verbose_name="alasan")),
                ("decided_at", models.DateTimeField(editable=False, null=True, verbose_name="diputuskan")),
            ],
            options={
                "verbose_name": "pergantian pejabat desa",
                "verbose_name_plural": "pergantian pejabat desa",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="VillageData",
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
                            ("submitted", "Menunggu Verifikasi"),
                            ("returned", "Perlu Perbaikan"),
                            ("verified", "Terverifikasi"),
                            ("replaced", "Sudah Diganti"),
                            ("withdrawn", "Dibatalkan"),
                        ],
                        default="submitted",
                        editable=False,
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                (
                    "npwp",
                    core.fields.EncryptedTextField(
                        max_length=16, validators=[core.validators.validate_npwp], verbose_name="NPWP desa"
                    ),
                ),
                ("npwp_index", core.fields.BlindIndexField(db_index=True, purpose="npwp", source="npwp")),
                (
                    "bank",
                    models.CharField(
                        max_length=80, validators=[core.validators.validate_single_line], verbose_name="nama bank"
                    ),
                ),
                (
                    "account_number",
                    core.fields.EncryptedTextField(
                        max_length=20,
                        validators=[core.validators.validate_bank_account],
                        verbose_name="nomor rekening kas desa",
                    ),
                ),
                (
                    "account_index",
                    core.fields.BlindIndexField(db_index=True, purpose="account", source="account_number"),
                ),
                (
                    "account_holder",
                    models.CharField(
                        max_length=150,
                        validators=[core.validators.validate_single_line],
                        verbose_name="rekening atas nama",
                    ),
                ),
                ("reason", models.TextField(blank=True, editable=False, verbose_name="yang perlu diperbaiki")),
                ("decided_at", models.DateTimeField(editable=False, null=True, verbose_name="diverifikasi")),
            ],
            options={
                "verbose_name": "data desa",
                "verbose_name_plural": "data desa",
                "ordering": ("-id",),
            },
        ),
        migrations.AddField(
            model_name="villageoffice",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("role", "village_head")),
                expressions=[
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.comparison.Cast("area", models.TextField()),
                                    models.Value("."),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                ),
                                models.BigIntegerField(),
                            ),
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.comparison.Cast("area", models.TextField()),
                                    models.Value("."),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                ),
                                models.BigIntegerField(),
                            ),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            "starts_on",
                            models.Func(
                                django.db.models.functions.comparison.Cast("ends_on", models.DateField()),
                                output_field=models.DateField(),
                                template="(%(expressions)s + 1)",
                            ),
                            models.Value("[)"),
                            function="daterange",
                        ),
                        "&&",
                    ),
                ],
                name="one_village_head_at_a_time",
                violation_error_message="Jabatan Kepala Desa desa ini sudah dipegang orang lain pada tanggal tersebut.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("role", "village_secretary")),
                expressions=[
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.comparison.Cast("area", models.TextField()),
                                    models.Value("."),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                ),
                                models.BigIntegerField(),
                            ),
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.comparison.Cast("area", models.TextField()),
                                    models.Value("."),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                ),
                                models.BigIntegerField(),
                            ),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            "starts_on",
                            models.Func(
                                django.db.models.functions.comparison.Cast("ends_on", models.DateField()),
                                output_field=models.DateField(),
                                template="(%(expressions)s + 1)",
                            ),
                            models.Value("[)"),
                            function="daterange",
                        ),
                        "&&",
                    ),
                ],
                name="one_village_secretary_at_a_time",
                violation_error_message="Jabatan Sekretaris Desa desa ini sudah dipegang orang lain pada tanggal tersebut.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("role", "village_treasurer")),
                expressions=[
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.comparison.Cast("area", models.TextField()),
                                    models.Value("."),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                ),
                                models.BigIntegerField(),
                            ),
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.comparison.Cast("area", models.TextField()),
                                    models.Value("."),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                ),
                                models.BigIntegerField(),
                            ),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            "starts_on",
                            models.Func(
                                django.db.models.functions.comparison.Cast("ends_on", models.DateField()),
                                output_field=models.DateField(),
                                template="(%(expressions)s + 1)",
                            ),
                            models.Value("[)"),
                            function="daterange",
                        ),
                        "&&",
                    ),
                ],
                name="one_village_treasurer_at_a_time",
                violation_error_message="Jabatan Kaur Keuangan desa ini sudah dipegang orang lain pada tanggal tersebut.",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="decided_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="letter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.storedfile", verbose_name="SK"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="membership",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handover",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="predecessor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
                verbose_name="pejabat lama",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="proposed_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="successor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="pejabat baru",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="village",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="regions.area", verbose_name="desa"
            ),
        ),
        migrations.AddField(
            model_name="villagedata",
            name="decided_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="villagedata",
            name="npwp_card",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="kartu NPWP",
            ),
        ),
        migrations.AddField(
            model_name="villagedata",
            name="passbook",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="buku rekening",
            ),
        ),
        migrations.AddField(
            model_name="villagedata",
            name="proposed_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="villagedata",
            name="village",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="regions.area", verbose_name="desa"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "submitted")),
                fields=("village", "role", "successor"),
                name="handover_open_once",
                violation_error_message="Usulan untuk orang dan jabatan ini sudah ada dan masih menunggu.",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="handover_ends_after_start",
                violation_error_message="Hari terakhir tidak boleh sebelum hari pertama.",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", False), ("membership__isnull", False), ("state", "verified")),
                    models.Q(models.Q(("state", "verified"), _negated=True), ("membership__isnull", True)),
                    _connector="OR",
                ),
                name="handover_verified_gives_a_membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="villagedata",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("submitted", "returned"))),
                fields=("village",),
                name="village_data_open_once",
                violation_error_message="Desa ini sudah mempunyai pengajuan data yang belum selesai.",
            ),
        ),
        migrations.AddConstraint(
            model_name="villagedata",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "verified")),
                fields=("village",),
                name="village_data_in_force_once",
                violation_error_message="Data desa ini sudah diverifikasi.",
            ),
        ),
        migrations.AddConstraint(
            model_name="villagedata",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("state__in", ["verified", "replaced"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["verified", "replaced"]), _negated=True),
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="village_data_verified_by_somebody",
            ),
        ),
    ]
