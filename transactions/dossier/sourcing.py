"""Finding who does the work: what was asked of whom, the offers, and how one was chosen."""

from __future__ import annotations

from transactions.dossier.frame import Holder, Paper

HOLDERS = (
    Holder("transactions.Sourcing", need="need", label="Pengadaan", office=True),
    Holder(
        "transactions.Quotation",
        need="sourcing__need",
        label="Penawaran",
        tell=lambda quotation: quotation.provider.name,
        select=("provider",),
    ),
)
PAPERS = (
    Paper(
        "lampiran-penawaran",
        "Surat penawaran dan lampirannya",
        of="transactions.quotation",
        field="attachment",
        maker="Penyedia",
        on="sent_at",
    ),
)
