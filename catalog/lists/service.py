"""What the list of services can be asked, and the page that answers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

import django_filters
from django import forms
from django.db.models import BigIntegerField, Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast, Extract
from django.http import HttpRequest, QueryDict
from django.urls import reverse_lazy

from accounts.models import LegalForm
from catalog import search
from catalog.lists import facets, statement
from catalog.lists.cards import CARD_COLUMNS, Card
from catalog.lists.facets import Counts
from catalog.lists.filters import STARS, AreaFilter, FacetSelect, ListForm, RupiahFilter
from catalog.lists.frame import Frame, frame_of, neighbours
from catalog.lists.paging import AFTER, BEFORE, KeyPage, Sort, key_page, page_of
from catalog.lists.shown import ANSWER, ShownFilter
from catalog.lists.statement import Part
from catalog.models import Service, ServiceKind
from catalog.models.category import Unit
from core.kept import known
from regions.models import Area
from regions.scope import within

RELEVANCE, NEWEST, NEAREST = "cocok", "terbaru", "terdekat"
SORTS: dict[str, Sort] = {
    RELEVANCE: Sort("Paling cocok", "rank"),
    NEAREST: Sort("Terdekat", "nearness", descending=False),
    NEWEST: Sort("Terbaru", "published_at", dt.datetime),
    "termurah": Sort("Harga terendah", "price", descending=False),
    "termahal": Sort("Harga tertinggi", "price"),
    "nilai": Sort("Penilaian tertinggi", "rating_score"),
}
# Reckoned for the question at hand: no index is sorted by them, and only what passed the filters is.
RECKONED = ("rank", "nearness")
DURATIONS = tuple((str(days), f"Paling lama {days} hari") for days in facets.DURATIONS)
NEAR = "tetangga"
MOST_PARTS: Final = 4_096
_parts: dict[Any, Part] = {}


def _choice(label: str, empty: str, choices: Iterable[tuple[str, Any]] = (), **kwargs: Any) -> Any:
    """A filter that is a list of choices with their numbers."""
    return django_filters.ChoiceFilter(label=label, empty_label=empty, choices=choices, widget=FacetSelect, **kwargs)


class ServiceListForm(ListForm):
    """What does not go together is told, instead of finding nothing."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        low, high = given.get("harga_min"), given.get("harga_maks")
        if low and high and low > high:
            self.add_error("harga_min", "Harga paling rendah lebih besar daripada harga paling tinggi.")
        area = given.get("wilayah")
        if given.get("dekat") and not (area and area.regency_code) and "wilayah" not in self.errors:
            self.add_error("dekat", "Pilih kabupaten atau kota lebih dahulu; tetangganya dicari bersamanya.")
        return self.cleaned_data


class ServiceFilter(ShownFilter):
    """The list's questions. A category that is chosen adds its subcategories and its own questions."""

    q = django_filters.CharFilter(
        label="Kata", method="keep", max_length=search.LONGEST_TEXT,
        widget=forms.TextInput(attrs={"data-suggest": reverse_lazy("service-suggest")}),
    )  # fmt: skip
    wilayah = AreaFilter(label="Melayani wilayah", method="in_area")
    dekat = django_filters.ChoiceFilter(
        label="Jangkauan", method="keep", empty_label="Wilayah itu saja", widget=FacetSelect,
        choices=[(NEAR, "Termasuk tetangga")],
    )  # fmt: skip
    kategori = _choice("Kategori", "Semua kategori", method="in_category")
    jenis = _choice("Jenis layanan", "Semua jenis", ServiceKind.choices, field_name="kind")
    satuan = _choice("Satuan harga", "Semua satuan", Unit.choices, field_name="unit")
    harga_min = RupiahFilter(label="Harga paling rendah", field_name="price", lookup_expr="gte")
    harga_maks = RupiahFilter(label="Harga paling tinggi", field_name="price", lookup_expr="lte")
    durasi = _choice("Lama pengerjaan", "Semua", DURATIONS, field_name="duration_days", lookup_expr="lte")
    nilai = _choice("Penilaian", "Semua", STARS, method="rated")
    bentuk = _choice("Bentuk penyedia", "Semua bentuk", LegalForm.choices, field_name="provider__legal_form")
    persis = django_filters.ChoiceFilter(label="Ejaan", method="keep", choices=[("1", "Persis seperti diketik")])
    urut = django_filters.ChoiceFilter(
        label="Urutkan", method="keep", choices=[(key, sort.label) for key, sort in SORTS.items()],
        empty_label="Paling sesuai",
    )  # fmt: skip

    class Meta:
        model = Service
        fields: list[str] = []
        form = ServiceListForm

    def __init__(self, data: QueryDict, frame: Frame) -> None:
        self.frame = frame
        self.category = frame.by_key.get(data.get("kategori", ""))
        data = data.copy()
        super().__init__(data, Service.objects.all())
        self.filters["kategori"].extra["choices"] = [(each.key, each.name) for each in frame.categories]
        self._add_own_filters()
        for name in list(data):  # another category was chosen: its questions are others
            if (name.startswith(ANSWER) or name == "sub") and not self._offers(name, data.get(name, "")):
                del data[name]

    def _add_own_filters(self) -> None:
        """Those of the chosen category."""
        if self.category is None:
            return
        own = {}
        if subs := self.frame.subcategories.get(self.category.pk):
            own["sub"] = _choice(
                "Subkategori", "Semua subkategori", [(sub.key, sub.name) for sub in subs], method="in_sub"
            )
        for question in self.frame.questions.get(self.category.pk, ()):
            choices = [(option.key, option.label) for option in question.options]
            name = ANSWER + question.key
            own[name] = _choice(question.label, "Semua", choices, method="answering", field_name=name)
        for each in own.values():
            each.model, each.parent = Service, self
        at = list(self.filters).index("kategori") + 1
        every = list(self.filters.items())
        self.filters = type(self.filters)([*every[:at], *own.items(), *every[at:]])

    def _offers(self, name: str, value: str) -> bool:
        return name in self.filters and any(key == value for key, _ in self.filters[name].extra["choices"])

    def get_form_class(self) -> Any:
        """One class for each category, not one for each request."""
        key = self.category.pk if self.category else None
        return self.frame.forms.setdefault(key, super().get_form_class())

    # --- what each filter lets through ----------------------------------------------------------------
    def in_area(self, queryset: Any, name: str, area: Area) -> Any:
        return queryset.orderable_near(self.reach) if len(self.reach) > 1 else queryset.orderable_in(area.code)

    def in_category(self, queryset: Any, name: str, key: str) -> Any:
        return queryset.filter(category=self.frame.by_key[key])

    def in_sub(self, queryset: Any, name: str, key: str) -> Any:
        return queryset.filter(subcategory=self._sub(key))

    def answering(self, queryset: Any, name: str, key: str) -> Any:
        question = next(each for each in self._questions if ANSWER + each.key == name)
        return queryset.filter(search=search.holding(next(o.lexeme for o in question.options if o.key == key)))

    def rated(self, queryset: Any, name: str, stars: str) -> Any:
        return queryset.filter(rating_score__gte=int(stars) * 100, rating_count__gte=self.frame.least)

    def filter_queryset(self, queryset: Any) -> Any:
        found = super().filter_queryset(queryset)
        return found if self.asked("wilayah") else found.open()

    def _sub(self, key: str) -> Any:
        subs = self.frame.subcategories[self.category.pk] if self.category else []
        return next(sub for sub in subs if sub.key == key)

    @property
    def _questions(self) -> list[Any]:
        return self.frame.questions.get(self.category.pk, []) if self.category else []

    @cached_property
    def reach(self) -> tuple[str, ...]:
        """The area asked for, and its neighbours where they are asked for, too; empty without one."""
        area = self.asked("wilayah")
        if area is None:
            return ()
        near = self.asked("dekat") == NEAR and bool(area.regency_code)
        return (area.code, *(neighbours(self.frame.number, area.code) if near else ()))

    # --- words and sorts --------------------------------------------------------------------------------
    @cached_property
    def search(self) -> search.Asked:
        """What the words ask for."""
        return search.Asked(self.asked("q") or "", exact=bool(self.asked("persis")))

    @property
    def words(self) -> list[str]:
        return self.search.words

    @property
    def exact_url(self) -> str:
        """The same list for the words as they were typed."""
        return self.address(persis="1")

    @property
    def sort_key(self) -> str:
        """As asked; by relevance when words are searched for, else the newest first. The nearest need an area."""
        key = self.asked("urut") or (NEAREST if self.asked("dekat") and not self.words else RELEVANCE)
        if key == NEAREST and not self.reach:
            key = RELEVANCE
        return NEWEST if key == RELEVANCE and not self.words else key

    @property
    def sort(self) -> Sort:
        return SORTS[self.sort_key]

    @cached_property
    def sorts(self) -> list[tuple[str, str, str]]:
        """(key, name, address) of each way to sort that makes sense here."""
        hidden = {RELEVANCE: not self.words, NEAREST: not self.reach}
        return [(key, SORTS[key].label, self.address(urut=key)) for key in SORTS if not hidden.get(key)]

    # --- the answer ---------------------------------------------------------------------------------------
    def found(self) -> Any:
        """The services asked for, with `rank` or `nearness` where they are sorted by it."""
        if self.sort_key == RELEVANCE:
            return self.search.find(self.qs)
        found = self.search.find(self.qs, ranked=False)
        return found.annotate(nearness=self._nearness()) if self.sort_key == NEAREST else found

    def _nearness(self) -> Any:
        """Offices in the area itself, in the neighbours, in the province, elsewhere; the newest of equals first."""
        area, *_ = self.reach
        beside = [area, *neighbours(self.frame.number, area)]
        far = Case(
            When(within("provider__area", area), then=0),
            When(within("provider__area", beside), then=1),
            When(within("provider__area", area[:2]), then=2),
            default=3,
        )
        day = Cast(Extract("published_at", "epoch") / 86_400, IntegerField())
        return Cast(far, BigIntegerField()) * 100_000 + (Value(99_999) - day)

    def page(self, query: QueryDict) -> KeyPage:
        """The cards that the address asks for; one query."""
        sort = self.sort
        if sort.field in RECKONED:
            page = page_of(self.found().for_cards(), query, sort)
            return KeyPage(
                [Card.of(row, getattr(row, sort.field)) for row in page.rows], page.previous_url, page.next_url
            )

        def fetch(key: tuple[Any, str] | None, downwards: bool, most: int) -> list[Card]:
            parts = [part for name, part in self.parts().items() if name not in self._implied]
            if key:
                parts.append(statement.beyond(sort.field, key, downwards=downwards))
            rows = statement.ask(_CARDS[sort.field, downwards], parts, limit=most)
            return [Card.read(row, self.frame.kickers, self.frame.places) for row in rows]

        return key_page(fetch, query, sort)

    def parts(self) -> dict[str, Part]:
        """The conditions of what is asked, by the name of the filter; "" is for what is asked of every service."""
        found = dict(self._fixed_parts)
        if self.words:  # they may be settled otherwise on the way
            found["q"] = Part.of(self.search.matching(Service.objects.all()))
        return found

    @property
    def _implied(self) -> set[str]:
        """What other conditions say already; PostgreSQL, told twice, would guess that far fewer services pass."""
        own = [name for name in self.data if name == "sub" or name.startswith(ANSWER)]
        return {"kategori"} if any(self.asked(name) for name in own) else set()

    @cached_property
    def _fixed_parts(self) -> dict[str, Part]:
        found = {} if self.asked("wilayah") else {"": self._part("", None)}
        for name, value in self.form.cleaned_data.items():
            if value not in (None, "") and name not in ("q", "urut", "dekat", "persis"):
                found[name] = self._part(name, value)
        return found

    def _part(self, name: str, value: Any) -> Part:
        """One condition, compiled once a day."""
        plain = getattr(value, "pk", value)
        key = (name, plain, self.frame.number, self.frame.day, self.frame.least, self.reach if name == "wilayah" else (),
               self.category.pk if self.category and name.startswith((ANSWER, "sub")) else None)  # fmt: skip
        if (part := _parts.get(key)) is None:
            if len(_parts) >= MOST_PARTS:
                _parts.clear()
            rows = Service.objects.all()
            rows = self.filters[name].filter(rows, value) if name else rows.open()
            part = _parts[key] = Part.of(rows)
        return part

    def counts(self, number: int) -> Counts:
        """How many there are, and beside each choice; `number` is that of the data."""
        if self._counts and self._counts[0] == number and not self.words:
            return self._counts[1]
        parts, chosen = self.parts(), self._chosen
        unchosen = [part for name, part in parts.items() if name not in chosen]
        most = facets.MOST_WITH_WORDS if self.words else facets.MOST_COUNTED
        counts = facets.count(number, self.frame, unchosen, chosen, most=most, answers=self._answers(parts))
        total = counts.total if counts.whole else facets.capped(number, self.frame.day, tuple(parts.values()))
        by = dict(counts.by)
        by["kategori"] = self._named("kategori", {each.pk: each.key for each in self.frame.categories}, counts)
        if self.category:
            subs = self.frame.subcategories.get(self.category.pk, [])
            by["sub"] = self._named("sub", {sub.pk: sub.key for sub in subs}, counts)
        self._counts = number, Counts(total, by, counts.whole)
        return self._counts[1]

    _counts: tuple[int, Counts] | None = None

    @property
    def wider(self) -> list[tuple[str, str]]:
        """Only ways that find something, with how much; for a page without rows."""
        number, found = self._counts[0] if self._counts else 0, []
        for said, url in super().wider:
            other = ask_for(QueryDict(url.lstrip("?")), self.frame)
            if n := facets.capped(number, self.frame.day, tuple(other.parts().values())):
                found.append((f"{said}: {facets.written(n)} layanan", url))
        return found

    def wider_areas(self) -> list[tuple[str, str]]:
        """The neighbours, too; with words, `near.Help` says how many there are further away."""
        ways = [] if self.words else super().wider_areas()
        if self.reach and self.asked("wilayah").regency_code and not self.asked("dekat"):
            ways.insert(0, ("Cari juga di kabupaten/kota tetangga", self.address(dekat=NEAR)))
        return ways

    @property
    def _chosen(self) -> dict[str, Any]:
        """The choices made, as the groups of rows are called."""
        found: dict[str, Any] = {name: value for name in ("jenis", "satuan", "bentuk") if (value := self.asked(name))}
        if self.category and self.asked("kategori"):
            found["kategori"] = self.category.pk
        if sub := self.asked("sub"):
            found["sub"] = self._sub(sub).pk
        if stars := self.asked("nilai"):
            found["nilai"] = int(stars)
        if days := self.asked("durasi"):
            found["durasi"] = facets.DURATIONS.index(int(days))
        return found

    @staticmethod
    def _named(name: str, keys: dict[int, str], counts: Counts) -> dict[str, int]:
        found = counts.by.get(name, {})
        return {key: found.get(pk, 0) for pk, key in keys.items() if counts.whole or pk in found}

    def _answers(self, parts: dict[str, Part]) -> dict[tuple[str, str], tuple[Part, ...]]:
        """Each answer to the category's own questions, with all that else is asked but another answer to the same."""
        return {
            (name, option.key): (
                self._part(name, option.key),
                *(part for other, part in parts.items() if other != name),
            )
            for question in self._questions
            for name in [ANSWER + question.key]
            for option in question.options
        }


def _cards(field: str, *, downwards: bool) -> Any:
    """The statement of cards in one order."""

    def make(rows: QuerySet[Any]) -> QuerySet[Any]:
        ordered = rows.with_thumb().order_by(*statement.ordering(field, downwards=downwards))  # type: ignore[attr-defined]
        return ordered.values_list(*CARD_COLUMNS, field)

    return make


_CARDS = {
    (sort.field, downwards): _cards(sort.field, downwards=downwards)
    for sort in SORTS.values()
    if sort.field not in RECKONED
    for downwards in (True, False)
}


def _judged(query: QueryDict, frame: Frame) -> ServiceFilter:
    asked = ServiceFilter(query, frame)
    asked.form.is_valid()
    return asked


@known(128)
def _remembered(query: str, frame_number: int, day: dt.date, frame: Frame) -> ServiceFilter:
    return _judged(QueryDict(query), frame)


def asked_by(request: HttpRequest) -> ServiceFilter:
    """The question of an address, whatever its page."""
    frame = frame_of(request)
    query = request.GET.copy()
    for name in (AFTER, BEFORE):
        query.pop(name, None)
    return ask_for(query, frame)


def ask_for(query: QueryDict, frame: Frame) -> ServiceFilter:
    """The same question asked twice is judged once; one with words is asked of the words of the moment."""
    if query.get("q"):
        return _judged(query, frame)
    return _remembered(query.urlencode(), frame.number, frame.day, frame)
