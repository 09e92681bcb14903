"""Drafting, issuing, signing and ending a contract."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.clock import local_today
from core.documents import fingerprint, freeze, thaw
from core.formats import rupiah
from core.models import StoredFile
from core.workflow import Verdict, born, moving, refuse_unless
from transactions.models.contract.agreed import as_agreed
from transactions.models.contract.conditions import PROVIDERS_FAULT, Cause, Conditions, kind_for
from transactions.models.contract.inspection import Inspection
from transactions.models.planning import bearing
from transactions.models.planning.joint import spendable
from transactions.models.sourcing.sourcing import Sourcing
from verification.models import Standing


class Signing:
    """Verbs by which a contract comes to run, and by which it ends early."""

    def draft(self, *, by: Any, verdict: Verdict) -> None:
        """Called by the sourcing that is awarded: the value is the winner's final price, the kind follows the rule."""
        self.value = self.quotation.final_price
        self.kind = kind_for(self.sourcing.method, self.sourcing.rule, self.value)
        born(self, by=by, verdict=verdict, data={"value": self.value, "kind": str(self.kind)})

    def issue(
        self,
        *,
        by: Any,
        number: str,
        signed_on: datetime.date,
        starts_on: datetime.date,
        conditions: Conditions | None = None,
    ) -> None:
        """Freeze the text and figures; the village types the number from its own agenda."""
        agreed = conditions or Conditions()
        awarded_on = timezone.localdate(self.state_since, timezone=self.village.tzinfo)
        with moving(self, "issue", by=by) as facts:
            self.needs_good_standing()
            self._check_dates(signed_on, starts_on, awarded_on)
            agreed.check()
            self.number, self.signed_on, self.starts_on = number, signed_on, starts_on
            self.ends_on = starts_on + datetime.timedelta(days=self.quotation.days - 1)
            self.provider_account, self.provider_npwp = self.provider.account_number, self.provider.npwp
            self.snapshot = freeze(as_agreed(self, agreed, by=by))
            self.snapshot_sha256 = fingerprint(self.snapshot)
            for place, (percent, condition) in enumerate(agreed.termins, 1):
                self.termins.create(number=place, percent=percent, condition=condition)
            facts["sha256"] = self.snapshot_sha256
            bearing.hold(self)  # the last lock, for the shortest time: others wait for the same budget

    def recall(self, *, by: Any, reason: str) -> None:
        """Nobody has signed: the text is written anew, what it held of the budget is free. The event keeps what it said,
        and the form begins with that."""
        with moving(self, "recall", by=by, note=reason) as facts:
            facts.update(number=self.number, sha256=self.snapshot_sha256, snapshot=self.snapshot)
            self.snapshot, self.snapshot_sha256, self.ends_on = None, "", None
            self.provider_account = self.provider_npwp = None
            self.termins.all().delete()
            facts["released"] = bearing.free(self, 0)

    def recalled(self) -> dict[str, Any]:
        """What the text that was taken back last said, thawed; empty where none was."""
        event = self.events().filter(verb="recall").last()
        return thaw(event.data.get("snapshot") or {}) if event else {}

    def _check_dates(self, signed_on: datetime.date, starts_on: datetime.date, awarded_on: datetime.date) -> None:
        """Signed from the award on and not in the future; begun from then on and within a year."""
        refuse_unless(signed_on <= local_today(self.village), "Tanggal kontrak tidak boleh di masa depan.")
        refuse_unless(signed_on >= awarded_on, "Tanggal kontrak tidak boleh sebelum penetapan pemenang.")
        refuse_unless(starts_on >= signed_on, "Pelaksanaan dimulai pada atau setelah tanggal kontrak.")
        refuse_unless(
            starts_on <= signed_on + datetime.timedelta(days=365),
            "Pelaksanaan dimulai paling lambat 365 hari setelah tanggal kontrak.",
        )

    def needs_good_standing(self) -> None:
        """Nobody binds a village anew while frozen, blacklisted or no longer listed; what both signed goes on."""
        refuse_unless(
            Standing.objects.covers(self.provider_id, self.village_id),
            f"{self.provider.name} sedang tidak terdaftar di direktori, jadi kontrak baru tidak dapat ditandatangani.",
        )

    def sign_for_provider(self, *, by: Any, scan: StoredFile) -> None:
        """The provider signed on stamp duty and uploads its copy."""
        with moving(self, "sign_for_provider", by=by) as facts:
            scan.hold(self)
            self.provider_scan, self.provider_signed_at = scan, timezone.now()
            facts["sha256"] = scan.sha256

    def sign_for_village(self, *, by: Any, scan: StoredFile) -> None:
        """The village signed too: the contract runs."""
        with moving(self, "sign_for_village", by=by) as facts:
            self.needs_good_standing()
            scan.hold(self)
            self.village_scan, self.village_signed_at = scan, timezone.now()
            facts["sha256"] = scan.sha256

    # --- what an addendum changes ---------------------------------------------------------------------
    def check_room(self, more: int) -> None:
        """Refuse a rise of the value (whole rupiah) that the budget does not bear, or for a provider who is barred."""
        if more <= 0:
            return
        self.needs_good_standing()
        ceiling = spendable(self.need)
        refuse_unless(
            ceiling is None or self.value + more <= ceiling, f"Nilai tidak boleh melebihi pagu {rupiah(ceiling)}."
        )
        if self.need.activity_id and not self.need.shares.living().exists():
            self.need.activity.check_room(more)  # several villages' budgets are asked when both have signed

    def change(self, *, by: Any, addendum: Any) -> None:
        """Called by the addendum that both have signed: value and last day are now what it says."""
        with moving(self, "change", by=by, note=addendum.reason) as facts:
            refuse_unless(addendum.state == "signed", "Kontrak hanya berubah dengan adendum yang ditandatangani.")
            facts["addendum"] = addendum.code
            if addendum.new_ends_on is not None:
                facts["ends_on"] = [self.ends_on.isoformat(), addendum.new_ends_on.isoformat()]
                self.ends_on = addendum.new_ends_on
            if addendum.new_value is not None:
                before, self.value = self.value, addendum.new_value
                facts["value"] = [before, self.value]
                facts["released"] = bearing.change(self, before)  # the last lock, as when it was issued

    @transaction.atomic
    def terminate(
        self,
        *,
        by: Any,
        cause: str,
        reason: str,
        percent: int | None = None,
        fine: int | None = None,
        fine_reason: str = "",
    ) -> None:
        """The contract ends before its work is done; the village may look for another provider.

        `percent` of the work is what was done and has to be paid, by default what was accepted; what it leaves of the
        budget is free again. Where the provider is at fault, the days that it was late cost the agreed fine.
        """
        sourcing = Sourcing.objects.select_for_update(of=("self",)).get(pk=self.sourcing_id)
        with moving(self, "terminate", by=by, note=reason) as facts:
            self.termination_cause, before = Cause(cause), self.state
            self.termination_percent = self.accepted_part if percent is None else percent
            self._check_part()
            if before != "received":  # what the BAST decided stays
                self.decide_fine(fine, fine_reason, facts, until=self._until(cause))
            self._end_inspection(by, reason)
            paid, due = self.paid, self.value * self.termination_percent // 100
            refuse_unless(due >= paid, f"Sudah dibayar {rupiah(paid)}; bagian yang dibayar tidak dapat di bawahnya.")
            facts.update(cause=cause, percent=self.termination_percent, paid=paid, owed=due - paid)
            facts["released"] = bearing.free(self, due)
        for addendum in self.addenda.filter(state__in=["draft", "provider_signed"]):
            addendum.lapse(by=by, reason=reason)
        sourcing.lapse(by=by, reason=reason)

    def may_fall(self, user: Any) -> Verdict:
        verdict: Verdict = self.sourcing.officer(user)
        return verdict

    def fall(self, *, by: Any, reason: str) -> None:
        """Called by the sourcing whose winner withdraws before the village signed; its budget is free again."""
        with moving(self, "fall", by=by, note=reason) as facts:  # type: ignore[arg-type]
            self.termination_cause, self.termination_percent = Cause.WITHDREW, 0
            facts["released"] = bearing.free(self, 0)

    def _check_part(self) -> None:
        """What is to be paid at the end lies between what was accepted and all; nothing before both signed."""
        part = self.termination_percent
        refuse_unless(
            self.accepted_part <= part <= 100,
            f"Pekerjaan yang dibayar antara {self.accepted_part} % (sudah diterima) dan 100 %.",
        )
        refuse_unless(part == 0 or self.village_signed_at, "Pekerjaan belum dimulai, jadi tidak dibayar.")

    def _until(self, cause: str) -> datetime.date | None:
        """The day up to which the provider answers for lateness at an early end; None where it does not."""
        if cause not in PROVIDERS_FAULT or not self.village_signed_at:
            return None
        return self.finished_on or local_today(self.village)

    def _end_inspection(self, by: Any, reason: str) -> None:
        """Answer the request for inspection that waits."""
        self.inspections.filter(result="").update(
            result=Inspection.Result.ENDED,
            findings=reason,
            inspected_on=local_today(self.village),
            decided_by=by,
            decided_at=timezone.now(),
        )
