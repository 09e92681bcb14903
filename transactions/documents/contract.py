"""The contract's papers."""

from __future__ import annotations

from typing import Any

from accounts.models import Role
from core import documents
from core.models import PrintedDocument
from transactions.documents.frame import Printable, holder_of, letterhead
from transactions.order import Order


def issue_spk(contract: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The SPK from the contract's frozen snapshot."""
    snapshot = documents.thaw(contract.snapshot)
    village = contract.village
    return documents.issue(
        kind="spk",
        title="Surat Perintah Kerja (SPK)",
        template="transactions/print_spk.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": snapshot["number"],
            "spk": snapshot,
            "fingerprint": contract.snapshot_sha256,
            "order": contract.need.code,
            "place": village.zone_name,
            "signatures": {
                "place": village.name,
                "date": snapshot["signed_on"],
                "left": {
                    "heading": f"Penyedia, {snapshot['provider']['name']}",
                    "name": snapshot["provider"]["person"],
                    "position": snapshot["provider"]["position"],
                },
                "right": {
                    "heading": f"Untuk dan atas nama {village.label}",
                    "name": snapshot["manager"]["name"],
                    "position": snapshot["manager"]["position"],
                },
            },
        },
        holder=contract,
        by=by,
        paper=paper,
        key=f"spk:{contract.pk}:{paper}",
    )


def issue_bast(contract: Any, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The hand-over: filled once recorded; before that with dotted number, day and place to write on."""
    village, spk = contract.village, documents.thaw(contract.snapshot)
    recorded = contract.handover_on is not None
    return documents.issue(
        kind="bast",
        title="Berita Acara Serah Terima Hasil Pekerjaan",
        template="transactions/print_bast.html",
        snapshot={
            "letterhead": letterhead(village),
            "letter_number": contract.handover_number,
            "spk": spk,
            "on": contract.handover_on,
            "at": contract.handover_place,
            "inspection": contract.inspection_note,
            "village": village.label,
            "order": contract.need.code,
            "place": village.zone_name,
            "signatures": {
                "place": village.name,
                "date": contract.handover_on,
                "left": {
                    "heading": "Pihak Pertama, yang menyerahkan",
                    "name": spk["provider"]["person"],
                    "position": f"{spk['provider']['position']}, {spk['provider']['name']}",
                },
                "right": {
                    "heading": "Pihak Kedua, yang menerima",
                    "name": spk["manager"]["name"],
                    "position": spk["manager"]["position"],
                },
                "more": [[{"heading": "Mengetahui,", **holder_of(village, Role.VILLAGE_HEAD)}, None]],
            },
        },
        holder=contract,
        by=by,
        paper=paper,
        key=f"bast:{contract.pk}:{paper}:{'isi' if recorded else 'kosong'}",
    )


def available(order: Order) -> list[Printable]:
    """The contract's papers that can be asked for now."""
    found, contract = [], order.contract
    if contract is not None and contract.snapshot is not None:
        found.append(Printable("spk", "Surat Perintah Kerja (SPK)", lambda **k: issue_spk(contract, **k)))
    if contract is not None and contract.state in ("inspected", "received", "handed_over"):
        found.append(Printable("bast", "Berita Acara Serah Terima (BAST)", lambda **k: issue_bast(contract, **k)))
    return found
