"""The village assembly."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import people
from transactions import documents, forms
from transactions.documents import meeting as papers
from transactions.models import Accountability, AgendaItem, FollowUp, Meeting
from transactions.views.making import form_page, made, refuse_page
from transactions.views.moving import OrderMoveView

PAGE = 20


@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """The assemblies this person may see, and the orders that wait for one."""
    form = forms.MeetingFilterForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    rows = Meeting.objects.visible_to(request.user).asked_for(asked).select_related("village")
    rows = rows.prefetch_related("items__accountability__contract__sourcing__need").order_by("-held_on", "-pk")
    waiting = Accountability.objects.visible_to(request.user).filter(state="musdes").exclude(agenda__open=True)
    waiting = waiting.select_related("contract__sourcing__need", "contract__village").order_by("due_on", "pk")
    first = not any(asked.values()) and "hal" not in request.GET
    return render(
        request,
        "transactions/meeting_list.html",
        {
            "page": Paginator(rows, PAGE).get_page(request.GET.get("hal")),
            "form": form,
            "filtered": any(asked.values()),
            "filter_count": sum(map(bool, asked.values())),
            "waiting": list(waiting[:PAGE]) if first else [],
            "may_plan": people.holds(request.user, *Meeting.PREPARERS, *Meeting.HELPERS),
        },
    )


def account_and_draft(request: HttpRequest, code: str, state: str) -> tuple[Accountability, Meeting]:
    """The order that the page was opened for, and an empty Musdes of its village."""
    rows = Accountability.objects.visible_to(request.user)
    account = get_object_or_404(rows.select_related("contract__village", "contract__sourcing__need"), code=code)
    return account, Meeting(village=account.contract.village, state=state)


def meeting_plan(request: HttpRequest, code: str) -> HttpResponse:
    """Plan a Musdes for this order and others of the village that wait for theirs."""
    account, draft = account_and_draft(request, code, Meeting.State.PLANNED)
    verdict = draft.may_create(request.user)
    form = forms.PlanForm(request.POST or None, user=request.user, instance=draft, first=account)
    said = "Musdes direncanakan. Undangan dan lembar kosong dapat dicetak.", "Rencana ini sudah tersimpan."
    if done := made(request, form, lambda: planned(form, request), *said):
        return done
    refuse_page(verdict)
    return form_page(
        request,
        form,
        title="Rencanakan Musdes pertanggungjawaban",
        submit="Simpan rencana",
        cancel=account,
        template="transactions/meeting_plan.html",
        village=account.contract.village,
        account=account,
        autosave=f"rencana-musdes-{account.code}",
    )


def planned(form: forms.PlanForm, request: HttpRequest) -> Meeting:
    meeting = form.save(commit=False)
    meeting.plan(by=request.user, accounts=form.chosen())
    return meeting


def meeting_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the record of a Musdes that was not planned here, from the sheets that were filled by hand."""
    account, draft = account_and_draft(request, code, Meeting.State.DRAFT)
    verdict = draft.may_create(request.user)
    initial = forms.proposed(account.contract.village_id)
    form = forms.MeetingForm(request.POST or None, user=request.user, instance=draft, initial=initial, first=account)
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
        account=account,
        autosave=f"musdes-{account.code}",
    )


def recorded(form: forms.MeetingForm, request: HttpRequest) -> Meeting:
    meeting = form.save(commit=False)
    meeting.prepare(
        by=request.user,
        accounts=form.chosen(),
        told=form.told(),
        attendance=form.attendance(),
        questions=form.questions(),
    )
    return meeting


def one(request: HttpRequest, code: str) -> Meeting:
    related = ("accountability__contract__sourcing__need", "accountability__contract__provider")
    rows = Meeting.objects.visible_to(request.user).select_related(
        "village", "scan", "attendance_scan", "notes_scan", "assisted_by"
    )
    return get_object_or_404(
        rows.prefetch_related(Prefetch("items", AgendaItem.objects.select_related(*related))), code=code
    )


@require_safe
def meeting(request: HttpRequest, code: str) -> HttpResponse:
    """One assembly: its orders, who came, what was asked, what was decided. A provider reads of its own orders."""
    row = one(request, code)
    seen = set(Accountability.objects.visible_to(request.user).filter(agenda__meeting=row).values_list("pk", flat=True))
    given = FollowUp.objects.visible_to(request.user).filter(meeting=row)
    whole = row.is_wholly_for(request.user)
    return render(
        request,
        "transactions/meeting.html",
        {
            "meeting": row,
            "village": row.village,
            "items": [item for item in row.items.all() if item.accountability_id in seen],
            "office": row.is_office(request.user),
            "duties": list(given.select_related("accountability__contract__sourcing__need", "village")),
            "postponements": list(row.postponements.select_related("by")),
            "present": row.present(),
            "moves": row.open_moves(request.user),
            "events": row.events(),
            "whole": whole,
            "papers": documents.papers_of(row) if whole else [],
            "prints": papers.of_meeting(row) if whole else [],
        },
    )


@require_POST
def print_meeting(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Ask for a paper of this assembly; the same content is printed once."""
    row = one(request, code)
    paper = "F4" if request.POST.get("kertas") == "F4" else "A4"
    found = next((each for each in papers.of_meeting(row) if each.kind == kind), None)
    if found is None or not row.is_wholly_for(request.user):
        raise Http404
    return redirect(found.issue(by=request.user, paper=paper))


class MeetingMoveView(OrderMoveView):
    """A move of the assembly, which may be about several orders."""

    def more_context(self) -> dict[str, Any]:
        items = list(self.document.items.select_related("accountability__contract__sourcing__need"))
        return {**super().more_context(), "items": items, "kicker": self.document.subject}


meeting_move = MeetingMoveView.as_view(
    model=Meeting,
    forms={
        "record": forms.RecordForm,
        "replan": forms.ReplanForm,
        "postpone": forms.PostponeForm,
        "cancel": forms.WhyForm,
        "amend": forms.AmendMeetingForm,
        "attach": forms.AttachForm,
        "supplement": forms.SupplementForm,
        "decide": forms.DecideForm,
    },
)
follow_up_move = OrderMoveView.as_view(model=FollowUp, forms={"finish": forms.FinishForm, "give_back": forms.WhyForm})
