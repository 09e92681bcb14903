"""The end of a fiscal year: which orders are unfinished, from when they are listed, and since when they are overdue.

Nothing is stored and no worker is asked: the list follows from the date where each village lies. A village's year
ends at its own midnight, two hours before that of Jakarta in the east.
"""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from accounts.models.membership import FACILITATOR_ROLES, VILLAGE_ROLES, Role
from core.clock import local_today
from core.formats import tanggal_sedang
from core.models import DatedSetting
from regions.models import TimeZone
from transactions.models.planning.need import Need

# Who reads the list: the village, who helps it, and the offices of its territory. A nation is counted, not listed.
READERS = (*VILLAGE_ROLES, *FACILITATOR_ROLES, Role.DISTRICT_OFFICE, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE)
LIST_SETTING, LAST_SETTING = "year-end-list-from", "year-end-last-call"  # month and day: "11-01"
LIST_DEFAULT, LAST_DEFAULT = "11-01", "12-15"


def listed_from(year: int) -> dt.date:
    """The day from which that year's unfinished orders are listed."""
    return _day(year, LIST_SETTING, LIST_DEFAULT)


def last_call(year: int) -> dt.date:
    """The day of the second notice."""
    return _day(year, LAST_SETTING, LAST_DEFAULT)


def _day(year: int, key: str, default: str) -> dt.date:
    try:
        said = str(DatedSetting.objects.in_force(key, on=dt.date(year, 12, 31)))
    except LookupError:
        said = default
    return dt.date.fromisoformat(f"{year}-{said}")


def last_year_listed(today: dt.date) -> int:
    """Orders of this fiscal year and of earlier ones are listed on that day."""
    return today.year if today >= listed_from(today.year) else today.year - 1


def listed(now: dt.datetime | None = None) -> Q:
    """Needs whose fiscal year is listed now, each by the date where its village lies."""
    return _by_zone(last_year_listed, now)


def overdue(now: dt.datetime | None = None) -> Q:
    """Needs whose fiscal year has ended."""
    return _by_zone(lambda today: today.year - 1, now)


def _by_zone(last_year: Any, now: dt.datetime | None) -> Q:
    """One condition where all zones agree, which is all but a few hours of the year."""
    now = now or timezone.now()
    years = {zone: last_year(now.astimezone(ZoneInfo(zone)).date()) for zone in TimeZone.values}
    if len(set(years.values())) == 1:
        return Q(fiscal_year__lte=next(iter(years.values())))
    return reduce(or_, (Q(village__time_zone=zone, fiscal_year__lte=year) for zone, year in years.items()))


def sentence(need: Need) -> str:
    """What stands on the order's page; empty before the day and for what next year bears. One query at most."""
    today = local_today(need.village)
    if need.state != "budgeted" or need.fiscal_year is None:
        return ""
    if need.fiscal_year < today.year:
        return (
            f"Tahun anggaran {need.fiscal_year} sudah berakhir dan pembelian ini belum diputuskan. Kepala Desa "
            "melanjutkannya (DPAL) atau membatalkannya."
        )
    if need.fiscal_year > today.year or today < listed_from(today.year):
        return ""
    return (
        f"Tahun anggaran {need.fiscal_year} berakhir {tanggal_sedang(dt.date(need.fiscal_year, 12, 31))}. Bila pembelian ini "
        "tidak selesai sebelumnya, Kepala Desa melanjutkannya (DPAL) atau membatalkannya."
    )
