"""The order's pages. A view fetches through `visible_to`, binds a form, calls one verb, and redirects."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import people
from catalog.models import Service
from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused, Verdict
from transactions import documents, forms
from transactions.models import Accountability, Contract, Meeting, Need, Quotation, Sourcing
from transactions.models.accountability import OPEN as ACCOUNT_OPEN
from transactions.models.contract import OPEN as CONTRACT_OPEN
from transactions.models.need import in_office
from transactions.models.sourcing import LIVE
from transactions.order import Order

PAGE = 20


# --- the list ---------------------------------------------------------------------------------------
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """All orders this person may see, newest first, paged by key."""
    form = forms.OrderFilterForm(request.GET)
    form.is_valid()
    rows = narrowed(Need.objects.visible_to(request.user), form.cleaned_data)
    before = key_of(request.user, request.GET.get("sebelum", ""))
    searched = bool(form.cleaned_data.get("q"))
    found = rows.select_related("village", "category").newest(PAGE + 1, searched=searched, before=before)
    page, more = found[:PAGE], len(found) > PAGE
    query = request.GET.copy()
    query.pop("sebelum", None)
    next_url = ""
    if more:
        query["sebelum"] = page[-1].code
        next_url = f"?{query.urlencode()}"
    return render(
        request,
        "transactions/order_list.html",
        {
            "orders": with_contracts(page, request.user),
            "form": form,
            "next_url": next_url,
            "first": before is None,
            "filtered": any(form.cleaned_data.values()),
            "filter_count": sum(map(bool, form.cleaned_data.values())),
            "may_create": people.holds(request.user, *Need.DRAFTERS, *Need.HELPERS),
        },
    )


def key_of(user: Any, code: str) -> int | None:
    """After which order a page begins: the key of this one; 0 for one that is not theirs, None for the first page."""
    if not code:
        return None
    return Need.objects.visible_to(user).filter(code=code[:16]).values_list("pk", flat=True).first() or 0


def narrowed(rows: Any, asked: dict[str, Any]) -> Any:
    """The list by words, stage and year."""
    if words := asked.get("q"):
        rows = rows.said(words)
    if year := asked.get("tahun"):
        rows = rows.filter(created_at__year=year)
    sourcing = Sourcing.objects.filter(need=OuterRef("pk")).exclude(state="failed")
    contract = Contract.objects.filter(sourcing__need=OuterRef("pk"))
    account = Accountability.objects.filter(contract__sourcing__need=OuterRef("pk"))
    stages = {
        "kebutuhan": ~Q(state="cancelled") & ~Exists(sourcing),
        "pengadaan": Exists(sourcing.filter(state__in=LIVE)),
        "kontrak": Exists(contract.filter(state__in=CONTRACT_OPEN)),
        "pertanggungjawaban": Exists(account.filter(state__in=ACCOUNT_OPEN)),
        "selesai": Exists(account.filter(state="closed")),
        "batal": Q(state="cancelled") | Exists(contract.filter(state="terminated")) & ~Exists(sourcing),
    }
    stage = asked.get("tahap")
    return rows.filter(stages[stage]) if stage else rows


def with_contracts(needs: list[Need], user: Any) -> list[tuple[Need, Any]]:
    """Each need with the document its order stands at, in three queries whatever the number of rows."""
    at: dict[int, Any] = {}
    sourcings = Sourcing.objects.visible_to(user).filter(need__in=needs).exclude(state="failed")
    # A terminated contract is past: the order stands at its need again, or at the next sourcing.
    contracts = Contract.objects.visible_to(user).filter(sourcing__need__in=needs).exclude(state="terminated")
    contracts = contracts.select_related("sourcing", "village")
    accounts = Accountability.objects.visible_to(user).filter(contract__sourcing__need__in=needs)
    for sourcing in sourcings:
        at[sourcing.need_id] = sourcing
    for contract in contracts:
        at[contract.sourcing.need_id] = contract
    for account in accounts.select_related("contract__sourcing", "contract__village"):
        at[account.contract.sourcing.need_id] = account
    return [(need, at.get(need.pk, need)) for need in needs]


# --- the order --------------------------------------------------------------------------------------
@require_safe
def order(request: HttpRequest, code: str) -> HttpResponse:
    """One order: its line of life, whose turn it is, and every paper."""
    need = get_object_or_404(
        Need.objects.visible_to(request.user).select_related(
            "village", "category", "service", "assisted_by", "activity"
        ),
        code=code,
    )
    whole = Order(need, request.user)
    invited = own_invitation(whole)
    return render(
        request,
        "transactions/order.html",
        {
            "order": whole,
            "need": need,
            "papers": documents.papers(whole),
            "prints": documents.available(whole),
            "invited": invited,
            "invitations": invitations_of(whole),
            "may_source": may_source(whole),
            "may_meet": may_meet(whole),
            "may_see_budget": not whole.is_invited,
        },
    )


def own_invitation(whole: Order) -> bool:
    """Is this a provider that was asked and may still answer?"""
    if whole.sourcing is None or whole.sourcing.state != "open" or whole.sourcing.is_past_deadline:
        return False
    mine = people.providers(whole.user)
    asked = whole.sourcing.invitations.filter(provider__in=mine).exists()
    return asked and not any(q.provider_id in mine for q in whole.quotations)


def invitations_of(whole: Order) -> list[Any]:
    """Who was asked; the providers themselves do not see their rivals."""
    if whole.sourcing is None or not Need.objects.filter(pk=whole.need.pk).filter(in_office(whole.user)).exists():
        return []
    return list(whole.sourcing.invitations.select_related("provider", "service", "version__service"))


def may_source(whole: Order) -> bool:
    if whole.need.state != "budgeted" or (whole.sourcing is not None and whole.sourcing.state != "failed"):
        return False
    return bool(people.acting(whole.user, *documents.BUYERS, at=whole.need.village_id))


def may_meet(whole: Order) -> bool:
    account = whole.accountability
    if account is None or any(meeting.state == "draft" for meeting in whole.meetings):
        return False
    return bool(Meeting(accountability=account).may_create(whole.user))


def need_new(request: HttpRequest) -> HttpResponse:
    """Write down what the village needs; from a service's page its title and category are there already."""
    if not people.holds(request.user, *Need.DRAFTERS, *Need.HELPERS):
        raise PermissionDenied(
            "Kebutuhan dicatat oleh operator, Kasi/Kaur, atau Sekretaris Desa yang sudah terverifikasi."
        )
    service = Service.objects.open().filter(code=request.GET.get("layanan", "")[:16]).first()
    initial = (
        {"title": service.title, "category": service.category_id, "unit": service.get_unit_display()} if service else {}
    )
    if service:
        initial["estimate"] = service.price
    form = forms.NeedForm(request.POST or None, user=request.user, initial=initial, instance=Need(service=service))
    if done := made(
        request, form, lambda: identified(form, request), "Kebutuhan tercatat.", "Kebutuhan ini sudah tercatat."
    ):
        return done
    return form_page(
        request,
        form,
        title="Catat kebutuhan",
        submit="Simpan kebutuhan",
        cancel="orders",
        autosave="kebutuhan-baru",
    )


def made(request: HttpRequest, form: Any, make: Any, new: str, again: str) -> HttpResponse | None:
    """Send a creating form: on to what it made, or had made before; None when the page is to be shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        url, is_new = once(form, make)
    except TransitionRefused as refusal:
        form.add_error(None, refusal.reason)
    except ValidationError as problem:
        named = getattr(problem, "error_dict", {None: problem})
        for name, errors in named.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        messages.success(request, new if is_new else again)
        return redirect(url)
    return None


def refuse_page(verdict: Verdict) -> None:
    """Whoever may not send the form does not see it either, but reads why."""
    if not verdict:
        raise PermissionDenied(verdict.reason)


def identified(form: forms.NeedForm, request: HttpRequest) -> Need:
    need = form.save(commit=False)
    need.identify(by=request.user)
    return need


def form_page(request: HttpRequest, form: Any, *, title: str, submit: str, cancel: Any, **extra: Any) -> HttpResponse:
    """A page with one form."""
    from django.shortcuts import resolve_url

    context = {"form": form, "title": title, "submit": submit, "cancel_url": resolve_url(cancel), **extra}
    return render(
        request, extra.get("template", "components/form_page.html"), context, status=422 if form.errors else 200
    )


# --- sourcing ---------------------------------------------------------------------------------------
def sourcing_new(request: HttpRequest, code: str) -> HttpResponse:
    """Start the sourcing: what, at most for how much, until when, and whom to ask."""
    need = get_object_or_404(Need.objects.visible_to(request.user).select_related("village"), code=code)
    if not people.acting(request.user, *documents.BUYERS, at=need.village_id):
        raise PermissionDenied("Pengadaan dimulai oleh Kasi/Kaur (pembelian langsung) atau TPK (permintaan penawaran).")
    with timezone.override(need.village.tzinfo):
        if "lihat" in request.POST:  # other candidates, with what was typed so far
            form = forms.SourcingForm(user=request.user, need=need, initial=forms.SourcingForm.again(request.POST))
        else:
            initial = forms.SourcingForm.proposed(need)
            form = forms.SourcingForm(request.POST or None, user=request.user, need=need, initial=initial)
            said = "Pengadaan disiapkan. Periksa, lalu kirim undangan.", "Pengadaan ini sudah disiapkan."
            if done := made(request, form, lambda: prepared(form, request), *said):
                return done
        if request.method == "GET" and not may_source(Order(need, request.user)):
            raise PermissionDenied(
                "Pengadaan dimulai sekali, setelah kebutuhan dianggarkan. Lihat halaman pembeliannya."
            )
        return form_page(
            request,
            form,
            title="Siapkan pengadaan",
            submit="Simpan pengadaan",
            cancel=need,
            need=need,
            rule=documents.rule_of(need),
            template="transactions/sourcing_form.html",
            autosave=f"pengadaan-{need.code}",
        )


def prepared(form: forms.SourcingForm, request: HttpRequest) -> Sourcing:
    sourcing = form.save(commit=False)
    sourcing.prepare(by=request.user, services=form.cleaned_data["services"])
    return sourcing


def quotation_new(request: HttpRequest, code: str) -> HttpResponse:
    """The invited provider's offer."""
    need = get_object_or_404(Need.objects.visible_to(request.user).select_related("village"), code=code)
    mine = people.providers(request.user)
    asked = Sourcing.objects.visible_to(request.user).filter(need=need, invitations__provider__in=mine)
    sourcing = get_object_or_404(asked.order_by("-pk").distinct()[:1])
    invitation = sourcing.invitations.filter(provider__in=mine).select_related("provider", "version__service")[0]
    draft = Quotation(sourcing=sourcing, provider=invitation.provider)
    form = forms.QuotationForm(request.POST or None, request.FILES or None, user=request.user)
    said = "Penawaran terkirim dan tersimpan tertutup.", "Penawaran ini sudah terkirim."
    if done := made(request, form, lambda: sent(form, draft, request), *said):
        return done
    refuse_page(draft.may_create(request.user))
    return form_page(
        request,
        form,
        title="Kirim penawaran",
        lead=f"Paket {need.title}, {need.village.full_name}. Penawaran tersimpan tertutup sampai dibuka.",
        submit="Kirim penawaran",
        cancel=need,
        template="transactions/quotation_form.html",
        need=need,
        sourcing=sourcing,
        seen=invitation.version,
        autosave=f"penawaran-{sourcing.code}",
    )


def sent(form: forms.QuotationForm, quotation: Quotation, request: HttpRequest) -> Quotation:
    data = form.cleaned_data
    quotation.price, quotation.days, quotation.approach = data["price"], data["days"], data["approach"]
    quotation.attachment = data["attachment"].store(by=request.user) if data["attachment"] else None
    quotation.send(by=request.user)
    return quotation


# --- the assembly -------------------------------------------------------------------------------------
def meeting_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the record of the Musdes, from the sheets that were filled by hand."""
    account = get_object_or_404(
        Accountability.objects.visible_to(request.user).select_related("contract__village", "contract__sourcing__need"),
        code=code,
    )
    draft = Meeting(accountability=account)
    verdict = draft.may_create(request.user)
    initial = forms.MeetingForm.proposed(account)
    form = forms.MeetingForm(request.POST or None, user=request.user, instance=draft, initial=initial)
    said = "Catatan Musdes tersimpan sebagai draf.", "Catatan ini sudah tersimpan."
    if done := made(request, form, lambda: recorded(form, request), *said):
        return done
    refuse_page(verdict)
    return form_page(
        request,
        form,
        title="Catat Musdes pertanggungjawaban",
        submit="Simpan sebagai draf",
        cancel=account,
        template="transactions/meeting_form.html",
        village=account.contract.village,
        autosave=f"musdes-{account.code}",
    )


def recorded(form: forms.MeetingForm, request: HttpRequest) -> Meeting:
    meeting = form.save(commit=False)
    meeting.prepare(by=request.user, attendance=form.attendance(), questions=form.questions())
    return meeting


@require_safe
def meeting(request: HttpRequest, code: str) -> HttpResponse:
    """One assembly: who came, what was asked, what was decided."""
    row = get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related(
            "accountability__contract__village", "accountability__contract__sourcing__need", "scan", "attendance_scan"
        ),
        code=code,
    )
    return render(
        request,
        "transactions/meeting.html",
        {
            "meeting": row,
            "need": row.accountability.contract.need,
            "village": row.village,
            "present": row.present(),
            "moves": row.open_moves(request.user),
            "events": row.events(),
            "papers": documents.papers_of(row),
        },
    )


# --- printing -----------------------------------------------------------------------------------------
@require_POST
def print_paper(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Ask for a paper of this order; the same content is printed once."""
    need = get_object_or_404(Need.objects.visible_to(request.user).select_related("village"), code=code)
    whole = Order(need, request.user)
    paper = "F4" if request.POST.get("kertas") == "F4" else "A4"
    found = next((each for each in documents.available(whole) if each.kind == kind), None)
    if found is None:
        raise Http404
    return redirect(found.issue(by=request.user, paper=paper))


# --- moves ----------------------------------------------------------------------------------------------
class OrderMoveView(MoveView):
    """A move of one of the order's documents; times are typed in the village's zone."""

    template_name = "transactions/move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:  # type: ignore[override]
        document = get_object_or_404(self.model._default_manager.visible_to(request.user), code=code)
        with timezone.override(need_of(document).village.tzinfo):
            return super().dispatch(request, code, verb)

    def post(self, request: HttpRequest) -> HttpResponse:
        kind = self.forms.get(self.move.verb)
        if "lihat" in request.POST and kind is forms.AmendSourcingForm:  # other candidates, with what was typed so far
            return self.page(kind(initial=forms.AmendSourcingForm.again(request.POST), **self.form_arguments()))
        return super().post(request)

    def more_context(self) -> dict[str, Any]:
        need = need_of(self.document)
        return {"need": need, "kicker": need.title}


def need_of(document: Any) -> Need:
    """The need at the head of the document's order."""
    match document:
        case Need():
            return document
        case Quotation():
            return document.sourcing.need
        case Accountability():
            return document.contract.need
        case Meeting():
            return document.accountability.contract.need
        case _:
            return document.need


need_move = OrderMoveView.as_view(
    model=Need,
    forms={
        "amend": forms.AmendNeedForm,
        "agree": forms.AgreeForm,
        "place_in_plan": forms.PlaceForm,
        "budget": forms.BudgetForm,
        "cancel": forms.WhyForm,
    },
)
sourcing_move = OrderMoveView.as_view(
    model=Sourcing,
    forms={
        "amend": forms.AmendSourcingForm,
        "announce": forms.DeadlineForm,
        "evaluate": forms.EvaluateForm,
        "award": forms.AwardForm,
        "fail": forms.WhyForm,
    },
)
quotation_move = OrderMoveView.as_view(
    model=Quotation, forms={"revise": forms.ReviseForm, "negotiate": forms.NegotiateForm}
)
contract_move = OrderMoveView.as_view(
    model=Contract,
    forms={
        "issue": forms.IssueForm,
        "sign_for_provider": forms.ScanForm,
        "sign_for_village": forms.ScanForm,
        "report_progress": forms.ProgressForm,
        "ask_repair": forms.WhyForm,
        "accept_work": forms.AcceptForm,
        "hand_over": forms.HandOverForm,
        "attach_handover_scan": forms.ScanForm,
        "terminate": forms.WhyForm,
    },
)
accountability_move = OrderMoveView.as_view(model=Accountability, forms={"record_payment": forms.PaymentForm})
meeting_move = OrderMoveView.as_view(
    model=Meeting,
    forms={"amend": forms.AmendMeetingForm, "attach": forms.AttachForm, "decide": forms.DecideForm},
)
