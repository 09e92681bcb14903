"""How a sourcing ends: a winner, another winner when the first withdraws, or nothing."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from core.workflow import Denied, Verdict, moving, refuse_unless
from verification.models import Standing

if TYPE_CHECKING:
    from transactions.models.sourcing.quotation import Quotation

LOWER = "Ada penawaran memenuhi syarat yang lebih rendah."
ALIKE = "Harganya sama dengan penawaran yang dipilih."
UNSIGNED = ("drafted", "issued", "provider_signed")  # the village has not signed the contract


class Awarding:
    """Verbs and guards of the award."""

    pk: Any
    need: Any
    quotations: Any
    contract: Any
    officer: Any
    award_reason: Any
    failure_reason: Any

    # --- who may ------------------------------------------------------------------------------------
    def may_release(self, user: Any) -> Verdict:
        """The officer, as long as the village has not signed: after that a contract is terminated, not let go."""
        verdict = self.officer(user)
        if not verdict:
            return verdict
        contract = self.contract
        if contract is None or contract.state not in UNSIGNED:
            return Denied("Kontraknya sudah ditandatangani desa; pekerjaan itu diakhiri dengan pemutusan kontrak.")
        return verdict

    def may_lapse(self, user: Any) -> Verdict:
        verdict: Verdict = self.contract.may_terminate(user)
        if verdict and self.contract.state != "terminated":
            return Denied("Penetapan hanya gugur bila kontraknya diputus.")
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    def award(
        self,
        *,
        by: Any,
        quotation: Quotation,
        reason: str = "",
        number: str = "",
        on: datetime.date | None = None,
        notice_number: str = "",
        tie: str = "",
    ) -> None:
        """Choose the winner; the others are declined, and the contract is drafted. Not the lowest: say why.

        `number` and `on` are those of the letter of award, `notice_number` of its announcement, as the village's
        agenda gives them. `tie` is what the officer declares between the winner and the village's office: a caution.
        """
        from transactions import watch
        from transactions.models.contract.contract import Contract

        with moving(self, "award", by=by, note=reason) as facts:  # type: ignore[arg-type]
            refuse_unless(quotation.sourcing_id == self.pk, "Penawaran itu bukan untuk paket ini.")
            refuse_unless(
                Standing.objects.covers(quotation.provider_id, self.need.village_id),
                "Penyedia ini sedang tidak terdaftar di direktori, jadi tidak dapat ditetapkan.",
            )
            self.note_cautions(watch.of_winner(self, quotation, tie), facts)  # type: ignore[attr-defined]
            facts["tie"] = tie
            quotation.win(by=by)
            others = list(self.quotations.filter(state="qualified"))
            refuse_unless(
                reason or all(quotation.final_price <= other.final_price for other in others),
                "Ada penawaran memenuhi syarat yang lebih rendah. Tuliskan alasan tidak menetapkannya.",
            )
            for other in others:
                other.lose(by=by, reason=reason or (LOWER if quotation.final_price < other.final_price else ALIKE))
            self.award_reason, self.award_number, self.award_on = reason, number, on
            self.notice_number = notice_number
            contract = Contract(
                sourcing=self, quotation=quotation, provider=quotation.provider, village=self.need.village
            )
            contract.draft(by=by, verdict=self.officer(by))
            facts.update(quotation=quotation.code, value=quotation.final_price, provider=quotation.provider.name)

    def release(self, *, by: Any, reason: str) -> None:
        """The winner withdraws, or was barred, before the village signed: who was not chosen may be chosen again."""
        with moving(self, "release", by=by, note=reason) as facts:  # type: ignore[arg-type]
            winner = self.quotations.get(state="won")
            self.contract.fall(by=by, reason=reason)
            winner.resign(by=by, reason=reason)
            for other in self.quotations.filter(state="lost"):
                other.come_back(by=by)
            self.award_reason, self.award_number, self.award_on, self.notice_number = "", "", None, ""
            facts.update(provider=winner.provider.name)

    def lapse(self, *, by: Any, reason: str) -> None:
        """Called by the contract that is terminated: the need can be sourced again."""
        with moving(self, "lapse", by=by, note=reason):  # type: ignore[arg-type]
            self.failure_reason = f"kontrak diputus. {reason}"

    def fail(self, *, by: Any, reason: str) -> None:
        """It came to nothing: no offer, none that meets what was asked. The need can be sourced again."""
        with moving(self, "fail", by=by, note=reason):  # type: ignore[arg-type]
            self.failure_reason = reason
