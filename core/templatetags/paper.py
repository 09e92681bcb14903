"""What printed documents draw: QR codes, watermarks, small charts. All are SVG pictures inside the page."""

from __future__ import annotations

import base64
import datetime as dt
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import segno
from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core.documents import short
from core.formats import jumlah, rupiah, tanggal_sedang, terbilang

DOTS = "." * 50

register = template.Library()

FONT = "Liberation Sans, DejaVu Sans, Arial, sans-serif"
INK, BAR, LINE = "#14262b", "#085c66", "#d5dedf"


def data_url(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@register.simple_tag
def qr(url: str, alt: str = "Kode QR alamat pemeriksaan dokumen") -> SafeString:
    """The address as a QR code; level M survives a photocopy."""
    svg = segno.make(url, error="m", micro=False).svg_inline(border=2, omitsize=True, dark="#000")
    svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return format_html('<img class="qr" src="{}" alt="{}">', data_url(svg), alt)


@register.simple_tag
def watermark_url(text: str) -> str:
    """A page background that says `text` across the page: pale enough to read through, dark enough to copy."""
    size = min(120, 1500 // max(len(text), 8))
    return data_url(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1414" width="1000" height="1414">'
        f'<text x="500" y="740" transform="rotate(-52 500 707)" text-anchor="middle" font-family="{FONT}" '
        f'font-weight="bold" font-size="{size}" letter-spacing="6" fill="#e3e3e3">{escape(text)}</text></svg>'
    )


@register.filter
def short_hash(sha256: str) -> str:
    return short(sha256)


@register.filter
def as_written(value: Any) -> SafeString | str:
    """A value as letters write it: whole rupiah with their words, a date in full, lines as lines, nothing as dots."""
    if value is None or value == "":
        return DOTS
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{rupiah(value)} ({terbilang(value, title=True)})"
    if isinstance(value, dt.date):
        return tanggal_sedang(value)
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in str(value).splitlines()))


@register.simple_tag
def bar_chart(rows: Iterable[Sequence[Any]], title: str, note: str = "") -> SafeString:
    """Horizontal bars of `(label, value)` or `(label, value, shown as)`; the same is read out as text.

    Values are numbers from zero. Empty rows give an empty sentence, so that no chart is missed.
    """
    bars = [(str(row[0]), row[1] or 0, str(row[2]) if len(row) > 2 else jumlah(int(row[1] or 0))) for row in rows]
    if not bars:
        return format_html('<p class="chart-empty">{}: belum ada data.</p>', title)
    return format_html(
        '<figure class="chart"><figcaption>{}</figcaption><img src="{}" alt="{}">{}</figure>',
        title,
        data_url(_bars(bars)),
        f"Diagram batang {title}. " + "; ".join(f"{label}: {shown}" for label, _, shown in bars) + ".",
        format_html("<p>{}</p>", note) if note else "",
    )


def _bars(bars: list[tuple[str, Any, str]]) -> str:
    left, right, width = 236, 110, 680
    most = max((value for _, value, _ in bars), default=0) or 1
    room = width - left - right
    parts, y = [], 4
    for label, value, shown in bars:
        lines = textwrap.wrap(label, 32, max_lines=2, placeholder=" …") or [""]
        height = 24 if len(lines) == 1 else 38
        middle = y + height / 2
        for number, line in enumerate(lines):
            at = middle + 4.5 + (number - (len(lines) - 1) / 2) * 15
            parts.append(f'<text x="{left - 8}" y="{at}" text-anchor="end">{escape(line)}</text>')
        length = max(round(float(value) / float(most) * room, 1), 1 if value else 0)
        parts.append(
            f'<rect x="{left}" y="{middle - 8}" width="{length}" height="16" fill="{BAR}"/>'
            f'<text x="{left + length + 6}" y="{middle + 4.5}">{escape(shown)}</text>'
        )
        y += height
    parts.append(f'<rect x="{left}" y="4" width="1" height="{y - 4}" fill="{LINE}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y + 4}" width="{width}" height="{y + 4}" '
        f'font-family="{FONT}" font-size="13" fill="{INK}">{"".join(parts)}</svg>'
    )
