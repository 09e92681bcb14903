"""Small parts of the catalogue's pages."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.lists.cards import Card, cards_html, rating

register = template.Library()


register.simple_tag(rating)


@register.simple_tag
def service_cards(rows: Iterable[Card], least: int = 1, hide_provider: bool = False, pick: bool = False) -> SafeString:
    """The items of a list of services: `<ul class="offers">{% service_cards page.rows least=least %}</ul>`."""
    return cards_html(rows, least=least, hide_provider=hide_provider, pick=pick)


@register.simple_tag
def lines(text: str) -> SafeString:
    """What a provider wrote one thing a line, as a list; a single line as a paragraph."""
    rows = [row for line in text.splitlines() if (row := line.strip().lstrip("-*•").strip())]
    if len(rows) < 2:
        return format_html_join("", "<p>{}</p>", ((row,) for row in rows))
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((row,) for row in rows)))
