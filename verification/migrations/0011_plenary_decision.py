"""What a plenary decided is kept as data; a report's number is used once a year, and no decree comes before its sitting."""

import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_longer_content_type'),
        ('regions', '0001_areas'),
        ('verification', '0010_standing_code'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='plenary',
            name='decision',
            field=models.JSONField(default=dict, editable=False, verbose_name='keputusan'),
        ),
        migrations.AlterField(
            model_name='plenary',
            name='state',
            field=models.CharField(choices=[('draft', 'Disiapkan'), ('minuted', 'Menunggu Keputusan'), ('decreed', 'Ditetapkan'), ('cancelled', 'Dibatalkan')], default='draft', editable=False, max_length=24, verbose_name='status'),
        ),
        migrations.AddConstraint(
            model_name='plenary',
            constraint=models.CheckConstraint(condition=models.Q(('decree_date', None), ('decree_date__gte', models.F('held_on')), _connector='OR'), name='plenary_decree_not_before_sitting', violation_error_message='Keputusan tidak mendahului rapatnya.'),
        ),
        migrations.AddConstraint(
            model_name='plenary',
            constraint=models.UniqueConstraint(models.F('regency'), django.db.models.functions.datetime.ExtractYear('held_on'), models.F('minutes_number'), condition=models.Q(('minutes_number', ''), _negated=True), name='plenary_minutes_number_once_a_year', violation_error_message='Nomor berita acara ini sudah dipakai rapat lain pada tahun yang sama.'),
        ),
    ]
