"""The catalogue for everyone, and a provider's own services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people
from accounts.models import Provider, Role
from catalog import directory, extras
from catalog.filters import ProviderFilter, ServiceFilter
from catalog.forms import NewServiceForm, PhotoForm, ProviderChoiceForm, RemovePhotoForm, ServiceForm
from catalog.models import Service
from catalog.models.rating import min_count
from catalog.paging import Sort, count_of, page_of
from core.kept import kept
from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused
from verification.models import Standing

NEWEST_WRITTEN = Sort("Terbaru", "created_at", dt.datetime)
# As many as one page shows of a provider; the rest is a search away.
SHOWN_OF_PROVIDER = 24


# A list's first load asks for this many photos; the rest come when the reader goes there (80-photos.js).
FIRST_PHOTOS = 3


def hold_back_photos(services: Iterable[Service]) -> list[Service]:
    """Mark those whose photo waits: on a weak line each picture is a round trip of a second."""
    rows = list(services)
    for service in [row for row in rows if row.thumb_code][FIRST_PHOTOS:]:
        service.photo_waits = True
    return rows


# --- for everyone -------------------------------------------------------------------------------------
@login_not_required
@require_safe
@kept("catalogue")
def service_list(request: HttpRequest) -> HttpResponse:
    """What villages can order, by words, filters and sort; the address is the whole state."""
    asked = ServiceFilter(request.GET, queryset=Service.objects.open(), request=request)
    found = asked.found()
    page = page_of(found.for_cards(), request.GET, asked.sort)
    hold_back_photos(page.rows)
    context = {
        "asked": asked,
        "form": asked.form,
        "page": page,
        "count": count_of(found, page),
        "least": min_count(),
        "area": asked.asked("wilayah"),
    }
    return render(request, "catalog/service_list.html", context)


@login_not_required
@require_safe
@kept("catalogue")
def service_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What the village gets, for which price, from whom; for its provider also what can be done with it."""
    services = Service.objects.visible_to(request.user).select_related("category", "provider__area")
    service = get_object_or_404(services, code=code)
    standings = list(Standing.objects.current().filter(provider=service.provider).select_related("regency"))
    context = {
        "service": service,
        "areas": service.areas.order_by("code"),
        "photos": service.photos.select_related("file", "thumb"),
        "standings": standings,
        "is_open": service.state == "published" and bool(standings),
        "least": min_count(),
        "blocks": extras.service_blocks(request, service),
    }
    if people.acting(request.user, Role.PROVIDER, provider=service.provider_id):
        context["is_own"] = True
        context["hindrance"] = "" if service.state == "published" else service.may_publish(request.user).reason
    return render(request, "catalog/service_detail.html", context)


@login_not_required
@require_safe
@kept("catalogue")
def provider_list(request: HttpRequest) -> HttpResponse:
    """The directory: who may be asked, and where."""
    asked = ProviderFilter(request.GET, queryset=directory.listed(), request=request)
    page = page_of(asked.qs, request.GET, asked.sort)
    for provider, known in directory.with_portfolios(page.rows):
        provider.portfolio = known
    area = asked.asked("wilayah")
    context = {
        "asked": asked,
        "form": asked.form,
        "page": page,
        "count": count_of(asked.qs, page),
        "least": min_count(),
        "area": area,
        "regency": area if area and area.regency_code else None,
        "csv_url": f"{reverse('directory-csv')}{asked.address('urut')}",
    }
    return render(request, "catalog/provider_list.html", context)


@login_not_required
@require_safe
@kept("catalogue")
def provider_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Who this is, where it is listed and until when, what it offers. Never a NIK, a home or an account number."""
    provider = get_object_or_404(directory.visible_to(request.user), code=code)
    services = Service.objects.visible_to(request.user).filter(provider=provider, state="published").for_cards()
    portfolio = directory.portfolios([provider])[provider.pk]
    context = {
        "provider": provider,
        "portfolio": portfolio,
        "may_print_card": bool(directory.card_standings(provider, request.user)),
        "services": hold_back_photos(services.order_by("-published_at")[:SHOWN_OF_PROVIDER]),
        "areas": portfolio.areas,
        "is_own": people.acting(request.user, Role.PROVIDER, provider=provider.pk) is not None,
        "least": min_count(),
        "blocks": extras.provider_blocks(request, provider),
    }
    return render(request, "catalog/provider_detail.html", context)


# --- the provider's own -----------------------------------------------------------------------------------
@require_safe
def my_services(request: HttpRequest) -> HttpResponse:
    """All services of the providers this person works for, drafts too."""
    own = Service.objects.of(request.user).select_related("category", "provider").with_thumb()
    page = page_of(own, request.GET, NEWEST_WRITTEN)
    context = {
        "page": page,
        "may_offer": people.holds(request.user, Role.PROVIDER),
        "is_listed": Standing.objects.current().filter(provider__in=people.providers(request.user)).exists(),
        "least": min_count(),
    }
    return render(request, "catalog/my_services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def service_new(request: HttpRequest) -> HttpResponse:
    """A new service, first as a draft."""
    own = Provider.objects.of(request.user)
    choice = ProviderChoiceForm(request.GET or None, user=request.user)
    provider = choice.cleaned_data["penyedia"] if choice.is_valid() else None
    if provider is None and len(own) == 1:
        provider = own[0]
    if provider is None:
        return render(request, "catalog/service_for.html", {"form": choice, "providers": own})
    form = NewServiceForm(request.POST or None, document=Service(provider=provider), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            url, new = once(form, form.offer)
        except TransitionRefused as refusal:
            form.add_error(None, refusal.reason)
        else:
            if new:
                messages.success(request, "Draf layanan tersimpan. Periksa, lalu tayangkan.")
            return redirect(url)
    status = 422 if form.errors else 200
    return render(request, "catalog/service_form.html", {"form": form, "provider": provider}, status=status)


class ServiceMove(MoveView):
    """Publish, pause, revise, photos: each verb at an address of its own under the service."""

    model = Service
    forms = {"revise": ServiceForm, "add_photo": PhotoForm, "remove_photo": RemovePhotoForm}

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"initial": {"photo": self.request.GET.get("foto", "")}}

    @property
    def template_name(self) -> str:  # type: ignore[override]
        own = {"revise": "catalog/service_form.html", "remove_photo": "catalog/photo_remove.html"}
        return own.get(self.move.verb, super().template_name)
