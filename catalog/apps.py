from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Katalog layanan"

    def ready(self) -> None:
        from accounts.models import Provider
        from catalog import notifications  # noqa: F401  (registers who is told)
        from verification import fields_of_work

        fields_of_work.provide(fields)
        post_save.connect(follow_provider, sender=Provider, dispatch_uid="catalog.follow_provider")


def fields() -> list[tuple[str, list[tuple[str, str]]]]:
    """The categories in use under the programme's bidang, as what a provider says it can do."""
    from catalog.models import Category

    rows = list(Category.objects.active())
    groups = [
        (label, [(row.key, row.name) for row in rows if row.bidang == key]) for key, label in Category.Field.choices
    ]
    return [(label, found) for label, found in groups if found]


def follow_provider(*, instance: Any, created: bool, **kwargs: Any) -> None:
    """A provider may have a new name: its services are found by it."""
    from catalog import search

    if not created:
        search.index_all(instance.services)
