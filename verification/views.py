"""The applicant's application: papers, statements, consent, submission, and each step of what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people
from core.clock import today
from core.formats import masked
from core.models import Event
from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused
from verification import checklist, fields_of_work, progress
from verification.documents import issue_listing_letter
from verification.forms import ConsentForm, DocumentForm
from verification.models import Application, DocumentType, Standing, SubmittedDocument, profile
from verification.models.application import BEFORE_POKJA, Wanted
from verification.profile_views import Place
from verification.statements import STATEMENTS, issue_statement

DESK = "admin:verification_application_change"
# What follows the state that it is in.
UPCOMING = {
    "submitted": "Seorang anggota Pokja memeriksa dokumen Anda.",
    "checking": "Bila semua sesuai, Anda diundang wawancara; bila tidak, Anda diberi tahu apa yang diperbaiki.",
    "scoring": "Pokja memutuskan dalam rapat.",
    "recommended": "Keputusan dan alasannya tampil di sini.",
    "unfit": "Keputusan dan alasannya tampil di sini.",
}


@require_safe
def application(request: HttpRequest, code: str) -> HttpResponse:
    """The application: the applicant's one list, then each step of the Pokja's work; for offices, what it holds.

    Who judges it works in the admin, and is sent there.
    """
    visible = Application.objects.visible_to(request.user).select_related("provider__area", "regency", "based_on")
    document = get_object_or_404(visible, code=code)
    own = document.provider_id in people.providers(request.user)
    if not own and people.works_in_admin(request.user):
        return redirect(DESK, document.code)
    events = list(document.events())
    mine = own and document.state in BEFORE_POKJA
    context = {
        "application": document,
        "own": own,
        "mine": mine,
        "status": progress.status(document),
        "checklist": checklist.of_application(document) if mine else None,
        "papers": [] if mine else papers(document, request.user, events, own=own),
        "standing": Standing.objects.filter(application=document).first(),
        "interview": document.interview if document.state == Application.State.INTERVIEW else None,
        "steps": progress.way(document, events),
        "events": progress.told(document, events),
        "base": based_on(document, request.user),
        "changes": [profile.label(name) for name in document.changes],
        "check_url": reverse("application-check", args=[document.code]),
        "late": document.served_by is not None and document.served_by < today(),
        "upcoming": UPCOMING.get(document.state, ""),
        "may_withdraw": document.state in document.MOVES["withdraw"].sources and document.may_withdraw(request.user),
        "withdraw_url": document.move_url("withdraw"),
    }
    return render(request, "verification/application_detail.html", context)


def papers(document: Application, user: Any, events: Iterable[Event], *, own: bool) -> list[checklist.Item]:
    """What was shown to the Pokja, with each verdict that stands."""
    seen = SubmittedDocument.objects.visible_to(user).filter(application=document).values_list("pk", flat=True)
    submitted = max((event.at for event in events if event.verb == "submit"), default=None)
    return [item for item, _ in checklist.paper_items(document, own=own, readable=seen, submitted_at=submitted)]


def based_on(document: Application, user: Any) -> list[tuple[Application, str]]:
    """The application that this one rests on, and that one's own, with an address for whoever may see it."""
    trail: list[tuple[Application, str]] = []
    row = document.based_on
    while row is not None and len(trail) < 5:
        seen = Application.objects.visible_to(user).filter(pk=row.pk).exists()
        trail.append((row, row.get_absolute_url() if seen else ""))
        row = row.based_on
    return trail


def own_application(request: HttpRequest, code: str) -> Application:
    """One's own, or 404."""
    mine = Application.objects.visible_to(request.user).filter(provider__in=people.providers(request.user))
    return get_object_or_404(mine.select_related("regency", "provider__area", "based_on"), code=code)


@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """ "Periksa kelengkapan": all that is missing at once, where each is mended, and what is good. It stops nobody."""
    document = own_application(request, code)
    if document.state not in BEFORE_POKJA:
        return redirect(document)
    context = {
        "application": document,
        "checklist": checklist.of_application(document),
        "submit_url": document.move_url("submit"),
    }
    return render(request, "verification/application_check.html", context)


# --- papers -------------------------------------------------------------------------------------------------
def wanted(holder: Application, key: str, entry: str) -> Wanted:
    """The paper that is asked for under this key and entry, or 404."""
    found = next((want for want in holder.wanted() if (want.type.key, want.entry) == (key, entry)), None)
    if found is None or (found.type.each != DocumentType.Each.PROVIDER and not entry):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, code: str, key: str, entry: str = "") -> HttpResponse:
    """One paper of one's application: what it is for, what was said of it, upload or replace."""
    holder = own_application(request, code)
    want = wanted(holder, key, entry)
    same = holder.documents.filter(type=want.type, entry=entry).select_related("file", "type", "judged_by")
    paper = same.filter(replaced_at=None).first()
    may_upload = holder.state in BEFORE_POKJA and not holder.is_locked(paper)
    form = DocumentForm(*posted(request), type=want.type, user=request.user)
    if request.method == "POST" and may_upload and form.is_valid():
        try:
            url, _ = once(form, lambda: attached(holder, want, form, request.user))
        except (TransitionRefused, ValidationError) as problem:
            form.add_error(None, getattr(problem, "reason", None) or problem)
        else:
            messages.success(request, f"{want.type} tersimpan.")
            return redirect(url)
    submitted = holder.events().filter(verb="submit").last() if paper else None
    context = {
        "application": holder,
        "want": want,
        "type": want.type,
        "paper": paper,
        "shown": paper and progress.verdict_shown(holder, paper, submitted.at if submitted else None),
        "outdated": paper and holder.is_outdated(paper),
        "older": same.exclude(replaced_at=None),
        "may_upload": may_upload,
        "may_detach": may_upload and paper and not want.required,
        "statement": want.type.statement in STATEMENTS,
        "locked_because": "" if may_upload else locked_because(holder),
        "detach_url": f"{checklist.paper_url(holder, want)}cabut/",
        "skip": skipping(request, holder, want) if may_upload else "",
        "autosave": f"dokumen-{holder.code}-{key}-{entry}",
        "form": form,
    }
    status = 409 if request.method == "POST" and not may_upload else 422 if form.errors else 200
    return render(request, "verification/document.html", context, status=status)


def locked_because(holder: Application) -> str:
    """Why this paper can't be replaced now."""
    if holder.state == Application.State.RETURNED:
        return "Dokumen ini sudah diperiksa dan tidak termasuk yang harus diperbaiki."
    return f"Dokumen tidak dapat diubah: {progress.status(holder)[0].lower()}."


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """What a form is bound to: nothing before it was sent."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def skipping(request: HttpRequest, holder: Application, want: Wanted) -> str:
    """The next missing paper, for who has this one not at hand; empty when it is the only one."""
    url = checklist.next_paper(holder, after=(want.type.pk, want.entry))
    return "" if url == request.path else url


def attached(holder: Application, want: Wanted, form: DocumentForm, user: Any) -> Place:
    """Keep the bytes and show them with the application, both or neither; then on to the next paper."""
    upload = form.cleaned_data["file"]
    details = {k: v for k in ("number", "issued_on", "expires_on") if (v := form.cleaned_data.get(k))}
    with transaction.atomic():
        stored = upload.store(by=user, personal=want.type.personal)
        row = holder.attach(by=user, type=want.type, entry=want.entry, file=stored, **details)
    return Place(checklist.next_paper(holder, after=(want.type.pk, want.entry)) or row.get_absolute_url())


@require_http_methods(["POST"])
def detach(request: HttpRequest, code: str, key: str, entry: str = "") -> HttpResponse:
    """Take an optional paper back."""
    holder = own_application(request, code)
    kind = get_object_or_404(DocumentType, key=key)
    try:
        holder.detach(by=request.user, type=kind, entry=entry)
        messages.success(request, f"{kind} dicabut.")
    except TransitionRefused as refusal:
        messages.error(request, refusal.reason)
    return redirect(holder)


# --- what is printed --------------------------------------------------------------------------------------------
@require_http_methods(["POST"])
def statement(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Ask for the text of a statement; the page that follows waits for its PDF."""
    holder = own_application(request, code)
    if key not in STATEMENTS or not any(want.type.statement == key for want in holder.wanted()):
        raise Http404
    return redirect(issue_statement(holder, key, by=request.user))


@require_http_methods(["POST"])
def letter(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the letter of a listing that still holds; the page that follows waits for its PDF."""
    holder = get_object_or_404(Application.objects.visible_to(request.user), code=code)
    standings = Standing.objects.current().select_related("provider__area", "regency", "application")
    standing = get_object_or_404(standings, application=holder)
    return redirect(issue_listing_letter(standing, by=request.user))


# --- moves --------------------------------------------------------------------------------------------------------
class ApplicantMoveView(MoveView):
    """Consent, submission, withdrawal; the Pokja's moves are made at its desk."""

    model = Application
    forms = {"consent": ConsentForm}
    template_name = "verification/application_move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:
        if verb not in {Application.MOVES[own].slug for own in Application.APPLICANT_VERBS}:
            raise Http404
        return super().dispatch(request, code, verb)

    def more_context(self) -> dict[str, Any]:
        own = self.document.provider_id in people.providers(self.request.user)
        return {"summary": summary(self.document)} if own and self.move.verb == "submit" else {}


def summary(application: Application) -> list[tuple[str, Any, str]]:
    """What goes to the Pokja, in a few lines: (label, value, where it is changed). Personal numbers masked."""
    provider, back = application.provider, f"?permohonan={application.code}"

    def at(key: str) -> str:
        return reverse("my-provider-step", args=[provider.code, key]) + back

    experts, experience = (
        [str(row) for row in rows.filter(removed_at=None)]
        for rows in (provider.expert_entries, provider.experience_entries)
    )
    return [
        ("Diajukan ke", f"Pokja P2KTD {application.regency.name}", ""),
        ("Penyedia", f"{provider.name}, {provider.get_legal_form_display()}", at("identitas")),
        ("Kantor", f"{provider.address}, {provider.area.name}", at("kontak")),
        ("Penanggung jawab", f"{provider.person_in_charge}, {provider.position}", at("penanggung-jawab")),
        ("NIK", masked(provider.nik), at("penanggung-jawab")),
        ("NPWP", masked(provider.npwp), at("npwp-nib")),
        ("NIB", provider.nib or "Tidak ada", at("npwp-nib")),
        ("Rekening", f"{provider.bank} {masked(provider.account_number)} a.n. {provider.account_holder}",
         at("rekening")),
        ("Bidang", ", ".join(fields_of_work.labels(provider.fields)), at("bidang")),
        ("Wilayah layanan", ", ".join(provider.serves.order_by("code").values_list("name", flat=True)),
         reverse("my-provider-serves", args=[provider.code]) + back),
        ("Tenaga ahli", ", ".join(experts), reverse("my-provider-entries", args=[provider.code, "tenaga-ahli"]) + back),
        ("Pengalaman", ", ".join(experience),
         reverse("my-provider-entries", args=[provider.code, "pengalaman"]) + back),
        ("Dokumen", f"{application.documents.current().count()} berkas", application.get_absolute_url()),
    ]  # fmt: skip
