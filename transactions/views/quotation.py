"""The offers of those who were asked."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts import people
from transactions import forms
from transactions.models import Need, Quotation, Sourcing, Terms
from transactions.views.making import form_page, made, refuse_page
from transactions.views.moving import OrderMoveView


def quotation_new(request: HttpRequest, code: str) -> HttpResponse:
    """The invited provider's offer."""
    need = get_object_or_404(Need.objects.visible_to(request.user).select_related("village"), code=code)
    mine = people.providers(request.user)
    asked = Sourcing.objects.visible_to(request.user).filter(need=need, invitations__provider__in=mine)
    sourcing = get_object_or_404(asked.order_by("-pk").distinct()[:1])
    rows = sourcing.invitations.filter(provider__in=mine).select_related("provider", "version__service")
    invitations = {each.provider.code: each for each in rows.order_by("pk")}
    first, chosen = next(iter(invitations)), request.GET.get("penyedia")
    if chosen is None and len(invitations) > 1:  # whoever works for several says for whom
        return redirect(f"{request.path}?penyedia={first}")
    invitation = invitations.get(chosen or first)
    if invitation is None:
        raise Http404
    draft = Quotation(sourcing=sourcing, provider=invitation.provider)
    form = forms.QuotationForm(request.POST or None, request.FILES or None, user=request.user, sourcing=sourcing)
    said = "Penawaran terkirim dan tersimpan tertutup.", "Penawaran ini sudah terkirim."
    if done := made(request, form, lambda: sent(form, draft, request), *said):
        return done
    refuse_page(draft.may_create(request.user))
    return form_page(
        request,
        form,
        title="Kirim penawaran",
        lead=f"Paket {need.title}, {need.village.full_name}, atas nama {invitation.provider.name}. Penawaran tersimpan "
        "tertutup sampai dibuka.",
        submit="Kirim penawaran",
        cancel=need,
        template="transactions/quotation_form.html",
        need=need,
        sourcing=sourcing,
        seen=invitation.version,
        terms=Terms.objects.fixed_for(request.user).filter(sourcing=sourcing).first(),
        autosave=f"penawaran-{sourcing.code}",
    )


def sent(form: forms.QuotationForm, quotation: Quotation, request: HttpRequest) -> Quotation:
    data = form.cleaned_data
    quotation.price, quotation.days, quotation.approach = data.get("price") or 0, data["days"], data["approach"]
    quotation.attachment = data["attachment"].store(by=request.user) if data["attachment"] else None
    papers = {kind: upload.store(by=request.user) for kind, upload in form.papers().items()}
    quotation.send(by=request.user, prices=form.prices(), papers=papers)
    return quotation


quotation_move = OrderMoveView.as_view(
    model=Quotation,
    forms={
        "revise": forms.ReviseForm,
        "propose": forms.TalkForm,
        "counter": forms.TalkForm,
        "negotiate": forms.NegotiateForm,
        "minute": forms.MinuteForm,
    },
)
