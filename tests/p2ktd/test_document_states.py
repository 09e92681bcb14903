"""docs/states.md says what the tables of moves say."""

from __future__ import annotations

from django.core.management import call_command

from core.workflow import Document
from p2ktd.management.commands.document_states import PATH, documents, written


def test_the_file_is_fresh() -> None:
    """`manage.py document_states` writes it."""
    assert PATH.read_text(encoding="utf-8") == written()
    call_command("document_states", check=True)


def test_every_verb_of_every_document_stands_in_it() -> None:
    text = written()
    assert {model.__name__ for model in documents()} >= {"Need", "Sourcing", "Quotation", "Contract", "Accountability"}
    for model in documents():
        for verb, move in model.MOVES.items():
            assert (f"| *{verb}* |" if move.inner else f"| `{verb}` |") in text


def test_every_document_can_be_left_reached_and_guarded() -> None:
    """Each state but those it begins in is some move's target, and each verb has its method and its guard."""
    for model in documents():
        assert issubclass(model, Document)
        states = {str(value) for value, _ in model._meta.get_field("state").flatchoices}  # type: ignore[union-attr]
        first = {str(model._meta.get_field("state").default), *model.BORN}  # type: ignore[union-attr]
        assert states - first == {move.target for move in model.MOVES.values()} - {None, *first}, model
        for verb, move in model.MOVES.items():
            assert set(move.sources) <= states, (model, verb)
            assert callable(getattr(model, f"may_{verb}")), (model, verb)
            assert callable(getattr(model, verb, None)) or move.inner, (model, verb)
