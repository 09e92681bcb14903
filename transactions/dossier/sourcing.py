"""Finding who does the work: what was asked of whom, the offers, and how one was chosen."""

from __future__ import annotations

from typing import Any

from transactions.dossier.frame import Holder, Paper

PKA, TPK = "Kasi/Kaur (Pelaksana Kegiatan Anggaran)", "TPK"
OPENED = ("opened", "evaluated", "awarded")


def by_offers(*states: str) -> Any:
    """By quotation or tender, in one of these states; a direct purchase needs less."""
    return lambda sourcing: sourcing.method != "direct" and sourcing.state in states


def named(quotation: Any) -> list[tuple[int, str]]:
    """The papers of an offer."""
    return [(paper.file_id, str(paper.get_kind_display())) for paper in quotation.papers.all()]


HOLDERS = (
    Holder("transactions.Sourcing", need="need", label="Pengadaan", office=True),
    Holder("transactions.Terms", need="sourcing__need", label="KAK dan HPS", office=True),
    Holder(
        "transactions.Invitation",
        need="sourcing__need",
        label="Permintaan penawaran",
        tell=lambda invitation: invitation.provider.name,
        select=("provider", "sourcing"),
    ),
    Holder("transactions.OpeningMinutes", need="sourcing__need", label="Pembukaan penawaran", office=True),
    Holder(
        "transactions.Quotation",
        need="sourcing__need",
        label="Penawaran",
        tell=lambda quotation: quotation.provider.name,
        select=("provider",),
        prefetch=("papers",),
    ),
    Holder("transactions.EvaluationMinutes", need="sourcing__need", label="Evaluasi", office=True),
)
PAPERS = (
    Paper(
        "kak",
        "Kerangka Acuan Kerja (KAK)",
        of="transactions.sourcing",
        maker=PKA,
        expected=by_offers("draft", "open", "opening", *OPENED),
        when="sebelum undangan dikirim",
        bidders=True,
    ),
    Paper(
        "hps",
        "Harga Perkiraan Sendiri (HPS)",
        of="transactions.sourcing",
        maker=PKA,
        expected=by_offers("draft", "open", "opening", *OPENED),
        when="sebelum undangan dikirim",
    ),
    Paper(
        "surat-permintaan",
        "Surat Permintaan Penawaran",
        of="transactions.invitation",
        maker=TPK,
        expected=lambda invitation: (
            by_offers("open", "opening", *OPENED)(invitation.sourcing)
            and invitation.sourcing.method != "tender"
            and invitation.how == "invited"
        ),
        when="setelah undangan dikirim",
        number="request_number",
        on="request_on",
        bidders=True,
    ),
    Paper(
        "pengumuman-lelang",
        "Pengumuman Lelang",
        of="transactions.sourcing",
        maker=TPK,
        expected=lambda sourcing: sourcing.method == "tender" and sourcing.announced_at is not None,
        when="setelah lelang diumumkan",
        number="request_number",
        on="request_on",
        bidders=True,
    ),
    Paper(
        "berkas-penawaran", "Berkas penawaran", of="transactions.quotation", rows=named, maker="Penyedia", on="sent_at"
    ),
    Paper(
        "lampiran-penawaran",
        "Lampiran penawaran",
        of="transactions.quotation",
        field="attachment",
        maker="Penyedia",
        on="sent_at",
    ),
    Paper(
        "ba-pembukaan",
        "Berita Acara Pembukaan Penawaran",
        of="transactions.openingminutes",
        maker=TPK,
        expected=lambda minutes: bool(minutes.second_name),  # one opens a direct purchase, and needs none
        when="setelah penawaran dibuka",
        number="number",
    ),
    Paper(
        "ba-evaluasi",
        "Berita Acara Hasil Evaluasi",
        of="transactions.sourcing",
        maker=TPK,
        expected=by_offers("evaluated", "awarded"),
        when="setelah evaluasi",
    ),
    Paper(
        "ba-negosiasi",
        "Berita Acara Hasil Negosiasi",
        of="transactions.quotation",
        maker=TPK,
        expected=lambda quotation: quotation.state == "won" and quotation.negotiated_price is not None,
        when="setelah harga disepakati",
        number="negotiation_number",
        on="negotiated_on",
        instead=("ba-negosiasi-pindaian",),
    ),
    Paper(
        "ba-negosiasi-pindaian",
        "Berita Acara Hasil Negosiasi bertanda tangan (pindaian)",
        of="transactions.quotation",
        field="negotiation_scan",
        maker=TPK,
        number="negotiation_number",
        on="negotiated_on",
    ),
    Paper(
        "penetapan",
        "Surat Penetapan Pemenang",
        of="transactions.sourcing",
        maker=TPK,
        expected=by_offers("awarded"),
        when="setelah pemenang ditetapkan",
        number="award_number",
        on="award_on",
        bidders=True,
    ),
    Paper(
        "pengumuman-pemenang",
        "Pengumuman Pemenang",
        of="transactions.sourcing",
        maker=TPK,
        expected=by_offers("awarded"),
        when="setelah pemenang ditetapkan",
        number="notice_number",
        on="award_on",
        bidders=True,
    ),
)
