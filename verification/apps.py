from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save


class VerificationConfig(AppConfig):
    name = "verification"
    verbose_name = "Verifikasi penyedia"

    def ready(self) -> None:
        from accounts.models import Provider
        from verification import (  # noqa: F401  who is told, who sees numbers
            listed_notices,
            notifications,
            personal,
            plenary_notices,
            pokja_notices,
        )

        post_save.connect(keep_name, sender=Provider, dispatch_uid="verification.keep_name")


def keep_name(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """A provider's name is found again when another has nearly the same; accounts know nothing of that."""
    from verification.models import NameKey

    if not raw:
        NameKey.objects.keep(instance)
