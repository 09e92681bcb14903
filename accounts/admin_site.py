"""The admin: the desk of the Pokja, the regency's office and the ministry.

Rights come from memberships: `has_permission` asks them, and each ModelAdmin fetches through
`visible_to`. There is no superuser in the product.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from accounts.people import works_in_admin

View = Callable[..., HttpResponse]


class P2ktdAdminSite(UnfoldAdminSite):
    """Login goes through the site's own page, with its limits and second factor."""

    site_header = "Meja kerja P2KTD"
    site_title = "Meja kerja P2KTD"
    index_title = "Meja kerja"

    def has_permission(self, request: HttpRequest) -> bool:
        return works_in_admin(request.user)

    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Never Django's own form, which knows neither our limits nor the second factor."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or request.get_full_path(), settings.LOGIN_URL)
        if not self.has_permission(request):
            raise PermissionDenied("Meja kerja ini untuk Pokja, Dinas PMD, dan kementerian.")
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The site's own way out."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The site's own form, which counts wrong passwords."""
        return redirect("account_change_password")

    def get_urls(self) -> list[Any]:
        """Without the shortcut that tells the address of any object by its number."""
        return [each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"]

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """The theme evaluates expressions in its templates: its looser policy is for admin pages alone."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = inner(request, *args, **kwargs)
            response._csp_config = settings.ADMIN_CONTENT_SECURITY_POLICY["DIRECTIVES"]  # type: ignore[attr-defined]
            return response

        return with_policy


class ScopedAdmin(ModelAdmin):
    """A table of the admin: only rows of the person's territory, and nothing may be changed unless said.

    `get_queryset` serves the list, the page of a row, its history and the autocomplete alike.
    """

    show_full_result_count = False
    list_per_page = 50
    actions = None
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = self.model._default_manager.visible_to(request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works_in_admin(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


site = P2ktdAdminSite(name="admin")
