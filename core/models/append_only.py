"""Rows that are written once. The database refuses too (see the migration's trigger)."""

from typing import Any, NoReturn, Self

from django.db import models


class AppendOnlyError(TypeError):
    """Someone tried to change or delete a row of an append-only table."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} is append-only")

    def delete(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} is append-only")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} is append-only")

    def about(self, thing: models.Model) -> Self:
        """Rows about this object, oldest first."""
        return self.filter(about=thing._meta.label_lower, about_id=str(thing.pk)).order_by("pk")


class AppendOnly(models.Model):
    """A model whose rows are only ever inserted."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} is append-only")
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} is append-only")
