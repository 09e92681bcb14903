"""The second factor's secrets: under which key they lie, and what is done when somebody lost the telephone."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.models import User
from core.fields import active_key_id, decrypt, encrypt
from core.models import Event

# TOTP secrets and the seeds of recovery codes are bound to the column they lie in.
BOUND_TO = "mfa.authenticator.data"
SECRETS = ("secret", "seed")


def rotate() -> int:
    """Encrypt the secrets of all people anew under the last key; how many rows were written."""
    done = 0
    for pk in Authenticator.objects.values_list("pk", flat=True).order_by("pk"):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            old = {
                name: row.data[name]
                for name in SECRETS
                if row is not None and name in row.data and not row.data[name].startswith(active_key_id() + "$")
            }
            if row is None or not old:
                continue
            row.data |= {name: encrypt(decrypt(stored, BOUND_TO), BOUND_TO) for name, stored in old.items()}
            row.save(update_fields=["data"])
            done += 1
    return done


@transaction.atomic
def forget(user: User, *, reason: str) -> None:
    """Take a person's second factor away and log them out everywhere; the act is written down."""
    Authenticator.objects.filter(user=user).delete()
    user.end_sessions()
    Event.objects.create(
        about="accounts.user",
        about_id=str(user.pk),
        about_code="",
        verb="forget_second_factor",
        actor_name="Sistem",
        note=reason,
        data={"person": str(user)},
    )
