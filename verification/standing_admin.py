"""The directory as the regency keeps it: current and past listings."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from accounts.admin_site import ScopedAdmin, site
from verification.models import Standing


@admin.register(Standing, site=site)
class StandingAdmin(ScopedAdmin):
    """The directory as the regency keeps it: current and past listings, read-only."""

    list_display = ("directory_number", "provider", "regency", "decree_number", "listed_on", "valid_until", "is_now")
    list_display_links = None
    list_select_related = ("provider", "regency")
    list_filter = ("provider__legal_form",)
    search_fields = ("provider__name", "directory_number", "decree_number")
    search_help_text = "Nama penyedia, nomor direktori, atau nomor keputusan"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Standing.objects.within_territory(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_view_permission(request)

    @display(description="Sekarang", boolean=True)
    def is_now(self, standing: Standing) -> bool:
        return standing.is_current
