"""The ways about: head and foot of a page, breadcrumb, tabs, steps, pages, search and filters.

Loaded through `{% load components %}`.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.template.context import RequestContext
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core import icons
from core.jinja import draw

register = template.Library()


@register.simple_tag
def breadcrumb(*parts: str) -> SafeString:
    """`{% breadcrumb "Pesanan" "/pesanan/" "Pelatihan kader" %}`: pairs of name and URL, then this page's name."""
    if len(parts) % 2 == 0:
        raise template.TemplateSyntaxError("breadcrumb takes pairs of name and URL, then the name of this page")
    pairs = zip(parts[:-1:2], parts[1::2], strict=True)
    return format_html(
        '<nav class="crumbs" aria-label="Jejak halaman"><ol>{}<li aria-current="page">{}</li></ol></nav>',
        format_html_join("", '<li><a href="{1}">{0}</a></li>', pairs),
        parts[-1],
    )


@register.simple_tag
def tabs(items: Iterable[tuple[Any, ...]], current: str = "", label: str = "Bagian halaman") -> SafeString:
    """Tabs as links. Each item: (key, name, URL) or (key, name, URL, count)."""
    rows = []
    for key, name, url, *count in items:
        number = format_html(' <span class="count">{}</span>', count[0]) if count else ""
        mark = mark_safe(' aria-current="page"') if key == current else ""
        rows.append(format_html('<li><a href="{}"{}>{}{}</a></li>', url, mark, name, number))
    return format_html('<nav class="tabs" aria-label="{}"><ul>{}</ul></nav>', label, SafeString("".join(rows)))


@register.simple_tag
def steps(labels: Iterable[str], current: int) -> SafeString:
    """Where one stands in a form of several pages; `current` counts from 1."""
    names = list(labels)
    rows = []
    for number, name in enumerate(names, 1):
        state = "done" if number < current else "now" if number == current else "next"
        spoken = {"done": "selesai", "now": "sedang diisi", "next": "berikutnya"}[state]
        rows.append(
            format_html(
                '<li class="steps__{}"{}><span class="steps__no">{}</span><span>{}<span class="sr">, {}</span></span></li>',
                state,
                mark_safe(' aria-current="step"') if state == "now" else "",
                icons.icon("check") if state == "done" else number,
                name,
                spoken,
            )
        )
    return format_html(
        '<nav class="steps" aria-label="Langkah"><p class="steps__where">Langkah {} dari {}</p><ol>{}</ol></nav>',
        current,
        len(names),
        SafeString("".join(rows)),
    )


@register.simple_tag(takes_context=True)
def pagination(context: RequestContext, page: Any = None, previous: str = "", next: str = "") -> SafeString:
    """Previous and next. `page` has `previous_url` and `next_url`, or is a Django `Page` (then `?hal=`)."""
    if page is not None and hasattr(page, "paginator"):
        request = context.get("request")
        query = request.GET.copy() if request else {}

        def address(number: int) -> str:
            query["hal"] = str(number)
            return "?" + (query.urlencode() if hasattr(query, "urlencode") else urlencode(query))

        previous = address(page.previous_page_number()) if page.has_previous() else ""
        next = address(page.next_page_number()) if page.has_next() else ""
    elif page is not None:
        previous, next = getattr(page, "previous_url", ""), getattr(page, "next_url", "")
    return draw("components/pagination.html", previous=previous, next=next)


@register.inclusion_tag("components/search_box.html")
def search_box(
    action: str = "",
    name: str = "q",
    value: str = "",
    label: str = "Cari",
    placeholder: str = "",
    id: str = "cari",
    suggest: str = "",
) -> dict[str, Any]:
    """A search field with its button; a plain GET form. `suggest` is the address that offers words while one types."""
    return {
        "action": action, "name": name, "value": value, "label": label, "placeholder": placeholder, "id": id,
        "suggest": suggest,
    }  # fmt: skip


@register.simple_block_tag
def filters(content: str, action: str = "", count: int = 0, title: str = "Saring", reset: str = "") -> SafeString:
    """A filter panel: a plain GET form in a `<details>`, folded on a phone and beside the list on a desk.

    `count` is how many filters are set; `reset` is the address without any.
    """
    return format_html(
        '<form class="filters" method="get" action="{}"><details class="filters__box" data-open-wide{}>'
        '<summary>{}{}{}</summary><div class="filters__body">{}<div class="actions">'
        '<button type="submit" class="btn btn--wide">Terapkan</button>{}</div></div></details></form>',
        action,
        mark_safe(" open") if count else "",
        icons.icon("filter"),
        title,
        format_html(' <span class="count">{} dipakai</span>', count) if count else "",
        mark_safe(content),  # noqa: S308  the block's own, already escaped, output
        format_html('<a class="btn btn--quiet" href="{}">Atur ulang</a>', reset) if reset else "",
    )


SEARCH = "/layanan/"
OPEN = "/pembelian-desa/"  # what everybody may read of the villages' purchases


def _ways(purchases: str, name: str = "Pembelian") -> tuple[tuple[str, str], ...]:
    return (
        ("Layanan", SEARCH),
        ("Penyedia", "/penyedia/"),
        ("Lelang", "/lelang/"),
        (name, purchases),
        ("Tentang", "/tentang/"),
    )


@register.simple_tag(takes_context=True)
def site_header(context: RequestContext) -> SafeString:
    """The head of every page: name, ways, search, account. Safe where no request is known (the 500 page)."""
    request = context.get("request")
    user = context.get("user")
    path = request.path if request else ""
    visitor = user is None or not user.is_authenticated
    ways = tuple((name, url, path.startswith(url)) for name, url in _ways(OPEN if visitor else "/pembelian/"))
    query = _asked_words(request) if request and path.startswith(SEARCH) else ""
    if visitor:
        return _visitors_header(ways, query)
    return draw(
        "components/header.html",
        ways=ways,
        search_url=SEARCH,
        user=user,
        todo_count=context.get("todo_count"),
        todo_here=path.startswith("/perlu-tindakan/"),
        query=query,
        csrf_token=context.get("csrf_token"),
        unread_notices=context.get("unread_notices"),
        places=context.get("account_places", ()),
    )


def _asked_words(request: HttpRequest) -> str:
    """What is searched for; nothing on the page that refuses an address of too many parameters."""
    try:
        return request.GET.get("q", "")
    except SuspiciousOperation:
        return ""


@lru_cache(64)
def _visitors_header(ways: tuple[tuple[str, str, bool], ...], query: str) -> SafeString:
    """Of who is not logged in: it knows nothing of the visitor."""
    return draw("components/header.html", ways=ways, search_url=SEARCH, query=query)


@register.simple_tag(takes_context=True)
def site_footer(context: RequestContext) -> SafeString:
    """The foot of every page: what this is, that it holds no money, and whom to ask."""
    return _footer(context.get("support_email"))


@lru_cache(4)
def _footer(support_email: str | None) -> SafeString:
    return draw(
        "components/footer.html",
        ways=(*_ways(OPEN, "Pembelian desa"), ("Data terbuka", "/data/")),
        support_email=support_email,
    )
