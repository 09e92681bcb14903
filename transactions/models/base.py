"""What all documents of an order have in common."""

from __future__ import annotations

from typing import Any

from core.models import Document
from core.workflow import Caution, Verdict

CLOSED = "Pembelian sudah ditutup; berkasnya tidak berubah lagi."


class OrderDocument(Document):
    """A document of an order. The same person does not propose and approve; what is unusual wants a reason.

    Both stand in `transactions.cautions`, one table for all documents, so a verb's own `may_<verb>` says only who
    holds the office and when.
    """

    class Meta:
        abstract = True

    def may(self, verb: str, user: Any) -> Verdict:
        from transactions import cautions

        verdict = super().may(verb, user)
        refusal = cautions.second_person(self, verb, user) if verdict else None
        return verdict if refusal is None else refusal

    def cautions(self, verb: str, user: Any) -> list[Caution]:
        from transactions import cautions

        return cautions.found(self, verb, user)
