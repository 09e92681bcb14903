"""HTML to PDF, in a child process with limits. Only the worker calls it: web processes never load WeasyPrint.

The page may use what it is given and nothing else: the fetcher knows no file and no network. The child is
forked from the warm worker, so it costs milliseconds, and what it eats, breaks or hangs ends with it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import re
import resource
import select
import signal
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

logger = logging.getLogger(__name__)

ASSET_SCHEME = "asset:"
_SVG = "data:image/svg+xml;base64,"
_CELL = re.compile(r"<t[dh][ >].*?</t[dh]>", re.DOTALL)
_TEXT = re.compile(r"(?<=>)[^<]+")
_LONG_WORD = re.compile(r"(?:&[#\w]+;|\S){26,}")
_PIECE = re.compile(r"(?:&[#\w]+;|.){1,12}")


class RenderError(Exception):
    """The paper could not be made; the message is for operators."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one paper may cost. 3 MB a page is WeasyPrint's usual appetite."""

    seconds: int = 120
    memory: int = 600 * 1024 * 1024  # bytes, on top of what the worker has
    pages: int = 120


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing that a page may ask for, as `asset:<name>`."""

    content: bytes
    content_type: str


def make_pdf(html: str, assets: Mapping[str, Asset], *, limits: Limits | None = None) -> tuple[bytes, int]:
    """A tagged PDF/UA-1 and its number of pages; RenderError says why not."""
    limits = limits or Limits()
    _warm()
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads: the child starts none
        pid = os.fork()
    if pid == 0:
        os.close(reading)
        _child(writing, html, assets, limits)
    os.close(writing)
    try:
        answer = _read_until(reading, time.monotonic() + limits.seconds)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # done, or over its time
        _, status = os.waitpid(pid, 0)
    head, _, content = answer.partition(b"\n")
    try:
        verdict = json.loads(head)
    except ValueError:
        raise RenderError(f"the renderer died over its limits ({limits}), wait status {status}") from None
    if "error" in verdict:
        raise RenderError(verdict["error"])
    for line in verdict["log"]:
        logger.warning("weasyprint: %s", line)
    if len(content) != verdict["size"]:
        raise RenderError("the renderer died while it wrote")
    return content, verdict["pages"]


def _read_until(descriptor: int, deadline: float) -> bytes:
    parts = []
    while (rest := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([descriptor], [], [], rest)
        if not ready:
            break
        part = os.read(descriptor, 1 << 16)
        if not part:
            break
        parts.append(part)
    return b"".join(parts)


@cache
def _warm() -> None:
    """Load WeasyPrint and its fonts once, so that every child finds them in memory."""
    import weasyprint

    for chatty in ("weasyprint.progress", "fontTools"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    weasyprint.HTML(string="<p>hangat", url_fetcher=fetcher({})).write_pdf()


# --- in the child --------------------------------------------------------------------------------------------
def _child(writing: int, html: str, assets: Mapping[str, Asset], limits: Limits) -> NoReturn:
    """Render, write the answer, and leave without tidying up: connections belong to the parent."""
    try:
        for stop in (signal.SIGALRM, signal.SIGUSR1, signal.SIGTERM):
            signal.signal(stop, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        most = _own_memory() + limits.memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        try:
            content, pages, log = render(html, assets, limits.pages)
            verdict: dict[str, Any] = {"pages": pages, "size": len(content), "log": log}
        except MemoryError:
            content, verdict = b"", {"error": f"needs more than {limits.memory} bytes"}
        except BaseException as error:
            content, verdict = b"", {"error": f"{type(error).__name__}: {error}"}
        with os.fdopen(writing, "wb") as out:
            out.write(json.dumps(verdict).encode() + b"\n" + content)
    finally:
        os._exit(0)


def _own_memory() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def render(html: str, assets: Mapping[str, Asset], max_pages: int) -> tuple[bytes, int, list[str]]:
    """The PDF, its pages, and what WeasyPrint had to complain of.

    Its errors (a picture that cannot be drawn, or has no text for the ear) are ours too.
    """
    import weasyprint

    complaints = _Complaints()
    log = logging.getLogger("weasyprint")
    log.addHandler(complaints)
    log.propagate = False  # the parent repeats them
    document = weasyprint.HTML(string=breakable(html), base_url="asset:/", url_fetcher=fetcher(assets)).render(
        pdf_variant="pdf/ua-1", optimize_images=False
    )
    if len(document.pages) > max_pages:
        raise RenderError(f"{len(document.pages)} pages, at most {max_pages}")
    content = document.write_pdf(pdf_variant="pdf/ua-1")
    if complaints.errors:
        raise RenderError("; ".join(complaints.errors))
    return content, len(document.pages), complaints.lines


def breakable(html: str) -> str:
    """Where a word is too long for its column it may be parted, so that no table grows off the paper with its amounts.

    `overflow-wrap: anywhere` would do it, too, but makes columns so narrow that ordinary words are parted.
    """
    return _CELL.sub(lambda cell: _TEXT.sub(_parted, cell[0]), html)


def _parted(text: re.Match[str]) -> str:
    return _LONG_WORD.sub(lambda word: "<wbr>".join(_PIECE.findall(word[0])), text[0])


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        (self.errors if record.levelno >= logging.ERROR else self.lines).append(record.getMessage()[:300])


def fetcher(assets: Mapping[str, Asset]) -> Any:
    """A URL fetcher that refuses everything but the given assets and pictures drawn in the page itself.

    A refusal stops the rendering: a paper with a hole is not a paper.
    """
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OnlyGiven(URLFetcher):
        def __init__(self) -> None:
            super().__init__(allowed_protocols=(), allow_redirects=False)

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(_SVG):
                return URLFetcherResponse(url, base64.b64decode(url[len(_SVG) :]), {"Content-Type": "image/svg+xml"})
            asset = assets.get(url.removeprefix(ASSET_SCHEME)) if url.startswith(ASSET_SCHEME) else None
            if asset is None:
                raise FatalURLFetchingError(f"not allowed in a printed document: {url[:100]}")
            return URLFetcherResponse(url, asset.content, {"Content-Type": asset.content_type})

    return OnlyGiven()
