"""Whom a village could ask: services it can order today, the need's own category first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from catalog.models import Service
from core.formats import desimal, rupiah
from transactions.models import Need, Shortlisted

SHOWN = 30


def candidates(need: Need, *, words: str = "", chosen: Iterable[int] = ()) -> tuple[Any, int]:
    """(services to choose from, how many there are): the shortlist and chosen ones always, then what fits; at most
    SHOWN more."""
    kept = {int(pk) for pk in chosen if str(pk).isdecimal() and len(str(pk)) < 18}
    words = words.replace("\0", "").strip()
    orderable = Service.objects.orderable_in(need.village_id)
    wanted = Q(title__icontains=words) | Q(provider__name__icontains=words) if words else Q(category=need.category_id)
    found = orderable.filter(wanted | Q(pk=need.service_id)).order_by("title", "pk").values_list("pk", flat=True)
    total = found.count()
    shortlist = Shortlisted.objects.filter(need=need)
    shown = kept | set(shortlist.values_list("service_id", flat=True)) | set(found[:SHOWN])
    rows = (
        orderable.filter(pk__in=shown)
        .select_related("provider")
        .annotate(is_shortlisted=Exists(shortlist.filter(service=OuterRef("pk"))))
    )
    first = Case(
        When(pk=need.service_id or 0, then=Value(0)),
        When(is_shortlisted=True, then=Value(1)),
        When(pk__in=kept, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return rows.order_by(first, "title", "pk"), total


def label_of(service: Service) -> str:
    """How a candidate reads in the list: who, what, for how much, and what villages said."""
    said = (
        f", nilai {desimal(round(float(service.average), 1))} dari {service.rating_count} penilaian"
        if service.average
        else ""
    )
    kept = ", ada di daftar pendek" if getattr(service, "is_shortlisted", False) else ""
    price = f"{rupiah(service.price)} per {service.get_unit_display()}"
    return f"{service.provider.name} – {service.title} ({price}{said}{kept})"
