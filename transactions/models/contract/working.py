"""The work under a contract: progress, training, inspection, repair, acceptance of a part or the whole."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.clock import local_today
from core.models import StoredFile
from core.workflow import moving, refuse_unless
from transactions.models.contract.inspection import Inspection


class Working:
    """Verbs between both signatures and the hand-over."""

    percent: Any
    accepted_part: Any

    @transaction.atomic
    def report_progress(self, *, by: Any, percent: int, text: str, photos: Iterable[StoredFile] = ()) -> None:
        """How far the work is, in percent, with words and photos. It never goes backwards."""
        with moving(self, "report_progress", by=by, note=text) as facts:
            refuse_unless(self.percent <= percent <= 100, f"Kemajuan antara {self.percent} dan 100 persen.")
            last = self.progress.first()
            same = last is not None and (last.percent, last.text) == (percent, text)
            refuse_unless(not same, "Laporan ini sudah tercatat.")  # sent twice
            report = self.progress.create(percent=percent, text=text, reported_by=by)
            for photo in photos:
                photo.hold(self)
                report.photos.create(file=photo)
            self.percent = percent
            facts["percent"] = percent

    @transaction.atomic
    def record_training(
        self,
        *,
        by: Any,
        held_on: datetime.date,
        topic: str,
        place: str,
        men: int,
        women: int,
        material: StoredFile | None = None,
        attendance: StoredFile | None = None,
        photos: Iterable[StoredFile] = (),
    ) -> None:
        """A meeting of those who learn: when, what, where, how many men and women, with what was handed out."""
        with moving(self, "record_training", by=by, note=topic) as facts:
            refuse_unless(held_on <= local_today(self.village), "Tanggal pertemuan tidak boleh di masa depan.")
            refuse_unless(held_on >= self.starts_on, "Tanggal pertemuan tidak boleh sebelum pekerjaan dimulai.")
            refuse_unless(men + women > 0, "Isi jumlah peserta.")
            same = self.sessions.filter(held_on=held_on, topic=topic)
            refuse_unless(not same.exists(), "Pertemuan dengan tanggal dan materi ini sudah tercatat.")
            for file in filter(None, (material, attendance)):
                file.hold(self)
            session = self.sessions.create(
                held_on=held_on, topic=topic, place=place, men=men, women=women, material=material,
                attendance=attendance, recorded_by=by,
            )  # fmt: skip
            for photo in photos:
                photo.hold(self)
                session.photos.create(file=photo)
            facts.update(held_on=held_on.isoformat(), men=men, women=women)

    @transaction.atomic
    def request_inspection(self, *, by: Any, percent: int = 100, note: str = "") -> None:
        """The provider says that the work is done: whole, or up to a percent that a termin waits for."""
        with moving(self, "request_inspection", by=by, note=note) as facts:
            refuse_unless(percent <= 100, "Bagian pekerjaan paling banyak 100 %.")
            refuse_unless(
                percent <= self.percent, f"Pemeriksaan {percent} % diminta setelah kemajuan dilaporkan {percent} %."
            )
            refuse_unless(
                percent > self.accepted_part, f"{self.accepted_part} % pekerjaan sudah diperiksa dan diterima."
            )
            self.inspections.create(percent=percent, note=note, requested_by=by)
            facts["percent"] = percent

    @transaction.atomic
    def ask_repair(
        self,
        *,
        by: Any,
        reason: str,
        due_on: datetime.date | None = None,
        number: str = "",
        on: datetime.date | None = None,
    ) -> None:
        """Something is not as agreed; the provider mends it, and asks again."""
        with moving(self, "ask_repair", by=by, note=reason) as facts:
            refuse_unless(
                due_on is None or due_on >= local_today(self.village), "Batas waktu perbaikan tidak boleh sudah lewat."
            )
            self._decide(Inspection.Result.REPAIR, by=by, findings=reason, number=number, on=on, due_on=due_on)
            if due_on:
                facts["due_on"] = due_on.isoformat()

    @transaction.atomic
    def accept_part(self, *, by: Any, note: str, number: str = "", on: datetime.date | None = None) -> None:
        """The part that was asked for is as agreed; the work goes on."""
        with moving(self, "accept_part", by=by, note=note) as facts:
            row = self._decide(Inspection.Result.ACCEPTED, by=by, findings=note, number=number, on=on)
            self.accepted_part = facts["percent"] = max(row.percent, self.accepted_part)

    @transaction.atomic
    def accept_work(self, *, by: Any, note: str, number: str = "", on: datetime.date | None = None) -> None:
        """The manager has inspected the whole work and accepts it."""
        with moving(self, "accept_work", by=by, note=note):
            self._decide(Inspection.Result.ACCEPTED, by=by, findings=note, number=number, on=on)
            self.accepted_part, self.accepted_at = 100, timezone.now()

    def _decide(
        self,
        result: str,
        *,
        by: Any,
        findings: str,
        number: str,
        on: datetime.date | None,
        due_on: datetime.date | None = None,
    ) -> Inspection:
        """Write the result of the inspection that was asked for; a request older than these rows gets its row now."""
        today = local_today(self.village)
        day = on or today
        row = self.open_inspection or Inspection(
            contract=self, percent=100, requested_by=by, requested_at=self.state_since
        )
        asked_on = timezone.localdate(row.requested_at, timezone=self.village.tzinfo)
        refuse_unless(day <= today, "Tanggal pemeriksaan tidak boleh di masa depan.")
        refuse_unless(day >= asked_on, "Tanggal pemeriksaan tidak boleh sebelum pemeriksaan diminta.")
        row.result, row.findings, row.number = result, findings, number
        row.inspected_on, row.repair_due_on = day, due_on
        row.decided_by, row.decided_at = by, timezone.now()
        row.save()
        self.inspection_note = findings
        return row
