"""What the ministry types about categories: subcategories, questions with their choices, units, outlines."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from catalog import kak
from catalog.models import Category, CategoryAttribute, Subcategory, Unit

Kind = CategoryAttribute.Kind
_LINE = re.compile(r"^\s*(?:([a-z0-9]{1,30})\s*=\s*)?(.+?)\s*$")


class CategoryForm(forms.ModelForm):
    """A category with its units to tick and the places an outline may name."""

    units = forms.MultipleChoiceField(
        label="Satuan yang boleh dipakai",
        choices=Unit.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Satuan harga layanan dalam kategori ini. Kosong berarti semua satuan.",
    )

    class Meta:
        model = Category
        fields = (
            "key", "bidang", "name", "description", "icon", "order", "active", "units", "licences",
            "deliverables_hint", "kak_template",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kak_template" in self.fields:
            self.fields[
                "kak_template"
            ].help_text = f"Kosong berarti kerangka umum. Isian yang dikenal: {kak.KNOWN_SENTENCE}"


class _KeyOnce(forms.ModelForm):
    """A key is given once: answers and addresses hang on it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "key" in self.fields:
            self.fields["key"].disabled = True


class SubcategoryForm(_KeyOnce):
    class Meta:
        model = Subcategory
        fields = ("name", "key", "order", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # the theme's table names its columns, but not its fields
            field.widget.attrs["aria-label"] = field.label


class AttributeForm(_KeyOnce):
    """A question; its choices are typed one a line."""

    options = forms.CharField(
        label="Pilihan",
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="Untuk “pilih satu” dan “pilih beberapa”: satu tiap baris. Kunci di depan tanda = jangan diubah; "
        "baris baru cukup namanya.",
    )

    class Meta:
        model = CategoryAttribute
        fields = (
            "label", "key", "help", "kind", "unit", "required", "in_filter", "in_comparison", "in_kak", "basis",
            "order", "active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["options"] = "\n".join(f"{key} = {label}" for key, label in self.instance.choices)

    def clean_options(self) -> list[list[str]]:
        lines = [line for line in self.cleaned_data["options"].splitlines() if line.strip()]
        pairs = []
        for line in lines:
            found = _LINE.match(line)
            key = (found and found[1]) or slugify(line).replace("-", "").replace("_", "")[:30]
            if not found or not key:
                raise ValidationError(f"Baris “{line.strip()[:40]}” tidak memuat nama pilihan.")
            pairs.append([key, found[2]])
        return pairs

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        pairs = cleaned.get("options")
        if pairs is not None:
            self._refuse_lost_answers(cleaned, pairs)
            self.instance.choices = pairs
        if cleaned.get("in_filter") and cleaned.get("kind") in (Kind.TEXT, Kind.NUMBER):
            self.add_error("in_filter", "Hanya pertanyaan dengan pilihan yang dapat menjadi saringan.")
        return cleaned

    def _update_errors(self, errors: ValidationError) -> None:
        """What the model says of the choices is told where they are typed."""
        found = getattr(errors, "error_dict", {}).pop("choices", None)
        if found and not self.has_error("options"):
            self.add_error("options", found)
        super()._update_errors(errors)  # type: ignore[misc]

    def _refuse_lost_answers(self, cleaned: dict[str, Any], pairs: list[list[str]]) -> None:
        """What services have answered must keep its meaning."""
        if not self.instance.pk:
            return
        used = self.instance.uses()
        kind = cleaned.get("kind", self.instance.kind)
        if used and kind != CategoryAttribute.objects.values_list("kind", flat=True).get(pk=self.instance.pk):
            self.add_error("kind", f"Sudah dijawab {used} layanan. Matikan pertanyaan ini, lalu buat yang baru.")
        keys = {key for key, _ in pairs}
        gone = [(key, label) for key, label in self.instance.choices if key not in keys]
        for key, label in gone:
            if count := self.instance.uses(key):
                self.add_error("options", f"Pilihan “{label}” ({key}) dipakai {count} layanan dan tidak dapat dihapus.")


class AttributeFormSet(forms.BaseInlineFormSet):
    """No question disappears from under the services that answered it."""

    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk and (count := form.instance.uses()):
                raise ValidationError(
                    f"“{form.instance.label}” sudah dijawab {count} layanan. Hilangkan centang “dipakai”; "
                    "jangan menghapusnya."
                )
