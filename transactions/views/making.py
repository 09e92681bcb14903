"""Pages with one form that makes something."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.forms import CautionForm
from core.once import once
from core.workflow import TransitionRefused, Unconfirmed, Verdict


def made(request: HttpRequest, form: Any, make: Any, new: str, again: str) -> HttpResponse | None:
    """Send a creating form: on to what it made, or had made before; None when the page is to be shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        url, is_new = once(form, make)
    except Unconfirmed as waiting:
        form.cautions = CautionForm(waiting.cautions, request.POST)
    except TransitionRefused as refusal:
        form.add_error(None, refusal.reason)
    except ValidationError as problem:
        named = getattr(problem, "error_dict", {None: problem})
        for name, errors in named.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        messages.success(request, new if is_new else again)
        return redirect(url)
    return None


def refuse_page(verdict: Verdict) -> None:
    """Whoever may not send the form does not see it either, but reads why."""
    if not verdict:
        raise PermissionDenied(verdict.reason)


def form_page(request: HttpRequest, form: Any, *, title: str, submit: str, cancel: Any, **extra: Any) -> HttpResponse:
    """A page with one form."""
    from django.shortcuts import resolve_url

    context = {"form": form, "title": title, "submit": submit, "cancel_url": resolve_url(cancel), **extra}
    wrong = form.errors or getattr(form, "cautions", None) is not None
    return render(request, extra.get("template", "components/form_page.html"), context, status=422 if wrong else 200)
