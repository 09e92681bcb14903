"""What a village keeps in mind for a need: kept from a service's page, compared, and taken off again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people
from accounts.models.membership import FACILITATOR_ROLES, VILLAGE_ROLES
from catalog import compare
from catalog.models import Service, ServiceVersion
from core.workflow import TransitionRefused
from transactions.forms.shortlist import ShortlistForm
from transactions.models import Need
from transactions.models.seeing import in_office
from transactions.models.sourcing.shortlist import kept_for, may_keep, shortlisting
from transactions.order import Order
from transactions.views.making import made
from transactions.views.order import may_source


# --- keeping ----------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def shortlist_add(request: HttpRequest) -> HttpResponse:
    """Keep a service, as it was seen, for one of the needs of one's village."""
    if not people.holds(request.user, *VILLAGE_ROLES, *FACILITATOR_ROLES):
        raise PermissionDenied("Daftar pendek disusun oleh perangkat desa dan pendamping yang sudah terverifikasi.")
    version = version_asked(request)
    form = ShortlistForm(
        request.POST or None,
        user=request.user,
        version=version,
        needs=shortlisting(request.user).select_related("village"),
        initial={"need": request.GET.get("kebutuhan", "")[:16]},
    )
    said = "Layanan disimpan ke daftar pendek.", "Layanan ini sudah ada dalam daftar pendek."
    if done := made(request, form, form.keep, *said):
        return done
    context = {
        "form": form,
        "version": version,
        "service": version.service,
        "may_create": people.holds(request.user, *Need.DRAFTERS, *Need.HELPERS),
    }
    return render(request, "transactions/shortlist_form.html", context, status=422 if form.errors else 200)


def version_asked(request: HttpRequest) -> ServiceVersion:
    """What the address names: `?layanan=CODE@3` as it was seen, `?layanan=CODE` as it stands; 404 for neither."""
    picks, _ = compare.read(request.GET.getlist(compare.PARAMETER)[:1])
    if not picks:
        raise Http404
    service = get_object_or_404(Service.objects.open(), code=picks[0].code)
    versions = ServiceVersion.objects.visible_to(request.user).select_related("service__provider")
    return get_object_or_404(versions, service=service, number=picks[0].number or service.version_number)


# --- the list ---------------------------------------------------------------------------------------------
@require_safe
def shortlist(request: HttpRequest, code: str) -> HttpResponse:
    """The services kept for a need: what they cost when they were seen, and what has changed."""
    need = the_need(request.user, code)
    context = {
        "need": need,
        "entries": kept_for(need),
        "may_keep": may_keep(need, request.user),
        "may_source": may_source(Order(need, request.user)),
    }
    return render(request, "transactions/shortlist.html", context)


def the_need(user: Any, code: str) -> Need:
    """A need of one's own office; an invited provider does not find its shortlist."""
    rows = Need.objects.visible_to(user).filter(in_office(user)).select_related("village")
    return get_object_or_404(rows, code=code)


# --- taking off -------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def shortlist_remove(request: HttpRequest, code: str, service: str) -> HttpResponse:
    """Asks, then takes the service off the list."""
    need = the_need(request.user, code)
    verdict = need.may_shortlist(request.user)
    if not verdict:
        raise PermissionDenied(verdict.reason)
    entry = need.shortlist_entries.select_related("service__provider", "version").filter(service__code=service).first()
    if entry is None:
        if request.method != "POST":
            raise Http404
        messages.info(request, "Layanan itu sudah tidak ada dalam daftar pendek.")  # sent twice
        return redirect(need.shortlist_url)
    refusal = ""
    if request.method == "POST":
        try:
            need.unlist(by=request.user, entry=entry)
        except TransitionRefused as problem:
            refusal = problem.reason
        else:
            messages.success(request, "Layanan dihapus dari daftar pendek.")
            return redirect(need.shortlist_url)
    context = {
        "title": "Hapus dari daftar pendek",
        "question": f"Hapus “{entry.version.content['title']}” dari daftar pendek “{need.title}”?",
        "consequence": refusal or "Catatannya ikut terhapus. Layanannya sendiri tetap ada dan dapat disimpan lagi.",
        "submit": "Hapus dari daftar pendek",
        "tone": "danger",
        "cancel_url": need.shortlist_url,
    }
    return render(request, "components/confirm.html", context, status=409 if refusal else 200)
