"""A synonym is used by questions once the services know it; those of before are known already."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0016_facets_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='synonym',
            name='changes',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='synonym',
            name='in_use',
            field=models.BooleanField(db_default=True, default=False, editable=False),
        ),
        migrations.AlterField(
            model_name='synonym',
            name='in_use',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
