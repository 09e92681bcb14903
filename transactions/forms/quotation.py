"""The provider's offer, and the price that both sides agree on."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import MoveForm, RupiahField, ScanUploadField
from core.once import OnceForm

WORDS = {"rows": 4}


class QuotationFields(forms.Form):
    """What an offer says."""

    price = RupiahField(label="Harga penawaran", min_value=1, help_text="Sudah termasuk pajak. Contoh: 9.500.000")
    days = forms.IntegerField(label="Waktu pelaksanaan (hari kalender)", min_value=1, max_value=1000)
    approach = forms.CharField(
        label="Usulan teknis",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        help_text="Cara kerja, tenaga ahli, jadwal, dan keluaran.",
    )
    attachment = ScanUploadField(label="Lampiran penawaran", required=False)


class QuotationForm(OnceForm, QuotationFields):
    """The first offer."""


class ReviseForm(MoveForm, QuotationFields):
    """Another offer in place of the first, before the deadline."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("price", "days", "approach"):
            self.fields[name].initial = getattr(self.document, name)


class NegotiateForm(MoveForm):
    price = RupiahField(label="Harga hasil negosiasi", min_value=1)
    note = forms.CharField(
        label="Catatan negosiasi", widget=forms.Textarea(attrs=WORDS), max_length=1000, help_text="Apa yang disepakati."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"].initial = self.document.final_price
