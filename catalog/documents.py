"""What is printed of the directory: a regency's booklet, the same as a workbook, and a provider's card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from catalog import directory
from catalog.directory import Entry
from catalog.models import Category, DirectoryEdition
from catalog.models.edition import BOOKLET
from catalog.models.rating import min_count
from core import documents, spreadsheet
from core.clock import today
from core.formats import tanggal_sedang, telepon
from core.models import Job, PrintedDocument
from regions.models import Area
from verification.models import Standing

CARD = "kartu-penyedia"
# With more entries the booklet keeps to its table: a page for every six of them would not be printed by anyone.
MOST_DETAILS = 200
MOST_SERVICES = 8


# --- a regency's edition ------------------------------------------------------------------------------------
def basis_of(standings: Sequence[Standing]) -> str:
    """The decrees on which a directory rests, in one sentence."""
    found = directory.decrees(standings)
    named = [f"Keputusan nomor {number} tanggal {tanggal_sedang(day)}" for number, day, _ in found]
    text = "; ".join(named)
    return text if len(text) <= 500 else f"{len(found)} keputusan, yang terakhir {named[-1][0].lower()}{named[-1][1:]}"


def publish(edition: DirectoryEdition, *, by: Any) -> DirectoryEdition:
    """Freeze today's directory of the edition's regency, and ask for its booklet and its workbook."""
    edition.as_of = today()
    listed = directory.entries(directory.in_order(edition.regency))
    content = {"basis": edition.basis, "entries": [frozen_entry(entry) for entry in listed]}
    frozen = documents.freeze(content)
    with transaction.atomic():
        edition.issue(
            by=by, snapshot=frozen, content_sha256=documents.fingerprint(frozen), entry_count=len(content["entries"])
        )
        print_edition(edition, by=by)
        Job.objects.enqueue("catalog.edition_workbook", key=f"workbook:{edition.pk}", edition=edition.pk)
    return edition


def frozen_entry(entry: Entry) -> dict[str, Any]:
    """An entry in words, as the papers show it; the average as people read it, hidden under a small count."""
    shown = entry.average is not None and entry.rating_count >= min_count()
    return {
        "code": entry.code,
        "number": entry.number,
        "name": entry.name,
        "form": entry.form,
        "fields": [{"bidang": str(each.get_bidang_display()), "name": each.name} for each in entry.fields],
        "address": entry.address,
        "office": entry.office,
        "phone": telepon(entry.phone),
        "email": entry.email,
        "website": entry.website,
        "areas": entry.areas,
        "experts": entry.experts,
        "services": entry.services,
        "average": one_decimal(entry.average) if shown else None,
        "ratings": entry.rating_count,
        "listed_on": entry.listed_on,
        "valid_until": entry.valid_until,
        "decree_number": entry.decree_number,
        "decree_date": entry.decree_date,
    }


def one_decimal(average: Any) -> Decimal:
    """4.66 stars as 4.6: never better than they are."""
    exact = Decimal(average.numerator) / Decimal(average.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_DOWN)


def print_edition(edition: DirectoryEdition, *, by: Any) -> PrintedDocument:
    """The booklet of an edition, from what it froze."""
    regency = edition.regency
    rows = numbered(documents.thaw(edition.snapshot)["entries"])
    snapshot = {
        "basis": edition.basis,
        "count": len(rows),
        "regency": {
            "name": regency.name,
            "short": regency.short_name,
            "full": regency.full_name,
            "province": regency.ancestry,
        },
        "as_of": edition.as_of,
        "revision": edition.revision,
        "reason": edition.reason,
        "issuer": {"name": by.name, "title": edition.may_issue(by).membership.title},
        "rows": rows,
        "contents": contents_of(rows),
        "details": len(rows) <= MOST_DETAILS,
        "site": settings.SITE_URL,
        "directory_url": f"{settings.SITE_URL}{reverse('regency-directory', args=[regency.code])}",
        "most_services": MOST_SERVICES,
        "services_slice": f":{MOST_SERVICES}",
        "minus_services": -MOST_SERVICES,
        "place": regency.zone_name,
    }
    return documents.issue(
        kind=BOOKLET,
        title=edition.title,
        template="catalog/print_directory.html",
        snapshot=snapshot,
        holder=edition.first(),
        by=by,
        number=edition.reference,
        revision=edition.revision,
        key=f"directory:{edition.pk}",
    )


def numbered(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the booklet: its number, its decree in words, where its QR code leads."""
    return [
        {
            "no": place,
            "decree": f"Keputusan nomor {entry['decree_number']} tanggal {tanggal_sedang(entry['decree_date'])}",
            "status_url": status_url(entry["code"]),
            **entry,
        }
        for place, entry in enumerate(listed, 1)
    ]


def contents_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who works in which field, for the pages of contents: bidang, within it categories, within them entries."""
    fields: dict[str, list[dict[str, Any]]] = {}
    for category in Category.objects.order_by("bidang", "order"):
        working = [row for row in rows if any(each["name"] == category.name for each in row["fields"])]
        if working:
            part = {"name": category.name, "rows": in_short(working)}
            fields.setdefault(str(category.get_bidang_display()), []).append(part)
    if without := [row for row in rows if not row["fields"]]:
        fields["Belum mengisi bidang"] = [{"name": "", "rows": in_short(without)}]
    return [{"name": bidang, "categories": parts} for bidang, parts in fields.items()]


def in_short(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Number, name and code by name, as the contents list them."""
    found = sorted(rows, key=lambda row: (row["name"].casefold(), row["no"]))
    return [{name: row[name] for name in ("no", "name", "code")} for row in found]


# --- the same as a workbook ------------------------------------------------------------------------------------
# (head, width, what it holds); codes and numbers of papers are text.
COLUMNS: tuple[tuple[str, int], ...] = (
    ("No", 5), ("No. Direktori", 22), ("Nama", 34), ("Bentuk", 24), ("Bidang", 40), ("Alamat kantor", 40),
    ("Wilayah kantor", 34), ("Telepon kantor", 18), ("Email kantor", 28), ("Situs web", 26), ("Wilayah layanan", 40),
    ("Tenaga ahli", 11), ("Layanan", 50), ("Penilaian (rata-rata)", 12), ("Jumlah penilaian", 11),
    ("Terdaftar sejak", 14), ("Berlaku s.d.", 14), ("Nomor keputusan", 26), ("Tanggal keputusan", 15), ("Kode", 14),
)  # fmt: skip


def workbook(edition: DirectoryEdition) -> bytes:
    """The XLSX of a frozen edition: the same bytes whenever it is made."""
    return spreadsheet.workbook(
        "Direktori",
        lines=(edition.title, edition.label, f"Dasar: {edition.basis}"),
        columns=COLUMNS,
        rows=[cells(place, entry) for place, entry in enumerate(documents.thaw(edition.snapshot)["entries"], 1)],
        properties={
            "title": str(edition),
            "subject": edition.basis,
            "created": edition.issued_at.astimezone(dt.UTC).replace(tzinfo=None),
        },
    )


def cells(place: int, entry: dict[str, Any]) -> list[Any]:
    """A frozen entry as a row of `COLUMNS`."""
    return [
        place, entry["number"], entry["name"], entry["form"],
        "; ".join(f"{each['bidang']}: {each['name']}" for each in entry["fields"]),
        entry["address"], entry["office"], entry["phone"], entry["email"], entry["website"],
        "; ".join(entry["areas"]), entry["experts"], "; ".join(entry["services"]),
        entry["average"], entry["ratings"], entry["listed_on"], entry["valid_until"],
        entry["decree_number"], entry["decree_date"], entry["code"],
    ]  # fmt: skip


# --- a provider's card ---------------------------------------------------------------------------------------------
def status_url(code: str) -> str:
    """Where the card's QR code leads."""
    return f"{settings.SITE_URL}{reverse('provider-status', args=[code])}"


def issue_card(standing: Standing, *, by: Any, sheet: bool = False) -> PrintedDocument:
    """A card for one listing, A6, or four of them on an A4 sheet. The same content is printed once."""
    entry = directory.entries([standing])[0]
    regency: Area = standing.regency
    snapshot = {
        "card": {
            "name": entry.name,
            "form": entry.form,
            "office": entry.office,
            "number": entry.number,
            "fields": [each.name for each in entry.fields],
            "listed_on": entry.listed_on,
            "valid_until": entry.valid_until,
            "decree_number": entry.decree_number,
            "decree_date": entry.decree_date,
            "regency": regency.name,
        },
        "status_url": status_url(entry.code),
        "copies": [1, 2, 3, 4] if sheet else [1],
        "place": regency.zone_name,
    }
    return documents.issue(
        kind=CARD,
        title=f"Kartu Penyedia P2KTD {entry.name}"[:200],
        template="catalog/print_card.html",
        snapshot=snapshot,
        holder=standing,
        by=by,
        key=f"kartu:{standing.pk}:{documents.fingerprint(documents.freeze(snapshot))[:32]}",
    )
