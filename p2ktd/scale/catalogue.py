"""A national catalogue in bulk: services of the listed providers, with words that villages search for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Provider
from catalog import search
from catalog.models import Category, Service, ServiceKind, Unit
from verification.models import Standing

BATCH = 5_000
# What is offered; the earlier the more often (each takes twice the share of the one three places on).
TOPICS = (
    ("kewirausahaan", "pengelolaan BUM Desa"),
    ("infrastruktur", "jalan desa"),
    ("sumber-daya-manusia", "perangkat desa"),
    ("kesehatan-masyarakat", "pencegahan stunting"),
    ("keterbukaan-informasi", "website desa"),
    ("sumber-daya-manusia", "penyusunan RPJM Desa"),
    ("infrastruktur", "sumur bor dan air bersih"),
    ("kewirausahaan", "pemasaran produk UMKM"),
    ("lingkungan-bencana", "bank sampah"),
    ("infrastruktur", "jaringan irigasi"),
    ("kesehatan-masyarakat", "kader Posyandu"),
    ("keterbukaan-informasi", "Sistem Informasi Desa"),
    ("infrastruktur", "embung desa"),
    ("kewirausahaan", "wisata desa"),
    ("lingkungan-bencana", "desa tangguh bencana"),
    ("keamanan-ketertiban", "penyusunan Peraturan Desa"),
    ("perhutanan-sosial", "hutan desa"),
    ("sumber-daya-manusia", "tata kelola keuangan Siskeudes"),
    ("infrastruktur", "drainase dan talud"),
    ("keterbukaan-informasi", "pemetaan batas desa"),
    ("kesehatan-masyarakat", "sanitasi dan MCK"),
    ("perhutanan-sosial", "hasil hutan bukan kayu"),
    ("keamanan-ketertiban", "bantuan hukum warga"),
    ("lingkungan-bencana", "konservasi mata air"),
)
WAYS = (
    (ServiceKind.TRAINING, "Pelatihan", Unit.PACKAGE, 7_500_000),
    (ServiceKind.MENTORING, "Pendampingan", Unit.MONTH, 3_500_000),
    (ServiceKind.DESIGN, "Perencanaan teknis (DED)", Unit.DOCUMENT, 12_000_000),
    (ServiceKind.STUDY, "Studi kelayakan", Unit.DOCUMENT, 9_000_000),
    (ServiceKind.SUPERVISION, "Pengawasan", Unit.MONTH, 4_500_000),
    (ServiceKind.CONSULTING, "Konsultasi", Unit.PERSON_DAY, 750_000),
)
EXTRAS = (
    "dua hari",
    "terpadu",
    "tingkat lanjut",
    "untuk desa terpencil",
    "dengan praktik lapangan",
    "satu paket",
    "tiga bulan",
)


def seed(services: int) -> None:
    """So many published services, spread over the providers that stand in a directory."""
    categories = {category.key: category for category in Category.objects.all()}
    listed = list(Provider.objects.filter(pk__in=Standing.objects.current().values("provider_id")).order_by("pk"))
    rows = (service(number, listed[number % len(listed)], categories) for number in range(services))
    while some := list(islice(rows, BATCH)):
        Service.objects.bulk_create(some)
        through = Service.areas.through
        through.objects.bulk_create(through(service_id=row.pk, area_id=row.provider.area_id) for row in some)
        index(some)


def topic(number: int) -> tuple[str, str]:
    """Common ones often, rare ones rarely."""
    spread = (number * 2_654_435_761 % 2**32) / 2**32
    return TOPICS[int(len(TOPICS) * spread**2)]


def service(number: int, provider: Provider, categories: dict[str, Category]) -> Service:
    key, about = topic(number)
    kind, way, unit, price = WAYS[number * 7 % len(WAYS)]
    at = timezone.now() - dt.timedelta(minutes=number * 13 % 1_500_000)
    count = number % 9
    return Service(
        provider=provider,
        category=categories[key],
        kind=kind,
        unit=unit,
        title=f"{way} {about} {EXTRAS[number % len(EXTRAS)]}",
        summary=f"DATA CONTOH. {way} {about} bagi desa, dengan modul dan laporan.",
        description=f"DATA CONTOH. Kami datang ke desa untuk {way.lower()} {about}, bersama perangkat dan warga.",
        deliverables="Modul cetak\nLaporan kegiatan\nDokumentasi",
        price=price + number * 7_919 % 90 * 50_000,
        duration_days=5 + number % 90,
        state="published",
        created_at=at,
        state_since=at,
        published_at=at,
        rating_count=count,
        rating_total=count * (30 + number % 21),
    )


def index(rows: list[Service]) -> None:
    """The search vectors, by the statement that writes a single one."""
    with connection.cursor() as cursor:
        cursor.executemany(search._WRITE, list(vectors(rows)))


def vectors(rows: list[Service]) -> Iterator[list[Any]]:
    for row in rows:
        near = " ".join([row.summary, row.category.name, row.get_kind_display(), row.provider.name])
        rest = " ".join([row.description, row.deliverables, row.category.get_bidang_display()])
        areas = search.area_lexemes([row.provider.area_id])
        yield [words(row.title), words(near), words(rest), areas, row.pk]


@cache
def words(text: str) -> str:
    return search.indexed_text(text)
