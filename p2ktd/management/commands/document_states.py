"""Write docs/states.md: every document's life, from the one table that guards it and draws its buttons."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.workflow import Document

PATH = settings.BASE_DIR / "docs" / "states.md"
HEAD = """# States of every document

Written by `manage.py document_states` from each model's `MOVES`; a test keeps it fresh. Do not edit by hand.
A move in italics has no page and no button: another document's verb makes it. “stays” keeps the state and leaves
an event. Who may make a move is `may_<verb>` on the model.
"""
FOOT = "\n"


class Command(BaseCommand):
    help = "Writes docs/states.md from every document's table of moves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether the file is fresh")

    def handle(self, *args: Any, **options: Any) -> None:
        text = written()
        if not options["check"]:
            PATH.write_text(text, encoding="utf-8")
            self.stdout.write(f"Wrote {PATH.relative_to(settings.BASE_DIR)}.")
        elif not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
            raise CommandError("docs/states.md is out of date: run manage.py document_states.")


def documents() -> list[type[Document]]:
    """Every model with a table of moves, in the order of the apps."""
    return [model for model in apps.get_models() if issubclass(model, Document) and model.MOVES]


def written() -> str:
    """The whole file."""
    return HEAD + "".join(line + "\n" for model in documents() for line in section(model)).rstrip("\n") + FOOT


def section(model: type[Document]) -> Iterator[str]:
    """One document: what it is, its diagram, its table."""
    meta = model._meta
    labels = dict(meta.get_field("state").flatchoices)  # type: ignore[union-attr]
    first = str(meta.get_field("state").default)  # type: ignore[union-attr]
    yield ""
    yield f"## {meta.object_name} ({meta.app_label}) – {meta.verbose_name}"
    yield ""
    yield (model.__doc__ or "").strip().split("\n\n", 1)[0].replace("\n    ", "\n")
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield from (f'    state "{label}" as {state}' for state, label in labels.items())
    yield f"    [*] --> {first}"
    yield from arrows(model)
    yield "```"
    yield ""
    yield "| verb | from | to | button | tone |"
    yield "|---|---|---|---|---|"
    for move in model.MOVES.values():
        verb = f"*{move.verb}*" if move.inner else f"`{move.verb}`"
        sources = ", ".join(str(labels[state]) for state in move.sources)
        target = labels[move.target] if move.target else "stays"
        yield f"| {verb} | {sources} | {target} | {'' if move.inner else move.label} | {move.tone} |"


def arrows(model: type[Document]) -> Iterator[str]:
    """Moves between two states, one arrow for all verbs that lead the same way; then the ends."""
    ways: dict[tuple[str, str], list[str]] = {}
    for move in model.MOVES.values():
        for source in move.sources:
            if move.target and move.target != source:
                ways.setdefault((source, move.target), []).append(move.verb)
    yield from (f"    {source} --> {target}: {', '.join(verbs)}" for (source, target), verbs in ways.items())
    leaving = {source for source, _ in ways}
    ends = [state for state in dict.fromkeys(target for _, target in ways) if state not in leaving]
    yield from (f"    {state} --> [*]" for state in ends)
