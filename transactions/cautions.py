"""What is unusual in an order: forbidden while somebody else could do it, else done with a reason that stays.

`found` gathers what wants a reason before a move; `noted` reads what was answered out of an order's events.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.models import Document, Event
from core.workflow import Caution, Denied
from transactions import four_eyes, watch


def second_person(document: Document, verb: str, user: Any) -> Denied | None:
    """The refusal when this person prepared what is now approved, and somebody else could approve it."""
    return four_eyes.refusal(document, verb, user)


def found(document: Document, verb: str, user: Any) -> list[Caution]:
    """What wants a reason before this move."""
    return [*four_eyes.cautions(document, verb, user), *watch.cautions(document, verb)]


@dataclass(frozen=True, slots=True)
class Noted:
    """A caution that somebody went on from: at which step, when, who, what it said, and the reason."""

    step: str
    at: datetime.datetime
    who: str
    role: str
    kind: str
    sentence: str
    reason: str


def noted(events: Iterable[Event]) -> list[Noted]:
    """Cautions with their reasons, as the events have them."""
    return [
        Noted(
            event.verb_label,
            event.at,
            event.actor_name,
            event.role_label,
            each["kind"],
            each["sentence"],
            each["reason"],
        )
        for event in events
        for each in event.data.get("cautions", [])
    ]
