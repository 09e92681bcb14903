"""The desk: the office's own letterhead."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest

from accounts import people
from accounts.admin_site import ScopedAdmin, site
from monitoring.models import ASKING, LETTERHEAD_KEEPERS, Letterhead
from regions.models import Area


@admin.register(Letterhead, site=site)
class LetterheadAdmin(ScopedAdmin):
    """Each office keeps its own: name of the dinas, address, place of signing."""

    list_display = ("area", "office", "address", "city")
    search_fields = ("area__name", "office")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *LETTERHEAD_KEEPERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("area",) if obj else ()

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        """Only areas of one's own office are offered, and a forged one is refused."""
        if db_field.name == "area":
            own = people.territories(request.user, *LETTERHEAD_KEEPERS)
            kwargs["queryset"] = Area.objects.filter(level__in=ASKING).within(own)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
