"""Tenders, offers opened by two people, another winner when the first withdraws; and what a rule says of them.

A contract's sourcing is no longer unique by itself but among the contracts that were not terminated.
"""

import core.codes
import core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# As the Peraturan LKPP's other values: an example, which each bupati may set otherwise.
EXAMPLE = """
UPDATE transactions_procurementrule
SET tender_days = 5, question_hours = 48, fine_permille = 1, fine_cap_percent = 5 WHERE regency_id IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_name_words'),
        ('core', '0007_sheet_upload'),
        ('regions', '0002_neighbours'),
        ('transactions', '0011_figures_of_a_place'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OpeningMinutes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', core.codes.CodeField(default=core.codes.new_code, editable=False, max_length=16, unique=True, verbose_name='kode')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='nomor BA pembukaan')),
                ('first_name', models.CharField(editable=False, max_length=200, verbose_name='orang pertama')),
                ('first_position', models.CharField(blank=True, editable=False, max_length=200, verbose_name='jabatan')),
                ('second_name', models.CharField(blank=True, editable=False, max_length=200, verbose_name='orang kedua')),
                ('second_position', models.CharField(blank=True, editable=False, max_length=200, verbose_name='jabatan orang kedua')),
            ],
            options={
                'verbose_name': 'berita acara pembukaan',
                'verbose_name_plural': 'berita acara pembukaan',
            },
        ),
        migrations.CreateModel(
            name='TenderQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', core.codes.CodeField(default=core.codes.new_code, editable=False, max_length=16, unique=True, verbose_name='kode')),
                ('state_since', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('state', models.CharField(choices=[('asked', 'Menunggu Jawaban'), ('answered', 'Dijawab')], default='asked', editable=False, max_length=24, verbose_name='status')),
                ('text', models.TextField(max_length=1000, validators=[core.validators.validate_plain_text, core.validators.validate_no_contact], verbose_name='pertanyaan')),
                ('answer_text', models.TextField(blank=True, max_length=2000, validators=[core.validators.validate_plain_text, core.validators.validate_no_contact], verbose_name='jawaban')),
                ('answered_at', models.DateTimeField(editable=False, null=True, verbose_name='dijawab')),
            ],
            options={
                'verbose_name': 'pertanyaan lelang',
                'verbose_name_plural': 'pertanyaan lelang',
                'ordering': ('id',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='sourcing',
            name='sourcing_opened_with_its_moment',
        ),
        migrations.RemoveIndex(
            model_name='sourcing',
            name='sourcing_live',
        ),
        migrations.AddField(
            model_name='invitation',
            name='how',
            field=models.CharField(choices=[('invited', 'Diundang'), ('registered', 'Mendaftar')], db_default='invited', default='invited', editable=False, max_length=12, verbose_name='cara ikut'),
        ),
        migrations.AddField(
            model_name='procurementrule',
            name='agreement_from',
            field=models.BigIntegerField(blank=True, help_text='Di bawahnya SPK. Kosong: surat perjanjian hanya untuk lelang.', null=True, verbose_name='surat perjanjian mulai nilai'),
        ),
        migrations.AddField(
            model_name='procurementrule',
            name='fine_cap_percent',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Dari nilai kontrak. Kosong: tanpa batas.', null=True, verbose_name='denda paling banyak (persen)'),
        ),
        migrations.AddField(
            model_name='procurementrule',
            name='fine_permille',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Dari nilai kontrak, tiap hari terlambat.', null=True, verbose_name='denda per hari (per mil)'),
        ),
        migrations.AddField(
            model_name='procurementrule',
            name='question_hours',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Dari pengumuman sampai batas pertanyaan. Kosong: tidak diatur.', null=True, verbose_name='jam paling singkat untuk bertanya dalam lelang'),
        ),
        migrations.AddField(
            model_name='procurementrule',
            name='tender_days',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Dari pengumuman sampai batas penawaran. Kosong: tidak diatur.', null=True, verbose_name='hari paling singkat pengumuman lelang'),
        ),
        migrations.AddField(
            model_name='procurementrule',
            name='two_openers',
            field=models.BooleanField(db_default=True, default=True, help_text='Untuk permintaan penawaran dan lelang; pembelian langsung dibuka oleh Kasi/Kaur sendiri.', verbose_name='penawaran dibuka oleh dua orang'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='announced_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='diumumkan'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='award_number',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=60, verbose_name='nomor penetapan'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='award_on',
            field=models.DateField(editable=False, null=True, verbose_name='tanggal penetapan'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='awards_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='rencana penetapan'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='evaluates_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='evaluasi'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='negotiates_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='negosiasi'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='notice_number',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=60, verbose_name='nomor pengumuman'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='opened_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='opening_asked_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='pembukaan diminta'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='opening_asked_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='questions_until',
            field=models.DateTimeField(editable=False, null=True, verbose_name='batas pertanyaan'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='request_number',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=60, verbose_name='nomor surat'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='request_on',
            field=models.DateField(editable=False, null=True, verbose_name='tanggal surat'),
        ),
        migrations.AddField(
            model_name='sourcing',
            name='venue',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='tempat'),
        ),
        migrations.AlterField(
            model_name='contract',
            name='sourcing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', related_query_name='contract', to='transactions.sourcing'),
        ),
        migrations.AlterField(
            model_name='quotation',
            name='state',
            field=models.CharField(choices=[('sealed', 'Terkirim'), ('withdrawn', 'Mengundurkan Diri'), ('qualified', 'Memenuhi Syarat'), ('disqualified', 'Gugur'), ('won', 'Terpilih'), ('lost', 'Tidak Terpilih'), ('resigned', 'Mundur Setelah Ditetapkan')], default='sealed', editable=False, max_length=24, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='sourcing',
            name='state',
            field=models.CharField(choices=[('draft', 'Draf Pengadaan'), ('open', 'Menunggu Penawaran'), ('opening', 'Menunggu Orang Kedua'), ('opened', 'Penawaran Dibuka'), ('evaluated', 'Dievaluasi'), ('awarded', 'Pemenang Ditetapkan'), ('failed', 'Gagal')], default='draft', editable=False, max_length=24, verbose_name='status'),
        ),
        migrations.AddIndex(
            model_name='sourcing',
            index=models.Index(condition=models.Q(('state__in', ('draft', 'open', 'opening', 'opened', 'evaluated'))), fields=['need'], name='sourcing_live'),
        ),
        migrations.AddIndex(
            model_name='sourcing',
            index=models.Index(condition=models.Q(('announced_at__isnull', False), ('method', 'tender')), fields=['-announced_at', '-id'], name='sourcing_tenders'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'terminated'), _negated=True), fields=('sourcing',), name='contract_one_living_per_sourcing'),
        ),
        migrations.AddConstraint(
            model_name='procurementrule',
            constraint=models.CheckConstraint(condition=models.Q(('fine_permille__isnull', True), models.Q(('fine_permille__lte', 1000), models.Q(('fine_cap_percent__isnull', True), ('fine_cap_percent__lte', 100), _connector='OR')), _connector='OR'), name='rule_fine_is_a_part', violation_error_message='Denda paling banyak 1000 per mil per hari dan 100 persen seluruhnya.'),
        ),
        migrations.AddConstraint(
            model_name='sourcing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('opened_at__isnull', True), ('state__in', ['draft', 'open', 'opening'])), models.Q(('opened_at__isnull', False), ('state__in', ['opened', 'evaluated', 'awarded'])), ('state', 'failed'), _connector='OR'), name='sourcing_opened_with_its_moment'),
        ),
        migrations.AddConstraint(
            model_name='sourcing',
            constraint=models.CheckConstraint(condition=models.Q(('opening_asked_by__isnull', True), ('opened_by__isnull', True), models.Q(('opened_by', models.F('opening_asked_by')), _negated=True), _connector='OR'), name='sourcing_opened_by_two', violation_error_message='Penawaran dibuka oleh dua orang yang berbeda.'),
        ),
        migrations.AddConstraint(
            model_name='sourcing',
            constraint=models.CheckConstraint(condition=models.Q(('method', 'direct'), ('opened_at__isnull', True), ('opened_at__gte', models.F('deadline')), _connector='OR'), name='sourcing_opened_after_its_deadline'),
        ),
        migrations.AddField(
            model_name='openingminutes',
            name='sourcing',
            field=models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='minutes', to='transactions.sourcing'),
        ),
        migrations.AddField(
            model_name='tenderquestion',
            name='asked_by',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tenderquestion',
            name='provider',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.provider'),
        ),
        migrations.AddField(
            model_name='tenderquestion',
            name='sourcing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='transactions.sourcing'),
        ),
        migrations.AddConstraint(
            model_name='tenderquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer_text', ''), ('answered_at__isnull', True), ('state', 'asked')), models.Q(('answered_at__isnull', False), ('state', 'answered'), models.Q(('answer_text', ''), _negated=True)), _connector='OR'), name='tender_question_answered_with_words'),
        ),
        migrations.RunSQL(EXAMPLE, migrations.RunSQL.noop),
    ]
