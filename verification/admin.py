"""The Pokja's desk: the queue, the case with facts left and the paper right, the directory.

Everything is fetched through `visible_to`; nothing is added, deleted or edited but by the verbs.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display
from unfold.views import ChangeList

from accounts import people
from accounts.admin_site import ScopedAdmin, site
from accounts.models import Role
from accounts.models.membership import POKJA_ROLES
from core.formats import lamanya, masked, npwp, waktu
from core.views import MoveView
from core.workflow import TransitionRefused
from verification import standing_admin  # noqa: F401  registers the directory
from verification.duplicates import lookalikes
from verification.forms import MOVE_FORMS, JudgeForm, ScoreForm
from verification.models import Application, Standing, SubmittedDocument
from verification.models.application import OPEN_STATES

DESK_ROLES = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)
RUNNING = ("submitted", "checking", "returned", "recommended")
DECIDED = ("listed", "rejected")
# Tones of ours to labels of the theme.
LABELS = {"neutral": "", "info": "info", "wait": "warning", "good": "success", "warn": "warning", "bad": "danger"}


class CodeChangeList(ChangeList):
    """Addresses by public code."""

    def url_for_result(self, result: Application) -> str:
        return reverse("admin:verification_application_change", args=[result.code])


class QueueFilter(admin.SimpleListFilter):
    """Which part of the work; who belongs to a Pokja begins with what waits for them."""

    title = "antrean"
    parameter_name = "antrean"
    names = {
        "saya": "Menunggu saya",
        "berjalan": "Semua yang berjalan",
        "selesai": "Sudah diputuskan",
        "semua": "Semua",
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.names.items())

    def choices(self, changelist: Any) -> Any:
        """Without "all" in front: one of ours is that."""
        for key, name in self.names.items():
            yield {
                "selected": self.value() == key,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": name,
            }

    def chosen(self, request: HttpRequest) -> str:
        """What was asked for; with a search or another filter everything, so that nothing is hidden unsaid."""
        value = self.value()
        if value in self.names:
            return str(value)
        narrowed = bool(set(request.GET) - {"p", "o", "e", "all"})
        return "saya" if not narrowed and people.holds(request.user, *POKJA_ROLES) else "semua"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.chosen(request):
            case "saya":
                return queryset.waiting_for(request.user)
            case "berjalan":
                return queryset.filter(state__in=RUNNING)
            case "selesai":
                return queryset.filter(state__in=DECIDED)
        return queryset


class HeldFilter(admin.SimpleListFilter):
    title = "dipegang oleh"
    parameter_name = "pemegang"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("saya", "Saya"), ("lain", "Orang lain"), ("belum", "Belum dipegang")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "saya":
                return queryset.filter(checker=request.user)
            case "lain":
                return queryset.filter(checker__isnull=False).exclude(checker=request.user)
            case "belum":
                return queryset.filter(state="submitted")
        return queryset


@admin.register(Application, site=site)
class ApplicationAdmin(ScopedAdmin):
    """The queue and the case page."""

    list_display = ("applicant", "status", "why", "holder", "since", "waited")
    list_display_links = ("applicant",)
    list_filter = (QueueFilter, "state", HeldFilter, "provider__legal_form")
    list_select_related = ("provider", "regency", "checker")
    list_before_template = "verification/desk_tabs.html"
    search_fields = ("provider__name", "provider__nib", "code")
    search_help_text = "Nama penyedia, NIB, atau kode permohonan"
    ordering = ("state_since",)
    list_fullwidth = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return desk_rows(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *DESK_ROLES)

    # --- the queue --------------------------------------------------------------------------------
    @display(description="Penyedia", header=True, ordering="provider__name")
    def applicant(self, application: Application) -> tuple[str, str]:
        provider = application.provider
        form = provider.get_legal_form_display().split(" (")[0]
        return provider.name, f"{form} · {application.regency.name}"

    @display(description="Status", ordering="state")
    def status(self, application: Application) -> str:
        return format_html(
            '<span class="desk-chip desk-chip--{}">{}</span>', application.state_tone, application.get_state_display()
        )

    @display(description="Mengapa di sini")
    def why(self, application: Application) -> str:
        return reason_to_be_here(application)

    @display(description="Dipegang", empty_value="–")
    def holder(self, application: Application) -> str | None:
        return str(application.checker) if application.checker else None

    @display(description="Sejak", ordering="state_since")
    def since(self, application: Application) -> str:
        return waktu(application.state_since, application.regency)

    @display(description="Lamanya")
    def waited(self, application: Application) -> str:
        return lamanya(application.state_since) if application.state in OPEN_STATES else "–"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CodeChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra = {"title": "Permohonan penyedia", "queue_tabs": queue_tabs(request)} | (extra_context or {})
        return super().changelist_view(request, extra)

    # --- one case ---------------------------------------------------------------------------------
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Application:
        """By public code, within one's territory; 404 says nothing of what lies outside."""
        rows = self.get_queryset(request).select_related("provider__area", "regency", "checker", "recommended_by")
        return get_object_or_404(rows, code=object_id)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        moves = DeskMoveView.as_view(model=Application, forms=MOVE_FORMS, model_admin=self)
        name = "verification_application"
        return [
            path("<slug:code>/dokumen/<slug:paper>/", wrap(self.judge_view), name=f"{name}_judge"),
            path("<slug:code>/nilai/", wrap(self.score_view), name=f"{name}_score"),
            path("<slug:code>/langkah/<slug:verb>/", wrap(moves), name=f"{name}_move"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self.case(request, self.get_object(request, object_id))

    def case(self, request: HttpRequest, application: Application, *, status: int = 200, **bound: Any) -> HttpResponse:
        """The case page. `bound` carries a refused judge or score form back to the person."""
        if not self.has_view_permission(request, application):
            raise PermissionDenied
        papers = list(application.documents.current().select_related("type", "file", "judged_by"))
        readable = set(
            SubmittedDocument.objects.visible_to(request.user)
            .filter(application=application)
            .values_list("pk", flat=True)
        )
        chosen = choose(papers, bound.pop("paper", None) or request.GET.get("dokumen"))
        may_judge = application.state in Application.MOVES["judge"].sources and application.may_judge(request.user)
        total, unscored = application.total_now()
        moves = [move for move in application.open_moves(request.user) if move.verb not in IN_PAGE]
        given = (
            {"verdict": chosen.verdict, "reason_kind": chosen.reason_kind, "reason": chosen.reason} if chosen else {}
        )
        context = {
            **self.admin_site.each_context(request),
            "title": application.provider.name,
            "subtitle": None,
            "opts": self.opts,
            "is_fullwidth": "1",
            "application": application,
            "facts": facts_of(application, request.user),
            "papers": papers,
            "readable": readable,
            "missing_types": missing_types(application, papers),
            "chosen": chosen,
            "chosen_readable": chosen is not None and chosen.pk in readable,
            "older": application.documents.exclude(replaced_at=None).filter(type=chosen.type, pk__in=readable)
            .select_related("file") if chosen else [],
            "may_judge": may_judge,
            "refusal": bound.get("refusal", ""),
            "judge_form": bound.get("judge_form") or JudgeForm(initial=given),
            "score_form": bound.get("score_form") or ScoreForm(application=application),
            "total": total,
            "unscored": unscored,
            "threshold": application.threshold or application.rule_now.threshold,
            "moves": moves,
            "refused": any(not move.verdict for move in moves),
            "lookalikes": lookalikes(application, request.user),
            "events": [e for e in reversed(application.events()) if e.verb not in APPLICANT_STEPS],
            "standing": Standing.objects.filter(application=application).first(),
            "queue_url": reverse("admin:verification_application_changelist"),
        }  # fmt: skip
        return render(request, "verification/desk_case.html", context, status=status)

    def judge_view(self, request: HttpRequest, code: str, paper: str) -> HttpResponse:
        """Save the verdict on one paper and go to the next that has none."""
        application = self.get_object(request, code)
        if request.method != "POST":
            return redirect(f"{reverse('admin:verification_application_change', args=[code])}?dokumen={paper}")
        document = get_object_or_404(
            SubmittedDocument.objects.visible_to(request.user).filter(application=application), code=paper
        )
        form = JudgeForm(request.POST)
        if form.is_valid():
            try:
                application.judge(
                    by=request.user,
                    document=document,
                    conforms=form.cleaned_data["verdict"] == "conforming",
                    reason_kind=form.cleaned_data["reason_kind"],
                    reason=form.cleaned_data["reason"],
                )
            except TransitionRefused as refusal:
                return self.case(request, application, judge_form=form, paper=paper, refusal=refusal.reason, status=409)
            else:
                messages.success(request, f"{document.type}: tersimpan.")
                following = next_paper(application, document)
                url = reverse("admin:verification_application_change", args=[code])
                return redirect(f"{url}?dokumen={following.code}#dokumen")
        return self.case(request, application, judge_form=form, paper=paper, status=422)

    def score_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Save the points given so far."""
        application = self.get_object(request, code)
        url = reverse("admin:verification_application_change", args=[code])
        if request.method != "POST":
            return redirect(f"{url}#nilai")
        form = ScoreForm(request.POST, application=application)
        if form.is_valid():
            try:
                application.score(by=request.user, points=form.points())
            except TransitionRefused as refusal:
                return self.case(request, application, score_form=form, refusal=refusal.reason, status=409)
            else:
                messages.success(request, "Penilaian tersimpan.")
                return redirect(f"{url}#nilai")
        return self.case(request, application, score_form=form, status=422)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Our own append-only events, newest first, in place of Django's change log."""
        application = self.get_object(request, object_id)
        if not self.has_view_permission(request, application):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"Riwayat: {application.provider.name}",
            "opts": self.opts,
            "application": application,
            "events": list(reversed(application.events())),
        }
        return render(request, "verification/desk_history.html", context)


# Steps of the applicant that only the history tells.
APPLICANT_STEPS = ("attach", "detach", "consent")
IN_PAGE = ("judge", "score", "attach", "detach", "consent", "submit")


class DeskMoveView(MoveView):
    """The verbs of the desk, in the desk's clothes."""

    model_admin: Any = None
    template_name = "verification/desk_move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:  # type: ignore[override]
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        here = {move.slug for move in Application.MOVES.values() if move.verb not in IN_PAGE}
        if verb not in here:
            raise Http404
        self.model_admin.get_object(request, code)  # on this person's desk, or 404
        return super().dispatch(request, code, verb)

    def more_context(self) -> dict[str, Any]:
        return {
            **site.each_context(self.request),
            "title": self.move.label,
            "opts": self.model._meta,
            "case_url": reverse("admin:verification_application_change", args=[self.document.code]),
            "failing": [
                row
                for row in self.document.documents.current().select_related("type")
                if self.move.verb == "give_back" and row.failed
            ],
        }


def desk_rows(user: Any) -> QuerySet:
    """What lies on this person's desk: never an application of their own, whose check they may not watch."""
    return Application.objects.visible_to(user).exclude(provider__in=people.providers(user))


# --- what the pages show ------------------------------------------------------------------------------
def reason_to_be_here(application: Application) -> str:
    """Why this stands in the queue, in a few words."""
    match application.state:
        case "submitted":
            if application.round > 1:
                return f"Perbaikan dikirim, pengajuan ke-{application.round}"
            return "Permohonan baru"
        case "checking":
            return "Sedang diperiksa"
        case "returned":
            return "Menunggu perbaikan dari penyedia"
        case "recommended":
            return "Menunggu penetapan ketua"
    return application.get_state_display()


def queue_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The parts of the queue with their counts, in one query; the chosen one says what it hides."""
    rows = desk_rows(request.user)
    waiting = Application.objects.waiting_for(request.user).values("pk")
    counts = rows.aggregate(
        saya=Count("pk", filter=Q(pk__in=waiting)),
        berjalan=Count("pk", filter=Q(state__in=RUNNING)),
        selesai=Count("pk", filter=Q(state__in=DECIDED)),
        semua=Count("pk"),
    )
    chosen = QueueFilter(request, dict(request.GET.lists()), Application, None).chosen(request)
    return [
        {"key": key, "name": name, "count": counts[key], "chosen": key == chosen, "url": f"?antrean={key}"}
        for key, name in QueueFilter.names.items()
    ]


def choose(papers: list[SubmittedDocument], code: str | None) -> SubmittedDocument | None:
    """The paper asked for, else the first without a verdict, else the first."""
    asked = next((paper for paper in papers if paper.code == code), None)
    pending = next((paper for paper in papers if paper.verdict == SubmittedDocument.Verdict.PENDING), None)
    return asked or pending or (papers[0] if papers else None)


def next_paper(application: Application, after: SubmittedDocument) -> SubmittedDocument:
    """The next without a verdict, going round; the same when all have one."""
    papers = list(application.documents.current().select_related("type"))
    place = next((n for n, paper in enumerate(papers) if paper.pk == after.pk), 0)
    around = papers[place + 1 :] + papers[:place]
    return next((paper for paper in around if paper.verdict == SubmittedDocument.Verdict.PENDING), after)


def missing_types(application: Application, papers: list[SubmittedDocument]) -> list[str]:
    """Kinds that may be shown and were not."""
    have = {paper.type_id for paper in papers}
    return [str(row.type) for row in application.requirements if row.type_id not in have]


def facts_of(application: Application, user: Any) -> list[tuple[str, str]]:
    """What the profile says; personal numbers in full only for the regency's Pokja and office."""
    p = application.provider
    desk = people.acting(user, *POKJA_ROLES, Role.REGENCY_OFFICE, at=application.regency_id)
    full = desk is not None
    return [
        ("Nama", p.name),
        ("Bentuk", p.get_legal_form_display()),
        ("Kantor", f"{p.address}, {p.area.full_name}"),
        ("Telepon", p.phone),
        ("Email", p.email),
        ("Penanggung jawab", f"{p.person_in_charge}, {p.position}"),
        ("NIK", p.nik if full else masked(p.nik)),
        ("NPWP", npwp(p.npwp) if full else masked(p.npwp)),
        ("NIB", p.nib or "–"),
        ("PKP", "Ya" if p.is_pkp else "Tidak"),
        ("Rekening", f"{p.bank}, {p.account_number if full else masked(p.account_number)}, a.n. {p.account_holder}"),
        ("Tenaga ahli", f"{p.experts} orang"),
        ("Kode permohonan", application.code),
    ]
