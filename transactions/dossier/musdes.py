"""The village assembly that hears the account, and the closing of the file."""

from __future__ import annotations

from typing import Any

from core.formats import tanggal_sedang
from transactions.dossier.frame import Holder, Paper, reached

BPD = "BPD"
decided = reached("decided")


def told(meeting: Any) -> str:
    """Which assembly: its day."""
    return tanggal_sedang(meeting.held_on) if meeting.held_on else ""


def photos(meeting: Any) -> list[tuple[int, str]]:
    return [(photo.file_id, "Foto Musdes") for photo in meeting.photos.all()]


def steps(remedy: Any) -> list[tuple[int, str]]:
    """What was handed in on the way, each with its day."""
    found = [step for step in remedy.steps.all() if step.proof_id is not None]
    return [(step.proof_id, f"{step.get_stage_display()} {tanggal_sedang(step.on)}") for step in found]


HOLDERS = (
    Holder("transactions.Accountability", need="contract__sourcing__need", label="Pertanggungjawaban"),
    Holder(
        "transactions.Meeting",
        need="items__accountability__contract__sourcing__need",
        label="Musdes",
        tell=told,
        prefetch=("photos",),
    ),
    Holder(
        "transactions.FollowUp",
        need="accountability__contract__sourcing__need",
        label="Tindak lanjut",
        tell=lambda duty: str(duty.what),
    ),
    Holder(
        "transactions.Remedy",
        need="accountability__contract__sourcing__need",
        label="Penyelesaian",
        tell=lambda remedy: str(remedy.get_kind_display()),
        prefetch=("steps",),
    ),
)
PAPERS = (
    Paper("undangan-musdes", "Undangan Musdes", of="transactions.meeting", maker=BPD, number="invitation_number"),
    Paper("ba-musdes-kosong", "Berita Acara Musdes (kosong)", of="transactions.accountability", maker=BPD),
    Paper("notulen-kosong", "Notulen Musdes (kosong)", of="transactions.accountability", maker=BPD),
    Paper("daftar-hadir", "Daftar Hadir Musdes (kosong)", of="transactions.accountability", maker=BPD),
    Paper(
        "ba-musdes",
        "Berita Acara Musdes",
        of="transactions.meeting",
        maker=BPD,
        expected=decided,
        when="setelah keputusan Musdes",
        number="minutes_number",
        on="held_on",
        instead=("ba-musdes-pindaian",),
    ),
    Paper(
        "ba-musdes-pindaian",
        "Berita Acara Musdes bertanda tangan (pindaian)",
        of="transactions.meeting",
        field="scan",
        maker=BPD,
        verb="attach",
        expected=decided,
        when="sebelum keputusan ditetapkan",
        number="minutes_number",
        on="held_on",
    ),
    Paper("notulen", "Notulen Musdes", of="transactions.meeting", maker=BPD, on="held_on"),
    Paper(
        "notulen-pindaian",
        "Notulen Musdes bertanda tangan (pindaian)",
        of="transactions.meeting",
        field="notes_scan",
        maker=BPD,
        on="held_on",
    ),
    Paper("buku-keputusan", "Baris Buku Keputusan Musdes", of="transactions.meeting", maker=BPD, on="held_on"),
    Paper(
        "daftar-hadir-pindaian",
        "Daftar Hadir Musdes bertanda tangan (pindaian)",
        of="transactions.meeting",
        field="attendance_scan",
        maker=BPD,
        verb="attach",
        expected=decided,
        when="sebelum keputusan ditetapkan",
        on="held_on",
    ),
    Paper(
        "foto-musdes",
        "Foto Musdes",
        of="transactions.meeting",
        rows=photos,
        least=2,
        maker=BPD,
        verb="attach",
        expected=decided,
        when="sebelum keputusan ditetapkan",
        on="held_on",
    ),
    Paper("tindak-lanjut", "Bukti tindak lanjut", of="transactions.followup", field="proof"),
    Paper("penyelesaian", "Bukti hasil penyelesaian", of="transactions.remedy", field="proof"),
    Paper("langkah", "Langkah penyelesaian", of="transactions.remedy", rows=steps, least=0),
)
