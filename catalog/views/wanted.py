"""Services that villages look for and nobody offers: one's own, the regency's counted, and what was searched in vain."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people
from accounts.models import Role
from catalog.forms.wanted import AnswerForm, CloseForm, WantedForm, WantedListForm
from catalog.lists.paging import Sort, page_of
from catalog.models import Category, MissedSearch, WantedService
from catalog.models.wanted import ASKERS, DESK, READERS
from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused
from regions.scope import within

NEWEST = Sort("Terbaru", "created_at", dt.datetime)
PAGE = 25
GROUPED, SINGLE, MISSED = "dihitung", "satu-per-satu", "pencarian"
TABS = {GROUPED: "Dihitung", SINGLE: "Satu per satu", MISSED: "Pencarian tanpa hasil"}


@require_safe
def wanted_list(request: HttpRequest) -> HttpResponse:
    """Counted and grouped for offices and listed providers; one by one for who may see whose they are."""
    reads = people.holds(request.user, *READERS)
    if not reads and not people.holds(request.user, Role.PROVIDER):
        raise PermissionDenied("Daftar ini untuk desa, pendamping, Pokja P2KTD, dinas, dan penyedia terdaftar.")
    rows = WantedService.objects
    mine = rows.visible_to(request.user) if reads else rows.counted_for(request.user)
    shown = _shown(request, reads=reads)
    form = WantedListForm(request.GET, rows=mine)
    context: dict[str, Any] = {
        "form": form,
        "filter_count": len(form.asked),
        "tabs": [(key, TABS[key], f"?lihat={key}") for key in _tabs(request.user, reads=reads)],
        "shown": shown,
        "reads": reads,
        "asks": people.holds(request.user, *ASKERS),
    }
    if shown == SINGLE:
        found = form.narrowed(mine).select_related("village", "category")
        if key := request.GET.get("kata", "")[:240]:
            found = found.filter(key=key)
            context |= {"key": key, "filter_count": context["filter_count"] + 1}
        context["page"] = page_of(found, request.GET, NEWEST)
    else:
        found = form.narrowed(mine).grouped() if shown == GROUPED else _missed(request.user, form)
        context["page"] = Paginator(found, PAGE).get_page(request.GET.get("hal"))
    return render(request, "catalog/wanted_list.html", context)


def _shown(request: HttpRequest, *, reads: bool) -> str:
    """The tab asked for; villages begin with their own, all others with the counts."""
    asked = request.GET.get("lihat", "")
    if asked in _tabs(request.user, reads=reads):
        return asked
    return SINGLE if people.holds(request.user, *ASKERS) else GROUPED


def _tabs(user: Any, *, reads: bool) -> list[str]:
    """What one may look at. Anybody can type words in vain, so these are for who can judge them."""
    allowed = {GROUPED: True, SINGLE: reads, MISSED: people.holds(user, *DESK)}
    return [key for key in TABS if allowed[key]]


def _missed(user: Any, form: WantedListForm) -> Any:
    """Words looked for in vain in the desk's regencies, or in no particular one; often enough to be nobody's own."""
    there = within("area", people.territories(user, *DESK))
    rows = MissedSearch.objects.often().filter(there | Q(area=None))
    for word in form.asked.get("q", "").split()[:6]:
        rows = rows.filter(words__contains=word.lower())
    return rows.order_by().values("words").annotate(times=Sum("times"), latest=Max("month")).order_by("-times", "words")


@require_http_methods(["GET", "HEAD", "POST"])
def wanted_new(request: HttpRequest) -> HttpResponse:
    """Say which service is missing; what was searched for stands in the form."""
    if not people.holds(request.user, *ASKERS):
        raise PermissionDenied("Permintaan disampaikan oleh perangkat desa atau pendamping yang sudah terverifikasi.")
    category = Category.objects.active().filter(key=request.GET.get("kategori", "")).first()
    first = {"words": request.GET.get("q", "")[:120], "category": category}
    form = WantedForm(request.POST or None, user=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            url, new = once(form, form.want)
        except TransitionRefused as refusal:
            form.add_error(None, refusal.reason)
        else:
            old = not new or form.instance.pk is None
            messages.success(
                request,
                "Permintaan ini sudah tercatat." if old else "Permintaan tercatat. Anda diberi tahu jawabannya.",
            )
            return redirect(url)
    return render(request, "catalog/wanted_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def wanted(request: HttpRequest, code: str) -> HttpResponse:
    """One wish, and how many other villages of the regency have the same."""
    rows = WantedService.objects.visible_to(request.user).select_related("village", "category", "asked_by")
    found = get_object_or_404(rows, code=code)
    same = WantedService.objects.filter(regency=found.regency_id, key=found.key).exclude(state="withdrawn")
    context = {
        "wanted": found,
        "others": same.exclude(village=found.village_id).values("village").distinct().count(),
        "can_act": any(move.verdict for move in found.open_moves(request.user)),
    }
    return render(request, "catalog/wanted.html", context)


class WantedMove(MoveView):
    """Answering, closing, withdrawing."""

    model = WantedService
    forms = {"answer": AnswerForm, "close": CloseForm}
