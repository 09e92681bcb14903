import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('verification', '0005_default_rule'),
    ]

    operations = [
        migrations.AlterField(
            model_name='scoreaspect',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aspects', to='verification.verificationrule', verbose_name='aturan'),
        ),
    ]
