"""Public tenders: finding one, taking part, asking and answering."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Case, Q, When

from accounts import people
from catalog.models import Category, Service
from core.forms import MoveForm
from core.once import OnceForm
from transactions.models import Sourcing, TenderQuestion

STAGES = [("", "Semua"), ("buka", "Masih menerima penawaran"), ("proses", "Sedang dinilai"), ("selesai", "Selesai"), ("gagal", "Gagal")]  # fmt: skip


class TenderFilterForm(forms.Form):
    """The list of tenders: words, stage, category."""

    q = forms.CharField(label="Kata kunci", max_length=100, required=False, help_text="Nama pekerjaan atau desa.")
    tahap = forms.ChoiceField(label="Tahap", choices=STAGES, required=False)
    kategori = forms.ModelChoiceField(
        label="Kategori", queryset=Category.objects.none(), to_field_name="key", required=False, empty_label="Semua"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kategori"]
        field.queryset = Category.objects.order_by("name")


class RegisterForm(OnceForm, forms.Form):
    """With which of one's own services one takes part."""

    service = forms.ModelChoiceField(
        label="Layanan yang Anda tawarkan",
        queryset=Service.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text="Layanan Anda yang terbit dan melayani desa ini; penilaian kelak dicatat pada layanan ini.",
    )

    def __init__(self, *args: Any, tender: Sourcing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Service.objects.orderable_in(tender.need.village_id).filter(provider__in=people.providers(self.user))
        field: Any = self.fields["service"]
        fits = Q(category=tender.need.category_id)
        field.queryset = own.select_related("provider").order_by(Case(When(fits, then=0), default=1), "title", "pk")
        if len(set(people.providers(self.user))) > 1:  # for whom of them
            field.label_from_instance = lambda service: f"{service.title} – {service.provider.name}"
        found = list(field.queryset[:2])
        if len(found) == 1:
            field.initial = found[0].pk
        self.has_service = bool(found)
        self.has_kind = bool(found) and found[0].category_id == tender.need.category_id


class AskForm(OnceForm, forms.ModelForm):
    """A question, in words that name nobody."""

    class Meta:
        model = TenderQuestion
        fields = ("text",)
        labels = {"text": "Pertanyaan Anda"}
        help_texts = {
            "text": "Jangan menulis nama atau nomor telepon Anda. Pertanyaan tampil tanpa nama setelah dijawab."
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}


class AnswerForm(MoveForm):
    """The team's answer, for everyone."""

    answer_text = forms.CharField(
        label="Jawaban",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Dibaca semua orang. Jawaban tidak dapat diubah; lingkup dan HPS tidak berubah karenanya.",
    )

    def clean_answer_text(self) -> str:
        text: str = self.cleaned_data["answer_text"]
        for judge in TenderQuestion._meta.get_field("answer_text").validators:
            judge(text)
        return text
