"""One address for each move of an order's documents."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.models import Document
from core.views import MoveView
from transactions import forms
from transactions.forms.rows import MORE, more_rows, typed
from transactions.models import Accountability, Addendum, Meeting, Need, Quotation


class OrderMoveView(MoveView):
    """A move of one of the order's documents; times are typed in the village's zone."""

    template_name = "transactions/move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:  # type: ignore[override]
        self.document = super().find(request, code)
        with timezone.override(need_of(self.document).village.tzinfo):
            return super().dispatch(request, code, verb)

    def find(self, request: HttpRequest, code: str) -> Document:
        return self.document  # found already, for its village's zone

    def post(self, request: HttpRequest) -> HttpResponse:
        kind = self.forms.get(self.move.verb)
        if MORE in request.POST and kind is not None:  # only shows the page again, with what was typed and more rows
            return self.page(kind(initial=typed(more_rows(request.POST)), **self.form_arguments()))
        if "lihat" in request.POST and kind is forms.AmendSourcingForm:  # other candidates, with what was typed so far
            return self.page(kind(initial=forms.AmendSourcingForm.again(request.POST), **self.form_arguments()))
        return super().post(request)

    def templates(self) -> list[str]:
        """The step's own page where it needs one."""
        return [f"transactions/moves/{self.model._meta.model_name}_{self.move.verb}.html", self.template_name]

    def more_context(self) -> dict[str, Any]:
        need = need_of(self.document)
        return {"need": need, "kicker": need.title}


def need_of(document: Any) -> Need:
    """The need at the head of the document's order."""
    match document:
        case Need():
            return document
        case Quotation():
            return document.sourcing.need
        case Addendum():
            return document.contract.need
        case Accountability():
            return document.contract.need
        case Meeting():
            return document.items.select_related("accountability__contract__sourcing__need__village")[0].need
        case _:
            return document.need
