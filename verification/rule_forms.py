"""What a regency's office types about judging: the rule with its score form, and which papers are asked for."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts import people
from accounts.models import LegalForm, Role
from core.forms import IndonesianDateField, Line
from core.once import OnceForm
from core.validators import validate_plain_text
from regions.models import Area, Level
from verification.models import DocumentRequirement, DocumentType, VerificationRule
from verification.models.requirements import Cell
from verification.models.rule import AspectDraft, earliest_day, problem_of

SPARE_ROWS, MOST_ROWS = 3, 20
NATIONAL = "nasional"


def places_of(user: Any) -> dict[str, Area | None]:
    """Where this person writes rules: a regency's office there, the ministry the national example."""
    codes = people.territories(user, Role.REGENCY_OFFICE)
    rows = Area.objects.within(codes).filter(level=Level.REGENCY).order_by("code")
    found: dict[str, Area | None] = {area.code: area for area in rows}
    if people.holds(user, Role.MINISTRY):
        found[NATIONAL] = None
    return found


class DaysField(forms.CharField):
    """Whole days, typed as 28, 14, 0, -28. Gives them in order, the earliest first."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(day) for day in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        parts = [part for part in re.split(r"[\s,;]+", super().to_python(value) or "") if part]
        if not all(re.fullmatch(r"-?[0-9]{1,3}", part) for part in parts):
            raise ValidationError("Tulis angka hari yang dipisahkan koma, misalnya 28, 14, 0, -28.")
        days = sorted({int(part) for part in parts}, reverse=True)
        if len(days) > 10 or any(abs(day) > 180 for day in days):
            raise ValidationError("Paling banyak sepuluh pengingat, dalam 180 hari sebelum atau sesudah berakhir.")
        return days


class PlaceForm(OnceForm, forms.Form):
    """Of which place; asked only from who has several."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places_of(self.user)
        if len(self.places) > 1:
            choices = [(code, area.label if area else "Nasional (contoh)") for code, area in self.places.items()]
            self.fields["place"] = forms.ChoiceField(label="Berlaku di", choices=choices)
            self.order_fields(["place"])

    @property
    def place(self) -> Area | None:
        return self.places[self.cleaned_data.get("place") or next(iter(self.places))]

    def clean_valid_from(self) -> Any:
        day = self.cleaned_data["valid_from"]
        if day < earliest_day():
            raise ValidationError("Berlaku paling cepat besok, agar yang diajukan hari ini tidak berubah.")
        return day


class RuleForm(PlaceForm):
    """A rule from a day on; its score form stands beside it (`AspectFormSet`)."""

    basis = Line(label="Dasar", max_length=200, help_text="Nomor dan tanggal keputusan atau peraturan.")
    valid_from = IndonesianDateField(label="Berlaku sejak", initial=earliest_day, help_text="Paling cepat besok.")
    threshold = forms.IntegerField(
        label="Ambang layak", min_value=1, max_value=100,
        help_text="Nilai akhir 0–100; di bawahnya, penyedia tidak direkomendasikan.",
    )  # fmt: skip
    quorum_percent = forms.IntegerField(
        label="Kuorum (persen anggota)", min_value=0, max_value=100,
        help_text="Harus lebih dari bagian ini yang hadir atau menilai. 50 berarti lebih dari separuh.",
    )  # fmt: skip
    validity_months = forms.IntegerField(label="Masa terdaftar (bulan)", min_value=1, max_value=120)
    persons_allowed = forms.BooleanField(label="Perorangan boleh mendaftar", required=False)
    service_days = forms.IntegerField(
        label="Baku waktu layanan (hari)", min_value=1, max_value=365,
        help_text="Hari kalender sejak diajukan sampai diputuskan; antrean menandai yang lewat.",
    )  # fmt: skip
    remind_days = DaysField(
        label="Hari pengingat", max_length=80,
        help_text="Hari sebelum dokumen atau masa terdaftar berakhir; angka minus berarti sesudahnya.",
    )  # fmt: skip
    renew_days = forms.IntegerField(
        label="Perpanjangan dibuka (hari)", min_value=1, max_value=366,
        help_text="Sekian hari sebelum masa terdaftar berakhir, dan selama itu pula sesudahnya.",
    )  # fmt: skip
    objection_days = forms.IntegerField(
        label="Masa sanggah (hari)", min_value=1, max_value=366,
        help_text="Hari kalender sejak sanksi dijatuhkan sampai sanggahan penyedia ditutup.",
    )  # fmt: skip
    services_reviewed = forms.BooleanField(
        label="Layanan diperiksa Pokja sebelum tayang", required=False,
        help_text="Berlaku bagi penyedia yang paling lama terdaftar di sini: layanan baru dan perubahannya.",
    )  # fmt: skip
    interview_guide = forms.CharField(
        label="Panduan wawancara", required=False, max_length=4000, validators=[validate_plain_text],
        widget=forms.Textarea(attrs={"rows": 7}), help_text="Satu pertanyaan tiap baris.",
    )  # fmt: skip

    NAMES = (
        "threshold", "quorum_percent", "validity_months", "persons_allowed", "service_days", "remind_days",
        "renew_days", "objection_days", "services_reviewed", "interview_guide",
    )  # fmt: skip

    def rule(self) -> VerificationRule:
        """The rule as typed, not yet written."""
        data = self.cleaned_data
        values = {name: data[name] for name in self.NAMES}
        return VerificationRule(regency=self.place, basis=data["basis"], valid_from=data["valid_from"], **values)


class AspectForm(forms.Form):
    """A row of the score form; an empty one is left out."""

    label = Line(label="Aspek", max_length=120, required=False)
    weight = forms.IntegerField(
        label="Bobot", min_value=1, max_value=100, required=False,
        widget=forms.NumberInput(attrs={"data-weight": "", "inputmode": "numeric"}),
    )  # fmt: skip
    help = Line(label="Petunjuk", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            if data.get("weight") and not data.get("label"):
                self.add_error("label", "Isi nama aspeknya, atau kosongkan bobotnya.")
            if data.get("label") and not data.get("weight"):
                self.add_error("weight", "Isi bobotnya, atau kosongkan nama aspeknya.")
            if data.get("help") and not data.get("label"):
                self.add_error("label", "Isi nama aspeknya, atau kosongkan petunjuknya.")
        return data


class AspectRows(forms.BaseFormSet):
    """All rows together: at least one, no name twice, weights that make 100."""

    def clean(self) -> None:
        if not any(self.errors):
            problem = problem_of(drafts_in(self))
            if problem:
                raise ValidationError(problem)


def drafts_in(rows: forms.BaseFormSet) -> list[AspectDraft]:
    """The rows that were filled in."""
    filled = [form.cleaned_data for form in rows.forms if form.cleaned_data.get("label")]
    return [AspectDraft(row["label"], row["weight"], row["help"]) for row in filled]


AspectFormSet = forms.formset_factory(
    AspectForm, formset=AspectRows, extra=SPARE_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


def initial_rows(rule: VerificationRule) -> list[dict[str, Any]]:
    return [{"label": row.label, "weight": row.weight, "help": row.help} for row in rule.aspects.all()]


class MatrixForm(PlaceForm):
    """Kinds of documents against legal forms; every cell says wajib, tidak wajib or tidak diminta."""

    source = Line(label="Dasar", max_length=200, help_text="Nomor dan tanggal keputusan atau peraturan.")
    valid_from = IndonesianDateField(label="Berlaku sejak", help_text="Paling cepat besok.")

    def __init__(self, *args: Any, place: Area | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("place", None)
        self.chosen = place
        self.kinds = list(DocumentType.objects.all())
        coming = DocumentRequirement.objects.coming(place)
        self.fields["valid_from"].initial = max([earliest_day(), *coming[-1:]])
        self.now = DocumentRequirement.objects.matrix(place)
        off = DocumentRequirement.Need.OFF
        for kind in self.kinds:
            for form in LegalForm:
                held = self.now.get((kind.pk, form.value))
                self.fields[cell_name(kind, form)] = forms.ChoiceField(
                    label=f"{kind}: {form.label}",
                    choices=DocumentRequirement.Need.choices,
                    initial=held.need if held else off,
                )

    def head(self) -> list[Any]:
        """What stands above the grid."""
        return [self["source"], self["valid_from"]]

    def rows(self) -> list[tuple[DocumentType, list[tuple[str, Any]]]]:
        """(kind, [(legal form, field)]) for the grid."""
        return [(kind, [(short(form), self[cell_name(kind, form)]) for form in LegalForm]) for kind in self.kinds]

    def needs(self) -> dict[Cell, str]:
        return {
            (kind.pk, form.value): self.cleaned_data[cell_name(kind, form)] for kind in self.kinds for form in LegalForm
        }


def cell_name(kind: DocumentType, form: LegalForm) -> str:
    return f"{kind.key}--{form.value}"


def short(form: LegalForm) -> str:
    """The legal form as a column's head."""
    return str(form.label).split(" (")[0].removesuffix(", lembaga riset, atau pemerintah")


class DocumentTypeForm(OnceForm, forms.Form):
    """A kind of paper that regencies may then ask for."""

    label = Line(label="Nama dokumen", max_length=120)
    help = Line(label="Petunjuk bagi pemohon", max_length=300, required=False)
    each = forms.ChoiceField(label="Banyaknya", choices=DocumentType.Each.choices)
    personal = forms.BooleanField(
        label="Memuat data pribadi", required=False,
        help_text="Hanya dilihat penyedia, Pokja dan Dinas PMD; setiap pembukaan dicatat.",
    )  # fmt: skip
    has_number = forms.BooleanField(label="Bernomor", required=False)
    has_expiry = forms.BooleanField(label="Mempunyai masa berlaku", required=False)
