"""Public tenders: the list, one tender, taking part, questions and answers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from transactions import documents, forms
from transactions.models import Sourcing, TenderQuestion
from transactions.views.making import form_page, made, refuse_page
from transactions.views.moving import OrderMoveView

PAGE = 20
DONE = {"selesai": "awarded", "gagal": "failed"}


def announced() -> Any:
    return Sourcing.objects.public().select_related("need__village", "need__category", "rule")


@login_not_required
@require_safe
def tenders(request: HttpRequest) -> HttpResponse:
    """Every tender that was announced, the latest first, paged by key; the same for everyone."""
    form = forms.TenderFilterForm(request.GET)
    form.is_valid()
    rows = narrowed(announced(), form.cleaned_data).with_clock()
    before = rows.filter(code=request.GET.get("sebelum", "")[:16]).values_list("announced_at", "pk").first()
    if before:
        rows = rows.before(*before)
    found = list(rows.order_by("-announced_at", "-pk")[: PAGE + 1])
    query = request.GET.copy()
    query.pop("sebelum", None)
    next_url = ""
    if len(found) > PAGE:
        query["sebelum"] = found[PAGE - 1].code
        next_url = f"?{query.urlencode()}"
    context = {
        "tenders": found[:PAGE],
        "form": form,
        "next_url": next_url,
        "first": before is None,
        "filter_count": sum(map(bool, form.cleaned_data.values())),
    }
    return render(request, "transactions/tender_list.html", context)


def narrowed(rows: Any, asked: dict[str, Any]) -> Any:
    """The list by words, stage and category."""
    if words := asked.get("q"):
        rows = rows.said(words)
    if category := asked.get("kategori"):
        rows = rows.filter(need__category=category)
    stage = asked.get("tahap")
    if stage == "buka":
        return rows.taking_offers()
    if stage == "proses":
        return rows.in_progress()
    return rows.filter(state=DONE[stage]) if stage else rows


@login_not_required
@require_safe
def tender(request: HttpRequest, code: str) -> HttpResponse:
    """One tender as it was announced, with what was asked and answered, and in the end who won."""
    found = get_object_or_404(announced(), code=code)
    user = request.user
    context = {
        "tender": found,
        "need": found.need,
        "fields": documents.sourcing.announced_fields(found),
        "schedule": documents.sourcing.schedule(found),
        "items": documents.sourcing.items_asked(found),
        "questions": found.questions.filter(state="answered"),
        "waiting": questions_waiting(found, user),
        "entry": found.entry_of(user) if user.is_authenticated else None,
        "may_register": found.may_register(user),
        "may_ask": TenderQuestion(sourcing=found).may_create(user),
        "takes_offers": found.state == "open" and not found.is_past_deadline,
        "officer": found.officer(user),
        "winner": found.winner,
    }
    return render(request, "transactions/tender.html", context)


def questions_waiting(tender: Sourcing, user: Any) -> list[TenderQuestion]:
    """Those without an answer: one's own, and for the team that answers all; by whom is told to nobody."""
    return list(TenderQuestion.objects.visible_to(user).filter(sourcing=tender, state="asked"))


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, code: str) -> HttpResponse:
    """A listed provider takes part."""
    found = get_object_or_404(announced(), code=code)
    form = forms.RegisterForm(request.POST or None, user=request.user, tender=found)
    said = "Anda terdaftar sebagai peserta lelang. Kirim penawaran sebelum batas waktu.", "Anda sudah terdaftar."
    if done := made(request, form, lambda: registered(form, found, request), *said):
        return done
    if (entry := found.entry_of(request.user)) is not None:
        raise PermissionDenied(f"{entry.provider.name} sudah terdaftar sebagai peserta lelang ini.")
    refuse_page(found.may_register(request.user))
    return form_page(
        request,
        form,
        title="Daftar ikut lelang",
        lead=f"{found.need.title}, {found.need.village.full_name}.",
        submit="Daftar",
        cancel=found.public_url,
        template="transactions/tender_register.html",
        tender=found,
        need=found.need,
    )


def registered(form: forms.RegisterForm, tender: Sourcing, request: HttpRequest) -> Any:
    return tender.register(by=request.user, service=form.cleaned_data["service"])


@require_http_methods(["GET", "HEAD", "POST"])
def question_new(request: HttpRequest, code: str) -> HttpResponse:
    """A provider asks; nobody learns who."""
    found = get_object_or_404(announced(), code=code)
    question = TenderQuestion(sourcing=found)
    form = forms.AskForm(request.POST or None, user=request.user, instance=question)
    said = "Pertanyaan terkirim tanpa nama Anda.", "Pertanyaan ini sudah terkirim."
    if done := made(request, form, lambda: asked(form, request), *said):
        return done
    refuse_page(question.may_create(request.user))
    with timezone.override(found.need.village.tzinfo):
        return form_page(
            request,
            form,
            title="Tanyakan tentang lelang",
            lead="Nama Anda tidak ditampilkan kepada siapa pun: tidak kepada desa, tidak kepada penyedia lain.",
            submit="Kirim pertanyaan",
            cancel=found.public_url,
            template="transactions/tender_ask.html",
            tender=found,
            need=found.need,
        )


def asked(form: forms.AskForm, request: HttpRequest) -> TenderQuestion:
    question: TenderQuestion = form.save(commit=False)
    question.ask(by=request.user)
    return question


question_move = OrderMoveView.as_view(model=TenderQuestion, forms={"answer": forms.AnswerForm})
