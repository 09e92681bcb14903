"""The demo village's budget list, taken over from a file as Siskeudes exports it. Its neighbour has none, and types."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

from core.sheets import Line
from transactions import siskeudes
from transactions.models import Activity, ActivityImport
from transactions.models.planning.activity_import import fingerprint_of

FIELDS = {
    "01": "Penyelenggaraan Pemerintahan Desa",
    "02": "Pelaksanaan Pembangunan Desa",
    "04": "Pemberdayaan Masyarakat Desa",
}
# Kegiatan, sub bidang, name, source, volume, unit, ceiling
ACTIVITIES = [
    ("01.04.02", "Tata Praja Pemerintahan", "Penyusunan Dokumen Perencanaan Desa", "ADD", "2", "dokumen", "18000000"),
    ("01.04.08", "Tata Praja Pemerintahan", "Pengembangan Sistem Informasi Desa", "DDS", "1", "paket", "15000000"),
    ("01.05.04", "Pertanahan", "Pemetaan Batas dan Potensi Desa", "DDS", "1", "paket", "12000000"),
    ("02.02.02", "Kesehatan", "Penyelenggaraan Posyandu", "DDS", "12", "bulan", "24000000"),
    ("02.03.10", "Pekerjaan Umum", "Pembangunan Jalan Usaha Tani", "DDS", "450,5", "meter", "185000000"),
    ("02.03.16", "Pekerjaan Umum", "Pembangunan Embung Desa", "DDS", "1", "unit", "260000000"),
    ("02.04.11", "Kawasan Permukiman", "Pengelolaan Sampah Desa", "DDS", "1", "paket", "20000000"),
    ("04.03.02", "Kapasitas Aparatur Desa", "Peningkatan Kapasitas Perangkat Desa", "ADD", "9", "orang", "25000000"),
    ("04.06.03", "Penanaman Modal", "Pelatihan Pengelolaan BUM Desa", "DDS", "20", "orang", "15000000"),
    ("04.07.01", "Perdagangan dan Industri", "Pelatihan Usaha Mikro Desa", "DDS", "25", "orang", "12000000"),
]
# The orders of the story, by the beginning of their titles: which activity pays.
PAYS = {
    "Pelatihan pengelola BUM": "04.06.03",
    "Pelatihan bank sampah": "02.04.11",
    "Pengemasan produk": "04.07.01",
    "Situs web": "01.04.08",
    "DED jalan": "02.03.10",
    "Perencanaan embung": "02.03.16",
    "Peta potensi": "01.05.04",
}


def row_of(number: int, village: str, year: int, cells: tuple[str, ...]) -> dict[str, Any]:
    """One line of the export, read as an uploaded file's would be."""
    code, sub, name, source, volume, unit, ceiling = cells
    own = f"{village[6:]}."
    values = (
        str(year), own, f"{own}{code}.", name, FIELDS[code[:2]], sub, source, volume, unit, ceiling,
        "Lalu Contoh Wirya", "Kasi Kesejahteraan", "Dusun Contoh", f"Semester pertama {year}",
    )  # fmt: skip
    names = [column.name for column in siskeudes.COLUMNS]
    return siskeudes.read_row(Line(number, dict(zip(names, values, strict=True))), village=village)


def read(village: str, lines: list[tuple[int, tuple[str, ...]]], name: str) -> ActivityImport:
    """A file of these lines, not yet received."""
    return ActivityImport(
        village_id=village,
        file_name=name,
        sha256=hashlib.sha256(repr(lines).encode()).hexdigest(),
        rows=[row_of(number, village, *line) for number, line in enumerate(lines, 2)],
    )


def load(person: Any, village: str, years: set[int]) -> None:
    """Read the file and take it over, as the village's operator."""
    lines: list[tuple[int, tuple[str, ...]]] = [(year, cells) for year in sorted(years) for cells in ACTIVITIES]
    document = read(village, lines, "kegiatan-contoh.xlsx")
    document.receive(by=person)
    document.apply(by=person, seen=fingerprint_of(document.compare()))


def propose(person: Any, village: str, year: int) -> None:
    """A file with the changed budget that nobody has taken over yet: a new row, a changed one, one as it was."""
    more = ("04.02.01", "Kelautan dan Perikanan", "Pelatihan Budidaya Ikan", "DDS", "15", "orang", "9000000")
    raised = (*ACTIVITIES[3][:6], "27500000")
    read(village, [(year, more), (year, raised), (year, ACTIVITIES[0])], "perubahan-contoh.csv").receive(by=person)


def paying(title: str, village: str, day: datetime.date) -> Activity | None:
    """The activity that pays an order; None in a village without a list."""
    code = next((code for begins, code in PAYS.items() if title.startswith(begins)), "")
    return Activity.objects.filter(village=village, fiscal_year=day.year, activity_code=code).first()


def story_years(now: datetime.datetime, days: int) -> set[int]:
    """The years through which a story of so many days runs."""
    return {(now - datetime.timedelta(days=days)).year, now.year}
