"""The judgement and the answer."""

from django import forms

from core.forms import MoveForm
from core.once import OnceForm
from reviews.models import WEIGHTS, Rating

SCALE = [(5, "5 – sangat baik"), (4, "4 – baik"), (3, "3 – cukup"), (2, "2 – kurang"), (1, "1 – buruk")]


class RatingForm(OnceForm, forms.ModelForm):
    """Five criteria and words."""

    class Meta:
        model = Rating
        fields = (*WEIGHTS, "comment")
        widgets = {"comment": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name in WEIGHTS:
            old = self.fields[name]
            self.fields[name] = forms.TypedChoiceField(
                label=old.label, help_text=old.help_text, choices=SCALE, coerce=int, widget=forms.RadioSelect
            )


class AnswerForm(MoveForm):
    reply = forms.CharField(
        label="Tanggapan Anda",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        help_text="Tampil bersama penilaian dan hanya dapat dikirim satu kali.",
    )
