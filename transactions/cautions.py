"""What is unusual in an order: forbidden while somebody else could do it, else done with a reason that stays."""

from __future__ import annotations

from typing import Any

from core.models import Document
from core.workflow import Caution, Denied


def second_person(document: Document, verb: str, user: Any) -> Denied | None:
    """The refusal when this person prepared what is now approved, and somebody else could approve it."""
    return None


def found(document: Document, verb: str, user: Any) -> list[Caution]:
    """What wants a reason before this move."""
    return []
