"""The village's budget list: its pages, the import from Siskeudes, and the announcement printed of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts import people
from catalog.lists.paging import Sort, page_of
from core.clock import today
from core.models import Event
from core.spreadsheet import csv_response
from core.views import MoveView
from core.workflow import Verdict
from regions.models import Area
from transactions import forms, siskeudes
from transactions.documents import announcement
from transactions.models import Activity, ActivityImport, ProcurementPlan
from transactions.models.planning.activity_import import COMPARED, Line, fingerprint_of, shown
from transactions.models.seeing import in_office
from transactions.views.making import form_page, made, refuse_page

BY_CODE = Sort("Kode kegiatan", "activity_code", str, descending=False)
SHOWN = 200  # rows of each kind on the page of an import
YEARS_BACK = 5


# --- the list ---------------------------------------------------------------------------------------
@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """The activities this person may see, of one fiscal year unless all are asked for, paged by key."""
    year = today().year
    asked = request.GET.copy()
    asked.setdefault("tahun", str(year))
    form = forms.ActivityFilterForm(asked, years=list(range(year + 1, year - YEARS_BACK, -1)))
    form.is_valid()
    chosen = form.cleaned_data
    village = village_of(request, chosen.get("desa", ""))
    rows = narrowed(Activity.objects.visible_to(request.user), chosen)
    rows = rows.filter(village=village) if village else rows
    keeps = people.holds(request.user, *Activity.KEEPERS)
    return render(
        request,
        "transactions/activity_list.html",
        {
            "page": page_of(rows.select_related("village"), request.GET, BY_CODE),
            "form": form,
            "village": village,
            "year": chosen.get("tahun"),
            "totals": totals(village, chosen.get("tahun")),
            "filter_count": sum(bool(chosen.get(name)) for name in ("q", "bidang", "sumber")),
            "keeps": keeps,
        },
    )


def village_of(request: HttpRequest, code: str) -> Area | None:
    """The village that the address names, else the only one in which this person holds office."""
    seen = Area.objects.buyers()
    if code:
        return seen.filter(pk=code).filter(in_office(request.user, "")).first()
    own = people.territories(request.user, *Activity.KEEPERS, *announcement.READERS)
    return seen.filter(pk=own[0]).first() if len(set(own)) == 1 else None


def narrowed(rows: QuerySet[Activity], asked: dict[str, Any]) -> QuerySet[Activity]:
    """The list by words, year, field and source."""
    for word in (asked.get("q") or "").split()[:6]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(activity_code__startswith=word)
            | Q(officer__icontains=word)
            | Q(village__name__icontains=word)
        )
    exact = {"fiscal_year": asked.get("tahun"), "field": asked.get("bidang"), "funding": asked.get("sumber")}
    return rows.filter(**{name: value for name, value in exact.items() if value})


def totals(village: Area | None, year: int | None) -> dict[str, int] | None:
    """Ceilings, contracted and left, of a village's year; None where the list is wider."""
    if village is None or not year:
        return None
    found = (
        Activity.objects.listed()
        .filter(village=village, fiscal_year=year)
        .aggregate(ceiling=Sum("ceiling"), committed=Sum("committed"))
    )
    ceiling, committed = found["ceiling"] or 0, found["committed"] or 0
    return {"ceiling": ceiling, "committed": committed, "remaining": ceiling - committed}


# --- one activity -----------------------------------------------------------------------------------
@require_safe
def activity(request: HttpRequest, code: str) -> HttpResponse:
    """One activity: what it may cost, what is contracted of it, and for which needs."""
    row = get_object_or_404(Activity.objects.visible_to(request.user).select_related("village"), code=code)
    commitments = row.commitments.select_related("contract__provider", "contract__sourcing__need")
    return render(
        request,
        "transactions/activity.html",
        {
            "activity": row,
            "needs": row.needs.order_by("-pk"),
            "commitments": commitments,
            "events": told(row),
        },
    )


def told(row: Activity) -> list[Event]:
    """Its events, each with what was and what is."""
    events = list(row.events())
    for event in events:
        changed = event.data.get("changed", {})
        changes = [
            f"{Activity._meta.get_field(name).verbose_name}: {shown(name, before)} menjadi {shown(name, after)}"  # type: ignore[union-attr]
            for name, (before, after) in ((name, changed[name]) for name in COMPARED if name in changed)
        ]
        event.note = event.note or "; ".join(changes)
    return events


def activity_new(request: HttpRequest) -> HttpResponse:
    """Type an activity of the APB Desa."""
    refuse_page(may_keep(request))
    form = forms.ActivityForm(request.POST or None, user=request.user, initial={"fiscal_year": today().year})
    said = "Kegiatan tercatat.", "Kegiatan ini sudah tercatat."
    if done := made(request, form, lambda: entered(form, request), *said):
        return done
    return form_page(
        request,
        form,
        title="Tulis kegiatan APB Desa",
        submit="Simpan kegiatan",
        cancel="activities",
        autosave="kegiatan",
    )


def may_keep(request: HttpRequest) -> Verdict:
    """Does this person keep any village's budget list?"""
    return Activity(village_id=next(iter(people.territories(request.user, *Activity.KEEPERS)), "")).may_create(
        request.user
    )


def entered(form: forms.ActivityForm, request: HttpRequest) -> Activity:
    row = form.save(commit=False)
    row.enter(by=request.user)
    return row


activity_move = MoveView.as_view(
    model=Activity,
    forms={"amend": forms.AmendActivityForm, "drop": forms.WhyForm},
    template_name="transactions/activity_move.html",
)


# --- the import -------------------------------------------------------------------------------------
def import_new(request: HttpRequest) -> HttpResponse:
    """Upload a file from Siskeudes; it is read and shown before anything changes."""
    refuse_page(may_keep(request))
    form = forms.ActivityImportForm(request.POST or None, request.FILES or None, user=request.user)
    said = "Berkas terbaca. Periksa setiap barisnya di bawah.", "Berkas ini sudah terbaca."
    if done := made(request, form, lambda: received(form, request), *said):
        return done
    return form_page(
        request,
        form,
        title="Muat kegiatan dari Siskeudes",
        submit="Baca dan periksa",
        cancel="activities",
        template="transactions/activity_import_form.html",
    )


@require_safe
def import_example(request: HttpRequest) -> HttpResponse:
    """The columns that are read, and a row to see how."""
    refuse_page(may_keep(request))
    return csv_response("contoh-kegiatan.csv", [[column.name for column in siskeudes.COLUMNS], siskeudes.EXAMPLE])


def received(form: forms.ActivityImportForm, request: HttpRequest) -> ActivityImport:
    found = form.read()
    found.receive(by=request.user)
    return found


@require_safe
def import_page(request: HttpRequest, code: str) -> HttpResponse:
    """What the file would change, row by row, before it does."""
    row = get_object_or_404(ActivityImport.objects.visible_to(request.user).select_related("village"), code=code)
    lines = row.compare() if row.state == "checked" else []
    return render(
        request,
        "transactions/activity_import.html",
        {
            "document": row,
            "groups": grouped(lines),
            "seen": fingerprint_of(lines),
            "moves": row.open_moves(request.user),
            "others": unnamed(row, lines),
        },
    )


def grouped(lines: list[Line]) -> list[dict[str, Any]]:
    """What needs attention first; of each kind at most SHOWN, and how many more."""
    heads = {
        "refused": "Baris yang ditolak",
        "changed": "Baris yang berubah",
        "new": "Baris baru",
        "same": "Baris yang sama",
    }
    groups = []
    for kind, head in heads.items():
        rows = [line for line in lines if line.kind == kind]
        groups.append(
            {"kind": kind, "head": head, "count": len(rows), "rows": rows[:SHOWN], "more": max(len(rows) - SHOWN, 0)}
        )
    return groups


def unnamed(row: ActivityImport, lines: list[Line]) -> int:
    """Activities of those years that the file does not name: they stay as they are."""
    if row.state != "checked":
        return 0
    named = {line.activity.pk for line in lines if line.activity}
    years = Activity.objects.listed().filter(village=row.village_id, fiscal_year__in=row.years)
    return years.exclude(pk__in=named).count()


class ImportMoveView(MoveView):
    """Taken over from its own page alone, where the rows are seen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(self.document)

    def page(self, form: Any, *, refusal: str = "", **options: Any) -> HttpResponse:
        verdict = self.document.may(self.move.verb, self.request.user) if self.move else None
        if verdict is not None and not verdict and not refusal:
            refusal = verdict.reason
        messages.error(self.request, refusal or "Muat ulang halaman, periksa, lalu coba lagi.")
        return redirect(self.document)


import_move = ImportMoveView.as_view(model=ActivityImport, forms={"apply": forms.ApplyImportForm})


# --- the announcement -------------------------------------------------------------------------------
def announce(request: HttpRequest, village: str, year: int) -> HttpResponse:
    """What the village means to buy in a year, and the announcement that is printed of it."""
    if not 2015 <= year <= 2100:
        raise Http404
    area = get_object_or_404(Area.objects.buyers().filter(in_office(request.user, "")), pk=village)
    plan = ProcurementPlan.objects.filter(village=area, fiscal_year=year).first()
    holder = plan or ProcurementPlan(village=area, fiscal_year=year)
    form = forms.AnnouncementForm(request.POST or None, village=area)
    verdict = holder.may_announce(request.user)
    lines = announcement.lines_of(area, year)
    if request.method == "POST":
        refuse_page(verdict)
        if not lines:
            messages.error(request, "Belum ada kegiatan atau kebutuhan yang dianggarkan pada tahun ini.")
        elif form.is_valid():
            data = form.cleaned_data
            return redirect(
                announcement.issue(
                    area, year, by=request.user, number=data["number"], on=data["on"], paper=data["kertas"]
                )
            )
    context = {
        "village": area,
        "year": year,
        "lines": lines,
        "total": sum(each["value"] for each in lines),
        "form": form,
        "verdict": verdict,
        "papers": announcement.papers_of(plan),
    }
    return render(request, "transactions/announcement.html", context, status=422 if form.errors else 200)
