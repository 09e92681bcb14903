"""What villages bought and how it was judged, for everyone."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.lists.paging import is_beyond
from transactions import purchases
from transactions.forms.purchase import PurchaseFilterForm
from transactions.models import Accountability, Publication


@login_not_required
@require_safe
def purchase_list(request: HttpRequest) -> HttpResponse:
    """Every contract that both have signed, newest first."""
    form = PurchaseFilterForm(request.GET)
    form.is_valid()
    page = purchases.page(form.cleaned_data, request.GET)
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    context = {
        "form": form,
        "page": page,
        "purchases": purchases.told(page.rows),
        "filtered": bool(asked) or is_beyond(request.GET),
        "filter_count": len(asked),
        "provider": asked.get("penyedia"),
    }
    return render(request, "transactions/purchase_list.html", context)


@login_not_required
@require_safe
def purchase(request: HttpRequest, code: str) -> HttpResponse:
    """One contract: what may be public of it."""
    rows = Publication.objects.select_related(
        "contract__village", "contract__provider", "contract__sourcing__need__category", "contract__sourcing__rule"
    ).defer("contract__snapshot")
    contract = get_object_or_404(rows, code=code).contract
    account = Accountability.objects.filter(contract=contract).first()
    context = {"purchase": purchases.Purchase(contract, account), "contract": contract, "need": contract.sourcing.need}
    return render(request, "transactions/purchase.html", context)
