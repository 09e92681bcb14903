"""Time that goes by between two acts: every day and moment that an order's papers hold is that much longer ago.

The clock of the database and of the browser stay as they are; so does the guard of every verb, which meets an order
that began earlier. What was frozen is moved with its day, and its fingerprint with it.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.browser.purchase import Purchase

# Model: how its rows find the code of their order.
TO_ORDER = {
    "Need": "code",
    "Sourcing": "need__code",
    "Terms": "sourcing__need__code",
    "TenderQuestion": "sourcing__need__code",
    "EvaluationMinutes": "sourcing__need__code",
    "Quotation": "sourcing__need__code",
    "Contract": "sourcing__need__code",
    "Addendum": "contract__sourcing__need__code",
    "ProgressReport": "contract__sourcing__need__code",
    "Inspection": "contract__sourcing__need__code",
    "PaymentRequest": "contract__sourcing__need__code",
    "Payment": "contract__sourcing__need__code",
    "Accountability": "contract__sourcing__need__code",
    "Meeting": "items__accountability__contract__sourcing__need__code",
    "AgendaItem": "accountability__contract__sourcing__need__code",
    "MeetingPostponement": "meeting__items__accountability__contract__sourcing__need__code",
    "Remedy": "accountability__contract__sourcing__need__code",
}


def days_pass(purchase: Purchase, days: int) -> None:
    """So many days go by for this order."""
    code = purchase.path.strip("/").split("/")[-1]
    purchase.site.ask(lambda: age(code, datetime.timedelta(days=days)))


def age(order: str, by: datetime.timedelta) -> None:
    from django.apps import apps
    from django.db import transaction
    from django.db.models import DateField, F

    with transaction.atomic():
        for name, path in TO_ORDER.items():
            model = apps.get_model("transactions", name)
            rows = model._base_manager.filter(pk__in=model._base_manager.filter(**{path: order}).values("pk"))
            moments = [field.name for field in model._meta.fields if isinstance(field, DateField)]
            rows.update(**{name: F(name) - by for name in moments})
            if hasattr(model, "snapshot_sha256"):
                refreeze(rows, by)


def refreeze(rows: Any, by: datetime.timedelta) -> None:
    from core.documents import fingerprint

    for row in rows.exclude(snapshot=None):
        frozen = earlier(row.snapshot, by)
        rows.filter(pk=row.pk).update(snapshot=frozen, snapshot_sha256=fingerprint(frozen))


def earlier(frozen: Any, by: datetime.timedelta) -> Any:
    """The same snapshot, with every day and moment in it that much earlier."""
    match frozen:
        case {"$date": text}:
            return {"$date": (datetime.date.fromisoformat(text) - by).isoformat()}
        case {"$moment": text}:
            return {"$moment": (datetime.datetime.fromisoformat(text) - by).isoformat()}
        case dict():
            return {name: earlier(part, by) for name, part in frozen.items()}
        case list():
            return [earlier(part, by) for part in frozen]
    return frozen
