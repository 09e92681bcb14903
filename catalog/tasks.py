"""The work behind an edition of the directory. Safe to run twice."""

from __future__ import annotations

from catalog.documents import workbook
from catalog.models import DirectoryEdition
from core.jobs import job
from core.models import StoredFile
from core.spreadsheet import XLSX


@job("catalog.edition_workbook")
def edition_workbook(edition: int) -> None:
    """Make the XLSX of a frozen edition, once."""
    row = DirectoryEdition.objects.select_related("regency").get(pk=edition)
    if row.workbook() is not None:
        return
    StoredFile.objects.store(
        workbook(row), name=f"{row.title} {row.code}.xlsx", content_type=XLSX, holder=row, public=True
    )
