"""The same rule in the database; spelled so that a new row is compared by its own regency, not each with itself."""

import django.contrib.postgres.constraints
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0011_plenary_decision"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="pokja",
            name="pokja_one_at_a_time",
        ),
        migrations.AddConstraint(
            model_name="pokja",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "established")),
                expressions=[
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.comparison.Cast("regency", models.TextField()),
                                    models.Value("."),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                ),
                                models.IntegerField(),
                            ),
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.comparison.Cast("regency", models.TextField()),
                                    models.Value("."),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                ),
                                models.IntegerField(),
                            ),
                            models.Value("[]"),
                            function="int4range",
                        ),
                        "&&",
                    ),
                    (models.Func("starts_on", "ends_on", models.Value("[]"), function="daterange"), "&&"),
                ],
                name="pokja_one_at_a_time",
                violation_error_message="Masa tugas ini bertumpang tindih dengan Pokja yang sudah ditetapkan.",
            ),
        ),
    ]
