"""What is sent from the case page: declare, judge, score, agree, remark, and the moves with a page of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.admin_site import site
from core.views import MoveView
from core.workflow import TransitionRefused
from verification.desk_case import case_page, next_paper, seat_of
from verification.desk_forms import AgreeForm, DeclareForm, JudgeForm, RemarkForm, ScoreForm
from verification.desk_queue import Queue, case_url
from verification.desk_steps import IN_PAGE
from verification.models import Application, SubmittedDocument


def back_to_queue(request: HttpRequest) -> str:
    """The canonical address of the queue that the case was opened from; empty when from elsewhere."""
    return Queue.of(request.user, request.GET["dari"]).query if request.GET.get("dari") else ""


def to_case(request: HttpRequest, application: Application, anchor: str = "", **told: str) -> HttpResponseRedirect:
    url = case_url(application, back_to_queue(request), **told)
    return redirect(f"{url}#{anchor}" if anchor else url)


def said(problem: TransitionRefused | ValidationError) -> str:
    return problem.reason if isinstance(problem, TransitionRefused) else " ".join(problem.messages)


def sent(
    request: HttpRequest, application: Application, form: Any, name: str, act: Callable[[], Any], anchor: str = ""
) -> HttpResponse:
    """A form of the case page: done and back to the page, or the page again with what was typed and why not."""
    if request.method != "POST":
        return to_case(request, application, anchor)
    if not form.is_valid():
        return case_page(request, application, status=422, **{name: form})
    try:
        with transaction.atomic():
            act()
    except (TransitionRefused, ValidationError) as problem:
        application.refresh_from_db()
        return case_page(request, application, status=409, refusal=said(problem), **{name: form})
    return to_case(request, application, anchor)


def declare(request: HttpRequest, application: Application) -> HttpResponse:
    """One's word on ties, and with `ambil` the case besides: both or neither."""
    form = DeclareForm(request.POST or None)
    user = request.user

    def act() -> None:
        data = form.cleaned_data
        application.declare(by=user, tie=data["tie"], note=data["note"])
        if data["ambil"] and data["tie"] == "none":
            application.claim(by=user)
            messages.success(request, "Pernyataan tercatat. Permohonan ini sekarang Anda pegang.")
        else:
            messages.success(request, "Pernyataan tercatat.")

    if request.method == "POST" and request.POST.get("ambil") and application.checker_id == user.pk:
        messages.info(request, "Permohonan ini sudah Anda pegang.")  # sent twice
        return to_case(request, application)
    return sent(request, application, form, "declare_form", act)


def judge(request: HttpRequest, application: Application, paper: str) -> HttpResponse:
    """Save the verdict on one paper and go to the next that has none."""
    if request.method != "POST":
        return to_case(request, application, dokumen=paper)
    visible = SubmittedDocument.objects.visible_to(request.user).filter(application=application)
    document = get_object_or_404(visible.select_related("type"), code=paper)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return case_page(request, application, judge_form=form, paper=paper, status=422)
    data = form.cleaned_data
    conforms = data["verdict"] == "conforming"
    try:
        application.judge(
            by=request.user,
            document=document,
            conforms=conforms,
            reason_kind=data["reason_kind"],
            reason=data["reason"],
        )
    except TransitionRefused as refusal:
        application.refresh_from_db()
        return case_page(request, application, judge_form=form, paper=paper, refusal=refusal.reason, status=409)
    messages.success(request, f"{document}: {'sesuai' if conforms else 'tidak sesuai'}.")
    following = next_paper(application, document)
    anchor = "dokumen" if following.pk != document.pk else ""
    return to_case(request, application, anchor, dokumen=following.code)


def score(request: HttpRequest, application: Application) -> HttpResponse:
    """One's own points; nobody else reads them before the scoring closes."""
    form = ScoreForm(request.POST or None, application=application)

    def act() -> None:
        application.score(by=request.user, points=form.points(), note=form.cleaned_data["note"])
        messages.success(request, "Nilai Anda tersimpan.")

    return sent(request, application, form, "score_form", act, "nilai")


def agree(request: HttpRequest, application: Application) -> HttpResponse:
    """The points that the Pokja agreed on."""
    form = AgreeForm(request.POST or None, application=application)

    def act() -> None:
        application.agree(by=request.user, points=form.points(), reason=form.cleaned_data["reason"])
        messages.success(request, "Nilai kesepakatan tercatat.")

    return sent(request, application, form, "agree_form", act)


def remark(request: HttpRequest, application: Application) -> HttpResponse:
    """A word for colleagues."""
    form = RemarkForm(request.POST or None)

    def act() -> None:
        application.remark(by=request.user, note=form.cleaned_data["note"])
        messages.success(request, "Catatan tersimpan.")

    return sent(request, application, form, "remark_form", act, "catatan")


def following(request: HttpRequest, application: Application) -> HttpResponse:
    """To the next case of the queue that this one was opened from; to the queue when there is none."""
    queue = Queue.of(request.user, request.GET.get("dari", ""))
    other = queue.following(application)
    if other is None:
        messages.info(request, "Tidak ada permohonan lain dalam antrean ini.")
        return redirect(queue.url)
    return redirect(case_url(other, queue.query))


def bar_the_tied(application: Application, user: Any) -> None:
    """Pages beside the case page are closed to who is tied."""
    if seat_of(application, user) and application.tie_of(user):
        raise PermissionDenied("Permohonan ini ditangani rekan lain.")


def guide(request: HttpRequest, application: Application) -> HttpResponse:
    """The interview guide as a sheet to write on."""
    bar_the_tied(application, request.user)
    interview = application.interview
    questions = interview.questions if interview else application.rule_now.questions
    context = {
        "application": application,
        "interview": interview,
        "questions": questions,
        "members": application.bench(),
        "aspects": application.aspects,
        "case_url": case_url(application),
    }
    return render(request, "verification/desk_guide.html", context)


def history(request: HttpRequest, application: Application) -> HttpResponse:
    """Our own append-only events, newest first, in place of Django's change log."""
    bar_the_tied(application, request.user)
    seat = bool(seat_of(application, request.user))
    events = [event for event in reversed(application.events()) if seat or event.verb != "remark"]
    context = {
        **site.each_context(request),
        "title": f"Riwayat: {application.provider.name}",
        "opts": Application._meta,
        "application": application,
        "events": events,
        "case_url": case_url(application, back_to_queue(request)),
    }
    return render(request, "verification/desk_history.html", context)


class DeskMoveView(MoveView):
    """The verbs of the desk, in the desk's clothes."""

    model_admin: Any = None
    template_name = "verification/desk_move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:  # type: ignore[override]
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        here = {move.slug for move in Application.MOVES.values() if move.verb not in IN_PAGE and not move.inner}
        if verb not in here:
            raise Http404
        self.model_admin.get_object(request, code)  # on this person's desk, or 404
        return super().dispatch(request, code, verb)

    def post(self, request: HttpRequest) -> HttpResponse:
        """As everywhere, and back to the case with its queue; claimed and released in the queue, back to that."""
        response = super().post(request)
        if not isinstance(response, HttpResponseRedirect):
            return response
        if request.POST.get("ke") == "antrean":
            return redirect(Queue.of(request.user, request.GET.get("dari", "")).url)
        return to_case(request, self.document)

    def more_context(self) -> dict[str, Any]:
        document: Any = self.document
        move: Any = self.move
        give_back = move.verb == "give_back"
        return {
            **site.each_context(self.request),
            "title": move.label,
            "opts": self.model._meta,
            "case_url": case_url(document, back_to_queue(self.request)),
            "failing": [row for row in document.documents.current().select_related("type") if row.failed]
            if give_back
            else [],
            "draft_key": f"{self.request.user.pk}-{document.code}-{move.slug}",
            "guide_url": reverse("admin:verification_application_guide", args=[document.code])
            if move.verb == "record_interview"
            else "",
        }
