import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from core import formats

DAY = dt.date(2024, 5, 23)
MOMENT = dt.datetime(2024, 5, 23, 0, 30, tzinfo=dt.UTC)
VILLAGE = SimpleNamespace(tzinfo=ZoneInfo("Asia/Makassar"), zone_name="WITA")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "Rp0"),
        (999, "Rp999"),
        (12_500_000, "Rp12.500.000"),
        (-12_500, "−Rp12.500"),
        (Decimal("12500000"), "Rp12.500.000"),
        (None, "–"),
    ],
)
def test_rupiah_has_dots_and_no_blank(amount, shown):
    assert formats.rupiah(amount) == shown
    assert " " not in shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (999, "Rp999"),
        (1_500, "Rp1,5 rb"),
        (999_950, "Rp1 jt"),
        (12_500_000, "Rp12,5 jt"),
        (999_949_999, "Rp999,9 jt"),
        (999_950_000, "Rp1 M"),
        (1_500_000_000, "Rp1,5 M"),
        (2_000_000_000_000, "Rp2 T"),
        (-2_500_000, "−Rp2,5 jt"),
        (None, "–"),
    ],
)
def test_short_amounts_say_rb_jt_m_and_t(amount, shown):
    assert formats.rupiah_short(amount).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    "typed",
    [
        "12500000",
        "12.500.000",
        "Rp 12.500.000",
        "Rp12.500.000",
        "rp. 12.500.000",
        "IDR 12.500.000",
        "12.500.000,00",
        "Rp\u00a012.500.000,-",
        "  12.500.000  ",
    ],
)
def test_amounts_are_read_however_an_office_writes_them(typed):
    assert formats.parse_rupiah(typed) == 12_500_000


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Rp",
        "12,500,000",
        "12.5",
        "12.50",
        "12.500.00",
        "1.2500.000",
        "12.500,50",
        "12500000.00",
        "12 500 000",
        "1,5 jt",
        "-5000",
        "−5000",
        "(5.000)",
        "0.500",
        "007",
        "1e9",
        "0x10",
        "１２３",
        "١٢٣",
        "12.500.000 rupiah",
        "9" * 16,
        "9" * 5000,
        "12\x0000",
        "NaN",
    ],
)
def test_an_amount_that_could_be_read_in_two_ways_is_refused(typed):
    with pytest.raises(formats.RupiahError) as refusal:
        formats.parse_rupiah(typed)
    assert str(refusal.value).endswith(".")


def test_what_is_shown_is_read_back():
    for amount in (0, 7, 1_000, 999_999, 12_500_000, formats.MAX_RUPIAH):
        assert formats.parse_rupiah(formats.rupiah(amount)) == amount


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol rupiah"),
        (11, "sebelas rupiah"),
        (100, "seratus rupiah"),
        (1_100, "seribu seratus rupiah"),
        (101_000, "seratus satu ribu rupiah"),
        (12_500_000, "dua belas juta lima ratus ribu rupiah"),
        (1_000_000_000, "satu miliar rupiah"),
        (-5, "minus lima rupiah"),
        (None, "–"),
    ],
)
def test_amounts_in_words(number, words):
    assert formats.terbilang(number) == words


def test_words_may_be_capitalised_or_count_something_else():
    assert formats.terbilang(12_500_000, title=True) == "Dua Belas Juta Lima Ratus Ribu Rupiah"
    assert formats.terbilang(21, unit="hari") == "dua puluh satu hari"


def test_dates_are_written_as_offices_write_them():
    assert formats.tanggal(DAY) == "Kamis, 23 Mei 2024"
    assert formats.tanggal_sedang(DAY) == "23 Mei 2024"
    assert formats.tanggal_pendek(DAY) == "23/05/2024"
    assert formats.bulan_tahun(DAY) == "Mei 2024"
    assert formats.minggu_iso(DAY) == "Minggu ke-21 tahun 2024"
    assert formats.minggu_iso(dt.date(2021, 1, 1)) == "Minggu ke-53 tahun 2020"
    words = "Kamis tanggal dua puluh tiga bulan Mei tahun dua ribu dua puluh empat"
    assert formats.tanggal_huruf(DAY) == words
    assert formats.tanggal(dt.date(2024, 12, 1)) == "Minggu, 1 Desember 2024"


def test_a_moment_is_told_in_the_zone_of_its_place():
    assert formats.waktu(MOMENT, VILLAGE) == "23 Mei 2024 pukul 08.30\u00a0WITA"
    assert formats.waktu(MOMENT, "WIB") == "23 Mei 2024 pukul 07.30\u00a0WIB"
    assert formats.waktu(MOMENT, ZoneInfo("Asia/Jayapura")) == "23 Mei 2024 pukul 09.30\u00a0WIT"
    late = dt.datetime(2024, 5, 23, 15, 30, tzinfo=dt.UTC)
    assert formats.tanggal(late, "WIT") == "Jumat, 24 Mei 2024"
    assert formats.tanggal(late, "WIB") == "Kamis, 23 Mei 2024"


def test_without_a_place_the_zone_of_the_request_counts_and_then_wib():
    assert formats.jam(MOMENT) == "07.30\u00a0WIB"
    with timezone.override(ZoneInfo("Asia/Makassar")):
        assert formats.jam(MOMENT) == "08.30\u00a0WITA"


def test_how_long_ago():
    now = dt.datetime(2024, 5, 23, tzinfo=dt.UTC)
    for ago, said in (
        (dt.timedelta(seconds=30), "baru saja"),
        (dt.timedelta(minutes=12), "12 menit"),
        (dt.timedelta(hours=23), "23 jam"),
        (dt.timedelta(days=5), "5 hari"),
        (dt.timedelta(days=70), "2 bulan"),
        (dt.timedelta(days=800), "2 tahun"),
    ):
        assert formats.lamanya(now - ago, now) == said


def test_counts_shares_and_sizes():
    assert formats.jumlah(83_762) == "83.762"
    assert formats.jumlah(-1_200) == "−1.200"
    assert formats.desimal(4.66) == "4,7"
    assert formats.desimal(Decimal("-0.01")) == "0,0"
    assert formats.persen(0.452) == "45,2%"
    assert formats.persen(1) == "100%"
    assert formats.bagian(1, 3) == "33,3%"
    assert formats.bagian(1, 0) == "–"
    assert formats.ukuran(0).replace("\u00a0", " ") == "0 B"
    assert formats.ukuran(319_488).replace("\u00a0", " ") == "312 KB"
    assert formats.ukuran(5 * 1024**2).replace("\u00a0", " ") == "5 MB"
    assert formats.ukuran(1_468_006).replace("\u00a0", " ") == "1,4 MB"


def test_personal_numbers_are_masked():
    assert formats.masked("5202012345670001") == "520201••••••0001"
    assert formats.masked("0123456789") == "••••••6789"
    assert formats.masked("12345") == "•••••"
    assert formats.masked("") == "–"


def test_telephone_and_tax_numbers_as_people_write_them():
    assert formats.telepon("+6281234567890") == "0812-3456-7890"
    assert formats.telepon("+62370123456").replace("\u00a0", " ") == "(0370) 123456"
    assert formats.telepon("+62215551234").replace("\u00a0", " ") == "(021) 5551234"
    assert formats.npwp("012345678901000") == "01.234.567.8-901.000"
    assert formats.npwp("0012345678901000").replace("\u00a0", " ") == "0012 3456 7890 1000"


def test_templates_use_the_same_functions_and_write_what_is_absent_as_a_dash():
    template = Template(
        "{% load formats %}{{ value|rupiah }}|{{ value|terbilang }}|{{ at|waktu_di:village }}|{{ part|bagian_dari:whole }}|"
        "{{ nothing.value|rupiah }}|{{ nothing.at|waktu_di:village }}|{{ value|terbilang_judul }}|{{ at|waktu_di:None }}"
    )
    shown = template.render(Context({"value": 1000, "at": MOMENT, "village": VILLAGE, "part": 1, "whole": 2}))
    assert shown.replace("\u00a0", " ").split("|") == [
        "Rp1.000",
        "seribu rupiah",
        "23 Mei 2024 pukul 08.30 WITA",
        "50%",
        "–",
        "–",
        "Seribu Rupiah",
        "23 Mei 2024 pukul 07.30 WIB",
    ]
