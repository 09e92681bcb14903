"""The questions that a category asks of its services: data, from which form, filter, comparison and KAK come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from catalog.models.category import Category
from core.formats import jumlah

if TYPE_CHECKING:
    from catalog.models.service import Service

LONGEST_ANSWER: Final = 300
MOST_CHOICES: Final = 20
LARGEST_NUMBER: Final = 999_999_999

# Keys stand in addresses, in the answers of services and in lexemes: plain letters and digits.
_CHOICE_KEY = re.compile(r"[a-z0-9]{1,30}", re.ASCII)
_PLAIN_WORD = RegexValidator(
    r"\A[a-z][a-z0-9]{0,29}\Z", "Huruf kecil dan angka saja, dimulai huruf. Contoh: jumlahpeserta"
)


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer that a list can be filtered by."""

    key: str
    label: str
    lexeme: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answers to one question, as people read it."""

    key: str
    label: str
    text: str
    value: Any
    in_comparison: bool = False
    in_kak: bool = False


class CategoryAttributeQuerySet(models.QuerySet["CategoryAttribute"]):
    def active(self) -> Self:
        """Those that are asked today."""
        return self.filter(active=True)

    def visible_to(self, user: Any) -> Self:
        """Public, as the categories are."""
        return self.all()


class CategoryAttribute(models.Model):
    """A question to every service of a category: "Jumlah peserta", "Apakah sertifikat diberikan?".

    Its key is what a service's answer is kept under, so it never changes; one that is no longer asked is switched
    off, and the answers stay.
    """

    class Kind(models.TextChoices):
        TEXT = "text", "Teks singkat"
        NUMBER = "number", "Angka"
        CHOICE = "choice", "Pilih satu"
        MANY = "many", "Pilih beberapa"
        YES_NO = "yes_no", "Ya atau tidak"

    category = models.ForeignKey(Category, models.PROTECT, related_name="attributes", verbose_name="kategori")
    key = models.CharField("kunci", max_length=30, validators=[_PLAIN_WORD], help_text="Tidak dapat diubah kemudian.")
    label = models.CharField("pertanyaan", max_length=80)
    help = models.CharField("petunjuk", max_length=200, blank=True)
    kind = models.CharField("jenis jawaban", max_length=8, choices=Kind.choices)
    # [[key, label], …] in the order shown
    choices = models.JSONField("pilihan", default=list, blank=True)
    unit = models.CharField("satuan", max_length=20, blank=True, help_text="Untuk angka. Contoh: orang")
    required = models.BooleanField("wajib sebelum tayang", default=False)
    in_filter = models.BooleanField("menjadi saringan", default=False)
    in_comparison = models.BooleanField("tampil pada perbandingan", default=True)
    in_kak = models.BooleanField("masuk KAK", default=True)
    basis = models.CharField("dasar", max_length=200, default="contoh", help_text="“contoh” bila belum ada dasar.")
    order = models.PositiveSmallIntegerField("urutan", default=0)
    active = models.BooleanField("dipakai", default=True)

    objects = CategoryAttributeQuerySet.as_manager()

    class Meta:
        verbose_name = "pertanyaan kategori"
        verbose_name_plural = "pertanyaan kategori"
        ordering = ("category", "order", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["category", "key"], name="attribute_key_once",
                violation_error_message="Kunci ini sudah dipakai dalam kategori ini.",
            ),
            models.CheckConstraint(
                name="attribute_filter_has_choices",
                condition=Q(in_filter=False) | Q(kind__in=["choice", "many", "yes_no"]),
                violation_error_message="Hanya pertanyaan dengan pilihan yang dapat menjadi saringan.",
            ),
            models.CheckConstraint(
                name="attribute_choices_by_kind",
                condition=Q(kind__in=["choice", "many"]) & ~Q(choices=[])
                | ~Q(kind__in=["choice", "many"]) & Q(choices=[]),
                violation_error_message="Isi pilihan untuk “pilih satu” dan “pilih beberapa”, dan hanya untuk itu.",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """The choices fit the kind, and are pairs of a plain key and a label, each once."""
        if problem := choices_problem(self.kind, self.choices):
            raise ValidationError({"choices": problem})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep it; services are found by what its answers say, and filtered by them, from now on."""
        read = ("label", "choices", "unit", "in_filter", "active")
        known = type(self).objects.filter(pk=self.pk).values_list(*read).first()
        super().save(*args, **kwargs)
        if known is not None and known != tuple(getattr(self, name) for name in read):
            self.category.reindex()

    def uses(self, choice: str = "") -> int:
        """How many services have answered it; or have chosen this."""
        answered = self.category.services.filter(attributes__has_key=self.key)
        if not choice:
            return answered.count()
        chosen = Q(**{f"attributes__{self.key}": choice}) | Q(**{f"attributes__{self.key}__contains": [choice]})
        return answered.filter(chosen).count()

    # --- its answers ----------------------------------------------------------------------------------
    @property
    def options(self) -> list[Option]:
        """The answers one may choose from, each with the lexeme that services giving it are found by."""
        pairs = [("ya", "Ya"), ("tidak", "Tidak")] if self.kind == self.Kind.YES_NO else self.choices
        return [Option(key, label, f"q{self.pk}k{key}") for key, label in pairs]

    def is_empty(self, value: Any) -> bool:
        """Is this no answer? (No is an answer.)"""
        return value in (None, "", [])

    def accept(self, value: Any) -> Any:
        """The answer as it is kept: str, int, key, list of keys in order, or bool. ValidationError with a sentence."""
        match self.kind:
            case self.Kind.TEXT if isinstance(value, str) and len(value) <= LONGEST_ANSWER:
                return " ".join(value.split())
            case self.Kind.NUMBER if type(value) is int and 0 <= value <= LARGEST_NUMBER:
                return value
            case self.Kind.YES_NO if isinstance(value, bool):
                return value
            case self.Kind.CHOICE if value in [key for key, _ in self.choices]:
                return value
            case self.Kind.MANY if _are_keys(value, self.choices):
                return [key for key, _ in self.choices if key in value]
        raise ValidationError(f"Jawaban untuk “{self.label}” tidak dapat dipakai.")

    def text(self, value: Any) -> str:
        """The answer as people read it; empty when there is none."""
        if self.is_empty(value):
            return ""
        names = dict(self.choices)
        match self.kind:
            case self.Kind.YES_NO:
                return "Ya" if value else "Tidak"
            case self.Kind.NUMBER:
                return f"{jumlah(value)} {self.unit}".strip()
            case self.Kind.CHOICE:
                return names.get(value, "")
            case self.Kind.MANY:
                return ", ".join(names[key] for key in value if key in names)
        return str(value)

    def lexemes(self, value: Any) -> list[str]:
        """By which the search vector knows this answer; none for what is not filtered by."""
        if not self.in_filter or self.is_empty(value):
            return []
        given = {"ya" if value else "tidak"} if self.kind == self.Kind.YES_NO else set(_as_list(value))
        return [option.lexeme for option in self.options if option.key in given]


def choices_problem(kind: str, pairs: Any) -> str:
    """Why these cannot be the choices of such a question, in a sentence; empty when they can."""
    chooses = kind in (CategoryAttribute.Kind.CHOICE, CategoryAttribute.Kind.MANY)
    if not isinstance(pairs, list) or any(not _is_pair(pair) for pair in pairs):
        return "Tiap pilihan berupa kunci (huruf kecil dan angka) dan namanya."
    if chooses != bool(pairs):
        return "Isi pilihan untuk “pilih satu” dan “pilih beberapa”, dan hanya untuk itu."
    if len(pairs) > MOST_CHOICES:
        return f"Paling banyak {MOST_CHOICES} pilihan."
    for place, what in ((0, "Kunci"), (1, "Nama")):
        if len({pair[place] for pair in pairs}) < len(pairs):
            return f"{what} pilihan tertulis dua kali."
    return ""


def _is_pair(pair: Any) -> bool:
    if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(word, str) for word in pair)):
        return False
    return bool(_CHOICE_KEY.fullmatch(pair[0]) and pair[1].strip() and len(pair[1]) <= 60)


def _are_keys(value: Any, pairs: list[list[str]]) -> bool:
    known = [key for key, _ in pairs]
    return isinstance(value, list) and all(key in known for key in value)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def answers(asked: list[CategoryAttribute], given: dict[str, Any]) -> list[Answer]:
    """What was answered to the questions asked today, in their order."""
    found = [(each, each.text(given.get(each.key))) for each in asked]
    return [
        Answer(each.key, each.label, text, given[each.key], each.in_comparison, each.in_kak)
        for each, text in found
        if text
    ]


def unanswered(asked: list[CategoryAttribute], given: dict[str, Any]) -> list[str]:
    """The questions that must be answered before villages see a service, and are not."""
    return [f"“{each.label}”" for each in asked if each.required and each.is_empty(given.get(each.key))]


def accepted(asked: list[CategoryAttribute], given: dict[str, Any]) -> dict[str, Any]:
    """The answers as they are kept; those to questions of other categories fall away. ValidationError."""
    return {each.key: each.accept(given[each.key]) for each in asked if not each.is_empty(given.get(each.key))}


def lexemes_of(service: Service) -> list[str]:
    """What the search vector knows of a service besides words and areas: its subcategory and what it answers to
    questions that a list can be filtered by."""
    found = [service.subcategory.lexeme] if service.subcategory else []
    for asked in service.category.filterable():
        found += asked.lexemes(service.attributes.get(asked.key))
    return found
