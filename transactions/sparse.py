"""Rows that most documents do not have: addenda, remedies, training sessions.

Whether there are any is asked within the document's own query, and only those that are there are fetched: a page asks
the database for what its order has, not for each thing that an order may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, Model, OuterRef, Prefetch, QuerySet, prefetch_related_objects


def noting(rows: Any, *paths: str) -> Any:
    """The query, with a note for each of these relations whether it leads to any row: "addenda", or "need.shares"."""
    return rows.annotate(**{_note(path): _any(rows.model, path) for path in paths})


def fetch(found: list[Any], related: Mapping[str, QuerySet[Any]]) -> None:
    """Bring the rows of these relations where the query noted some; the others are empty, and ask nothing."""
    for path, rows in related.items():
        lookup = path.replace(".", "__")
        some = [each for each in found if getattr(each, _note(path))]
        none = [each for each in found if not getattr(each, _note(path))]
        prefetch_related_objects(some, Prefetch(lookup, rows))
        prefetch_related_objects(none, Prefetch(lookup, rows.none()))


def has(document: Model, path: str) -> bool:
    """Did the query note any?"""
    return bool(getattr(document, _note(path)))


def _note(path: str) -> str:
    return f"has_{path.replace('.', '_')}"


def _any(model: Any, path: str) -> Exists:
    *way, name = path.split(".")
    for step in way:
        model = model._meta.get_field(step).related_model
    relation = model._meta.get_field(name)
    rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("__".join([*way, "pk"]))})
    return Exists(rows)
