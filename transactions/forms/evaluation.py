"""How each opened offer is judged."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import MoveForm
from transactions.models import Quotation


class EvaluateForm(MoveForm):
    """One judgement for each quotation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Through `visible_to`: this page is reached by address before the opening, too, and by rivals.
        readable = Quotation.objects.visible_to(self.user).filter(sourcing=self.document, state="sealed")
        self.quotations = list(readable.select_related("provider", "attachment").order_by("price", "pk"))
        for quotation in self.quotations:
            self.fields[f"passes_{quotation.code}"] = forms.ChoiceField(
                label=f"{quotation.provider.name}: administrasi dan teknis",
                choices=[("yes", "Memenuhi syarat"), ("no", "Tidak memenuhi syarat")],
                widget=forms.RadioSelect,
            )
            self.fields[f"reason_{quotation.code}"] = forms.CharField(
                label=f"Catatan untuk {quotation.provider.name}",
                required=False,
                max_length=500,
                help_text="Wajib bila tidak memenuhi syarat; dibaca oleh penyedia.",
            )

    @property
    def rows(self) -> list[tuple[Quotation, Any, Any]]:
        """Each offer with the fields that judge it."""
        return [(q, self[f"passes_{q.code}"], self[f"reason_{q.code}"]) for q in self.quotations]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for quotation in self.quotations:
            if data.get(f"passes_{quotation.code}") == "no" and not data.get(f"reason_{quotation.code}"):
                self.add_error(f"reason_{quotation.code}", "Tuliskan alasan mengapa tidak memenuhi syarat.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "results": {q.code: (data[f"passes_{q.code}"] == "yes", data[f"reason_{q.code}"]) for q in self.quotations}
        }
