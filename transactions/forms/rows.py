"""Tables to type in: rows of fields that grow by a button, on a phone and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from transactions.models.sourcing.item import SMALLEST

COUNT = "baris"  # how many rows the page has
MORE = "tambah"  # the button that asks for more
STEP = 5
_THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?")


class VolumeField(forms.DecimalField):
    """How much: 2, 12,5 or 1.200. A dot before three digits parts thousands, as in Indonesian."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=SMALLEST, max_digits=12, decimal_places=2, **kwargs)
        self.error_messages["invalid"] = "Tulis angka, misalnya 2 atau 12,5."
        self.error_messages["min_value"] = "Volume harus lebih dari nol."

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = value.strip()
            if _THOUSANDS.fullmatch(value):
                value = value.replace(".", "")
            value = value.replace(",", ".")
        try:
            return super().to_python(value)
        except (InvalidOperation, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class Rows:
    """Rows of a form, kept as fields `<part>_<number>`, so that errors, drafts and returned typing work as ever.

    `parts` maps a part's name to a function that makes its field; a row without any text is not a row.
    """

    def __init__(
        self,
        form: forms.Form,
        parts: dict[str, Callable[[], forms.Field]],
        given: Sequence[dict[str, Any]],
        *,
        most: int,
        blank: int = 3,
        prefix: str = "",
    ) -> None:
        self.form, self.parts, self.most, self.prefix = form, parts, most, prefix
        typed: Any = form.data if form.is_bound else form.initial
        asked = str(typed.get(prefix + COUNT) or "")
        wanted = int(asked) if asked.isdecimal() and len(asked) < 5 else 0
        self.count = min(max(wanted, len(given) + 1 if given else blank), most)
        for number in range(self.count):
            values = given[number] if number < len(given) else {}
            for part, make in parts.items():
                field = make()
                field.required, field.left_empty = False, ""  # type: ignore[attr-defined]
                field.initial = values.get(part)
                field.label = f"{field.label}, baris {number + 1}"
                form.fields[self.name(part, number)] = field
        form.fields[prefix + COUNT] = forms.CharField(
            widget=forms.HiddenInput, required=False, max_length=4, initial=str(self.count)
        )

    def name(self, part: str, number: int) -> str:
        return f"{self.prefix}{part}_{number}"

    @property
    def bound(self) -> list[dict[str, Any]]:
        """The rows for the page: number, each part's field under its name, and what stands in the first of them."""
        return [self._bound(number) for number in range(self.count)]

    def _bound(self, number: int) -> dict[str, Any]:
        fields = {part: self.form[self.name(part, number)] for part in self.parts}
        said = next(iter(fields.values())).value() or ""
        filled = any(field.value() or field.errors for field in fields.values())
        return {"number": number + 1, "said": said, "is_open": filled, **fields}

    def cleaned(self, needed: Sequence[str]) -> list[dict[str, Any]]:
        """The rows with something in them, in their order; what is `needed` and missing becomes its field's error."""
        data, found = self.form.cleaned_data, []
        for number in range(self.count):
            values = {part: data.get(self.name(part, number)) for part in self.parts}
            wrong = any(self.name(part, number) in self.form.errors for part in self.parts)
            if not wrong and not any(values.values()):
                continue
            for part in needed:
                name = self.name(part, number)
                if values[part] in (None, "") and name not in self.form.errors:
                    self.form.add_error(name, "Wajib diisi, atau kosongkan seluruh baris ini.")
            found.append(values)
        return found


def typed(data: Any) -> dict[str, Any]:
    """What was typed so far, as a page's first values."""
    return {name: data[name] for name in data if name not in ("submit_key", "csrfmiddlewaretoken", MORE)}


def more_rows(data: Any, prefix: str = "") -> Any:
    """What was typed, with room for more rows."""
    copy = data.copy()
    shown = str(copy.get(prefix + COUNT) or "0")
    copy[prefix + COUNT] = str((int(shown) if shown.isdecimal() and len(shown) < 5 else 0) + STEP)
    return copy
