"""Ring the workers for what waits in the outbox."""

import logging
import signal
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from core.models import Job
from core.tasks import run_job

log = logging.getLogger("core.relay")
BATCH = 200


class Command(BaseCommand):
    help = "Publishes jobs to the broker, and again those that were published and not done."

    def handle(self, *args: Any, **options: Any) -> None:
        self.going = True
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        log.info("relay started")
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        while self.going:
            (settings.VAR_DIR / "relay.alive").touch()  # for the container's health check
            try:
                published = relay_once()
            except (BrokerError, OperationalError, OSError) as problem:
                log.warning("relay waits: %s", problem)
                published = 0
                time.sleep(2)
            if not published:
                time.sleep(0.5)

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.going = False


def relay_once() -> int:
    """Publish what is due; the number published. With the broker away nothing is marked."""
    with transaction.atomic():
        rows = list(Job.objects.to_publish().select_for_update(skip_locked=True).order_by("pk")[:BATCH])
        for row in rows:
            run_job.apply_async((row.pk,), retry=False)
            row.published_at = timezone.now()
        Job.objects.bulk_update(rows, ["published_at"])
    return len(rows)
