"""What a contract is and how it is paid, inspected, changed, handed over twice, fined, and ended."""

import core.codes
import core.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_name_words"),
        ("core", "0007_sheet_upload"),
        ("regions", "0002_neighbours"),
        ("transactions", "0026_musdes_remedies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Addendum",
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
                            ("draft", "Menunggu Tanda Tangan Penyedia"),
                            ("provider_signed", "Menunggu Tanda Tangan Desa"),
                            ("signed", "Berlaku"),
                            ("withdrawn", "Ditarik"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                ("sequence", models.PositiveSmallIntegerField(editable=False, verbose_name="adendum ke-")),
                ("number", models.CharField(max_length=100, verbose_name="nomor adendum")),
                ("signed_on", models.DateField(verbose_name="tanggal adendum")),
                ("reason", models.TextField(max_length=2000, verbose_name="alasan perubahan")),
                ("new_value", models.BigIntegerField(blank=True, null=True, verbose_name="nilai kontrak menjadi")),
                ("new_ends_on", models.DateField(blank=True, null=True, verbose_name="selesai pelaksanaan menjadi")),
                ("scope", models.TextField(blank=True, max_length=4000, verbose_name="perubahan lingkup pekerjaan")),
                ("snapshot", models.JSONField(editable=False)),
                ("snapshot_sha256", models.CharField(editable=False, max_length=64)),
                ("provider_signed_at", models.DateTimeField(editable=False, null=True)),
                ("village_signed_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "adendum",
                "verbose_name_plural": "adendum",
                "ordering": ("contract", "sequence"),
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("percent", models.PositiveSmallIntegerField(verbose_name="bagian yang diperiksa (persen)")),
                ("note", models.TextField(blank=True, verbose_name="keterangan penyedia")),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[("accepted", "Diterima"), ("repair", "Perlu perbaikan")],
                        max_length=12,
                        verbose_name="hasil",
                    ),
                ),
                ("findings", models.TextField(blank=True, verbose_name="temuan")),
                ("repair_due_on", models.DateField(null=True, verbose_name="diperbaiki paling lambat")),
                ("number", models.CharField(blank=True, max_length=100, verbose_name="nomor BA pemeriksaan")),
                ("inspected_on", models.DateField(null=True, verbose_name="tanggal pemeriksaan")),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "pemeriksaan",
                "verbose_name_plural": "pemeriksaan",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Termin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="termin ke-")),
                ("percent", models.PositiveSmallIntegerField(verbose_name="persen")),
                ("condition", models.CharField(max_length=200, verbose_name="syarat")),
            ],
            options={
                "verbose_name": "termin",
                "verbose_name_plural": "termin",
                "ordering": ("contract", "number"),
            },
        ),
        migrations.CreateModel(
            name="TrainingPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "foto pelatihan",
                "verbose_name_plural": "foto pelatihan",
            },
        ),
        migrations.CreateModel(
            name="TrainingSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_on", models.DateField(verbose_name="tanggal")),
                ("topic", models.CharField(max_length=200, verbose_name="materi")),
                ("place", models.CharField(max_length=150, verbose_name="tempat")),
                ("men", models.PositiveSmallIntegerField(verbose_name="peserta laki-laki")),
                ("women", models.PositiveSmallIntegerField(verbose_name="peserta perempuan")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "pertemuan pelatihan",
                "verbose_name_plural": "pertemuan pelatihan",
                "ordering": ("held_on", "id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="contract",
            name="contract_handed_over_with_bast",
        ),
        migrations.RemoveIndex(
            model_name="contract",
            name="contract_open",
        ),
        migrations.AddField(
            model_name="contract",
            name="accepted_part",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="diterima sebagian (persen)"
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="fine",
            field=models.BigIntegerField(db_default=0, default=0, editable=False, verbose_name="denda"),
        ),
        migrations.AddField(
            model_name="contract",
            name="fine_proposed",
            field=models.BigIntegerField(db_default=0, default=0, editable=False, verbose_name="denda menurut kontrak"),
        ),
        migrations.AddField(
            model_name="contract",
            name="fine_reason",
            field=models.TextField(
                blank=True, db_default="", default="", editable=False, verbose_name="alasan keringanan denda"
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="head_handover_number",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=100, verbose_name="nomor BAST kepada Kepala Desa"
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="head_handover_on",
            field=models.DateField(blank=True, null=True, verbose_name="tanggal serah terima kepada Kepala Desa"),
        ),
        migrations.AddField(
            model_name="contract",
            name="head_handover_place",
            field=models.CharField(blank=True, db_default="", default="", max_length=150, verbose_name="tempat"),
        ),
        migrations.AddField(
            model_name="contract",
            name="head_handover_scan",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="kind",
            field=models.CharField(
                choices=[
                    ("order", "Surat Pesanan"),
                    ("spk", "Surat Perintah Kerja (SPK)"),
                    ("agreement", "Surat Perjanjian"),
                ],
                db_default="spk",
                default="spk",
                editable=False,
                max_length=12,
                verbose_name="jenis kontrak",
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="late_days",
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name="hari terlambat"),
        ),
        migrations.AddField(
            model_name="contract",
            name="provider_account",
            field=core.fields.EncryptedTextField(
                editable=False, max_length=30, null=True, verbose_name="nomor rekening penyedia"
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="provider_npwp",
            field=core.fields.EncryptedTextField(
                editable=False, max_length=16, null=True, verbose_name="NPWP penyedia"
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="termination_cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("force", "Keadaan kahar"),
                    ("default", "Penyedia lalai dan tidak memperbaiki kelalaiannya"),
                    ("late", "Terlambat sampai denda mencapai batasnya"),
                    ("passed_on", "Pekerjaan dialihkan kepada pihak lain"),
                    ("fraud", "Penyedia terbukti curang, memalsukan, atau melakukan KKN"),
                    ("bankrupt", "Penyedia pailit, bubar, atau meninggal dunia"),
                    ("withdrew", "Penyedia mengundurkan diri"),
                    ("barred", "Penyedia masuk daftar hitam"),
                    ("village", "Desa tidak dapat melanjutkan (anggaran atau kebijakan)"),
                    ("agreed", "Kesepakatan kedua pihak"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=12,
                verbose_name="sebab pemutusan",
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="termination_percent",
            field=models.PositiveSmallIntegerField(
                editable=False, null=True, verbose_name="pekerjaan yang dibayar (persen)"
            ),
        ),
        migrations.AlterField(
            model_name="contract",
            name="number",
            field=models.CharField(blank=True, max_length=100, verbose_name="nomor kontrak"),
        ),
        migrations.AlterField(
            model_name="contract",
            name="signed_on",
            field=models.DateField(blank=True, null=True, verbose_name="tanggal kontrak"),
        ),
        migrations.AlterField(
            model_name="contract",
            name="state",
            field=models.CharField(
                choices=[
                    ("drafted", "Kontrak Disiapkan"),
                    ("issued", "Menunggu Tanda Tangan Penyedia"),
                    ("provider_signed", "Menunggu Tanda Tangan Desa"),
                    ("running", "Berjalan"),
                    ("inspection", "Menunggu Pemeriksaan"),
                    ("inspected", "Hasil Pekerjaan Diterima"),
                    ("received", "Diserahkan kepada Kasi/Kaur"),
                    ("handed_over", "Serah Terima"),
                    ("terminated", "Putus Kontrak"),
                ],
                default="drafted",
                editable=False,
                max_length=24,
                verbose_name="status",
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(
                    (
                        "state__in",
                        ("drafted", "issued", "provider_signed", "running", "inspection", "inspected", "received"),
                    )
                ),
                fields=["village"],
                name="contract_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["received", "handed_over"]), _negated=True),
                    models.Q(("handover_on__isnull", False), models.Q(("handover_number", ""), _negated=True)),
                    _connector="OR",
                ),
                name="contract_handed_over_with_bast",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted_part__lte", 100),
                    ("fine__gte", 0),
                    ("fine__lte", models.F("fine_proposed")),
                    models.Q(("termination_percent", None), ("termination_percent__lte", 100), _connector="OR"),
                    models.Q(
                        ("head_handover_on", None),
                        models.Q(("handover_on__isnull", False), models.Q(("head_handover_number", ""), _negated=True)),
                        _connector="OR",
                    ),
                ),
                name="contract_fine_and_parts_in_range",
            ),
        ),
        migrations.AddField(
            model_name="addendum",
            name="contract",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="addenda",
                to="transactions.contract",
            ),
        ),
        migrations.AddField(
            model_name="addendum",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="addendum",
            name="provider_scan",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="addendum",
            name="village_scan",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="inspections", to="transactions.contract"
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="requested_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="termin",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="termins", to="transactions.contract"
            ),
        ),
        migrations.AddField(
            model_name="trainingphoto",
            name="file",
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to="core.storedfile"),
        ),
        migrations.AddField(
            model_name="trainingsession",
            name="attendance",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="daftar hadir",
            ),
        ),
        migrations.AddField(
            model_name="trainingsession",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="transactions.contract"
            ),
        ),
        migrations.AddField(
            model_name="trainingsession",
            name="material",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
                verbose_name="bahan",
            ),
        ),
        migrations.AddField(
            model_name="trainingsession",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="trainingphoto",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="transactions.trainingsession"
            ),
        ),
        migrations.AddConstraint(
            model_name="addendum",
            constraint=models.UniqueConstraint(fields=("contract", "sequence"), name="addendum_sequence_once"),
        ),
        migrations.AddConstraint(
            model_name="addendum",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("draft", "provider_signed"))),
                fields=("contract",),
                name="addendum_one_open_per_contract",
                violation_error_message="Masih ada adendum yang menunggu tanda tangan.",
            ),
        ),
        migrations.AddConstraint(
            model_name="addendum",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("new_value__isnull", False),
                    ("new_ends_on__isnull", False),
                    models.Q(("scope", ""), _negated=True),
                    _connector="OR",
                ),
                name="addendum_changes_something",
                violation_error_message="Isi sedikitnya satu perubahan: nilai, waktu, atau lingkup.",
            ),
        ),
        migrations.AddConstraint(
            model_name="addendum",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("new_value", None), ("new_value__gt", 0), _connector="OR"),
                    models.Q(("number", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                ),
                name="addendum_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="addendum",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "signed"), _negated=True),
                    models.Q(("provider_scan__isnull", False), ("village_scan__isnull", False)),
                    _connector="OR",
                ),
                name="addendum_signed_by_both",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("result", "")), fields=("contract",), name="inspection_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 1), ("percent__lte", 100)), name="inspection_percent_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("inspected_on", None), ("result", "")),
                    models.Q(
                        models.Q(("result", ""), _negated=True),
                        ("decided_at__isnull", False),
                        ("inspected_on__isnull", False),
                        models.Q(("findings", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="inspection_decided_with_its_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="termin",
            constraint=models.UniqueConstraint(fields=("contract", "number"), name="termin_number_once"),
        ),
        migrations.AddConstraint(
            model_name="termin",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("percent__gte", 1), ("percent__lte", 100)),
                name="termin_percent_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingsession",
            constraint=models.UniqueConstraint(fields=("contract", "held_on", "topic"), name="session_recorded_once"),
        ),
        migrations.AddConstraint(
            model_name="trainingsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("men__gt", 0), ("women__gt", 0), _connector="OR"), name="session_has_participants"
            ),
        ),
    ]
