"""Where the signed sheet of a printed paper belongs: the kind of paper names the verb that takes its scan.

A paper carries a QR code to /unggah/<its code>/. What it is about, and who is allowed there, say the document and its
own guards; nothing here knows a role.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from core.models import Document, PrintedDocument
from core.workflow import Move
from transactions.models import Accountability, Addendum, Contract, Meeting, PaymentRequest

# kind of paper: (verb, its argument) in the order in which they are tried
STEPS: dict[str, tuple[tuple[str, str], ...]] = {
    "ba-musdes-kosong": (("attach", "scan"),),
    "ba-musdes": (("attach", "scan"),),
    "daftar-hadir": (("attach", "attendance_scan"), ("supplement", "attendance_scan")),
    "notulen-kosong": (("attach", "notes_scan"), ("supplement", "notes_scan")),
    "notulen": (("attach", "notes_scan"), ("supplement", "notes_scan")),
    "spk": (("sign_for_provider", "scan"), ("sign_for_village", "scan")),
    "adendum": (("sign_for_provider", "scan"), ("sign_for_village", "scan")),
    "bast": (("attach_handover_scan", "scan"),),
    "tanggung-jawab": (("complete_papers", "statement"),),
    "kuitansi": (("complete_papers", "bill_scan"),),
    "bast-kades": (("attach_head_scan", "scan"),),
}
# verb of a contract: the field in which its scan is kept; elsewhere the argument names it
FIELDS = {
    "sign_for_provider": "provider_scan",
    "sign_for_village": "village_scan",
    "attach_handover_scan": "handover_scan",
    "attach_head_scan": "head_handover_scan",
}
HOLDERS: dict[str, Any] = {
    model._meta.label_lower: model for model in (Meeting, Accountability, Contract, Addendum, PaymentRequest)
}


@dataclass(frozen=True, slots=True)
class Step:
    """One way for the sheet to come back: the document, its verb, and the argument that takes the scan."""

    document: Any
    verb: str
    argument: str

    @property
    def move(self) -> Move:
        return self.document.MOVES[self.verb]  # type: ignore[no-any-return]

    @property
    def field(self) -> str:
        return FIELDS.get(self.verb, self.argument)

    @property
    def kept(self) -> Any:
        """The scan that is there now."""
        return getattr(self.document, self.field)

    def is_open(self) -> bool:
        return self.document.state in self.move.sources


def holder_of(paper: PrintedDocument, user: Any) -> Document | None:
    """What the paper is about, if this person sees it; for a sheet that was printed before its Musdes was planned
    here, the first assembly on its order's agenda that had not decided yet when the sheet was printed."""
    model = HOLDERS.get(paper.about)
    if model is None or paper.kind not in STEPS:
        return None
    found = model._default_manager.visible_to(user).filter(pk=paper.about_id).first()
    if isinstance(found, Accountability):
        undecided = Q(decided_at=None) | Q(decided_at__gte=paper.issued_at)
        meetings = Meeting.objects.visible_to(user).filter(undecided, items__accountability=found)
        return meetings.exclude(state="cancelled").order_by(F("decided_at").asc(nulls_last=True)).first() or found
    return found  # type: ignore[no-any-return]


def steps_of(paper: PrintedDocument, user: Any) -> list[Step]:
    """The steps that this person may ever take with this sheet, the one that is open now first.

    Empty: they have nothing to hand in here. Steps of another time stand last, so that the page can say why not.
    """
    document = holder_of(paper, user)
    if document is None or isinstance(document, Accountability):
        return []
    steps = [Step(document, verb, argument) for verb, argument in STEPS[paper.kind]]
    mine = [step for step in steps if document.may(step.verb, user)]
    return sorted(mine, key=lambda step: not step.is_open())
