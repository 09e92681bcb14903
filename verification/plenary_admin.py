"""The plenary at the Pokja's desk: the list, a new sitting, the page of one with its recap table, and its papers."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

from accounts import people
from accounts.admin_site import ScopedAdmin, site
from accounts.models import Role
from accounts.models.membership import POKJA_ROLES
from core.models import PrintedDocument, SubmitKey
from core.once import once
from core.spreadsheet import XLSX
from core.views import MoveView
from core.workflow import TransitionRefused
from regions.models import Area
from verification import plenary_papers
from verification.models import Plenary, Pokja
from verification.models.plenary import MOST
from verification.models.recap import tied_pairs
from verification.plenary_forms import MOVE_FORMS, SHOWN, ConveneForm

READERS = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)
NAME = "verification_plenary"
STATES = dict(Plenary.State.choices)


@admin.register(Plenary, site=site)
class PlenaryAdmin(ScopedAdmin):
    """List and page of a sitting; nothing is added, changed or deleted but by its verbs."""

    list_per_page = 25

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *READERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return people.holds(request.user, *POKJA_ROLES)

    def get_urls(self) -> list[URLPattern]:
        """By public code; no page but these."""
        wrap = self.admin_site.admin_view
        move = PlenaryMoveView.as_view(model=Plenary, forms=MOVE_FORMS)
        return [
            path("", wrap(self.list_view), name=f"{NAME}_changelist"),
            path("baru/", wrap(self.new_view), name=f"{NAME}_add"),
            path("<slug:code>/", wrap(self.page_view), name=f"{NAME}_change"),
            path("<slug:code>/rekapitulasi.xlsx", wrap(self.workbook_view), name=f"{NAME}_workbook"),
            path("<slug:code>/cetak/<slug:paper>/", wrap(self.print_view), name=f"{NAME}_print"),
            path("<slug:code>/formulir/<slug:application>/", wrap(self.form_view), name=f"{NAME}_form"),
            path("<slug:code>/langkah/<slug:verb>/", wrap(move), name=f"{NAME}_move"),
        ]

    def _frame(self, request: HttpRequest, title: str) -> dict[str, Any]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return {**self.admin_site.each_context(request), "title": title, "is_fullwidth": "1"}

    def find(self, request: HttpRequest, code: str) -> Plenary:
        """On this person's desk, or 404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Plenary.objects.visible_to(request.user)
        return get_object_or_404(rows.select_related("regency", "pokja", "minuted_by", "decreed_by", "scan"), code=code)

    # --- the list -----------------------------------------------------------------------------------
    def list_view(self, request: HttpRequest) -> HttpResponse:
        context = self._frame(request, "Rapat pleno")
        mine = Plenary.objects.visible_to(request.user)
        asked = {name: " ".join(request.GET.get(name, "").split())[:80] for name in ("cari", "status", "tahun")}
        rows = (
            narrowed(mine, **asked).select_related("regency").annotate(size=Count("items")).order_by("-held_on", "-pk")
        )
        page = Paginator(rows, self.list_per_page).get_page(request.GET.get("hal"))
        waiting = set(Plenary.objects.waiting_for(request.user).values_list("pk", flat=True))
        context |= {
            "page": page,
            "asked": asked,
            "narrowed": any(asked.values()),
            "states": STATES,
            "years": [day.year for day in mine.dates("held_on", "year", order="DESC")],
            "waiting": waiting,
            "may_add": self.has_add_permission(request),
            "candidates": sum(Plenary(regency_id=code).candidates().count() for code in seats_of(request.user)),
        }
        return render(request, "verification/plenary_list.html", context)

    # --- a new one ----------------------------------------------------------------------------------
    def new_view(self, request: HttpRequest) -> HttpResponse:
        context = self._frame(request, "Siapkan rapat pleno")
        regency = self._regency(request)
        initial = chosen_before(request, Plenary(regency=regency))
        form = ConveneForm(request.POST or None, user=request.user, regency=regency, initial=initial)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    url, new = once(form, form.make)
                except (TransitionRefused, ValidationError) as problem:
                    form.add_error(None, getattr(problem, "reason", None) or problem)
                    status = 409
                else:
                    messages.success(request, "Rapat pleno disiapkan." if new else "Sudah tercatat.")
                    return redirect(url)
            elif made := made_before(request.user, form):  # sent twice: its applications are no candidates any more
                messages.info(request, "Sudah tercatat.")
                return redirect(made)
        context |= {
            "form": form,
            "regency": regency,
            "regencies": Area.objects.filter(code__in=seats_of(request.user)),
            "pokja": Pokja.objects.of(regency.code),
            "shown": SHOWN,
        }
        return render(request, "verification/plenary_form.html", context, status=status)

    def _regency(self, request: HttpRequest) -> Area:
        """Whose sitting: the one regency of this person's seat, or which of several was asked for."""
        seats = seats_of(request.user)
        if not seats:
            raise PermissionDenied
        asked = request.GET.get("wilayah", seats[0])
        if asked not in seats:
            raise Http404
        return Area.objects.get(code=asked)

    # --- one ----------------------------------------------------------------------------------------
    def page_view(self, request: HttpRequest, code: str) -> HttpResponse:
        context = self._frame(request, "Rapat pleno")
        plenary = self.find(request, code)
        seat = people.acting(request.user, *POKJA_ROLES, at=plenary.regency_id) is not None
        moves = plenary.open_moves(request.user) if seat else []
        facts = plenary_papers.content_of(plenary, full=False)
        numbers = dict(plenary.standings().values_list("application__code", "directory_number"))
        hidden = secret(plenary, request.user)
        for line in facts["lines"]:
            points = {score["key"]: score["points"] for score in line["scores"]}
            line["by_aspect"] = [(aspect["label"], points.get(aspect["key"])) for aspect in facts["aspects"]]
            line["number"], line["hidden"] = numbers.get(line["code"], ""), line["code"] in hidden
        context |= {
            "plenary": plenary,
            "facts": facts,
            "moves": sorted(
                (move for move in moves if move.verb not in BESIDE), key=lambda move: TONES.index(move.tone)
            ),
            "beside": {move.verb: move for move in moves if move.verb in BESIDE and move.verdict},
            "refused": any(not move.verdict for move in moves if move.verb not in QUIET),
            "quiet": QUIET,
            "papers": [] if hidden else plenary_papers.available(plenary),
            "printed": PrintedDocument.objects.about(plenary).select_related("file")[:12],
            "events": list(reversed(plenary.events())),
        }
        return render(request, "verification/plenary_page.html", context)

    # --- papers -------------------------------------------------------------------------------------
    def _printing(self, request: HttpRequest, code: str) -> Plenary | HttpResponse:
        """The sitting, if this is a POST of somebody who may read all of it."""
        plenary = self.find(request, code)
        if secret(plenary, request.user):
            messages.error(
                request, "Anda mempunyai benturan kepentingan dengan salah satu pemohon: dokumen dicetak rekan lain."
            )
            return redirect(plenary)
        return plenary if request.method in ("POST", "HEAD", "GET") else redirect(plenary)

    def print_view(self, request: HttpRequest, code: str, paper: str) -> HttpResponse:
        """One of the papers of the sitting as PDF; the same content is printed once."""
        plenary = self._printing(request, code)
        if not isinstance(plenary, Plenary) or request.method != "POST":
            return plenary if isinstance(plenary, HttpResponse) else redirect(plenary)
        found = next((each for each in plenary_papers.available(plenary) if each.key == paper), None)
        if found is None:
            raise Http404
        return redirect(found.issue(plenary, by=request.user))

    def form_view(self, request: HttpRequest, code: str, application: str) -> HttpResponse:
        """The form of one applicant's papers."""
        plenary = self._printing(request, code)
        if not isinstance(plenary, Plenary) or request.method != "POST":
            return plenary if isinstance(plenary, HttpResponse) else redirect(plenary)
        paper = plenary_papers.issue_administrative_form(plenary, application, by=request.user)
        if paper is None:
            raise Http404
        return redirect(paper)

    def workbook_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """The recap as XLSX."""
        plenary = self._printing(request, code)
        if not isinstance(plenary, Plenary):
            return plenary
        response = HttpResponse(plenary_papers.workbook(plenary), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="rekapitulasi-{plenary.code}.xlsx"'
        response["Cache-Control"] = "private, no-store"
        return response


BESIDE = ("add", "remove", "declare")  # stand where they belong on the page, not among the buttons at its head
TONES = ("primary", "secondary", "danger", "quiet")  # the weightiest button first
QUIET = ("amend", "add", "remove", "declare", "cancel", "attach_scan")  # whose refusal tells nothing new


class PlenaryMoveView(MoveView):
    """The verbs of a sitting, in the desk's clothes."""

    template_name = "verification/plenary_move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:  # type: ignore[override]
        if not people.holds(request.user, *READERS):
            raise PermissionDenied
        return super().dispatch(request, code, verb)

    def form(self, *data: Any) -> Form | None:
        form = super().form(*data)
        if form is not None and not data:
            form.initial.update(chosen_before(self.request, self.document))
        return form

    def more_context(self) -> dict[str, Any]:
        verb, user = self.move.verb, self.request.user
        return {
            **site.each_context(self.request),
            "title": self.move.label,
            "is_fullwidth": "1",
            "regency": self.document.regency,
            "shown": SHOWN,
            "declaring": self.document.undeclared(user) if verb == "declare" and user.is_authenticated else [],
        }


def chosen_before(request: HttpRequest, plenary: Plenary) -> dict[str, Any]:
    """What the page was opened for: ?permohonan=<code>, or ?semua=1 for every candidate."""
    code = request.GET.get("permohonan", "")[:20]
    if "semua" in request.GET:
        return {
            "applications": list(plenary.candidates().values_list("code", flat=True)[: MOST - plenary_size(plenary)])
        }
    return {"applications": [code], "application": code} if code else {}


def plenary_size(plenary: Plenary) -> int:
    return plenary.items.count() if plenary.pk else 0


def made_before(user: Any, form: ConveneForm) -> str:
    """The address of what this very form made the first time it was sent; empty when it made nothing."""
    used = SubmitKey.objects.filter(key=form.cleaned_data.get("submit_key"), user=user).first()
    return used.url if used else ""


def seats_of(user: Any) -> list[str]:
    """The regencies in whose Pokja this person sits."""
    return sorted(set(people.territories(user, *POKJA_ROLES)))


def narrowed(rows: QuerySet[Plenary], *, cari: str, status: str, tahun: str) -> QuerySet[Plenary]:
    """What was asked for; nonsense finds nothing."""
    if cari:
        by_name = Q(items__application__provider__name__icontains=cari)
        found = rows.filter(
            Q(minutes_number__icontains=cari) | Q(decree_number__icontains=cari) | Q(place__icontains=cari) | by_name
        )
        rows = rows.filter(pk__in=found.values("pk"))
    if status:
        rows = rows.filter(state=status)
    if tahun:
        rows = rows.filter(held_on__year=int(tahun)) if re.fullmatch("[12][0-9]{3}", tahun) else rows.none()
    return rows


def secret(plenary: Plenary, user: Any) -> set[str]:
    """Codes of the applications to which this person is tied: until the decree their check is not theirs to watch."""
    if plenary.state == Plenary.State.DECREED:
        return set()
    codes = dict(plenary.items.values_list("application__code", "application__provider_id"))
    tied = {provider for _, provider in tied_pairs([user.pk], set(codes.values()))}
    return {code for code, provider in codes.items() if provider in tied}
