"""Look into one PDF, alone in a process of its own with limits: `python -I pdf_inspector.py < file.pdf`.

A hostile PDF may make a parser eat memory, hang or crash; here it takes only this process with it. It knows
nothing of Django, so it starts in a tenth of a second, and no web process has to load a PDF library. Prints
JSON: {"pages": n} or {"problem": "encrypted" | "active" | "mixed" | "damaged" | "complex" | "pages", "detail": "..."}.
"""

import json
import re
import resource
import sys
import zipfile
from io import BytesIO
from typing import Any

MEMORY = 768 * 1024 * 1024
SECONDS = 10
MAX_NODES = 400_000
MAX_PAGES = 500

# Entries that hold or start something that acts, wherever they stand.
ACTIVE_KEYS = frozenset(
    ["/AA", "/EF", "/EmbeddedFile", "/EmbeddedFiles", "/JS", "/JavaScript", "/Launch", "/RichMedia", "/XFA"]
)
_ACTIONS = "GoTo3DView GoToE GoToR ImportData JavaScript Launch Movie Rendition RichMediaExecute Sound SubmitForm"
ACTIVE_ACTIONS = frozenset("/" + name for name in _ACTIONS.split())
ACTIVE_ANNOTATIONS = frozenset(["/3D", "/FileAttachment", "/Movie", "/RichMedia", "/Screen", "/Sound"])
# What another reader's recovery may find in bytes that this one does not reach. Long names only: three letters
# occur by chance in compressed data.
ACTIVE_WORDS = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)\b")
# The first bytes of archives and programs that unpack from anywhere in a file. Long enough not to occur by chance.
FOREIGN = {
    b"Rar!\x1a\x07": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\xfd7zXZ\x00\x00": "xz",
    b"MSCF\x00\x00\x00\x00": "cab",
}
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


class RefusedError(Exception):
    def __init__(self, problem: str, detail: str = "") -> None:
        super().__init__(problem, detail)
        self.verdict = {"problem": problem, "detail": detail}


def inspect(content: bytes) -> int:
    """The number of pages of a harmless PDF; RefusedError for any other."""
    import pikepdf

    pikepdf.settings.set_qpdf_limits(flate_max_memory=MEMORY // 4, png_max_memory=MEMORY // 4)
    if match := ACTIVE_WORDS.search(ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), content)):
        raise RefusedError("active", match[0].decode())
    if kind := other_kind(content):
        raise RefusedError("mixed", kind)
    try:
        pdf = pikepdf.open(BytesIO(content), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise RefusedError("encrypted") from None
    with pdf:
        if pdf.is_encrypted:
            raise RefusedError("encrypted")
        pages = len(pdf.pages)
        if pages > MAX_PAGES:
            raise RefusedError("pages", str(pages))
        look_for_acts([pdf.trailer, *pdf.objects])
    if not pages:
        raise RefusedError("damaged", "no pages")
    return pages


def other_kind(content: bytes) -> str:
    """What else these bytes are: a file that is two things shows one to us and the other to whoever renames it."""
    for start, kind in FOREIGN.items():
        if start in content:
            return kind
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            return "zip" if packed.namelist() else ""
    except Exception:  # no archive, or one that nothing else would open either
        return ""


def look_for_acts(roots: list[Any]) -> None:
    """Walk all objects; references are not followed, since every indirect object is a root itself."""
    import pikepdf

    waiting, seen = roots, 0
    while waiting:
        thing = waiting.pop()
        seen += 1
        if seen > MAX_NODES:
            raise RefusedError("complex")
        if isinstance(thing, pikepdf.Array):
            waiting.extend(child for child in thing if is_direct_container(child))
        elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            for key, value in thing.items():
                judge(key, value)
                if is_direct_container(value):
                    waiting.append(value)


def is_direct_container(value: Any) -> bool:
    import pikepdf

    return isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect


def judge(key: str, value: Any) -> None:
    import pikepdf

    if key in ACTIVE_KEYS:
        raise RefusedError("active", key)
    if key == "/S" and isinstance(value, pikepdf.Name) and str(value) in ACTIVE_ACTIONS:
        raise RefusedError("active", str(value))
    if key == "/Subtype" and isinstance(value, pikepdf.Name) and str(value) in ACTIVE_ANNOTATIONS:
        raise RefusedError("active", str(value))
    # A destination, or a jump within the document, is how word processors say where to open.
    if key == "/OpenAction" and isinstance(value, pikepdf.Dictionary) and value.get("/S") != pikepdf.Name.GoTo:
        raise RefusedError("active", key)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        verdict: dict[str, object] = {"pages": inspect(sys.stdin.buffer.read())}
    except RefusedError as refused:
        verdict = dict(refused.verdict)
    except MemoryError:
        verdict = {"problem": "complex"}
    except Exception as error:  # whatever a broken file makes the parser say, it is a broken file
        verdict = {"problem": "damaged", "detail": type(error).__name__}
    json.dump(verdict, sys.stdout)


if __name__ == "__main__":
    main()
