"""What anybody may take away of the catalogue and the directory: each column with its name and its meaning, once.

The CSV, the JSON and the page that explains them are made of the same columns, so none can say what another does
not. A column is a function of a row; what has no column here (NIK, account, the person in charge, a home) is not
given away. Rows are read some hundred at a time by their key, so a download of 100,000 holds no more than that.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from accounts.models import LegalForm
from catalog import directory
from catalog.directory import area_label
from catalog.documents import one_decimal
from catalog.models import CategoryAttribute, Service, ServiceKind, ServiceVersion, Unit
from catalog.models.attribute import answers
from catalog.models.rating import min_count
from core.formats import WIB, desimal, tanggal_pendek, telepon
from core.models import DatedSetting
from regions.models import Area, Level
from verification.models import Standing

LICENCE = "open-data-licence"
SERVICES_AT_ONCE, LISTINGS_AT_ONCE = 1_000, 200
NO_LICENCE = {"nama": "Belum ditetapkan. Sebutkan sumber dan tanggalnya.", "alamat": ""}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in JSON, its head in a table, what it says, and how it is read from a row."""

    key: str
    head: str
    meaning: str
    of: Callable[[Any], Any]


def licence() -> dict[str, str]:
    """Under which terms the data may be used: what the ministry has set, with its first day and its source."""
    try:
        found = DatedSetting.objects.in_force(LICENCE)
    except LookupError:
        return NO_LICENCE
    return {"nama": str(found.get("nama", "")), "alamat": str(found.get("alamat", ""))}


def about(name: str) -> dict[str, Any]:
    """What stands at the head of a JSON file."""
    return {
        "nama": name,
        "sumber": f"Marketplace P2KTD, {settings.SITE_URL}",
        "diambil": timezone.now().astimezone(WIB).isoformat(timespec="seconds"),
        "lisensi": licence(),
        "penjelasan": f"{settings.SITE_URL}{reverse('open-data')}",
        **({"catatan": "DATA CONTOH"} if settings.DEMO else {}),
    }


# --- how a value is written -------------------------------------------------------------------------------
def in_table(value: Any) -> Any:
    """For people with a spreadsheet: ya and tidak, 31/12/2026, 4,7; several values with semicolons."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, dt.date):
        return tanggal_pendek(value)
    if isinstance(value, Decimal):
        return desimal(value)
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {in_table(each)}" for name, each in value.items())
    return "" if value is None else value


def in_json(value: Any) -> Any:
    """For programs: dates as 2026-12-31, decimals as numbers; the rest as it is."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def table(columns: Iterable[Column], rows: Iterable[Any]) -> Iterator[Iterable[Any]]:
    """Heads, then the rows, one at a time."""
    columns = tuple(columns)
    yield [column.head for column in columns]
    for row in rows:
        yield [in_table(column.of(row)) for column in columns]


def json_lines(name: str, columns: Iterable[Column], rows: Iterable[Any]) -> Iterator[str]:
    """One JSON object: about the data, then `data`, a list with a row on each line."""
    columns = tuple(columns)
    head = json.dumps(about(name), ensure_ascii=False)
    yield f'{head[:-1]}, "data": ['
    comma = "\n"
    for row in rows:
        cells = {column.key: in_json(column.of(row)) for column in columns}
        yield comma + json.dumps(cells, ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"


def changed_at() -> Subquery:
    """When what villages read of a service last changed: since when its version holds."""
    now = ServiceVersion.objects.filter(service=OuterRef("pk"), number=OuterRef("version_number"))
    return Subquery(now.order_by().values("made_at")[:1])


# --- services ---------------------------------------------------------------------------------------------
_SERVICE_FIELDS = (
    "pk", "code", "title", "summary", "category_id", "category__key", "category__name", "subcategory__name", "kind",
    "attributes", "unit", "price", "tax_included", "duration_days", "published_at", "version_number", "changed_at",
    "rating_total", "rating_count", "provider__code", "provider__name", "provider__legal_form", "provider__area_id",
)  # fmt: skip
_KINDS, _UNITS, _FORMS = dict(ServiceKind.choices), dict(Unit.choices), dict(LegalForm.choices)


def service_rows(services: QuerySet[Service]) -> Iterator[dict[str, Any]]:
    """These services with the areas they serve, read in pages by their key: two queries for each thousand."""
    places = {area.code: area for area in Area.objects.filter(level__in=[Level.PROVINCE, Level.REGENCY])}
    asked: dict[int, list[CategoryAttribute]] = {}
    for question in CategoryAttribute.objects.active():
        asked.setdefault(question.category_id, []).append(question)
    least, today = min_count(), timezone.now().astimezone(WIB).date()
    rows, last = services.annotate(changed_at=changed_at()).order_by("pk").values(*_SERVICE_FIELDS), 0
    while page := list(rows.filter(pk__gt=last)[:SERVICES_AT_ONCE]):
        last = page[-1]["pk"]
        served: dict[int, list[Area]] = {row["pk"]: [] for row in page}
        serving = Service.areas.through.objects.filter(service__in=list(served)).order_by("area_id")
        for pk, code in serving.values_list("service_id", "area_id"):
            served[pk].append(places[code])
        for row in page:
            row |= {"areas": served[row["pk"]], "least": least, "today": today}
            row["answers"] = answers(asked.get(row["category_id"], []), row["attributes"])
            yield row


def _rating(row: dict[str, Any]) -> Decimal | None:
    total, count = row["rating_total"], row["rating_count"]
    return one_decimal(Fraction(total, count * 10)) if count and count >= row["least"] else None


def _day(name: str) -> Callable[[dict[str, Any]], dt.date | None]:
    return lambda row: row[name].astimezone(WIB).date() if row[name] else None


SERVICE_COLUMNS = (
    Column("kode", "Kode", "Kode layanan; tidak berubah dan tidak dipakai ulang.", lambda row: row["code"]),
    Column("nama", "Nama layanan", "Nama yang diberikan penyedia.", lambda row: row["title"]),
    Column("ringkasan", "Ringkasan", "Satu atau dua kalimat dari penyedia.", lambda row: row["summary"]),
    Column("kategori_kunci", "Kunci kategori", "Kunci kategori, dipakai pada alamat halaman.", lambda row: row["category__key"]),
    Column("kategori", "Kategori", "Kategori program.", lambda row: row["category__name"]),
    Column("subkategori", "Subkategori", "Bidang yang lebih sempit dalam kategori itu; dapat kosong.", lambda row: row["subcategory__name"] or ""),
    Column("jenis", "Jenis layanan", "Cara penyedia membantu, misalnya bimbingan teknis atau studi.", lambda row: _KINDS[row["kind"]]),
    Column("harga", "Harga", "Rupiah utuh untuk satu satuan, pada tanggal keadaan.", lambda row: row["price"]),
    Column("satuan", "Satuan", "Harga berlaku untuk satu dari ini.", lambda row: _UNITS[row["unit"]]),
    Column("termasuk_pajak", "Termasuk pajak", "Apakah harga sudah termasuk pajak.", lambda row: row["tax_included"]),
    Column("lama_hari", "Lama (hari)", "Lama pengerjaan dalam hari kalender.", lambda row: row["duration_days"]),
    Column("keterangan", "Keterangan", "Jawaban penyedia atas pertanyaan kategori: nama pertanyaan dan jawabannya.", lambda row: {each.label: each.text for each in row["answers"]}),
    Column("wilayah_kode", "Kode wilayah layanan", "Kode Kemendagri kabupaten/kota yang dilayani; dua angka berarti seluruh provinsi.", lambda row: [area.code for area in row["areas"]]),
    Column("wilayah", "Wilayah layanan", "Nama wilayah yang sama, dalam urutan yang sama.", lambda row: [area_label(area) for area in row["areas"]]),
    Column("penyedia_kode", "Kode penyedia", "Kode penyedia; sama dengan kolom Kode pada data direktori.", lambda row: row["provider__code"]),
    Column("penyedia", "Penyedia", "Nama penyedia.", lambda row: row["provider__name"]),
    Column("penyedia_bentuk", "Bentuk penyedia", "Bentuk penyedia: badan usaha, lembaga, atau perorangan.", lambda row: _FORMS[row["provider__legal_form"]]),
    Column("penyedia_wilayah_kode", "Kode wilayah penyedia", "Kode Kemendagri kabupaten/kota kedudukan penyedia.", lambda row: row["provider__area_id"][:5]),
    Column("penilaian", "Penilaian rata-rata", "1 sampai 5; kosong bila penilaiannya belum cukup banyak.", _rating),
    Column("penilaian_jumlah", "Jumlah penilaian", "Banyaknya penilaian desa.", lambda row: row["rating_count"]),
    Column("tayang_sejak", "Tayang sejak", "Tanggal pertama tayang (WIB).", _day("published_at")),
    Column("versi", "Versi", "Bertambah satu setiap kali isi yang dibaca desa berubah.", lambda row: row["version_number"]),
    Column("berlaku_sejak", "Versi berlaku sejak", "Tanggal versi ini mulai berlaku (WIB).", _day("changed_at")),
    Column("tautan", "Tautan", "Halaman layanan, sumber baris ini.", lambda row: f"{settings.SITE_URL}/layanan/{row['code']}/"),
    Column("keadaan", "Keadaan per", "Tanggal data diambil (WIB).", lambda row: row["today"]),
)  # fmt: skip


# --- the directory ------------------------------------------------------------------------------------------
def listing_rows(listings: QuerySet[Standing]) -> Iterator[tuple[directory.Entry, int]]:
    """Entries of these listings in their order; only their numbers are held, the rest is read 200 at a time."""
    least = min_count()
    left = iter(list(listings.values_list("pk", flat=True)))
    while batch := list(islice(left, LISTINGS_AT_ONCE)):
        found = Standing.objects.select_related("regency").in_bulk(batch)
        for entry in directory.entries([found[pk] for pk in batch if pk in found]):
            yield entry, least


def _average(row: tuple[directory.Entry, int]) -> Decimal | None:
    entry, least = row
    average = entry.average if entry.rating_count >= least else None
    return one_decimal(average) if average else None


DIRECTORY_COLUMNS = (
    Column("nomor", "Nomor direktori", "Nomor dalam direktori kabupaten/kota.", lambda row: row[0].number),
    Column("nama", "Nama", "Nama penyedia.", lambda row: row[0].name),
    Column("bentuk", "Bentuk", "Badan usaha, lembaga, perguruan tinggi, atau perorangan.", lambda row: row[0].form),
    Column("bidang", "Bidang", "Kategori yang dikerjakan, menurut profil dan layanannya.", lambda row: [each.name for each in row[0].fields]),
    Column("alamat", "Alamat kantor", "Alamat kantor seperti tercantum dalam direktori.", lambda row: row[0].address),
    Column("wilayah_kantor", "Wilayah kantor", "Wilayah kedudukan kantor.", lambda row: row[0].office),
    Column("telepon", "Telepon kantor", "Telepon kantor.", lambda row: telepon(row[0].phone)),
    Column("email", "Email kantor", "Alamat email kantor.", lambda row: row[0].email),
    Column("situs", "Situs web", "Situs web; kosong bila tidak ada.", lambda row: row[0].website),
    Column("wilayah", "Wilayah layanan", "Kabupaten/kota dan provinsi yang dilayani.", lambda row: row[0].areas),
    Column("tenaga_ahli", "Tenaga ahli", "Banyaknya tenaga ahli menurut profil.", lambda row: row[0].experts),
    Column("layanan", "Layanan", "Nama layanan yang tayang.", lambda row: row[0].services),
    Column("penilaian", "Penilaian rata-rata", "1 sampai 5; kosong bila penilaiannya belum cukup banyak.", _average),
    Column("penilaian_jumlah", "Jumlah penilaian", "Banyaknya penilaian desa.", lambda row: row[0].rating_count),
    Column("terdaftar_di", "Terdaftar di", "Kabupaten/kota yang mendaftar penyedia ini.", lambda row: row[0].regency.name),
    Column("terdaftar_sejak", "Terdaftar sejak", "Hari pertama terdaftar.", lambda row: row[0].listed_on),
    Column("berlaku_sampai", "Berlaku sampai", "Hari terakhir terdaftar.", lambda row: row[0].valid_until),
    Column("keputusan_nomor", "Nomor keputusan", "Nomor keputusan penetapan.", lambda row: row[0].decree_number),
    Column("keputusan_tanggal", "Tanggal keputusan", "Tanggal keputusan penetapan.", lambda row: row[0].decree_date),
    Column("kode", "Kode", "Kode penyedia; tidak berubah dan tidak dipakai ulang.", lambda row: row[0].code),
)  # fmt: skip
