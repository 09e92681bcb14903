"""Drafting, issuing, signing and ending a contract."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.documents import fingerprint, freeze
from core.models import StoredFile
from core.workflow import Verdict, born, moving, refuse_unless
from transactions.models.agreed import as_agreed
from transactions.models.bearing import free, hold
from transactions.models.sourcing import Sourcing
from verification.models import Standing


class Signing:
    """Verbs by which a contract comes to run, and by which it ends early."""

    def draft(self, *, by: Any, verdict: Verdict) -> None:
        """Called by the sourcing that is awarded: the value is the winner's final price."""
        self.value = self.quotation.final_price
        born(self, by=by, verdict=verdict, data={"value": self.value})

    def issue(self, *, by: Any, number: str, signed_on: datetime.date, starts_on: datetime.date) -> None:
        """Freeze the text and figures; the village types the number from its own agenda."""
        with moving(self, "issue", by=by):
            self.needs_good_standing()
            refuse_unless(starts_on >= signed_on, "Pelaksanaan dimulai pada atau setelah tanggal SPK.")
            self.number, self.signed_on, self.starts_on = number, signed_on, starts_on
            self.ends_on = starts_on + datetime.timedelta(days=self.quotation.days - 1)
            self.snapshot = freeze(as_agreed(self, by=by))
            self.snapshot_sha256 = fingerprint(self.snapshot)
            hold(self)  # the last lock, for the shortest time: others wait for the same budget

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

    @transaction.atomic
    def terminate(self, *, by: Any, reason: str) -> None:
        """The contract ends before its work is done; the village may look for another provider."""
        sourcing = Sourcing.objects.select_for_update(of=("self",)).get(pk=self.sourcing_id)
        with moving(self, "terminate", by=by, note=reason) as facts:
            facts["released"] = free(self, self.paid)
        sourcing.lapse(by=by, reason=reason)

    def may_fall(self, user: Any) -> Verdict:
        verdict: Verdict = self.sourcing.officer(user)
        return verdict

    def fall(self, *, by: Any, reason: str) -> None:
        """Called by the sourcing whose winner withdraws before the village signed; its budget is free again."""
        with moving(self, "fall", by=by, note=reason) as facts:  # type: ignore[arg-type]
            facts["released"] = free(self, 0)
