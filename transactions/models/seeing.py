"""Who sees what of an order: the conditions of which every document's `visible_to` is made."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts import people
from accounts.models.membership import FACILITATOR_ROLES, OFFICE_ROLES, POKJA_ROLES, VILLAGE_ROLES
from regions.scope import NATION, within

OVERSEERS = (*FACILITATOR_ROLES, *POKJA_ROLES, *OFFICE_ROLES)


def in_office(user: Any, path: str = "village", *, need: str = "") -> Q:
    """Rows of villages where this person holds office, helps or oversees; and of orders in which such a village takes
    part, where `path` (or `need`) leads to an order."""
    codes = people.territories(user, *VILLAGE_ROLES, *OVERSEERS)
    own, need = within(path, codes), need or need_path(path)
    joint = joint_needs(user, codes) if need else []
    return own | Q(**{f"{need}__in": joint}) if joint else own


def on_the_buying_side(user: Any, path: str = "sourcing") -> Q:
    """Rows of sourcings (to which `path` leads) of one's own villages, but for those in which one's own provider is
    asked: whoever stands on both sides reads as a bidder."""
    from transactions.models.sourcing.quotation import Invitation

    rows = in_office(user, f"{path}__need__village")
    mine = people.providers(user)
    return (
        rows & ~Q(**{f"{path}__in": Invitation.objects.filter(provider__in=mine).values("sourcing")}) if mine else rows
    )


def need_path(path: str) -> str:
    """From the path to an order's village, the path to its need; empty where it leads to no order."""
    if path.endswith("need__village"):
        return path.removesuffix("__village")
    return f"{path.removesuffix('__village')}__sourcing__need" if path.endswith("contract__village") else ""


def joint_needs(user: Any, codes: list[str]) -> list[int]:
    """Keys of the orders that a village outside these territories leads and one inside takes part in.

    Few or none: as keys they leave the plan of every list as it is for who has none. One query a request.
    """
    from transactions.models.planning.joint import JointShare

    if not codes or codes == [NATION]:
        return []
    if not hasattr(user, "joint_needs_now"):
        rows = JointShare.objects.living().filter(within("village", codes)).exclude(within("need__village", codes))
        user.joint_needs_now = list(rows.values_list("need_id", flat=True).distinct())
    return user.joint_needs_now  # type: ignore[no-any-return]


def went_out(to: str = "") -> Q:
    """Rows of sourcings that somebody was asked for; a draft that failed never was. Those of before the moment was
    kept are known by their state, or by offers that were opened."""
    told = Q(**{f"{to}announced_at__isnull": False}) | Q(**{f"{to}opened_at__isnull": False})
    return told | ~Q(**{f"{to}state__in": ["draft", "failed"]})
