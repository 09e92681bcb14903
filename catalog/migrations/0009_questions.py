"""What villages ask about a service, answered in public below it."""

import core.codes
import core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

TRIGGER = (
    "CREATE CONSTRAINT TRIGGER counts_for_catalogue AFTER INSERT OR UPDATE OR DELETE ON catalog_question "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change('catalogue')"
)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0008_first_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
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
                        choices=[("asked", "Menunggu jawaban"), ("answered", "Dijawab"), ("hidden", "Disembunyikan")],
                        default="asked",
                        editable=False,
                        max_length=24,
                        verbose_name="status",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        max_length=500,
                        validators=[core.validators.validate_plain_text, core.validators.validate_no_contact],
                        verbose_name="pertanyaan",
                    ),
                ),
                (
                    "answer_text",
                    models.TextField(
                        blank=True,
                        max_length=1000,
                        validators=[core.validators.validate_plain_text, core.validators.validate_no_contact],
                        verbose_name="jawaban",
                    ),
                ),
                ("answered_at", models.DateTimeField(editable=False, null=True, verbose_name="dijawab")),
                (
                    "hidden_reason",
                    models.TextField(blank=True, editable=False, max_length=1000, verbose_name="alasan disembunyikan"),
                ),
                ("hidden_at", models.DateTimeField(editable=False, null=True, verbose_name="disembunyikan")),
                (
                    "asked_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="catalog.service",
                        verbose_name="layanan",
                    ),
                ),
            ],
            options={
                "verbose_name": "pertanyaan",
                "verbose_name_plural": "pertanyaan",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "answered")),
                        fields=["service", "-answered_at", "-code"],
                        name="question_answered",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer_text", ""), ("answered_at__isnull", True)),
                            models.Q(("answered_at__isnull", False), models.Q(("answer_text", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="question_answered_with_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("hidden_at__isnull", True), ("state", "asked")),
                            models.Q(
                                ("answered_at__isnull", False), ("hidden_at__isnull", True), ("state", "answered")
                            ),
                            models.Q(
                                ("hidden_at__isnull", False),
                                ("state", "hidden"),
                                models.Q(("hidden_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="question_state_has_its_date",
                    ),
                ],
            },
        ),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER counts_for_catalogue ON catalog_question"),
    ]
