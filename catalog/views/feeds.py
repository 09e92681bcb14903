"""For machines: which pages there are (robots, sitemap), and the catalogue to take away (CSV, JSON).

All are streams over `catalog.open_data`: nothing is gathered first. Who has the last version is told so with 304
(`kept`), which costs one query; a whole national download keeps a worker busy, so only one runs at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Provider
from catalog import directory, open_data
from catalog.lists.filters import AreaFilterField
from catalog.lists.provider import ProviderFilter
from catalog.models import Category, Service
from core.clock import today
from core.kept import kept
from core.spreadsheet import csv_lines, in_lots
from regions.models import Level
from verification.models import Standing

PART = 50_000  # addresses in one file: the sitemap protocol's limit
AT_ONCE = 2_000  # rows read at a time
FIRST_PAGES = ("home", "services", "directory", "regency-directories", "open-data", "about", "privacy")
ONE_DOWNLOAD = 4_242_004  # the number of PostgreSQL's advisory lock


# --- which pages there are ------------------------------------------------------------------------------------
@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Lists with filters are endless and say nothing new: the sitemap names every page. A demo is in no index."""
    lines = ["User-agent: *"]
    if settings.DEMO:
        lines.append("Disallow: /")
    else:
        lines += [f"Disallow: {reverse(name)}?" for name in ("services", "directory", "area-list")]
        lines.append("Disallow: /pembelian-desa/?")  # of transactions, which this app does not know
        lines += ["Disallow: /admin/", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", "text/plain; charset=utf-8")


@login_not_required
@require_safe
@kept("catalogue")
def sitemap(request: HttpRequest) -> HttpResponse:
    """The parts. A part holds the rows whose number falls into it, so a part never moves and none is counted."""
    parts = [("halaman", 1)]
    for kind, model in (("penyedia", Provider), ("layanan", Service)):
        last = model.objects.aggregate(last=Max("pk"))["last"] or 0  # type: ignore[attr-defined]
        parts += [(kind, number) for number in range(1, -(-last // PART) + 1)]
    body = [f"<sitemap><loc>{_site('sitemap-part', kind, number)}</loc></sitemap>" for kind, number in parts]
    return HttpResponse(
        f'{_XML}<sitemapindex xmlns="{_SCHEMA}">\n' + "\n".join(body) + "\n</sitemapindex>\n", _XML_TYPE
    )


@login_not_required
@require_safe
@kept("catalogue")
def sitemap_part(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Up to 50,000 addresses, with the moment a service last changed."""
    makers = {"halaman": _first_pages, "penyedia": _providers, "layanan": _services}
    if kind not in makers or not 1 <= number <= 10_000 or (kind == "halaman" and number > 1):
        raise Http404
    return _stream(request, in_lots(_urlset(makers[kind](number))), _XML_TYPE)


_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XML_TYPE = "application/xml; charset=utf-8"
Address = tuple[str, Any]  # (address, moment of its last change in UTC, or None)


def _urlset(pages: Iterable[Address]) -> Iterator[str]:
    yield f'{_XML}<urlset xmlns="{_SCHEMA}">\n'
    for loc, at in pages:
        when = f"<lastmod>{at:%Y-%m-%dT%H:%M:%S+00:00}</lastmod>" if at else ""
        yield f"<url><loc>{loc}</loc>{when}</url>\n"
    yield "</urlset>\n"


def _site(name: str, *args: Any) -> str:
    return escape(f"{settings.SITE_URL}{reverse(name, args=args)}")


def _first_pages(number: int) -> Iterator[Address]:
    for name in FIRST_PAGES:
        yield _site(name), None
    for area, _ in directory.regencies():
        yield _site("regency-directory", area.code), None


def _providers(number: int) -> Iterator[Address]:
    for row in _part(Standing.objects.listed_providers().values("pk", "code"), number):
        yield _site("provider", row["code"]), None


def _services(number: int) -> Iterator[Address]:
    rows = Service.objects.open().annotate(changed_at=open_data.changed_at())
    for row in _part(rows.values("pk", "code", "changed_at"), number):
        yield _site("service", row["code"]), row["changed_at"]


def _part(rows: Any, number: int) -> Iterator[dict[str, Any]]:
    last, end = (number - 1) * PART, number * PART
    while page := list(rows.filter(pk__gt=last, pk__lte=end).order_by("pk")[:AT_ONCE]):
        last = page[-1]["pk"]
        yield from page


# --- to take away ---------------------------------------------------------------------------------------------
class TakeForm(forms.Form):
    """Which services: those that serve an area, or of a category. Without either, all."""

    wilayah = AreaFilterField(label="Melayani wilayah", level=Level.REGENCY, or_above=True, required=False)
    kategori = forms.ModelChoiceField(Category.objects.active(), label="Kategori", to_field_name="key", required=False)


@login_not_required
@require_safe
@kept("catalogue")
def about_data(request: HttpRequest) -> HttpResponse:
    """What may be taken away, in which form, and what each column says."""
    context = {
        "services": open_data.SERVICE_COLUMNS,
        "listings": open_data.DIRECTORY_COLUMNS,
        "licence": open_data.licence(),
        "categories": Category.objects.active(),
    }
    return render(request, "catalog/open_data.html", context)


@login_not_required
@require_safe
@kept("catalogue")
def services_data(request: HttpRequest, form: str) -> HttpResponse:
    """Every service that villages can order today."""
    asked = TakeForm(request.GET)
    if not asked.is_valid():
        return _refused(asked)
    area, category = asked.cleaned_data["wilayah"], asked.cleaned_data["kategori"]
    services = Service.objects.orderable_in(area.code) if area else Service.objects.open()
    if category:
        services = services.filter(category=category)
    return _download(request, "layanan", form, open_data.SERVICE_COLUMNS, open_data.service_rows(services))


@login_not_required
@require_safe
@kept("catalogue")
def directory_data(request: HttpRequest) -> HttpResponse:
    """Every listing of today, as JSON; the list's own filters hold. The CSV is `views.directory.directory_csv`."""
    asked = ProviderFilter(request.GET, queryset=directory.listed(), request=request)
    if asked.form.errors:
        return _refused(asked.form)
    rows = open_data.listing_rows(asked.listings())
    return _download(request, "direktori", "json", open_data.DIRECTORY_COLUMNS, rows)


def _refused(form: forms.Form) -> HttpResponse:
    """A file would hold more than was asked for."""
    lines = [f"{name}: {' '.join(map(str, problems))}" for name, problems in form.errors.items()]
    return HttpResponse("\n".join(["Permintaan tidak dapat dibaca.", *lines, ""]), "text/plain; charset=utf-8", 400)


def _download(
    request: HttpRequest, name: str, form: str, columns: Iterable[open_data.Column], rows: Iterable[Any]
) -> HttpResponse:
    if form == "csv":
        lines, kind = csv_lines(open_data.table(columns, rows)), "text/csv; charset=utf-8"
    else:
        lines, kind = open_data.json_lines(name, columns, rows), "application/json; charset=utf-8"
    if request.method == "GET" and not _asked("pg_try_advisory_lock"):
        busy = HttpResponse("Unduhan lain sedang berjalan. Coba lagi dalam satu menit.\n", "text/plain", 503)
        busy["Retry-After"] = "60"
        return busy
    response = _stream(request, in_lots(lines), kind)
    ended = response._resource_closers  # type: ignore[attr-defined]
    ended.append(lambda: _asked("pg_advisory_unlock"))  # also when the visitor goes away
    response["Content-Disposition"] = f'attachment; filename="{name}-p2ktd-{today():%Y-%m-%d}.{form}"'
    response["Link"] = f'<{settings.SITE_URL}{reverse("open-data")}>; rel="describedby"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _asked(question: str) -> bool:
    """Of PostgreSQL; a process that dies lets go of the lock with its connection."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {question}(%s)", [ONE_DOWNLOAD])
        return bool(cursor.fetchone()[0])


def _stream(request: HttpRequest, lines: Iterable[str], kind: str) -> HttpResponse:
    if request.method == "HEAD":  # a server would make the whole body and throw it away
        return HttpResponse(content_type=kind)
    return StreamingHttpResponse(lines, kind)  # type: ignore[return-value]
