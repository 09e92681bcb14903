"""What every request passes."""

import gc
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from core import typed
from core.formats import ukuran

Handler = Callable[[HttpRequest], HttpResponse]


class WholeBody:
    """Around the WSGI application: a body that ends before its announced length is an error, not a shorter form.

    A server gives what came before the line dropped as if it were all; half a number would be stored as a number.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length):
            environ["wsgi.input"] = _Announced(environ["wsgi.input"], int(length))
        return self.application(environ, start_response)


class _Announced:
    """A stream that owes so many bytes. Django reads it through a limit of its own and turns OSError into a 400."""

    def __init__(self, stream: Any, length: int) -> None:
        self.stream, self.left = stream, length

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._wanted(size)
        part: bytes = self.stream.read(wanted)
        self.left -= len(part)
        if len(part) < wanted:
            raise ConnectionResetError("the client left before its request was whole")
        return part

    def readline(self, size: int | None = -1) -> bytes:
        part: bytes = self.stream.readline(self._wanted(size))
        self.left -= len(part)
        return part

    def _wanted(self, size: int | None) -> int:
        return self.left if size is None or size < 0 else min(size, self.left)


class LargeBodyMiddleware:
    """A request larger than any form of ours is refused by its announced length: not parsed, kept nowhere.

    Files are held in memory (FILE_UPLOAD_HANDLERS), so this is also what bounds a worker's memory. A form and its
    fields know each other, so the bytes of an upload would wait for Python's next full collection, 100 MB of them
    in forty papers: they are collected when the answer is sent.
    """

    drain_seconds = 10.0
    large = 1024 * 1024

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        length = int(announced) if announced.isdecimal() else 0
        if length > settings.REQUEST_MAX_BYTES:
            response = too_large(request)
            response._resource_closers.append(lambda: self.drain(request))
            return response
        response = self.get_response(request)
        if length > self.large:
            response._resource_closers.append(gc.collect)
        return response

    def drain(self, request: HttpRequest) -> None:
        """After the answer: a browser reads it when it has sent everything. nginx lets nothing so large through."""
        end = time.monotonic() + self.drain_seconds
        while time.monotonic() < end and request.read(64 * 1024):
            pass


def too_large(request: HttpRequest, reason: str = "") -> HttpResponse:
    """413 with a sentence that says what to do."""
    reason = reason or f"Berkas dan isian dalam satu pengiriman paling banyak {ukuran(settings.REQUEST_MAX_BYTES)}."
    return render(request, "413.html", {"reason": reason, "each": ukuran(settings.UPLOAD_MAX_BYTES)}, status=413)


class RefuseBadTextMiddleware:
    """NUL characters and broken UTF-8 in the address are refused with 400 before they reach a query."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_bad(request.META.get("QUERY_STRING", "")) or "\0" in request.path or "\ufffd" in request.path:
            return render(request, "400.html", status=400)
        if request.method == "POST" and request.content_type == "application/x-www-form-urlencoded":
            try:
                if b"%00" in request.body:
                    return render(request, "400.html", status=400)
            except UnreadablePostError:
                return render(request, "400.html", status=400)
        return self.get_response(request)


def is_bad(query: str) -> bool:
    """Does this query string hold a NUL, or bytes that are not UTF-8?"""
    from urllib.parse import unquote_to_bytes

    raw = unquote_to_bytes(query)
    try:
        raw.decode()
    except UnicodeDecodeError:
        return True
    return b"\0" in raw


class PermissionsPolicyMiddleware:
    """No page of ours, and nothing in a frame of it, asks for the camera, the microphone, the place or a payment."""

    policy = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.policy)
        return response


class PrivatePagesMiddleware:
    """What a logged-in person sees is kept by no cache on the way, nor by a shared browser."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        return response


class KeepTypedMiddleware:
    """A POST whose session has ended loses no typed word. Stands before the refusal of strangers, which answers it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method != "POST" or request.user.is_authenticated or not getattr(view, "login_required", True):
            return
        if typed.keep(request):
            messages.warning(
                request,
                "Sesi Anda berakhir sebelum isian terkirim. Masuk lagi: isian Anda dikembalikan, "
                "berkas harus dipilih lagi.",
            )


class ReturnTypedMiddleware:
    """Offers what was typed to whom it belongs, after every other question at the door has been asked."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_here = request.user.is_authenticated
        response = self.get_response(request)
        if request.user.is_authenticated:
            typed.remember_person(request, response)
        elif was_here:
            typed.forget_person(response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        if request.method == "POST":
            if typed.RETURNED in request.POST and typed.take_back(request):
                messages.info(request, "Isian Anda dikembalikan; berkas harus dipilih lagi.")
            return None
        if "isian" in request.GET and request.GET["isian"] == "buang":
            typed.forget(request)
        found = typed.waiting(request)
        return typed.page(request, found) if found else None
