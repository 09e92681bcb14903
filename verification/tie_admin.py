"""The register of ties at the desk: who has what to do with which provider. Rows are added and ended, never changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse

from accounts import people
from accounts.admin_site import ScopedAdmin, site
from accounts.models import Provider, Role
from accounts.models.membership import POKJA_ROLES
from core.once import once
from core.workflow import TransitionRefused
from regions.models import Area
from verification.models import Declaration, TieRegister
from verification.pokja_documents import issue_tie_register, ties_by_account
from verification.tie_forms import FOUND, KEPT, EndForm, FilterForm, PeriodForm, TieForm, providers_near, regencies_of

READERS = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)
NAME = "verification_declaration"
STATES = {"current": ("Berlaku", "warn"), "ended": ("Berakhir", "neutral"), "replaced": ("Diganti", "neutral")}


def narrowed(rows: QuerySet[Declaration], data: dict[str, Any]) -> QuerySet[Declaration]:
    """The part of the register that was asked for; at first the ties that hold."""
    asked = data["cari"].strip()
    if asked:
        rows = rows.filter(Q(member__name__icontains=asked) | Q(provider__name__icontains=asked))
    if data["hubungan"]:
        rows = rows.filter(tie=data["hubungan"])
    match data["catatan"]:
        case "berakhir":
            return rows.exclude(tie="none").exclude(ended_at=None)
        case "semua":
            return rows
    return rows.exclude(tie="none").filter(ended_at=None)


@admin.register(Declaration, site=site)
class DeclarationAdmin(ScopedAdmin):
    """Read by the Pokja and its office; written by whom it concerns, the chair and the office."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *READERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return people.holds(request.user, *POKJA_ROLES, Role.REGENCY_OFFICE)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.list_view), name=f"{NAME}_changelist"),
            path("baru/", wrap(self.new_view), name=f"{NAME}_add"),
            path("cetak/", wrap(self.print_view), name=f"{NAME}_print"),
            path("<slug:code>/akhiri/", wrap(self.end_view), name=f"{NAME}_end"),
        ]

    def _frame(self, request: HttpRequest, title: str, *, writing: bool = False) -> dict[str, Any]:
        if not self.has_view_permission(request) or (writing and not self.has_add_permission(request)):
            raise PermissionDenied
        return {**self.admin_site.each_context(request), "title": title, "is_fullwidth": "1"}

    def list_view(self, request: HttpRequest) -> HttpResponse:
        context = self._frame(request, "Benturan kepentingan")
        form = FilterForm(request.GET if request.GET else {"catatan": "berlaku"})
        data = form.cleaned_data if form.is_valid() else {"cari": "", "hubungan": "", "catatan": ""}
        rows = narrowed(Declaration.objects.visible_to(request.user), data).select_related(
            "member", "provider", "regency", "declared_by", "ended_by", "application"
        )
        page = Paginator(rows, self.list_per_page).get_page(request.GET.get("hal"))
        names = [name for name in ("cari", "hubungan") if data[name]]
        context |= {
            "page": page,
            "lines": [(row, *STATES[row.state], bool(row.may_end(request.user))) for row in page],
            "form": form,
            "showing": KEPT.get(data["catatan"], KEPT["berlaku"]),
            "narrowed": bool(names) or data["catatan"] in ("berakhir", "semua"),
            "accounts": [held for area in regencies_of(request.user) for held in ties_by_account(area)],
            "may_add": self.has_add_permission(request),
        }
        return render(request, "verification/tie_list.html", context, status=200 if form.is_valid() else 400)

    def regency(self, request: HttpRequest) -> Area:
        """Whose register; the first of one's own unless another of them is asked for."""
        own = {area.code: area for area in regencies_of(request.user)}
        asked = request.GET.get("tempat", "")
        if not own or (asked and asked not in own):
            raise Http404
        return own[asked] if asked else next(iter(own.values()))

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Catat hubungan: first the provider is searched, then the rest is told."""
        context = self._frame(request, "Catat hubungan", writing=True)
        regency = self.regency(request)
        asked = " ".join(request.GET.get("cari", "").split())[:80]
        near = providers_near(regency)
        found = near.filter(Q(name__icontains=asked) | Q(code__iexact=asked)) if len(asked) >= 3 else near.none()
        shown = (
            Provider.objects.filter(pk__in=[one.pk for one in found[:FOUND]])
            .select_related("area")
            .order_by("name", "pk")
        )
        form = TieForm(request.POST or None, user=request.user, regency=regency, found=shown)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    url, new = once(form, form.make)
                except TransitionRefused as refusal:
                    form.add_error(None, refusal.reason)
                    status = 409
                else:
                    messages.success(request, "Hubungan dicatat." if new else "Sudah tercatat.")
                    return redirect(url)
            shown = Provider.objects.filter(pk__in=near.filter(code=request.POST.get("provider", "")[:16]).values("pk"))
            form.offer(shown.select_related("area"))
        context |= {
            "form": form,
            "asked": asked,
            "regency": regency,
            "found": len(shown),
            "more": found.count() > FOUND,
            "places": [area for area in regencies_of(request.user) if area != regency],
            "picked": bool(shown),
        }
        return render(request, "verification/tie_form.html", context, status=status)

    def end_view(self, request: HttpRequest, code: str) -> HttpResponse:
        context = self._frame(request, "Hubungan berakhir", writing=True)
        rows = Declaration.objects.visible_to(request.user).select_related("member", "provider", "regency")
        row = get_object_or_404(rows, code=code)
        verdict = row.may_end(request.user)
        form = EndForm(request.POST or None)
        status, refusal = (200, "") if verdict else (403, verdict.reason)
        if request.method == "POST" and verdict:
            status = 422
            if form.is_valid():
                try:
                    row.end(by=request.user, reason=form.cleaned_data["reason"])
                except TransitionRefused as problem:
                    status, refusal = 409, problem.reason
                else:
                    messages.success(request, f"Hubungan {row.member} dengan {row.provider} berakhir.")
                    return redirect(reverse(f"admin:{NAME}_changelist"))
        context |= {"row": row, "form": form, "refusal": refusal}
        return render(request, "verification/tie_end.html", context, status=status)

    def print_view(self, request: HttpRequest) -> HttpResponse:
        """The register of a period as PDF, frozen."""
        context = self._frame(request, "Cetak register", writing=True)
        regency = self.regency(request)
        form = PeriodForm(request.POST or None, user=request.user)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                days = {"since": form.cleaned_data["since"], "until": form.cleaned_data["until"]}

                def make() -> Any:
                    register = TieRegister(regency=regency, **days)
                    register.draw(by=request.user)
                    return issue_tie_register(register, by=request.user)

                return redirect(once(form, make)[0])
        context |= {"form": form, "regency": regency}
        return render(request, "verification/tie_print.html", context, status=status)
