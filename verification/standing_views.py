"""A provider's own listings: what they are today, what ends when, and what it may do; and its sanctions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people
from accounts.models import Provider
from core.clock import today
from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused
from verification.models import Application, Sanction, Standing, SubmittedDocument, light
from verification.models.rule import REMIND_DAYS
from verification.standing_forms import PROVIDER_FORMS, LightForm, WithdrawForm

DESK = "admin:verification_sanction_change"


def own(user: Any) -> Any:
    """The listings of the providers this person works for."""
    return Standing.objects.filter(provider__in=people.providers(user)).with_status()


@require_safe
def my_standings(request: HttpRequest, code: str) -> HttpResponse:
    """Each listing with its sentence, its papers that end, what is being checked, and what to do."""
    provider = get_object_or_404(Provider.objects.of(request.user), code=code)
    standings = list(
        own(request.user).filter(provider=provider).with_rule().order_by("regency_id", "-listed_on", "-pk")
    )
    latest: dict[str, Standing] = {}
    for standing in standings:
        latest.setdefault(standing.regency_id, standing)
    context = {
        "provider": provider,
        "rows": described(provider, list(latest.values())),
        "past": [standing for standing in standings if latest[standing.regency_id] is not standing],
        "sanctions": Sanction.objects.visible_to(request.user).filter(provider=provider).select_related("regency"),
    }
    return render(request, "verification/standing_list.html", context)


def described(provider: Provider, standings: list[Standing]) -> list[dict[str, Any]]:
    """The listings as the page shows them; three queries, however many."""
    applications = provider.applications.select_related("regency")
    opened = {row.regency_id: row for row in applications.open()}
    approved = {row.regency_id: row.pk for row in provider.applications.filter(state="listed").order_by("decided_at")}
    papers: dict[int, list[SubmittedDocument]] = {}
    dated = SubmittedDocument.objects.current().filter(application__in=approved.values(), expires_on__isnull=False)
    for paper in dated.select_related("type").order_by("expires_on"):
        papers.setdefault(paper.application_id, []).append(paper)
    rows = []
    for standing in standings:
        free, running = standing.regency_id not in opened, standing.is_running
        rows.append(
            {
                "standing": standing,
                "application": opened.get(standing.regency_id),
                "papers": papers.get(approved.get(standing.regency_id, 0), []),
                "soon": today() + dt.timedelta(days=max(REMIND_DAYS)),
                "renew": free and standing.renewable,
                "update": free and running,
                "withdraw": running,
                "days_left": (standing.valid_until - today()).days if running else None,
            }
        )
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the renewal: what is carried over and what is asked anew, before anything is made."""
    standing = get_object_or_404(own(request.user), code=code)
    sentence = "" if standing.renewable else f"Perpanjangan dibuka mulai {standing.renewable_from:%d/%m/%Y}."
    kind = Application.Kind.RENEWAL
    return _begin(request, standing, "Perpanjang masa terdaftar", kind, light.begin_renewal, sentence)


@require_http_methods(["GET", "HEAD", "POST"])
def update(request: HttpRequest, code: str) -> HttpResponse:
    """Begin handing in papers anew, while the listing goes on."""
    standing = get_object_or_404(own(request.user), code=code)
    verdict = light.may_update(standing, request.user)
    kind = Application.Kind.CHANGE
    return _begin(request, standing, "Perbarui dokumen", kind, light.begin_update, "" if verdict else verdict.reason)


def _begin(request: HttpRequest, standing: Standing, title: str, kind: str, make: Any, refusal: str) -> HttpResponse:
    form = LightForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            url, _ = once(form, lambda: make(standing, by=request.user))
        except TransitionRefused as problem:
            refusal = problem.reason
        else:
            return redirect(url)
    kept, anew = light.outlook(standing, kind)
    context = {
        "standing": standing,
        "title": title,
        "form": form,
        "refusal": refusal,
        "kept": kept,
        "anew": anew,
        "back": reverse("my-standings", args=[standing.provider.code]),
    }
    status = 409 if refusal and request.method == "POST" else 422 if form.errors else 200
    return render(request, "verification/standing_begin.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Leave the directory, after a reason and a tick."""
    standing = get_object_or_404(own(request.user), code=code)
    back = reverse("my-standings", args=[standing.provider.code])
    form = WithdrawForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            standing.withdraw(by=request.user, reason=form.cleaned_data["reason"])
        except TransitionRefused as problem:
            refusal = problem.reason
        else:
            messages.success(request, standing.status_sentence)
            return redirect(back)
    verdict = standing.may_withdraw(request.user)
    context = {
        "standing": standing,
        "move": Standing.MOVES["withdraw"],
        "form": form,
        "refusal": refusal or ("" if verdict else verdict.reason),
        "back": back,
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "verification/standing_withdraw.html", context, status=status)


@require_safe
def sanction(request: HttpRequest, code: str) -> HttpResponse:
    """A sanction as its provider reads it. Who works at the desk is sent there."""
    rows = Sanction.objects.visible_to(request.user).select_related("provider", "regency", "evidence", "objection_file")
    document = get_object_or_404(rows, code=code)
    if document.provider_id not in people.providers(request.user):
        if people.works_in_admin(request.user):
            return redirect(DESK, document.code)
        raise Http404
    context = {
        "sanction": document,
        "may_object": document.may_object(request.user),
        "object_url": document.move_url("object"),
        "events": [event for event in document.events() if event.verb != "create"],
    }
    return render(request, "verification/sanction_detail.html", context)


class SanctionMoveView(MoveView):
    """The provider's objection; all else is done at the desk."""

    model = Sanction
    forms = PROVIDER_FORMS
    template_name = "verification/sanction_object.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:
        if verb not in {Sanction.MOVES[each].slug for each in Sanction.PROVIDER_VERBS}:
            raise Http404
        return super().dispatch(request, code, verb)
