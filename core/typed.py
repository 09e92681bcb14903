"""What a person typed outlives their session, and comes back after they have logged in again.

A POST without a session is answered with the page for logging in. Its fields wait meanwhile in that visitor's new
session, encrypted: never files, never passwords, not more than KEEP_BYTES, and only where a signed cookie says
whose browser this is, so that a stranger can make us keep nothing. The page where they were typed then offers
them to the same person, who sends them by pressing a button, with a fresh CSRF token; a creating form's key
(`core.once`) makes nothing twice. Files are lost: their fields come back with a sentence.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.fields import DecryptError, decrypt, encrypt

SESSION_KEY = "typed"
BOUND_TO = "session.typed"
KEEP_BYTES = 128 * 1024
KEEP_SECONDS = 24 * 3600
PERSON_SECONDS = settings.SESSION_LONGEST + KEEP_SECONDS  # outlives the longest session
PERSON_COOKIE = "__Host-orang" if settings.HTTPS else "orang"
RETURNED, LOST = "_isian", "_berkas"  # hidden fields of the page that offers what was typed
SECRET = re.compile(r"password|sandi|(^|_)(otp|secret|token)(_|$)", re.IGNORECASE)
OURS_ALONE = frozenset({"submit_key", RETURNED, LOST})  # not typed by anybody


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of one POST, in their order, and the names of the files that came with it."""

    path: str
    fields: list[tuple[str, str]]
    files: list[tuple[str, str]] = field(default_factory=list)  # field and file name

    @property
    def worth_keeping(self) -> bool:
        """Somebody typed or chose something; a lone button is pressed again."""
        return any(value.strip() for name, value in self.fields if name not in OURS_ALONE)

    @property
    def shown(self) -> list[str]:
        """A few words by which the person knows their text again; no numbers, which may be personal."""
        words = (value.strip() for name, value in self.fields if name not in OURS_ALONE)
        texts = [value for value in words if re.search(r"[^\W\d_]+\s+[^\W\d_]+", value)]
        return [value if len(value) <= 80 else f"{value[:79]}…" for value in texts[:6]]


class LostFile(SimpleUploadedFile):
    """In the place of a file that was chosen before the session ended."""

    def __init__(self, name: str) -> None:
        super().__init__(name or "berkas", b"")


class NamesOnly(FileUploadHandler):
    """Notes which files came and keeps none: their bytes are passed over as they arrive."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.found: list[tuple[str, str]] = []

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        self.found.append((field_name, file_name[:150]))
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        raise AssertionError("no file is read here")

    def file_complete(self, file_size: int) -> None:
        return None


# --- when the session has ended ---------------------------------------------------------------------------
def keep(request: HttpRequest) -> bool:
    """Put what this POST brings aside until its person has logged in; whether there was something to keep."""
    person = person_of(request)
    if person is None or not same_origin(request) or is_about_logging_in(request):
        return False
    handler = NamesOnly(request)
    request.upload_handlers = [handler]
    typed = Typed(request.get_full_path(), _fields(request), handler.found)
    text = json.dumps([person, int(time.time()), typed.path, typed.fields, typed.files])
    if not typed.worth_keeping or len(text) > KEEP_BYTES:
        return False
    request.session[SESSION_KEY] = encrypt(text, BOUND_TO)
    return True


def of_refused(request: HttpRequest) -> Typed | None:
    """What stands in a POST that was refused for its CSRF token, when it came from a page of ours."""
    if not same_origin(request) or is_about_logging_in(request):
        return None
    files = [(name, file.name or "") for name, found in request.FILES.lists() for file in found]
    files += [(name, "") for name in request.POST.getlist(LOST)]
    typed = Typed(request.get_full_path(), _fields(request), files)
    return typed if typed.worth_keeping else None


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", RETURNED, LOST) and not SECRET.search(name)
    ]


def is_about_logging_in(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is None or match.view_name.startswith(("account_", "mfa_"))


def same_origin(request: HttpRequest) -> bool:
    """The browser says that the form stood on a page of ours."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    own = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin")
    return origin == own if origin else request.headers.get("Referer", "").startswith(f"{own}/")


# --- whose browser this is --------------------------------------------------------------------------------
def person_of(request: HttpRequest) -> int | None:
    """Who was last logged in here and has not logged out."""
    value = request.get_signed_cookie(PERSON_COOKIE, default="", salt=BOUND_TO, max_age=PERSON_SECONDS)
    return int(value) if value and value.isdecimal() else None


def remember_person(request: HttpRequest, response: HttpResponse) -> None:
    if person_of(request) != request.user.pk:
        response.set_signed_cookie(
            PERSON_COOKIE, str(request.user.pk), salt=BOUND_TO, max_age=PERSON_SECONDS, httponly=True,
            secure=settings.HTTPS, samesite="Lax",
        )  # fmt: skip


def forget_person(response: HttpResponse) -> None:
    response.delete_cookie(PERSON_COOKIE, samesite="Lax")
    if settings.HTTPS:
        response.cookies[PERSON_COOKIE]["secure"] = True  # a __Host- cookie is deleted by no other


# --- when they are back -----------------------------------------------------------------------------------
def waiting(request: HttpRequest) -> Typed | None:
    """What the person at this session typed into this page before it ended."""
    sealed = request.session.get(SESSION_KEY)
    if sealed is None:
        return None
    try:
        person, at, path, fields, files = json.loads(decrypt(sealed, BOUND_TO))
    except (DecryptError, ValueError):
        person = None
    if person != request.user.pk or time.time() - at > KEEP_SECONDS:
        forget(request)  # another person's, or too old
        return None
    if path.partition("?")[0] != request.path:
        return None
    return Typed(path, [(name, value) for name, value in fields], [(name, value) for name, value in files])


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def page(request: HttpRequest, typed: Typed, *, status: int = 200) -> HttpResponse:
    """The page that offers it: nothing is sent until its button is pressed."""
    return render(request, "core/typed.html", {"typed": typed, "returned": RETURNED, "lost": LOST}, status=status)


def take_back(request: HttpRequest) -> bool:
    """A POST from that page: mark the files that are lost; whether there are any."""
    forget(request)
    names = request.POST.getlist(LOST)
    for name in names:
        request.FILES.appendlist(name, LostFile("berkas"))
    return bool(names)
