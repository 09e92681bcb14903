"""The village assembly."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from transactions import documents, forms
from transactions.models import Accountability, Meeting
from transactions.views.making import form_page, made, refuse_page
from transactions.views.moving import OrderMoveView


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


meeting_move = OrderMoveView.as_view(
    model=Meeting,
    forms={"amend": forms.AmendMeetingForm, "attach": forms.AttachForm, "decide": forms.DecideForm},
)
