"""Who holds a role today: the people that a notice goes to."""

from accounts.models import Membership


def village(code: str, *roles: str) -> list[Membership]:
    """Who holds these roles in the village today."""
    return list(Membership.objects.current().at(code).holding(*roles).select_related("user"))


def of_provider(provider: int) -> list[Membership]:
    return list(Membership.objects.current().filter(provider=provider).select_related("user"))
