"""One order: its line of life, and its papers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
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
    return render(
        request,
        "transactions/order.html",
        {
            "order": whole,
            "need": need,
            "letters_by_stage": letters_of(whole),
            "offers_to_send": offers_to_send(whole),
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


def offers_to_send(whole: Order) -> list[tuple[str, str]]:
    """(button, address) for each provider of this person that was asked and may still answer."""
    if not whole.is_invited or whole.sourcing.state != "open" or whole.sourcing.is_past_deadline:  # type: ignore[union-attr]
        return []
    mine, url = people.providers(whole.user), reverse("quotation-new", args=[whole.need.code])
    waiting = set(mine) - {quotation.provider_id for quotation in whole.quotations}
    own = [each.provider for each in whole.invitations if each.provider_id in waiting]
    if len(mine) == 1:
        return [("Kirim penawaran", url) for _ in own]
    return [(f"Kirim penawaran {each.name}", f"{url}?penyedia={each.code}") for each in own]


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
