"""The functions of `core.formats` as template filters: `{{ contract.value|rupiah }}`.

A moment is shown in the zone of a place: `{{ event.at|waktu_di:village }}`. The plain `waktu` uses the zone
that the request activated. What is absent on the way (`{{ order.contract.value|rupiah }}` before there is
a contract) is written as a dash, like None.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import template

from core import formats

register = template.Library()


def _or_dash(function: Callable[..., str]) -> Callable[..., str]:
    @wraps(function)
    def one(value: Any) -> str:
        return formats.NOTHING if value == "" else function(value)

    return one


def _or_dash_with(function: Callable[..., str]) -> Callable[..., str]:
    @wraps(function)
    def two(value: Any, argument: Any) -> str:
        return formats.NOTHING if value == "" else function(value, argument or None)

    return two


for _function in (
    formats.bulan_tahun,
    formats.desimal,
    formats.jam,
    formats.jumlah,
    formats.lamanya,
    formats.masked,
    formats.minggu_iso,
    formats.npwp,
    formats.persen,
    formats.rupiah,
    formats.rupiah_short,
    formats.tanggal,
    formats.tanggal_huruf,
    formats.tanggal_pendek,
    formats.tanggal_sedang,
    formats.telepon,
    formats.ukuran,
    formats.waktu,
    formats.terbilang,
):
    register.filter(_function.__name__, _or_dash(_function), is_safe=True)

for _name, _placed in (
    ("bagian_dari", formats.bagian),
    ("jam_di", formats.jam),
    ("tanggal_di", formats.tanggal),
    ("tanggal_huruf_di", formats.tanggal_huruf),
    ("tanggal_pendek_di", formats.tanggal_pendek),
    ("tanggal_sedang_di", formats.tanggal_sedang),
    ("waktu_di", formats.waktu),
):
    register.filter(_name, _or_dash_with(_placed), is_safe=True)


@register.filter(is_safe=True)
def terbilang_judul(number: int | str | None) -> str:
    """Dua Belas Juta Rupiah, as contracts write it."""
    return formats.NOTHING if isinstance(number, str) else formats.terbilang(number, title=True)


@register.filter(is_safe=True)
def terbilang_angka(number: int | str | None) -> str:
    """A count in words, without rupiah: dua puluh."""
    return formats.NOTHING if isinstance(number, str) else formats.terbilang(number, unit="")
