"""What is done with a remedy, from the choice to the next Musdes."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from core.clock import local_today
from core.formats import rupiah
from core.models import StoredFile
from core.workflow import born, moving, refuse_unless
from transactions.models.musdes.accountability import Accountability


class Mending:
    """Verbs of the remedy. Money is whole rupiah; none moves here."""

    @transaction.atomic
    def choose(self: Any, *, by: Any) -> None:
        """The way out after a Musdes that did not accept."""
        # The order's row is held: two ways chosen at once are one way.
        account = Accountability.objects.select_for_update(of=("self",)).get(pk=self.accountability_id)
        self.accountability = account
        verdict = self.may_create(by)
        refuse_unless(verdict, getattr(verdict, "reason", ""))
        running = account.remedies.filter(state__in=["open", "reported"]).exists()
        refuse_unless(not running, "Penyelesaian untuk pembelian ini masih berjalan.")
        self.village, self.meeting, self.created_by = account.village, account.decided_meeting, by
        refuse_unless(self.due_on >= local_today(self.village), "Batas waktu tidak boleh sudah lewat.")
        if self.kind != self.Kind.REDUCTION:
            self.asked = None
        elif self.asked is not None:
            self._refuse_too_much(self.asked)
        born(self, by=by, verdict=verdict, note=self.reason, data={"kind": self.kind})

    def report(self: Any, *, by: Any, note: str, proof: StoredFile | None = None) -> None:
        """The provider has repaired: what, and a photograph or paper of it."""
        with moving(self, "report", by=by, note=note):
            self._step("report", local_today(self.village), note, proof, by)

    def confirm_repair(self: Any, *, by: Any, note: str = "") -> None:
        """The manager has looked at it: as it should be. The next Musdes can be held."""
        with moving(self, "confirm_repair", by=by, note=note):
            self._end(by, note)
            self._resume(by)

    def give_back(self: Any, *, by: Any, reason: str) -> None:
        """Not yet as it should be."""
        with moving(self, "give_back", by=by, note=reason):
            self._step("return", local_today(self.village), reason, None, by)

    def record_refund(self: Any, *, by: Any, number: str, on: datetime.date, amount: int, proof: StoredFile) -> None:
        """The provider paid back into the village's cash account: number, day, amount, proof."""
        with moving(self, "record_refund", by=by) as facts:
            refuse_unless(on <= local_today(self.village), "Tanggal pengembalian tidak boleh di masa depan.")
            refuse_unless(
                on >= self.meeting.held_on, "Pengembalian dilakukan setelah Musdes yang belum menerima hasilnya."
            )
            # Held: what was paid and paid back stays as it is until this refund is written.
            self.accountability = Accountability.objects.select_for_update(of=("self",)).get(pk=self.accountability_id)
            self._refuse_too_much(amount)
            self.refund_number, self.refunded_on, self.refunded, self.proof = number, on, amount, proof
            proof.hold(self)
            facts["amount"] = amount
            self._end(by, "")
            self._resume(by)

    def record_step(
        self: Any, *, by: Any, stage: str, on: datetime.date, note: str, proof: StoredFile | None = None
    ) -> None:
        """A round of the dispute: talks, talks led by the Kepala Desa, or beyond; it never goes back."""
        with moving(self, "record_step", by=by, note=note) as facts:
            refuse_unless(on <= local_today(self.village), "Tanggal langkah tidak boleh di masa depan.")
            path = [str(each) for each in self.steps.model.PATH]
            been = max((path.index(step.stage) for step in self.steps.all() if step.stage in path), default=0)
            refuse_unless(path.index(stage) >= been, "Langkah penyelesaian tidak mundur ke tahap sebelumnya.")
            self._step(stage, on, note, proof, by)
            facts["stage"] = stage

    def settle(self: Any, *, by: Any, outcome: str, proof: StoredFile) -> None:
        """How the dispute ended, with the paper that says so."""
        with moving(self, "settle", by=by, note=outcome):
            refuse_unless(self.steps.exists(), "Catat dahulu sedikitnya satu langkah penyelesaian.")
            self.proof = proof
            proof.hold(self)
            self._end(by, outcome)
            self._resume(by)

    def give_up(self: Any, *, by: Any, reason: str) -> None:
        """It leads nowhere: another way is chosen."""
        with moving(self, "give_up", by=by, note=reason):
            self._end(by, reason)

    # --- how they do it ---------------------------------------------------------------------------
    def _end(self: Any, by: Any, outcome: str) -> None:
        self.ended_at, self.ended_by, self.outcome = timezone.now(), by, outcome

    def _resume(self: Any, by: Any) -> None:
        self.accountability.resume(by=by, remedy=self)

    def _step(self: Any, stage: str, on: datetime.date, note: str, proof: StoredFile | None, by: Any) -> None:
        if proof is not None:
            proof.hold(self)
        self.steps.create(stage=stage, on=on, note=note, proof=proof, by=by)

    def _refuse_too_much(self: Any, amount: int) -> None:
        """What comes back is at most what was paid out (gross less fines), all rounds together."""
        sums = self.accountability.contract.payments.aggregate(
            gross=Sum("gross", default=0), fine=Sum("fine", default=0)
        )
        back = self.accountability.remedies.aggregate(total=Sum("refunded", default=0))["total"]
        left = sums["gross"] - sums["fine"] - back
        refuse_unless(amount > 0, "Jumlah pengembalian harus lebih dari nol.")
        refuse_unless(amount <= left, f"Pengembalian paling banyak {rupiah(left)}, yaitu yang sudah dibayar desa.")
