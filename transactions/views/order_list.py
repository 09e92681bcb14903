"""The list of orders."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import people
from transactions import forms, year_end
from transactions.models import Accountability, Contract, Need, OrderStage, Sourcing, Stage
from transactions.models.stage import END, Place

PAGE = 20
# Among how many of the latest orders words are looked for before the whole index is asked; in a province or
# kabupaten only among the first of these, since the index knows which orders are theirs.
LATEST = (0, 300, 1_200, 3_600)
STAGES: dict[str, tuple[Stage, ...]] = {
    "kebutuhan": (Stage.NEED, Stage.ENDED),
    "pengadaan": (Stage.SOURCING,),
    "kontrak": (Stage.CONTRACT,),
    "pertanggungjawaban": (Stage.ACCOUNT,),
    "selesai": (Stage.CLOSED,),
    "batal": (Stage.CANCELLED, Stage.ENDED),
}


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """All orders this person may see, newest first, paged by key."""
    form = forms.OrderFilterForm(request.GET)
    form.is_valid()
    before = place_of(request.user, request.GET.get("sebelum", ""))
    found = newest(request.user, form.cleaned_data, before=before, count=PAGE + 1)
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
            "has_year_end": people.holds(request.user, *year_end.READERS),
        },
    )


def place_of(user: Any, code: str) -> Place | None:
    """After which order a page begins: this one's place, the end for one that is not theirs, None for the first page."""
    if not code:
        return None
    found = Need.objects.visible_to(user).filter(code=code[:16]).values_list("created_at", "pk").first()
    return Place(*found) if found else END


def newest(user: Any, asked: dict[str, Any], *, before: Place | None, count: int) -> list[Need]:
    """So many of the orders asked for, newest first.

    Who oversees a whole kabupaten or more has too many to sort: theirs are read off the kept stages in their order.
    What was searched for may be in every title or in none, and the database cannot tell beforehand: so it is looked
    for among the latest few thousand, and only if they do not fill the page off the index of words.
    """
    words, year, stages = asked.get("q"), asked.get("tahun"), STAGES.get(asked.get("tahap") or "", ())
    every = OrderStage.objects.overseen_by(user)
    rows = Need.objects.visible_to(user).select_related("village", "category")
    # By a sum, so that nothing is read in the order of its index.
    rows = rows.order_by((F("created_at") + dt.timedelta(0)).desc(), "-pk")
    if words:
        rows = rows.said(words, inside=every.inside if every is not None else ())
    if every is None:
        return list(narrowed(rows, year, stages, before)[:count])
    kept = every.narrowed(year=year, before=before)
    if not words:
        return list(rows.filter(pk__in=kept.keys(stages, count)))
    found: list[Need] = []
    for first, last in pairwise(LATEST[:2] if every.inside else LATEST):
        latest = kept.keys(stages, last)[first:]
        found += rows.filter(pk__in=latest)[: count - len(found)]
        if len(found) == count or len(latest) < last - first:
            return found
    return list(narrowed(rows, year, stages, before)[:count])


def narrowed(rows: Any, year: int | None, stages: tuple[Stage, ...], before: Place | None) -> Any:
    """The needs of a year and of these stages, after a place in the list."""
    if year:
        rows = rows.filter(created_at__year=year)
    if stages:
        rows = rows.filter(kept__stage__in=stages)
    if before is not None:
        rows = rows.filter(Q(created_at__lt=before.at) | Q(created_at=before.at, pk__lt=before.need))
    return rows


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
