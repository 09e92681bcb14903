"""The KAK and the HPS of a package."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from transactions import documents, forms, paid
from transactions.forms.rows import MORE, more_rows, typed
from transactions.models import Sourcing, Terms
from transactions.models.sourcing.terms import terms_of
from transactions.views.making import form_page, made, refuse_page
from transactions.views.moving import OrderMoveView


def terms_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write the KAK of a sourcing that has none, with what the order and its category say already."""
    rows = Sourcing.objects.visible_to(request.user).select_related("need__village", "need__category", "need__activity")
    sourcing = get_object_or_404(rows, code=code)
    need, draft = sourcing.need, Terms(sourcing=sourcing)
    if request.method == "GET" and (written := terms_of(sourcing)) is not None:
        return redirect(written.move_url("write"))
    with timezone.override(need.village.tzinfo):
        if MORE in request.POST:  # more rows, with what was typed so far
            form = forms.TermsForm(user=request.user, sourcing=sourcing, initial=typed(more_rows(request.POST)))
        else:
            initial = forms.TermsForm.proposed(sourcing)
            form = forms.TermsForm(request.POST or None, user=request.user, sourcing=sourcing, initial=initial)
        said = "KAK tersimpan. Susun HPS sebelum undangan dikirim.", "KAK ini sudah tersimpan."
        if done := made(request, form, lambda: begun(form, draft, request), *said):
            return done
        refuse_page(draft.may_create(request.user))
        return form_page(
            request,
            form,
            title="Susun KAK",
            lead="Kerangka acuan kerja: apa yang dibutuhkan desa, dan bagaimana penyedia mengerjakannya.",
            kicker=need.title,
            submit="Simpan KAK",
            cancel=need,
            need=need,
            sourcing=sourcing,
            template="transactions/terms_form.html",
            autosave=f"kak-{sourcing.code}",
        )


def begun(form: Any, terms: Terms, request: HttpRequest) -> Terms:
    for name, value in form.values().items():
        setattr(terms, name, value)
    terms.begin(by=request.user, scope=form.cleaned_data["scope"], days=form.cleaned_data["days"])
    return terms


class TermsMoveView(OrderMoveView):
    """Writing on."""

    def more_context(self) -> dict[str, Any]:
        more = super().more_context()
        terms: Any = self.document
        if self.move.verb == "price":
            more |= {"paid": paid.beside(terms.need, terms.sourcing), "sourcing": terms.sourcing}
        return more | {"rule": documents.rule_of(terms.need)}


terms_move = TermsMoveView.as_view(model=Terms, forms={"write": forms.AmendTermsForm, "price": forms.PriceForm})
