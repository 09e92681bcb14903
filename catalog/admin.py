"""The ministry keeps the programme's categories; whoever works in the admin may read them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from accounts import people
from accounts.admin_site import ScopedAdmin, site
from accounts.models import Role
from catalog.forms.category import AttributeForm, AttributeFormSet, CategoryForm, SubcategoryForm
from catalog.models import Category, CategoryAttribute, Subcategory, Synonym
from catalog.review_admin import ServiceReviewAdmin

__all__ = ["CategoryAdmin", "ServiceReviewAdmin", "SynonymAdmin"]


class ByMinistry:
    """Everybody at the desk reads; the ministry writes."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.works_in_admin(request.user)

    def _writes(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, Role.MINISTRY)

    has_add_permission = has_change_permission = has_delete_permission = _writes


class SubcategoryInline(ByMinistry, TabularInline):
    model = Subcategory
    form = SubcategoryForm
    extra = 0
    fields = ("name", "key", "order", "active")


class AttributeInline(ByMinistry, StackedInline):
    """The category's own questions. One that services have answered is switched off, not deleted."""

    model = CategoryAttribute
    form = AttributeForm
    formset = AttributeFormSet
    extra = 0
    fields = (
        ("label", "key"), "help", ("kind", "unit"), "options", ("required", "in_filter"),
        ("in_comparison", "in_kak"), "basis", ("order", "active"),
    )  # fmt: skip


@admin.register(Category, site=site)
class CategoryAdmin(ScopedAdmin):
    """Renaming one renames it everywhere; one that is no longer used is switched off, never deleted."""

    form = CategoryForm
    inlines = (SubcategoryInline, AttributeInline)
    list_display = ("name", "bidang", "order", "active")
    list_filter = ("bidang", "active")
    search_fields = ("name",)
    ordering = ("order",)
    fieldsets = (
        (None, {"fields": ("key", "bidang", "name", "description", "icon", ("order", "active"))}),
        ("Formulir layanan", {"fields": ("units", "licences", "deliverables_hint")}),
        ("KAK", {"fields": ("kak_template",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("key",) if obj else ()  # addresses are made of it

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, Role.MINISTRY)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return people.holds(request.user, Role.MINISTRY)


@admin.register(Synonym, site=site)
class SynonymAdmin(ScopedAdmin):
    """What people call the same thing. A change is followed by new vectors of the services concerned, within minutes."""

    fields = ("term", "ways", "note", "active", "effect")
    readonly_fields = ("effect",)
    list_display = ("term", "said", "effect")
    list_filter = ("active",)
    search_fields = ("term", "ways")
    ordering = ("term",)

    @admin.display(description="sebutan lain")
    def said(self, synonym: Synonym) -> str:
        return ", ".join(synonym.all_ways[1:])

    @admin.display(description="keadaan")
    def effect(self, synonym: Synonym) -> str:
        if not synonym.active:
            return "Tidak dipakai"
        return "Berlaku" if synonym.in_use else "Berlaku setelah layanan diindeks ulang"

    def _keeps(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, Role.MINISTRY)

    has_add_permission = has_change_permission = has_delete_permission = _keeps
