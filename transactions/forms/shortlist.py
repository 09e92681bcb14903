"""For which need a service is kept, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from catalog.models import ServiceVersion
from core.once import OnceForm
from transactions.models import Need, Shortlisted

SHOWN = 100  # needs to choose from; older ones are reached from their own page


class ShortlistForm(OnceForm, forms.Form):
    need = forms.ModelChoiceField(
        label="Untuk kebutuhan", queryset=Need.objects.none(), to_field_name="code", empty_label="Pilih kebutuhan"
    )
    note = forms.CharField(
        label="Catatan",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Mengapa layanan ini dipertimbangkan. Hanya dibaca perangkat desa dan pendamping.",
    )

    def __init__(self, *args: Any, user: Any, version: ServiceVersion, needs: QuerySet[Need], **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.version = version
        choice: Any = self.fields["need"]
        shown = list(needs.values_list("pk", flat=True)[:SHOWN])
        asked = self.data.get("need") if self.is_bound else self.initial.get("need")
        choice.queryset = needs.filter(pk__in=shown) | needs.filter(code=str(asked or "")[:16])
        choice.label_from_instance = self.label_of
        self.needs = len(shown)
        if self.needs == 1 and not asked:
            self.initial["need"] = needs[0].code

    @staticmethod
    def label_of(need: Need) -> str:
        return f"{need.title} ({need.village.label}, {need.get_state_display().lower()})"

    def keep(self) -> Shortlisted:
        """Write it down."""
        need: Need = self.cleaned_data["need"]
        return need.shortlist(by=self.user, version=self.version, note=self.cleaned_data["note"])
