"""Real processes on a real broker: the relay and a Celery worker make each paper once, whoever dies in between."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core import documents
from core.models import Job, PrintedDocument, StoredFile
from core.models.outbox import RESEND_AFTER
from regions.models import Area
from tests.areas import KUTA, load_areas

BROKER = 7  # Valkey's database for these processes alone


@pytest.fixture
def environment(transactional_db: None, tmp_path: Any) -> Iterator[dict[str, str]]:
    """This test's database and files, and a broker that nobody else listens to."""
    url = urlsplit(settings.REDIS_URL)._replace(path=f"/{BROKER}").geturl()
    redis.Redis.from_url(url).flushdb()
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    yield os.environ | {"DATABASE_URL": database, "REDIS_URL": url, "VAR_DIR": str(tmp_path), "DEMO": "1"}
    redis.Redis.from_url(url).flushdb()


@contextmanager
def process(environment: dict[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of the deployment's processes, in a group of its own so that its children go with it."""
    with subprocess.Popen(
        [sys.executable, *command], env=environment, cwd=settings.BASE_DIR, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        try:
            yield running
        finally:
            kill(running)


def kill(running: subprocess.Popen[bytes]) -> None:
    """kill -9, its children included."""
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def worker(environment: dict[str, str]) -> Any:
    return process(environment, "-m", "celery", "-A", "p2ktd", "worker", "-c", "1", "-l", "error")


def relay(environment: dict[str, str]) -> Any:
    return process(environment, "manage.py", "relay")


def until(happened: Callable[[], Any], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def attendance_list(village: Any, rows: int) -> PrintedDocument:
    """What a web process does: rows in the database, and nothing else."""
    snapshot = {
        "letterhead": {"lines": ["Pemerintah Kabupaten Contoh"], "address": "Jalan Contoh 1"},
        "orders": [{"title": "Pelatihan contoh", "order": "CONTOH"}],
        "village": village.label,
        "pages": [list(range(first, first + 25)) for first in range(1, rows + 1, 25)],
        "place": "WITA",
    }
    return documents.issue(
        kind="daftar-hadir", title="Daftar Hadir", template="transactions/print_attendance.html", snapshot=snapshot,
        holder=village, by=None, key=f"uji:{rows}",
    )  # fmt: skip


def being_done(job: Job) -> bool:
    """Somebody holds its row: the work is in the middle."""
    with transaction.atomic():
        held = not Job.objects.select_for_update(skip_locked=True).filter(pk=job.pk).exists()
    return held and Job.objects.open().filter(pk=job.pk).exists()


def is_done(job: Job) -> bool:
    return Job.objects.filter(pk=job.pk).exclude(done_at=None).exists()


def test_no_paper_is_lost_or_made_twice(environment: dict[str, str]) -> None:
    load_areas()
    village = Area.objects.get(code=KUTA)
    long = attendance_list(village, 900)
    job = Job.objects.get(key=documents.job_key(long))

    # The relay rings, and is gone before a worker is there: the message waits in the broker.
    with relay(environment):
        until(lambda: Job.objects.exclude(published_at=None).exists())
    # The worker is killed in the middle of its work, with its message: nothing half done is left.
    with worker(environment) as first:
        until(lambda: being_done(job))
        kill(first)
    until(lambda: not being_done(job))
    assert not is_done(job)
    assert not StoredFile.objects.exists()

    # The broker forgets everything, and in the meantime another paper is asked for.
    redis.Redis.from_url(environment["REDIS_URL"]).flushdb()
    short = attendance_list(village, 3)
    Job.objects.update(published_at=timezone.now() - RESEND_AFTER - datetime.timedelta(seconds=1))  # time passes
    with worker(environment), relay(environment):
        until(lambda: not Job.objects.open().exists())
    for paper in (long, short):
        paper.refresh_from_db()
        assert paper.file is not None and paper.pages
    assert StoredFile.objects.filter(content_type="application/pdf").count() == 2
    assert list(Job.objects.values_list("parked_at", "error")) == [(None, "")] * 2
