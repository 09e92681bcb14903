"""What reviews shows on pages of the apps below it: the order, the service, the provider."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.models import Provider
from catalog.models import Service
from reviews.models import Rating
from transactions.order import Order

SHOWN = 10


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
    return _list(rows)


def provider_panel(request: HttpRequest, provider: Provider) -> SafeString | str:
    """What villages said of this provider."""
    return _list(Rating.objects.filter(contract__provider=provider))


def _list(rows: QuerySet[Rating]) -> SafeString | str:
    found = list(rows.select_related("contract__village", "contract__sourcing__need")[:SHOWN])
    return render_to_string("reviews/_list.html", {"ratings": found}) if found else ""
