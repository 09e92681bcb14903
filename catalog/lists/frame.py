"""What lists are asked by: categories with their questions, settings, neighbours. Changes rarely, so it is remembered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from catalog.models import Category
from catalog.models.attribute import CategoryAttribute
from catalog.models.category import Subcategory
from catalog.models.rating import min_count
from core.clock import today
from core.kept import known, numbers
from regions.models import Area, Level, Neighbour


@dataclass(eq=False)
class Frame:
    """As it is under one number, on one day."""

    number: int
    day: dt.date
    least: int  # from how many ratings on an average is shown
    categories: tuple[Category, ...]
    subcategories: dict[int, list[Subcategory]]
    questions: dict[int, list[CategoryAttribute]]
    kickers: dict[int, str]  # names of categories, inactive ones too
    places: dict[str, str]  # bare names of kabupaten and kota, where offices are
    forms: dict[Any, Any] = field(default_factory=dict)  # the form of a list, by what it depends on

    @cached_property
    def by_key(self) -> dict[str, Category]:
        return {category.key: category for category in self.categories}


@known(2)
def _frame(number: int, day: dt.date) -> Frame:
    subcategories: dict[int, list[Subcategory]] = {}
    for sub in Subcategory.objects.filter(active=True).order_by("order", "name"):
        subcategories.setdefault(sub.category_id, []).append(sub)
    questions: dict[int, list[CategoryAttribute]] = {}
    for question in CategoryAttribute.objects.active().filter(in_filter=True).order_by("order", "pk"):
        questions.setdefault(question.category_id, []).append(question)
    every = list(Category.objects.all())
    active = tuple(category for category in every if category.active)
    regencies = Area.objects.filter(level=Level.REGENCY).only("code", "name", "kind")
    return Frame(
        number, day, min_count(), active, subcategories, questions,
        kickers={category.pk: category.name for category in every},
        places={area.code: area.short_name for area in regencies},
    )  # fmt: skip


def frame_of(request: HttpRequest) -> Frame:
    """Of now; five queries after it changed, otherwise none but the one for the numbers."""
    return _frame(numbers(request)["frame"], today())


@known(600)
def neighbours(number: int, code: str) -> tuple[str, ...]:
    """The regencies next to this one, the nearest first."""
    return tuple(Neighbour.objects.of(code))
