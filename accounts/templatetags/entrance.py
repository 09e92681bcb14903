"""What the page of entrance says to somebody who came from elsewhere."""

import re
from typing import Final

from django import template

register = template.Library()

# Where people wanted to go, and what they need an account for there.
WHY: Final = (
    (r"/layanan/\w+/tanya/", "Masuk sebagai perangkat desa atau pendamping untuk mengajukan pertanyaan."),
    (r"/daftar-pendek/", "Masuk sebagai perangkat desa atau pendamping untuk menyimpan layanan ke daftar pendek."),
    (r"/layanan-dicari/", "Masuk sebagai perangkat desa atau pendamping untuk menyampaikan layanan yang dicari."),
    (r"/pembelian/", "Masuk sebagai perangkat desa untuk mencatat kebutuhan dan memulai pengadaan."),
)


@register.simple_tag
def why_login(path: str | None) -> str:
    """The sentence for this address; empty when there is none."""
    return next((sentence for shape, sentence in WHY if re.match(shape, path or "")), "")
