"""Who acts where: the questions that `visible_to` and `may_<verb>` ask of a person's memberships."""

from __future__ import annotations

from typing import Any

from accounts.models.membership import POKJA_ROLES, SECOND_FACTOR_ROLES, Membership, Role
from regions import codes
from regions.scope import NATION


def memberships(user: Any) -> list[Membership]:
    """What this person is today; nothing for the public."""
    return user.memberships_now if user is not None and user.is_authenticated and user.is_active else []


def acting(user: Any, *roles: str, at: str | None = None, provider: int | None = None) -> Membership | None:
    """The membership by which this person holds one of `roles` over area `at` (by whole dotted parts)
    or for `provider` (its id); None when they do not."""
    for membership in memberships(user):
        if membership.role in roles and _reaches(membership, at, provider):
            return membership
    return None


def _reaches(membership: Membership, at: str | None, provider: int | None) -> bool:
    if provider is not None:
        return membership.provider_id == provider
    if membership.role == Role.MINISTRY:
        return True
    return bool(at and membership.area_id and codes.contains(membership.area_id, at))


def holds(user: Any, *roles: str) -> bool:
    """Does this person hold one of `roles` anywhere?"""
    return any(membership.role in roles for membership in memberships(user))


def territories(user: Any, *roles: str) -> list[str]:
    """The area codes over which this person holds one of `roles`; NATION for the ministry."""
    found = []
    for membership in memberships(user):
        if membership.role in roles:
            if membership.role == Role.MINISTRY:
                return [NATION]
            if membership.area_id:
                found.append(membership.area_id)
    return found


def providers(user: Any) -> list[int]:
    """Ids of the providers this person works for."""
    return [m.provider_id for m in memberships(user) if m.role == Role.PROVIDER and m.provider_id]


def works_in_admin(user: Any) -> bool:
    """The admin is the desk of the Pokja, the regency's office and the ministry."""
    return holds(user, *POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)


def needs_second_factor(user: Any) -> bool:
    return holds(user, *SECOND_FACTOR_ROLES)
