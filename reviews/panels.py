"""What reviews shows on pages of the apps below it: the order, the service, the provider."""

from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import Avg, Count, DecimalField, QuerySet, Window
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.models import Provider
from catalog.models import Service
from catalog.models.rating import min_count
from core.formats import desimal
from reviews.models import WEIGHTS, Rating
from transactions.models import Contract
from transactions.order import Order

SHOWN = 10
TENTH = Decimal("0.1")  # a mean is told as 4.6, never better than it is


def order_panel(order: Order, user: Any) -> SafeString | str:
    """The judgement of this order, or the way to it."""
    if order.accountability is None or order.accountability.state not in ("accepted", "closed"):
        return ""
    rating = Rating.objects.filter(contract=order.contract).first()
    may_rate = rating is None and bool(Rating(contract=order.contract).may_create(user))
    if rating is None and not may_rate:
        return ""
    return render_to_string(
        "reviews/_order.html", {"rating": rating, "contract": order.contract, "may_rate": may_rate, "user": user}
    )


def service_panel(request: HttpRequest, service: Service) -> SafeString | str:
    """What villages said of this service."""
    rows = Rating.objects.filter(
        contract__sourcing__invitations__service=service,
        contract__sourcing__invitations__provider=service.provider_id,
        contract__provider=service.provider_id,
    )
    return _list(rows, least=service.least if hasattr(service, "least") else min_count())


def provider_panel(request: HttpRequest, provider: Provider) -> SafeString | str:
    """What villages said of this provider."""
    return _list(Rating.objects.filter(contract__provider=provider), least=min_count())


def purchase_panel(contract: Contract) -> SafeString | str:
    """On the public's page of a contract: how the village judged it."""
    rating = Rating.objects.filter(contract=contract).select_related("contract__village").first()
    return render_to_string("reviews/_purchase.html", {"rating": rating}) if rating else ""


def purchase_notes(contracts: list[int]) -> dict[int, str]:
    """In the public's list of contracts: the stars of those that were judged."""
    rows = Rating.objects.filter(contract__in=contracts).values_list("contract", "tenths")
    return {contract: f"Dinilai {desimal(tenths / 10, 1)} dari 5" for contract, tenths in rows}


def _list(rows: QuerySet[Rating], *, least: int) -> SafeString | str:
    """The newest, and the mean of all by criterion where there are enough of them; one query."""
    means = {f"mean_{name}": Window(Avg(name, output_field=DecimalField())) for name in WEIGHTS}
    told = rows.annotate(count_of_all=Window(Count("pk")), **means)
    found: list[Any] = list(told.select_related("contract__village", "contract__sourcing__need")[:SHOWN])
    if not found:
        return ""
    first = found[0]
    means_of = [getattr(first, f"mean_{name}").quantize(TENTH, ROUND_DOWN) for name in WEIGHTS]
    labels = [label for label, _ in first.by_criterion()]
    context = {
        "ratings": found,
        "count": first.count_of_all,
        "criteria": list(zip(labels, means_of, strict=True)) if first.count_of_all >= max(least, 2) else [],
    }
    return render_to_string("reviews/_list.html", context)
