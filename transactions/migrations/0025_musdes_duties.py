"""What an assembly wants done is a duty: open until the village says that it is done."""

import core.codes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


FILL = """
UPDATE transactions_followup f SET accountability_id = i.accountability_id, village_id = m.village_id, code = (
    SELECT string_agg(substr('23456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + floor(random() * 30)::int, 1), '')
    FROM generate_series(1, 10) WHERE f.id IS NOT NULL)
FROM transactions_meeting m JOIN transactions_agendaitem i ON i.meeting_id = m.id WHERE m.id = f.meeting_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_sheet_upload"),
        ("regions", "0002_neighbours"),
        ("transactions", "0024_musdes_agenda"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="followup",
            name="code",
            field=models.CharField(max_length=16, null=True),
        ),
        migrations.AddField(
            model_name="followup",
            name="accountability",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="follow_ups",
                to="transactions.accountability",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="blocks",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="harus selesai sebelum pembelian ditutup"
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="followup",
            name="done_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="followup",
            name="done_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="done_note",
            field=models.TextField(blank=True, max_length=1000, verbose_name="yang sudah dikerjakan"),
        ),
        migrations.AddField(
            model_name="followup",
            name="proof",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="responsible",
            field=models.CharField(
                blank=True,
                choices=[
                    ("village_head", "Kepala Desa"),
                    ("village_secretary", "Sekretaris Desa"),
                    ("village_treasurer", "Kaur Keuangan"),
                    ("activity_manager", "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"),
                    ("procurement_team", "Tim Pelaksana Kegiatan (TPK)"),
                    ("bpd", "BPD"),
                    ("provider", "Penyedia"),
                ],
                max_length=24,
                verbose_name="ditugaskan kepada",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="state",
            field=models.CharField(
                choices=[("open", "Belum Selesai"), ("done", "Selesai")],
                default="open",
                editable=False,
                max_length=24,
                verbose_name="status",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="state_since",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="followup",
            name="village",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regions.area",
                verbose_name="desa",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="followup",
            name="code",
            field=core.codes.CodeField(
                default=core.codes.new_code, editable=False, max_length=16, unique=True, verbose_name="kode"
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="accountability",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="transactions.accountability"
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="village",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="regions.area", verbose_name="desa"
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(condition=models.Q(("state", "open")), fields=["village"], name="follow_up_open"),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at", None), ("state", "open")),
                    models.Q(("done_at__isnull", False), ("done_by__isnull", False), ("state", "done")),
                    _connector="OR",
                ),
                name="follow_up_done_by_somebody",
            ),
        ),
    ]
