"""What an applicant is told of its application: the way it goes, where it is, and what was done with it.

Told of the Pokja, never of its members: who read, who scored and what colleagues noted stays at the desk. Until the
decision nobody outside learns which way it leans.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.models import Event
from verification.models import Application, SubmittedDocument

# state: what the step is called while it lies before, in, or behind the application
WAY = {
    "draft": "Lengkapi dan ajukan",
    "submitted": "Menunggu Pokja",
    "checking": "Dokumen diperiksa",
    "interview": "Wawancara",
    "scoring": "Penilaian",
    "recommended": "Menunggu keputusan",
    "listed": "Terdaftar di direktori",
}
LIGHT = ("draft", "submitted", "checking", "recommended", "listed")
# The same step for who asks from outside.
SAME = {"returned": "checking", "unfit": "recommended"}
ENDS = {"rejected": "Ditolak", "withdrawn": "Dibatalkan"}

# What is told of each verb; others are the desk's own business.
TOLD = {
    "create": "Permohonan dibuat",
    "submit": "Diajukan",
    "withdraw": "Dibatalkan pemohon",
    "claim": "Mulai diperiksa",
    "give_back": "Dikembalikan untuk perbaikan",
    "pass_papers": "Dokumen dinyatakan sesuai",
    "schedule_interview": "Wawancara dijadwalkan",
    "record_interview": "Wawancara dilaksanakan",
    "recommend": "Penilaian selesai, menunggu keputusan",
    "find_unfit": "Penilaian selesai, menunggu keputusan",
    "recheck": "Diperiksa kembali",
    "list_provider": "Ditetapkan terdaftar",
    "confirm": "Perubahan data ditetapkan",
    "decline": "Ditolak",
    "reject": "Ditolak",
}
WITH_NOTE = ("give_back", "list_provider", "decline", "reject")
OWN = ("create", "submit", "withdraw")


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history, as the events component draws it."""

    verb_label: str
    at: datetime.datetime
    actor_name: str
    role_label: str = ""
    note: str = ""


def told(application: Application, events: Iterable[Event]) -> list[Told]:
    """What was done, without who of the Pokja did it, oldest first."""
    pokja = f"Pokja P2KTD {application.regency.name}"
    return [
        Told(
            TOLD[event.verb],
            event.at,
            event.actor_name if event.verb in OWN else pokja,
            note=event.note if event.verb in WITH_NOTE else "",
        )
        for event in events
        if event.verb in TOLD
    ]


def status(application: Application) -> tuple[str, str]:
    """Label and tone of the chip for whoever is outside the Pokja."""
    if application.state in ("recommended", "unfit"):
        return "Menunggu Keputusan", "info"
    return str(application.get_state_display()), application.state_tone


def way(application: Application, events: Iterable[Event]) -> list[dict[str, Any]]:
    """The steps of an application, each with when it was reached; where it ended, what was left out."""
    reached = {SAME.get(event.to_state, event.to_state): event.at for event in events if event.to_state}
    if application.state in ENDS:
        return _ended(application, reached)
    steps = LIGHT if application.is_light else tuple(WAY)
    now = steps.index(SAME.get(application.state, application.state))
    last = len(steps) - 1
    return [
        {
            "label": "Perlu perbaikan" if application.state == "returned" and place == now else WAY[step],
            "state": "done" if place < now or now == last else "now" if place == now else "next",
            "at": reached.get(step) if place <= now else None,
            "sentence": _interview(application) if step == "interview" and place == now else "",
        }
        for place, step in enumerate(steps)
    ]


def _ended(application: Application, reached: dict[str, datetime.datetime]) -> list[dict[str, Any]]:
    """What was gone through, then where it stopped."""
    gone = [{"label": WAY[step], "state": "done", "at": reached[step]} for step in WAY if step in reached]
    return [*gone, {"label": ENDS[application.state], "state": "stopped", "at": application.state_since}]


def _interview(application: Application) -> str:
    return "" if application.interview else "Pokja akan menghubungi Anda untuk menentukan waktunya."


def verdict_shown(application: Application, paper: SubmittedDocument, submitted_at: datetime.datetime | None) -> bool:
    """A verdict of a check that still goes on may change: only what was told with a return is shown meanwhile."""
    if application.state not in ("submitted", "checking"):
        return True
    return paper.judged_at is not None and submitted_at is not None and paper.judged_at < submitted_at
