"""Areas can be looked up in the admin, and what they are called can be corrected; areas come from a file."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from regions.models import Area, AreaQuerySet, AreaTitle, Neighbour


class AreaAdmin(ModelAdmin):
    """Read-only: `manage.py load_areas` is the only writer."""

    list_display = ("code", "label", "ancestry", "kind", "zone_name", "valid_to")
    list_filter = ("level", "kind", "time_zone")
    search_fields = ("name",)
    search_help_text = "Nama, kode, atau nama beserta kecamatannya"
    list_per_page = 50
    show_full_result_count = False
    actions = None
    exclude = ("search_name",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Area], search_term: str
    ) -> tuple[QuerySet[Area], bool]:
        if not search_term or not isinstance(queryset, AreaQuerySet):
            return queryset, False
        return queryset.search(search_term), False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # areas are public; the site itself lets in only those who work there

    has_module_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AreaTitleAdmin(ModelAdmin):
    """What people call offices and bodies; the ministry and the regency's office correct it for their territory."""

    list_display = ("area", "key", "text", "is_example", "source")
    list_filter = ("is_example", "key")
    search_fields = ("text", "area__name")
    list_select_related = ("area",)
    readonly_fields = ("area", "key")
    show_full_result_count = False
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    has_module_permission = has_view_permission

    def has_change_permission(self, request: HttpRequest, obj: AreaTitle | None = None) -> bool:
        return obj is None or bool(obj.may_change(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NeighbourAdmin(ModelAdmin):
    """What a search "termasuk tetangga" is widened to; a regency's office corrects its own."""

    list_display = ("regency", "neighbour", "km", "is_example")
    list_filter = ("is_example",)
    search_fields = ("regency__name", "neighbour__name")
    list_select_related = ("regency", "neighbour")
    raw_id_fields = ("regency", "neighbour")
    show_full_result_count = False
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    has_module_permission = has_view_permission

    def has_change_permission(self, request: HttpRequest, obj: Neighbour | None = None) -> bool:
        return obj is None or bool(obj.may_change(request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Neighbour | None = None) -> bool:
        return obj is not None and bool(obj.may_change(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return any(each.role in ("ministry", "regency_office") for each in getattr(request.user, "memberships_now", ()))

    def save_model(self, request: HttpRequest, obj: Neighbour, form: Any, change: bool) -> None:
        """An office adds neighbours of its own regency only."""
        if not obj.may_change(request.user):
            raise PermissionDenied
        super().save_model(request, obj, form, change)


def register(site: admin.AdminSite) -> None:
    """Show these on a site; the site itself is built further up, where memberships are known."""
    site.register(Area, AreaAdmin)
    site.register(AreaTitle, AreaTitleAdmin)
    site.register(Neighbour, NeighbourAdmin)
