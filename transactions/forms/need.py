"""The need: noted, corrected, agreed, budgeted; and the list of orders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts import people
from catalog.models import Category
from core.forms import IndonesianDateField, MoveForm, RupiahField
from core.once import OnceForm
from regions.models import Area
from transactions.models import Funding, Need

WORDS = {"rows": 4}


class NeedFields(forms.ModelForm):
    """What the village needs. The village comes from the person's memberships."""

    user: Any

    estimate = RupiahField(label="Perkiraan biaya", min_value=1, help_text="Contoh: 12.500.000")

    class Meta:
        model = Need
        fields = (
            "village",
            "title",
            "category",
            "problem",
            "place",
            "men",
            "women",
            "volume",
            "unit",
            "estimate",
            "why_provider",
        )
        widgets = {"problem": forms.Textarea(attrs=WORDS), "why_provider": forms.Textarea(attrs=WORDS)}
        help_texts = {
            "title": "Contoh: Pelatihan pengelola BUM Desa",
            "problem": "Ceritakan apa yang terjadi dan siapa yang terdampak.",
            "place": "Contoh: Dusun Mertak dan Dusun Bumbang",
            "unit": "Contoh: paket, dokumen, orang, bulan",
            "why_provider": "Swakelola didahulukan. Mengapa pekerjaan ini perlu penyedia dari luar desa?",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = people.territories(self.user, *Need.DRAFTERS, *Need.HELPERS)
        villages = Area.objects.within(codes).buyers()
        self.fields["village"].queryset = villages  # type: ignore[attr-defined]
        self.fields["category"].queryset = Category.objects.filter(active=True)  # type: ignore[attr-defined]
        only = list(villages[:2])
        if len(only) == 1:
            self.initial["village"] = only[0].pk  # the form's own: a new instance says None, which would win
            self.fields["village"].widget = forms.HiddenInput()
        for name in ("men", "women"):
            self.fields[name].required = False

    def clean_men(self) -> int:
        return self.cleaned_data["men"] or 0

    def clean_women(self) -> int:
        return self.cleaned_data["women"] or 0


class NeedForm(OnceForm, NeedFields):
    """A new need."""


class AmendNeedForm(NeedFields):
    """The need, corrected. Bound to a copy, so that the move works on the row as it stands."""

    def __init__(self, *args: Any, document: Need, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, instance=Need.objects.get(pk=document.pk), **kwargs)
        del self.fields["village"]

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data


class AgreeForm(MoveForm):
    musdes_on = IndonesianDateField(label="Tanggal Musdes perencanaan")
    musdes_number = forms.CharField(
        label="Nomor berita acara Musdes",
        max_length=100,
        help_text="Dari buku agenda desa. Contoh: 140/03/BA-Musdes/2026",
    )


class BudgetForm(MoveForm):
    fiscal_year = forms.IntegerField(label="Tahun anggaran", min_value=2015, max_value=2100)
    funding = forms.ChoiceField(label="Sumber dana", choices=Funding.choices)
    activity_code = forms.CharField(
        label="Kode kegiatan/rekening", max_length=40, help_text="Seperti pada APB Desa. Contoh: 4.3.02"
    )
    ceiling = RupiahField(label="Pagu anggaran", min_value=1, help_text="Contoh: 15.000.000")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fiscal_year"].initial = timezone.localdate(timezone=self.document.village.tzinfo).year


class WhyForm(MoveForm):
    reason = forms.CharField(label="Alasan", widget=forms.Textarea(attrs=WORDS), max_length=1000)


class OrderFilterForm(forms.Form):
    """What the list of orders may be asked. Anything odd is ignored, not an error."""

    q = forms.CharField(label="Cari", max_length=100, required=False)
    tahap = forms.ChoiceField(
        label="Tahap",
        required=False,
        choices=[
            ("", "Semua tahap"),
            ("kebutuhan", "Kebutuhan"),
            ("pengadaan", "Pengadaan"),
            ("kontrak", "Kontrak dan pelaksanaan"),
            ("pertanggungjawaban", "Pertanggungjawaban"),
            ("selesai", "Selesai"),
            ("batal", "Batal atau putus"),
        ],
    )
    tahun = forms.IntegerField(label="Tahun dicatat", min_value=2020, max_value=2100, required=False)
