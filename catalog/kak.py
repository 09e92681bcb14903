"""The outline of a KAK (kerangka acuan kerja): a text with places to fill in, `{desa}`, kept as data.

Nothing but these names is replaced, so an outline that the ministry writes can do no more than name them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.core.exceptions import ValidationError

# What an outline may name, with what stands there.
KNOWN: Final = {
    "kegiatan": "nama kegiatan desa",
    "desa": "nama desa dengan kecamatan dan kabupatennya",
    "masalah": "masalah yang hendak diselesaikan",
    "tujuan": "maksud dan tujuan",
    "penerima": "penerima manfaat",
    "layanan": "nama layanan",
    "kategori": "kategori",
    "subkategori": "subkategori",
    "jenis": "jenis layanan",
    "lingkup": "uraian pekerjaan",
    "hasil": "yang diterima desa",
    "rincian": "jawaban atas pertanyaan kategori",
    "syarat": "yang disiapkan desa",
    "izin": "izin yang diperlukan",
    "lama": "jangka waktu",
    "satuan": "satuan harga",
    "dana": "sumber dana",
}  # fmt: skip
KNOWN_SENTENCE: Final = ", ".join(f"{{{name}}}" for name in KNOWN) + "."
BLANK: Final = "………………"

# Headings as in the KAK forms of village procurement (latar belakang sampai laporan); an example until a Perbup
# names its own.
OUTLINE: Final = """KERANGKA ACUAN KERJA (KAK)
{kegiatan}

1. Latar belakang
{masalah}

2. Maksud dan tujuan
{tujuan}

3. Penerima manfaat
{penerima}

4. Lokasi
{desa}

5. Sumber dana
{dana}

6. Lingkup pekerjaan
Bidang: {kategori}, {subkategori}. Jenis layanan: {jenis}.
{lingkup}
{rincian}

7. Hasil yang diterima desa
{hasil}

8. Tenaga ahli dan izin
{izin}

9. Yang disiapkan desa
{syarat}

10. Jangka waktu
{lama}

11. Laporan
Laporan kemajuan selama pekerjaan dan laporan akhir setelah pekerjaan selesai.
"""

_PLACE = re.compile(r"\{([^{}]*)\}")


def validate(text: str) -> None:
    """Refuse an outline that names what nobody can fill in."""
    unknown = [name for name in _PLACE.findall(text) if name not in KNOWN]
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in dict.fromkeys(unknown))
        raise ValidationError(f"Isian tidak dikenal: {named}. Yang dikenal: {KNOWN_SENTENCE}")


def fill(outline: str, values: Mapping[str, str]) -> str:
    """The outline with what is known; the rest stays a dotted line. Nothing is said of a subcategory or of answers
    that do not exist."""
    for name in ("subkategori", "rincian"):
        if not values.get(name, "").strip():
            outline = outline.replace(f", {{{name}}}", "").replace(f"{{{name}}}\n", "")
    return _PLACE.sub(lambda place: values.get(place[1], "").strip() or BLANK, outline)


def listed(lines: str) -> str:
    """A text of one thing a line, as a list."""
    return "\n".join(f"- {line.strip()}" for line in lines.splitlines() if line.strip())
