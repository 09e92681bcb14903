"""The contract's moves, and its addenda."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from core.forms import reasons_in
from transactions import forms
from transactions.models import Addendum, Contract
from transactions.views.making import form_page, made, refuse_page
from transactions.views.moving import OrderMoveView

contract_move = OrderMoveView.as_view(
    model=Contract,
    forms={
        "issue": forms.IssueForm,
        "recall": forms.WhyForm,
        "sign_for_provider": forms.ScanForm,
        "sign_for_village": forms.ScanForm,
        "report_progress": forms.ProgressForm,
        "ask_repair": forms.RepairForm,
        "accept_work": forms.AcceptForm,
        "hand_over": forms.HandOverForm,
        "attach_handover_scan": forms.ScanForm,
        "hand_to_head": forms.HeadHandOverForm,
        "attach_head_scan": forms.ScanForm,
        "accept_part": forms.AcceptForm,
        "request_inspection": forms.InspectionForm,
        "record_training": forms.TrainingForm,
        "send_back": forms.WhyForm,
        "terminate": forms.TerminateForm,
    },
)


addendum_move = OrderMoveView.as_view(
    model=Addendum,
    forms={"sign_for_provider": forms.ScanForm, "sign_for_village": forms.ScanForm, "withdraw": forms.WhyForm},
)


def addendum_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write down a change of a running contract, for both to sign."""
    contract = get_object_or_404(
        Contract.objects.visible_to(request.user).select_related("village", "sourcing__need", "sourcing__rule"),
        code=code,
    )
    with timezone.override(contract.village.tzinfo):
        draft = Addendum(contract=contract)
        verdict = draft.may_create(request.user)
        form = forms.AddendumForm(request.POST or None, user=request.user, instance=draft)
        said = "Adendum disiapkan; penyedia menandatanganinya lebih dahulu.", "Adendum ini sudah tersimpan."
        if done := made(request, form, lambda: prepared(form, request), *said):
            return done
        refuse_page(verdict)
        return form_page(
            request,
            form,
            title="Buat adendum",
            submit="Simpan adendum",
            cancel=contract,
            template="transactions/addendum_form.html",
            contract=contract,
            need=contract.need,
            autosave=f"adendum-{contract.code}",
        )


def prepared(form: forms.AddendumForm, request: HttpRequest) -> Addendum:
    addendum: Addendum = form.save(commit=False)
    addendum.give_reasons(reasons_in(request.POST))
    addendum.prepare(by=request.user)
    return addendum
