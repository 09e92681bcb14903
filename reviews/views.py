"""Judging a finished work, and answering."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused
from reviews.forms import AnswerForm, RatingForm
from reviews.models import Rating
from transactions.models import Contract


def rating_new(request: HttpRequest, code: str) -> HttpResponse:
    """The village rates the contract by criterion."""
    contract = get_object_or_404(Contract.objects.visible_to(request.user), code=code)
    rating = Rating(contract=contract)
    verdict = rating.may_create(request.user)
    if not verdict:
        raise PermissionDenied(verdict.reason)
    form = RatingForm(request.POST or None, user=request.user, instance=rating)
    if request.method == "POST" and form.is_valid():
        try:
            url, new = once(form, lambda: given(form, request))
        except (TransitionRefused, ValidationError) as problem:
            form.add_error(None, getattr(problem, "reason", None) or problem)
        else:
            messages.success(request, "Terima kasih, penilaian tersimpan." if new else "Penilaian ini sudah tersimpan.")
            return redirect(url)
    context = {"form": form, "contract": contract, "title": "Nilai penyedia", "cancel_url": contract.get_absolute_url()}
    return render(request, "reviews/rating_form.html", context, status=422 if form.errors else 200)


def given(form: RatingForm, request: HttpRequest) -> Any:
    rating = form.save(commit=False)
    rating.give(by=request.user)
    return rating


rating_move = MoveView.as_view(model=Rating, forms={"answer": AnswerForm})
