"""The Pokja by decree, dated rules, ties, interview, each member's points, the plenary; portfolios and their papers."""

import core.codes
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import verification.models.rule
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_provider_portfolio'),
        ('core', '0003_personal_view'),
        ('regions', '0001_areas'),
        ('verification', '0003_application_round'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Declaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tie', models.CharField(choices=[('none', 'Tidak ada'), ('owner', 'Pemilik atau pengurus'), ('staff', 'Pegawai atau tenaga ahli'), ('kin', 'Hubungan keluarga'), ('business', 'Hubungan usaha atau utang piutang'), ('other', 'Hubungan lain')], max_length=10, verbose_name='hubungan')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='penjelasan')),
                ('declared_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='dinyatakan')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='diganti')),
            ],
            options={
                'verbose_name': 'pernyataan benturan kepentingan',
                'verbose_name_plural': 'register benturan kepentingan',
                'ordering': ('-declared_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Experience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', core.codes.CodeField(default=core.codes.new_code, editable=False, max_length=16, unique=True, verbose_name='kode')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('removed_at', models.DateTimeField(editable=False, null=True)),
                ('title', models.CharField(max_length=150, verbose_name='pekerjaan')),
                ('client', models.CharField(max_length=150, verbose_name='pemberi kerja')),
                ('year', models.PositiveSmallIntegerField(verbose_name='tahun')),
                ('value', models.BigIntegerField(blank=True, null=True, verbose_name='nilai')),
                ('contract_number', models.CharField(blank=True, max_length=100, verbose_name='nomor kontrak atau BAST')),
            ],
            options={
                'verbose_name': 'pengalaman',
                'verbose_name_plural': 'pengalaman',
                'ordering': ('pk',),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Expert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', core.codes.CodeField(default=core.codes.new_code, editable=False, max_length=16, unique=True, verbose_name='kode')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('removed_at', models.DateTimeField(editable=False, null=True)),
                ('name', models.CharField(max_length=150, verbose_name='nama tenaga ahli')),
                ('education', models.CharField(max_length=120, verbose_name='pendidikan terakhir')),
                ('expertise', models.CharField(max_length=150, verbose_name='keahlian')),
                ('certificate', models.CharField(blank=True, max_length=150, verbose_name='sertifikat kompetensi')),
                ('certificate_number', models.CharField(blank=True, max_length=100, verbose_name='nomor sertifikat')),
                ('certificate_until', models.DateField(blank=True, null=True, verbose_name='sertifikat berlaku sampai')),
            ],
            options={
                'verbose_name': 'tenaga ahli',
                'verbose_name_plural': 'tenaga ahli',
                'ordering': ('pk',),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Interview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('visit', 'Kunjungan ke kantor penyedia'), ('office', 'Di kantor Pokja'), ('remote', 'Jarak jauh (telepon atau video)')], max_length=8, verbose_name='cara')),
                ('scheduled_for', models.DateTimeField(verbose_name='dijadwalkan')),
                ('place', models.CharField(max_length=200, verbose_name='tempat atau tautan')),
                ('questions', models.JSONField(default=list, verbose_name='pertanyaan')),
                ('held_at', models.DateTimeField(editable=False, null=True, verbose_name='dilaksanakan')),
                ('present', models.JSONField(default=list, verbose_name='hadir dari Pokja')),
                ('applicants', models.CharField(blank=True, max_length=300, verbose_name='hadir dari penyedia')),
                ('answers', models.JSONField(default=list, verbose_name='catatan jawaban')),
                ('summary', models.TextField(blank=True, max_length=3000, verbose_name='kesimpulan')),
                ('replaced_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'wawancara',
                'verbose_name_plural': 'wawancara',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='MemberScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.JSONField(verbose_name='nilai')),
                ('note', models.CharField(blank=True, max_length=1000, verbose_name='catatan')),
                ('scored_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('voided_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'nilai anggota',
                'verbose_name_plural': 'nilai anggota',
                'ordering': ('member__name', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Plenary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', core.codes.CodeField(default=core.codes.new_code, editable=False, max_length=16, unique=True, verbose_name='kode')),
                ('state_since', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('state', models.CharField(choices=[('draft', 'Disiapkan'), ('minuted', 'Berita Acara Jadi'), ('decreed', 'Ditetapkan'), ('cancelled', 'Dibatalkan')], default='draft', editable=False, max_length=24, verbose_name='status')),
                ('held_on', models.DateField(verbose_name='tanggal rapat')),
                ('place', models.CharField(max_length=150, verbose_name='tempat')),
                ('minutes_number', models.CharField(blank=True, max_length=100, verbose_name='nomor berita acara')),
                ('minuted_at', models.DateTimeField(editable=False, null=True)),
                ('recap', models.JSONField(default=dict, editable=False, verbose_name='rekapitulasi')),
                ('decree_number', models.CharField(blank=True, max_length=100, verbose_name='nomor keputusan')),
                ('decree_date', models.DateField(blank=True, null=True, verbose_name='tanggal keputusan')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='terdaftar sampai')),
                ('decreed_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'rapat pleno',
                'verbose_name_plural': 'rapat pleno',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='PlenaryAttendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'kehadiran rapat',
                'verbose_name_plural': 'kehadiran rapat',
            },
        ),
        migrations.CreateModel(
            name='PlenaryItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('list', 'Layak, ditetapkan terdaftar'), ('reject', 'Tidak layak'), ('defer', 'Ditunda')], max_length=8, verbose_name='hasil')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='catatan')),
            ],
            options={
                'verbose_name': 'permohonan dalam rapat',
                'verbose_name_plural': 'permohonan dalam rapat',
                'ordering': ('application__provider__name', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Pokja',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', core.codes.CodeField(default=core.codes.new_code, editable=False, max_length=16, unique=True, verbose_name='kode')),
                ('state_since', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('state', models.CharField(choices=[('draft', 'Disiapkan'), ('established', 'Ditetapkan'), ('dissolved', 'Dibubarkan')], default='draft', editable=False, max_length=24, verbose_name='status')),
                ('decree_number', models.CharField(max_length=100, verbose_name='nomor keputusan')),
                ('decree_date', models.DateField(verbose_name='tanggal keputusan')),
                ('starts_on', models.DateField(verbose_name='mulai bertugas')),
                ('ends_on', models.DateField(verbose_name='bertugas sampai')),
                ('dissolved_on', models.DateField(editable=False, null=True, verbose_name='dibubarkan')),
            ],
            options={
                'verbose_name': 'Pokja P2KTD',
                'verbose_name_plural': 'Pokja P2KTD',
                'ordering': ('-starts_on', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='PokjaMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', core.codes.CodeField(default=core.codes.new_code, editable=False, max_length=16, unique=True, verbose_name='kode')),
                ('position', models.CharField(choices=[('chair', 'Ketua'), ('secretary', 'Sekretaris'), ('member', 'Anggota')], max_length=10, verbose_name='jabatan')),
                ('body', models.CharField(help_text='Contoh: Dinas PMD, TAPM, Universitas Mataram.', max_length=120, verbose_name='unsur')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='jabatan di unsurnya')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('removed_on', models.DateField(editable=False, null=True, verbose_name='keluar')),
            ],
            options={
                'verbose_name': 'anggota Pokja',
                'verbose_name_plural': 'anggota Pokja',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='VerificationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.CharField(help_text='Keputusan, atau “contoh” bila belum ada dasar.', max_length=200, verbose_name='dasar')),
                ('valid_from', models.DateField(verbose_name='berlaku sejak')),
                ('threshold', models.PositiveSmallIntegerField(default=70, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='ambang layak')),
                ('quorum_percent', models.PositiveSmallIntegerField(default=50, help_text='50 berarti lebih dari separuh anggota; 100 berarti semua.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='kuorum (persen anggota)')),
                ('validity_months', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)], verbose_name='masa terdaftar (bulan)')),
                ('persons_allowed', models.BooleanField(default=True, verbose_name='perorangan boleh mendaftar')),
                ('service_days', models.PositiveSmallIntegerField(default=14, help_text='Hari kalender sejak diajukan sampai diputuskan; antrean menandai yang lewat.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='baku waktu layanan (hari)')),
                ('remind_days', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), default=verification.models.rule.remind_days, size=None, verbose_name='hari pengingat')),
                ('interview_guide', models.TextField(blank=True, help_text='Satu pertanyaan tiap baris.', max_length=4000, verbose_name='panduan wawancara')),
            ],
            options={
                'verbose_name': 'aturan verifikasi',
                'verbose_name_plural': 'aturan verifikasi',
                'ordering': ('-valid_from', '-pk'),
            },
        ),
        migrations.AlterModelOptions(
            name='submitteddocument',
            options={'ordering': ('type__order', 'type__key', 'entry', '-version'), 'verbose_name': 'dokumen permohonan', 'verbose_name_plural': 'dokumen permohonan'},
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_open_once',
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_submitted_has_date',
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_checking_has_checker',
        ),
        migrations.RemoveConstraint(
            model_name='submitteddocument',
            name='submitted_one_current_of_a_kind',
        ),
        migrations.RemoveConstraint(
            model_name='submitteddocument',
            name='submitted_version_once',
        ),
        migrations.AlterField(  # so that the way back finds a value
            model_name="scoreaspect",
            name="source",
            field=models.CharField(max_length=200, verbose_name="dasar", default="contoh"),
        ),
        migrations.RemoveField(
            model_name='scoreaspect',
            name='source',
        ),
        migrations.AddField(
            model_name='application',
            name='agreed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='nilai disepakati'),
        ),
        migrations.AddField(
            model_name='application',
            name='agreement',
            field=models.TextField(blank=True, editable=False, verbose_name='alasan kesepakatan'),
        ),
        migrations.AddField(
            model_name='application',
            name='based_on',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='verification.application', verbose_name='berdasarkan'),
        ),
        migrations.AddField(
            model_name='application',
            name='changes',
            field=models.JSONField(default=list, editable=False, verbose_name='data yang berubah'),
        ),
        migrations.AddField(
            model_name='application',
            name='kind',
            field=models.CharField(choices=[('first', 'Permohonan baru'), ('renewal', 'Perpanjangan'), ('change', 'Periksa ulang'), ('recognition', 'Pengakuan')], default='first', editable=False, max_length=12, verbose_name='jenis'),
        ),
        migrations.AddField(
            model_name='application',
            name='profile',
            field=models.JSONField(default=dict, editable=False, verbose_name='profil saat diajukan'),
        ),
        migrations.AddField(
            model_name='application',
            name='scores_closed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='penilaian ditutup'),
        ),
        migrations.AddField(
            model_name='documenttype',
            name='each',
            field=models.CharField(choices=[('provider', 'Satu berkas'), ('expert', 'Satu untuk tiap tenaga ahli'), ('experience', 'Satu untuk tiap pengalaman')], default='provider', max_length=10, verbose_name='banyaknya'),
        ),
        migrations.AddField(
            model_name='documenttype',
            name='proves',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, help_text='Isian profil yang dibuktikan dokumen ini; bila isian berubah, dokumen diperiksa ulang.', size=None, verbose_name='membuktikan'),
        ),
        migrations.AddField(
            model_name='documenttype',
            name='statement',
            field=models.SlugField(blank=True, help_text='Naskah pernyataan yang dicetak sistem untuk ditandatangani.', max_length=40, verbose_name='naskah'),
        ),
        migrations.AddField(
            model_name='submitteddocument',
            name='carried_from',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='verification.submitteddocument', verbose_name='dibawa dari'),
        ),
        migrations.AddField(
            model_name='submitteddocument',
            name='entry',
            field=models.CharField(blank=True, help_text='Kode tenaga ahli atau pengalaman.', max_length=16, verbose_name='butir'),
        ),
        migrations.AddField(
            model_name='submitteddocument',
            name='entry_label',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='application',
            name='state',
            field=models.CharField(choices=[('draft', 'Draf'), ('submitted', 'Menunggu Pemeriksaan'), ('checking', 'Sedang Diperiksa'), ('returned', 'Perlu Perbaikan'), ('interview', 'Wawancara'), ('scoring', 'Penilaian Kelayakan'), ('recommended', 'Direkomendasikan'), ('unfit', 'Tidak Direkomendasikan'), ('listed', 'Terdaftar di Direktori'), ('rejected', 'Ditolak'), ('withdrawn', 'Dibatalkan Pemohon')], default='draft', editable=False, max_length=24, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='scoreaspect',
            name='key',
            field=models.SlugField(max_length=40, verbose_name='kunci'),
        ),
        migrations.AddConstraint(
            model_name='submitteddocument',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('application', 'type', 'entry'), name='submitted_one_current_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='submitteddocument',
            constraint=models.UniqueConstraint(fields=('application', 'type', 'entry', 'version'), name='submitted_version_once'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='application',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='verification.application', verbose_name='permohonan'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='declared_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='oleh'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='anggota Pokja'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='provider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.provider', verbose_name='penyedia'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='regency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.area', verbose_name='kabupaten/kota'),
        ),
        migrations.AddField(
            model_name='experience',
            name='provider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='experience_entries', to='accounts.provider'),
        ),
        migrations.AddField(
            model_name='expert',
            name='provider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expert_entries', to='accounts.provider'),
        ),
        migrations.AddField(
            model_name='interview',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interviews', to='verification.application'),
        ),
        migrations.AddField(
            model_name='interview',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='memberscore',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='member_scores', to='verification.application'),
        ),
        migrations.AddField(
            model_name='memberscore',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='anggota'),
        ),
        migrations.AddField(
            model_name='plenary',
            name='decreed_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plenary',
            name='minuted_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plenary',
            name='regency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.area', verbose_name='kabupaten/kota'),
        ),
        migrations.AddField(
            model_name='plenary',
            name='scan',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='pindaian berita acara'),
        ),
        migrations.AddField(
            model_name='plenaryattendance',
            name='plenary',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='verification.plenary'),
        ),
        migrations.AddField(
            model_name='plenaryitem',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plenary_items', to='verification.application'),
        ),
        migrations.AddField(
            model_name='plenaryitem',
            name='plenary',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='verification.plenary'),
        ),
        migrations.AddField(
            model_name='pokja',
            name='decree',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='pindaian keputusan'),
        ),
        migrations.AddField(
            model_name='pokja',
            name='regency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.area', verbose_name='kabupaten/kota'),
        ),
        migrations.AddField(
            model_name='plenary',
            name='pokja',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plenaries', to='verification.pokja', verbose_name='Pokja'),
        ),
        migrations.AddField(
            model_name='pokjamember',
            name='membership',
            field=models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership'),
        ),
        migrations.AddField(
            model_name='pokjamember',
            name='pokja',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='verification.pokja', verbose_name='Pokja'),
        ),
        migrations.AddField(
            model_name='pokjamember',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='orang'),
        ),
        migrations.AddField(
            model_name='plenaryattendance',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='verification.pokjamember'),
        ),
        migrations.AddField(
            model_name='verificationrule',
            name='regency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.area', verbose_name='kabupaten/kota'),
        ),
        migrations.AddField(
            model_name='application',
            name='rule',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='verification.verificationrule', verbose_name='aturan'),
        ),
        migrations.AddField(
            model_name='scoreaspect',
            name='rule',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='aspects', to='verification.verificationrule', verbose_name='aturan'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'returned', 'submitted', 'checking', 'interview', 'scoring', 'recommended', 'unfit'))), fields=('provider', 'regency'), name='application_open_once', violation_error_message='Permohonan ke kabupaten/kota ini sudah ada dan masih berjalan.'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'draft'), ('submitted_at', None)), ('state', 'withdrawn'), models.Q(models.Q(('state__in', ['draft', 'withdrawn']), _negated=True), ('submitted_at__isnull', False)), _connector='OR'), name='application_submitted_has_date'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checker__isnull', False), ('claimed_at__isnull', False), ('state__in', ('checking', 'interview', 'scoring'))), models.Q(models.Q(('state__in', ('checking', 'interview', 'scoring')), _negated=True), ('checker', None), ('claimed_at', None)), _connector='OR'), name='application_checking_has_checker'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'unfit'), _negated=True), models.Q(('recommended_at__isnull', False), ('recommended_by__isnull', False), ('total__lt', models.F('threshold'))), _connector='OR'), name='application_unfit_is_signed'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'first'), ('based_on__isnull', False), _connector='OR'), name='application_light_has_its_base'),
        ),
        migrations.AddConstraint(
            model_name='scoreaspect',
            constraint=models.UniqueConstraint(fields=('rule', 'key'), name='aspect_once_in_a_rule'),
        ),
        migrations.AddIndex(
            model_name='declaration',
            index=models.Index(fields=['member', 'provider'], name='declaration_of_member'),
        ),
        migrations.AddConstraint(
            model_name='declaration',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('member', 'provider', 'application'), name='declaration_one_current', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='declaration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('tie', 'other'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='declaration_other_is_explained', violation_error_message='Jelaskan hubungan itu dengan kata-kata.'),
        ),
        migrations.AddConstraint(
            model_name='interview',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('application',), name='interview_one_current'),
        ),
        migrations.AddConstraint(
            model_name='interview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_at', None), ('recorded_by', None)), models.Q(('held_at__isnull', False), ('recorded_by__isnull', False)), _connector='OR'), name='interview_held_is_recorded'),
        ),
        migrations.AddConstraint(
            model_name='memberscore',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at', None)), fields=('application', 'member'), name='member_scores_once'),
        ),
        migrations.AddConstraint(
            model_name='plenaryitem',
            constraint=models.UniqueConstraint(fields=('plenary', 'application'), name='plenary_item_once'),
        ),
        migrations.AddConstraint(
            model_name='plenaryitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'defer'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='plenary_deferral_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='pokja',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='pokja_ends_after_start', violation_error_message='Hari terakhir harus setelah hari pertama.'),
        ),
        migrations.AddConstraint(
            model_name='pokja',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state', 'established')), expressions=[(models.Func(django.db.models.functions.comparison.Cast(django.db.models.functions.text.Replace('regency_id', models.Value('.'), models.Value('')), models.IntegerField()), django.db.models.functions.comparison.Cast(django.db.models.functions.text.Replace('regency_id', models.Value('.'), models.Value('')), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func('starts_on', 'ends_on', models.Value('[]'), function='daterange'), '&&')], name='pokja_one_at_a_time', violation_error_message='Masa tugas ini bertumpang tindih dengan Pokja yang sudah ditetapkan.'),
        ),
        migrations.AddIndex(
            model_name='plenary',
            index=models.Index(fields=['regency', 'state'], name='plenary_desk'),
        ),
        migrations.AddConstraint(
            model_name='plenary',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['minuted', 'decreed']), _negated=True), models.Q(('minuted_at__isnull', False), ('minuted_by__isnull', False), models.Q(('minutes_number', ''), _negated=True)), _connector='OR'), name='plenary_minuted_is_signed'),
        ),
        migrations.AddConstraint(
            model_name='plenary',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'decreed'), _negated=True), models.Q(('decree_date__isnull', False), ('decreed_at__isnull', False), ('decreed_by__isnull', False), models.Q(('decree_number', ''), _negated=True)), _connector='OR'), name='plenary_decreed_is_signed'),
        ),
        migrations.AddConstraint(
            model_name='plenary',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'decreed'), _negated=True), models.Q(('decreed_by', models.F('minuted_by')), _negated=True), _connector='OR'), name='plenary_decreed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='pokjamember',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_on', None)), fields=('pokja', 'user'), name='pokja_member_once', violation_error_message='Orang ini sudah menjadi anggota.'),
        ),
        migrations.AddConstraint(
            model_name='plenaryattendance',
            constraint=models.UniqueConstraint(fields=('plenary', 'member'), name='plenary_attendance_once'),
        ),
        migrations.AddConstraint(
            model_name='verificationrule',
            constraint=models.UniqueConstraint(fields=('regency', 'valid_from'), name='verification_rule_once_a_day', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='verificationrule',
            constraint=models.CheckConstraint(condition=models.Q(('quorum_percent__lte', 100), ('threshold__gte', 1), ('threshold__lte', 100), ('validity_months__gte', 1)), name='verification_rule_is_a_share'),
        ),
    ]
