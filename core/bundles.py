"""One style sheet and one script per page, with no bundler: a staticfiles finder that joins small files.

The sources stay small and readable (`static/css/components/chip.css`); browsers are sent `css/site.css` and
`js/site.js`. In development the joined file is made anew when a source is newer; `collectstatic` copies it like any
other file, so hashing and compression see it too. A script is wrapped in a block of its own: names don't meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# What is joined, in order; a pattern is taken in alphabetical order.
BUNDLES = {
    "css/site.css": ("css/tokens.css", "css/base.css", "css/components/*.css", "css/print.css"),
    "js/site.js": ("js/site/*.js",),
}


def source_dir() -> Path:
    return Path(settings.BASE_DIR) / "static"


def built_dir() -> Path:
    return Path(getattr(settings, "VAR_DIR", Path(settings.BASE_DIR) / "var")) / "bundles"


def sources(name: str) -> list[Path]:
    """The files of a bundle, in order."""
    return [path for pattern in BUNDLES[name] for path in sorted(source_dir().glob(pattern))]


def joined(name: str) -> str:
    """The text of a bundle."""
    parts = [path.read_text(encoding="utf-8").strip() for path in sources(name)]
    if name.endswith(".js"):
        parts = [f"{{\n{part}\n}}" for part in parts]
    return "\n".join(parts) + "\n"


def build(name: str) -> Path:
    """The joined file, written again only when its text changed (several processes may do so at once)."""
    target = built_dir() / name
    text = joined(name)
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.{id(text)}")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
    return target


class BundleFinder(BaseFinder):
    """Finds the joined files of `BUNDLES`."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        name = path.replace("\\", "/")
        if name not in BUNDLES:
            return []
        found = str(build(name))
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        storage = FileSystemStorage(location=str(built_dir()))
        for name in BUNDLES:
            build(name)
            yield name, storage
