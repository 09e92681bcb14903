"""The work under a contract: progress, inspection, repair, acceptance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.models import StoredFile
from core.workflow import moving, refuse_unless


class Working:
    """Verbs between both signatures and the hand-over."""

    percent: Any

    @transaction.atomic
    def report_progress(self, *, by: Any, percent: int, text: str, photos: Iterable[StoredFile] = ()) -> None:
        """How far the work is, in percent, with words and photos. It never goes backwards."""
        with moving(self, "report_progress", by=by, note=text) as facts:
            refuse_unless(self.percent <= percent <= 100, f"Kemajuan antara {self.percent} dan 100 persen.")
            report = self.progress.create(percent=percent, text=text, reported_by=by)
            for photo in photos:
                photo.hold(self)
                report.photos.create(file=photo)
            self.percent = percent
            facts["percent"] = percent

    def request_inspection(self, *, by: Any) -> None:
        """The provider says it is done."""
        with moving(self, "request_inspection", by=by):
            pass

    def ask_repair(self, *, by: Any, reason: str) -> None:
        """Something is not as agreed; the provider mends it."""
        with moving(self, "ask_repair", by=by, note=reason):
            self.inspection_note = reason

    def accept_work(self, *, by: Any, note: str) -> None:
        """The manager has inspected the work and accepts it."""
        with moving(self, "accept_work", by=by, note=note):
            self.inspection_note, self.accepted_at = note, timezone.now()
