"""What a service said on an earlier day, and the terms of reference that follow from what it says."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.models import Service, ServiceVersion
from core.kept import kept


@login_not_required
@require_safe
@kept("catalogue")
def service_version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A version as it was read then, with from when until when; for old comparisons and invitations."""
    versions = ServiceVersion.objects.visible_to(request.user).select_related("service__provider__area")
    version = get_object_or_404(versions, service__code=code, number=number)
    service = version.service
    still_shown = set(service.photos.filter(shown=True).values_list("file__code", flat=True))
    photos = version.content["photos"]
    context = {
        "version": version,
        "here": f"Versi {number}",
        "service": service,
        "content": version.content | {"photos": [photo for photo in photos if photo["file"] in still_shown]},
        "gone": sum(photo["file"] not in still_shown for photo in photos),
        "until": None if version.is_current else version.replaced_at,
        "may_see_now": Service.objects.visible_to(request.user).filter(pk=service.pk).exists(),
    }
    return render(request, "catalog/service_version.html", context)


@login_not_required
@require_safe
@kept("catalogue")
def service_kak(request: HttpRequest, code: str) -> HttpResponse:
    """An example KAK for ordering this service, to copy or print."""
    services = Service.objects.visible_to(request.user).select_related("category", "subcategory", "provider")
    service = get_object_or_404(services, code=code)
    return render(request, "catalog/service_kak.html", {"service": service, "text": service.kak_text()})
