"""What follows when a Musdes does not accept: the choice, and each step of it."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import IndonesianDateField, MoveForm, RupiahField, ScanUploadField
from core.once import OnceForm
from transactions.models import Remedy, RemedyStep

WORDS = {"rows": 4}


class RemedyForm(OnceForm, forms.ModelForm):
    """Which way out, why, and until when."""

    due_on = IndonesianDateField(label="Paling lambat")
    asked = RupiahField(
        label="Pengurangan yang diminta",
        required=False,
        min_value=1,
        help_text="Hanya untuk pengurangan harga. Contoh: 500.000",
    )

    class Meta:
        model = Remedy
        fields = ("kind", "reason", "due_on", "asked")
        widgets = {"kind": forms.RadioSelect, "reason": forms.Textarea(attrs=WORDS)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = Remedy.Kind.choices  # type: ignore[attr-defined]
        self.fields["reason"].help_text = "Kaitkan dengan catatan keputusan Musdes."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Remedy.Kind.REDUCTION and not data.get("asked") and "asked" not in self.errors:
            self.add_error("asked", "Isi jumlah pengurangan yang diminta.")
        return data


class ReportRepairForm(MoveForm):
    note = forms.CharField(label="Yang diperbaiki", widget=forms.Textarea(attrs=WORDS), max_length=2000)
    proof = ScanUploadField(label="Foto atau laporan perbaikan", required=False)


class ConfirmRepairForm(MoveForm):
    note = forms.CharField(
        label="Hasil pemeriksaan", widget=forms.Textarea(attrs=WORDS), max_length=2000, required=False
    )


class RefundForm(MoveForm):
    number = forms.CharField(label="Nomor bukti setor", max_length=100)
    on = IndonesianDateField(label="Tanggal masuk Rekening Kas Desa")
    amount = RupiahField(label="Jumlah yang dikembalikan", min_value=1)
    proof = ScanUploadField(label="Bukti setor atau rekening koran")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = self.document.asked


class StepForm(MoveForm):
    stage = forms.ChoiceField(label="Langkah", choices=[(each.value, each.label) for each in RemedyStep.PATH])
    on = IndonesianDateField(label="Tanggal")
    note = forms.CharField(label="Yang dibicarakan dan hasilnya", widget=forms.Textarea(attrs=WORDS), max_length=2000)
    proof = ScanUploadField(label="Berita acara atau surat", required=False)


class SettleForm(MoveForm):
    outcome = forms.CharField(label="Hasil penyelesaian", widget=forms.Textarea(attrs=WORDS), max_length=2000)
    proof = ScanUploadField(label="Kesepakatan atau putusan")
