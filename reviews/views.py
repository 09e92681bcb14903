"""Judging a finished work, and answering."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core.views import MoveView
from reviews.forms import AnswerForm, RatingForm
from reviews.models import Rating
from transactions.models import Contract
from transactions.views.making import made, refuse_page


def rating_new(request: HttpRequest, code: str) -> HttpResponse:
    """The village rates the contract by criterion."""
    contract = get_object_or_404(Contract.objects.visible_to(request.user), code=code)
    rating = Rating(contract=contract)
    form = RatingForm(request.POST or None, user=request.user, instance=rating)
    said = "Terima kasih, penilaian tersimpan.", "Penilaian ini sudah tersimpan."
    if done := made(request, form, lambda: given(form, request), *said):
        return done
    refuse_page(Rating(contract=contract).may_create(request.user))
    context = {
        "form": form,
        "contract": contract,
        "title": "Nilai penyedia",
        "submit": "Kirim penilaian",
        "cancel_url": contract.get_absolute_url(),
    }
    return render(request, "reviews/rating_form.html", context, status=422 if form.errors else 200)


def given(form: RatingForm, request: HttpRequest) -> Any:
    rating = form.save(commit=False)
    rating.give(by=request.user)
    return rating


class RatingMoveView(MoveView):
    """The provider's answer, below what it answers."""

    template_name = "reviews/move.html"

    def more_context(self) -> dict[str, Any]:
        return {"rating": self.document, "kicker": self.document.contract.need.title}  # type: ignore[attr-defined]


rating_move = RatingMoveView.as_view(model=Rating, forms={"answer": AnswerForm})
