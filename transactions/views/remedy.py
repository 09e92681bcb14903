"""What follows when a Musdes does not accept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from transactions import forms
from transactions.models import Accountability, Remedy
from transactions.views.making import form_page, made, refuse_page
from transactions.views.moving import OrderMoveView


def remedy_new(request: HttpRequest, code: str) -> HttpResponse:
    """Choose between repair, a lower price and a dispute."""
    rows = Accountability.objects.visible_to(request.user)
    account = get_object_or_404(rows.select_related("contract__village", "contract__sourcing__need"), code=code)
    draft = Remedy(accountability=account)
    verdict = draft.may_create(request.user)
    form = forms.RemedyForm(request.POST or None, user=request.user, instance=draft)
    said = "Cara penyelesaian dipilih.", "Pilihan ini sudah tersimpan."
    if done := made(request, form, lambda: chosen(form, request), *said):
        return done
    refuse_page(verdict)
    return form_page(
        request,
        form,
        title="Pilih cara penyelesaian",
        submit="Simpan pilihan",
        cancel=account,
        template="transactions/remedy_form.html",
        account=account,
        need=account.contract.need,
        heard=account.agenda.filter(decision="refused").order_by("-heard_on", "-pk").first(),
    )


def chosen(form: forms.RemedyForm, request: HttpRequest) -> Remedy:
    remedy = form.save(commit=False)
    remedy.choose(by=request.user)
    return remedy


@require_safe
def remedy(request: HttpRequest, code: str) -> HttpResponse:
    """One way out: why it was chosen, what was done, and how it ended."""
    rows = Remedy.objects.visible_to(request.user).select_related(
        "village", "proof", "meeting", "accountability__contract__sourcing__need", "accountability__contract__provider"
    )
    row = get_object_or_404(rows, code=code)
    return render(
        request,
        "transactions/remedy.html",
        {
            "remedy": row,
            "mine": any(each.verdict and each.tone == "primary" for each in row.open_moves(request.user)),
            "need": row.need,
            "village": row.village,
            "steps": list(row.steps.select_related("proof", "by")),
            "paid": row.accountability.contract.paid,
            "refunded": row.accountability.refunded,
            "events": row.events(),
        },
    )


remedy_move = OrderMoveView.as_view(
    model=Remedy,
    forms={
        "report": forms.ReportRepairForm,
        "confirm_repair": forms.ConfirmRepairForm,
        "give_back": forms.WhyForm,
        "record_refund": forms.RefundForm,
        "record_step": forms.StepForm,
        "settle": forms.SettleForm,
        "give_up": forms.WhyForm,
    },
)
