"""The first words of a KAK: from the category's outline, the service that the need began with, and the need itself.

An outline is a text that the ministry or a category writes (`catalog.kak`). Its headings are recognised by what they
say, so that each part lands in its field; what nobody knows yet stays empty there.
"""

from __future__ import annotations

import re
from typing import Any

from catalog import kak
from transactions.models import Need, Sourcing, Terms

_HEADING = re.compile(r"^\s*\d+[.)]\s+(.+?)\s*$", re.MULTILINE)
# The field a heading belongs to, by a word in it; the first that fits.
_FIELDS = (
    ("latar", "background"),
    ("maksud", "purpose"),
    ("tujuan", "purpose"),
    ("lingkup", "scope"),
    ("hasil", "output"),
    ("keluaran", "output"),
    ("sasaran", "output"),
    ("lokasi", "location"),
    ("spesifikasi", "specification"),
    ("tenaga ahli", "specification"),
    ("disiapkan", "from_village"),
    ("disediakan", "from_village"),
    ("fasilitas", "from_village"),
    ("laporan", "progress_reports"),
)
_LENGTHS = {"location": 300, "output": 2000, "from_village": 2000, "progress_reports": 1000}
FINAL = "Laporan akhir setelah pekerjaan selesai 100 %, dilengkapi hasil pekerjaan, foto, dan daftar hadir bila ada."


def parts_of(text: str) -> dict[str, str]:
    """Field -> the words under its heading; dotted lines for the village to fill in are left out."""
    found: dict[str, str] = {}
    pieces = _HEADING.split(text)[1:]
    for heading, body in zip(pieces[::2], pieces[1::2], strict=True):
        field = next((name for word, name in _FIELDS if word in heading.lower()), None)
        lines = [line for line in body.strip().splitlines() if kak.BLANK not in line]
        if field and (words := "\n".join(lines).strip()):
            found[field] = f"{found[field]}\n{words}" if field in found else words
    return found


def proposed(sourcing: Sourcing) -> dict[str, Any]:
    """What a new KAK starts from: that of an earlier try of the same need, else the outline filled in."""
    need = sourcing.need
    earlier = Terms.objects.filter(sourcing__need=need).order_by("-pk").first()
    if earlier is not None:
        said = {name: getattr(earlier, name) for name in Terms.TEXTS}
        return {**said, "scope": sourcing.scope, "days": sourcing.days, "schedule": earlier.schedule}
    found = parts_of(outline_of(need))
    found = {name: words[: _LENGTHS.get(name, 4000)] for name, words in found.items()}
    return {
        "background": need.problem,
        "location": place_of(need),
        "final_report": FINAL,
        **found,
        "scope": sourcing.scope,
        "days": sourcing.days,
        "purpose": found.get("purpose") or f"Memenuhi kebutuhan desa: {need.title}.",
        "output": found.get("output") or f"{need.volume} {need.unit} {need.title}.",
    }


def outline_of(need: Need) -> str:
    """The category's outline with all that service and need say."""
    service = need.service
    values = service.kak_values() if service is not None else {}
    said = {
        "kegiatan": need.activity.name if need.activity_id and need.activity else need.title,
        "desa": place_of(need),
        "masalah": need.problem,
        "penerima": beneficiaries(need),
        "dana": f"{need.get_funding_display()} Tahun Anggaran {need.fiscal_year}" if need.funding else "",
    }
    return need.category.kak_text({**values, **said})


def place_of(need: Need) -> str:
    return ", ".join(part for part in (need.place, need.village.full_name) if part)


def beneficiaries(need: Need) -> str:
    """Who benefits, in figures."""
    poor = f"; rumah tangga miskin {need.poor_households}" if need.poor_households else ""
    return f"Laki-laki {need.men} orang, perempuan {need.women} orang{poor}."
