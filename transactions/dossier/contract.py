"""The contract and the work: what both signed, what was done and inspected, and how it was handed over."""

from __future__ import annotations

from typing import Any

from transactions.dossier.frame import Holder, Paper, past, reached

PKA = "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"
SIGNED = past("drafted", "issued", "provider_signed")


def was_signed(contract: Any) -> bool:
    """Both signatures are due. A contract that ended before is a lack of nothing."""
    return contract.state != "terminated" and SIGNED(contract)


HOLDERS = (
    Holder(
        "transactions.Contract",
        need="sourcing__need",
        label="Kontrak",
        tell=lambda contract: contract.provider.name,
        select=("provider",),
    ),
)
PAPERS = (
    Paper(
        "spk",
        "Surat Perintah Kerja (SPK)",
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
    Paper("foto-kemajuan", "Foto kemajuan pekerjaan", of="transactions.contract", pictures=True, maker="Penyedia"),
    Paper(
        "bast",
        "Berita Acara Serah Terima (BAST)",
        of="transactions.contract",
        maker=PKA,
        expected=reached("handed_over"),
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
        expected=reached("handed_over"),
        when="sebelum pembelian ditutup",
        number="handover_number",
        on="handover_on",
    ),
)
