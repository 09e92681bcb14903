"""What is asked about a service, and answered; and how the list of questions is narrowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts import limits, people
from catalog.models.question import Question
from core.forms import MoveForm
from core.once import OnceForm
from core.validators import validate_no_contact


class QuestionForm(OnceForm, forms.ModelForm):
    """What a village wants to know of a service."""

    class Meta:
        model = Question
        fields = ("text",)
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}
        labels = {"text": "Pertanyaan Anda"}
        help_texts = {
            "text": "Satu hal yang ingin diketahui. Contoh: Apakah modulnya dapat disesuaikan dengan usaha BUM Desa kami?"
        }

    def clean_text(self) -> str:
        """The words must not tell who asks: neither the village's name nor the person's."""
        text: str = self.cleaned_data["text"]
        said = f" {' '.join(text.casefold().split())} "
        places = {each.area.label for each in people.memberships(self.user) if each.area and each.area.is_village}
        if any(f" {name.casefold()}" in said for name in (*places, self.user.name) if name):
            raise ValidationError(
                "Jangan menyebut nama Anda atau desa Anda: penyedia tidak perlu tahu siapa yang bertanya."
            )
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and (wait := limits.questions(self.user).take()):
            raise ValidationError(limits.sentence(wait))
        return cleaned

    def ask(self) -> Question:
        self.instance.ask(by=self.user)
        return self.instance


class AnswerForm(MoveForm):
    answer_text = forms.CharField(
        label="Jawaban",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        validators=[validate_no_contact],
        help_text="Dibaca semua orang. Tanpa nomor telepon, email, atau alamat situs; kontak Anda ada di profil.",
    )


class QuestionListForm(forms.Form):
    """What the list may be asked; what is odd is ignored."""

    q = forms.CharField(label="Kata atau nama layanan", max_length=100, required=False)
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "Semua status"), *Question.State.choices])

    def narrowed(self, rows: Any) -> Any:
        """The rows that hold every word, in this state."""
        for word in (self.cleaned_data.get("q") or "").split()[:6]:
            rows = rows.filter(
                Q(text__icontains=word) | Q(answer_text__icontains=word) | Q(service__title__icontains=word)
            )
        status = self.cleaned_data.get("status")
        return rows.filter(state=status) if status else rows
