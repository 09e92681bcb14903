"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.models import Notice


def site(request: HttpRequest) -> dict[str, Any]:
    """Demo marking, and for people their unread notices (asked only when the page shows them)."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {"demo_mode": settings.DEMO}
    if user is not None and user.is_authenticated:
        context["unread_notices"] = SimpleLazyObject(lambda: Notice.objects.unread_by(user).count())
    return context
