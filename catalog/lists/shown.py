"""What the page of a list shows of its question: how many, the panel, and what is set."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalog.lists.facets import Counts
from catalog.lists.filters import FacetSelect, ListFilter
from catalog.lists.paging import Count, KeyPage
from core.formats import rupiah

ANSWER: Final = "a_"  # begins the name of a category's own filter


class ShownFilter(ListFilter):
    """A question with its numbers, as people see it."""

    filters: dict[str, Any]
    frame: Any

    def count_of(self, counts: Counts, page: KeyPage) -> Count:
        return Count(len(page.rows)) if page.is_whole and page.rows else Count(counts.total)

    def panel(self, counts: Counts, path: str) -> SafeString:
        """The form beside the list; drawn again only when a number in it changed."""
        if self._panel is None or (self._panel[0] is not counts.by and self._panel[0] != counts.by):
            for name, field in self.form.fields.items():
                if isinstance(field.widget, FacetSelect):
                    field.widget.counts = dict(counts.by[name]) if name in counts.by else None
                    field.widget.whole = counts.whole
                if name == "wilayah" and settings.KEEP_PAGES:
                    field.widget.number = self.frame.number
            own = [self.form[name] for name in self.form.fields if name == "sub" or name.startswith(ANSWER)]
            context = {"asked": self, "form": self.form, "own": own, "path": path}
            self._panel = counts.by, SafeString(render_to_string("catalog/_service_filters.html", context))
        return self._panel[1]

    _panel: tuple[Mapping[str, Any], SafeString] | None = None

    @cached_property
    def chips(self) -> list[tuple[str, str]]:
        """What is set, each with the address without it."""
        found = []
        for name, value in self.form.cleaned_data.items():
            if value in (None, "") or name in ("q", "urut", "persis"):
                continue
            found.append((self._said(name, value), self.address(*self._with(name))))
        return found

    def _said(self, name: str, value: Any) -> str:
        match name:
            case "wilayah":
                return str(value.label)
            case "dekat":
                return "Termasuk tetangga"
            case "harga_min":
                return f"Mulai {rupiah(value)}"
            case "harga_maks":
                return f"Sampai {rupiah(value)}"
        label = dict(self.filters[name].extra["choices"]).get(value, value)
        return f"{self.filters[name].label}: {label}" if name.startswith((ANSWER, "satuan")) else str(label)

    def _with(self, name: str) -> list[str]:
        """What falls away together with this."""
        match name:
            case "wilayah":
                return ["wilayah", "dekat"]
            case "kategori":
                return ["kategori", "sub", *(each for each in self.data if each.startswith(ANSWER))]
        return [name]
