"""What villages read of a service on a day, kept: an old comparison or invitation still shows that day's price."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.formats import rupiah
from core.models.append_only import AppendOnly, AppendOnlyQuerySet

if TYPE_CHECKING:
    from catalog.models.attribute import Answer
    from catalog.models.service import Service


class ServiceVersionQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Everybody: a version is made only of what was shown to everybody."""
        return self.all()


class ServiceVersion(AppendOnly):
    """A service as villages could read it from `made_at` until the next version. Written once, never changed."""

    service = models.ForeignKey(
        "catalog.Service", models.PROTECT, related_name="versions", verbose_name="layanan", editable=False
    )
    number = models.PositiveIntegerField("versi", editable=False)
    content = models.JSONField("isi", editable=False)
    price = models.BigIntegerField("harga per satuan", editable=False)
    made_at = models.DateTimeField("berlaku sejak", default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="oleh", editable=False
    )

    objects = ServiceVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "versi layanan"
        verbose_name_plural = "versi layanan"
        ordering = ("service", "-number")
        constraints = (
            models.UniqueConstraint(fields=["service", "number"], name="service_version_once"),
            models.CheckConstraint(name="service_version_counts_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="service_version_has_price", condition=Q(price__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.content['title']}, versi {self.number}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("service-version", args=[self.service.code, self.number])

    @property
    def is_current(self) -> bool:
        return self.number == self.service.version_number

    @property
    def replaced_at(self) -> dt.datetime | None:
        """When the next version took its place."""
        later = type(self).objects.filter(service=self.service_id, number=self.number + 1)
        return later.values_list("made_at", flat=True).first()

    @property
    def price_sentence(self) -> str:
        """Rp12.500.000 per paket, sudah termasuk pajak."""
        tax = "sudah termasuk pajak" if self.content["tax_included"] else "belum termasuk pajak"
        return f"{rupiah(self.price)} per {self.content['unit_label']}, {tax}"


def content_of(service: Service, *, areas: Iterable[Any], photos: Iterable[Any], answers: Iterable[Answer]) -> dict[str, Any]:  # fmt: skip
    """All that a card, a service page and a row of a comparison show, as plain values. Asks the database nothing
    beyond the service's own category and subcategory."""
    sub = service.subcategory
    return {
        "title": service.title,
        "summary": service.summary,
        "description": service.description,
        "deliverables": service.deliverables,
        "requirements": service.requirements,
        "kind": service.kind,
        "kind_label": service.get_kind_display(),
        "category": {"key": service.category.key, "name": service.category.name},
        "subcategory": {"key": sub.key, "name": sub.name} if sub else None,
        "unit": service.unit,
        "unit_label": service.get_unit_display(),
        "price": service.price,
        "tax_included": service.tax_included,
        "duration_days": service.duration_days,
        "attributes": [
            {
                "key": each.key,
                "label": each.label,
                "text": each.text,
                "value": each.value,
                "in_comparison": each.in_comparison,
            }
            for each in answers
        ],
        "areas": [{"code": area.code, "name": area.full_name, "level": area.level} for area in areas],
        "photos": [{"file": each.file.code, "thumb": each.thumb.code, "caption": each.caption} for each in photos],
    }


PLAIN = (
    "title", "summary", "description", "deliverables", "requirements", "kind", "unit", "price", "tax_included",
    "duration_days",
)  # fmt: skip


def substance(content: dict[str, Any]) -> dict[str, Any]:
    """What the provider says in it: without names that others may correct meanwhile (an area's, a category's)."""
    sub = content["subcategory"]
    return {name: content[name] for name in PLAIN} | {
        "category": content["category"]["key"],
        "subcategory": sub["key"] if sub else None,
        "attributes": {each["key"]: each.get("value", each["text"]) for each in content["attributes"]},
        "areas": sorted(area["code"] for area in content["areas"]),
        "photos": [photo["file"] for photo in content["photos"]],
    }


def fields_in(content: dict[str, Any]) -> dict[str, Any]:
    """The fields of a service as this content has them; two queries."""
    from catalog.models.category import Category, Subcategory

    category = Category.objects.get(key=content["category"]["key"])
    sub = content["subcategory"]
    return {name: content[name] for name in PLAIN} | {
        "category": category,
        "subcategory": Subcategory.objects.get(category=category, key=sub["key"]) if sub else None,
        "attributes": {each["key"]: each["value"] for each in content["attributes"]},
    }


def price_periods(versions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What villages read as a price, newest first. Given the versions in order as price, unit, tax, at and version;
    each period has besides them `until` (None: today) and the price `before`, where that was for the same unit."""
    rows: list[dict[str, Any]] = []
    for each in versions:
        last = rows[-1] if rows else None
        if last and all(last[name] == each[name] for name in ("price", "unit", "tax")):
            continue
        if last:
            last["until"] = each["at"]
        before = last["price"] if last and last["unit"] == each["unit"] and last["price"] != each["price"] else None
        rows.append({**each, "until": None, "before": before})
    return rows[::-1]
