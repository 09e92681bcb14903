"""The least that a page can cost, behind the same server, settings and middleware: what others are held against."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines

from catalog.models import Service

CARDS = engines["django"].from_string(
    "<ul>{% for row in rows %}<li>{{ row.title }} {{ row.price }}</li>{% endfor %}</ul>"
)


@login_not_required
def constant(request: HttpRequest) -> HttpResponse:
    """No query, no template."""
    return HttpResponse("<p>P2KTD</p>")


@login_not_required
def lean(request: HttpRequest) -> HttpResponse:
    """Twenty rows by an index, a template of one line."""
    rows = Service.objects.filter(state="published").order_by("-published_at", "-code").values("title", "price")[:20]
    return HttpResponse(CARDS.render({"rows": rows}, request))


@login_not_required
def raw(request: HttpRequest) -> HttpResponse:
    """The same rows from a cursor, put together as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title, price FROM catalog_service WHERE state = 'published' "
            "ORDER BY published_at DESC, code DESC LIMIT 20"
        )
        return HttpResponse("".join(f"<li>{title} {price}</li>" for title, price in cursor.fetchall()))
