"""Two pages about printed documents: one's own, until the PDF is there; and the public check of any."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadhandler import FileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from core import documents
from core.models import Job, PrintedDocument

CHECK_MAX_BYTES = 30 * 1024 * 1024
WAIT_SECONDS = (2, 3, 5, 10)  # between looks, longer each time


@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    """A document's own page: being prepared, ready, or stuck with the reason."""
    row = get_object_or_404(PrintedDocument.objects.select_related("file"), code=code)
    if not row.is_visible_to(request.user):
        raise Http404
    back = row.holder_url(request.user)
    if row.file is not None:
        return render(request, "core/document.html", {"document": row, "back": back})
    looks = request.GET.get("tunggu", "")
    turn = int(looks) if looks.isascii() and looks.isdigit() and len(looks) < 4 else 0
    parked = Job.objects.filter(key=documents.job_key(row), parked_at__isnull=False).exists()
    wait = WAIT_SECONDS[min(turn, len(WAIT_SECONDS) - 1)]
    response = render(
        request, "core/document.html", {"document": row, "back": back, "parked": parked, "turn": turn + 1}
    )
    if not parked:
        response["Refresh"] = f"{wait}; url=?tunggu={turn + 1}"  # works without JavaScript
    return response


@login_not_required
@require_safe
def check_form(request: HttpRequest) -> HttpResponse:
    """Type the code that stands on a paper."""
    code = "".join(request.GET.get("kode", "").split()).upper()
    if not code:
        return render(request, "core/check_form.html")
    if code.isascii() and code.isalnum() and PrintedDocument.objects.filter(code=code).exists():
        return redirect("check", code)
    return render(request, "core/check_form.html", {"code": code[:40], "unknown": True}, status=404)


@csrf_exempt  # it changes nothing and answers everybody alike; so a file need not be read before it is judged
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What anybody may know of a paper: that we issued it, when, its revision and its fingerprints.

    A PDF that is sent along is compared by its SHA-256 as it streams past; nothing of it is kept.
    """
    row = PrintedDocument.objects.select_related("file").filter(code=code.upper()).first()
    if row is None:
        return render(request, "core/check_form.html", {"code": code[:40], "unknown": True}, status=404)
    context: dict[str, Any] = {"document": row, "newer": newer(row)}
    if request.method == "POST":
        context |= compare(request, row)
    return render(request, "core/check.html", context, status=context.get("status", 200))


def newer(row: PrintedDocument) -> PrintedDocument | None:
    """A later revision of the same paper."""
    later = PrintedDocument.objects.filter(
        about=row.about, about_id=row.about_id, kind=row.kind, revision__gt=row.revision
    )
    return later.order_by("-revision").first()


def compare(request: HttpRequest, row: PrintedDocument) -> dict[str, Any]:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > CHECK_MAX_BYTES:
        return {"problem": "Berkas terlalu besar untuk dibandingkan.", "status": 413}
    hashing = HashOnly(request)
    request.upload_handlers = [hashing]
    if request.content_type == "multipart/form-data":
        _ = request.FILES  # reads the request through the handler
    if not hashing.size:
        return {"problem": "Pilih berkas PDF yang akan dibandingkan.", "status": 422}
    sha256 = hashing.digest.hexdigest()
    return {"compared": True, "sha256": sha256, "same": documents.same_bytes(row, sha256)}


class HashOnly(FileUploadHandler):
    """Takes the fingerprint of the first file and lets the bytes go."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.digest, self.size, self.files = hashlib.sha256(), 0, 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.files += 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.files == 1:
            self.digest.update(raw_data)
            self.size += len(raw_data)

    def file_complete(self, file_size: int) -> None:
        return None
