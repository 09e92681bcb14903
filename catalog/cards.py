"""A service as a card: the few values that it shows, and its only markup.

Lists hold twenty of them and are what the country browses, so a card is no model: rows come as tuples, and the
markup is one Jinja2 part, drawn for all cards of a page at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models.category import Unit
from core.jinja import draw
from core.templatetags.components import money, stars

if TYPE_CHECKING:
    from catalog.models import Service

# A list's first load asks for this many photos; the rest come when the reader goes there (80-photos.js): on a weak
# line each picture is a round trip of a second.
FIRST_PHOTOS = 3
UNITS: dict[str, str] = dict(Unit.choices)


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
        return _address("service").replace("~", self.code)

    @property
    def photo_url(self) -> str:
        return _address("file").replace("~", self.thumb_code or "")

    @classmethod
    def of(cls, service: Service) -> Self:
        """Of a row fetched by `for_cards()`."""
        return cls(
            service.code, service.title, service.summary, service.category.name, service.provider.name,
            service.provider.area.short_name, service.price, UNITS.get(service.unit, service.unit),
            service.tax_included, service.rating_total, service.rating_count, service.thumb_code,
        )  # fmt: skip


@cache
def _address(name: str) -> str:
    """An address with a sign in the place of the code: resolving one costs more than the rest of a card."""
    return reverse(name, args=["~"])


def hold_back_photos(cards: list[Card]) -> list[Card]:
    """Mark those whose photo waits."""
    for card in [card for card in cards if card.thumb_code][FIRST_PHOTOS:]:
        card.photo_waits = True
    return cards


def rating(rated: Any, least: int = 1) -> SafeString:
    """The average with its count, from `least` ratings on; below that only the count is said."""
    total, count = rated.rating_total, rated.rating_count
    if 0 < count < least:
        return format_html(
            '<span class="stars stars--none">{} penilaian; rata-rata tampil mulai {} penilaian</span>', count, least
        )
    return stars(total / (count * 10) if count else None, count)


def cards_html(cards: Iterable[Card], *, least: int, hide_provider: bool = False) -> SafeString:
    """The items of a list of services; `least` is from how many ratings on an average is shown."""
    return draw(
        "catalog/_service_cards.html", cards=cards, least=least, hide_provider=hide_provider, money=money, rating=rating
    )
