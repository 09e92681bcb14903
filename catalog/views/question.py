"""Questions of villages, answered in public; who asked is shown to nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people
from accounts.models import Role
from catalog.forms.question import AnswerForm, QuestionForm, QuestionListForm
from catalog.lists.paging import Sort, count_of, page_of
from catalog.models import Question, Service
from catalog.models.question import MODERATORS
from core.forms import ReasonForm
from core.kept import kept
from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused

NEWEST_ANSWER = Sort("Terbaru", "answered_at", dt.datetime)
NEWEST_ASKED = Sort("Terbaru", "created_at", dt.datetime)


# --- for everyone -------------------------------------------------------------------------------------
@login_not_required
@require_safe
@kept("catalogue")
def service_questions(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that was asked about a service and answered, the newest first."""
    services = Service.objects.visible_to(request.user).select_related("provider")
    service = get_object_or_404(services, code=code)
    rows = Question.objects.answered().filter(service=service)
    page = page_of(rows, request.GET, NEWEST_ANSWER)
    context = {
        "service": service,
        "page": page,
        "count": count_of(rows, page),
        "watches": people.holds(request.user, *MODERATORS),
    }
    return render(request, "catalog/service_questions.html", context)


# --- asking -------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def question_new(request: HttpRequest, code: str) -> HttpResponse:
    """A village official or facilitator asks about a service."""
    services = Service.objects.visible_to(request.user).select_related("provider")
    service = get_object_or_404(services, code=code)
    question = Question(service=service)
    form = QuestionForm(request.POST or None, user=request.user, instance=question)
    if request.method == "POST" and form.is_valid():
        try:
            url, new = once(form, form.ask)
        except TransitionRefused as refusal:
            form.add_error(None, refusal.reason)
        else:
            said = "Pertanyaan terkirim tanpa nama Anda." if new else "Pertanyaan ini sudah terkirim."
            messages.success(request, said)
            return redirect(url)
    if request.method != "POST" and not (verdict := question.may_create(request.user)):
        raise PermissionDenied(verdict.reason)
    context = {"form": form, "service": service}
    return render(request, "catalog/question_form.html", context, status=422 if form.errors else 200)


# --- one's own ----------------------------------------------------------------------------------------
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """What this person asked, is to answer, or keeps an eye on."""
    form = QuestionListForm(request.GET)
    form.is_valid()
    rows = form.narrowed(Question.objects.concerning(request.user))
    page = page_of(rows.select_related("service__provider"), request.GET, NEWEST_ASKED)
    context = {
        "form": form,
        "page": page,
        "count": count_of(rows, page),
        "filter_count": sum(map(bool, form.cleaned_data.values())),
        "answers": people.holds(request.user, Role.PROVIDER),
        "watches": people.holds(request.user, *MODERATORS),
    }
    return render(request, "catalog/question_list.html", context)


@require_safe
def question(request: HttpRequest, code: str) -> HttpResponse:
    """One question with its answer; for who may, the way to answer or to hide it."""
    rows = Question.objects.visible_to(request.user).select_related("service__provider__area")
    found = get_object_or_404(rows, code=code)
    context = {
        "question": found,
        "is_mine": found.asked_by_id == request.user.pk,
        "answers": bool(found.may_answer(request.user)),
        "can_act": any(move.verdict for move in found.open_moves(request.user)),
    }
    return render(request, "catalog/question.html", context)


class QuestionMove(MoveView):
    """Answering and hiding, below what is answered or hidden."""

    model = Question
    forms = {"answer": AnswerForm, "hide": ReasonForm}
    template_name = "catalog/question_move.html"

    def more_context(self) -> dict[str, Any]:
        return {"kicker": self.document.service.title}  # type: ignore[attr-defined]
