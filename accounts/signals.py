"""What follows when allauth changes how a person proves who they are."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth import update_session_auth_hash
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import limits
from accounts.models import User


@receiver([authenticator_added, authenticator_removed])
def other_sessions_end(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever was logged in with the password alone proves the second factor too; this session stays."""
    user.end_sessions()
    update_session_auth_hash(request, user)


@receiver(authenticator_added)
def the_code_was_proof(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Who has just typed a right code is not asked again to read the recovery codes."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", reauthenticated=True)


@receiver(password_reset)
def tries_count_anew(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """The owner proved themselves by mail; the wrong guesses of before don't keep them out."""
    limits.wrong_passwords(user.email).forget()
