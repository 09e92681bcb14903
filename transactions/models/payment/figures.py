"""What a payment request comes to, and to whom it is paid; amounts are whole rupiah."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Sum

from core.workflow import Caution
from transactions import tax
from transactions.models.planning.joint import whole_ceiling


class Figures:
    """Account and figures of a request, as the contract and the day have them."""

    pk: Any
    contract: Any
    state: Any
    amount: Any
    fine: Any
    value: Any
    work: Any
    today: Any
    paid_by: Any

    def _payee(self) -> dict[str, str]:
        """The account as the contract has it; the provider's own where the contract is older than that."""
        contract, provider = self.contract, self.contract.provider
        own = {"bank": provider.bank, "account_holder": provider.account_holder, "number": provider.account_number}
        if contract.provider_account is None:
            return own
        agreed = (contract.snapshot or {}).get("provider", {})
        return (
            own
            | {key: agreed[key] for key in ("bank", "account_holder") if agreed.get(key)}
            | {"number": contract.provider_account}
        )

    @property
    def bank(self) -> str:
        return self._payee()["bank"]

    @property
    def account_holder(self) -> str:
        return self._payee()["account_holder"]

    @property
    def account_number(self) -> str:
        """As agreed; shown to the treasurer who pays (transactions.personal)."""
        return str(self._payee()["number"])

    @property
    def npwp(self) -> str:
        agreed = self.contract.provider_npwp
        return str(self.contract.provider.npwp if agreed is None else agreed)

    def cautions(self, verb: str, user: Any) -> list[Caution]:
        """An account of the provider that is no more the agreed one."""
        found: list[Caution] = super().cautions(verb, user)  # type: ignore[misc]
        provider = self.contract.provider
        now = {"bank": provider.bank, "account_holder": provider.account_holder, "number": provider.account_number}
        if verb == "pay" and now != self._payee():
            sentence = "Rekening penyedia sekarang berbeda dengan kontrak; yang tampil di sini menurut kontrak."
            found.append(Caution("account", sentence))
        return found

    def estimate(self, *, on: datetime.date | None = None) -> list[tax.TaxLine]:
        """What would be withheld of this amount by that day's rates, today's if none is said; thresholds look at the
        contract's value."""
        contract = self.contract
        return tax.estimate(contract.provider, self.amount, on=on or self.today, work=self.work, whole=contract.value)

    def figures(self) -> dict[str, Any]:
        """What the budget line bears, what was paid before, this request, and what it comes to.

        Of a request that is filed and paid as it was then: what came later is not in its papers.
        """
        contract, need, paid = self.contract, self.contract.need, self.paid_by
        others = contract.payments.exclude(request=self.pk)
        if paid is not None:
            others = others.filter(pk__lt=paid.pk)
        before = others.aggregate(total=Sum("gross"))["total"] or 0
        value = self.value if self.value is not None else contract.value
        ended = contract.state == "terminated" and (paid is None or paid.recorded_at >= contract.state_since)
        whole = contract.owed + contract.paid if ended else value  # of an ended contract no more than was done
        taxes = self.estimate()
        withheld = sum(line.amount for line in taxes)
        return {
            "value": value,
            "ceiling": whole_ceiling(need),
            "before": before,
            "asked": self.amount,
            "after": whole - before - self.amount,
            "fine": self.fine,
            "taxes": taxes,
            "withheld": withheld,
            "net": max(0, self.amount - self.fine - withheld),
            "has_examples": any(line.is_example for line in taxes),
            "held": sum(row.held for row in contract.commitments.all()) if need.activity_id else None,
        }
