"""One Musdes may hear several orders: a line of its agenda for each, with a decision of its own."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


FILL = """
INSERT INTO transactions_agendaitem (meeting_id, accountability_id, open, presented, output, opinion, decision,
    decision_note, heard_on)
SELECT id, accountability_id, state = 'draft', presented, '', '', decision, decision_note,
    CASE WHEN decision <> '' THEN held_on END
FROM transactions_meeting ORDER BY id;
UPDATE transactions_meeting m SET village_id = c.village_id
FROM transactions_accountability a JOIN transactions_contract c ON c.id = a.contract_id
WHERE a.id = m.accountability_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
# Back: a Musdes of several orders keeps the first of them; one that was only planned, or was cancelled, is lost.
EMPTY = """
DELETE FROM transactions_meetingphoto p USING transactions_meeting m
WHERE m.id = p.meeting_id AND m.state IN ('planned', 'cancelled');
DELETE FROM transactions_attendance p USING transactions_meeting m
WHERE m.id = p.meeting_id AND m.state IN ('planned', 'cancelled');
DELETE FROM transactions_meetingquestion p USING transactions_meeting m
WHERE m.id = p.meeting_id AND m.state IN ('planned', 'cancelled');
DELETE FROM transactions_agendaitem p USING transactions_meeting m
WHERE m.id = p.meeting_id AND m.state IN ('planned', 'cancelled');
DELETE FROM transactions_meetingpostponement;
DELETE FROM transactions_meeting WHERE state IN ('planned', 'cancelled');
UPDATE transactions_meeting m SET accountability_id = i.accountability_id, presented = i.presented,
    decision = i.decision, decision_note = i.decision_note
FROM (SELECT DISTINCT ON (meeting_id) * FROM transactions_agendaitem ORDER BY meeting_id, id) i
WHERE i.meeting_id = m.id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_sheet_upload"),
        ("regions", "0002_neighbours"),
        ("transactions", "0023_joint_purchases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("open", models.BooleanField(db_default=True, default=True, editable=False)),
                ("presented", models.TextField(blank=True, max_length=4000, verbose_name="yang dipertanggungjawabkan")),
                ("output", models.CharField(blank=True, max_length=200, verbose_name="keluaran yang dicapai")),
                (
                    "opinion",
                    models.CharField(
                        blank=True,
                        choices=[("puas", "Puas"), ("cukup", "Cukup"), ("tidak", "Tidak puas")],
                        max_length=5,
                        verbose_name="penilaian warga",
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accepted", "Diterima"),
                            ("with_notes", "Diterima dengan catatan"),
                            ("refused", "Belum diterima"),
                        ],
                        max_length=12,
                        verbose_name="keputusan",
                    ),
                ),
                ("decision_note", models.TextField(blank=True, max_length=2000, verbose_name="catatan keputusan")),
                (
                    "heard_on",
                    models.DateField(editable=False, null=True, verbose_name="diputuskan pada musyawarah tanggal"),
                ),
                (
                    "accountability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agenda",
                        db_index=False,
                        to="transactions.accountability",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        db_index=False,
                        to="transactions.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "acara Musdes",
                "verbose_name_plural": "acara Musdes",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="MeetingPostponement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField(verbose_name="semula")),
                ("to_on", models.DateField(verbose_name="menjadi")),
                ("reason", models.CharField(max_length=1000, verbose_name="alasan")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="dicatat")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postponements",
                        to="transactions.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "penundaan Musdes",
                "verbose_name_plural": "penundaan Musdes",
                "ordering": ("id",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="meeting",
            name="meeting_one_draft",
        ),
        migrations.RemoveConstraint(
            model_name="meeting",
            name="meeting_decided_completely",
        ),
        migrations.RemoveConstraint(
            model_name="meeting",
            name="meeting_ends_after_start",
        ),
        migrations.RemoveIndex(
            model_name="meeting",
            name="meeting_held",
        ),
        migrations.RemoveIndex(
            model_name="meeting",
            name="meeting_figures",
        ),
        migrations.AddField(
            model_name="meeting",
            name="agenda",
            field=models.TextField(blank=True, max_length=2000, verbose_name="susunan acara"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="invitation_number",
            field=models.CharField(blank=True, max_length=100, verbose_name="nomor undangan"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="notes_scan",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="proceedings",
            field=models.TextField(blank=True, max_length=4000, verbose_name="jalannya musyawarah"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="speakers",
            field=models.CharField(blank=True, max_length=300, verbose_name="narasumber"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="village",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                db_index=False,
                to="regions.area",
                verbose_name="desa",
            ),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="ends_at",
            field=models.TimeField(blank=True, null=True, verbose_name="selesai pukul"),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="leader",
            field=models.CharField(blank=True, max_length=150, verbose_name="pimpinan musyawarah"),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="note_taker",
            field=models.CharField(blank=True, max_length=150, verbose_name="notulis"),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="note_taker_from",
            field=models.CharField(blank=True, max_length=100, verbose_name="notulis dari unsur"),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="state",
            field=models.CharField(
                choices=[
                    ("planned", "Direncanakan"),
                    ("draft", "Draf"),
                    ("decided", "Diputuskan"),
                    ("cancelled", "Batal"),
                ],
                default="draft",
                editable=False,
                max_length=24,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="accountability",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meetings",
                to="transactions.accountability",
            ),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="presented",
            field=models.TextField(blank=True, max_length=4000, verbose_name="yang dipertanggungjawabkan"),
        ),
        migrations.RunSQL(FILL, EMPTY),
        migrations.RemoveField(
            model_name="meeting",
            name="accountability",
        ),
        migrations.RemoveField(
            model_name="meeting",
            name="decision",
        ),
        migrations.RemoveField(
            model_name="meeting",
            name="decision_note",
        ),
        migrations.RemoveField(
            model_name="meeting",
            name="presented",
        ),
        migrations.AlterField(
            model_name="meeting",
            name="village",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                db_index=False,
                to="regions.area",
                verbose_name="desa",
            ),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["held_on"], include=("id", "village", "state"), name="meeting_held"),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["village"], include=("id", "held_on", "state"), name="meeting_figures"),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(
                condition=models.Q(("state__in", ["planned", "draft"])), fields=["village"], name="meeting_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "decided"), _negated=True),
                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False), ("scan__isnull", False)),
                    _connector="OR",
                ),
                name="meeting_decided_completely",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"),
                name="meeting_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["planned", "cancelled"]), ("ends_at__isnull", False), _connector="OR"
                ),
                name="meeting_recorded_with_hours",
            ),
        ),
        migrations.AddIndex(
            model_name="agendaitem",
            index=models.Index(
                fields=["accountability"], include=("heard_on", "decision", "meeting"), name="agenda_figures"
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(
                fields=("meeting", "accountability"), include=("decision",), name="agenda_order_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("open", True)),
                fields=("accountability",),
                name="agenda_one_open",
                violation_error_message="Pembelian ini sudah ada dalam Musdes yang belum memutuskan.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", ""), ("heard_on", None)),
                    models.Q(models.Q(("decision", ""), _negated=True), ("heard_on__isnull", False), ("open", False)),
                    _connector="OR",
                ),
                name="agenda_decided_with_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingpostponement",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on__gt", models.F("from_on"))), name="meeting_postponed_to_later"
            ),
        ),
    ]
