"""Statistik layanan: a provider reads how its services are met with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import people
from accounts.models import Role
from catalog.models import Service
from core.clock import today
from core.formats import bulan_tahun
from monitoring.forms import MonthField
from monitoring.period import next_month, previous_month
from monitoring.service_figures import ServiceFigures, months_between

ROWS = 20
MONTHS = 12  # shown unless asked otherwise


class SpanForm(forms.Form):
    """From which month to which; what is wrong in it shows the last year."""

    dari = MonthField(label="Dari bulan", required=False, empty="Dua belas bulan terakhir")
    sampai = MonthField(label="Sampai bulan", required=False, empty="Bulan ini")
    q = forms.CharField(label="Nama layanan", max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("dari") and cleaned["dari"] > (cleaned.get("sampai") or self.this_month):
            self.add_error("sampai", "Bulan akhir mendahului bulan awal.")
        return cleaned

    @property
    def this_month(self) -> dt.date:
        return today().replace(day=1)

    def span(self) -> tuple[dt.date, dt.date]:
        """The first day, and the first day after."""
        last = self.cleaned_data.get("sampai") or self.this_month
        since = self.cleaned_data.get("dari")
        if since is None or since > last:
            since = last
            for _ in range(MONTHS - 1):
                since = previous_month(since)
        return since, next_month(last)

    @property
    def count_set(self) -> int:
        return sum(1 for name in ("dari", "sampai") if self.cleaned_data.get(name))


def own_services(request: HttpRequest) -> Any:
    """Of the providers this person works for; nobody else has figures here."""
    if not people.holds(request.user, Role.PROVIDER):
        raise PermissionDenied("Halaman ini untuk penyedia.")
    return Service.objects.of(request.user)


@require_safe
def service_statistics(request: HttpRequest) -> HttpResponse:
    """All services over a span of months: a row for each, and each month's total."""
    services = own_services(request)
    form = SpanForm(request.GET)
    form.is_valid()
    since, until = form.span()
    for word in (form.cleaned_data.get("q") or "").split()[:8]:
        services = services.filter(title__icontains=word)
    figures = ServiceFigures(services, since=since, until=until)
    by_service, by_month = figures.by_service(), figures.by_month()
    rows = [(service, by_service.get(service.pk)) for service in services.order_by("title", "pk").only("code", "title")]
    rows.sort(key=lambda row: -(row[1].views if row[1] else 0))
    months = list(months_between(since, until))
    context = {
        "form": form,
        "since": since,
        "until": months[0],
        "page": Paginator(rows, ROWS).get_page(request.GET.get("hal")),
        "total": figures.total(),
        "months": [(month, by_month[month]) for month in months if month in by_month],
        "bars": [(bulan_tahun(month), by_month[month].views if month in by_month else 0) for month in months[::-1]],
        "query": request.GET.urlencode(),
        "has_services": bool(rows) or bool(form.cleaned_data.get("q")),
    }
    return render(request, "monitoring/service_statistics.html", context)


@require_safe
def service_statistics_one(request: HttpRequest, code: str) -> HttpResponse:
    """One service, month by month."""
    service = get_object_or_404(own_services(request), code=code)
    form = SpanForm(request.GET)
    form.is_valid()
    since, until = form.span()
    figures = ServiceFigures(Service.objects.filter(pk=service.pk), since=since, until=until)
    by_month = figures.by_month()
    months = list(months_between(since, until))
    context = {
        "form": form,
        "service": service,
        "since": since,
        "until": months[0],
        "months": [(month, by_month[month]) for month in months if month in by_month],
        "total": figures.total(),
        "list_url": reverse("service-statistics"),
    }
    return render(request, "monitoring/service_statistics_one.html", context)
