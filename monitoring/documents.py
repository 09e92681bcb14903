"""What is printed: the monthly report of an area, and the pendamping's own."""

from __future__ import annotations

from typing import Any

from core import documents
from core.models import PrintedDocument
from monitoring.models import FacilitatorReport, Report

REPORT_KIND = "laporan-bulanan"
FACILITATOR_KIND = "laporan-pendamping"


def print_report(report: Report, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The PDF of a report that is assembled; the same content and paper are printed once."""
    return documents.issue(
        kind=REPORT_KIND,
        title=report.title,
        template="monitoring/print_report.html",
        snapshot=documents.thaw(report.snapshot),
        holder=first_of(report),
        by=by,
        revision=report.revision,
        paper=paper,
        key=f"report:{report.pk}:{report.build}:{paper}",
    )


def print_facilitator_report(report: FacilitatorReport, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The PDF of a finished pendamping's report."""
    snapshot = documents.thaw(report.snapshot)
    snapshot["photos"] = [
        {"picture": documents.picture(photo.file), "caption": photo.caption}
        for photo in report.photos.filter(file__code__in=snapshot["photo_codes"]).select_related("file")
    ]
    return documents.issue(
        kind=FACILITATOR_KIND,
        title=report.title,
        template="monitoring/print_facilitator.html",
        snapshot=snapshot,
        holder=report,
        by=by,
        revision=report.revision,
        paper=paper,
        key=f"facilitator-report:{report.pk}:{report.revision}:{paper}",
    )


def first_of(report: Report) -> Report:
    """The report that this one revises: it holds the papers of all revisions, so that the check page of an old paper
    finds the newer one."""
    if not report.revision:
        return report
    return Report.objects.get(area=report.area_id, month=report.month, provisional=False, revision=0)


def newest_paper(document: Report | FacilitatorReport) -> PrintedDocument | None:
    """The paper printed last of this revision, with its file."""
    holder = first_of(document) if isinstance(document, Report) else document
    papers = PrintedDocument.objects.about(holder).filter(revision=document.revision)
    return papers.select_related("file").first()
