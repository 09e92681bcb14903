"""Defects 6, 7, 8 and 9 of the sibling systems, which what comes after the decree must not have; named after them.

The rest of the proof stands where the thing is tested; here each defect is looked in the face once.
"""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from core.clock import today
from core.models import Mail, Notice
from tests.areas import KUTA
from tests.verification.stage import Stage
from tests.verification.test_sanction import reached
from verification.models import Reminder, Sanction, Standing
from verification.tasks import remind_all

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("kind", ["freeze", "blacklist"])
def test_defect_6_a_frozen_or_blacklisted_provider_is_absent(stage: Stage, kind: str) -> None:
    """Also expired and withdrawn, in every page and order: tests/test_standing_everywhere.py."""
    stage.listed()
    assert Standing.objects.listed_providers().exists()
    reached(stage, "imposed", kind=kind)
    assert not Standing.objects.covers(stage.firm, KUTA)
    assert not Standing.objects.listed_providers().exists()


def test_defect_7_what_depends_on_time_is_right_with_no_traffic_and_no_worker(stage: Stage) -> None:
    """Nothing runs between the days but the clock."""
    stage.listed()
    row = Sanction(
        provider=stage.firm, regency_id="52.02", kind="freeze", violation="Uji.", basis_number="BA/1",
        basis_date=today(), starts_on=today() + 10 * DAY, ends_on=today() + 20 * DAY,
    )  # fmt: skip
    row.propose(by=stage.member)
    row.impose(by=stage.chair)
    Standing.objects.update(valid_until=today() + 30 * DAY)
    seen = {}
    for days in (9, 10, 20, 21, 30, 31):
        with time_machine.travel(timezone.now() + days * DAY, tick=False):
            standing = Standing.objects.with_status().get()
            seen[days] = (Standing.objects.covers(stage.firm, KUTA), standing.is_current, standing.state)
    assert seen == {
        9: (True, True, "listed"),
        10: (False, False, "frozen"),
        20: (False, False, "frozen"),
        21: (True, True, "listed"),
        30: (True, True, "listed"),
        31: (False, False, "expired"),
    }


def test_defect_8_a_due_date_never_moves_because_it_is_overdue(stage: Stage) -> None:
    """Neither the listing's, nor a paper's, nor the last day to object, however often it is looked at or said."""
    application = stage.listed()
    Standing.objects.update(listed_on=today() - 300 * DAY, valid_until=today() + 3 * DAY)
    application.documents.filter(type__key="npwp").update(expires_on=today() + 2 * DAY)
    row = reached(stage, "imposed")

    def dates() -> set[dt.date | None]:
        paper = application.documents.current().get(type__key="npwp")
        return {Standing.objects.get().valid_until, paper.expires_on, Sanction.objects.get().objection_until}

    before = dates()
    for days in (0, 3, 10, 31, 45):
        with time_machine.travel(timezone.now() + days * DAY, tick=False):
            remind_all(today())
            assert Standing.objects.with_status().get().status_sentence
            assert not row.may_object(stage.owner(stage.firm)) or days <= 7
            assert dates() == before
    assert set(Reminder.objects.values_list("due_on", flat=True)) <= before


def test_defect_9_a_notice_with_no_address_goes_to_no_one_and_shows_as_not_delivered(stage: Stage) -> None:
    """A person without an address is told in the site, no mail is written, and the desk sees that none was."""
    stage.listed()
    owner = stage.owner(stage.firm)
    User.objects.filter(pk=owner.pk).update(email="")
    Standing.objects.update(listed_on=today() - 300 * DAY, valid_until=today() + 14 * DAY)
    before = Mail.objects.count()
    assert remind_all(today()) == 1
    assert Mail.objects.count() == before
    by_mail = Notice.objects.get(event__verb="remind", user=owner, channel="mail")
    assert by_mail.undelivered
    assert Notice.objects.filter(event__verb="remind", user=owner, channel="site").exists()
    reminder = Reminder.objects.get()
    assert (reminder.people, reminder.mails) == (1, 0)
