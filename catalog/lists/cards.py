"""A service as a card: the few values that it shows, and its only markup.

Lists hold twenty of them and are what the country browses, so a card is no model: rows come as tuples, and the
markup is one Jinja2 part, drawn for all cards of a page at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Self

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models.category import Unit
from core.jinja import draw
from core.templatetags.components import money, stars

# A list's first load asks for this many photos; the rest come when the reader goes there (80-photos.js): on a weak
# line each picture is a round trip of a second.
FIRST_PHOTOS = 3
UNITS: dict[str, str] = dict(Unit.choices)
# What `Card.read` takes; the value that the list is sorted by comes last. Names of categories and places are known
# already: each further table would cost more to plan than the rows to fetch.
CARD_COLUMNS = (
    "category", "provider__area", "code", "title", "summary", "provider__name", "price", "unit", "tax_included",
    "rating_total", "rating_count", "thumb_code",
)  # fmt: skip


@dataclass(slots=True)
class Card:
    """What a card shows, and `sorted_by`: the value that the list is sorted by."""

    code: str
    title: str
    summary: str
    kicker: str
    provider: str
    place: str
    price: int
    unit: str
    tax_included: bool
    rating_total: int
    rating_count: int
    thumb_code: str | None
    sorted_by: Any = None
    photo_waits: bool = False
    marked_title: str = ""
    marked_summary: str = ""

    @property
    def url(self) -> str:
        return _address("service").replace("KODE", self.code)

    @property
    def photo_url(self) -> str:
        return _address("file").replace("KODE", self.thumb_code or "")

    @classmethod
    def read(cls, row: tuple[Any, ...], kickers: Mapping[int, str], places: Mapping[str, str]) -> Self:
        """Of a tuple of CARD_COLUMNS and what it is sorted by; with the names of categories and of places."""
        category, area, code, title, summary, provider, price, unit, *rest = row
        kicker, place = kickers.get(category, ""), places.get(area, "")
        return cls(code, title, summary, kicker, provider, place, price, UNITS.get(unit, unit), *rest)

    @classmethod
    def of(cls, service: Any, sorted_by: Any = None) -> Self:
        """Of a service fetched by `for_cards()`."""
        return cls(
            service.code, service.title, service.summary, service.category.name, service.provider.name,
            service.provider.area.short_name, service.price, UNITS.get(service.unit, service.unit),
            service.tax_included, service.rating_total, service.rating_count, service.thumb_code, sorted_by,
        )  # fmt: skip


@cache
def _address(name: str) -> str:
    """An address with a sign in the place of the code: resolving one costs more than the rest of a card."""
    return reverse(name, args=["KODE"])


def hold_back_photos(cards: list[Card]) -> list[Card]:
    """Mark those whose photo waits."""
    for card in [card for card in cards if card.thumb_code][FIRST_PHOTOS:]:
        card.photo_waits = True
    return cards


def rating(rated: Any, least: int = 1) -> SafeString:
    """The average with its count, from `least` ratings on; below that only the count is said."""
    return _rating(rated.rating_total, rated.rating_count, least)


@lru_cache(4096)
def _rating(total: int, count: int, least: int) -> SafeString:
    if 0 < count < least:
        return format_html(
            '<span class="stars stars--none">{} penilaian; rata-rata tampil mulai {} penilaian</span>', count, least
        )
    return stars(total / (count * 10) if count else None, count)


@lru_cache(4096)
def _price(amount: int, unit: str) -> SafeString:
    """Many ask the same: amounts are round, units few."""
    return money(amount, unit=unit)


def cards_html(cards: Iterable[Card], *, least: int, hide_provider: bool = False, pick: bool = False) -> SafeString:
    """The items of a list of services; `least` is from how many ratings on an average is shown.

    `pick` puts a box on each, for the form with the id "bandingkan" on the same page.
    """
    return draw(
        "catalog/_service_cards.html",
        cards=cards, least=least, hide_provider=hide_provider, pick=pick, money=_price, rating=rating,
    )  # fmt: skip
