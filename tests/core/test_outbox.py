"""Nothing in the outbox is lost, nothing is done twice; a request never publishes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError

from core import jobs
from core.management.commands import relay
from core.models import Job, Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A job `test.note` that remembers each time it ran."""
    notes: list[int] = []
    monkeypatch.setitem(jobs.JOBS, "test.note", lambda number: notes.append(number))
    return notes


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the relay rang for."""
    rung: list[int] = []
    monkeypatch.setattr(relay.run_job, "apply_async", lambda args, **kwargs: rung.append(args[0]))
    return rung


def test_the_same_key_asks_once() -> None:
    first = Job.objects.enqueue("test.note", key="a", number=1)
    assert Job.objects.enqueue("test.note", key="a", number=2) == first
    assert Job.objects.filter(key="a").count() == 1


def test_a_job_runs_once_however_often_it_is_rung(done: list[int]) -> None:
    row = Job.objects.enqueue("test.note", number=7)
    assert [jobs.run(row.pk), jobs.run(row.pk), jobs.run(row.pk)] == [True, False, False]
    assert done == [7]


def test_a_failing_job_is_tried_five_times_and_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("mesin cetak macet")

    monkeypatch.setitem(jobs.JOBS, "test.fail", fail)
    row = Job.objects.enqueue("test.fail")
    for _ in range(5):
        with pytest.raises(RuntimeError):
            jobs.run(row.pk)
    row.refresh_from_db()
    assert (row.tries, row.done_at) == (5, None)
    assert row.parked_at is not None and "mesin cetak macet" in row.error
    assert jobs.run(row.pk) is False


def test_the_relay_publishes_what_is_due_once(published: list[int]) -> None:
    now = Job.objects.enqueue("test.note", number=1)
    later = Job.objects.enqueue("test.note", number=2)
    Job.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(hours=1))
    assert (relay.relay_once(), relay.relay_once()) == (1, 0)
    assert published == [now.pk]


def test_what_the_broker_lost_is_published_again(published: list[int]) -> None:
    """A Redis that died with the message: published long ago, never done."""
    row = Job.objects.enqueue("test.note", number=1)
    relay.relay_once()
    Job.objects.filter(pk=row.pk).update(published_at=timezone.now() - timedelta(minutes=5))
    relay.relay_once()
    assert published == [row.pk, row.pk]


def test_with_the_broker_away_nothing_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(relay.run_job, "apply_async", away)
    row = Job.objects.enqueue("test.note", number=1)
    with pytest.raises(OperationalError):
        relay.relay_once()
    row.refresh_from_db()
    assert row.published_at is None


def test_a_mail_is_sent_once_with_a_fixed_message_id(settings: Any) -> None:
    settings.EMAIL_DELIVERY = {
        **settings.EMAIL_DELIVERY,
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    }
    row = Mail.objects.queue(to="warga@contoh.example", subject="Kabar", body="Isi")
    job = Job.objects.get(task="core.deliver_mail", args={"mail": row.pk})
    jobs.run(job.pk)
    Job.objects.filter(pk=job.pk).update(done_at=None)  # as if the worker died after sending, before the mark
    jobs.run(job.pk)
    assert [message.subject for message in mail.outbox] == ["Kabar"]
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<p2ktd-{row.pk}@")


def test_a_poisoned_mail_parks_itself_and_the_queue_goes_on(settings: Any) -> None:
    settings.EMAIL_DELIVERY = {
        **settings.EMAIL_DELIVERY,
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    }
    bad = Mail.objects.queue(to="a@contoh.example", subject="Baris satu\nBcc: b@contoh.example", body="Isi")
    good = Mail.objects.queue(to="c@contoh.example", subject="Baik", body="Isi")
    for row in Job.objects.filter(task="core.deliver_mail").order_by("pk"):
        for _ in range(5):
            try:
                jobs.run(row.pk)
            except Exception:
                pass
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.sent_at, good.sent_at is not None) == (None, True)
    assert Job.objects.exclude(parked_at=None).count() == 1


def test_pages_come_with_redis_away(settings: Any, client: Client) -> None:
    """The cache forgives; requests never publish."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert client.get("/").status_code == 200
    assert client.get("/masuk/").status_code == 200


def test_health_and_readiness(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"
    assert client.get("/readyz").json()["database"] == "ok"
    late = Job.objects.enqueue("test.note", number=1)
    Job.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    response = client.get("/readyz")
    assert (response.status_code, response.json()["late"]) == (503, True)


@pytest.mark.parametrize("query", ["q=%00", "q=%ff%fe", "%00=1"])
def test_bad_bytes_in_the_address_are_refused(query: str, client: Client) -> None:
    assert client.get(f"/layanan/?{query}").status_code == 400


def test_bad_bytes_in_a_form_are_refused(client: Client) -> None:
    response = client.post("/masuk/", "login=a%00b", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
