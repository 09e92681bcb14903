"""What is printed of an order. Each paper is data, frozen when issued; PDFs come from the worker.

One module for each stage; its `available(order)` says which papers can be asked for now.
"""

from __future__ import annotations

from accounts.models import Role
from core.clock import local_today
from core.models import Document, PrintedDocument
from transactions.documents import contract, joint, meeting, offers, payment, sourcing
from transactions.documents.frame import Printable
from transactions.models import Need, ProcurementRule
from transactions.order import Order

BUYERS = (Role.ACTIVITY_MANAGER, Role.PROCUREMENT_TEAM)
STAGES = (joint, offers, sourcing, contract, payment, meeting)


def rule_of(need: Need) -> ProcurementRule:
    """The rule by which this village buys today."""
    return ProcurementRule.objects.in_force(need.village.regency_code, on=local_today(need.village))


def papers_of(document: Document) -> list[PrintedDocument]:
    """Papers printed of one document, newest first."""
    return list(PrintedDocument.objects.about(document).select_related("file"))


def available(order: Order) -> list[Printable]:
    """The papers that this order's state allows, for whoever sees its documents."""
    return [each for stage in STAGES for each in stage.available(order)]
