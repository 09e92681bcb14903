"""The directory's questions."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import Q

from accounts.models import LegalForm, Provider
from catalog import directory, search
from catalog.lists.filters import STARS, AreaFilter, ListFilter, ListForm
from catalog.lists.paging import Sort
from catalog.models import Category
from catalog.models.rating import min_count
from core.clock import today
from verification.models import Standing

BY_NAME = "nama"
PROVIDER_SORTS: dict[str, Sort] = {
    BY_NAME: Sort("Menurut abjad", "name", str, descending=False),
    "nilai": Sort("Penilaian tertinggi", "rating_score"),
}
ENDING = "akan-berakhir"
LASTING_DAYS = {"3-bulan": 90, "6-bulan": 180, ENDING: 90}
LASTING = (
    ("3-bulan", "Berlaku sedikitnya 3 bulan lagi"),
    ("6-bulan", "Berlaku sedikitnya 6 bulan lagi"),
    (ENDING, "Berakhir dalam 3 bulan"),
)


class ProviderFilter(ListFilter):
    """The directory's questions. Those about a listing (where, until when) are about one and the same listing."""

    q = django_filters.CharFilter(
        label="Nama, nomor direktori, atau layanan", method="keep", max_length=search.LONGEST_TEXT
    )
    wilayah = AreaFilter(label="Terdaftar di", method="keep")
    kategori = django_filters.ModelChoiceFilter(
        label="Bidang", method="working_in", to_field_name="key", empty_label="Semua bidang",
        queryset=lambda request: Category.objects.active(),
    )  # fmt: skip
    bentuk = django_filters.ChoiceFilter(
        label="Bentuk", field_name="legal_form", choices=LegalForm.choices, empty_label="Semua bentuk"
    )
    nilai = django_filters.ChoiceFilter(label="Penilaian", method="rated", choices=STARS, empty_label="Semua")
    berlaku = django_filters.ChoiceFilter(label="Masa berlaku", method="keep", choices=LASTING, empty_label="Semua")
    urut = django_filters.ChoiceFilter(
        label="Urutkan", method="keep", choices=[(key, sort.label) for key, sort in PROVIDER_SORTS.items()],
        empty_label="Menurut abjad",
    )  # fmt: skip

    class Meta:
        model = Provider
        fields: list[str] = []
        form = ListForm

    def working_in(self, queryset: Any, name: str, category: Category) -> Any:
        return queryset.filter(directory.working_in(category))

    def rated(self, queryset: Any, name: str, stars: str) -> Any:
        return queryset.filter(rating_score__gte=int(stars) * 100, rating_count__gte=min_count())

    def filter_queryset(self, queryset: Any) -> Any:
        """All the filters, and those about a listing together."""
        found = super().filter_queryset(directory.with_score(queryset))
        if self.asked("wilayah") or self.asked("berlaku"):
            found = found.filter(pk__in=self.standings.values("provider_id"))
        if text := self.asked("q"):
            found = found.filter(self._named(text))
        return found

    @property
    def standings(self) -> Any:
        """The listings asked for: of those in force today, where and how long."""
        there = Standing.objects.current()
        if area := self.asked("wilayah"):
            there = there.in_regency(area.code) if area.regency_code else there.filter(regency__parent=area)
        if lasting := self.asked("berlaku"):
            side = "lt" if lasting == ENDING else "gte"
            there = there.filter(**{f"valid_until__{side}": today() + dt.timedelta(days=LASTING_DAYS[lasting])})
        return there

    def _named(self, text: str) -> Q:
        """By name or number; or by what it offers, said as in the catalogue."""
        return directory.found_by(text, self.words, self.standings)

    @cached_property
    def meant(self) -> tuple[str, str] | None:
        """(words, address) of what was perhaps meant, where nobody was found; only if it finds somebody."""
        text = search.Asked(self.asked("q") or "").mended()
        if not text:
            return None
        known = directory.found_by(text, search.words_of(text), Standing.objects.current())
        return (text, self.address(q=text)) if directory.listed().filter(known).exists() else None

    @property
    def sort_key(self) -> str:
        return self.asked("urut") or BY_NAME

    @property
    def sort(self) -> Sort:
        return PROVIDER_SORTS[self.sort_key]

    @property
    def sorts(self) -> list[tuple[str, str, str]]:
        """(key, name, address) of each way to sort."""
        return [(key, sort.label, self.address(urut=key)) for key, sort in PROVIDER_SORTS.items()]

    def listings(self) -> Any:
        """What a download of this list holds: a row for each listing, in the order of names."""
        rows = self.standings.filter(provider__in=self.qs.order_by().values("pk")).select_related("regency")
        return rows.order_by("provider__name", "provider__code", "regency_id")
