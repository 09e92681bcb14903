"""How amounts, dates, times and numbers are written in Indonesian offices: pure functions, no query.

They run on list pages, so they do no locale look-up. `None` is written as a dash. Amounts are whole
rupiah in an `int`. Moments are aware datetimes and are shown in a zone of the country: pass an area
(anything with `.tzinfo` and `.zone_name`), a zone or its name; without one, the zone that the request
activated, else WIB. Templates use the filters of the same names (`{% load formats %}`).
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

NOTHING = "–"
NBSP = "\u00a0"
MINUS = "\u2212"  # unlike a hyphen, a line never breaks after it
HARI = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
BULAN = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
WIB, WITA, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura")
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
MAX_RUPIAH = 999_999_999_999_999  # what a column and a JavaScript number hold exactly


# --- numbers and money ----------------------------------------------------------------------------
def jumlah(number: int | None) -> str:
    """A count with thousands dots: 83.762."""
    if number is None:
        return NOTHING
    text = f"{abs(int(number)):,}".replace(",", ".")
    return MINUS + text if number < 0 else text


def desimal(number: float | Decimal | None, places: int = 1) -> str:
    """A number with a decimal comma: 4,7."""
    if number is None:
        return NOTHING
    text = f"{abs(number):,.{places}f}".translate({44: ".", 46: ","})
    return MINUS + text if number < 0 and text.strip("0.,") else text


def rupiah(amount: int | None) -> str:
    """Whole rupiah: Rp12.500.000. It has no space, so a line never breaks inside it."""
    if amount is None:
        return NOTHING
    text = "Rp" + f"{abs(int(amount)):,}".replace(",", ".")  # int: a SUM comes as a Decimal
    return MINUS + text if amount < 0 else text


def rupiah_short(amount: int | None) -> str:
    """An amount for a narrow place: Rp12,5 jt. M is miliar (10⁹), as offices write it."""
    if amount is None:
        return NOTHING
    size = abs(int(amount))
    for unit, name in ((10**12, "T"), (10**9, "M"), (10**6, "jt"), (10**3, "rb")):
        # 999.950.000 must read Rp1 M, not Rp1.000 jt
        if size * 1000 >= unit * 999 + unit * 950 // 1000:
            tenths = (size * 10 + unit // 2) // unit
            whole, rest = divmod(tenths, 10)
            text = f"Rp{jumlah(whole)}{f',{rest}' if rest else ''}{NBSP}{name}"
            break
    else:
        text = f"Rp{size}"
    return MINUS + text if amount < 0 else text


class RupiahError(ValueError):
    """The text is no amount that can be read in one way only; the message is for the person who typed it."""


_PREFIX = re.compile(r"^\s*(?:rp\.?|idr)\s*", re.IGNORECASE)
_CENTS = re.compile(r",(?:00|-{1,2}|=)$")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)", re.ASCII)


def parse_rupiah(text: str) -> int:
    """The amount that a person typed, in whole rupiah; RupiahError when it could be read in two ways.

    Accepted: 12500000, 12.500.000, Rp 12.500.000, Rp12.500.000,00 and 12.500.000,- as on receipts.
    """
    bare = _PREFIX.sub("", text.replace(NBSP, " ").replace("\u202f", " ")).strip()
    bare = _CENTS.sub("", bare)
    if not bare:
        raise RupiahError("Isi jumlah dalam rupiah, misalnya 12.500.000.")
    if _AMOUNT.fullmatch(bare):
        # Python itself refuses to read some thousand digits.
        if len(bare) > 40 or (amount := int(bare.replace(".", ""))) > MAX_RUPIAH:
            raise RupiahError("Jumlah terlalu besar. Periksa kembali banyaknya angka nol.")
        return amount
    if bare.startswith(("-", MINUS, "(")):
        raise RupiahError("Jumlah tidak boleh kurang dari nol.")
    if re.fullmatch(r"[0-9.]+,[0-9]+", bare, re.ASCII):
        raise RupiahError("Jumlah harus rupiah utuh, tanpa sen. Gunakan titik untuk ribuan, misalnya 12.500.000.")
    raise RupiahError("Jumlah tidak dapat dibaca. Tulis angkanya saja, titik untuk ribuan, misalnya 12.500.000.")


def terbilang(number: int | None, *, unit: str = "rupiah", title: bool = False) -> str:
    """A whole number in words: "dua belas juta lima ratus ribu rupiah"; `title` capitalises each word."""
    if number is None:
        return NOTHING
    words = f"{_words(abs(number))} {unit}".strip()
    if number < 0:
        words = f"minus {words}"
    return words.title() if title else words


@lru_cache(maxsize=512)
def _words(number: int) -> str:
    from num2words import num2words  # loads every language: only pages that need words pay for it

    return num2words(int(number), lang="id")


def persen(fraction: float | Decimal | None, places: int = 1) -> str:
    """A share of one as a percentage: 0.452 is 45,2%; a whole one has no decimals."""
    if fraction is None:
        return NOTHING
    text = desimal(fraction * 100, places)
    return text.removesuffix("," + "0" * places) + "%"


def bagian(part: int | None, whole: int | None) -> str:
    """`part` of `whole` as a percentage; a dash when there is no whole."""
    if part is None or not whole:
        return NOTHING
    return persen(part / whole)


# --- dates and times --------------------------------------------------------------------------------
def zone_of(place: Any = None) -> ZoneInfo:
    """The zone of an area, of a zone name, or of the request; WIB when nothing says otherwise."""
    if place is None:
        current = timezone.get_current_timezone()
        return current if isinstance(current, ZoneInfo) and current.key in ZONE_NAMES else WIB
    if isinstance(place, ZoneInfo):
        return place
    if isinstance(place, str):
        return {"WIB": WIB, "WITA": WITA, "WIT": WIT}.get(place) or ZoneInfo(place)
    return place.tzinfo


def _zone_name(zone: ZoneInfo) -> str:
    return ZONE_NAMES.get(zone.key, zone.key)


def _day(value: dt.date | dt.datetime, place: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.astimezone(zone_of(place)).date()
    return value


def tanggal(value: dt.date | dt.datetime | None, place: Any = None) -> str:
    """Kamis, 23 Mei 2024."""
    if value is None:
        return NOTHING
    day = _day(value, place)
    return f"{HARI[day.weekday()]}, {day.day} {BULAN[day.month - 1]} {day.year}"


def tanggal_sedang(value: dt.date | dt.datetime | None, place: Any = None) -> str:
    """23 Mei 2024, as after the place in a signature block."""
    if value is None:
        return NOTHING
    day = _day(value, place)
    return f"{day.day} {BULAN[day.month - 1]} {day.year}"


def tanggal_pendek(value: dt.date | dt.datetime | None, place: Any = None) -> str:
    """23/05/2024."""
    if value is None:
        return NOTHING
    day = _day(value, place)
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def tanggal_huruf(value: dt.date | dt.datetime | None, place: Any = None) -> str:
    """The day in words, after "Pada hari ini" of a berita acara: "Kamis tanggal dua puluh tiga bulan Mei ..."."""
    if value is None:
        return NOTHING
    day = _day(value, place)
    name, month = HARI[day.weekday()], BULAN[day.month - 1]
    return f"{name} tanggal {_words(day.day)} bulan {month} tahun {_words(day.year)}"


def bulan_tahun(value: dt.date | None) -> str:
    """Mei 2024."""
    return NOTHING if value is None else f"{BULAN[value.month - 1]} {value.year}"


def minggu_iso(value: dt.date | None) -> str:
    """Minggu ke-21 tahun 2024 (ISO: weeks begin on Monday, the first holds the year's first Thursday)."""
    if value is None:
        return NOTHING
    year, week, _ = value.isocalendar()
    return f"Minggu ke-{week} tahun {year}"


def jam(moment: dt.datetime | None, place: Any = None) -> str:
    """08.30 WITA."""
    if moment is None:
        return NOTHING
    zone = zone_of(place)
    local = moment.astimezone(zone)
    return f"{local.hour:02}.{local.minute:02}{NBSP}{_zone_name(zone)}"


def waktu(moment: dt.datetime | None, place: Any = None) -> str:
    """23 Mei 2024 pukul 08.30 WITA, in the zone of the place."""
    if moment is None:
        return NOTHING
    return f"{tanggal_sedang(moment, place)} pukul {jam(moment, place)}"


_SPANS = ((365 * 86400, "tahun"), (30 * 86400, "bulan"), (86400, "hari"), (3600, "jam"), (60, "menit"))


def lamanya(since: dt.datetime | None, until: dt.datetime | None = None) -> str:
    """How long ago, in the largest whole unit: "3 hari"; under a minute "baru saja"."""
    if since is None:
        return NOTHING
    seconds = int(((until or timezone.now()) - since).total_seconds())
    for size, name in _SPANS:
        if seconds >= size:
            return f"{seconds // size} {name}"
    return "baru saja"


# --- identifiers and files ------------------------------------------------------------------------------
def masked(number: str | None) -> str:
    """A personal number for the screen: first 6 and last 4 of a long one, only the last 4 of a shorter one."""
    if not number:
        return NOTHING
    length = len(number)
    if length >= 14:
        return number[:6] + "•" * (length - 10) + number[-4:]
    if length >= 8:
        return "•" * (length - 4) + number[-4:]
    return "•" * length


_TWO_DIGIT_AREAS = ("21", "22", "24", "31", "61")


def telepon(number: str | None) -> str:
    """A stored +62 number as people here write it: 0812-3456-7890, (0370) 123456."""
    if not number:
        return NOTHING
    if not number.startswith("+62"):
        return number
    rest = number[3:]
    if rest.startswith("8"):
        local = "0" + rest
        return "-".join(part for part in (local[:4], local[4:8], local[8:]) if part)
    cut = 2 if rest.startswith(_TWO_DIGIT_AREAS) else 3
    return f"(0{rest[:cut]}){NBSP}{rest[cut:]}"


def npwp(number: str | None) -> str:
    """An NPWP as printed: 15 digits as 01.234.567.8-901.000, 16 in groups of four."""
    if not number:
        return NOTHING
    if len(number) == 15:
        n = number
        return f"{n[:2]}.{n[2:5]}.{n[5:8]}.{n[8]}-{n[9:12]}.{n[12:]}"
    return NBSP.join(number[at : at + 4] for at in range(0, len(number), 4))


def ukuran(size: int | None) -> str:
    """The size of a file: 312 KB, 1,4 MB."""
    if size is None:
        return NOTHING
    if size < 1024:
        return f"{size}{NBSP}B"
    if size < 1024 * 1024 - 512:
        return f"{(size + 512) // 1024}{NBSP}KB"
    return desimal(size / 1024**2).removesuffix(",0") + f"{NBSP}MB"
