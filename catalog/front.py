"""What the front page shows of the catalogue: its categories and how much there is today. Three queries."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.urls import reverse

from catalog.models import Category, Service
from verification.models import Standing

# Searches that villages make; each is a link.
EXAMPLES = ("pelatihan BUM Desa", "DED jalan desa", "sumur bor", "stunting", "website desa")


def front_page() -> dict[str, Any]:
    offers = dict(Service.objects.open().order_by().values_list("category").annotate(Count("pk")))
    listed = Standing.objects.current().aggregate(
        providers=Count("provider", distinct=True), regencies=Count("regency", distinct=True)
    )
    services = reverse("services")
    categories = [
        {
            "name": category.name,
            "description": category.description,
            "icon": category.icon,
            "url": f"{services}?kategori={category.key}",
            "offers": offers.get(category.pk, 0),
        }
        for category in Category.objects.active()
    ]
    return {
        "categories": categories,
        "figures": {"services": sum(offers.values()), **listed},
        "examples": EXAMPLES,
    }
