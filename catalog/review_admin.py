"""The Pokja's queue of services and changes that villages do not see yet, where the regency wants them read first."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from unfold.decorators import display
from unfold.views import ChangeList

from accounts import people
from accounts.admin_site import ScopedAdmin, site
from accounts.models import Role
from accounts.models.membership import POKJA_ROLES
from catalog import differences
from catalog.forms.service import ReturnReviewForm, SeenForm
from catalog.models import ServiceReview
from core.formats import lamanya, rupiah
from core.views import MoveView
from regions import codes
from regions.models import Area
from verification.models import Declaration, VerificationRule
from verification.standing_admin import CodeChangeList, TabFilter, chip

REVIEW = "catalog_servicereview"
DESK_ROLES = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)


class ReviewFilter(TabFilter):
    """What waits for whom."""

    title = "bagian"
    parameter_name = "bagian"
    first = "menunggu"
    names = {
        "menunggu": "Menunggu Pokja",
        "dikembalikan": "Dikembalikan",
        "disetujui": "Disetujui",
        "ditarik": "Ditarik",
        "semua": "Semua",
    }
    states = {"menunggu": "submitted", "dikembalikan": "returned", "disetujui": "approved", "ditarik": "withdrawn"}

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        state = self.states.get(self.chosen)
        return queryset.filter(state=state) if state else queryset


def publishing_freely(user: Any) -> list[str]:
    """The regencies on this person's desk whose rule does not have services read first."""
    own = {
        code for code in people.territories(user, *POKJA_ROLES, Role.REGENCY_OFFICE) if len(code) == codes.LENGTHS[1]
    }
    free = [code for code in own if not VerificationRule.objects.in_force(code).services_reviewed]
    return [area.name for area in Area.objects.filter(code__in=free).order_by("code")]


class ReviewList(CodeChangeList):
    """Where nothing is found, it says why."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        asked = request.GET.get(str(ReviewFilter.parameter_name), ReviewFilter.first)
        self.is_queue = asked not in ReviewFilter.names or asked == ReviewFilter.first
        self.free = publishing_freely(request.user) if self.is_queue and not self.result_count else []


@admin.register(ServiceReview, site=site)
class ServiceReviewAdmin(ScopedAdmin):
    """Services of one's regency before the Pokja, the longest waiting first."""

    list_display = ("title", "provider_name", "what", "price", "status", "since")
    list_display_links = ("title",)
    list_filter = (ReviewFilter,)
    search_fields = ("service__title", "service__provider__name", "service__code")
    search_help_text = "Nama layanan, nama penyedia, atau kode layanan"
    list_fullwidth = True
    list_before_template = "verification/standing_tabs.html"
    ordering = ("state_since", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Not of a provider of one's own: its people read its own page."""
        rows = super().get_queryset(request).exclude(service__provider__in=people.providers(request.user))
        return rows.select_related("service__provider", "regency", "base")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *DESK_ROLES)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ReviewList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"title": "Pemeriksaan layanan", "tabs": ReviewFilter.tabs(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    @display(description="Layanan", ordering="service__title")
    def title(self, review: ServiceReview) -> str:
        return str(review)

    @display(description="Penyedia", ordering="service__provider__name")
    def provider_name(self, review: ServiceReview) -> str:
        return review.service.provider.name

    @display(description="Jenis", ordering="base")
    def what(self, review: ServiceReview) -> str:
        return "Perubahan" if review.base_id else "Layanan baru"

    @display(description="Harga")
    def price(self, review: ServiceReview) -> str:
        new = rupiah(review.content["price"])
        changed = review.base and review.base.price != review.content["price"]
        return f"{rupiah(review.base.price)} → {new}" if review.base and changed else new

    @display(description="Status", ordering="state")
    def status(self, review: ServiceReview) -> str:
        return chip(review)

    @display(description="Sejak", ordering="state_since")
    def since(self, review: ServiceReview) -> str:
        return lamanya(review.state_since)

    # --- one of them ------------------------------------------------------------------------------
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ServiceReview:
        return get_object_or_404(self.get_queryset(request), code=object_id)

    def get_urls(self) -> list[URLPattern]:
        forms = {"approve": SeenForm, "give_back": ReturnReviewForm}
        moves = ReviewMove.as_view(model=ServiceReview, forms=forms, model_admin=self)
        wrap = self.admin_site.admin_view
        return [path("<slug:code>/langkah/<slug:verb>/", wrap(moves), name=f"{REVIEW}_move"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        review = self.get_object(request, object_id)
        if not self.has_view_permission(request, review):
            raise PermissionDenied
        rows = differences.rows(review.base.content if review.base else None, review.content)
        context = {
            **self.admin_site.each_context(request),
            "title": review.task,
            "opts": self.opts,
            "review": review,
            "changed": [row for row in rows if row.differs],
            "same": [row for row in rows if not row.differs],
            "verdict": review.may_approve(request.user),
            "return_form": ReturnReviewForm(document=review, user=request.user, auto_id="kembali_%s"),
            "approve_url": review.move_url("approve"),
            "return_url": review.move_url("give_back"),
            "tie": Declaration.objects.tie(request.user, review.service.provider_id),
            "events": reversed(review.events()),
            "list_url": reverse(f"admin:{REVIEW}_changelist"),
        }
        return render(request, "catalog/review_desk.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page itself tells what was done."""
        return redirect(f"admin:{REVIEW}_change", self.get_object(request, object_id).code)


class ReviewMove(MoveView):
    """Approve, give back: in the desk's clothes; then on to the queue."""

    model_admin: Any = None
    template_name = "catalog/review_move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:  # type: ignore[override]
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        self.model_admin.get_object(request, code)  # on this person's desk, or 404
        return super().dispatch(request, code, verb)

    def post(self, request: HttpRequest) -> HttpResponse:
        answer = super().post(request)
        return redirect(f"admin:{REVIEW}_changelist") if answer.status_code == 302 else answer

    def more_context(self) -> dict[str, Any]:
        back = reverse(f"admin:{REVIEW}_change", args=[self.document.code])
        title = ServiceReview.MOVES[self.move.verb].label if self.move else ""
        return {**site.each_context(self.request), "title": title, "opts": ServiceReview._meta, "back": back}
