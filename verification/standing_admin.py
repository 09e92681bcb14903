"""The directory as the regency keeps it: current and past listings, sanctions, and what providers were reminded of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
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
from core.clock import today
from core.formats import tanggal_sedang, waktu
from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused
from verification.models import Application, Reminder, Sanction, Standing
from verification.models.application import OPEN_STATES
from verification.models.rule import REMIND_DAYS
from verification.standing_forms import DESK_FORMS, ProposeForm

DAY = dt.timedelta(days=1)
DESK_ROLES = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)
LISTING, SANCTION = "verification_standing", "verification_sanction"


def chip(thing: Any) -> str:
    """The state with its colour, in the desk's clothes."""
    return format_html('<span class="desk-chip desk-chip--{}">{}</span>', thing.state_tone, thing.get_state_display())


class CodeChangeList(ChangeList):
    """Addresses by public code."""

    def url_for_result(self, result: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[result.code])


class TabFilter(admin.SimpleListFilter):
    """A filter whose first choice is not "all": what is hidden is said."""

    names: dict[str, str]
    first: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.names.items())

    def choices(self, changelist: Any) -> Any:
        for key, name in self.names.items():
            yield {
                "selected": self.chosen == key,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": name,
            }

    @property
    def chosen(self) -> str:
        return str(self.value()) if self.value() in self.names else self.first

    @classmethod
    def tabs(cls, request: HttpRequest) -> list[dict[str, Any]]:
        """The same choices above the list, where they are seen."""
        asked = request.GET.get(str(cls.parameter_name), "")
        now = asked if asked in cls.names else cls.first
        return [
            {"name": name, "url": f"?{cls.parameter_name}={key}", "chosen": key == now}
            for key, name in cls.names.items()
        ]


class ListingFilter(TabFilter):
    """Which part of the directory; by dates and sanctions of this moment."""

    title = "status"
    parameter_name = "status"
    first = "semua"
    names = {
        "aktif": "Aktif",
        "akan-berakhir": f"Berakhir dalam {max(REMIND_DAYS)} hari",
        "periksa-ulang": "Periksa ulang",
        "dibekukan": "Dibekukan",
        "daftar-hitam": "Daftar hitam",
        "berakhir": "Berakhir",
        "mengundurkan-diri": "Mengundurkan diri",
        "semua": "Semua",
    }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return PARTS[self.chosen](queryset)


def barred(kind: str) -> Exists:
    """The row's provider is under a sanction of this kind in force, here or nationally."""
    here = Q(regency=OuterRef("regency")) | Q(scope=Sanction.Scope.NATION)
    return Exists(Sanction.objects.in_force().filter(here, kind=kind, provider=OuterRef("provider")).order_by())


def rechecked() -> Exists:
    """A change of data is being checked; the listing goes on meanwhile."""
    there = Application.objects.filter(provider=OuterRef("provider"), regency=OuterRef("regency"))
    return Exists(there.filter(kind="change", state__in=OPEN_STATES).exclude(changes=[]).order_by())


PARTS: dict[str, Callable[[Any], QuerySet]] = {
    "aktif": lambda rows: rows.current(),
    "akan-berakhir": lambda rows: rows.running().filter(valid_until__lte=today() + max(REMIND_DAYS) * DAY),
    "periksa-ulang": lambda rows: rows.running().filter(rechecked()),
    "dibekukan": lambda rows: rows.running().filter(barred("freeze")),
    "daftar-hitam": lambda rows: rows.filter(barred("blacklist"), ended_on=None),
    "berakhir": lambda rows: rows.ended().exclude(end_kind=Standing.End.WITHDRAWN),
    "mengundurkan-diri": lambda rows: rows.filter(end_kind=Standing.End.WITHDRAWN),
    "semua": lambda rows: rows,
}


@admin.register(Standing, site=site)
class StandingAdmin(ScopedAdmin):
    """The directory as the regency keeps it; a listing's page is where a sanction is proposed."""

    list_display = ("provider_name", "place", "directory_number", "status", "listed", "until")
    list_display_links = ("provider_name",)
    list_filter = (ListingFilter, "provider__legal_form")
    search_fields = ("provider__name", "directory_number", "decree_number")
    search_help_text = "Nama penyedia, nomor direktori, atau nomor keputusan"
    ordering = ("valid_until", "pk")
    list_fullwidth = True
    list_before_template = "verification/standing_tabs.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = Standing.objects.within_territory(request.user).with_status().annotate(is_rechecked=rechecked())
        return rows.order_by(*self.get_ordering(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *DESK_ROLES)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CodeChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {"title": "Direktori penyedia", "tabs": ListingFilter.tabs(request)} | (extra_context or {})
        )

    @display(description="Penyedia", ordering="provider__name")
    def provider_name(self, standing: Standing) -> str:
        return standing.provider.name

    @display(description="Kabupaten/kota", ordering="regency_id")
    def place(self, standing: Standing) -> str:
        return standing.regency.name

    @display(description="Status")
    def status(self, standing: Standing) -> str:
        again = format_html(' <span class="desk-chip desk-chip--wait">{}</span>', "Periksa ulang")
        return format_html("{}{}", chip(standing), again if standing.is_rechecked else "")  # type: ignore[attr-defined]

    @display(description="Sejak", ordering="listed_on")
    def listed(self, standing: Standing) -> str:
        return tanggal_sedang(standing.listed_on)

    @display(description="Sampai", ordering="valid_until")
    def until(self, standing: Standing) -> str:
        return tanggal_sedang(standing.valid_until)

    # --- one listing ------------------------------------------------------------------------------
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Standing:
        """By public code, within one's territory."""
        return get_object_or_404(self.get_queryset(request), code=object_id)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<slug:code>/usulkan-sanksi/", wrap(self.propose_view), name=f"{LISTING}_propose"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        standing = self.get_object(request, object_id)
        if not self.has_view_permission(request, standing):
            raise PermissionDenied
        there = Application.objects.visible_to(request.user).filter(provider=standing.provider_id)
        sanctions = Sanction.objects.visible_to(request.user).filter(provider=standing.provider_id)
        context = {
            **self.admin_site.each_context(request),
            "title": standing.provider.name,
            "opts": self.opts,
            "standing": standing,
            "applications": there.filter(regency=standing.regency_id).select_related("regency"),
            "sanctions": sanctions.select_related("regency", "provider"),
            "reminders": standing.reminders.select_related("document__type")[:20],
            "may_propose": proposal(standing).may_create(request.user),
            "events": reversed(standing.events()),
            "list_url": reverse(f"admin:{LISTING}_changelist"),
        }
        return render(request, "verification/standing_desk.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page itself tells what was done."""
        return redirect(f"admin:{LISTING}_change", self.get_object(request, object_id).code)

    def propose_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """A member writes down a sanction for the chair."""
        standing = self.get_object(request, code)
        form = ProposeForm(request.POST or None, request.FILES or None, user=request.user)
        verdict = proposal(standing).may_create(request.user)
        refusal = "" if verdict else verdict.reason
        if request.method == "POST" and verdict and form.is_valid():
            try:
                url, _ = once(form, lambda: proposed(standing, form, request.user))
            except TransitionRefused as problem:
                refusal = problem.reason
            else:
                return redirect(url)
        context = {
            **self.admin_site.each_context(request),
            "title": "Usulkan sanksi",
            "opts": self.opts,
            "standing": standing,
            "form": form,
            "refusal": refusal,
            "open": bool(verdict),
            "back": reverse(f"admin:{LISTING}_change", args=[standing.code]),
        }
        status = 403 if not verdict else 409 if refusal else 422 if form.errors else 200
        return render(request, "verification/sanction_propose.html", context, status=status)


def proposal(standing: Standing, **more: Any) -> Sanction:
    """A sanction on this listing's provider, not yet written."""
    return Sanction(provider=standing.provider, regency=standing.regency, **more)


def proposed(standing: Standing, form: ProposeForm, user: Any) -> Sanction:
    """Keep the evidence and propose, both or neither."""
    fields = {name: value for name, value in form.cleaned_data.items() if name not in ("submit_key", "evidence")}
    sanction = proposal(standing, **fields)
    if upload := form.cleaned_data["evidence"]:
        sanction.evidence = upload.store(by=user)
    sanction.propose(by=user)
    return sanction


# --- sanctions ----------------------------------------------------------------------------------------
class SanctionFilter(TabFilter):
    """What waits, what is in force, what is over."""

    title = "bagian"
    parameter_name = "bagian"
    first = "semua"
    names = {
        "saya": "Menunggu saya",
        "berlaku": "Sedang berlaku",
        "diusulkan": "Diusulkan",
        "disanggah": "Disanggah",
        "selesai": "Berakhir atau dicabut",
        "semua": "Semua",
    }

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        match self.chosen:
            case "saya":
                return queryset.filter(pk__in=Sanction.objects.waiting_for(request.user).order_by().values("pk"))
            case "berlaku":
                return queryset.in_force()
            case "diusulkan":
                return queryset.filter(state="proposed")
            case "disanggah":
                return queryset.filter(state="contested")
            case "selesai":
                return queryset.filter(Q(state__in=["dropped", "lifted"]) | Q(ends_on__lt=today()))
        return queryset


@admin.register(Sanction, site=site)
class SanctionAdmin(ScopedAdmin):
    """Sanctions of one's territory, and those that hold nationally."""

    list_display = ("provider_name", "what", "status", "begins", "ends", "objection_day")
    list_display_links = ("provider_name",)
    list_filter = (SanctionFilter, "kind", "scope")
    search_fields = ("provider__name", "basis_number", "code")
    search_help_text = "Nama penyedia, nomor dasar, atau kode"
    list_fullwidth = True
    list_before_template = "verification/standing_tabs.html"
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Not of a provider of one's own: its people read its own page."""
        rows = super().get_queryset(request).exclude(provider__in=people.providers(request.user))
        return rows.select_related("provider", "regency", "evidence", "objection_file")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *DESK_ROLES)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CodeChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {"title": "Sanksi penyedia", "tabs": SanctionFilter.tabs(request)} | (extra_context or {})
        )

    @display(description="Penyedia", ordering="provider__name")
    def provider_name(self, sanction: Sanction) -> str:
        return sanction.provider.name

    @display(description="Sanksi", ordering="kind")
    def what(self, sanction: Sanction) -> str:
        return f"{sanction.get_kind_display()} {sanction.where}"

    @display(description="Status", ordering="state")
    def status(self, sanction: Sanction) -> str:
        return chip(sanction)

    @display(description="Mulai", ordering="starts_on")
    def begins(self, sanction: Sanction) -> str:
        return tanggal_sedang(sanction.starts_on)

    @display(description="Sampai", ordering="ends_on", empty_value="–")
    def ends(self, sanction: Sanction) -> str | None:
        return tanggal_sedang(sanction.ends_on) if sanction.ends_on else None

    @display(description="Batas sanggah", empty_value="–")
    def objection_day(self, sanction: Sanction) -> str | None:
        return tanggal_sedang(sanction.objection_until) if sanction.objection_until else None

    # --- one sanction -----------------------------------------------------------------------------
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Sanction:
        return get_object_or_404(self.get_queryset(request), code=object_id)

    def get_urls(self) -> list[URLPattern]:
        moves = SanctionMove.as_view(model=Sanction, forms=DESK_FORMS, model_admin=self)
        wrap = self.admin_site.admin_view
        return [path("<slug:code>/langkah/<slug:verb>/", wrap(moves), name=f"{SANCTION}_move"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        sanction = self.get_object(request, object_id)
        if not self.has_view_permission(request, sanction):
            raise PermissionDenied
        moves = [move for move in sanction.open_moves(request.user) if move.verb not in Sanction.PROVIDER_VERBS]
        standings = Standing.objects.within_territory(request.user).with_status()
        context = {
            **self.admin_site.each_context(request),
            "title": f"{sanction.get_kind_display()}: {sanction.provider.name}",
            "opts": self.opts,
            "sanction": sanction,
            "moves": moves,
            "standings": standings.filter(provider=sanction.provider_id).order_by("-listed_on"),
            "events": reversed(sanction.events()),
            "list_url": reverse(f"admin:{SANCTION}_changelist"),
        }
        return render(request, "verification/sanction_desk.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page itself tells what was done."""
        return redirect(f"admin:{SANCTION}_change", self.get_object(request, object_id).code)


class SanctionMove(MoveView):
    """The verbs of the desk, in the desk's clothes."""

    model_admin: Any = None
    template_name = "verification/sanction_move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:  # type: ignore[override]
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        if verb in {Sanction.MOVES[each].slug for each in Sanction.PROVIDER_VERBS}:
            raise Http404
        self.model_admin.get_object(request, code)  # on this person's desk, or 404
        return super().dispatch(request, code, verb)

    def more_context(self) -> dict[str, Any]:
        back = reverse(f"admin:{SANCTION}_change", args=[self.document.code])
        title = Sanction.MOVES[self.move.verb].label if self.move else ""
        return {**site.each_context(self.request), "title": title, "opts": Sanction._meta, "back": back}


# --- reminders ----------------------------------------------------------------------------------------
@admin.register(Reminder, site=site)
class ReminderAdmin(ScopedAdmin):
    """Who was reminded of what, and whom no mail reached."""

    list_display = ("provider_name", "place", "thing", "due", "said", "when", "reached")
    list_display_links = None
    search_fields = ("standing__provider__name",)
    search_help_text = "Nama penyedia"
    list_fullwidth = True
    ordering = ("-created_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.select_related("standing__provider", "standing__regency", "document__type")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and people.holds(request.user, *DESK_ROLES)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Pengingat"} | (extra_context or {}))

    @display(description="Penyedia", ordering="standing__provider__name")
    def provider_name(self, row: Reminder) -> str:
        return row.standing.provider.name

    @display(description="Kabupaten/kota", ordering="standing__regency_id")
    def place(self, row: Reminder) -> str:
        return row.standing.regency.name

    @display(description="Yang berakhir")
    def thing(self, row: Reminder) -> str:
        return row.what

    @display(description="Tanggal", ordering="due_on")
    def due(self, row: Reminder) -> str:
        return tanggal_sedang(row.due_on)

    @display(description="Langkah", ordering="days")
    def said(self, row: Reminder) -> str:
        return row.step

    @display(description="Diingatkan", ordering="created_at")
    def when(self, row: Reminder) -> str:
        return waktu(row.created_at, row.standing.regency)

    @display(description="Kepada")
    def reached(self, row: Reminder) -> str:
        if not row.people:
            return "Tidak ada orang"
        return f"{row.people} orang" + ("" if row.mails else ", tanpa alamat email")
