"""The Pokja's desk: the queue and the case page, in the admin. What they show and do stands in `desk_*.py`.

Everything is fetched through `visible_to`; nothing is added, deleted or edited but by the verbs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path

from accounts import people
from accounts.admin_site import ScopedAdmin, site
from accounts.models import Role
from accounts.models.membership import POKJA_ROLES
from verification import (  # noqa: F401  desks with files of their own
    desk_views,
    plenary_admin,
    pokja_admin,
    rule_admin,
    standing_admin,
    tie_admin,
)
from verification.desk_case import case_page
from verification.desk_forms import MOVE_FORMS
from verification.desk_queue import Queue, capped, desk_rows, figure, lines
from verification.models import Application

DESK_ROLES = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)
CaseView = Callable[..., HttpResponse]


@admin.register(Application, site=site)
class ApplicationAdmin(ScopedAdmin):
    """The queue and the case page."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return desk_rows(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *DESK_ROLES)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Application:
        """By public code, within one's territory; 404 says nothing of what lies outside."""
        rows = self.get_queryset(request).select_related("provider", "regency", "checker", "rule")
        return get_object_or_404(rows, code=object_id)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        moves = desk_views.DeskMoveView.as_view(model=Application, forms=MOVE_FORMS, model_admin=self)
        name = "verification_application"
        views: dict[str, tuple[str, CaseView]] = {
            "declare": ("<slug:code>/nyatakan/", desk_views.declare),
            "judge": ("<slug:code>/dokumen/<slug:paper>/", desk_views.judge),
            "score": ("<slug:code>/nilai/", desk_views.score),
            "agree": ("<slug:code>/kesepakatan/", desk_views.agree),
            "remark": ("<slug:code>/catatan/", desk_views.remark),
            "next": ("<slug:code>/berikutnya/", desk_views.following),
            "guide": ("<slug:code>/panduan-wawancara/", desk_views.guide),
        }
        return [
            *(path(route, wrap(self.of_case(view)), name=f"{name}_{key}") for key, (route, view) in views.items()),
            path("<slug:code>/langkah/<slug:verb>/", wrap(moves), name=f"{name}_move"),
            *super().get_urls(),
        ]

    def of_case(self, view: CaseView) -> CaseView:
        """A view of one case, fetched as this desk fetches."""

        def with_case(request: HttpRequest, code: str, **more: str) -> HttpResponse:
            if not self.has_view_permission(request):
                raise PermissionDenied
            return view(request, self.get_object(request, code), **more)

        return with_case

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue, with our own filters: they say what they hide."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return render(request, "verification/desk_queue.html", queue_context(request))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return case_page(request, self.get_object(request, object_id))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return desk_views.history(request, self.get_object(request, object_id))


def queue_context(request: HttpRequest) -> dict[str, Any]:
    """The page of the queue: bounded counts, one page of rows."""
    queue = Queue(request.user, request.GET)
    asked = request.GET.get("hal", "")
    number = min(max(int(asked), 1), 1000) if asked.isdecimal() and len(asked) < 5 else 1
    rows, more = queue.page(number)
    counts = {part: capped(queue.part_rows(part)) for part in ("saya", "berjalan")}
    whole = counts.get(queue.part)
    narrowed = bool(queue.chips)
    found = capped(queue.rows) if narrowed or whole is None else whole
    if narrowed and whole is None:
        whole = capped(queue.part_rows(queue.part))
    return {
        **site.each_context(request),
        "title": "Permohonan penyedia",
        "subtitle": None,
        "opts": Application._meta,
        "is_fullwidth": "1",
        "queue": queue,
        "rows": lines(rows, queue),
        "found": figure(found),
        "found_number": found,
        "hidden": figure(whole - found) if narrowed and whole is not None and whole > found else "",
        "tabs": [
            {
                "key": key,
                "name": name,
                "url": f"?antrean={key}",
                "count": figure(counts[key]) if key in counts else "",
                "chosen": key == queue.part,
            }
            for key, name in queue.form.fields["antrean"].choices  # type: ignore[attr-defined]
        ],
        "number": number,
        "previous_url": f"?{queue.address(hal=str(number - 1))}" if number > 1 else "",
        "next_url": f"?{queue.address(hal=str(number + 1))}" if more else "",
    }
