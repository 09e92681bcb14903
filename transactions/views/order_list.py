"""The list of orders."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import people
from transactions import forms
from transactions.models import Accountability, Contract, Need, Sourcing
from transactions.models.accountability import OPEN as ACCOUNT_OPEN
from transactions.models.contract import OPEN as CONTRACT_OPEN
from transactions.models.sourcing import LIVE

PAGE = 20


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """All orders this person may see, newest first, paged by key."""
    form = forms.OrderFilterForm(request.GET)
    form.is_valid()
    rows = narrowed(Need.objects.visible_to(request.user), form.cleaned_data)
    before = key_of(request.user, request.GET.get("sebelum", ""))
    searched = bool(form.cleaned_data.get("q"))
    found = rows.select_related("village", "category").newest(PAGE + 1, searched=searched, before=before)
    page, more = found[:PAGE], len(found) > PAGE
    query = request.GET.copy()
    query.pop("sebelum", None)
    next_url = ""
    if more:
        query["sebelum"] = page[-1].code
        next_url = f"?{query.urlencode()}"
    return render(
        request,
        "transactions/order_list.html",
        {
            "orders": with_contracts(page, request.user),
            "form": form,
            "next_url": next_url,
            "first": before is None,
            "filtered": any(form.cleaned_data.values()),
            "filter_count": sum(map(bool, form.cleaned_data.values())),
            "may_create": people.holds(request.user, *Need.DRAFTERS, *Need.HELPERS),
        },
    )


def key_of(user: Any, code: str) -> int | None:
    """After which order a page begins: the key of this one; 0 for one that is not theirs, None for the first page."""
    if not code:
        return None
    return Need.objects.visible_to(user).filter(code=code[:16]).values_list("pk", flat=True).first() or 0


def narrowed(rows: Any, asked: dict[str, Any]) -> Any:
    """The list by words, stage and year."""
    if words := asked.get("q"):
        rows = rows.said(words)
    if year := asked.get("tahun"):
        rows = rows.filter(created_at__year=year)
    sourcing = Sourcing.objects.filter(need=OuterRef("pk")).exclude(state="failed")
    contract = Contract.objects.filter(sourcing__need=OuterRef("pk"))
    account = Accountability.objects.filter(contract__sourcing__need=OuterRef("pk"))
    stages = {
        "kebutuhan": ~Q(state="cancelled") & ~Exists(sourcing),
        "pengadaan": Exists(sourcing.filter(state__in=LIVE)),
        "kontrak": Exists(contract.filter(state__in=CONTRACT_OPEN)),
        "pertanggungjawaban": Exists(account.filter(state__in=ACCOUNT_OPEN)),
        "selesai": Exists(account.filter(state="closed")),
        "batal": Q(state="cancelled") | Exists(contract.filter(state="terminated")) & ~Exists(sourcing),
    }
    stage = asked.get("tahap")
    return rows.filter(stages[stage]) if stage else rows


def with_contracts(needs: list[Need], user: Any) -> list[tuple[Need, Any]]:
    """Each need with the document its order stands at, in three queries whatever the number of rows."""
    at: dict[int, Any] = {}
    sourcings = Sourcing.objects.visible_to(user).filter(need__in=needs).exclude(state="failed")
    # A terminated contract is past: the order stands at its need again, or at the next sourcing.
    contracts = Contract.objects.visible_to(user).filter(sourcing__need__in=needs).exclude(state="terminated")
    contracts = contracts.select_related("sourcing", "village")
    accounts = Accountability.objects.visible_to(user).filter(contract__sourcing__need__in=needs)
    for sourcing in sourcings:
        at[sourcing.need_id] = sourcing
    for contract in contracts:
        at[contract.sourcing.need_id] = contract
    for account in accounts.select_related("contract__sourcing", "contract__village"):
        at[account.contract.sourcing.need_id] = account
    return [(need, at.get(need.pk, need)) for need in needs]
