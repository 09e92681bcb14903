"""Two contents of a service beside each other, line by line: what villages read, and what is to take its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from core.formats import rupiah

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a service says: before and after, as words; photos by their codes."""

    label: str
    old: str
    new: str
    old_photos: list[dict[str, str]] = field(default_factory=list)
    new_photos: list[dict[str, str]] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        return self.old != self.new or self.old_photos != self.new_photos


def _days(content: Content) -> str:
    days = content["duration_days"]
    return f"{days} hari kalender" if days else ""


LINES: Final[tuple[tuple[str, Callable[[Content], str]], ...]] = (
    ("Nama layanan", lambda content: content["title"]),
    ("Kategori", lambda content: content["category"]["name"]),
    ("Subkategori", lambda content: (content["subcategory"] or {}).get("name", "")),
    ("Jenis layanan", lambda content: content["kind_label"]),
    ("Harga", lambda content: f"{rupiah(content['price'])} per {content['unit_label']}"),
    ("Pajak", lambda content: "Sudah termasuk" if content["tax_included"] else "Belum termasuk"),
    ("Lama pengerjaan", _days),
    ("Ringkasan", lambda content: content["summary"]),
    ("Uraian", lambda content: content["description"]),
    ("Yang diterima desa", lambda content: content["deliverables"]),
    ("Syarat dan yang disiapkan desa", lambda content: content["requirements"]),
    ("Wilayah layanan", lambda content: "\n".join(area["name"] for area in content["areas"])),
)


def rows(old: Content | None, new: Content) -> list[Row]:
    """Every line of the new content with what stood there before; nothing stood there for a new service."""
    found = [Row(label, read(old) if old else "", read(new)) for label, read in LINES]
    found += _answers(old, new)
    photos = Row("Foto", "", "", old["photos"] if old else [], new["photos"])
    return [*found, photos] if photos.old_photos or photos.new_photos else found


def _answers(old: Content | None, new: Content) -> list[Row]:
    before = {each["key"]: each for each in (old["attributes"] if old else [])}
    after = {each["key"]: each for each in new["attributes"]}
    return [
        Row((after.get(key) or before[key])["label"], *(side.get(key, {}).get("text", "") for side in (before, after)))
        for key in [*after, *(key for key in before if key not in after)]
    ]
