"""The payment request (SPP): its birth, its page, and its moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from core.personal import masked_field
from transactions import documents, forms
from transactions.models import Contract, PaymentRequest
from transactions.models.payment.paying import next_request
from transactions.order import Order
from transactions.views.making import form_page, made, refuse_page
from transactions.views.moving import OrderMoveView
from transactions.views.printing import numbered


def request_new(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the SPP of the next termin: the page says how much, and why not where it can't be asked for yet."""
    contract = get_object_or_404(
        Contract.objects.visible_to(request.user).select_related("village", "provider", "sourcing__need"), code=code
    )
    draft = next_request(contract)
    form = forms.PaymentRequestForm(request.POST or None, user=request.user)
    said = "SPP dibuat. Lengkapi lampirannya, lalu ajukan.", "SPP ini sudah dibuat."
    if done := made(request, form, lambda: begun(contract, draft, request), *said):
        return done
    begun_before = contract.payment_requests.filter(state__in=["draft", "returned"]).last()
    if begun_before and begun_before.may("complete_papers", request.user):
        messages.info(request, f"{begun_before.title} sudah dibuat; lanjutkan di sini.")  # from another tab
        return redirect(begun_before)
    refuse_page(draft.may("create", request.user))
    return form_page(
        request,
        form,
        title=f"Buat {draft.title}",
        submit="Buat SPP",
        cancel=contract,
        kicker=contract.need.title,
        template="transactions/payment_request_form.html",
        draft_request=draft,
        contract=contract,
    )


def begun(contract: Contract, draft: PaymentRequest, request: HttpRequest) -> PaymentRequest:
    """Made for the termin that the person saw."""
    made_now = PaymentRequest(contract=contract, termin=draft.termin)
    made_now.prepare(by=request.user)
    return made_now


@require_safe
def request_page(request: HttpRequest, code: str) -> HttpResponse:
    """One SPP: its figures, attachments, the secretary's answers, and its papers."""
    row = get_object_or_404(
        PaymentRequest.objects.visible_to(request.user).select_related(
            "contract__village", "contract__provider", "contract__sourcing__need",
            "statement", "bill_scan", "receipt", "checked_by", "approved_by", "payment__proof",
        ),
        code=code,
    )  # fmt: skip
    return render(request, "transactions/payment_request.html", context_of(row, request.user))


def context_of(row: PaymentRequest, user: Any) -> dict[str, Any]:
    """What the page and its moves show of a request."""
    events = list(row.events())
    return {
        "request_row": row,
        "mine": PaymentRequest.objects.waiting_for(user).filter(pk=row.pk).exists(),
        "need": row.need,
        "village": row.village,
        "figures": row.figures(),
        "account_number": masked_field("pembayaran", row, "rekening", user, back=row.get_absolute_url()),
        "amends": row.state == "paid" and row.may("amend_payment", user),
        "events": events,
        "amendments": row.amendments(events),
        "papers": documents.papers_of(row),
        "prints": [(paper, turn) for paper, turn in numbered(Order(row.need, user)) if row in paper.about],
    }


class PaymentRequestMoveView(OrderMoveView):
    """A move of an SPP shows the SPP's figures beside its form."""

    def more_context(self) -> dict[str, Any]:
        return context_of(self.document, self.request.user) | super().more_context()


request_move = PaymentRequestMoveView.as_view(
    model=PaymentRequest,
    forms={
        "complete_papers": forms.CompletePapersForm,
        "bill": forms.BillForm,
        "examine": forms.CheckForm,
        "give_back": forms.WhyForm,
        "withdraw": forms.WhyForm,
        "pay": forms.PaymentForm,
        "amend_payment": forms.PaymentAmendmentForm,
    },
)
