"""A national catalogue in bulk: services of the listed providers, with words that villages search for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from catalog import search
from catalog.models import Category, CategoryAttribute, Service, ServiceKind, ServiceVersion, Subcategory, Unit
from catalog.models.attribute import answers
from catalog.models.version import content_of
from p2ktd.scale.dice import Span, coded
from p2ktd.scale.rows import copied
from verification.models import Standing

BATCH = 5_000
# Category, what is offered, subcategory; the earlier the more often (each takes twice the share of the one three places on).
TOPICS = (
    ("kewirausahaan", "pengelolaan BUM Desa", "bum-desa"),
    ("infrastruktur", "jalan desa", "jalan-jembatan"),
    ("sumber-daya-manusia", "perangkat desa", "aparatur-desa"),
    ("kesehatan-masyarakat", "pencegahan stunting", "posyandu-stunting"),
    ("keterbukaan-informasi", "website desa", "situs-web-sid"),
    ("sumber-daya-manusia", "penyusunan RPJM Desa", "perencanaan-desa"),
    ("infrastruktur", "sumur bor dan air bersih", "air-irigasi"),
    ("kewirausahaan", "pemasaran produk UMKM", "mata-rantai-usaha"),
    ("lingkungan-bencana", "bank sampah", "sampah"),
    ("infrastruktur", "jaringan irigasi", "air-irigasi"),
    ("kesehatan-masyarakat", "kader Posyandu", "posyandu-stunting"),
    ("keterbukaan-informasi", "Sistem Informasi Desa", "situs-web-sid"),
    ("infrastruktur", "embung desa", "embung"),
    ("kewirausahaan", "wisata desa", "desa-wisata"),
    ("lingkungan-bencana", "desa tangguh bencana", "tangguh-bencana"),
    ("keamanan-ketertiban", "penyusunan Peraturan Desa", "peraturan-desa"),
    ("perhutanan-sosial", "hutan desa", "izin-kelola"),
    ("sumber-daya-manusia", "tata kelola keuangan Siskeudes", "keuangan-desa"),
    ("infrastruktur", "drainase dan talud", "jalan-jembatan"),
    ("keterbukaan-informasi", "pemetaan batas desa", "pemetaan"),
    ("kesehatan-masyarakat", "sanitasi dan MCK", "sanitasi"),
    ("perhutanan-sosial", "hasil hutan bukan kayu", "hasil-hutan"),
    ("keamanan-ketertiban", "bantuan hukum warga", "bantuan-hukum"),
    ("lingkungan-bencana", "konservasi mata air", "konservasi"),
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


@dataclass
class Shelf:
    """What a category holds: its subcategories and the questions that it asks."""

    category: Category
    subcategories: dict[str, Subcategory]
    questions: list[CategoryAttribute]


def shelves() -> dict[str, Shelf]:
    return {
        category.key: Shelf(category, {each.key: each for each in category.subcategories.all()}, category.questions())
        for category in Category.objects.all()
    }


def seed(services: int, span: Span) -> None:
    """So many published services with their versions, spread over the providers that stand in a directory."""
    shelf = shelves()
    listed = list(Standing.objects.select_related("provider__area").order_by("provider_id"))
    rows = (service(number, listed[number % len(listed)], shelf, span) for number in range(services))
    first = 1
    while some := coded(islice(rows, BATCH), 6, first):
        copied(Service, some)
        through = Service.areas.through
        copied(through, (through(service_id=row.pk, area_id=row.provider.area_id) for row in some))
        copied(ServiceVersion, (version for row in some for version in versions(row, shelf, span)))
        first += len(some)
    search.index_all(Service.objects.all())


def topic(number: int) -> tuple[str, str, str]:
    """Common ones often, rare ones rarely."""
    spread = (number * 2_654_435_761 % 2**32) / 2**32
    return TOPICS[int(len(TOPICS) * spread**2)]


def service(number: int, listed: Standing, shelf: dict[str, Shelf], span: Span) -> Service:
    """Two of three were there soon after their provider was listed, the others came with the years."""
    key, about, sub = topic(number)
    kind, way, unit, price = WAYS[number * 7 % len(WAYS)]
    age = span.until - listed.listed_on
    share = 0.995 if number % 3 else number * 37 % 1000 / 1000
    at = min(span.moment - age * share + dt.timedelta(minutes=number * 13 % 600), span.moment - dt.timedelta(minutes=1))
    return Service(
        provider=listed.provider,
        category=shelf[key].category,
        subcategory=shelf[key].subcategories.get(sub),
        attributes={each.key: answer(each, number) for each in shelf[key].questions},
        kind=kind,
        unit=unit,
        title=f"{way} {about} {EXTRAS[number % len(EXTRAS)]}",
        summary=f"DATA CONTOH. {way} {about} bagi desa, dengan modul dan laporan.",
        description=f"DATA CONTOH. Kami datang ke desa untuk {way.lower()} {about}, bersama perangkat dan warga.",
        deliverables="Modul cetak\nLaporan kegiatan\nDokumentasi",
        price=price + number * 7_919 % 90 * 50_000,
        duration_days=5 + number % 90,
        version_number=changes(number),
        state="published",
        created_at=at,
        state_since=at,
        published_at=at,
    )


def answer(asked: CategoryAttribute, number: int) -> Any:
    """An answer that the question accepts."""
    keys = [key for key, _ in asked.choices]
    turn = number + (asked.pk or 0)
    match asked.kind:
        case "number":
            return 1 + turn % 30
        case "yes_no":
            return turn % 3 > 0
        case "choice":
            return keys[turn % len(keys)]
        case "many":
            return keys[: 1 + turn % len(keys)]
    return "DATA CONTOH"


def changes(number: int) -> int:
    """How many versions it has had: one in five was made dearer once, one in twenty twice."""
    return 3 if number % 20 == 0 else 2 if number % 5 == 0 else 1


def versions(row: Service, shelf: dict[str, Shelf], span: Span) -> Iterator[ServiceVersion]:
    """From the first price to that of today."""
    given = answers(shelf[row.category.key].questions, row.attributes)
    content = content_of(row, areas=[row.provider.area], photos=[], answers=given)
    assert row.published_at  # noqa: S101
    step = (span.moment - row.published_at) / row.version_number
    for each in range(row.version_number):
        price = row.price * (100 - 6 * (row.version_number - 1 - each)) // 100
        yield ServiceVersion(
            service=row, number=each + 1, content={**content, "price": price}, price=price,
            made_at=row.published_at + step * each,
        )  # fmt: skip
