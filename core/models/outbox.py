"""The outbox: what is still to be told, sent or made. Written with the act, worked off by the relay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.models.event import Event

TRIES = 5
RESEND_AFTER = timedelta(seconds=90)  # published and still not done: the broker or the worker lost it


class JobQuerySet(models.QuerySet["Job"]):
    def enqueue(self, task: str, *, key: str | None = None, **args: Any) -> Job:
        """Ask for work, in the caller's transaction; the same `key` asks once."""
        if key is None:
            return self.create(task=task, args=args)
        return self.get_or_create(key=key, defaults={"task": task, "args": args})[0]

    def retry(self, key: str) -> None:
        """Begin again where the tries were used up."""
        now = timezone.now()
        self.filter(key=key, parked_at__isnull=False).update(parked_at=None, tries=0, published_at=None, due_at=now)

    def open(self) -> Self:
        return self.filter(done_at=None, parked_at=None)

    def to_publish(self) -> Self:
        """Due, and never published or published so long ago that it must have been lost."""
        now = timezone.now()
        fresh = models.Q(published_at=None)
        lost = models.Q(published_at__lt=now - RESEND_AFTER)
        return self.open().filter(fresh | lost, due_at__lte=now)

    def failed(self, pk: int, error: str) -> None:
        """One more try later, or parked where operators see it."""
        job = self.select_for_update().get(pk=pk)
        job.tries += 1
        job.error = error[:2000]
        if job.tries >= TRIES:
            job.parked_at = timezone.now()
        else:
            job.due_at = timezone.now() + timedelta(seconds=4**job.tries)
            job.published_at = None
        job.save()


class Job(models.Model):
    """A piece of background work. Redis only rings for it; this row is what counts."""

    task = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    key = models.CharField(max_length=120, null=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "pekerjaan latar"
        verbose_name_plural = "pekerjaan latar"
        indexes = (models.Index(fields=["due_at"], name="job_open", condition=models.Q(done_at=None, parked_at=None)),)

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def tell(self, event: Event, rows: Iterable[Notice]) -> list[Notice]:
        """Write the notices of an event, each person's first on each channel; those that are new."""
        known = set(self.filter(event=event).values_list("user", "channel"))
        first: dict[tuple[int, str], Notice] = {}
        for row in rows:
            first.setdefault((row.user_id, str(row.channel)), row)
        return self.bulk_create(row for key, row in first.items() if key not in known)

    def unread_by(self, user: Any) -> Self:
        return self.filter(user=user, channel=Notice.Channel.SITE, read_at=None)


class Notice(models.Model):
    """A person is told of an event, through one channel."""

    class Channel(models.TextChoices):
        SITE = "site", "Di situs"
        MAIL = "mail", "Email"

    event = models.ForeignKey(Event, models.PROTECT, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "pemberitahuan"
        verbose_name_plural = "pemberitahuan"
        constraints = (models.UniqueConstraint(fields=["event", "user", "channel"], name="notice_once_per_channel"),)
        indexes = (models.Index(fields=["user", "channel", "-id"], name="notice_inbox"),)

    def __str__(self) -> str:
        return self.title

    @property
    def undelivered(self) -> bool:
        """A mail notice without a mail: the person has no address."""
        return self.channel == self.Channel.MAIL and not self.mails.exists()


class MailQuerySet(models.QuerySet["Mail"]):
    def queue(self, *, to: str, subject: str, body: str, notice: Notice | None = None) -> Mail:
        """Write the mail and the job that delivers it."""
        return self.queue_all([Mail(to=to, subject=subject[:200], body=body, notice=notice)])[0]

    def queue_all(self, mails: Iterable[Mail]) -> list[Mail]:
        """Write these mails, and a job for each: a poisoned one parks itself alone."""
        found = self.bulk_create(mails)
        Job.objects.bulk_create(Job(task="core.deliver_mail", args={"mail": mail.pk}) for mail in found)
        return found


class Mail(models.Model):
    """A mail on its way. A poisoned one parks itself; the queue goes on."""

    to = models.CharField("kepada", max_length=254)
    subject = models.CharField("perihal", max_length=200)
    body = models.TextField("isi")
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="mails")
    created_at = models.DateTimeField("ditulis", default=timezone.now)
    sent_at = models.DateTimeField("terkirim", null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = "surat elektronik"
        verbose_name_plural = "surat elektronik"

    def __str__(self) -> str:
        return self.subject
