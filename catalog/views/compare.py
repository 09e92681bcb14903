"""Services side by side, and a service on one sheet of paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog import compare as comparing
from catalog import service_page, sheet
from core.kept import kept

ONLY = "beda"  # show only rows that differ


class AddForm(forms.Form):
    """One more service, by the code that its page and its printed sheet tell."""

    layanan = forms.CharField(
        label="Kode layanan",
        max_length=30,
        help_text="Tertera pada halaman layanan dan cetakannya.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@login_not_required
@require_safe
@kept("catalogue")
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four services; the address says which, and in which version."""
    picks, odd = comparing.read(request.GET.getlist(comparing.PARAMETER))
    columns, missing = comparing.columns(request.user, picks)
    rows = comparing.rows(request, columns) if columns else []
    only = request.GET.get(ONLY) == "1" and len(columns) > 1
    context = {
        "columns": [(column, _without(columns, column)) for column in columns],
        "rows": [row for row in rows if row.differs] if only else rows,
        "marks": len(columns) > 1,
        "odd": [*odd, *missing],
        "warnings": comparing.warnings(columns),
        "add_form": AddForm(auto_id="tambah_%s"),
        "room": len(columns) < comparing.MOST,
        **_addresses(columns, only=only),
        **_suggestions(request, columns),
    }
    return render(request, "catalog/compare.html", context)


def _without(columns: list[comparing.Column], gone: comparing.Column) -> str:
    rest = [column.pick for column in columns if column is not gone]
    return comparing.address(rest) if rest else "?"


def _addresses(columns: list[comparing.Column], *, only: bool) -> dict[str, Any]:
    """The same comparison otherwise: all rows or only some, frozen or as things stand."""
    picks = [column.pick for column in columns]
    frozen = comparing.address(column.pinned for column in columns)
    more = {ONLY: "1"} if only else {}
    return {
        "only": only,
        "toggle_url": comparing.address(picks) if only else comparing.address(picks, **{ONLY: "1"}),
        "frozen_url": frozen,
        "frozen_address": f"{settings.SITE_URL}{reverse('compare')}{frozen}",
        "is_frozen": bool(columns) and all(pick.number is not None for pick in picks),
        "live_url": comparing.address([comparing.Pick(pick.code) for pick in dict.fromkeys(picks)], **more),
        "picks": [str(pick) for pick in picks],
    }


def _suggestions(request: HttpRequest, columns: list[comparing.Column]) -> dict[str, Any]:
    """For who came with one service: others like it."""
    if len(columns) != 1:
        return {}
    column = columns[0]
    place = service_page.place_of(request.user, column.service, column.content["areas"])
    others = service_page.similar(column.service, place)
    return {"similar": [(other, comparing.address([column.pick, other.code])) for other in others]}


@login_not_required
@require_safe
@kept("catalogue")
def service_print(request: HttpRequest, code: str) -> HttpResponse:
    """One sheet of A4 with a QR code that leads to the page."""
    service = get_object_or_404(service_page.services(request.user).exclude(state="draft"), code=code)
    url = f"{settings.SITE_URL}{service.get_absolute_url()}"
    context = {
        "service": service,
        "url": url,
        "sheet": sheet.cut(service_page.content(service)),
        "standings": service_page.standings(service),
        "least": service.least,  # type: ignore[attr-defined]
    }
    return render(request, "catalog/service_print.html", context)
