"""What a page offers when little or nothing was found: other words, other categories, a wider area."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.db import DatabaseError, transaction
from django.urls import reverse

from catalog.search import suggesting, vocabulary
from catalog.search.asking import Asked
from regions import codes
from regions.naming import plain

if TYPE_CHECKING:
    from regions.models import Area

MOST_TERMS: Final = 6
MOST_CATEGORIES: Final = 3
# Counting and looking round stop here.
LOOKED_AT: Final = 1_000
# What is counted when nothing is found: at most so many words, each so long.
MOST_NOTED: Final = 4
LONGEST_NOTED: Final = 18

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wider:
    """The same words in a wider area: what it is called, how many there are (at most 1,001), the address's query."""

    label: str
    count: int
    query: str

    @property
    def counted(self) -> str:
        return "lebih dari 1.000" if self.count > LOOKED_AT else f"{self.count:,}".replace(",", ".")


class Help:
    """Asked by a page with few or no services; each part asks its queries when it is shown."""

    def __init__(self, asked: Asked, area: Area | None = None) -> None:
        self.asked = asked
        self.area = area

    @cached_property
    def meant(self) -> str:
        """What was perhaps meant; "" when nothing is near."""
        return "" if self.asked.said else self.asked.meant()

    @property
    def wanted_url(self) -> str:
        """Where to say that the service is missing; who is not logged in is asked to, and comes back there."""
        return (
            f"{reverse('wanted-new')}?{urlencode({'q': self.asked.text})}" if self.asked.text else reverse("wanted-new")
        )

    @cached_property
    def terms(self) -> list[str]:
        """Known words and phrases near what was typed."""
        typed = set(self.asked.words)
        found: dict[str, int] = {}
        for word in self.asked.words[:3]:
            for each in vocabulary.beginning_with(word, MOST_TERMS, phrases=True):
                if each.text not in typed:
                    found.setdefault(each.text, each.services)
        for each in vocabulary.nearest_of(self.asked.words):
            found.setdefault(each.text, each.services)
        whole = plain(self.asked.text)
        return [text for text in sorted(found, key=lambda text: -found[text]) if text != whole][:MOST_TERMS]

    @cached_property
    def categories(self) -> list[tuple[str, str]]:
        """(name, query) of where services with any of these words stand, the most usual first, of a thousand looked
        at; then of those that are called so."""
        from catalog.models import Category, Service

        if not self.asked.words:
            return []
        any_word = Service.objects.open().filter(search=self.asked.any_word()).order_by()
        some = Counter(any_word.values_list("category_id", flat=True)[:LOOKED_AT])
        rows = Category.objects.active().in_bulk(some)
        usual = [rows[pk] for pk, _ in some.most_common() if pk in rows]
        found = {row.name: f"?{urlencode({'kategori': row.key})}" for row in usual}
        for word in self.asked.words:
            found |= {name: query for name, query in suggesting.categories_named(word) if name not in found}
        return list(found.items())[:MOST_CATEGORIES]

    @cached_property
    def wider(self) -> list[Wider]:
        """The province of the regency asked for, then the nation; only where something is."""
        from catalog.models import Service
        from regions.models import Area

        if not self.area or not self.asked.words:
            return []
        found = []
        if len(self.area.code) > codes.LENGTHS[0]:
            province = Area.objects.get(pk=self.area.code[: codes.LENGTHS[0]])
            near = self._count(Service.objects.orderable_in(province.code))
            found.append(Wider(f"seluruh {province.label}", near, self._query(wilayah=province.code)))
        found.append(Wider("seluruh Indonesia", self._count(Service.objects.open()), self._query()))
        return [each for each in found if each.count]

    def _count(self, services: Any) -> int:
        return self.asked.matching(services).order_by().values("pk")[: LOOKED_AT + 1].count()

    def _query(self, **more: str) -> str:
        return f"?{urlencode({'q': self.asked.text, **more})}"


def note_missed(asked: Asked, area: Area | None) -> None:
    """Count, for nobody in particular, that these words found nothing. A page that can't count still comes."""
    from catalog.models import MissedSearch

    words = [word for word in asked.words if word.isalpha() and word.isascii() and 2 <= len(word) <= LONGEST_NOTED]
    if not words or len(words) != len(asked.words) or len(words) > MOST_NOTED:
        return  # numbers, addresses, whole sentences: not what services are called
    try:
        with transaction.atomic():
            MissedSearch.objects.note(" ".join(sorted(words)), area.pk if area else None)
    except DatabaseError:
        log.warning("a search without a result was not counted", exc_info=True)
