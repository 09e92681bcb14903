"""What the lists can be asked: every parameter of an address passes through a form, and what is odd in it is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import LegalForm, Provider
from catalog import search
from catalog.models import Category, Service, ServiceKind
from catalog.models.rating import min_count
from catalog.paging import AFTER, BEFORE, Sort
from core.forms import RupiahField
from regions.forms import PICK, AreaField, Unfinished
from regions.models import Area, Level
from verification.models import Standing

RELEVANCE, NEWEST = "cocok", "terbaru"
SORTS: dict[str, Sort] = {
    RELEVANCE: Sort("Paling cocok", "rank"),
    NEWEST: Sort("Terbaru", "published_at", dt.datetime),
    "termurah": Sort("Harga terendah", "price", descending=False),
    "termahal": Sort("Harga tertinggi", "price"),
    "nilai": Sort("Penilaian tertinggi", "rating_score"),
}
STARS = (("4", "4 bintang ke atas"), ("3", "3 bintang ke atas"))


class AreaFilterField(AreaField):
    """A province or regency; the button that shows the next select filters by what is chosen so far."""

    def clean(self, value: Any) -> Area | None:
        return super().clean(str(value) if isinstance(value, Unfinished) else value)


class AreaFilter(django_filters.Filter):
    field_class = AreaFilterField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(level=Level.REGENCY, or_above=True, **kwargs)


class RupiahFilter(django_filters.Filter):
    field_class = RupiahField


class ListForm(forms.Form):
    """Counts what is set, so that a phone shows that the folded panel is not empty."""

    NOT_COUNTED = ("q", "urut")

    def count_set(self) -> int:
        return sum(1 for name, value in self.cleaned_data.items() if value and name not in self.NOT_COUNTED)


class _List(django_filters.FilterSet):
    """Common to both lists: the words asked for."""

    @property
    def words(self) -> list[str]:
        """What is searched for; empty when nothing is, or only words that say nothing."""
        return search.words_of(self.asked("q") or "")

    def asked(self, name: str) -> Any:
        """One parameter, judged; None when absent or odd."""
        return self.form.cleaned_data.get(name)

    @property
    def is_being_set(self) -> int:
        """Opens the panel: an area is being chosen step by step, or something in it is wrong."""
        busy = PICK in self.data or bool(self.form.errors)
        return max(1, self.form.count_set()) if busy else 0

    @property
    def panel_title(self) -> str:
        """Folded on a phone, the panel still says how much is set."""
        count = self.form.count_set()
        return f"Saring ({count} dipakai)" if count and not self.is_being_set else "Saring"

    def address(self, *without: str, **instead: str) -> str:
        """The same list from its start, without some parameters or with others instead."""
        query = self.data.copy()
        dropped = (AFTER, BEFORE, PICK, *without, *instead)
        for key in list(query):
            if (
                not query[key]
                or key in dropped
                or any(key.startswith(f"{name}_") and name == "wilayah" for name in dropped)
            ):
                del query[key]
        query.update(instead)
        return f"?{query.urlencode()}"

    @property
    def first_url(self) -> str:
        return self.address()

    @property
    def wider(self) -> list[tuple[str, str]]:
        """Ways to ask for less when nothing was found: (what to call it, address)."""
        ways = []
        area = self.asked("wilayah")
        if area and area.ancestor_codes:
            ways.append((f"Cari di seluruh provinsi {area.ancestry}", self.address(wilayah=area.province_code)))
        if len(self.words) > 1:
            ways += [(f"Cari “{word}” saja", self.address(q=word)) for word in self.words]
        for name, value in self.form.cleaned_data.items():
            if value and name not in ListForm.NOT_COUNTED:
                ways.append((f"Tanpa saringan “{self.form.fields[name].label}”", self.address(name)))
        return ways

    def keep(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """For parameters that another place acts on."""
        return queryset


class ServiceFilter(_List):
    q = django_filters.CharFilter(label="Kata", method="keep", max_length=search.LONGEST_TEXT)
    kategori = django_filters.ModelChoiceFilter(
        label="Kategori", field_name="category", to_field_name="key", empty_label="Semua kategori",
        queryset=lambda request: Category.objects.active(),
    )  # fmt: skip
    jenis = django_filters.ChoiceFilter(
        label="Jenis layanan", field_name="kind", choices=ServiceKind.choices, empty_label="Semua jenis"
    )
    wilayah = AreaFilter(label="Melayani wilayah", method="in_area")
    harga_min = RupiahFilter(label="Harga paling rendah", field_name="price", lookup_expr="gte")
    harga_maks = RupiahFilter(label="Harga paling tinggi", field_name="price", lookup_expr="lte")
    nilai = django_filters.ChoiceFilter(label="Penilaian", method="rated", choices=STARS, empty_label="Semua")
    bentuk = django_filters.ChoiceFilter(
        label="Bentuk penyedia",
        field_name="provider__legal_form",
        choices=LegalForm.choices,
        empty_label="Semua bentuk",
    )
    urut = django_filters.ChoiceFilter(
        label="Urutkan", method="keep", choices=[(key, sort.label) for key, sort in SORTS.items()],
        empty_label="Paling sesuai",
    )  # fmt: skip

    class Meta:
        model = Service
        fields: list[str] = []
        form = ListForm

    def in_area(self, queryset: Any, name: str, area: Area) -> Any:
        return queryset.orderable_in(area.code)

    def rated(self, queryset: Any, name: str, stars: str) -> Any:
        return queryset.filter(rating_score__gte=int(stars) * 100, rating_count__gte=min_count())

    @property
    def sort_key(self) -> str:
        """As asked; by relevance when words are searched for, else the newest first."""
        key = self.asked("urut") or RELEVANCE
        return NEWEST if key == RELEVANCE and not self.words else key

    @property
    def sort(self) -> Sort:
        return SORTS[self.sort_key]

    @property
    def sorts(self) -> list[tuple[str, str, str]]:
        """(key, name, address) of each way to sort that makes sense here."""
        ways = [key for key in SORTS if key != RELEVANCE or self.words]
        return [(key, SORTS[key].label, self.address(urut=key)) for key in ways]

    def found(self) -> Any:
        """The services asked for, with `rank` where they are sorted by it."""
        services = self.qs
        if not self.words:
            return services
        if self.sort_key == RELEVANCE:
            return search.ranked(services, self.words)
        return services.filter(search=search.asking(self.words))


class ProviderFilter(_List):
    q = django_filters.CharFilter(label="Nama atau nomor direktori", method="named", max_length=search.LONGEST_TEXT)
    wilayah = AreaFilter(label="Terdaftar di", method="in_area")
    kategori = django_filters.ModelChoiceFilter(
        label="Menawarkan layanan", method="offering", to_field_name="key", empty_label="Semua kategori",
        queryset=lambda request: Category.objects.active(),
    )  # fmt: skip
    bentuk = django_filters.ChoiceFilter(
        label="Bentuk", field_name="legal_form", choices=LegalForm.choices, empty_label="Semua bentuk"
    )

    class Meta:
        model = Provider
        fields: list[str] = []
        form = ListForm

    def named(self, queryset: Any, name: str, text: str) -> Any:
        return queryset.filter(pk__in=Standing.objects.current().search(text).values("provider_id"))

    def in_area(self, queryset: Any, name: str, area: Area) -> Any:
        there = Standing.objects.current()
        there = there.in_regency(area.code) if area.regency_code else there.filter(regency__parent=area)
        return queryset.filter(pk__in=there.values("provider_id"))

    def offering(self, queryset: Any, name: str, category: Category) -> Any:
        return queryset.filter(Exists(Service.objects.open().filter(category=category, provider=OuterRef("pk"))))
