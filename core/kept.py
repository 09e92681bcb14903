"""Public pages are made once for each state of the data, and told unchanged to who has them.

    @kept("catalogue")
    def service_list(request): ...

For a visitor without a session the whole answer is kept in the cache under the address, the number of the data's
version, the day, and the release; a changed row changes the number in its own transaction (`DataVersion`), so no
price is ever stale. The same makes the ETag: a page that the browser has costs one query and no body. Without a
cache, and for who is logged in, the view answers as if this were not here.

    @known(64)
    def categories(number, day): ...

What a page is made of may be remembered too, in the process: its key holds the number of the data it was made from,
and everything else that it depends on.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.core.cache import cache as store
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from core.clock import today
from core.models import DataVersion

P = ParamSpec("P")
T = TypeVar("T")
View = Callable[..., HttpResponse]
LONGEST_QUERY = 500  # nobody's own address is longer; what is made up fills no cache
NOT_PROGRAM = ("docs", "tests", "var")
_GZIP = re.compile(r"\bgzip\b")
_memos: list[Any] = []


def numbers(request: HttpRequest) -> dict[str, int]:
    """The number of each part of the data, as this request found them; one query."""
    found: dict[str, int] | None = getattr(request, "data_numbers", None)
    if found is None:
        found = dict(DataVersion.objects.values_list("name", "number"))
        request.data_numbers = found  # type: ignore[attr-defined]
    return found


def known(size: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remember in this process what this function gave, for its last so many questions.

    For what depends on its arguments alone; where it reads rows, one of them is the number of these data.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        memo = lru_cache(size)(function)
        _memos.append(memo)

        @wraps(function)
        def ask(*args: P.args, **kwargs: P.kwargs) -> T:
            return memo(*args, **kwargs) if settings.KEEP_PAGES else function(*args, **kwargs)  # type: ignore[arg-type]

        return ask

    return decorate


def forget() -> None:
    """As after a start: for tests, whose data come back under the same numbers."""
    for memo in _memos:
        memo.cache_clear()


def kept(name: str) -> Callable[[View], View]:
    """Keep what this view answers to everybody, as long as the data called `name` stay as they are."""

    def decorate(view: View) -> View:
        @wraps(view)
        def with_memory(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not settings.KEEP_PAGES or not _is_for_everyone(request):
                return view(request, *args, **kwargs)
            key = _key(name, request)
            etag = f'W/"{key}"'
            if etag in parse_etags(request.headers.get("If-None-Match", "")):
                return _labelled(HttpResponseNotModified(), etag)
            response = _remembered(key, request) or _made(key, request, view(request, *args, **kwargs))
            return _labelled(response, etag)

        return with_memory

    return decorate


def _is_for_everyone(request: HttpRequest) -> bool:
    """Nobody is logged in, no message waits, nothing is sent."""
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY
    )


def _key(name: str, request: HttpRequest) -> str:
    number = numbers(request)[name]
    day = today()
    parts = [release(), name, str(number), day.isoformat(), request.get_host(), request.get_full_path()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


def _remembered(key: str, request: HttpRequest) -> HttpResponse | None:
    found = store.get(f"kept:{key}")
    return None if found is None else _packed(found, request)


def _made(key: str, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep it, unless it holds something of this visitor's own, as a form's token is."""
    own = response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    if response.status_code != 200 or response.streaming or own:
        return response
    # Packed once, not for each who asks: a third of what a kept page costs. There is no secret in it to be guessed.
    packed = gzip.compress(response.content, compresslevel=6, mtime=0)
    if settings.KEEP_SECONDS:
        store.set(f"kept:{key}", packed, settings.KEEP_SECONDS)
    return _packed(packed, request) if accepts_gzip(request) else response


def _packed(packed: bytes, request: HttpRequest) -> HttpResponse:
    """A kept answer, as its asker takes it."""
    if not accepts_gzip(request):
        return HttpResponse(gzip.decompress(packed))
    return HttpResponse(packed, headers={"Content-Encoding": "gzip"})


def accepts_gzip(request: HttpRequest) -> bool:
    return bool(_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")))


def _labelled(response: HttpResponse, etag: str) -> HttpResponse:
    """The browser may keep it, and asks each time whether it still holds."""
    if response.status_code in (200, 304):
        response["ETag"] = etag
        response["Cache-Control"] = "public, no-cache"
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    return response


@cache
def release() -> str:
    """What this program is: another template or another line of code is another release."""
    home = Path(settings.BASE_DIR)
    tops = [top for top in home.iterdir() if top.is_dir() and top.name[0] != "." and top.name not in NOT_PROGRAM]
    files = sorted(path for top in tops for path in top.rglob("*") if path.is_file() and path.suffix != ".pyc")
    known = [(str(path.relative_to(home)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]
