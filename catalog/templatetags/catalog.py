"""Small parts of the catalogue's pages."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.templatetags.components import stars

register = template.Library()


@register.simple_tag
def rating(rated: Any, least: int = 1) -> SafeString:
    """The average with its count, from `least` ratings on; below that only the count is said."""
    total, count = rated.rating_total, rated.rating_count
    if 0 < count < least:
        return format_html(
            '<span class="stars stars--none">{} penilaian; rata-rata tampil mulai {} penilaian</span>', count, least
        )
    return stars(total / (count * 10) if count else None, count)


@register.simple_tag
def lines(text: str) -> SafeString:
    """What a provider wrote one thing a line, as a list; a single line as a paragraph."""
    rows = [row for line in text.splitlines() if (row := line.strip().lstrip("-*•").strip())]
    if len(rows) < 2:
        return format_html_join("", "<p>{}</p>", ((row,) for row in rows))
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((row,) for row in rows)))
