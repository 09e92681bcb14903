"""How a regency judges, at its office's desk: rules with their score form, and the papers asked for.

Everything is added from tomorrow on; what holds already is never changed, so nothing that runs learns of it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

from accounts import people
from accounts.admin_site import ScopedAdmin, site
from accounts.models import LegalForm, Membership, Role
from accounts.models.membership import POKJA_ROLES
from core.clock import today
from core.once import once
from core.workflow import TransitionRefused
from regions.models import Area, Level
from verification.models import DocumentRequirement, DocumentType, Pokja, VerificationRule
from verification.rule_forms import (
    AspectFormSet,
    DocumentTypeForm,
    MatrixForm,
    RuleForm,
    drafts_in,
    initial_rows,
    places_of,
    short,
)

READERS = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)
STATES = {"future": ("Akan berlaku", "info"), "current": ("Berlaku", "good"), "replaced": ("Sudah diganti", "neutral")}


class RuleDesk(ScopedAdmin):
    """Read by the Pokja, written by its office (and the national example by the ministry)."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return people.holds(request.user, *READERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return people.holds(request.user, Role.REGENCY_OFFICE, Role.MINISTRY)

    def _frame(self, request: HttpRequest, title: str, *, writing: bool = False) -> dict[str, Any]:
        if not self.has_view_permission(request) or (writing and not self.has_add_permission(request)):
            raise PermissionDenied
        frame = {**self.admin_site.each_context(request), "title": title, "is_fullwidth": "1"}
        return frame | {"may_add": self.has_add_permission(request)}


def members_now(regency: Area | None) -> int:
    """How many belong to the regency's Pokja today; 0 when there is none, or no one regency is meant."""
    if regency is None:
        return 0
    pokja = Pokja.objects.of(regency.code)
    if pokja:
        return pokja.serving().count()
    held = Membership.objects.current().holding(*POKJA_ROLES).at(regency.code)
    return held.values("user").distinct().count()


@admin.register(VerificationRule, site=site)
class VerificationRuleAdmin(RuleDesk):
    """The rules of a place, newest first."""

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "verification_verificationrule"
        return [
            path("", wrap(self.list_view), name=f"{name}_changelist"),
            path("baru/", wrap(self.new_view), name=f"{name}_add"),
            path("<slug:code>/", wrap(self.page_view), name=f"{name}_change"),
        ]

    def list_view(self, request: HttpRequest) -> HttpResponse:
        context = self._frame(request, "Aturan verifikasi")
        rows = VerificationRule.objects.visible_to(request.user).with_newest().select_related("regency")
        page = Paginator(rows, self.list_per_page).get_page(request.GET.get("hal"))
        context |= {"page": page, "lines": [(rule, *STATES[rule.state]) for rule in page]}
        return render(request, "verification/rule_list.html", context)

    def page_view(self, request: HttpRequest, code: str) -> HttpResponse:
        context = self._frame(request, "Aturan verifikasi")
        rows = VerificationRule.objects.visible_to(request.user).with_newest().select_related("regency")
        rule = get_object_or_404(rows, code=code)
        context |= {
            "rule": rule,
            "chip": STATES[rule.state],
            "quorum": quorum_sentence(rule, members_now(rule.regency)),
            "events": list(reversed(rule.events())),
        }
        return render(request, "verification/rule_page.html", context)

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Aturan baru: begins with what holds, or is about to."""
        context = self._frame(request, "Aturan baru", writing=True)
        places = places_of(request.user)
        place = places.get(request.GET.get("place", ""), next(iter(places.values())))
        base = newest(place)
        values = {name: getattr(base, name) for name in RuleForm.NAMES}
        values["place"] = place.code if place else "nasional"
        form = RuleForm(request.POST or None, user=request.user, initial=values)
        rows = AspectFormSet(request.POST or None, initial=initial_rows(base), prefix="aspek")
        status = 200
        if request.method == "POST":
            status = 422
            if all([form.is_valid(), rows.is_valid()]):
                try:
                    url, new = once(form, lambda: enacted(form.rule(), by=request.user, aspects=drafts_in(rows)))
                except TransitionRefused as refusal:
                    form.add_error(None, refusal.reason)
                    status = 409
                else:
                    messages.success(request, "Aturan ditetapkan." if new else "Sudah tercatat.")
                    return redirect(url)
        members = members_now(place)
        context |= {
            "form": form,
            "rows": rows,
            "base": base,
            "members": members,
            "quorum_now": base.quorum_of(members, whole(form["quorum_percent"].value())),
            "weights_now": sum(whole(row["weight"].value()) for row in rows),
            "scheduled": base.state == "future",
        }
        return render(request, "verification/rule_form.html", context, status=status)


def newest(place: Area | None) -> VerificationRule:
    """What a new rule begins with: the latest of the place, also one that is about to hold; else the example."""
    own = VerificationRule.objects.filter(regency=place).order_by("-valid_from").first()
    return own or VerificationRule.objects.in_force(place.code if place else "")


def whole(typed: Any) -> int:
    """A number as typed; nothing counts as zero, for what a page says beside a refused form."""
    text = str(typed or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def enacted(rule: VerificationRule, *, by: Any, aspects: Any) -> VerificationRule:
    rule.enact(by=by, aspects=aspects)
    return rule


def quorum_sentence(rule: VerificationRule, members: int) -> str:
    """What the share means for the Pokja of today."""
    if not members:
        return ""
    return f"Pokja sekarang: {rule.quorum_of(members)} dari {members} anggota."


@admin.register(DocumentRequirement, site=site)
class DocumentRequirementAdmin(RuleDesk):
    """Syarat dokumen: one grid, kinds of documents against legal forms."""

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "verification_documentrequirement"
        return [
            path("", wrap(self.grid_view), name=f"{name}_changelist"),
            path("ubah/", wrap(self.edit_view), name=f"{name}_add"),
            path("jenis-baru/", wrap(self.kind_view), name="verification_documenttype_add"),
        ]

    def grid_view(self, request: HttpRequest) -> HttpResponse:
        """What holds today, and what is set for later."""
        context = self._frame(request, "Syarat dokumen")
        places = read_places(request.user, request.GET.get("tempat", ""))
        place = chosen(places, request.GET.get("tempat"))
        held = DocumentRequirement.objects.matrix(place, on=today())
        kinds = DocumentType.objects.all()
        coming = DocumentRequirement.objects.filter(regency=place, valid_from__gt=today()).select_related("type")
        context |= {
            "place": place,
            "places": places,
            "forms": [short(form) for form in LegalForm],
            "lines": [(kind, [(short(form), held.get((kind.pk, form.value))) for form in LegalForm]) for kind in kinds],
            "coming": coming.order_by("valid_from", "type__order", "legal_form"),
            "own": sorted({(row.valid_from, row.source) for row in held.values() if place and row.regency_id}),
            "may_write": (place is None and people.holds(request.user, Role.MINISTRY))
            or (place is not None and people.acting(request.user, Role.REGENCY_OFFICE, at=place.code) is not None),
            "may_add_kind": people.holds(request.user, Role.MINISTRY),
        }
        return render(request, "verification/rule_matrix.html", context)

    def edit_view(self, request: HttpRequest) -> HttpResponse:
        context = self._frame(request, "Ubah syarat dokumen", writing=True)
        place = chosen(places_of(request.user), request.GET.get("tempat"))
        form = MatrixForm(request.POST or None, user=request.user, place=place)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                data = form.cleaned_data
                try:
                    written = DocumentRequirement.objects.enact(
                        place, by=request.user, valid_from=data["valid_from"], source=data["source"], needs=form.needs()
                    )
                except TransitionRefused as refusal:
                    form.add_error(None, refusal.reason)
                    status = 409
                else:
                    said = f"{len(written)} syarat diubah." if written else "Tidak ada yang berubah."
                    messages.success(request, said)
                    return redirect(f"../{place_query(place)}")
        coming = DocumentRequirement.objects.coming(place)
        context |= {"form": form, "place": place, "heads": [short(form) for form in LegalForm], "coming": coming}
        return render(request, "verification/rule_matrix_form.html", context, status=status)

    def kind_view(self, request: HttpRequest) -> HttpResponse:
        """A kind of document of the nation; regencies then choose."""
        context = self._frame(request, "Tambah jenis dokumen")
        if not people.holds(request.user, Role.MINISTRY):
            raise PermissionDenied
        form = DocumentTypeForm(request.POST or None, user=request.user)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    url, _ = once(form, lambda: added(form.cleaned_data, by=request.user))
                except TransitionRefused as refusal:
                    form.add_error("label", refusal.reason)
                    status = 409
                else:
                    messages.success(request, "Jenis dokumen ditambahkan. Belum ada yang diminta menunjukkannya.")
                    return redirect(url)
        return render(request, "verification/rule_kind_form.html", context | {"form": form}, status=status)


def added(data: dict[str, Any], *, by: Any) -> DocumentType:
    names = ("label", "help", "each", "personal", "has_number", "has_expiry")
    kind = DocumentType(**{name: data[name] for name in names})
    kind.add(by=by)
    return kind


def read_places(user: Any, asked: str) -> dict[str, Area | None]:
    """Whose matrix this person may look at: the regencies of their Pokja or office, and the example; the ministry
    the one it asks for."""
    codes = people.territories(user, *POKJA_ROLES, Role.REGENCY_OFFICE)
    if people.holds(user, Role.MINISTRY) and Area.objects.filter(code=asked, level=Level.REGENCY).exists():
        codes = [*codes, asked]
    own: dict[str, Area | None] = {area.code: area for area in Area.objects.filter(code__in=codes).order_by("code")}
    return own | {"nasional": None}


def chosen(places: dict[str, Area | None], asked: str | None) -> Area | None:
    """The place asked for, or the first; 404 for one that is not among these."""
    if asked and asked not in places:
        raise Http404
    return places[asked] if asked else next(iter(places.values()))


def place_query(place: Area | None) -> str:
    return f"?tempat={place.code if place else 'nasional'}"
