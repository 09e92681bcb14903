"""What follows when a Musdes does not accept, and a later day for one that is due."""

import core.codes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_sheet_upload"),
        ("regions", "0002_neighbours"),
        ("transactions", "0025_musdes_duties"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Remedy",
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
                            ("open", "Berjalan"),
                            ("reported", "Menunggu Pemeriksaan"),
                            ("done", "Selesai"),
                            ("failed", "Tidak Berhasil"),
                        ],
                        default="open",
                        editable=False,
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("repair", "Perbaikan hasil pekerjaan"),
                            ("reduction", "Pengurangan harga"),
                            ("dispute", "Penyelesaian perselisihan"),
                        ],
                        max_length=12,
                        verbose_name="cara penyelesaian",
                    ),
                ),
                ("reason", models.TextField(max_length=2000, verbose_name="alasan memilih cara ini")),
                ("due_on", models.DateField(verbose_name="paling lambat")),
                ("asked", models.BigIntegerField(blank=True, null=True, verbose_name="pengurangan yang diminta")),
                (
                    "refunded",
                    models.BigIntegerField(editable=False, null=True, verbose_name="dikembalikan ke kas desa"),
                ),
                (
                    "refund_number",
                    models.CharField(blank=True, editable=False, max_length=100, verbose_name="nomor bukti"),
                ),
                ("refunded_on", models.DateField(editable=False, null=True, verbose_name="tanggal pengembalian")),
                ("outcome", models.TextField(blank=True, editable=False, max_length=2000, verbose_name="hasil")),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "accountability",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remedies",
                        to="transactions.accountability",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="transactions.meeting",
                    ),
                ),
                (
                    "proof",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.area",
                        verbose_name="desa",
                    ),
                ),
            ],
            options={
                "verbose_name": "penyelesaian",
                "verbose_name_plural": "penyelesaian",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="RemedyStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("report", "Laporan perbaikan"),
                            ("return", "Dikembalikan"),
                            ("talks", "Musyawarah para pihak"),
                            ("led", "Musyawarah dipimpin Kepala Desa"),
                            ("further", "Layanan penyelesaian sengketa atau pengadilan"),
                        ],
                        max_length=8,
                        verbose_name="langkah",
                    ),
                ),
                ("on", models.DateField(verbose_name="tanggal")),
                ("note", models.TextField(max_length=2000, verbose_name="uraian")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proof",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.storedfile"
                    ),
                ),
                (
                    "remedy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="transactions.remedy"
                    ),
                ),
            ],
            options={
                "verbose_name": "langkah penyelesaian",
                "verbose_name_plural": "langkah penyelesaian",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="DuePostponement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField(verbose_name="semula")),
                ("to_on", models.DateField(verbose_name="menjadi")),
                ("reason", models.CharField(max_length=1000, verbose_name="alasan")),
                ("late", models.BooleanField(verbose_name="dicatat setelah lewat batas")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="dicatat")),
                (
                    "accountability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postponements",
                        to="transactions.accountability",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "penundaan batas Musdes",
                "verbose_name_plural": "penundaan batas Musdes",
                "ordering": ("id",),
            },
        ),
        migrations.AddField(
            model_name="accountability",
            name="postponed_to",
            field=models.DateField(editable=False, null=True, verbose_name="Musdes ditunda sampai"),
        ),
        migrations.RemoveIndex(
            model_name="accountability",
            name="accountability_figures",
        ),
        migrations.AddIndex(
            model_name="accountability",
            index=models.Index(
                fields=["contract"],
                include=("id", "due_on", "closed_at", "postponed_to"),
                name="accountability_figures",
            ),
        ),
        migrations.AddConstraint(
            model_name="duepostponement",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on__gt", models.F("from_on"))), name="due_postponed_to_later"
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["open", "reported"])),
                fields=("accountability",),
                name="remedy_one_open",
                violation_error_message="Penyelesaian untuk pembelian ini masih berjalan.",
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state__in", ["open", "reported"])),
                    models.Q(
                        ("ended_at__isnull", False), ("ended_by__isnull", False), ("state__in", ["done", "failed"])
                    ),
                    _connector="OR",
                ),
                name="remedy_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("kind", "reduction"), ("state", "done"), _negated=True), ("refunded", None)),
                    models.Q(
                        ("kind", "reduction"),
                        ("proof__isnull", False),
                        ("refunded__gt", 0),
                        ("refunded_on__isnull", False),
                        ("state", "done"),
                        models.Q(("refund_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="remedy_refund_with_proof",
            ),
        ),
        migrations.AddIndex(
            model_name="remedy",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "reported"])), fields=["village"], name="remedy_open"
            ),
        ),
    ]
