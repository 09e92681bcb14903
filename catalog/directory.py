"""The public directory: providers that stand in a regency's directory today, with what they offer."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts import people
from accounts.models import Provider
from catalog.models import Service
from regions.models import Area
from verification.models import Standing


def listed() -> QuerySet[Provider]:
    """Those in any directory today; without what the public may not know (those columns are not even read)."""
    return with_offers(Standing.objects.listed_providers())


def visible_to(user: Any) -> QuerySet[Provider]:
    """The listed ones for all; one's own, and those that ever stood in one's territory."""
    seen = Standing.objects.visible_to(user).values("provider_id")
    return with_offers(Provider.objects.filter(Q(pk__in=seen) | Q(pk__in=people.providers(user))))


def with_offers(providers: QuerySet[Provider]) -> QuerySet[Provider]:
    """Adds `current_standings` and `offers`, `rating_total`, `rating_count` over all its services."""
    own = Service.objects.filter(provider=OuterRef("pk")).order_by().values("provider")
    standings = Standing.objects.current().select_related("regency").order_by("regency_id")
    return (
        providers.select_related("area")
        .defer("nik", "npwp", "npwp_index", "account_number", "account_holder", "bank")
        .prefetch_related(Prefetch("standings", standings, to_attr="current_standings"))
        .annotate(
            offers=Coalesce(Subquery(own.filter(state="published").annotate(n=Count("pk")).values("n")), 0),
            rating_total=Coalesce(Subquery(own.annotate(n=Sum("rating_total")).values("n")), 0),
            rating_count=Coalesce(Subquery(own.annotate(n=Sum("rating_count")).values("n")), 0),
        )
    )


def served_by(provider: Provider) -> QuerySet[Area]:
    """Where it offers services today."""
    services = Service.objects.filter(provider=provider, state="published")
    return Area.objects.filter(pk__in=Service.areas.through.objects.filter(service__in=services).values("area_id"))
