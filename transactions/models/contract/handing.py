"""The two hand-overs of a contract's work, and the fine when it came late."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.clock import local_today
from core.formats import rupiah
from core.models import StoredFile
from core.workflow import moving, refuse_unless
from transactions.models.contract.fine import fine_for, late_days
from transactions.models.contract.inspection import Inspection


def day_handed(path: str = "") -> Coalesce:
    """`HandingOver.day_handed` in a query; `path` leads to the contract ("contract__")."""
    return Coalesce(f"{path}head_handover_on", f"{path}handover_on")


class HandingOver:
    """Verbs from the accepted work to the file's last scan."""

    fine: Any
    late_days: Any
    head_handover_number: Any
    handover_on: Any
    head_handover_on: Any

    @property
    def day_handed(self) -> datetime.date | None:
        """The day on which the village head had the work; of a contract older than the second BAST, the day of its only
        one."""
        day: datetime.date | None = self.head_handover_on or self.handover_on
        return day

    # --- the fine ------------------------------------------------------------------------------------
    @property
    def finished_on(self) -> datetime.date | None:
        """The day in the village's zone on which the provider said that the whole work is done, and which nobody has
        found wanting: its request for inspection that was accepted, or waits for its result.

        The days that the village took to come and look are not the provider's.
        """
        rows = [row for row in self.inspections.all() if row.result in ("accepted", "") and row.is_whole]
        moment = rows[-1].requested_at if rows else self.accepted_at
        return timezone.localdate(moment, timezone=self.village.tzinfo) if moment else None

    def inspected_on(self, percent: int = 100) -> datetime.date | None:
        """The day on which so much of the work was first found as agreed; None where no row says it."""
        return min(
            (
                row.inspected_on
                for row in self.inspections.all()
                if row.result == "accepted" and row.percent >= percent and row.inspected_on
            ),
            default=None,
        )

    def fine_by(self, finished: datetime.date) -> tuple[int, int]:
        """Days late, and what the contract asks for them, if the work is finished on that day."""
        days = late_days(self.ends_on, finished)
        in_time = [
            row.percent
            for row in self.inspections.all()
            if row.result == "accepted"
            and late_days(self.ends_on, timezone.localdate(row.requested_at, timezone=self.village.tzinfo)) == 0
        ]
        terms = (self.snapshot or {}).get("fine")
        return days, fine_for(self.value, days, terms, delivered_percent=max(in_time, default=0))

    def decide_fine(
        self, amount: int | None, reason: str, facts: dict[str, Any], *, until: datetime.date | None
    ) -> None:
        """Take the fine that the contract asks for, or a lower one for a reason; none without a day (`until`)."""
        days, proposed = self.fine_by(until) if until else (0, 0)
        decided = proposed if amount is None else amount
        refuse_unless(0 <= decided <= proposed, f"Denda paling banyak {rupiah(proposed)} menurut kontrak.")
        refuse_unless(decided == proposed or reason, "Tuliskan alasan denda lebih rendah daripada menurut kontrak.")
        self.late_days, self.fine_proposed, self.fine = days, proposed, decided
        self.fine_reason = reason if decided < proposed else ""
        if days:
            facts.update(late_days=days, fine_proposed=proposed, fine=decided, fine_reason=self.fine_reason)

    # --- from the provider to the manager ---------------------------------------------------------------
    def hand_over(
        self,
        *,
        by: Any,
        number: str,
        on: datetime.date,
        place: str,
        fine: int | None = None,
        fine_reason: str = "",
    ) -> None:
        """The first BAST: number from the village's agenda, day and place; and the fine for lateness, if any."""
        with moving(self, "hand_over", by=by) as facts:
            refuse_unless(on >= self.starts_on, "Serah terima tidak boleh sebelum pekerjaan dimulai.")
            refuse_unless(
                (seen := self.inspected_on()) is None or on >= seen,
                "Serah terima tidak boleh sebelum pekerjaan diperiksa dan diterima seluruhnya.",
            )
            refuse_unless(on <= local_today(self.village), "Tanggal serah terima tidak boleh di masa depan.")
            self.handover_number, self.handover_on, self.handover_place = number, on, place
            self.decide_fine(fine, fine_reason, facts, until=self.finished_on or on)

    def attach_handover_scan(self, *, by: Any, scan: StoredFile) -> None:
        """The BAST as provider and manager signed it."""
        with moving(self, "attach_handover_scan", by=by) as facts:
            scan.hold(self)
            self.handover_scan = scan
            facts["sha256"] = scan.sha256

    # --- from the manager to the village head -----------------------------------------------------------
    def hand_to_head(self, *, by: Any, number: str, on: datetime.date, place: str) -> None:
        """The second BAST, from the manager to the village head. Until the head confirms it can be put right."""
        with moving(self, "hand_to_head", by=by) as facts:
            refuse_unless(on >= self.handover_on, "BAST kepada Kepala Desa tidak boleh sebelum BAST dari penyedia.")
            refuse_unless(on <= local_today(self.village), "Tanggal serah terima tidak boleh di masa depan.")
            if (number, on) != (self.head_handover_number, self.head_handover_on):
                self.head_handover_scan = None  # it is another paper's
            self.head_handover_number, self.head_handover_on, self.head_handover_place = number, on, place
            facts.update(number=number, on=on.isoformat())

    @transaction.atomic
    def send_back(self, *, by: Any, reason: str) -> None:
        """The accepted work is not as agreed after all: it goes back to the provider, and what was signed about its
        hand-over no longer counts. What was accepted of it in part before stays accepted."""
        with moving(self, "send_back", by=by, note=reason) as facts:
            if self.handover_on:
                facts["handover"] = [self.handover_number, self.handover_on.isoformat()]
            if self.head_handover_on:
                facts["head_handover"] = [self.head_handover_number, self.head_handover_on.isoformat()]
            accepted = self.inspections.filter(result=Inspection.Result.ACCEPTED)
            accepted.filter(percent=100).update(result=Inspection.Result.TAKEN_BACK)
            self.accepted_part = accepted.aggregate(most=Max("percent"))["most"] or 0
            self.accepted_at, self.inspection_note = None, reason
            self.handover_number = self.handover_place = self.head_handover_number = self.head_handover_place = ""
            self.handover_on = self.head_handover_on = self.handover_scan = self.head_handover_scan = None
            self.late_days, self.fine_proposed, self.fine, self.fine_reason = None, 0, 0, ""

    @transaction.atomic
    def confirm_handover(self, *, by: Any) -> None:
        """The village head has the result of the work. The accountability begins."""
        from transactions.models.musdes.accountability import Accountability

        with moving(self, "confirm_handover", by=by):
            Accountability(contract=self).begin(by=by, verdict=self.may_confirm_handover(by))

    def attach_head_scan(self, *, by: Any, scan: StoredFile) -> None:
        """The second BAST as manager and head signed it."""
        with moving(self, "attach_head_scan", by=by) as facts:
            scan.hold(self)
            self.head_handover_scan = scan
            facts["sha256"] = scan.sha256
