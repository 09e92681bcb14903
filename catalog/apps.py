from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Katalog layanan"

    def ready(self) -> None:
        from accounts.models import Provider

        post_save.connect(follow_provider, sender=Provider, dispatch_uid="catalog.follow_provider")


def follow_provider(*, instance: Any, created: bool, **kwargs: Any) -> None:
    """A provider may have a new name: its services are found by it."""
    from catalog import search

    if not created:
        search.index_all(instance.services)
