"""How a provider finds its own services: words, state, category; and those that the Pokja gave back."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Exists, OuterRef, Q

from accounts.models import Provider
from catalog.lists.paging import AFTER, BEFORE
from catalog.models import Category, Service
from catalog.models.review import ServiceReview

RETURNED: Final = "perbaikan"


class OwnServicesForm(forms.Form):
    """What one's own list is asked for; the address is its whole state."""

    q = forms.CharField(label="Kata", max_length=100, required=False)
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Semua"), (RETURNED, "Perlu diperbaiki"), *Service.State.choices],
    )
    kategori = forms.ModelChoiceField(
        Category.objects.none(), label="Kategori", to_field_name="key", required=False, empty_label="Semua kategori"
    )
    penyedia = forms.ModelChoiceField(
        Provider.objects.none(), label="Penyedia", to_field_name="code", required=False, empty_label="Semua"
    )

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        self.user = user
        own = Provider.objects.of(user)
        self.fields["kategori"].queryset = Category.objects.all()  # type: ignore[attr-defined]
        self.fields["penyedia"].queryset = own  # type: ignore[attr-defined]
        if len(own) < 2:
            del self.fields["penyedia"]
        self.is_valid()

    @property
    def count_set(self) -> int:
        """How many filters are set, besides the words."""
        return sum(1 for name, value in self.cleaned_data.items() if value and name != "q")

    def asked(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    def found(self) -> Any:
        """The services asked for, each with `returned`: the Pokja gave it, or its change, back."""
        back = ServiceReview.objects.filter(state="returned", service=OuterRef("pk"))
        rows = Service.objects.of(self.user).annotate(returned=Exists(back))
        for word in (self.asked("q") or "").split()[:8]:
            rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word) | Q(code__iexact=word))
        if state := self.asked("status"):
            rows = rows.filter(returned=True) if state == RETURNED else rows.filter(state=state)
        if category := self.asked("kategori"):
            rows = rows.filter(category=category)
        if provider := self.asked("penyedia"):
            rows = rows.filter(provider=provider)
        return rows

    @property
    def is_beyond(self) -> bool:
        """Not the first page?"""
        return AFTER in self.data or BEFORE in self.data
