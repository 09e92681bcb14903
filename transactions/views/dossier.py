"""The order's file: what is missing, every paper, and all of it in one file to take away."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.document_views import WAIT_SECONDS
from transactions import bundling
from transactions.dossier import STAGES, Dossier
from transactions.models import Bundle, Need


def own_file(request: HttpRequest, code: str) -> Dossier:
    """The file of an order that this person may see."""
    needs = Need.objects.visible_to(request.user).select_related("village")
    return Dossier(get_object_or_404(needs, code=code), request.user)


@require_safe
def file(request: HttpRequest, code: str) -> HttpResponse:
    """Everything of one purchase in one place; `tahap` shows one stage."""
    dossier = own_file(request, code)
    counts = dossier.counts()
    asked = request.GET.get("tahap", "")
    stage = asked if asked in counts else ""
    tabs = [("", "Semua", "?", sum(counts.values()))]
    tabs += [(each.key, each.label, f"?tahap={each.key}", counts[each.key]) for each in STAGES if counts[each.key]]
    context = {
        "dossier": dossier,
        "need": dossier.need,
        "parts": dossier.parts(stage),
        "tabs": tabs,
        "stage": stage,
        "count": sum(counts.values()),
        "bundles": Bundle.objects.of(dossier.need, request.user),
        "forms": Bundle.Form.choices,
    }
    return render(request, "transactions/file.html", context)


@require_POST
def bundle_new(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Ask for all of it in one file; the same content is put together once."""
    dossier = own_file(request, code)
    if form not in Bundle.Form.values:
        raise Http404
    alone = not Bundle.objects.shares(dossier.need, request.user)
    try:
        return redirect(bundling.ask(dossier, form, by=request.user, alone=alone))
    except bundling.TooLargeError as problem:
        messages.error(request, str(problem))
        return redirect("order-file", code)


@require_safe
def bundle(request: HttpRequest, code: str, bundle: str) -> HttpResponse:
    """One file of all papers: being put together, ready, or stuck."""
    rows = Bundle.objects.visible_to(request.user).select_related("file", "need__village")
    row = get_object_or_404(rows, code=bundle, need__code=code)
    asked = request.GET.get("tunggu", "")
    turn = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    context = {"bundle": row, "need": row.need, "turn": turn + 1, "papers": len(row.manifest["papers"])}
    response = render(request, "transactions/bundle.html", context)
    if row.file_id is None and not row.is_stuck:
        wait = WAIT_SECONDS[min(turn, len(WAIT_SECONDS) - 1)]
        response["Refresh"] = f"{wait}; url=?tunggu={turn + 1}"  # works without JavaScript
    return response
