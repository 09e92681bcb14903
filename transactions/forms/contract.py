"""The contract, the work and its hand-over."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import ImagesUploadField, IndonesianDateField, MoveForm, ScanUploadField

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
