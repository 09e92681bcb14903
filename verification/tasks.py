"""What beat starts: reminders of listings and papers that end. Safe to run twice, at once, or to be killed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from core.clock import today
from core.workflow import Allowed, record
from verification.listed_notices import people_of
from verification.models import Application, Reminder, Standing, SubmittedDocument, VerificationRule, light
from verification.models.application import AT_POKJA

# A step missed by longer than this is not caught up: nobody wants to hear today of what ended last year.
CATCH_UP = 28
DAY = dt.timedelta(days=1)


@shared_task
def remind() -> int:
    """Every night: the step that is due of each date, where it was not yet said."""
    return remind_all(today())


def remind_all(day: dt.date) -> int:
    """How many reminders were new on that day."""
    return sum(say(due) for due in all_due(day))


@dataclass(frozen=True, slots=True)
class Due:
    """A date that comes near, or has passed, and the step at which it stands."""

    standing: Standing
    document: SubmittedDocument | None
    on: dt.date
    days: int


def step_due(on: dt.date, steps: list[int], day: dt.date) -> int | None:
    """The latest step that has come, and only that one; None before the first and long after the last."""
    reached = [days for days in steps if on - days * DAY <= day]
    latest = min(reached, default=None)
    if latest is None or day > on - latest * DAY + CATCH_UP * DAY:
        return None
    return latest


def all_due(day: dt.date) -> Iterator[Due]:
    """Listings and their papers that stand at a step today. What is being renewed already is left in peace."""
    every = {days for steps in VerificationRule.objects.values_list("remind_days", flat=True) for days in steps}
    if not every:
        return
    near = (day + min(every) * DAY - CATCH_UP * DAY, day + max(every) * DAY)
    steps = cache(lambda regency: VerificationRule.objects.in_force(regency, on=day).remind_days)
    for standing, document, on in [*_listings(day, near), *_papers(day, near)]:
        days = step_due(on, steps(standing.regency_id), day)
        if days is not None and not _in_hands(standing):
            yield Due(standing, document, on, days)


Dated = tuple[Standing, SubmittedDocument | None, dt.date]


def _listings(day: dt.date, near: tuple[dt.date, dt.date]) -> Iterator[Dated]:
    rows = Standing.objects.filter(ended_on=None, listed_on__lte=day, valid_until__range=near)
    for standing in rows.with_status().order_by("pk"):
        yield standing, None, standing.valid_until


def _papers(day: dt.date, near: tuple[dt.date, dt.date]) -> Iterator[Dated]:
    """Of the last approved application of each listing that runs."""
    there = {"provider": OuterRef("application__provider"), "regency": OuterRef("application__regency")}
    rows = SubmittedDocument.objects.current().filter(
        Exists(Standing.objects.running(day).filter(**there)),
        expires_on__range=near,
        verdict=SubmittedDocument.Verdict.CONFORMING,
        application__state=Application.State.LISTED,
    )
    for document in rows.select_related("type", "application").order_by("pk"):
        provider, regency = document.application.provider_id, document.application.regency_id
        if document.expires_on and light.last_approved(provider, regency) == document.application:
            standing = Standing.objects.running(day).with_status().get(provider=provider, regency=regency)
            yield standing, document, document.expires_on


def _in_hands(standing: Standing) -> bool:
    """The Pokja reads a renewal or new papers, or nothing may be renewed: there is nothing for the provider to do."""
    there = Application.objects.filter(provider=standing.provider_id, regency=standing.regency_id, state__in=AT_POKJA)
    return standing.state == "blacklisted" or there.filter(changes=[]).exists()


def say(due: Due) -> bool:
    """Write the reminder and its notices together; False when another worker, or an earlier night, has."""
    with transaction.atomic():
        row, new = Reminder.objects.get_or_create(
            standing=due.standing, document=due.document, due_on=due.on, days=due.days
        )
        if not new:
            return False
        reached = list(people_of(due.standing))
        row.people, row.mails = len(reached), sum(bool(user.email) for user in reached)
        row.save(update_fields=["people", "mails"])
        verb = "remind_paper" if due.document else "remind"
        standing = due.standing
        words = wording(due)
        facts: dict[str, Any] = words | {"due_on": due.on.isoformat(), "days": due.days}
        record(standing, verb, by=None, verdict=Allowed(), before="", note=words["title"], data=facts)  # type: ignore[arg-type]
    return True


def wording(due: Due) -> dict[str, str]:
    """What it says: what ends when, and what to do. The date is the paper's own, however late it is."""
    where, on = due.standing.regency.name, f"{due.on:%d/%m/%Y}"
    url = reverse("my-standings", args=[due.standing.provider.code])
    over = due.days < 0
    if due.document:
        name = str(due.document)
        title = f"{name} berakhir {on}" if not over else f"{name} sudah berakhir {on}"
        body = (
            f"Dokumen {name} pada direktori {where} berlaku sampai {on}. Buka halaman ini, pilih “Perbarui dokumen”, "
            "lalu unggah yang baru. Dokumen lain tidak perlu diunggah lagi."
        )
    elif over:
        title = f"Masa terdaftar di {where} sudah berakhir {on}"
        body = (
            "Anda tidak lagi ditemukan desa. Bila masih ingin terdaftar, buka halaman ini dan pilih “Perpanjang”; "
            "hanya yang berubah yang perlu diunggah."
        )
    else:
        title = f"Masa terdaftar di {where} berakhir {on}"
        body = (
            "Bila ingin tetap terdaftar, buka halaman ini dan pilih “Perpanjang”; hanya yang berubah yang perlu "
            f"diunggah. Tanpa perpanjangan, Anda tidak lagi terdaftar sesudah {on}."
        )
    return {"title": title, "body": body, "url": url}
