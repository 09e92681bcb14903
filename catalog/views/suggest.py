"""What a search box asks while somebody types."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from catalog.search import suggesting


@login_not_required
@require_safe
def service_suggest(request: HttpRequest) -> JsonResponse:
    """Words, phrases and categories that begin like what is typed: at most eight, the same for everybody."""
    response = JsonResponse({"saran": suggesting.suggest(request.GET.get("q", "")[:200])})
    patch_cache_control(response, public=True, max_age=suggesting.KEEP_SECONDS)
    return response
