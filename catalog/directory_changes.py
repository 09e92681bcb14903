"""What is different in today's directory from the edition that was put out last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# What moves without anybody's act: it makes an edition new, but nobody is told of it by name.
RATING = ("average", "ratings")


@dataclass(frozen=True, slots=True)
class Changes:
    """Names of the providers that came, went, or say something else now."""

    added: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    rated: int = 0

    @classmethod
    def between(cls, before: Iterable[dict[str, Any]], now: Iterable[dict[str, Any]]) -> Changes:
        """Compare the entries (frozen or thawed alike, but both the same) of two editions."""
        old, new = ({entry["code"]: entry for entry in entries} for entries in (before, now))
        both = [code for code in new if code in old]
        return cls(
            [new[code]["name"] for code in new if code not in old],
            [old[code]["name"] for code in old if code not in new],
            [new[code]["name"] for code in both if _words(old[code]) != _words(new[code])],
            sum(1 for code in both if _rating(old[code]) != _rating(new[code])),
        )

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.changed or self.rated)

    @property
    def sentence(self) -> str:
        """2 penyedia baru; 1 tidak lagi tercantum; 3 keterangannya berubah."""
        parts = [
            (len(self.added), "penyedia baru"),
            (len(self.gone), "tidak lagi tercantum"),
            (len(self.changed), "keterangannya berubah"),
            (self.rated, "penilaiannya berubah"),
        ]
        return "; ".join(f"{count} {words}" for count, words in parts if count)


def _words(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in RATING}


def _rating(entry: dict[str, Any]) -> list[Any]:
    return [entry[name] for name in RATING]
