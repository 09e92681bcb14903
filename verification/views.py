"""The provider's pages: profile, papers, consent, submission, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people
from accounts.models import Provider
from core.once import once
from core.views import MoveView
from core.workflow import TransitionRefused
from verification.documents import issue_listing_letter
from verification.forms import STEPS, ApplyForm, BeginForm, ConsentForm, DocumentForm
from verification.models import Application, DocumentType, Standing, SubmittedDocument, profile

DESK = "admin:verification_application_change"


@require_safe
def my_provider(request: HttpRequest) -> HttpResponse:
    """/penyedia-saya/: one's provider, or how to become one."""
    own = list(Provider.objects.of(request.user).order_by("name")[:20])
    if len(own) == 1:
        return redirect("my-provider-page", own[0].code)
    verdict = profile.may_begin(request.user)
    return render(request, "verification/provider_list.html", {"providers": own, "verdict": verdict})


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The first step of a profile, by which it comes into being."""
    if own := Provider.objects.of(request.user).first():
        return redirect("my-provider-page", own.code)
    form = BeginForm(request.POST or None, user=request.user)
    refusal = profile.may_begin(request.user)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("name", "legal_form", "area")}
        try:
            url, _ = once(form, lambda: Page(profile.begin(by=request.user, **fields)))
        except TransitionRefused as problem:
            form.add_error(None, problem.reason)
        else:
            return redirect(url)
    context = {"form": form, "title": "Profil penyedia baru", "lead": form.lead, "submit": "Simpan dan lanjutkan",
               "cancel_url": reverse("my-provider"), "autosave": "penyedia-baru"}  # fmt: skip
    if not refusal:
        return render(request, "verification/refused.html", {"reason": refusal.reason}, status=403)
    return render(request, "components/form_page.html", context, status=422 if form.errors else 200)


class Page:
    """Where a new provider's first visit leads: its next step."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def get_absolute_url(self) -> str:
        return reverse("my-provider-step", args=[self.provider.code, "kontak"])


@require_safe
def provider_page(request: HttpRequest, code: str) -> HttpResponse:
    """The profile's steps with what they lack, the applications, the listings."""
    provider = get_object_or_404(Provider.objects.of(request.user).select_related("area"), code=code)
    missing = set(profile.missing_fields(provider))
    steps = [
        {
            "title": form.title,
            "url": reverse("my-provider-step", args=[provider.code, key]),
            "hint": hint_of(form, provider, missing),
            "chip_label": "Belum lengkap" if missing & form.base_fields.keys() else "Lengkap",
            "chip_tone": "warn" if missing & form.base_fields.keys() else "good",
        }
        for key, form in STEPS.items()
    ]
    context = {
        "provider": provider,
        "steps": steps,
        "missing": [profile.label(name) for name in missing],
        "applications": provider.applications.select_related("regency"),
        "standings": provider.standings.current().select_related("regency"),
    }
    return render(request, "verification/provider_page.html", context)


def hint_of(form: Any, provider: Provider, missing: set[str]) -> str:
    """What a step still lacks, or its first public answer."""
    lacking = [profile.label(name) for name in form.base_fields if name in missing]
    return f"Belum diisi: {', '.join(lacking)}" if lacking else ""


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One step of the profile; saving leads to the next that lacks something."""
    provider = get_object_or_404(Provider.objects.of(request.user).select_related("area"), code=code)
    if key not in STEPS:
        raise Http404
    kind = STEPS[key]
    is_identity = bool(kind.base_fields.keys() & set(profile.IDENTITY))
    guard = profile.may_change_identity if is_identity else profile.may_change
    verdict = guard(provider, request.user)
    form = kind(request.POST or None, provider=provider)
    if request.method == "POST" and verdict and form.is_valid():
        try:
            profile.change(provider, by=request.user, **form.cleaned_data)
        except TransitionRefused as problem:
            form.add_error(None, problem.reason)
        else:
            messages.success(request, f"{kind.title} tersimpan.")
            return redirect(next_step(provider, key))
    context = {
        "provider": provider,
        "form": form,
        "verdict": verdict,
        "shown": [(form[name].label, shown(provider, name)) for name in form.fields],
        "title": kind.title,
        "lead": kind.lead,
        "kicker": provider.name,
        "submit": "Simpan dan lanjutkan",
        "cancel_url": reverse("my-provider-page", args=[provider.code]),
    }
    status = 403 if request.method == "POST" and not verdict else 422 if form.errors else 200
    return render(request, "verification/provider_step.html", context, status=status)


def shown(provider: Provider, name: str) -> Any:
    """A field of the profile as a person reads it."""
    value = getattr(provider, name)
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    return getattr(provider, f"get_{name}_display", lambda: value)()


def next_step(provider: Provider, key: str) -> str:
    """The following step that lacks something, else the overview."""
    missing = set(profile.missing_fields(provider))
    keys = list(STEPS)
    for other in keys[keys.index(key) + 1 :]:
        if missing & STEPS[other].base_fields.keys():
            return reverse("my-provider-step", args=[provider.code, other])
    return reverse("my-provider-page", args=[provider.code])


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """Open an application to a regency."""
    provider = get_object_or_404(Provider.objects.of(request.user), code=code)
    form = ApplyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            url, _ = once(form, lambda: opened(provider, form, request.user))
        except TransitionRefused as problem:
            form.add_error("regency", problem.reason)
        else:
            return redirect(url)
    context = {
        "provider": provider,
        "form": form,
        "title": "Ajukan verifikasi",
        "lead": "Pilih kabupaten/kota tempat Anda ingin terdaftar. Pokja di sana memeriksa dokumen Anda.",
        "kicker": provider.name,
        "submit": "Lanjutkan",
        "cancel_url": reverse("my-provider-page", args=[provider.code]),
    }
    return render(request, "verification/application_new.html", context, status=422 if form.errors else 200)


def opened(provider: Provider, form: ApplyForm, user: Any) -> Application:
    application = Application(provider=provider, regency=form.cleaned_data["regency"])
    application.apply(by=user)
    return application


@require_safe
def application(request: HttpRequest, code: str) -> HttpResponse:
    """The application: the applicant's task list and, for offices that may read, what it holds.

    Who judges it works in the admin, and is sent there.
    """
    visible = Application.objects.visible_to(request.user).select_related("provider__area", "regency")
    document = get_object_or_404(visible, code=code)
    own = document.provider_id in people.providers(request.user)
    if not own and people.works_in_admin(request.user):
        return redirect(DESK, document.code)
    readable = set(
        SubmittedDocument.objects.visible_to(request.user).filter(application=document).values_list("pk", flat=True)
    )
    context = {
        "application": document,
        "own": own,
        "rows": document_rows(document, own=own, readable=readable),
        "consent_url": document.move_url("consent"),
        "submit_url": document.move_url("submit"),
        "profile_missing": [profile.label(name) for name in profile.missing_fields(document.provider)] if own else [],
        "consented": document.consented,
        "open": own and document.state in ("draft", "returned"),
        "standing": Standing.objects.filter(application=document).first(),
        "steps": life(document),
        "events": [event for event in document.events() if event.to_state != event.from_state],
    }
    return render(request, "verification/application_detail.html", context)


def document_rows(document: Application, *, own: bool, readable: set[int]) -> list[dict[str, Any]]:
    """Each paper that is asked for, with its state and the reason beside it.

    Verdicts of a check that is still going on are not shown: they may change.
    """
    have = document.current_documents()
    secret = document.state == Application.State.CHECKING
    rows = []
    for requirement in document.requirements:
        paper = have.get(requirement.type_id)
        if paper is None and document.state not in ("draft", "returned"):
            continue
        row = {
            "type": requirement.type,
            "required": requirement.required,
            "paper": paper,
            "url": reverse("application-document", args=[document.code, requirement.type.key]),
            "file": paper.file if paper and paper.pk in readable else None,
            "locked": document.is_locked(paper),
            "chip": "Belum diunggah" if requirement.required else "Tidak wajib",
            "tone": "warn" if requirement.required else "neutral",
            "reason": "",
        }
        if paper:
            row["chip"], row["tone"] = paper.get_state_display(), paper.state_tone
            if secret:
                row["chip"], row["tone"] = "Sedang diperiksa", "info"
            elif document.state == Application.State.DRAFT and not paper.expired:
                row["chip"], row["tone"] = "Terunggah", "good"
            row["reason"] = "" if secret else paper.reason_sentence
        rows.append(row)
    return rows


def life(document: Application) -> list[dict[str, Any]]:
    """The way of an application, and where this one is."""
    order = ["draft", "submitted", "checking", "recommended", "listed"]
    labels = ["Lengkapi dan ajukan", "Menunggu Pokja", "Diperiksa Pokja", "Menunggu penetapan", "Terdaftar"]
    if document.state == "rejected":
        order[-1], labels[-1] = "rejected", "Ditolak"
    if document.state == "returned":
        order[2], labels[2] = "returned", "Perlu perbaikan"
    now = order.index(document.state)
    last = len(order) - 1
    return [
        {
            "label": label,
            "state": ("stopped" if document.state == "rejected" else "done" if place == last else "now")
            if place == now
            else "done"
            if place < now
            else "next",
            "at": document.state_since if place == now else None,
        }
        for place, label in enumerate(labels)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One paper of one's application: what it is for, what was said of it, upload or replace."""
    holder = get_object_or_404(
        Application.objects.visible_to(request.user)
        .filter(provider__in=people.providers(request.user))
        .select_related("regency", "provider"),
        code=code,
    )
    kind = get_object_or_404(DocumentType, key=key)
    requirement = next((row for row in holder.requirements if row.type_id == kind.pk), None)
    if requirement is None:
        raise Http404
    paper = holder.documents.current().filter(type=kind).select_related("file").first()
    may_upload = holder.state in ("draft", "returned") and not holder.is_locked(paper)
    form = DocumentForm(request.POST or None, request.FILES or None, type=kind, user=request.user)
    if request.method == "POST" and may_upload and form.is_valid():
        try:
            url, _ = once(form, lambda: attached(holder, kind, form, request.user))
        except (TransitionRefused, ValidationError) as problem:
            form.add_error(None, getattr(problem, "reason", None) or problem)
        else:
            messages.success(request, f"{kind} tersimpan.")
            return redirect(url)
    context = {
        "application": holder,
        "type": kind,
        "requirement": requirement,
        "paper": paper,
        "secret": holder.state == Application.State.CHECKING,
        "older": holder.documents.exclude(replaced_at=None).filter(type=kind).select_related("file"),
        "may_upload": may_upload,
        "may_detach": may_upload and paper and not requirement.required,
        "form": form,
    }
    status = 409 if request.method == "POST" and not may_upload else 422 if form.errors else 200
    return render(request, "verification/document.html", context, status=status)


def attached(holder: Application, kind: DocumentType, form: DocumentForm, user: Any) -> SubmittedDocument:
    """Keep the bytes and show them with the application, both or neither."""
    upload = form.cleaned_data["file"]
    details = {k: v for k in ("number", "issued_on", "expires_on") if (v := form.cleaned_data.get(k))}
    with transaction.atomic():
        stored = upload.store(by=user, personal=kind.personal)
        return holder.attach(by=user, type=kind, file=stored, **details)


@require_http_methods(["POST"])
def detach(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Take an optional paper back."""
    holder = get_object_or_404(Application.objects.visible_to(request.user), code=code)
    kind = get_object_or_404(DocumentType, key=key)
    try:
        holder.detach(by=request.user, type=kind)
        messages.success(request, f"{kind} dicabut.")
    except TransitionRefused as refusal:
        messages.error(request, refusal.reason)
    return redirect(holder)


@require_http_methods(["POST"])
def letter(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the letter of a listing that still holds; the page that follows waits for its PDF."""
    holder = get_object_or_404(Application.objects.visible_to(request.user), code=code)
    standings = Standing.objects.current().select_related("provider__area", "regency", "application")
    standing = get_object_or_404(standings, application=holder)
    return redirect(issue_listing_letter(standing, by=request.user))


class ApplicantMoveView(MoveView):
    """Consent and submission; the Pokja's moves are made at its desk."""

    model = Application
    forms = {"consent": ConsentForm}
    template_name = "verification/application_move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:
        if verb not in {Application.MOVES[own].slug for own in Application.APPLICANT_VERBS}:
            raise Http404
        return super().dispatch(request, code, verb)
