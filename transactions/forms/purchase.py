"""What the public may ask of the list of purchases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Min

from accounts.models import Provider
from catalog.lists.filters import AreaFilterField
from catalog.models import Category
from core.clock import today
from core.formats import WIB
from regions.models import Level
from transactions.models import Method, Publication


class PurchaseFilterForm(forms.Form):
    """Words, place, year, category, method; and one provider, from its page. Anything odd is ignored, not an error."""

    q = forms.CharField(label="Cari", max_length=100, required=False)
    wilayah = AreaFilterField(label="Wilayah", level=Level.VILLAGE, or_above=True, required=False)
    tahun = forms.TypedChoiceField(label="Tahun kontrak", coerce=int, required=False)
    kategori = forms.ModelChoiceField(
        Category.objects.active(), label="Kategori", to_field_name="key", required=False, empty_label="Semua kategori"
    )
    metode = forms.ChoiceField(label="Cara pengadaan", choices=[("", "Semua cara"), *Method.choices], required=False)
    penyedia = forms.ModelChoiceField(
        Provider.objects.all(), to_field_name="code", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = today().year
        first = Publication.objects.aggregate(first=Min("published_at"))["first"]
        years = range(this, (first.astimezone(WIB).year if first else this) - 1, -1)
        self.fields["tahun"].choices = [("", "Semua tahun"), *((str(year), str(year)) for year in years)]
