"""One order: its line of life, and its papers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import people
from transactions import documents, year_end
from transactions.models import Addendum, Meeting, Need, Remedy
from transactions.models.contract.addendum import LIVE as ADDENDUM_LIVE
from transactions.models.planning.carrying import PAID
from transactions.order import Order
from transactions.views.joint import joint_of
from transactions.views.printing import letters_of


@require_safe
def order(request: HttpRequest, code: str) -> HttpResponse:
    """One order: its line of life, whose turn it is, and every paper."""
    need = get_object_or_404(
        Need.objects.visible_to(request.user).select_related(
            "village", "category", "service", "assisted_by", "activity"
        ),
        code=code,
    )
    whole = Order(need, request.user)
    invited = own_invitation(whole)
    return render(
        request,
        "transactions/order.html",
        {
            "order": whole,
            "need": need,
            "letters_by_stage": letters_of(whole),
            "invited": invited,
            "invitations": invitations_of(whole),
            "may_source": may_source(whole),
            "may_meet": may_meet(whole),
            "may_amend_contract": may_amend_contract(whole),
            "may_remedy": may_remedy(whole),
            "may_see_budget": not whole.is_invited,
            "year_end": year_end_of(whole),
            "joint": joint_of(whole),
        },
    )


def year_end_of(whole: Order) -> str:
    """What the end of the fiscal year asks of this order; nothing once it is paid, and nothing to bidders."""
    account = whole.accountability
    if whole.is_invited or (account is not None and account.state in PAID):
        return ""
    return year_end.sentence(whole.need)


def own_invitation(whole: Order) -> bool:
    """Is this a provider that was asked and may still answer?"""
    if whole.sourcing is None or whole.sourcing.state != "open" or whole.sourcing.is_past_deadline:
        return False
    mine = people.providers(whole.user)
    asked = whole.sourcing.invitations.filter(provider__in=mine).exists()
    return asked and not any(q.provider_id in mine for q in whole.quotations)


def invitations_of(whole: Order) -> list[Any]:
    """Who was asked; the providers themselves do not see their rivals."""
    return [] if whole.is_invited else whole.invitations


def may_source(whole: Order) -> bool:
    if whole.need.state != "budgeted" or (whole.sourcing is not None and whole.sourcing.state != "failed"):
        return False
    return bool(people.acting(whole.user, *documents.BUYERS, at=whole.need.village_id))


def may_amend_contract(whole: Order) -> bool:
    """May this person begin an addendum, and does none wait for a signature?"""
    contract = whole.contract
    if contract is None or any(row.state in ADDENDUM_LIVE for row in contract.addenda.all()):
        return False
    return bool(Addendum(contract=contract).may_create(whole.user))


def may_meet(whole: Order) -> bool:
    """Is its Musdes to be planned or recorded, and is this person one who does so?"""
    account = whole.accountability
    if account is None or account.state != "musdes" or account.agenda.filter(open=True).exists():
        return False
    return bool(Meeting(village=account.village).may_create(whole.user))


def may_remedy(whole: Order) -> bool:
    """Is a way out to be chosen, after a Musdes that did not accept?"""
    account = whole.accountability
    if account is None or account.state != "refused":
        return False
    running = any(remedy.state in ("open", "reported") for remedy in account.remedies.all())
    return not running and bool(Remedy(accountability=account).may_create(whole.user))
