"""What the lists can be asked: every parameter of an address passes through a form, and what is odd in it is told."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from catalog import search
from catalog.lists.facets import written
from catalog.lists.paging import AFTER, BEFORE
from core.clock import today
from core.forms import RupiahField
from core.jinja import draw
from core.kept import known
from regions.forms import PICK, AreaField, AreaPicker, Unfinished
from regions.models import Area, Level

STARS = (("4", "4 bintang ke atas"), ("3", "3 bintang ke atas"))


@known(512)
def _drawn(number: int, day: dt.date, widget: _Picker, name: str, value: Any, attrs: tuple[Any, ...]) -> SafeString:
    """A picker of areas; it reads fifty of them, which change under this number only."""
    return AreaPicker.render(widget, name, value, dict(attrs))


class _Picker(AreaPicker):
    """Drawn once for each area under one number of the frame. All of them are alike, so one stands for the other."""

    number: int | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if self.number is None:
            return super().render(name, value, attrs, renderer)
        return _drawn(self.number, today(), self, name, value, tuple(sorted((attrs or {}).items())))

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


class AreaFilterField(AreaField):
    """A province or regency; the button that shows the next select filters by what is chosen so far."""

    widget = _Picker

    def clean(self, value: Any) -> Area | None:
        return super().clean(str(value) if isinstance(value, Unfinished) else value)


class AreaFilter(django_filters.Filter):
    field_class = AreaFilterField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(level=Level.REGENCY, or_above=True, **kwargs)


class RupiahFilter(django_filters.Filter):
    field_class = RupiahField


class FacetSelect(forms.Select):
    """A list of choices, each with how many a click on it finds."""

    counts: dict[str, int] | None = None
    whole = True  # a choice without a number has none at all

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = [
            (key, self._told(str(key), label) if key else label, str(key) == chosen) for key, label in self.choices
        ]
        return draw("components/select.html", name=name, options=options, attrs=self.build_attrs(self.attrs, attrs))

    def _told(self, key: str, label: Any) -> str:
        n = None if self.counts is None else self.counts.get(key, 0 if self.whole else None)
        return str(label) if n is None else f"{label} ({written(n)})"


class ListForm(forms.Form):
    """Counts what is set, so that a phone shows that the folded panel is not empty."""

    NOT_COUNTED = ("q", "urut", "dekat", "persis")

    def count_set(self) -> int:
        return sum(1 for name, value in self.cleaned_data.items() if value and name not in self.NOT_COUNTED)


class ListFilter(django_filters.FilterSet):
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

    @cached_property
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

    @cached_property
    def first_url(self) -> str:
        return self.address()

    @property
    def wider(self) -> list[tuple[str, str]]:
        """Ways to ask for less when nothing was found: (what to call it, address)."""
        ways = self.wider_areas()
        if len(self.words) > 1:
            ways += [(f"Cari “{word}” saja", self.address(q=word)) for word in self.words]
        for name, value in self.form.cleaned_data.items():
            if value and name not in ListForm.NOT_COUNTED:
                ways.append((f"Tanpa saringan “{self.form.fields[name].label}”", self.address(name)))
        return ways

    def wider_areas(self) -> list[tuple[str, str]]:
        """Those that ask for more of the country."""
        area = self.asked("wilayah")
        if area is None or not area.ancestor_codes:
            return []
        return [(f"Cari di seluruh provinsi {area.ancestry}", self.address(wilayah=area.province_code))]

    def keep(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """For parameters that another place acts on."""
        return queryset
