"""The fields of work that a provider may name. The catalogue above us says which there are; we ask it when needed.

provide(lambda: [("Infrastruktur Desa", [("infrastruktur", "Infrastruktur")])])   # in catalog's ready()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

# (name of a bidang, [(slug as stored, name of the field)])
Group = tuple[str, list[tuple[str, str]]]

_source: list[Callable[[], list[Group]]] = []


def provide(choices: Callable[[], list[Group]]) -> None:
    """Say where the fields come from; the last word counts."""
    _source[:] = [choices]


def groups() -> list[Group]:
    """What may be chosen now, under the programme's bidang; nothing before anybody has provided."""
    return _source[0]() if _source else []


def choices() -> list[tuple[str, str]]:
    """The same in one list: (slug, name)."""
    return [choice for _, fields in groups() for choice in fields]


def labels(keys: Iterable[str]) -> list[str]:
    """What people call these fields, in the programme's order; a field that is no longer offered keeps its slug."""
    wanted = list(keys)
    names = dict(choices())
    return [*(name for key, name in names.items() if key in wanted), *(key for key in wanted if key not in names)]
