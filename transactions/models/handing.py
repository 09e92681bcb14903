"""The hand-over of a contract's work."""

from __future__ import annotations

import datetime
from typing import Any

from core.models import StoredFile
from core.workflow import moving, refuse_unless
from transactions.models.need import local_today


class HandingOver:
    """Verbs from the accepted work to the file's last scan."""

    def hand_over(self, *, by: Any, number: str, on: datetime.date, place: str) -> None:
        """The BAST: number from the village's agenda, day and place. The accountability begins."""
        from transactions.models.accountability import Accountability

        with moving(self, "hand_over", by=by):
            refuse_unless(on >= self.starts_on, "Serah terima tidak boleh sebelum pekerjaan dimulai.")
            refuse_unless(on <= local_today(self.village), "Tanggal serah terima tidak boleh di masa depan.")
            self.handover_number, self.handover_on, self.handover_place = number, on, place
            Accountability(contract=self).begin(by=by, verdict=self.may_hand_over(by))

    def attach_handover_scan(self, *, by: Any, scan: StoredFile) -> None:
        """The BAST as both signed it."""
        with moving(self, "attach_handover_scan", by=by) as facts:
            scan.hold(self)
            self.handover_scan = scan
            facts["sha256"] = scan.sha256
