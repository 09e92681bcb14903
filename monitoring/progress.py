"""How far the assembling of a report is, for the page that waits. A hint in the cache; the rows are the truth."""

from django.core.cache import cache

from core.models import PrintedDocument
from monitoring.models import Report

STEPS = ("Menunggu giliran", "Menghitung angka", "Menyusun isi laporan", "Mencetak PDF", "Selesai")


def at_step(report: Report, step: int) -> None:
    """The worker is at step `step` (an index of STEPS)."""
    cache.set(f"report-step:{report.code}", step, timeout=600)


def step_of(report: Report, paper: PrintedDocument | None) -> int:
    """Where it is now: the index of STEPS."""
    if report.state == "queued":
        return cache.get(f"report-step:{report.code}") or 0
    if paper is not None and paper.file_id is None:
        return 3
    return 4
