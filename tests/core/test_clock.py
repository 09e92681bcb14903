"""Days: one for what holds in the whole country, and one for each place."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from core.clock import local_today, today
from core.formats import WIT
from core.models import DatedSetting

LATE_IN_JAKARTA = dt.datetime(2026, 3, 1, 16, 30, tzinfo=dt.UTC)  # 23.30 WIB; in Jayapura 01.30 of the next day
JAKARTA_IS_THERE = dt.datetime(2026, 3, 1, 17, 30, tzinfo=dt.UTC)  # 00.30 WIB, while UTC is a day behind
FIRST, SECOND = dt.date(2026, 3, 1), dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("now", "country", "wib", "wita", "wit"),
    [(LATE_IN_JAKARTA, FIRST, FIRST, SECOND, SECOND), (JAKARTA_IS_THERE, SECOND, SECOND, SECOND, SECOND)],
)
def test_the_country_s_day_is_jakarta_s_wherever_one_works(
    now: dt.datetime, country: dt.date, wib: dt.date, wita: dt.date, wit: dt.date
) -> None:
    with time_machine.travel(now, tick=False), timezone.override(WIT):
        assert today() == country
        assert [local_today(zone) for zone in ("WIB", "WITA", "WIT")] == [wib, wita, wit]


@pytest.mark.django_db
def test_a_setting_holds_from_its_day_for_everybody_at_once() -> None:
    for value, since in (("lama", dt.date(2026, 1, 1)), ("baru", SECOND)):
        DatedSetting.objects.create(key="uji", value=value, valid_from=since, source="uji")
    for now, expected in ((LATE_IN_JAKARTA, "lama"), (JAKARTA_IS_THERE, "baru")):
        with time_machine.travel(now, tick=False), timezone.override(WIT):
            assert DatedSetting.objects.in_force("uji") == expected
