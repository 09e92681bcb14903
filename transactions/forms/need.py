"""The need: noted, corrected, agreed, budgeted; and the list of orders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts import people
from catalog.models import Category
from core.formats import rupiah
from core.forms import IndonesianDateField, MoveForm, RupiahField
from core.once import OnceForm
from regions.models import Area
from transactions.models import Funding, Need, Origin

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
            "origin",
            "origin_note",
            "problem",
            "place",
            "men",
            "women",
            "poor_households",
            "volume",
            "unit",
            "estimate",
            "why_provider",
        )
        widgets = {"problem": forms.Textarea(attrs=WORDS), "why_provider": forms.Textarea(attrs=WORDS)}
        help_texts = {
            "title": "Contoh: Pelatihan pengelola BUM Desa",
            "problem": "Ceritakan apa yang terjadi dan siapa yang terdampak.",
            "origin_note": "Nomor kartu komitmen, nama indikator, atau Musdes yang mengusulkan. Contoh: Skor IDM, akses air bersih",
            "place": "Contoh: Dusun Mertak dan Dusun Bumbang",
            "poor_households": "Berapa di antaranya rumah tangga miskin (RTM/ARTM), bila sudah didata.",
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
        for name in ("men", "women", "origin"):
            self.fields[name].required = False
        self.fields["origin"].choices = Origin.choices  # type: ignore[attr-defined]

    def clean_origin(self) -> str:
        return self.cleaned_data["origin"] or self.instance.origin or Origin.TYPED

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


class PlaceForm(MoveForm):
    """Where the village's work plan names the need."""

    rkp_number = forms.CharField(
        label="Nomor Perdes RKP Desa", max_length=100, help_text="Contoh: Peraturan Desa Nomor 6 Tahun 2025"
    )
    rkp_on = IndonesianDateField(label="Tanggal Perdes RKP Desa")


class ActivityChoiceField(forms.ModelChoiceField):
    """An activity of the village's budget list, with what is left of it."""

    def label_from_instance(self, activity: Any) -> str:
        return (
            f"{activity.fiscal_year} · {activity.activity_code} {activity.name}, {activity.get_funding_display()},"
            f" sisa {rupiah(activity.remaining)}"
        )


class BudgetForm(MoveForm):
    """The activity from the village's list; typed where the village has none of this year or a later one."""

    activity = ActivityChoiceField(
        label="Kegiatan APB Desa", queryset=None, empty_label="Pilih kegiatan", help_text="Dari daftar kegiatan desa."
    )
    fiscal_year = forms.IntegerField(label="Tahun anggaran", min_value=2015, max_value=2100)
    funding = forms.ChoiceField(label="Sumber dana", choices=Funding.choices)
    activity_code = forms.CharField(
        label="Kode kegiatan/rekening", max_length=40, help_text="Seperti pada APB Desa. Contoh: 4.3.02"
    )
    ceiling = RupiahField(label="Pagu anggaran", min_value=1, help_text="Contoh: 15.000.000")
    planned_time = forms.CharField(
        label="Rencana waktu pelaksanaan",
        max_length=60,
        required=False,
        help_text="Untuk pengumuman rencana pengadaan. Contoh: Maret sampai April 2026",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = timezone.localdate(timezone=self.document.village.tzinfo).year
        listed = self.document.activities().filter(fiscal_year__gte=year)
        self.listed = listed.exists()
        if self.listed:
            for name in ("fiscal_year", "funding", "activity_code"):
                del self.fields[name]
            self.fields["activity"].queryset = listed.order_by("fiscal_year", "activity_code", "pk")  # type: ignore[attr-defined]
            self.fields["ceiling"].label = "Pagu untuk kebutuhan ini"
            self.fields["ceiling"].initial = self.document.estimate
        else:
            del self.fields["activity"]
            self.fields["fiscal_year"].initial = year

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        activity, ceiling = data.get("activity"), data.get("ceiling")
        if activity is not None and ceiling is not None and ceiling > activity.remaining:
            self.add_error("ceiling", f"Sisa anggaran kegiatan itu {rupiah(activity.remaining)}.")
        return data


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
