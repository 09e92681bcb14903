"""What villages paid, and what a service has behind it: two kept tables that public pages show."""

import datetime

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("transactions_pricereference", "transactions_trackrecord")
TRIGGER = (
    "CREATE CONSTRAINT TRIGGER counts_for_catalogue AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_change('catalogue')"
)
SINCE = datetime.date(2020, 1, 1)
EXAMPLE = "contoh; sesuaikan dengan aturan yang berlaku"
SETTINGS = {"price-reference-min-contracts": 3, "price-reference-months": 36}


def fill(apps, schema_editor):
    for key, value in SETTINGS.items():
        apps.get_model("core", "DatedSetting").objects.get_or_create(
            key=key, valid_from=SINCE, defaults={"value": value, "source": EXAMPLE}
        )


def empty(apps, schema_editor):
    apps.get_model("core", "DatedSetting").objects.filter(key__in=SETTINGS, source=EXAMPLE).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_places_count_too"),
        ("core", "0005_data_version"),
        ("regions", "0001_areas"),
        ("transactions", "0003_opening_moment"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrackRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done", models.PositiveIntegerField(verbose_name="kontrak selesai")),
                ("last_on", models.DateField(verbose_name="serah terima terakhir")),
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="track_record",
                        to="catalog.service",
                        verbose_name="layanan",
                    ),
                ),
            ],
            options={
                "verbose_name": "pekerjaan selesai",
                "verbose_name_plural": "pekerjaan selesai",
            },
        ),
        migrations.CreateModel(
            name="PriceReference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("konsultasi", "Jasa konsultasi"),
                            ("bimtek", "Bimbingan teknis dan pelatihan"),
                            ("pendampingan", "Pendampingan"),
                            ("studi", "Studi dan kajian"),
                            ("perencanaan", "Perencanaan teknis (DED, RAB)"),
                            ("pengawasan", "Pengawasan teknis"),
                            ("lain", "Jasa lain"),
                        ],
                        max_length=16,
                        verbose_name="jenis layanan",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("paket", "paket"),
                            ("kegiatan", "kegiatan"),
                            ("dokumen", "dokumen"),
                            ("oj", "orang-jam (OJ)"),
                            ("oh", "orang-hari (OH)"),
                            ("ob", "orang-bulan (OB)"),
                            ("peserta", "peserta"),
                            ("hari", "hari"),
                            ("bulan", "bulan"),
                            ("hektare", "hektare"),
                            ("titik", "titik"),
                            ("meter", "meter"),
                            ("kilometer", "kilometer"),
                            ("unit", "unit"),
                        ],
                        max_length=12,
                        verbose_name="satuan",
                    ),
                ),
                ("n", models.PositiveIntegerField(verbose_name="jumlah kontrak")),
                ("minimum", models.BigIntegerField(verbose_name="terendah")),
                ("median", models.BigIntegerField(verbose_name="median")),
                ("maximum", models.BigIntegerField(verbose_name="tertinggi")),
                ("computed_at", models.DateTimeField(verbose_name="dihitung")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="regions.area",
                        verbose_name="kabupaten/kota atau provinsi",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.category",
                        verbose_name="kategori",
                    ),
                ),
            ],
            options={
                "verbose_name": "harga rujukan",
                "verbose_name_plural": "harga rujukan",
                "constraints": [
                    models.UniqueConstraint(fields=("area", "category", "kind", "unit"), name="price_reference_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("maximum__gte", models.F("median")),
                            ("minimum__gte", 0),
                            ("minimum__lte", models.F("median")),
                            ("n__gt", 0),
                        ),
                        name="price_reference_in_order",
                    ),
                ],
            },
        ),
        *(
            migrations.RunSQL(TRIGGER.format(table=table), f"DROP TRIGGER counts_for_catalogue ON {table}")
            for table in TABLES
        ),
        migrations.RunPython(fill, empty),
    ]
