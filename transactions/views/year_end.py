"""The end of a fiscal year: unfinished orders, and what the village head decides about each."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import people
from accounts.models.membership import Role
from catalog.lists.paging import Sort, page_of
from core.clock import today
from transactions import year_end as calendar
from transactions.forms.year_end import YearEndFilterForm
from transactions.models import Need
from transactions.models.planning.carrying import left_of
from transactions.models.seeing import in_office
from transactions.views.order_list import with_contracts

YEARS_BACK = 3
BY_YEAR = Sort("Tahun anggaran", "fiscal_year", int, descending=False)


@require_safe
def year_end(request: HttpRequest) -> HttpResponse:
    """Orders that the end of the fiscal year leaves undecided, the oldest year first."""
    if not people.holds(request.user, *calendar.READERS):
        raise PermissionDenied("Daftar akhir tahun anggaran dibaca oleh desa, pendamping, dan dinas di wilayahnya.")
    year = today().year
    form = YearEndFilterForm(request.GET, years=list(range(year, year - YEARS_BACK, -1)))
    form.is_valid()
    rows = narrowed(Need.objects.filter(in_office(request.user)), form.cleaned_data)
    page = page_of(rows.select_related("village"), request.GET, BY_YEAR)
    context = {
        "page": page,
        "lines": lines(page.rows, request.user, year),
        "form": form,
        "filter_count": sum(bool(value) for value in form.cleaned_data.values()),
        "from_day": calendar.listed_from(year),
        "is_season": calendar.last_year_listed(today()) == year,
        "year": year,
    }
    return render(request, "transactions/year_end.html", context)


def narrowed(rows: QuerySet[Need], asked: dict[str, Any]) -> QuerySet[Need]:
    """The list by what was decided, words and year."""
    state = asked.get("keadaan")
    if state == "dilanjutkan":
        rows = rows.filter(carry_overs__isnull=False).distinct()
    elif state == "dibatalkan":
        rows = rows.filter(state="cancelled", fiscal_year__isnull=False)
    else:
        rows = rows.unfinished().filter(calendar.overdue() if state == "lewat" else calendar.listed())  # type: ignore[attr-defined]
    if words := asked.get("q"):
        rows = rows.said(words)  # type: ignore[attr-defined]
    if year := asked.get("tahun"):
        rows = rows.filter(carry_overs__from_year=year) if state == "dilanjutkan" else rows.filter(fiscal_year=year)
    return rows


def lines(needs: list[Need], user: Any, year: int) -> list[dict[str, Any]]:
    """Each order with where it stands, what is left of the village's own part, and where its head decides."""
    left, found = left_of(needs), []
    for need, document in with_contracts(needs, user):
        is_open = need.state == "budgeted" and (need.fiscal_year or year + 1) <= year
        decides = is_open and people.acting(user, Role.VILLAGE_HEAD, at=need.village_id)
        verbs = ["carry_over", *(["cancel"] if document is need else [])] if decides else []
        found.append(
            {
                "need": need,
                "document": document,
                "left": left[need.pk],
                "is_overdue": is_open and need.fiscal_year != year,
                "moves": [(need.MOVES[verb].label, need.move_url(verb)) for verb in verbs],
            }
        )
    return found
