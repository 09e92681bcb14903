"""The words of the search as data: the ministry's synonyms (first those of catalog/data), what services say, what was
looked for in vain. Vectors are made anew by a job, since they hold more than before."""

from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


DATA = Path(__file__).parent.parent / "data" / "synonyms.txt"
TRIGGER = (
    "CREATE CONSTRAINT TRIGGER counts_for_{name} AFTER INSERT OR UPDATE OR DELETE ON catalog_synonym "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change('{name}')"
)


def load(apps, schema_editor):
    apps.get_model("core", "DataVersion").objects.get_or_create(name="search")
    Synonym = apps.get_model("catalog", "Synonym")
    for line in DATA.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            term, _, ways = line.partition("=")
            Synonym.objects.create(term=term.strip(), ways="\n".join(way.strip() for way in ways.split(",")))
    if apps.get_model("catalog", "Service").objects.exists():
        apps.get_model("core", "Job").objects.create(task="catalog.reindex", args={})


def unload(apps, schema_editor):
    apps.get_model("core", "DataVersion").objects.filter(name="search").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0009_questions'),
        ('regions', '0001_areas'),
        ('core', '0005_data_version'),
    ]

    operations = [
        migrations.CreateModel(
            name='Synonym',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(help_text='Istilah yang dipakai mencari. Huruf kecil, tanpa tanda baca. Contoh: bumdes', max_length=60, unique=True, verbose_name='istilah')),
                ('ways', models.TextField(help_text='Satu sebutan tiap baris. Contoh: badan usaha milik desa', max_length=1500, verbose_name='sebutan lain')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='catatan')),
                ('active', models.BooleanField(default=True, verbose_name='dipakai')),
            ],
            options={
                'verbose_name': 'sinonim pencarian',
                'verbose_name_plural': 'sinonim pencarian',
                'ordering': ('term',),
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('text', models.CharField(db_collation='C', max_length=80, primary_key=True, serialize=False)),
                ('shown', models.CharField(max_length=80)),
                ('services', models.PositiveIntegerField()),
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), default=list, size=None)),
            ],
            options={
                'verbose_name': 'kata layanan',
                'verbose_name_plural': 'kata layanan',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['keys'], name='term_keys')],
            },
        ),
        migrations.CreateModel(
            name='MissedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='bulan')),
                ('words', models.CharField(max_length=80, verbose_name='kata')),
                ('times', models.PositiveIntegerField(default=1, verbose_name='kali')),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.area', verbose_name='wilayah')),
            ],
            options={
                'verbose_name': 'pencarian tanpa hasil',
                'verbose_name_plural': 'pencarian tanpa hasil',
                'constraints': [models.UniqueConstraint(fields=('month', 'area', 'words'), name='missed_search_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='missed_search_first_of_month')],
            },
        ),
        migrations.RunPython(load, unload),
        *(
            migrations.RunSQL(TRIGGER.format(name=name), f"DROP TRIGGER counts_for_{name} ON catalog_synonym")
            for name in ("catalogue", "search")
        ),
    ]
