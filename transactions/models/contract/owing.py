"""What a contract comes to: its termins, what was asked for and paid, and what is still owed; whole rupiah."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from transactions.models.contract.conditions import AT_ONCE
from transactions.models.contract.termin import Termin

if TYPE_CHECKING:
    from transactions.models.contract.contract import Contract
    from transactions.models.payment.payment_request import PaymentRequest


class Owing:
    """The figures of a contract; amounts are gross."""

    state: Any
    value: Any
    fine: Any
    termination_percent: Any
    termins: Any
    payments: Any
    payment_requests: Any

    def plan(self: Contract) -> list[Termin]:  # type: ignore[misc]
        """Its termins in their order; one of 100 percent, not saved, for a contract older than they are."""
        rows = sorted(self.termins.all(), key=lambda row: row.number)
        return rows or [Termin(contract=self, number=1, percent=100, condition=AT_ONCE)]

    def planned(self, requests: Iterable[PaymentRequest]) -> list[tuple[Termin, int]]:
        """Each termin with its amount: what its SPP (of these) asks for, else what is due less those before it."""
        asked = {request.termin: request.amount for request in requests if request.state != "withdrawn"}
        found: list[tuple[Termin, int]] = []
        before = 0
        for row in self.plan():  # type: ignore[misc]
            amount = asked.get(row.number, row.due - before)
            found.append((row, amount))
            before += amount
        return found

    @property
    def paid(self) -> int:
        """What was paid of it so far."""
        return int(self.payments.aggregate(total=Sum("gross"))["total"] or 0)

    @property
    def is_paid(self) -> bool:
        """To the last rupiah."""
        return bool(self.paid == self.value)

    def asked(self, *, but: Any = None, before: int | None = None) -> int:
        """What living requests ask for, and payments older than requests.

        With `before` only those of earlier termins: one that was begun later takes nothing from an earlier one.
        """
        requests = self.payment_requests.living().exclude(pk=but)
        if before is not None:
            requests = requests.filter(termin__lt=before)
        asked = requests.aggregate(total=Sum("amount"))["total"] or 0
        bare = self.payments.filter(request=None).aggregate(total=Sum("gross"))["total"] or 0
        return int(asked + bare)

    @property
    def owed(self) -> int:
        """What a contract that ended early still owes for work that was done (rounded down)."""
        if self.state != "terminated" or self.termination_percent is None:
            return 0
        return max(self.value * self.termination_percent // 100 - self.paid, 0)

    @property
    def unasked(self) -> int:
        """What it owes that no request asks for yet."""
        return max(self.owed + self.paid - self.asked(), 0) if self.owed else 0

    @property
    def fine_left(self) -> int:
        """What of its fine no payment had deducted: for the village to claim once nothing more is paid."""
        return int(self.fine - (self.payments.aggregate(total=Sum("fine"))["total"] or 0)) if self.fine else 0
