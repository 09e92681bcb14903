"""Pages of a village's office: its NPWP and account, and who follows whom in its offices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import SuccessionForm, VillageDataForm, VillageDataMendForm, VillageDataVerifyForm
from accounts.models import Succession, VillageData, VillageOffice
from accounts.models.membership import VILLAGE_ROLES
from accounts.models.village_data import OPEN_STATES
from core.forms import ReasonForm
from core.models import PersonalView
from core.once import once
from core.personal import masked_field
from core.views import MoveView
from core.workflow import TransitionRefused

LOOKS = 10


def office_or_404(request: HttpRequest, code: str) -> VillageOffice:
    return get_object_or_404(VillageOffice.objects.visible_to(request.user).select_related("area"), area=code)


def numbers_of(data: VillageData | None, request: HttpRequest) -> list[Any]:
    """The personal numbers, masked, in the order of the page."""
    if data is None:
        return []
    return [masked_field("data-desa", data, name, request.user, back=request.path) for name in ("npwp", "rekening")]


# --- NPWP and account -------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def village_data_new(request: HttpRequest, code: str) -> HttpResponse:
    """The village states its NPWP and account, or a change of them, with proof."""
    office = office_or_404(request, code)
    verdict = VillageData(village=office.area).may_propose(request.user)
    if not verdict:
        return render(request, "accounts/refused.html", {"reason": verdict.reason, "back": office}, status=403)
    running = VillageData.objects.visible_to(request.user).filter(village=code, state__in=OPEN_STATES).first()
    if running:
        messages.info(request, "Pengajuan sebelumnya belum selesai.")
        return redirect(running)
    form = VillageDataForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            url, new = once(form, lambda: form.make(office))
        except TransitionRefused as refusal:
            form.add_error(None, refusal.reason)
        except ValidationError as problem:
            form.add_error(None, problem.messages)  # type: ignore[arg-type]
        else:
            if new:
                messages.success(request, "Data desa terkirim. Kami memberi tahu Anda begitu diperiksa.")
            return redirect(url)
    in_force = VillageData.objects.in_force(code)
    context = {"form": form, "office": office, "in_force": in_force}
    return render(request, "accounts/village_data_form.html", context, status=422 if form.errors else 200)


@require_safe
def village_data(request: HttpRequest, code: str) -> HttpResponse:
    """One statement of numbers: where it stands, the proofs, and who has seen the numbers in full."""
    rows = VillageData.objects.visible_to(request.user)
    document = get_object_or_404(rows.select_related("village", "passbook", "npwp_card", "decided_by"), code=code)
    judging = document.state == "submitted" and bool(document.may_verify(request.user))
    context = {
        "document": document,
        "judging": judging,
        "numbers": numbers_of(document, request),
        "doubts": document.doubts() if judging else [],
        "in_force": rows.filter(village=document.village_id, state="verified").exclude(pk=document.pk).first(),
        "mine": bool(document.may_propose(request.user)),
        "looks": PersonalView.objects.about(document).select_related("user").reverse()[:LOOKS],
    }
    return render(request, "accounts/village_data_detail.html", context)


class VillageDataMoves(MoveView):
    """Verify, give back; mend and send again, withdraw."""

    model = VillageData
    forms = {"verify": VillageDataVerifyForm, "give_back": ReasonForm, "resubmit": VillageDataMendForm}
    template_name = "accounts/village_data_move.html"

    def more_context(self) -> dict[str, Any]:
        """What the office compares once more before it says yes."""
        verifying = self.move is not None and self.move.verb == "verify"
        return {
            "numbers": numbers_of(self.document, self.request),
            "doubts": self.document.doubts() if verifying else [],
        }


# --- who follows whom -------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def village_succession_new(request: HttpRequest, code: str) -> HttpResponse:
    """Pj., Plt., a new term: who follows whom, by which letter, from when on."""
    office = office_or_404(request, code)
    verdicts = [Succession(village=office.area, role=role).may_propose(request.user) for role in VILLAGE_ROLES]
    if not any(verdicts):
        context = {"reason": verdicts[0].reason, "back": office}
        return render(request, "accounts/refused.html", context, status=403)
    form = SuccessionForm(request.POST or None, request.FILES or None, user=request.user, village=office)
    if request.method == "POST" and form.is_valid():
        try:
            url, new = once(form, form.make)
        except TransitionRefused as refusal:
            form.add_error(None, refusal.reason)
        except ValidationError as problem:
            form.add_error(None, problem.messages)  # type: ignore[arg-type]
        else:
            if new:
                messages.success(request, "Pergantian tersimpan. Yang bersangkutan mendapat pemberitahuan.")
            return redirect(url)
    context = {"form": form, "office": office, "records": all(verdicts)}
    return render(request, "accounts/village_succession_form.html", context, status=422 if form.errors else 200)


@require_safe
def village_succession(request: HttpRequest, code: str) -> HttpResponse:
    """One change of officials: the letter, the dates, and where it stands."""
    rows = Succession.objects.visible_to(request.user)
    rows = rows.select_related("village", "successor", "predecessor__user", "letter", "decided_by", "proposed_by")
    document = get_object_or_404(rows, code=code)
    judging = document.state == "submitted" and bool(document.may_verify(request.user))
    context = {"document": document, "judging": judging, "leaving": document.leaving() if judging else []}
    return render(request, "accounts/village_succession_detail.html", context)


class SuccessionMoves(MoveView):
    """Verify, reject; withdraw."""

    model = Succession
    forms = {"reject": ReasonForm}
    template_name = "accounts/village_succession_move.html"

    def more_context(self) -> dict[str, Any]:
        verifying = self.move is not None and self.move.verb == "verify" and self.possible()
        return {"leaving": self.document.leaving() if verifying else []}
