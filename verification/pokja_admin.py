"""The Pokja at the regency office's desk: decrees past, in force and prepared, their members, and the printed list.

The Pokja itself reads here; only the regency's office acts, by the verbs of `Pokja`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

from accounts import people
from accounts.admin_site import ScopedAdmin, site
from accounts.models import Membership, Role
from accounts.models.membership import POKJA_ROLES
from core.clock import today
from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused
from verification.models import Pokja, PokjaMember
from verification.models.pokja import rights_without_decree
from verification.pokja_documents import issue_pokja_list
from verification.pokja_forms import MOVE_FORMS, PrepareForm, regencies

READERS = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)
NAME = "verification_pokja"
PHASES = {"berlaku": "Bertugas", "disiapkan": "Disiapkan atau akan bertugas", "lampau": "Sudah berakhir"}


def of_phase(rows: QuerySet[Pokja], phase: str) -> QuerySet[Pokja]:
    """The part of the list that was asked for."""
    day = today()
    over = Q(ends_on__lt=day) | Q(state__in=["dissolved", "cancelled"])
    match phase:
        case "berlaku":
            return rows.filter(pk__in=Pokja.objects.in_force())
        case "disiapkan":
            return rows.filter(Q(state="draft") | Q(state="established", starts_on__gt=day))
        case "lampau":
            return rows.filter(over)
    return rows


@admin.register(Pokja, site=site)
class PokjaAdmin(ScopedAdmin):
    """List and page of a Pokja; nothing is added, changed or deleted but by its verbs."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *READERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return people.holds(request.user, Role.REGENCY_OFFICE)

    def get_urls(self) -> list[URLPattern]:
        """By public code; no page but these."""
        wrap = self.admin_site.admin_view
        move = PokjaMoveView.as_view(model=Pokja, forms=MOVE_FORMS)
        return [
            path("", wrap(self.list_view), name=f"{NAME}_changelist"),
            path("baru/", wrap(self.new_view), name=f"{NAME}_add"),
            path("<slug:code>/", wrap(self.page_view), name=f"{NAME}_change"),
            path("<slug:code>/cetak/", wrap(self.print_view), name=f"{NAME}_print"),
            path("<slug:code>/<slug:verb>/", wrap(move), name=f"{NAME}_move"),
        ]

    def _frame(self, request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return {**self.admin_site.each_context(request), "title": title, "is_fullwidth": "1"} | more

    def list_view(self, request: HttpRequest) -> HttpResponse:
        context = self._frame(request, "Pokja P2KTD")
        asked, phase = " ".join(request.GET.get("cari", "").split())[:80], request.GET.get("tahap", "")
        rows = of_phase(Pokja.objects.visible_to(request.user), phase)
        if asked:
            rows = rows.filter(Q(regency__name__icontains=asked) | Q(decree_number__icontains=asked))
        page = Paginator(rows.select_related("regency"), self.list_per_page).get_page(request.GET.get("hal"))
        heads = heads_of([pokja.pk for pokja in page])
        loose = rights_without_decree(people.territories(request.user, Role.REGENCY_OFFICE, Role.MINISTRY))
        context |= {
            "page": page,
            "lines": [(pokja, *heads.get(pokja.pk, ("", 0))) for pokja in page],
            "asked": asked,
            "phase": phase,
            "phases": PHASES,
            "narrowed": bool(asked or phase),
            "loose": loose[: self.list_per_page],
            "may_add": self.has_add_permission(request),
        }
        return render(request, "verification/pokja_list.html", context)

    def new_view(self, request: HttpRequest) -> HttpResponse:
        context = self._frame(request, "Tambah keputusan Pokja")
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PrepareForm(request.POST or None, request.FILES or None, user=request.user)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    url, new = once(form, form.make)
                except TransitionRefused as refusal:
                    form.add_error(None, refusal.reason)
                    status = 409
                else:
                    messages.success(request, "Keputusan dicatat. Tambahkan anggotanya." if new else "Sudah tercatat.")
                    return redirect(url)
        waiting = Pokja.objects.filter(regency__in=regencies(request.user), state="draft").first()
        return render(
            request, "verification/pokja_form.html", context | {"form": form, "waiting": waiting}, status=status
        )

    def find(self, request: HttpRequest, code: str) -> Pokja:
        """On this person's desk, or 404."""
        rows = Pokja.objects.visible_to(request.user).select_related("regency", "decree")
        return get_object_or_404(rows, code=code)

    def page_view(self, request: HttpRequest, code: str) -> HttpResponse:
        context = self._frame(request, "Pokja P2KTD")
        pokja = self.find(request, code)
        office = people.acting(request.user, Role.REGENCY_OFFICE, at=pokja.regency_id) is not None
        moves = [move for move in pokja.open_moves(request.user) if move.verb != "remove_member"]
        context |= {
            "pokja": pokja,
            "office": office,
            "moves": moves,
            "refused": office and any(not move.verdict for move in moves),
            "removal": pokja.move_url("remove_member") if office and pokja.state in ("draft", "established") else "",
            "members": members_of(pokja),
            "gone": pokja.gone(),
            "chairless": pokja.is_in_force and not pokja.has_chair,
            "events": list(reversed(pokja.events())),
        }
        return render(request, "verification/pokja_page.html", context)

    def print_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Susunan Pokja as PDF; the same content is printed once."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        pokja = self.find(request, code)
        if request.method != "POST":
            return redirect(pokja)
        return redirect(issue_pokja_list(pokja, by=request.user))


class PokjaMoveView(MoveView):
    """The verbs of a Pokja, in the desk's clothes."""

    template_name = "verification/pokja_move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:  # type: ignore[override]
        if not people.holds(request.user, *READERS):
            raise PermissionDenied
        return super().dispatch(request, code, verb)

    @property
    def verb(self) -> str:
        return self.move.verb if self.move else ""

    def post(self, request: HttpRequest) -> HttpResponse:
        """What follows is worked on next."""
        answer = super().post(request)
        if self.verb == "prepare_next" and answer.status_code == 302:
            list(messages.get_messages(request))  # what was said of the one before
            messages.success(request, "Pokja berikutnya disiapkan. Periksa anggotanya, lalu tetapkan.")
            return redirect(Pokja.objects.visible_to(request.user).get(regency=self.document.regency_id, state="draft"))
        return answer

    def form(self, *data: Any) -> Form | None:
        form = super().form(*data)
        if form is not None and "member" in form.fields:
            form.fields["member"].initial = self.request.GET.get("anggota", "")
        return form

    def more_context(self) -> dict[str, Any]:
        members = members_of(self.document) if self.verb in ("establish", "prepare_next") else []
        title = Pokja.MOVES[self.verb].label
        return {**site.each_context(self.request), "title": title, "members": members}


def heads_of(pokjas: list[int]) -> dict[int, tuple[str, int]]:
    """(chair's name, number of members) of each Pokja of a list, in two queries."""
    there = PokjaMember.objects.serving_in(pokjas)
    counts = dict(there.values_list("pokja").annotate(n=Count("pk")).order_by())
    chairs = dict(there.filter(position=PokjaMember.Position.CHAIR).values_list("pokja", "user__name"))
    return {pk: (chairs.get(pk, ""), counts.get(pk, 0)) for pk in pokjas}


def members_of(pokja: Pokja) -> list[tuple[PokjaMember, list[str]]]:
    """Who belongs to it, by rank, each with the providers that they work for and therefore do not judge."""
    rank = list(PokjaMember.Position)
    members = sorted(pokja.serving(), key=lambda one: (rank.index(PokjaMember.Position(one.position)), one.pk))
    works = Membership.objects.current().filter(role=Role.PROVIDER, user__in=[one.user_id for one in members])
    firms: dict[int, list[str]] = {}
    for user, name in works.order_by("provider__name").values_list("user", "provider__name"):
        firms.setdefault(user, []).append(name)
    return [(member, firms.get(member.user_id, [])) for member in members]
