"""A provider's own services: the list, a new one, and every move of one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people
from accounts.models import Provider, Role
from catalog.forms.service import (
    OTHER_CATEGORY,
    NewServiceForm,
    PhotoForm,
    ProviderChoiceForm,
    RemovePhotoForm,
    ServiceForm,
)
from catalog.lists.own import OwnServicesForm
from catalog.lists.paging import Sort, page_of
from catalog.models import Category, Service
from catalog.models.rating import min_count
from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused
from verification.models import Standing

NEWEST_WRITTEN = Sort("Terbaru", "created_at", dt.datetime)


@require_safe
def my_services(request: HttpRequest) -> HttpResponse:
    """All services of the providers this person works for, drafts too."""
    form = OwnServicesForm(request.GET, user=request.user)
    rows = form.found().select_related("category", "provider")
    context = {
        "form": form,
        "page": page_of(rows, request.GET, NEWEST_WRITTEN),
        "may_offer": people.holds(request.user, Role.PROVIDER),
        "is_listed": Standing.objects.current().filter(provider__in=people.providers(request.user)).exists(),
        "least": min_count(),
    }
    return render(request, "catalog/my_services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def service_new(request: HttpRequest) -> HttpResponse:
    """A new service, first as a draft: for which provider, in which category, then what it says."""
    own = Provider.objects.of(request.user)
    choice = ProviderChoiceForm(request.GET or None, user=request.user)
    provider = choice.cleaned_data["penyedia"] if choice.is_valid() else None
    if provider is None and len(own) == 1:
        provider = own[0]
    if provider is None:
        return render(request, "catalog/service_for.html", {"form": choice, "providers": own})
    category = Category.objects.active().filter(key=request.GET.get("kategori", "")).first()
    if category is None and request.method != "POST":
        return choose_category(request, provider)
    form = NewServiceForm(
        request.POST or None, document=Service(provider=provider, category=category), user=request.user
    )
    if OTHER_CATEGORY in request.POST:
        form.show_only()
    elif request.method == "POST" and form.is_valid():
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


def choose_category(request: HttpRequest, provider: Provider) -> HttpResponse:
    """The first question: its answer decides what else is asked."""
    rows = list(Category.objects.active())
    groups = [
        (label, found) for key, label in Category.Field.choices if (found := [row for row in rows if row.bidang == key])
    ]
    return render(request, "catalog/service_category.html", {"provider": provider, "groups": groups})


class ServiceMove(MoveView):
    """Publish, pause, revise, photos: each verb at an address of its own under the service."""

    model = Service
    forms: dict[str, Any] = {"revise": ServiceForm, "add_photo": PhotoForm, "remove_photo": RemovePhotoForm}

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"initial": {"photo": self.request.GET.get("foto", "")}}

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.verb == "revise" and OTHER_CATEGORY in request.POST:
            form: Any = self.form(request.POST, request.FILES)
            form.show_only()
            return self.page(form)
        return super().post(request)

    @property
    def template_name(self) -> str:  # type: ignore[override]
        own = {"revise": "catalog/service_form.html", "remove_photo": "catalog/photo_remove.html"}
        return own.get(self.verb, super().template_name)

    @property
    def verb(self) -> str:
        return self.move.verb if self.move else ""

    def more_context(self) -> dict[str, Any]:
        """Says where the Pokja reads a change before villages do."""
        reads = self.verb in ("revise", "add_photo") and self.document.state == Service.State.PUBLISHED
        return {"reader": self.document.reviewer() if reads else None}
