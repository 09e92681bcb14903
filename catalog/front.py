"""What the front page shows of the catalogue: its categories and how much there is today.

Counted with the list's own statement, so that whoever asked for the list has counted for this page, too.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from catalog.lists.frame import frame_of
from catalog.lists.service import ask_for
from core.kept import known, numbers
from verification.models import Standing

# Searches that villages make; each is a link.
EXAMPLES = ("pelatihan BUM Desa", "DED jalan desa", "sumur bor", "stunting", "website desa")


def front_page(request: HttpRequest) -> dict[str, Any]:
    """Categories with their numbers, figures, examples; two queries after a change, none but for numbers otherwise."""
    number, frame = numbers(request)["catalogue"], frame_of(request)
    counts = ask_for(QueryDict(), frame).counts(number)
    offers = counts.by["kategori"]
    services = reverse("services")
    categories = [
        {
            "name": category.name,
            "description": category.description,
            "icon": category.icon,
            "url": f"{services}?kategori={category.key}",
            "offers": offers.get(category.key, 0),
        }
        for category in frame.categories
    ]
    return {
        "categories": categories,
        "figures": {"services": counts.total, **_listed(number, frame.day)},
        "examples": EXAMPLES,
    }


@known(2)
def _listed(number: int, day: dt.date) -> dict[str, int]:
    """How many providers stand in a directory, and of how many regencies."""
    return Standing.objects.current().aggregate(
        providers=Count("provider", distinct=True), regencies=Count("regency", distinct=True)
    )
