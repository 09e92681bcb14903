"""What a village wants and nobody offers: saying it, answering it, and narrowing the list of it."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from accounts import limits, people
from catalog.models import Category, Service, WantedService
from catalog.models.wanted import ASKERS, key_of
from catalog.search import Asked
from core.forms import MoveForm
from core.once import OnceForm
from core.validators import validate_no_contact
from regions import codes
from regions.forms import AreaField, AreaFormMixin
from regions.models import Area
from regions.scope import within


class WantedForm(AreaFormMixin, OnceForm, forms.ModelForm):
    """A service that was looked for in vain; for one's own village, or one that one accompanies."""

    village = AreaField(label="Desa", only_buyers=True)
    anyway = forms.BooleanField(label="Layanan itu tidak sesuai kebutuhan desa; tetap sampaikan", required=False)

    class Meta:
        model = WantedService
        fields = ("words", "category", "village", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "words": "Sebut layanannya saja, tanpa nama orang atau desa. Contoh: pelatihan budidaya lebah madu",
            "note": "Untuk apa, kapan diperlukan, apa yang sudah dicoba.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.queryset, category.empty_label = Category.objects.active(), "Belum tahu"
        territories = codes.outermost(people.territories(self.user, *ASKERS))
        if len(territories) == 1 and len(territories[0]) == codes.LENGTHS[-1]:
            del self.fields["village"]
            self.instance.village = Area.objects.get(pk=territories[0])
        else:
            cast(AreaField, self.fields["village"]).within = territories
        self.offered = [] if self.is_bound else self._offered(self.initial.get("words", ""))

    def _offered(self, words: str) -> list[Service]:
        """Up to three services that hold all these words; for a known village those it can order."""
        asked = Asked(words)
        if not asked:
            return []
        village = self.instance.village_id
        services = Service.objects.orderable_in(village) if village else Service.objects.open()
        return list(asked.find(services).order_by("-rank", "-code")[:3])

    def clean_words(self) -> str:
        words: str = " ".join(self.cleaned_data["words"].split())
        validate_no_contact(words)
        if not key_of(words):
            raise ValidationError("Sebutkan layanannya dengan kata yang lebih khusus. Contoh: sumur bor")
        return words

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        village = cleaned.get("village") or getattr(self.instance, "village", None)
        if village and f" {village.name.casefold()} " in f" {cleaned.get('words', '').casefold()} ":
            self.add_error("words", "Jangan menyebut nama desa: penyedia melihat kata ini tanpa tahu desa mana.")
        if not self.errors and village:
            self.instance.village = village
            self.offered = self._offered(cleaned["words"])
            if self.offered and not cleaned.get("anyway"):
                self.add_error(
                    "anyway", "Sudah ada layanan yang memuat kata itu. Lihat dahulu, lalu centang bila tidak sesuai."
                )
        if not self.errors and (wait := limits.wanted(self.user).take()):
            raise ValidationError(limits.sentence(wait))
        return cleaned

    def want(self) -> WantedService:
        return self.instance.want(by=self.user)


class AnswerForm(MoveForm):
    answer_text = forms.CharField(
        label="Jawaban untuk desa",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Dibaca oleh desa. Contoh: Sejak bulan ini ditawarkan tiga penyedia; cari “lebah madu”.",
    )


class CloseForm(AnswerForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["answer_text"]
        field.label = "Mengapa ditutup"
        field.help_text = "Dibaca oleh desa. Contoh: Kegiatan ini dilayani Dinas Pertanian tanpa biaya."


class WantedListForm(forms.Form):
    """What the list may be asked; what is odd is ignored."""

    q = forms.CharField(label="Kata", max_length=100, required=False)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Semua status"), *WantedService.State.choices]
    )
    kategori = forms.ModelChoiceField(
        label="Kategori", required=False, queryset=Category.objects.none(), to_field_name="key",
        empty_label="Semua kategori",
    )  # fmt: skip
    kabupaten = forms.ModelChoiceField(
        label="Kabupaten/kota", required=False, queryset=Area.objects.none(), empty_label="Semua"
    )

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kategori"].queryset = Category.objects.active()  # type: ignore[attr-defined]
        regencies = Area.objects.filter(pk__in=rows.order_by().values("regency")).order_by("code")
        self.fields["kabupaten"].queryset = regencies  # type: ignore[attr-defined]
        self.fields["kabupaten"].label_from_instance = lambda area: area.label  # type: ignore[attr-defined]
        if len(regencies) < 2:
            del self.fields["kabupaten"]

    @property
    def asked(self) -> dict[str, Any]:
        """What is set and makes sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrowed(self, rows: Any) -> Any:
        """The rows that hold every word, in this state, category and regency."""
        asked = self.asked
        for word in asked.get("q", "").split()[:6]:
            rows = rows.filter(words__icontains=word)
        if "status" in asked:
            rows = rows.filter(state=asked["status"])
        if "kategori" in asked:
            rows = rows.filter(category=asked["kategori"])
        return rows.filter(within("village", [asked["kabupaten"].pk])) if "kabupaten" in asked else rows
