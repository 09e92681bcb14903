"""The contract, the work, its hand-over and its payment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.forms import ImagesUploadField, IndonesianDateField, MoveForm, RupiahField, ScanUploadField
from transactions import tax

WORDS = {"rows": 4}


class IssueForm(MoveForm):
    number = forms.CharField(
        label="Nomor SPK", max_length=100, help_text="Dari buku agenda desa. Contoh: 027/05/SPK/2026"
    )
    signed_on = IndonesianDateField(label="Tanggal SPK")
    starts_on = IndonesianDateField(label="Mulai pelaksanaan")


class ScanForm(MoveForm):
    scan = ScanUploadField(label="Pindaian atau foto dokumen yang sudah ditandatangani")


class ProgressForm(MoveForm):
    percent = forms.IntegerField(label="Kemajuan (persen)", min_value=0, max_value=100)
    text = forms.CharField(label="Apa yang sudah dikerjakan", widget=forms.Textarea(attrs=WORDS), max_length=2000)
    photos = ImagesUploadField(label="Foto pekerjaan", required=False, max_files=6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["percent"].initial = self.document.percent
        self.fields["percent"].help_text = f"Terakhir dilaporkan {self.document.percent} persen."


class AcceptForm(MoveForm):
    note = forms.CharField(
        label="Hasil pemeriksaan",
        widget=forms.Textarea(attrs=WORDS),
        max_length=1000,
        help_text="Apa yang diperiksa dan sesuai dengan SPK.",
    )


class HandOverForm(MoveForm):
    number = forms.CharField(
        label="Nomor BAST", max_length=100, help_text="Dari buku agenda desa. Contoh: 028/05/BAST/2026"
    )
    on = IndonesianDateField(label="Tanggal serah terima")
    place = forms.CharField(label="Tempat", max_length=150, help_text="Contoh: Kantor Desa")


class PaymentForm(MoveForm):
    """The transfer as the treasurer made it; the tax amounts are proposed, and theirs to correct."""

    number = forms.CharField(
        label="Nomor bukti pengeluaran", max_length=100, help_text="Seperti pada kuitansi desa. Contoh: KWT/07/2026"
    )
    paid_on = IndonesianDateField(label="Tanggal pembayaran")
    proof = ScanUploadField(label="Bukti transfer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract = self.document.contract
        today = timezone.localdate(timezone=contract.village.tzinfo)
        self.gross = contract.value
        self.lines = tax.estimate(contract.provider, contract.value, on=today)
        for line in self.lines:
            self.fields[f"tax_{line.tax}"] = RupiahField(
                label=f"{line.label} yang dipotong",
                initial=line.amount,
                help_text="Perkiraan; ubah sesuai perhitungan Kaur Keuangan.",
            )
        self.order_fields(["number", "paid_on", *(f"tax_{line.tax}" for line in self.lines), "proof"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if sum(data.get(f"tax_{line.tax}") or 0 for line in self.lines) >= self.gross:
            raise ValidationError("Jumlah pajak tidak boleh melebihi nilai pembayaran.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        taxes = [tax.TaxLine(line.tax, line.label, line.base, data.pop(f"tax_{line.tax}")) for line in self.lines]
        return {**data, "taxes": taxes}
