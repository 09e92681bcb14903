"""The contract and the work: what both signed, what was done and inspected, and how it was handed over."""

from __future__ import annotations

from typing import Any

from core.formats import tanggal_sedang
from transactions.dossier.frame import Holder, Paper, past, reached

PKA = "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"
TAKEN_OVER = reached("received", "handed_over")


def sessions(contract: Any) -> list[tuple[int, str]]:
    """Material and attendance of the training sessions, each with its day."""
    found = []
    for session in contract.sessions.all():
        for file, name in ((session.material_id, "Bahan pelatihan"), (session.attendance_id, "Daftar hadir pelatihan")):
            if file is not None:
                found.append((file, f"{name} {tanggal_sedang(session.held_on)}"))
    return found


def photos(contract: Any) -> list[tuple[int, str]]:
    """The photographs of the reports and of the training sessions."""
    reported = [photo for report in contract.progress.all() for photo in report.photos.all()]
    trained = [photo for session in contract.sessions.all() for photo in session.photos.all()]
    found = [(photo.file_id, "Foto kemajuan pekerjaan") for photo in reported]
    return found + [(photo.file_id, "Foto pelatihan") for photo in trained]


HOLDERS = (
    Holder(
        "transactions.Contract",
        need="sourcing__need",
        label="Kontrak",
        tell=lambda contract: contract.provider.name,
        select=("provider",),
        prefetch=("sessions__photos", "progress__photos"),
    ),
    Holder(
        "transactions.Addendum",
        need="contract__sourcing__need",
        label="Adendum",
        tell=lambda addendum: f"ke-{addendum.sequence}",
    ),
)
PAPERS = (
    Paper(
        "spk",
        "Kontrak (surat pesanan, SPK, atau surat perjanjian)",
        of="transactions.contract",
        maker=PKA,
        expected=past("drafted", "terminated"),
        when="setelah kontrak terbit",
        number="number",
        on="signed_on",
        instead=("spk-desa",),
    ),
    Paper(
        "spk-penyedia",
        "Kontrak bertanda tangan penyedia (pindaian)",
        of="transactions.contract",
        field="provider_scan",
        maker="Penyedia",
        verb="sign_for_provider",
        expected=past("drafted", "terminated"),
        when="sebelum pekerjaan dimulai",
        number="number",
        on="signed_on",
    ),
    Paper(
        "spk-desa",
        "Kontrak bertanda tangan kedua pihak (pindaian)",
        of="transactions.contract",
        field="village_scan",
        maker=PKA,
        verb="sign_for_village",
        expected=past("drafted", "issued", "terminated"),
        when="sebelum pekerjaan dimulai",
        number="number",
        on="signed_on",
    ),
    Paper("adendum", "Adendum kontrak", of="transactions.addendum", maker=PKA, number="number", on="signed_on"),
    Paper(
        "adendum-penyedia",
        "Adendum bertanda tangan penyedia (pindaian)",
        of="transactions.addendum",
        field="provider_scan",
        maker="Penyedia",
        verb="sign_for_provider",
        expected=past("withdrawn"),
        when="sebelum adendum berlaku",
        number="number",
        on="signed_on",
    ),
    Paper(
        "adendum-desa",
        "Adendum bertanda tangan kedua pihak (pindaian)",
        of="transactions.addendum",
        field="village_scan",
        maker=PKA,
        verb="sign_for_village",
        expected=past("draft", "withdrawn"),
        when="sebelum adendum berlaku",
        number="number",
        on="signed_on",
    ),
    Paper(
        "ba-pemeriksaan",
        "Berita Acara Pemeriksaan",
        of="transactions.contract",
        maker=PKA,
        expected=reached("inspected", "received", "handed_over"),
        when="setelah hasil pekerjaan diperiksa",
    ),
    Paper("pelatihan", "Berkas pelatihan", of="transactions.contract", rows=sessions, least=0, maker="Penyedia"),
    Paper("foto", "Foto pekerjaan", of="transactions.contract", rows=photos, least=0, maker="Penyedia"),
    Paper(
        "bast",
        "Berita Acara Serah Terima (BAST)",
        of="transactions.contract",
        maker=PKA,
        expected=TAKEN_OVER,
        when="saat serah terima",
        number="handover_number",
        on="handover_on",
        instead=("bast-pindaian",),
    ),
    Paper(
        "bast-pindaian",
        "BAST bertanda tangan (pindaian)",
        of="transactions.contract",
        field="handover_scan",
        maker=PKA,
        verb="attach_handover_scan",
        expected=TAKEN_OVER,
        when="sebelum pembelian ditutup",
        number="handover_number",
        on="handover_on",
    ),
    Paper(
        "bast-kades",
        "BAST kepada Kepala Desa",
        of="transactions.contract",
        maker=PKA,
        expected=lambda contract: contract.state == "handed_over" and contract.head_handover_on is not None,
        when="saat diserahkan kepada Kepala Desa",
        number="head_handover_number",
        on="head_handover_on",
        instead=("bast-kades-pindaian",),
    ),
    Paper(
        "bast-kades-pindaian",
        "BAST kepada Kepala Desa bertanda tangan (pindaian)",
        of="transactions.contract",
        field="head_handover_scan",
        maker=PKA,
        verb="attach_head_scan",
        expected=lambda contract: contract.state == "handed_over" and contract.head_handover_on is not None,
        when="sebelum pembelian ditutup",
        number="head_handover_number",
        on="head_handover_on",
    ),
)
