"""The columns of a provider's table of services: how each is written into a workbook and read back from one.

`Columns` knows the categories, their questions and the places once for a whole table, so that judging a row asks
the database nothing. Reading raises ValidationError with a sentence that says how to mend the cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Prefetch

from accounts.models import Provider
from catalog.models import Category, CategoryAttribute, Service, ServiceKind, Subcategory, Unit
from catalog.models.offering import outermost_areas
from core.forms import RupiahField
from core.sheets import Heading
from core.spreadsheet import Fill
from regions.models import Area, Level

CODE, STATE, REMARK = "kode", "status", "perbaikan"
QUESTION: Final = "q:"  # before the key of a category's question
Kind = CategoryAttribute.Kind
_CODED = re.compile(r"(\d\d)(?:[.,](\d{1,2}))?(?=\s|$)", re.ASCII)
_PRICE = RupiahField(min_value=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Fill):
    """One column: how to fill it in, and its key (of the content, or of a question)."""

    key: str

    @property
    def heading(self) -> Heading:
        question = (self.key.removeprefix(QUESTION),) if self.key.startswith(QUESTION) else ()
        return Heading(self.key, self.head, required=self.required, others=question)


class Columns:
    """Every column that a table of this provider may have; which stand in its template, `shown` says."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        active = Category.objects.active().prefetch_related(
            Prefetch("subcategories", Subcategory.objects.active(), to_attr="shown_subcategories"),
            Prefetch("attributes", CategoryAttribute.objects.active(), to_attr="asked"),
        )
        self.categories: list[Any] = list(active)
        self.questions: dict[str, list[CategoryAttribute]] = {}
        for category in self.categories:
            for asked in category.asked:
                self.questions.setdefault(asked.key, []).append(asked)
        self.places = {area.code: area for area in Area.objects.filter(level__in=[Level.PROVINCE, Level.REGENCY])}
        self.named: dict[str, list[Area]] = {}
        for area in self.places.values():
            for name in {area.name, area.full_name, _without_kind(area.name)}:
                self.named.setdefault(_bare(name), []).append(area)

    # --- which ------------------------------------------------------------------------------------------------
    def all(self) -> list[Column]:
        """Of every category: an old template may have other questions than today's."""
        return [*self.plain(), *(self._question(key) for key in self.questions)]

    def shown(self) -> list[Column]:
        """With the questions of the categories in which the provider works; of all, where it says none."""
        used = set(self.provider.fields) | set(
            Service.objects.filter(provider=self.provider).values_list("category__key", flat=True)
        )
        keys = [
            asked.key for category in self.categories if category.key in used or not used for asked in category.asked
        ]
        return [*self.plain(), *(self._question(key) for key in dict.fromkeys(keys))]

    def plain(self) -> list[Column]:
        categories = tuple(category.name for category in self.categories)
        subs = tuple(dict.fromkeys(sub.name for category in self.categories for sub in category.shown_subcategories))
        return [
            Column("Kode", 14, "Jangan diubah. Kosong berarti layanan baru, yang tersimpan sebagai draf.", key=CODE),
            Column("Status", 12, "Hanya untuk dibaca; isinya tidak dipakai.", key=STATE),
            Column("Nama layanan", 36, "Contoh: Pelatihan pengelolaan BUM Desa, dua hari", required=True, key="title"),
            Column("Kategori", 28, "Pilih dari daftar.", categories, required=True, key="category"),
            Column("Subkategori", 28, "Pilih yang termasuk kategorinya, atau kosongkan.", subs, key="subcategory"),
            Column("Jenis layanan", 24, "Pilih dari daftar.", tuple(ServiceKind.labels), required=True, key="kind"),
            Column("Ringkasan", 40, "Satu atau dua kalimat yang tampil pada daftar.", required=True, key="summary"),
            Column("Uraian", 50, "Apa yang dikerjakan, tahap demi tahap. Wajib sebelum ditayangkan.", key="description"),
            Column("Yang diterima desa", 40, "Satu hal tiap baris (Alt+Enter untuk baris baru). Wajib sebelum ditayangkan.", key="deliverables"),
            Column("Syarat dan yang disiapkan desa", 40, "Satu hal tiap baris.", key="requirements"),
            Column("Harga per satuan (rupiah)", 18, "Rupiah utuh. Contoh: 12500000 atau 12.500.000", required=True, is_number=True, key="price"),
            Column("Satuan", 16, "Pilih dari daftar; kategori dapat membatasinya.", tuple(Unit.labels), required=True, key="unit"),
            Column("Termasuk pajak", 12, "ya atau tidak", ("ya", "tidak"), required=True, key="tax_included"),
            Column("Lama pengerjaan (hari)", 14, "Hari kalender, 1 sampai 730. Wajib sebelum ditayangkan.", is_number=True, key="duration_days"),
            Column("Wilayah layanan", 40, "Kabupaten, kota, atau provinsi; pisahkan dengan titik koma. Contoh: 52.02 Kabupaten Lombok Tengah; 52.01", key="areas"),
        ]  # fmt: skip

    def _question(self, key: str) -> Column:
        asked = self.questions[key]
        choices = tuple(dict.fromkeys(option.label for each in asked for option in each.options))
        hint = asked[0].help or "Pertanyaan kategori."
        if asked[0].kind == Kind.MANY:
            hint, choices = f"{hint} Boleh beberapa, pisahkan dengan titik koma: {'; '.join(choices)}", ()
        names = ", ".join(each.category.name for each in asked)
        return Column(
            f"{asked[0].label} [{key}]", 22, f"{hint} Untuk kategori: {names}.", choices, key=f"{QUESTION}{key}"
        )

    # --- written ------------------------------------------------------------------------------------------------
    def text(self, key: str, service: Service, areas: list[str]) -> str | int:
        """What stands in the cell of this service."""
        if key.startswith(QUESTION):
            return self.answer_text(service.category_id, key.removeprefix(QUESTION), service.attributes)
        writers: dict[str, Callable[[], Any]] = {
            CODE: lambda: service.code,
            STATE: service.get_state_display,
            REMARK: lambda: "",
            "areas": lambda: "; ".join(f"{code} {self.places[code].name}" for code in areas),
        }
        return writers[key]() if key in writers else self.value_text(key, getattr(service, key))

    def value_text(self, key: str, value: Any) -> str | int:
        if value is None:
            return ""
        if key == "kind":
            return dict(ServiceKind.choices).get(value, value)
        if key == "unit":
            return dict(Unit.choices).get(value, value)
        if key == "tax_included":
            return "ya" if value else "tidak"
        return value if isinstance(value, int) else str(value)

    def answer_text(self, category_id: int, key: str, answers: dict[str, Any]) -> str:
        asked = next((each for each in self.questions.get(key, ()) if each.category_id == category_id), None)
        value: Any = answers.get(key)
        if asked is None or asked.is_empty(value):
            return ""
        if asked.kind == Kind.NUMBER:
            return str(value)
        return "; ".join(asked.text([each]) for each in value) if asked.kind == Kind.MANY else asked.text(value)

    # --- read -----------------------------------------------------------------------------------------------------
    def value(self, key: str, text: str) -> Any:
        """The plain field's value; subcategories and answers wait for the category."""
        readers: dict[str, Callable[[str], Any]] = {
            "category": self._category,
            "kind": lambda text: _choice(text, ServiceKind.choices),
            "unit": lambda text: _choice(text, Unit.choices),
            "tax_included": _yes_or_no,
            "price": _price,
            "duration_days": lambda text: _whole(text, 1, 730) if text else None,
            "areas": self._areas,
        }
        return readers[key](text) if key in readers else _words(key, text)

    def _category(self, text: str) -> Category:
        known = {_bare(name): each for each in self.categories for name in (each.key, each.name)}
        if _bare(text) not in known:
            raise ValidationError(f"Kategori “{text[:60]}” tidak ada. Pilih dari daftar.")
        return known[_bare(text)]

    def subcategory(self, category: Any, text: str) -> Subcategory | None:
        if not text:
            return None
        known = {_bare(name): each for each in category.shown_subcategories for name in (each.key, each.name)}
        if _bare(text) not in known:
            names = ", ".join(each.name for each in category.shown_subcategories) or "tidak ada"
            raise ValidationError(f"Bukan subkategori dari {category.name}. Pilihannya: {names}.")
        return known[_bare(text)]

    def answer(self, category: Any, key: str, text: str) -> Any:
        """The answer to a question of this category; None for none."""
        asked = next((each for each in category.asked if each.key == key), None)
        if asked is None:
            if text:
                raise ValidationError(f"Kategori {category.name} tidak menanyakan ini. Kosongkan.")
            return None
        if not text:
            return None
        return asked.accept(_answered(asked, text))

    def _areas(self, text: str) -> list[Area]:
        parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
        return outermost_areas([self._area(part) for part in parts])

    def _area(self, text: str) -> Area:
        if coded := _CODED.match(text):
            code = coded[1] + (f".{coded[2]:0<2}" if coded[2] else "")  # a number cell makes 52.1 of 52.10
            if code in self.places:
                return self.places[code]
            raise ValidationError(f"Kode wilayah {code} tidak ada.")
        found = self.named.get(_bare(text.casefold().removeprefix("seluruh ").removeprefix("provinsi ")), [])
        if not found:
            raise ValidationError(
                f"Wilayah “{text[:60]}” tidak dikenal. Tulis nama lengkap kabupaten/kota atau kodenya."
            )
        if len(found) > 1:
            names = " atau ".join(f"{area.code} {area.name}" for area in found[:4])
            raise ValidationError(f"“{text[:60]}” dapat berarti {names}. Tulis kodenya.")
        return found[0]


# --- cells --------------------------------------------------------------------------------------------------------
def _bare(text: str) -> str:
    return " ".join(text.casefold().split())


def _without_kind(name: str) -> str:
    return name.removeprefix("Kabupaten ").removeprefix("Kota ")


def _words(key: str, text: str) -> str:
    """Title and summary are one line; the others keep their lines."""
    field: Any = Service._meta.get_field(key)
    words = " ".join(text.split()) if key in ("title", "summary") else text
    if field.max_length and len(words) > field.max_length:
        raise ValidationError(f"Terlalu panjang: {len(words)} huruf, paling banyak {field.max_length}.")
    return words


def _choice(text: str, pairs: Any) -> str:
    known = {_bare(name): key for key, label in pairs for name in (key, label)}
    if _bare(text) not in known:
        raise ValidationError(f"“{text[:60]}” bukan pilihan. Pilihannya: {', '.join(label for _, label in pairs)}.")
    return str(known[_bare(text)])


def _yes_or_no(text: str) -> bool:
    if _bare(text) not in ("ya", "tidak"):
        raise ValidationError("Tulis ya atau tidak.")
    return _bare(text) == "ya"


def _price(text: str) -> int:
    return int(_PRICE.clean(text))


def _whole(text: str, least: int, most: int) -> int:
    digits = text.strip().replace(".", "")
    if not re.fullmatch(r"[0-9]{1,12}", digits, re.ASCII) or not least <= int(digits) <= most:
        raise ValidationError(f"Tulis angka utuh dari {least} sampai {most}.")
    return int(digits)


def _answered(asked: CategoryAttribute, text: str) -> Any:
    """The text of a cell in the shape in which answers are kept."""
    pairs = [(option.key, option.label) for option in asked.options]
    match asked.kind:
        case Kind.NUMBER:
            bare = text.casefold().removesuffix(asked.unit.casefold()) if asked.unit else text
            return _whole(bare, 0, 999_999_999)
        case Kind.YES_NO:
            return _yes_or_no(text)
        case Kind.CHOICE:
            return _choice(text, pairs)
        case Kind.MANY:
            return [_choice(part, pairs) for part in re.split(r"[;\n]", text) if part.strip()]
    return text
