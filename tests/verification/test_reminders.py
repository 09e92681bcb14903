"""Reminders of what ends: each step once, the latest only, by any number of workers, and no date ever moves."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from core.clock import today
from core.models import Event, Mail, Notice
from tests.verification.stage import Stage, attach, judge_all, paper
from verification.models import Reminder, Standing, light
from verification.tasks import remind_all, step_due

DAY = dt.timedelta(days=1)
STEPS = [28, 14, 0, -28]


def ends_in(days: int) -> Standing:
    Standing.objects.update(listed_on=today() - 200 * DAY, valid_until=today() + days * DAY)
    return Standing.objects.get()


def said() -> list[tuple[str, int]]:
    return [(row.what, row.days) for row in Reminder.objects.order_by("pk")]


def test_the_step_is_the_latest_that_has_come() -> None:
    end = dt.date(2026, 6, 30)
    due = {days: step_due(end, STEPS, end - days * DAY) for days in (29, 28, 27, 15, 14, 1, 0, -1, -27, -28, -56, -57)}
    assert due == {
        29: None, 28: 28, 27: 28, 15: 28, 14: 14, 1: 14, 0: 0, -1: 0, -27: 0, -28: -28, -56: -28, -57: None
    }  # fmt: skip


def test_each_night_says_only_what_is_new(stage: Stage) -> None:
    stage.listed()
    ends_in(28)
    counts = [remind_all(today() + days * DAY) for days in range(-1, 57 + 28)]
    assert sum(counts) == 4
    assert said() == [("Masa terdaftar", days) for days in STEPS]
    days = [row.due_on for row in Reminder.objects.all()]
    assert set(days) == {today() + 28 * DAY}


def test_missed_nights_are_caught_up_with_the_latest_step_only(stage: Stage) -> None:
    stage.listed()
    ends_in(3)
    assert (remind_all(today()), remind_all(today())) == (1, 0)
    assert said() == [("Masa terdaftar", 14)]


def test_a_paper_is_reminded_of_with_what_to_do(stage: Stage) -> None:
    application = stage.listed()
    paper(application, "npwp").__class__.objects.filter(application=application, type__key="npwp").update(
        expires_on=today() + 14 * DAY
    )
    assert remind_all(today()) == 1
    assert said() == [("NPWP", 14)]
    notice = Notice.objects.get(event__verb="remind_paper", channel="site")
    assert notice.user == stage.owner(stage.firm)
    assert notice.title == f"NPWP berakhir {today() + 14 * DAY:%d/%m/%Y}"
    assert "pilih “Perbarui dokumen”" in notice.body
    mail = Mail.objects.get(notice__event__verb="remind_paper")
    assert mail.to == notice.user.email


def test_papers_of_an_application_that_was_replaced_are_forgotten(stage: Stage) -> None:
    first = stage.listed()
    first.documents.filter(type__key="npwp").update(expires_on=today() + 14 * DAY)
    update = light.begin_update(Standing.objects.get(), by=stage.owner(stage.firm))
    owner = stage.owner(stage.firm)
    attach(update, "npwp", by=owner)
    assert remind_all(today() - DAY) == 0  # fifteen days before: a step of its own, and long past
    update.submit(by=owner)
    stage.declared(update)
    update.claim(by=stage.member)
    judge_all(update, by=stage.member)
    update.recommend(by=stage.member)
    update.confirm(by=stage.chair)
    assert remind_all(today()) == 0


def test_who_has_already_asked_for_renewal_is_left_in_peace(stage: Stage) -> None:
    stage.listed()
    renewal = light.begin_renewal(ends_in(14), by=stage.owner(stage.firm))
    renewal.submit(by=stage.owner(stage.firm))
    assert remind_all(today()) == 0
    renewal.withdraw(by=stage.owner(stage.firm))
    assert remind_all(today()) == 1


def test_who_withdrew_is_not_reminded(stage: Stage) -> None:
    stage.listed()
    ends_in(14).withdraw(by=stage.owner(stage.firm), reason="Pindah usaha.")
    assert remind_all(today()) == 0


def test_the_regencys_own_steps_count(stage: Stage) -> None:
    from verification.models import VerificationRule

    stage.listed()
    ends_in(40)
    assert remind_all(today()) == 0
    VerificationRule.objects.filter(regency=None).update(remind_days=[45])
    assert remind_all(today()) == 1
    assert said() == [("Masa terdaftar", 45)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_say_it_once(committed_stage: Stage) -> None:
    committed_stage.listed()
    ends_in(14)
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(remind_all(today()))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 1]
    assert (Reminder.objects.count(), Event.objects.filter(verb="remind").count()) == (1, 1)
