"""The money: what was asked for, checked, approved and paid."""

from __future__ import annotations

from transactions.dossier.frame import Holder, Paper, past, reached

PKA = "Kasi/Kaur (Pelaksana Kegiatan Anggaran)"
REQUESTED = past("draft", "returned", "withdrawn")

HOLDERS = (
    Holder(
        "transactions.PaymentRequest",
        need="contract__sourcing__need",
        label="SPP",
        tell=lambda request: f"termin {request.termin}",
        select=("payment",),
    ),
)
PAPERS = (
    Paper(
        "tagihan",
        "Tagihan penyedia",
        of="transactions.paymentrequest",
        field="bill_scan",
        maker="Penyedia",
        verb="bill",
        number="bill_number",
        on="billed_on",
    ),
    Paper(
        "spp",
        "Surat Permintaan Pembayaran (SPP) dan pemeriksaan Sekretaris Desa",
        of="transactions.paymentrequest",
        maker=PKA,
        expected=REQUESTED,
        when="setelah SPP diajukan",
        number="number",
        on="requested_on",
    ),
    Paper(
        "tanggung-jawab",
        "Pernyataan Tanggung Jawab Belanja",
        of="transactions.paymentrequest",
        maker=PKA,
        expected=REQUESTED,
        when="sebelum SPP diajukan",
        on="requested_on",
        instead=("tanggung-jawab-pindaian",),
    ),
    Paper(
        "tanggung-jawab-pindaian",
        "Pernyataan Tanggung Jawab Belanja bertanda tangan (pindaian)",
        of="transactions.paymentrequest",
        field="statement",
        maker=PKA,
        verb="complete_papers",
        on="requested_on",
    ),
    Paper(
        "bukti-penerimaan",
        "Bukti penerimaan barang/jasa",
        of="transactions.paymentrequest",
        field="receipt",
        maker=PKA,
        verb="complete_papers",
        expected=REQUESTED,
        when="sebelum SPP diajukan",
        on="requested_on",
    ),
    Paper("kuitansi", "Kuitansi", of="transactions.paymentrequest", maker="Kaur Keuangan"),
    Paper(
        "bukti-transfer",
        "Bukti transfer",
        of="transactions.paymentrequest",
        field="payment.proof",
        maker="Kaur Keuangan",
        expected=reached("paid"),
        when="saat dibayar",
    ),
)
