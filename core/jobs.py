"""The functions that background work consists of, by name. Each is safe to run twice.

@job("core.deliver_mail")
def deliver_mail(mail: int) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone

from core.models import Job
from core.models.file import one_act

JOBS: dict[str, Callable[..., None]] = {}


def job(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as the work behind `Job.task == name`."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        JOBS[name] = function
        return function

    return register


def run(pk: int) -> bool:
    """Do one job and mark it done in the same transaction; False when there was nothing to do.

    The row lock makes a second worker with the same message go home. A failure counts a try; the
    fifth parks the job.
    """
    try:
        with one_act():
            with connection.cursor() as cursor:  # rendering may take longer than a page's patience
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '290s'")
            row = Job.objects.open().select_for_update(skip_locked=True).filter(pk=pk).first()
            if row is None:
                return False
            JOBS[row.task](**row.args)
            row.done_at = timezone.now()
            row.error = ""
            row.save(update_fields=["done_at", "error"])
    except Exception as problem:
        with transaction.atomic():
            Job.objects.failed(pk, f"{type(problem).__name__}: {problem}")
        raise
    return True
