"""Pages of people: access to a village, the villages' offices, notices, one's own profile."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import exports, onboarding, people, personal_log
from accounts.forms import (
    EndMembershipForm,
    NameForm,
    ResubmitForm,
    SearchForm,
    VerifyForm,
    VillageAccessForm,
    VillageOfficeForm,
)
from accounts.models import Membership, Role, Succession, User, VillageAccess, VillageData, VillageOffice
from accounts.models.membership import OFFICE_ROLES, RANK, VILLAGE_ROLES
from accounts.village_views import numbers_of
from core.forms import ReasonForm
from core.models import Notice
from core.once import once
from core.personal import masked_field
from core.views import MoveView
from core.workflow import TransitionRefused
from regions.models import Area
from regions.scope import within

PAGE = 20
DATA_STATES = [
    ("verified", "Terverifikasi"),
    ("submitted", "Menunggu verifikasi"),
    ("returned", "Perlu perbaikan"),
    ("none", "Belum diisi"),
]
LOOKS = 10  # of others at one's own numbers, on one's profile; the rest is in the file of one's data


def page_of(request: HttpRequest, rows: QuerySet) -> Page:
    return Paginator(rows, PAGE).get_page(request.GET.get("hal"))


def districts_of(user: User, *roles: str) -> list[Area]:
    """The kecamatan of a person's territory, for a filter; none where the territory is wider than a regency."""
    territories = [code for code in people.territories(user, *roles) if len(code) in (5, 8)]
    return list(Area.objects.within(territories).districts()) if territories else []


# --- access of village people -------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def village_access_new(request: HttpRequest) -> HttpResponse:
    """I work for this village: role, letter, telephone."""
    form = VillageAccessForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            url, new = once(form, form.make)
        except TransitionRefused as refusal:
            form.add_error(None, refusal.reason)
        except ValidationError as problem:
            form.add_error(None, problem.messages)  # type: ignore[arg-type]
        else:
            if new:
                messages.success(request, "Permohonan terkirim. Kami memberi tahu Anda begitu diperiksa.")
            return redirect(url)
    mine = VillageAccess.objects.visible_to(request.user).filter(user=request.user).select_related("village")
    context = {"form": form, "mine": mine[:5]}
    return render(request, "accounts/village_access_form.html", context, status=422 if form.errors else 200)


@require_safe
def village_accesses(request: HttpRequest) -> HttpResponse:
    """The regency office's requests, those that wait first; for others, their own."""
    office = people.holds(request.user, Role.REGENCY_OFFICE)
    rows = VillageAccess.objects.visible_to(request.user).select_related("user", "village")
    districts = districts_of(request.user, Role.REGENCY_OFFICE)
    form = SearchForm(request.GET, states=VillageAccess.State.choices, districts=districts)
    asked = form.cleaned_data if form.is_valid() else {}
    if asked.get("q"):
        rows = rows.filter(Q(user__name__icontains=asked["q"]) | Q(village__name__icontains=asked["q"]))
    if asked.get("status"):
        rows = rows.filter(state=asked["status"])
    if asked.get("kecamatan"):
        rows = rows.filter(within("village", asked["kecamatan"]))
    waiting = VillageAccess.objects.waiting_for(request.user).count()
    context = {
        "form": form,
        "page": page_of(request, rows.order_by(Case(When(state="submitted", then=0), default=1), "-id")),
        "office": office,
        "waiting": waiting,
        "set": sum(1 for value in asked.values() if value),
    }
    return render(request, "accounts/village_access_list.html", context, status=200 if form.is_valid() else 400)


@require_safe
def village_access(request: HttpRequest, code: str) -> HttpResponse:
    """One request: where it stands; for the office, facts at the left and the letter at the right."""
    rows = VillageAccess.objects.visible_to(request.user).select_related("user", "village", "letter", "decided_by")
    document = get_object_or_404(rows, code=code)
    mine = document.user_id == request.user.pk
    officials = Membership.objects.visible_to(request.user).at(document.village_id).current().holding(*VILLAGE_ROLES)
    context = {
        "document": document,
        "mine": mine,
        "officials": [] if mine else officials.select_related("user", "area"),
        "others": [] if mine else roles_beside(request.user, document),
        "incumbents": [] if mine or document.state != "submitted" else document.incumbents(),
        "phone": masked_field("akses-desa", document, "telepon", request.user, back=request.path),
        "steps": steps(document),
        "next": next_waiting(request.user, document),
    }
    return render(request, "accounts/village_access_detail.html", context)


def roles_beside(user: User, document: VillageAccess) -> QuerySet:
    """What else the applicant is, as far as the reader may see: a pendamping should not act for a village."""
    rows = Membership.objects.visible_to(user).filter(user=document.user_id).current()
    return rows.exclude(area=document.village_id, role=document.role).select_related("area", "provider")


class VillageAccessMoves(MoveView):
    """Verify, give back, reject; mend and send again, withdraw."""

    model = VillageAccess
    forms = {"verify": VerifyForm, "give_back": ReasonForm, "reject": ReasonForm, "resubmit": ResubmitForm}
    template_name = "accounts/village_access_move.html"


def steps(document: VillageAccess) -> list[dict[str, Any]]:
    """The short life of a request, for the timeline."""
    decided = {"verified": "Terverifikasi", "rejected": "Ditolak", "withdrawn": "Dibatalkan"}
    reading = {
        "label": f"Diperiksa {document.office_name}",
        "state": {"submitted": "now", "returned": "stopped"}.get(document.state, "done"),
    }
    if document.state == "withdrawn":
        reading["state"] = "skipped"
    if document.state == "returned":
        reading |= {"sentence": document.reason, "at": document.state_since}
    last: dict[str, Any] = {"label": decided.get(document.state, "Keputusan"), "state": "next"}
    if document.state in decided:
        last |= {"state": "done" if document.state == "verified" else "stopped", "at": document.decided_at}
    return [{"label": "Permohonan dikirim", "state": "done", "at": document.created_at}, reading, last]


def next_waiting(user: User, document: VillageAccess) -> VillageAccess | None:
    """The oldest other request that waits for this person: decide, and go to the next."""
    return VillageAccess.objects.waiting_for(user).exclude(pk=document.pk).order_by("state_since").first()


# --- villages' offices ---------------------------------------------------------------------------------
@require_safe
def my_village(request: HttpRequest) -> HttpResponse:
    """The one village a person works for; a choice where there are several."""
    codes = {m.area_id for m in people.memberships(request.user) if m.role in VILLAGE_ROLES}
    if len(codes) == 1:
        return redirect("village-office", code=codes.pop())
    offices = VillageOffice.objects.visible_to(request.user).filter(area__in=codes).select_related("area")
    context = {"offices": offices.order_by("area"), "step": onboarding.next_step(request.user)}
    return render(request, "accounts/my_village.html", context)


@require_safe
def village_offices(request: HttpRequest) -> HttpResponse:
    """The villages of a territory that have people here, and how many."""
    rows = VillageOffice.objects.visible_to(request.user).select_related("area").order_by("area")
    form = SearchForm(
        request.GET,
        states=DATA_STATES,
        states_of="NPWP dan rekening",
        districts=districts_of(request.user, *OFFICE_ROLES),
    )
    asked = form.cleaned_data if form.is_valid() else {}
    if asked.get("q"):
        rows = rows.filter(area__name__icontains=asked["q"])
    if asked.get("status"):
        found = VillageData.objects.filter(state=asked["status"]) if asked["status"] != "none" else None
        live = VillageData.objects.live().values("village")
        rows = rows.exclude(area__in=live) if found is None else rows.filter(area__in=found.values("village"))
    if asked.get("kecamatan"):
        rows = rows.filter(within("area", asked["kecamatan"]))
    page = page_of(request, rows)
    current = Membership.objects.visible_to(request.user).current().holding(*VILLAGE_ROLES)
    found = current.filter(area__in=[office.area_id for office in page]).order_by().values_list("area")
    numbers = dict(found.annotate(Count("pk")))
    data = VillageData.objects.live().filter(village__in=[office.area_id for office in page]).order_by("state")
    told: dict[str, list[VillageData]] = {}
    for one in data:
        told.setdefault(one.village_id, []).append(one)
    heads = set(found.filter(role=Role.VILLAGE_HEAD).values_list("area", flat=True))
    for office in page:
        office.people, office.has_head = numbers.get(office.area_id, 0), office.area_id in heads  # type: ignore[attr-defined]
        office.data = told.get(office.area_id, [])  # type: ignore[attr-defined]
    context = {"form": form, "page": page, "set": sum(1 for value in asked.values() if value)}
    return render(request, "accounts/village_office_list.html", context, status=200 if form.is_valid() else 400)


@require_safe
def village_office(request: HttpRequest, code: str) -> HttpResponse:
    """The office's address, its NPWP and account, and the register of who acts for the village, and has acted."""
    office = get_object_or_404(VillageOffice.objects.visible_to(request.user).select_related("area"), area=code)
    rows = Membership.objects.visible_to(request.user).at(code).holding(*VILLAGE_ROLES).select_related("user", "area")
    register = in_rank(rows)
    current = [m for m in register if m.state == "current"]
    held = {m.role for m in current}
    succession = Succession(village=office.area, role=Role.VILLAGE_OPERATOR)
    context = {
        "office": office,
        "current": [(m, bool(m.may_end(request.user))) for m in current],
        "ahead": [(m, bool(m.may_end(request.user))) for m in register if m.state == "future"],
        "missing": [role.label for role in RANK if role not in held],
        "may_edit": office.may_edit(request.user),
        "may_succeed": bool(succession.may_propose(request.user)),
        "successions": Succession.objects.visible_to(request.user).filter(village=code, state="submitted"),
        **data_of(office, request),
    }
    return render(request, "accounts/village_office_detail.html", context)


def in_rank(rows: QuerySet[Membership]) -> list[Membership]:
    return sorted(rows, key=lambda m: (RANK.index(Role(m.role)), m.starts_on))


@require_safe
def village_office_history(request: HttpRequest, code: str) -> HttpResponse:
    """Who held which office from when to when; for the wall, and for whoever audits the village."""
    office = get_object_or_404(VillageOffice.objects.visible_to(request.user).select_related("area"), area=code)
    rows = Membership.objects.visible_to(request.user).at(code).holding(*VILLAGE_ROLES).select_related("user", "area")
    context = {"office": office, "register": in_rank(rows)}
    return render(request, "accounts/village_office_history.html", context)


def data_of(office: VillageOffice, request: HttpRequest) -> dict[str, Any]:
    """The village's NPWP and account for its page: the numbers for few, whether they are verified for all."""
    live = list(VillageData.objects.live().filter(village=office.area_id))
    in_force = next((data for data in live if data.state == "verified"), None)
    reader = VillageData.objects.visible_to(request.user).filter(village=office.area_id).exists()
    proposed = next((data for data in live if data.state != "verified"), None)
    return {
        "data": in_force,
        "data_numbers": numbers_of(in_force, request) if reader else [],
        "data_proposed": proposed,
        "data_reader": reader,
        "may_propose": bool(VillageData(village=office.area).may_propose(request.user)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def village_office_edit(request: HttpRequest, code: str) -> HttpResponse:
    office = get_object_or_404(VillageOffice.objects.visible_to(request.user).select_related("area"), area=code)
    verdict = office.may_edit(request.user)
    if not verdict:
        return render(request, "accounts/refused.html", {"reason": verdict.reason, "back": office}, status=403)
    form = VillageOfficeForm(request.POST or None, instance=office)
    if request.method == "POST" and form.is_valid():
        form.instance.edit(by=request.user)
        messages.success(request, "Profil kantor disimpan.")
        return redirect(office)
    context = {
        "title": "Profil kantor desa",
        "lead": "Tercetak pada kop surat dan dokumen desa.",
        "kicker": office.area.full_name,
        "form": form,
        "submit": "Simpan",
        "cancel_url": office.get_absolute_url(),
    }
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def membership_end(request: HttpRequest, code: str) -> HttpResponse:
    """Take a role away, or lay one's own down: from when on, and why."""
    rows = Membership.objects.visible_to(request.user).select_related("user", "area", "provider")
    membership = get_object_or_404(rows, code=code)
    mine = membership.user_id == request.user.pk
    back = reverse("profile") if mine else _register_of(membership)
    verdict = membership.may_end(request.user)
    if not verdict:
        return render(request, "accounts/refused.html", {"reason": verdict.reason, "back_url": back}, status=403)
    form = EndMembershipForm(request.POST or None, membership=membership)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            membership.end(by=request.user, reason=data["reason"], last_day=data["last_day"])
        except TransitionRefused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"Peran {membership.title} diakhiri.")
            return redirect(reverse("todo") if mine else back)
    context = {"form": form, "membership": membership, "mine": mine, "back": back}
    return render(request, "accounts/membership_end.html", context, status=422 if form.errors else 200)


def _register_of(membership: Membership) -> str:
    """Where the office sees this membership among the others."""
    if membership.role in VILLAGE_ROLES:
        return reverse("village-office", args=[membership.area_id])
    return reverse("admin:accounts_membership_changelist")


# --- one's own ------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """What a person was told, newest first. Opening one marks it as read."""
    mine = Notice.objects.filter(user=request.user, channel=Notice.Channel.SITE)
    if request.method == "POST":
        unread = Notice.objects.unread_by(request.user)
        if "semua" in request.POST:
            unread.update(read_at=timezone.now())
            return redirect("notices")
        number = request.POST.get("buka", "")
        notice = get_object_or_404(mine, pk=int(number) if number.isdecimal() and len(number) < 16 else 0)
        unread.filter(pk=notice.pk).update(read_at=timezone.now())
        return redirect(notice.url if notice.url.startswith("/") and not notice.url.startswith("//") else "notices")
    unread_count = Notice.objects.unread_by(request.user).count()
    context = {"page": page_of(request, mine.order_by("-id")), "unread": unread_count}
    return render(request, "accounts/notice_list.html", context)


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here, what I may do where, and how my account is kept safe."""
    rows = Membership.objects.filter(user=request.user).select_related("area", "provider").order_by("starts_on")
    every = list(rows)
    context = {
        "current": [(m, m.may_end(request.user)) for m in every if m.state != "ended"],
        "former": [m for m in every if m.state == "ended"],
        "second_factor": is_mfa_enabled(request.user),
        "second_factor_needed": people.needs_second_factor(request.user),
        "requests": VillageAccess.objects.filter(user=request.user).select_related("village")[:5],
        "step": onboarding.next_step(request.user),
        "looks": personal_log.about_own(request.user)[:LOOKS],
        "idle_hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "accounts/profile.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def profile_name(request: HttpRequest) -> HttpResponse:
    """Correct one's own name; what was signed before keeps the old one."""
    form = NameForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Nama disimpan.")
        return redirect("profile")
    context = {"title": "Ubah nama", "form": form, "submit": "Simpan", "cancel_url": reverse("profile")}
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)


@require_GET
def profile_export(request: HttpRequest) -> HttpResponse:
    """Everything about oneself, as a file (UU 27/2022: access and copy)."""
    response = JsonResponse(exports.of(request.user), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="data-saya.json"'
    return response


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Log out on every other device."""
    user = request.user
    user.end_sessions()
    update_session_auth_hash(request, user)
    messages.success(request, "Semua perangkat lain sudah dikeluarkan dari akun Anda.")
    return redirect("profile")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What we keep about people, why, how long, and their rights."""
    return render(request, "accounts/privacy.html")
