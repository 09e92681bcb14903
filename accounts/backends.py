"""Who is at this session: asked on every page, so in one query."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from accounts.models import Membership, User

# Sealed columns of a provider: opening them costs more than the rest of the row, and no page needs them by this way.
SEALED = ("provider__nik", "provider__npwp", "provider__account_number")


class Backend(AuthenticationBackend):
    """allauth's, which finds a person together with what this person is today."""

    def get_user(self, user_id: Any) -> User | None:
        """The person with `memberships_now` and `has_second_factor` known; two queries for who is nothing yet."""
        has_second_factor = Exists(Authenticator.objects.filter(user=OuterRef("user")))
        now = Membership.objects.current().filter(user=user_id).annotate(has_second_factor=has_second_factor)
        rows: list[Any] = list(now.select_related("user", "area", "provider__area").defer(*SEALED))
        if not rows:
            found: User | None = super().get_user(user_id)
            return found
        user = rows[0].user
        user.has_second_factor = rows[0].has_second_factor
        user.memberships_now = rows
        return user if self.user_can_authenticate(user) else None
