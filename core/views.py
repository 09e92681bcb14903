"""Health, files, and the one view behind every move of a document."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, ValidationError
from django.db import connection
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views import View
from django.views.decorators.http import require_safe

from core import typed
from core.formats import ukuran
from core.forms import CautionForm, MoveForm, reasons_in
from core.middleware import too_large
from core.models import Document, FileView, Job, StoredFile
from core.models.file import one_act
from core.spreadsheet import XLSX
from core.workflow import Caution, TransitionRefused, Unconfirmed

log = logging.getLogger(__name__)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, and the outbox is worked off: seconds of the oldest waiting job."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    oldest = Job.objects.open().filter(due_at__lte=timezone.now()).order_by("due_at").first()
    lag = (timezone.now() - oldest.due_at) if oldest else timedelta()
    late = lag > timedelta(minutes=10)
    return JsonResponse(
        {"database": "ok", "outbox_lag_seconds": round(lag.total_seconds()), "late": late}, status=503 if late else 200
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open for too long (somebody logged in since), or cookies are off; say so kindly, and lose no word."""
    found = typed.of_refused(request) if request.user.is_authenticated and request.method == "POST" else None
    if found:
        return typed.page(request, found, status=403)
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django refused to read: too many files or fields, too long a text; else simply unreadable."""
    sentences = {
        TooManyFilesSent: f"Paling banyak {settings.DATA_UPLOAD_MAX_NUMBER_FILES} berkas dalam satu pengiriman.",
        TooManyFieldsSent: f"Paling banyak {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} isian dalam satu pengiriman.",
        RequestDataTooBig: f"Teks isian paling banyak {ukuran(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)}.",
    }
    for kind, sentence in sentences.items():
        if isinstance(exception, kind):
            return too_large(request, sentence)
    return render(request, "400.html", status=400)


@login_not_required
@require_safe
def file(request: HttpRequest, code: str) -> HttpResponse:
    """Serve a stored file to whoever may see its holder; 404 to all others."""
    stored = get_object_or_404(StoredFile, code=code)
    if not stored.is_visible_to(request.user):
        raise Http404
    if stored.personal and request.method == "GET":  # HEAD shows nothing of it
        FileView.objects.create(about_id=str(stored.pk), user=request.user)
    response: Any
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(headers={"X-Accel-Redirect": f"{settings.X_ACCEL_PREFIX}{stored.content.name}"})
    else:
        try:
            response = FileResponse(stored.content.open("rb"))
        except FileNotFoundError:
            log.error("file %s is not in the store", stored.code)
            raise Http404 from None
    response["Content-Type"] = stored.content_type
    response["Content-Disposition"] = f'{disposition(request)}; filename="{download_name(stored)}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    response["Cache-Control"] = "public, max-age=31536000, immutable" if stored.public else "private, no-store"
    return response


def disposition(request: HttpRequest) -> str:
    return "attachment" if "unduh" in request.GET else "inline"


def download_name(stored: StoredFile) -> str:
    """What we made ourselves is found again by its name; what somebody brought has its code, whatever it was called."""
    own = slugify(stored.name.rpartition(".")[0]) if stored.uploaded_by_id is None else ""
    return f"{own or stored.code}{extension(stored)}"


def extension(stored: StoredFile) -> str:
    known = {
        "application/pdf": ".pdf",
        "application/zip": ".zip",
        "image/jpeg": ".jpg",
        "image/png": ".png",
        "image/webp": ".webp",
        XLSX: ".xlsx",
    }
    return known.get(stored.content_type, "")


class MoveView(View):
    """One address for each verb of a document: GET asks (a form, or a confirmation), POST moves.

    `forms` maps a verb to the form whose cleaned data become the verb's keyword arguments; a verb
    without a form is confirmed. Nobody finds a document here that `visible_to` does not show them.
    """

    model: type[Document] = Document  # given to as_view
    forms: dict[str, type[Form]] = {}
    template_name = "core/move.html"

    def dispatch(self, request: HttpRequest, code: str, verb: str) -> HttpResponse:  # type: ignore[override]
        self.document = self.find(request, code)
        table = self.document.MOVES.values()
        open_to_people = [move for move in table if not move.inner]
        self.move = next((m for m in open_to_people if verb in (m.slug, m.verb.replace("_", "-"))), None)
        if self.move is None:
            raise Http404
        return super().dispatch(request)

    def find(self, request: HttpRequest, code: str) -> Any:
        """The document, if this person sees it."""
        return get_object_or_404(self.model._default_manager.visible_to(request.user), code=code)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if form is not None and not form.is_valid():
            return self.page(form, status=422)
        self.document.give_reasons(reasons_in(request.POST))
        if self.move.target and self.document.state == self.move.target and not self.possible():
            messages.info(request, f"Sudah tercatat. {self.document.status_sentence}")  # sent twice
            return redirect(self.document)
        try:
            with one_act():  # a file kept for a refused move goes with it
                getattr(self.document, self.move.verb)(by=request.user, **self.arguments(form))
        except Unconfirmed as waiting:
            self.document.refresh_from_db()
            return self.page(form, status=422, waiting=waiting.cautions)
        except (TransitionRefused, ValidationError) as problem:
            self.document.refresh_from_db()  # what the verb had set before it was refused
            reason = problem.reason if isinstance(problem, TransitionRefused) else " ".join(problem.messages)
            return self.page(form, refusal=reason, status=409)
        messages.success(request, f"{self.move.done}. {self.document.status_sentence}")
        return redirect(self.document)

    def possible(self) -> bool:
        return self.document.state in self.move.sources

    def templates(self) -> str | list[str]:
        """The page's template, or several of which the first that exists is taken."""
        return self.template_name

    def form(self, *data: Any) -> Form | None:
        kind = self.forms.get(self.move.verb)
        return kind(*data, **self.form_arguments()) if kind else None

    def form_arguments(self) -> dict[str, Any]:
        return {"document": self.document, "user": self.request.user}

    def arguments(self, form: Form | None) -> dict[str, Any]:
        """The verb's keyword arguments."""
        if form is None:
            return {}
        return form.arguments() if hasattr(form, "arguments") else form.cleaned_data

    def page(
        self, form: Form | None, *, refusal: str = "", status: int = 200, waiting: Sequence[Caution] = ()
    ) -> HttpResponse:
        verdict = self.document.may(self.move.verb, self.request.user)
        if not refusal and not self.possible():
            refusal = (
                f"“{self.move.label}” tidak dapat dilakukan: statusnya sekarang {self.document.get_state_display()}."
            )
        if not refusal and not verdict:
            refusal, status = verdict.reason, 403
        is_open = bool(verdict) and self.possible()
        if is_open and (found := self.cautions(waiting)):
            form = form or MoveForm(**self.form_arguments())
            form.cautions = CautionForm(found, self.request.POST or None)  # type: ignore[attr-defined]
        context = {
            "document": self.document,
            "move": self.move,
            "form": form,
            "refusal": refusal,
            "open": is_open,
        }
        return render(self.request, self.templates(), context | self.more_context(), status=status)

    def cautions(self, waiting: Sequence[Caution]) -> list[Caution]:
        """What wants a reason: known beforehand, and what the verb found in its arguments."""
        found = self.document.cautions(self.move.verb, self.request.user)
        return found + [each for each in waiting if each not in found]

    def more_context(self) -> dict[str, Any]:
        """What a page in other clothes needs besides."""
        return {}
