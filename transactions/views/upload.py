"""A signed sheet comes back by the QR code that is printed on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core.models import PrintedDocument
from core.models.file import one_act
from core.workflow import TransitionRefused, Unconfirmed
from transactions import forms
from transactions.models import Accountability, Meeting
from transactions.scanning import Step, holder_of, steps_of


def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Take the photograph or PDF of this sheet, and put it where it belongs; the same one twice changes nothing."""
    paper = get_object_or_404(PrintedDocument, code=code)
    steps = steps_of(paper, request.user)
    if not steps:
        return without_meeting(request, paper)
    step = steps[0]
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.SheetForm(*sent)
    refusal, elsewhere = "" if step.is_open() else closed(step), ""
    if request.method == "POST" and not refusal and form.is_valid():
        try:
            with one_act():
                new = take(step, form.sheet(), by=request.user)
        except Unconfirmed as waiting:  # reasons are asked for on the step's own page
            said = " ".join(each.sentence for each in waiting.cautions)
            refusal = f"Langkah ini memerlukan alasan tertulis. {said}"
            elsewhere = step.document.move_url(step.verb)
        except (TransitionRefused, ValidationError) as problem:
            refusal = problem.reason if isinstance(problem, TransitionRefused) else " ".join(problem.messages)
        else:
            text = (
                f"{step.move.done}. Terima kasih." if new else "Berkas yang sama sudah tersimpan; tidak ada perubahan."
            )
            messages.success(request, text)
            return redirect(step.document)
    status = 409 if refusal and request.method == "POST" else 422 if form.errors else 200
    document = step.document
    subject = document.subject if isinstance(document, Meeting) else document.need.title
    context = {
        "paper": paper,
        "step": step,
        "form": form,
        "refusal": refusal,
        "elsewhere": elsewhere,
        "document": document,
        "subject": subject,
    }
    return render(request, "transactions/upload.html", context, status=status)


def take(step: Step, sheet: Any, *, by: Any) -> bool:
    """Hand the sheet to the verb, unless these very bytes are there already; whether it was new."""
    document = step.document
    locked = type(document)._base_manager.select_for_update(of=("self",))
    document.refresh_from_db(from_queryset=locked)
    if step.kept is not None and step.kept.sha256 == sheet.sha256:
        return False
    if not step.is_open():
        raise TransitionRefused(closed(step))
    getattr(document, step.verb)(by=by, **{step.argument: sheet.store(by=by)})
    return True


def closed(step: Step) -> str:
    state = step.document.get_state_display()
    return f"“{step.move.label}” tidak dapat dilakukan: statusnya sekarang {state}."


def without_meeting(request: HttpRequest, paper: PrintedDocument) -> HttpResponse:
    """A sheet of an order whose Musdes nobody entered yet: say what comes first, to those who may do it."""
    account = holder_of(paper, request.user)
    if not isinstance(account, Accountability) or not Meeting(village=account.village).may_create(request.user):
        raise Http404
    return render(request, "transactions/upload_early.html", {"paper": paper, "account": account})
