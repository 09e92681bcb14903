"""Choosing an area: a field for any form, that works without JavaScript and is a type-ahead with it.

    class NeedForm(AreaFormMixin, forms.ModelForm):
        village = AreaField(label="Desa", only_buyers=True, within=["52.02"])

Without JavaScript the widget is a row of selects, each shown once the one before is chosen, and a button that
sends the form only to show the next (`PICK`); such a form is never valid, so nothing is saved, and what was typed
is kept. `AreaFormMixin` also keeps the other fields' errors back meanwhile. With JavaScript
(`static/js/area-picker.js`) it posts one code under the field's own name; so may a test or a link (`?village=...`
as initial). Where few areas come into question it is one plain select, with or without JavaScript.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.urls import reverse

from core.clock import today
from regions import codes
from regions.models import Area, AreaQuerySet, Level
from regions.scope import NATION

# The name of the button that shows the next select instead of sending the form.
PICK = "_pick"
# Up to this many areas are offered as one plain select.
FEW = 40
# Territories that fit in the address of a search; with more, the search is wide and the server still checks.
MOST_TERRITORIES = 20

# What the smallest thing to choose is called in a sentence.
WORDS = {
    Level.PROVINCE: "provinsi",
    Level.REGENCY: "kabupaten atau kota",
    Level.DISTRICT: "kecamatan",
    Level.VILLAGE: "desa atau kelurahan",
}


def is_picking(data: Mapping[str, Any]) -> bool:
    """Was the form sent only to show the next select?"""
    return PICK in data


class Unfinished(str):
    """A code that was sent with the pick button: to be shown again, never to be saved."""


@dataclass(frozen=True)
class Step:
    """One of the selects that follow from each other."""

    name: str
    level: Level
    word: str
    areas: list[Area]
    chosen: str


class AreaPicker(forms.Widget):
    """Selects that follow from each other, or one select where few areas come into question."""

    template_name = "regions/_area_picker.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        # Set by the field, which owns them.
        self.level = Level.VILLAGE
        self.within: list[str] = [NATION]
        self.only_buyers = False
        self.or_above = False

    def use_required_attribute(self, initial: Any) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    # --- reading ---------------------------------------------------------------------------------
    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        """The code sent whole, or the deepest select that fits the ones above it."""
        value: str | None = data.get(name)
        if value is None:
            value = ""
            for level in Level:
                part = data.get(f"{name}_{level}") or ""
                if not codes.is_code(part) or not codes.contains(value or NATION, part):
                    if part or level not in self._levels_above():
                        break
                    continue  # a level that the territory already decides has no select
                value = part
        return Unfinished(value) if is_picking(data) else value

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and not any(f"{name}_{level}" in data for level in Level)

    # --- showing ---------------------------------------------------------------------------------
    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        code = str(value) if codes.is_code(value) and len(str(value)) <= self.level.length else ""
        few = self._few()
        if few is None:
            context["picker"] = self._steps(name, code)
        else:
            context["picker"] = {"few": _grouped(few), "chosen": code}
        context["picker"] |= {
            "id": (attrs or {}).get("id", f"id_{name}"),
            "name": name,
            "word": self.word,
            "only_buyers": self.only_buyers,
            "bad": (attrs or {}).get("aria-invalid") == "true",
        }
        return context

    @property
    def word(self) -> str:
        """What is to be chosen, in a sentence."""
        return "desa" if self.only_buyers and self.level == Level.VILLAGE else WORDS[self.level]

    def _open(self) -> AreaQuerySet:
        return Area.objects.in_force(today()).defer("parent", "search_name")

    def _few(self) -> list[Area] | None:
        """The areas to choose from, if they are few enough for one select."""
        if self.or_above or (self.within == [NATION] and self.level != Level.PROVINCE):
            return None
        areas = self._open().filter(level=self.level).within(self.within).order_by("code")
        found = list(areas[: FEW + 1])
        return found if len(found) <= FEW else None

    def _base(self) -> str:
        """The smallest area that holds every territory; empty for the nation."""
        first, last = min(self.within, default=""), max(self.within, default="")
        if NATION in (first, last):
            return ""
        shared = [code for code in [first, *codes.ancestors_of(first)] if codes.contains(code, last)]
        return next((code for code in shared if len(code) < self.level.length), "")

    def _levels_above(self) -> list[Level]:
        """Levels that the territory decides, so that no select asks for them."""
        return [level for level in Level if level.length <= len(self._base())]

    def _steps(self, name: str, code: str) -> dict[str, Any]:
        """One select for each level down to the first that is still to be chosen."""
        base = self._base()
        if code and not codes.contains(base or NATION, code):
            code = ""
        chain = [above for above in [*reversed(codes.ancestors_of(code)), code] if len(above) > len(base)]
        parents = [base, *(above for above in chain if above and len(above) < self.level.length)]
        children: dict[str, list[Area]] = {parent: [] for parent in parents}
        below = Q(parent__in=[parent for parent in parents if parent])
        if not base:
            below |= Q(parent__isnull=True)
        for area in self._open().filter(below).order_by("code"):
            if any(codes.contains(each, area.code) or codes.contains(area.code, each) for each in self.within):
                children[next(iter(area.ancestor_codes), "")].append(area)
        selects = []
        for place, parent in enumerate(parents):
            level = list(Level)[list(Level).index(Level.of(parent)) + 1 if parent else 0]
            chosen = chain[place] if place < len(chain) else ""
            selects.append(Step(f"{name}_{level}", level, WORDS[level], children[parent], chosen))
        last = selects[-1]
        picked = next((area for step in selects for area in step.areas if area.code == code), None)
        return {
            "selects": selects,
            "picked": picked,
            "finished": last.level == self.level and bool(last.chosen),
            "or_above": self.or_above,
            "search_url": reverse("area-search"),
            "level": self.level,
            "within": "" if self.within == [NATION] or len(self.within) > MOST_TERRITORIES else ",".join(self.within),
        }


def _grouped(areas: list[Area]) -> list[tuple[str, list[Area]]]:
    """Areas under the name of what they lie in; under no name if that is the same for all."""
    groups: dict[str, list[Area]] = {}
    for area in areas:
        groups.setdefault(area.ancestry.split(", ")[0], []).append(area)
    return list(groups.items()) if len(groups) > 1 else [("", areas)]


class AreaField(forms.Field):
    """An `Area` of one level, chosen by the person and checked here against the territories and what may buy.

    `level`: what is to be chosen. `within`: the territories (codes or NATION); no code lets nothing be chosen.
    `only_buyers`: desa and desa adat; kelurahan are shown but refused. `or_above`: an area above the level will do
    too, as in a filter. All may be set on `form.fields[...]` after the form is made.
    """

    widget = AreaPicker
    default_error_messages = {
        "required": "Pilih %(word)s.",
        "incomplete": "Pilih %(next)s dahulu.",
        "invalid": "Wilayah itu tidak ada dalam daftar. Pilih %(word)s dari daftar.",
        "outside": "Wilayah itu di luar wilayah yang boleh Anda pilih.",
        "kelurahan": "Kelurahan tidak berbelanja di sini. Pilih desa.",
        "picking": "Lanjutkan memilih wilayah, lalu kirim.",
    }

    def __init__(
        self,
        *,
        level: str = Level.VILLAGE,
        within: str | Iterable[str] | None = NATION,
        only_buyers: bool = False,
        or_above: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.picker.level = Level(level)
        self.picker.or_above = or_above
        self.only_buyers = only_buyers
        self.within = within

    @property
    def picker(self) -> AreaPicker:
        """The widget, which holds what both must know."""
        return cast(AreaPicker, self.widget)

    @property
    def within(self) -> list[str]:
        """The territories to choose in, outermost only."""
        return self.picker.within

    @within.setter
    def within(self, territories: str | Iterable[str] | None) -> None:
        self.picker.within = codes.outermost(territories)

    @property
    def only_buyers(self) -> bool:
        return self.picker.only_buyers

    @only_buyers.setter
    def only_buyers(self, value: bool) -> None:
        self.picker.only_buyers = value

    @property
    def level(self) -> Level:
        return self.picker.level

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Area) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")

    def clean(self, value: Any) -> Area | None:
        """The area, or a sentence that says what to choose."""
        if isinstance(value, Unfinished):
            raise self._refuse("picking")
        if value in self.empty_values:
            if self.required:
                raise self._refuse("required")
            return None
        if not codes.is_code(value) or len(value) > self.level.length:
            raise self._refuse("invalid")
        if len(value) < self.level.length and not self.picker.or_above:
            levels = list(Level)
            raise self._refuse("incomplete", next=WORDS[levels[levels.index(Level.of(value)) + 1]])
        if not any(codes.contains(territory, value) for territory in self.within):
            raise self._refuse("outside")
        area = Area.objects.in_force(today()).filter(code=value).first()
        if area is None:
            raise self._refuse("invalid")
        if self.only_buyers and area.is_village and not area.may_buy:
            raise self._refuse("kelurahan")
        return area

    def _refuse(self, code: str, **params: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"word": self.picker.word, **params})


class AreaFormMixin:
    """For forms with an AreaField: while an area is being picked, nothing is wrong and nothing is valid."""

    def is_valid(self) -> bool:
        return not self.is_picking and super().is_valid()  # type: ignore[misc]

    @property
    def is_picking(self) -> bool:
        return self.is_bound and is_picking(self.data)  # type: ignore[attr-defined]

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]
        if self.is_picking:
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}


# --- what addresses may ask ------------------------------------------------------------------------
LEVEL_PARAMETERS = {
    "provinsi": Level.PROVINCE,
    "kabupaten": Level.REGENCY,
    "kecamatan": Level.DISTRICT,
    "desa": Level.VILLAGE,
}


class AreaSearchForm(forms.Form):
    """What the type-ahead asks: text, level, territories. Anything odd is refused before it meets the database."""

    q = forms.CharField(max_length=80, required=False)
    tingkat = forms.ChoiceField(choices=[(name, name) for name in LEVEL_PARAMETERS], required=False)
    keatas = forms.BooleanField(required=False)
    dalam = forms.CharField(max_length=20 * MOST_TERRITORIES, required=False)

    def clean_dalam(self) -> list[str]:
        given = [code for code in self.cleaned_data["dalam"].split(",") if code]
        if len(given) > MOST_TERRITORIES or not all(map(codes.is_code, given)):
            raise ValidationError("Kode wilayah tidak dikenal.")
        return given or [NATION]

    def areas(self) -> AreaQuerySet:
        """The areas among which to search."""
        areas = Area.objects.in_force(today()).within(self.cleaned_data["dalam"])
        level = LEVEL_PARAMETERS.get(self.cleaned_data["tingkat"])
        if level is None:
            return areas
        levels = list(Level)[: list(Level).index(level) + 1] if self.cleaned_data["keatas"] else [level]
        return areas.filter(level__in=levels)
