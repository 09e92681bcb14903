"""Finding a provider: the sourcing."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts import people
from core.forms import reasons_in
from transactions import documents, forms
from transactions.models import Need, Sourcing
from transactions.order import Order
from transactions.views.making import form_page, made
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
            said = (
                "Pengadaan disimpan sebagai draf. Periksa, lalu lanjutkan dari halaman ini.",
                "Pengadaan ini sudah disiapkan.",
            )
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
    sourcing.give_reasons(reasons_in(request.POST))
    sourcing.prepare(by=request.user, services=form.cleaned_data["services"])
    return sourcing


sourcing_move = OrderMoveView.as_view(
    model=Sourcing,
    forms={
        "amend": forms.AmendSourcingForm,
        "announce": forms.AnnounceForm,
        "announce_tender": forms.AnnounceTenderForm,
        "ask_opening": forms.AskOpeningForm,
        "open_quotations": forms.OpenForm,
        "confirm_opening": forms.OpenForm,
        "release": forms.WhyForm,
        "evaluate": forms.EvaluateForm,
        "award": forms.AwardForm,
        "fail": forms.WhyForm,
    },
)
