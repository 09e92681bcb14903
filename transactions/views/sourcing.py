"""Finding a provider: the sourcing and the offers."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts import people
from transactions import documents, forms
from transactions.models import Need, Quotation, Sourcing
from transactions.order import Order
from transactions.views.making import form_page, made, refuse_page
from transactions.views.moving import OrderMoveView
from transactions.views.order import may_source


def sourcing_new(request: HttpRequest, code: str) -> HttpResponse:
    """Start the sourcing: what, at most for how much, until when, and whom to ask."""
    need = get_object_or_404(Need.objects.visible_to(request.user).select_related("village"), code=code)
    if not people.acting(request.user, *documents.BUYERS, at=need.village_id):
        raise PermissionDenied("Pengadaan dimulai oleh Kasi/Kaur (pembelian langsung) atau TPK (permintaan penawaran).")
    with timezone.override(need.village.tzinfo):
        if "lihat" in request.POST:  # other candidates, with what was typed so far
            form = forms.SourcingForm(user=request.user, need=need, initial=forms.SourcingForm.again(request.POST))
        else:
            initial = forms.SourcingForm.proposed(need)
            form = forms.SourcingForm(request.POST or None, user=request.user, need=need, initial=initial)
            said = "Pengadaan disiapkan. Periksa, lalu kirim undangan.", "Pengadaan ini sudah disiapkan."
            if done := made(request, form, lambda: prepared(form, request), *said):
                return done
        if request.method == "GET" and not may_source(Order(need, request.user)):
            raise PermissionDenied(
                "Pengadaan dimulai sekali, setelah kebutuhan dianggarkan. Lihat halaman pembeliannya."
            )
        return form_page(
            request,
            form,
            title="Siapkan pengadaan",
            submit="Simpan pengadaan",
            cancel=need,
            need=need,
            rule=documents.rule_of(need),
            template="transactions/sourcing_form.html",
            autosave=f"pengadaan-{need.code}",
        )


def prepared(form: forms.SourcingForm, request: HttpRequest) -> Sourcing:
    sourcing = form.save(commit=False)
    sourcing.prepare(by=request.user, services=form.cleaned_data["services"])
    return sourcing


def quotation_new(request: HttpRequest, code: str) -> HttpResponse:
    """The invited provider's offer."""
    need = get_object_or_404(Need.objects.visible_to(request.user).select_related("village"), code=code)
    mine = people.providers(request.user)
    asked = Sourcing.objects.visible_to(request.user).filter(need=need, invitations__provider__in=mine)
    sourcing = get_object_or_404(asked.order_by("-pk").distinct()[:1])
    invitation = sourcing.invitations.filter(provider__in=mine).select_related("provider", "version__service")[0]
    draft = Quotation(sourcing=sourcing, provider=invitation.provider)
    form = forms.QuotationForm(request.POST or None, request.FILES or None, user=request.user)
    said = "Penawaran terkirim dan tersimpan tertutup.", "Penawaran ini sudah terkirim."
    if done := made(request, form, lambda: sent(form, draft, request), *said):
        return done
    refuse_page(draft.may_create(request.user))
    return form_page(
        request,
        form,
        title="Kirim penawaran",
        lead=f"Paket {need.title}, {need.village.full_name}. Penawaran tersimpan tertutup sampai dibuka.",
        submit="Kirim penawaran",
        cancel=need,
        template="transactions/quotation_form.html",
        need=need,
        sourcing=sourcing,
        seen=invitation.version,
        autosave=f"penawaran-{sourcing.code}",
    )


def sent(form: forms.QuotationForm, quotation: Quotation, request: HttpRequest) -> Quotation:
    data = form.cleaned_data
    quotation.price, quotation.days, quotation.approach = data["price"], data["days"], data["approach"]
    quotation.attachment = data["attachment"].store(by=request.user) if data["attachment"] else None
    quotation.send(by=request.user)
    return quotation


sourcing_move = OrderMoveView.as_view(
    model=Sourcing,
    forms={
        "amend": forms.AmendSourcingForm,
        "announce": forms.DeadlineForm,
        "evaluate": forms.EvaluateForm,
        "award": forms.AwardForm,
        "fail": forms.WhyForm,
    },
)


quotation_move = OrderMoveView.as_view(
    model=Quotation, forms={"revise": forms.ReviseForm, "negotiate": forms.NegotiateForm}
)
