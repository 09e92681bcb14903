"""The directory on paper and in figures: a regency's official table, its editions, the download, the card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people
from accounts.models import Provider, Role
from catalog import directory, documents, open_data
from catalog.directory_changes import Changes
from catalog.forms.service import CardForm, EditionForm
from catalog.lists.provider import ProviderFilter
from catalog.models import DirectoryEdition
from catalog.models.rating import min_count
from core.clock import today
from core.documents import freeze, job_key
from core.models import Job
from core.once import once
from core.spreadsheet import csv_response
from core.workflow import TransitionRefused
from regions.models import Area
from verification.models import Standing

ROWS = 50  # of the official table on one page


# --- the download -------------------------------------------------------------------------------------------
@login_not_required
@require_safe
def directory_csv(request: HttpRequest) -> HttpResponse:
    """The list as asked for, a row for each listing; read while it is sent."""
    asked = ProviderFilter(request.GET, queryset=directory.listed(), request=request)
    if asked.form.errors:  # the list says what is wrong; a file would hold more than was asked for
        return redirect(f"{reverse('directory')}?{request.GET.urlencode()}")
    rows = open_data.table(open_data.DIRECTORY_COLUMNS, open_data.listing_rows(asked.listings()))
    return csv_response(f"direktori-p2ktd-{today():%Y-%m-%d}.csv", rows, stream=True)


# --- a regency's directory ------------------------------------------------------------------------------------
@login_not_required
@require_safe
def regency_list(request: HttpRequest) -> HttpResponse:
    """Whose directories hold somebody today."""
    rows = directory.regencies()
    context = {"rows": rows, "providers": sum(count for _, count in rows)}
    return render(request, "catalog/directory_index.html", context)


@login_not_required
@require_safe
def regency_directory(request: HttpRequest, code: str) -> HttpResponse:
    """The official table of a regency, decree by decree, as it stands today; and its editions."""
    area = get_object_or_404(Area.objects.regencies(), code=code)
    standings = directory.in_order(area)
    page = Paginator(standings, ROWS).get_page(request.GET.get("hal"))
    entries = directory.entries(list(page.object_list))
    editions = list(DirectoryEdition.objects.visible_to(request.user).of(area).select_related("regency"))
    context = {
        "area": area,
        "page": page,
        "groups": by_decree(enumerate(entries, page.start_index())),
        "decrees": directory.decrees(standings),
        "count": len(standings),
        "editions": editions,
        "newest": editions[0] if editions else None,
        "least": min_count(),
        "may_issue": bool(DirectoryEdition(regency=area).may_issue(request.user)),
    }
    return render(request, "catalog/regency_directory.html", context)


def by_decree(numbered: Iterable[tuple[int, directory.Entry]]) -> list[dict[str, Any]]:
    """The page's part of the table, under the decrees that its rows rest on."""
    groups: list[dict[str, Any]] = []
    for place, entry in numbered:
        decree = (entry.decree_number, entry.decree_date)
        if not groups or groups[-1]["decree"] != decree:
            groups.append({"decree": decree, "rows": []})
        groups[-1]["rows"].append((place, entry))
    return groups


# --- editions ---------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def edition_new(request: HttpRequest, code: str) -> HttpResponse:
    """Put today's directory out: what it rests on, and what is new in it."""
    area = get_object_or_404(Area.objects.regencies(), code=code)
    edition = DirectoryEdition(regency=area)
    if not (verdict := edition.may_issue(request.user)):
        raise PermissionDenied(verdict.reason)
    standings = directory.in_order(area)
    last = DirectoryEdition.objects.of(area).first()
    changes = changes_since(last, standings)
    initial = {"basis": documents.basis_of(standings), "reason": changes.sentence if changes else ""}
    form = EditionForm(
        request.POST if request.method == "POST" else None,
        document=edition,
        user=request.user,
        last=last,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            url, new = once(form, form.publish)
        except TransitionRefused as refusal:
            form.add_error(None, refusal.reason)
        else:
            if new:
                messages.success(request, "Edisi direktori diterbitkan. Buku dan lembar kerjanya sedang disiapkan.")
            return redirect(url)
    context = {"area": area, "form": form, "last": last, "changes": changes, "count": len(standings)}
    return render(request, "catalog/edition_form.html", context, status=422 if form.errors else 200)


def changes_since(last: DirectoryEdition | None, standings: list[Standing]) -> Changes | None:
    """Against the last edition; None where there is none."""
    if last is None:
        return None
    now = [freeze(documents.frozen_entry(entry)) for entry in directory.entries(standings)]
    return Changes.between(last.snapshot["entries"], now)


@login_not_required
@require_safe
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """An edition: what it rests on, its booklet and its workbook, and whether a newer one is out."""
    editions = DirectoryEdition.objects.visible_to(request.user).select_related("regency", "issued_by")
    row = get_object_or_404(editions, code=code)
    booklet, workbook = row.booklet(), row.workbook()
    ready = booklet is not None and booklet.file is not None and workbook is not None
    keys = [f"workbook:{row.pk}", *([job_key(booklet)] if booklet else [])]
    parked = not ready and Job.objects.filter(key__in=keys, parked_at__isnull=False).exists()
    pages = f"{booklet.pages} halaman A4 mendatar" if booklet and booklet.pages else ""
    context = {
        "edition": row,
        "booklet": booklet,
        "pages_note": pages,
        "workbook": workbook,
        "newer": row.newer(),
        "parked": parked,
    }
    response = render(request, "catalog/edition.html", context | {"ready": ready})
    if not ready and not parked:
        response["Refresh"] = "4"  # works without JavaScript
    return response


# --- a provider's card and where it leads -------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def provider_card(request: HttpRequest, code: str) -> HttpResponse:
    """The card of each listing today: for the provider's own people, and for the office of that regency."""
    provider = get_object_or_404(directory.visible_to(request.user), code=code)
    own = people.acting(request.user, Role.PROVIDER, provider=provider.pk) is not None
    standings = directory.card_standings(provider, request.user)
    if not standings and not own:
        raise Http404
    form = CardForm(request.POST if request.method == "POST" else None, standings=standings)
    if request.method == "POST" and form.is_valid():
        sheet = form.cleaned_data["kertas"] == CardForm.SHEET
        return redirect(documents.issue_card(form.standing, by=request.user, sheet=sheet))
    context = {"provider": provider, "standings": standings, "form": form, "own": own}
    return render(request, "catalog/provider_card.html", context, status=422 if form.errors else 200)


@login_not_required
@never_cache
@require_safe
def provider_status(request: HttpRequest, code: str) -> HttpResponse:
    """Where a card's QR code leads: listed today, or why not. Small: it is read on a phone in the field.

    Of who is listed no longer, no more than the name, the regency and the sentence; of who never was, nothing.
    """
    provider = Provider.objects.only("code", "name").filter(code=code.upper()).first()
    standings = directory.latest_standings(provider) if provider else []
    if provider is None or not standings:
        return render(request, "catalog/provider_status.html", {"code": code[:16]}, status=404)
    rows = [(standing, standing.is_current) for standing in standings]
    rows.sort(key=lambda row: not row[1])
    context = {
        "provider": provider,
        "rows": rows,
        "listed": any(current for _, current in rows),
        "now": timezone.now(),
        "area": rows[0][0].regency,
    }
    return render(request, "catalog/provider_status.html", context)
