"""What the lists can be asked: every parameter of an address passes through a form, and what is odd in it is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from accounts.models import LegalForm, Provider
from accounts.models.membership import today
from catalog import directory, search
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
        named = Q(pk__in=self.standings.search(text).values("provider_id"))
        if not self.words:
            return named
        offering = Service.objects.open().filter(search=search.asking(self.words))
        return named | Q(pk__in=offering.values("provider_id"))

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
