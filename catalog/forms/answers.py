"""The questions of a category as form fields: `a_<key>`, one for each kind of answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from catalog.models import CategoryAttribute
from catalog.models.attribute import LARGEST_NUMBER, LONGEST_ANSWER
from core.forms import Line

PREFIX: Final = "a_"
# What earlier questions were answered is carried along unseen; a form of ours never has more.
MOST_CARRIED: Final = 60

Kind = CategoryAttribute.Kind


def name_of(asked: CategoryAttribute) -> str:
    return PREFIX + asked.key


def field_for(asked: CategoryAttribute, *, required: bool) -> forms.Field:
    """The field that takes this question's answer; `suffix` stands behind it."""
    field = _field_for(asked, required=required)
    field.suffix = asked.unit  # type: ignore[attr-defined]
    return field


def _field_for(asked: CategoryAttribute, *, required: bool) -> forms.Field:
    common: dict[str, Any] = {"label": asked.label, "required": required and asked.required, "help_text": asked.help}
    if asked.required:
        common["help_text"] = f"{asked.help} Wajib sebelum ditayangkan.".strip()
    pairs = [(option.key, option.label) for option in asked.options]
    match asked.kind:
        case Kind.NUMBER:
            return forms.IntegerField(min_value=0, max_value=LARGEST_NUMBER, **common)
        case Kind.CHOICE:
            return forms.ChoiceField(choices=[("", "Belum dijawab"), *pairs], **common)
        case Kind.MANY:
            return forms.MultipleChoiceField(choices=pairs, widget=forms.CheckboxSelectMultiple, **common)
        case Kind.YES_NO:
            choices = pairs if common["required"] else [*pairs, ("", "Belum dijawab")]
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    return Line(max_length=LONGEST_ANSWER, **common)


def typed(asked: CategoryAttribute, value: Any) -> Any:
    """A kept answer as the field shows it."""
    if asked.kind == Kind.YES_NO and isinstance(value, bool):
        return "ya" if value else "tidak"
    return value


def kept(asked: CategoryAttribute, cleaned: Any) -> Any:
    """What the field gave as the answer that is kept; None for no answer."""
    if cleaned in ("", None, []):
        return None
    return cleaned == "ya" if asked.kind == Kind.YES_NO else cleaned


def carried(data: Mapping[str, Any], fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Answers to questions that this category does not ask: they come back when the category does."""
    names = [name for name in data if name.startswith(PREFIX) and name not in fields]
    lists = data.getlist if hasattr(data, "getlist") else lambda name: [data[name]]
    return [(name, str(value)) for name in names for value in lists(name) if str(value).strip()][:MOST_CARRIED]
