"""Boards and reports. A view fetches through `visible_to`, binds a form, calls one verb, and redirects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import people
from accounts.models.membership import FACILITATOR_ROLES, Role
from core import documents as printed
from core.clock import today
from core.forms import ReasonForm
from core.models import Job
from core.once import once
from core.spreadsheet import csv_response
from core.views import MoveView
from core.workflow import TransitionRefused
from monitoring import documents, fieldwork
from monitoring.dashboards import Board, boards_of, inside
from monitoring.forms import (
    FacilitatorFilterForm,
    MonthForm,
    OpenForm,
    PaperForm,
    ReportFilterForm,
    ReportRequestForm,
    WriteForm,
    posts,
)
from monitoring.models import ASKING, READERS, FacilitatorReport, Report
from monitoring.progress import STEPS, step_of
from regions import codes
from regions.codes import NATION

PAGE = 20


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list, and the addresses of the pages before and after."""

    rows: list[Any]
    previous_url: str
    next_url: str

    @classmethod
    def of(cls, request: HttpRequest, rows: QuerySet, size: int = PAGE) -> Page:
        asked = request.GET.get("hal", "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 and 0 < int(asked) <= 500 else 1
        found = list(rows[(number - 1) * size : number * size + 1])

        def address(to: int) -> str:
            query = request.GET.copy()
            query["hal"] = str(to)
            return f"?{query.urlencode()}"

        return cls(
            found[:size],
            address(number - 1) if number > 1 else "",
            address(number + 1) if len(found) > size else "",
        )


# --- boards -----------------------------------------------------------------------------------------------------
@require_safe
def dashboard(request: HttpRequest, code: str = "") -> HttpResponse:
    """The board of an area, or one's own; what is stuck stands first."""
    board, own = board_for(request, code)
    board.link(lambda child: reverse("dashboard-area", args=[child]), reverse("orders"))
    return render(
        request,
        "monitoring/dashboard.html",
        {
            "board": board,
            "month_form": MonthForm({"bulan": f"{board.month:%Y-%m}"}),
            "crumbs": crumbs(board, request.user),
            "own": own_boards(request.user, own) if len(own) > 1 else [],
            "csv_url": f"{reverse('dashboard-csv', args=[board.code])}?bulan={board.month:%Y-%m}",
        },
    )


@require_safe
def dashboard_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The board's table for a spreadsheet: semicolons and a byte order mark, as Excel here expects."""
    board, _ = board_for(request, code)
    return csv_response(f"pantauan-{board.code}-{board.month:%Y-%m}.csv", board.csv())


def board_for(request: HttpRequest, code: str) -> tuple[Board, list[str]]:
    """The board asked for, where the person may see it (else 404), and the codes of their own boards."""
    own = boards_of(request.user)
    if not own:
        if code:
            raise Http404
        raise PermissionDenied("Halaman ini untuk pendamping, Pokja, kecamatan, Dinas PMD, provinsi, dan kementerian.")
    code = code or own[0]
    if code != NATION and not (codes.is_code(code) and len(code) <= codes.LENGTHS[2]):
        raise Http404
    territories = inside(request.user, code)
    if not territories:
        raise Http404
    form = MonthForm(request.GET)
    now = timezone.now()
    month = form.cleaned_data["bulan"] if form.is_valid() else None
    board = Board(code, territories, month or today().replace(day=1), now=now)
    if not board.exists:
        raise Http404
    return board, own


def crumbs(board: Board, user: Any) -> list[tuple[str, str]]:
    """The boards above this one that the person may open: (name, address)."""
    found = []
    if people.holds(user, Role.MINISTRY) and board.code != NATION:
        found.append(("Nasional", reverse("dashboard-area", args=[NATION])))
    if board.area is not None and board.area.ancestry:
        names = board.area.ancestry.split(", ")
        above = zip(reversed(board.area.ancestor_codes), reversed(names), strict=False)
        found += [
            (name, reverse("dashboard-area", args=[code])) for code, name in above if inside(user, code) == [code]
        ]
    return found


def own_boards(user: Any, own: list[str]) -> list[tuple[str, str, str]]:
    """Tabs for who has several boards: (code, name, address). A PLD's board is named after the kecamatan."""
    names = {NATION: "Nasional"}
    for membership in people.memberships(user):
        if membership.area is not None:
            area = membership.area
            names[area.code] = area.label
            names.setdefault(area.district_code, area.ancestry.split(", ")[0])
    return [(code, names.get(code, code), reverse("dashboard-area", args=[code])) for code in own]


# --- monthly reports ------------------------------------------------------------------------------------------------
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Reports of one's territory, the newest month first."""
    if not people.holds(request.user, *READERS):
        if people.holds(request.user, *FACILITATOR_ROLES):
            return redirect("facilitator-reports")
        raise PermissionDenied("Laporan bulanan dibuka oleh Pokja, TAPM, Dinas PMD, provinsi, dan kementerian.")
    form = ReportFilterForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    rows = (
        Report.objects.visible_to(request.user).current().select_related("area").order_by("-month", "area", "-revision")
    )
    if asked.get("bulan"):
        rows = rows.filter(month=asked["bulan"])
    if asked.get("status"):
        rows = rows.filter(state=asked["status"])
    if asked.get("tingkat"):
        rows = rows.filter(area__level=asked["tingkat"])
    return render(
        request,
        "monitoring/report_list.html",
        {
            "page": Page.of(request, rows),
            "form": form,
            "filter_count": sum(bool(value) for value in asked.values()),
            "may_ask": people.holds(request.user, *{role for roles in ASKING.values() for role in roles}),
            "facilitators": may_see_facilitators(request.user),
        },
    )


def may_see_facilitators(user: Any) -> bool:
    return people.holds(user, *FACILITATOR_ROLES, Role.REGENCY_OFFICE)


@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """Ask for a report: writes the row and the job, and lands on its page."""
    if not people.holds(request.user, *{role for roles in ASKING.values() for role in roles}):
        raise PermissionDenied("Laporan disusun oleh Dinas PMD, Ketua Pokja, TAPM, Satker Provinsi, atau kementerian.")
    form = ReportRequestForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        wanted = Report(area=form.cleaned_data["area"], month=form.cleaned_data["month"])
        try:
            url, _ = once(form, lambda: wanted.request(by=request.user))
            return redirect(url)
        except TransitionRefused as refusal:
            form.add_error(None, refusal.reason)
    return render(
        request,
        "monitoring/report_form.html",
        {"title": "Susun laporan bulanan", "form": form, "submit": "Susun laporan", "cancel_url": reverse("reports")},
        status=422 if form.errors else 200,
    )


@require_safe
def report(request: HttpRequest, code: str) -> HttpResponse:
    """One report: its progress, or what it says in short, its papers and its revisions."""
    row = get_object_or_404(Report.objects.visible_to(request.user).select_related("area", "issued_by"), code=code)
    paper = documents.newest_paper(row)
    step = step_of(row, paper)
    working = step < len(STEPS) - 1
    parked = (
        row.state == "queued"
        and Job.objects.filter(key=f"report:{row.pk}:{row.build}", parked_at__isnull=False).exists()
    )
    others = Report.objects.visible_to(request.user).filter(area=row.area, month=row.month, provisional=row.provisional)
    response = render(
        request,
        "monitoring/report_detail.html",
        {
            "report": row,
            "content": printed.thaw(row.snapshot) if row.snapshot else None,
            "paper": paper,
            "step": step + 1,
            "steps": STEPS,
            "working": working,
            "parked": parked,
            "others": list(others.exclude(pk=row.pk).order_by("-revision")),
            "paper_form": PaperForm(document=row, user=request.user),
        },
    )
    if working and not parked:
        response["Refresh"] = "3"  # works without JavaScript
    return response


report_move = MoveView.as_view(model=Report, forms={"revise": ReasonForm})


@require_POST
def report_print(request: HttpRequest, code: str) -> HttpResponse:
    """The same content on the paper chosen."""
    row = get_object_or_404(Report.objects.visible_to(request.user).select_related("area"), code=code)
    form = PaperForm(request.POST, document=row, user=request.user)
    if row.snapshot is None or not form.is_valid():
        return redirect(row)
    return redirect(documents.print_report(row, by=request.user, paper=form.cleaned_data["paper"]))


# --- pendamping ---------------------------------------------------------------------------------------------------------
@require_safe
def facilitator_reports(request: HttpRequest) -> HttpResponse:
    """One's own monthly reports, and those one supervises."""
    if not may_see_facilitators(request.user):
        raise PermissionDenied("Laporan pendamping dibuka oleh PLD, PD, TAPM, dan Dinas PMD.")
    form = FacilitatorFilterForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    rows = FacilitatorReport.objects.visible_to(request.user).select_related("area", "author")
    if asked.get("bulan"):
        rows = rows.filter(month=asked["bulan"])
    if asked.get("peran"):
        rows = rows.filter(role=asked["peran"])
    return render(
        request,
        "monitoring/facilitator_list.html",
        {
            "page": Page.of(request, rows),
            "form": form,
            "filter_count": sum(bool(value) for value in asked.values()),
            "open_form": OpenForm(user=request.user) if people.holds(request.user, *FACILITATOR_ROLES) else None,
            "readers": people.holds(request.user, *READERS),
        },
    )


@require_POST
def facilitator_report_open(request: HttpRequest) -> HttpResponse:
    """Begin this month's report, filled in; or open the one that exists."""
    if not posts(request.user):
        raise PermissionDenied("Laporan ini dibuat oleh PLD, PD, atau TAPM.")
    form = OpenForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, "Pilih jenis laporan dan bulannya.")
        return redirect("facilitator-reports")
    wanted = form.report
    wanted.author = request.user
    try:
        return redirect(wanted.open(by=request.user, activities=fieldwork.known_activities(wanted)))
    except TransitionRefused as refusal:
        messages.error(request, refusal.reason)
        return redirect("facilitator-reports")


@require_safe
def facilitator_report(request: HttpRequest, code: str) -> HttpResponse:
    """The report as it will be printed, live while a draft."""
    rows = FacilitatorReport.objects.visible_to(request.user).select_related("area", "author")
    row = get_object_or_404(rows, code=code)
    return render(
        request,
        "monitoring/facilitator_detail.html",
        {
            "report": row,
            "content": fieldwork.preview(row),
            "photos": list(row.photos.select_related("file")),
            "paper": documents.newest_paper(row),
            "mine": row.author_id == request.user.pk,
            "paper_form": PaperForm(document=row, user=request.user),
        },
    )


class FacilitatorMove(MoveView):
    """Writing has a page of its own; finishing freezes what the page showed and prints it."""

    def templates(self) -> str:
        return "monitoring/facilitator_write.html" if self.move.verb == "write" else self.template_name

    def arguments(self, form: Form | None) -> dict[str, Any]:
        if self.move.verb == "issue":
            return {"snapshot": printed.freeze(fieldwork.snapshot_of(self.document))}  # type: ignore[arg-type]
        return super().arguments(form)

    def post(self, request: HttpRequest) -> HttpResponse:
        response = super().post(request)
        if self.move.verb == "issue" and response.status_code == 302 and self.document.state == "issued":
            form = self.form(request.POST)
            paper = form.cleaned_data["paper"] if form is not None and form.is_valid() else "A4"
            return redirect(documents.print_facilitator_report(self.document, by=request.user, paper=paper))  # type: ignore[arg-type]
        return response


facilitator_report_move = FacilitatorMove.as_view(
    model=FacilitatorReport, forms={"write": WriteForm, "issue": PaperForm, "revise": ReasonForm}
)


@require_POST
def facilitator_report_print(request: HttpRequest, code: str) -> HttpResponse:
    """A finished report on the paper chosen."""
    rows = FacilitatorReport.objects.visible_to(request.user).select_related("area", "author")
    row = get_object_or_404(rows, code=code)
    form = PaperForm(request.POST, document=row, user=request.user)
    if row.state != "issued" or not form.is_valid():
        return redirect(row)
    return redirect(documents.print_facilitator_report(row, by=request.user, paper=form.cleaned_data["paper"]))
