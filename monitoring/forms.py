"""Forms of the reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from accounts import people
from accounts.models.membership import FACILITATOR_ROLES, Role
from core.clock import local_today
from core.formats import bulan_tahun
from core.forms import ImagesUploadField, IndonesianDateField, MoveForm
from core.once import OnceForm
from monitoring.models import ASKING, MOST_PHOTOS, FacilitatorReport, Report
from monitoring.period import previous_month
from monitoring.photos import small
from regions.models import Area, Level

MONTHS_BACK = 13
PAPERS = [("A4", "A4 (21 × 29,7 cm)"), ("F4", "F4/Folio (21,5 × 33 cm)")]


def month_choices(count: int = MONTHS_BACK, *, empty: str = "") -> list[tuple[str, str]]:
    """This month and those before it, the newest first: ("2026-11", "November 2026")."""
    month, found = local_today("WIT").replace(day=1), []
    for _ in range(count):
        found.append((f"{month:%Y-%m}", bulan_tahun(month)))
        month = previous_month(month)
    return [("", empty), *found] if empty else found


def read_month(text: str) -> dt.date:
    """ "2026-11" as its first day; ValueError for anything else."""
    year, _, month = text.partition("-")
    return dt.date(int(year), int(month), 1)


def to_month(value: Any) -> dt.date | None:
    return read_month(value) if isinstance(value, str) and value else value or None


class MonthField(forms.TypedChoiceField):
    """One of the last months. Gives its first day."""

    def __init__(self, *, empty: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("label", "Bulan")
        super().__init__(choices=lambda: month_choices(empty=empty), coerce=to_month, empty_value=None, **kwargs)


class MonthForm(forms.Form):
    """Which month a board shows."""

    bulan = MonthField(required=False)


class ReportRequestForm(OnceForm, forms.Form):
    """Of which area and month a report is wanted; only areas that this person may ask for."""

    area = forms.ModelChoiceField(Area.objects.none(), label="Wilayah", empty_label="Pilih wilayah")
    month = MonthField(help_text="Bulan yang belum berakhir hanya dapat dicetak sebagai laporan sementara.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = Area.objects.none()
        for level, roles in ASKING.items():
            wanted |= Area.objects.filter(level=level).within(people.territories(self.user, *roles))
        self.fields["area"].queryset = wanted.order_by("code")  # type: ignore[attr-defined]
        self.fields["area"].label_from_instance = described  # type: ignore[attr-defined]
        only = list(wanted[:2])
        if len(only) == 1:
            self.fields["area"].initial = only[0]
        self.fields["month"].initial = month_choices(2)[1][0]


def described(area: Area) -> str:
    return f"Provinsi {area.name}" if area.level == Level.PROVINCE else f"{area.name}, {area.ancestry}"


class ReportFilterForm(forms.Form):
    """The list of reports by month, status and level."""

    bulan = MonthField(required=False, empty="Semua bulan")
    status = forms.ChoiceField(required=False, label="Status", choices=[("", "Semua status"), *Report.State.choices])
    tingkat = forms.ChoiceField(
        required=False,
        label="Tingkat",
        choices=[("", "Semua tingkat"), ("regency", "Kabupaten/Kota"), ("province", "Provinsi")],
    )


class PaperForm(MoveForm):
    """On which paper."""

    paper = forms.ChoiceField(label="Ukuran kertas", choices=PAPERS, initial="A4", widget=forms.RadioSelect)


# --- pendamping -------------------------------------------------------------------------------------------------
class OpenForm(forms.Form):
    """Which report a pendamping begins: one choice for each role and place they hold."""

    what = forms.ChoiceField(label="Laporan sebagai")
    month = MonthField()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = posts(user)  # type: ignore[attr-defined]
        self.fields["month"].initial = month_choices(1)[0][0]

    @property
    def report(self) -> FacilitatorReport:
        """The report meant; not saved."""
        role, _, code = self.cleaned_data["what"].partition(":")
        return FacilitatorReport(role=role, area=Area.objects.get(code=code), month=self.cleaned_data["month"])


def posts(user: Any) -> list[tuple[str, str]]:
    """("pld:52.02.04", "PLD Kecamatan Pujut") for each place where this person is a pendamping."""
    held: set[tuple[str, str]] = set()
    for membership in people.memberships(user):
        if membership.role in FACILITATOR_ROLES and membership.area:
            code = membership.area.district_code if membership.role == Role.PLD else membership.area_id
            held.add((membership.role, code))
    names = {area.code: area.label for area in Area.objects.filter(code__in={code for _, code in held})}
    short = {Role.PLD: "PLD", Role.PD: "PD", Role.TAPM: "TAPM"}
    return [(f"{role}:{code}", f"{short[Role(role)]} {names[code]}") for role, code in sorted(held)]


class FacilitatorFilterForm(forms.Form):
    """The list of pendamping's reports."""

    bulan = MonthField(required=False, empty="Semua bulan")
    peran = forms.ChoiceField(
        required=False, label="Peran", choices=[("", "Semua peran"), ("pld", "PLD"), ("pd", "PD"), ("tapm", "TAPM")]
    )


class ActivityForm(forms.Form):
    """One row of activities; an empty row is left out."""

    on = IndonesianDateField(label="Tanggal", required=False)
    village = forms.ModelChoiceField(Area.objects.none(), label="Desa", required=False, empty_label="Bukan di desa")
    what = forms.CharField(label="Kegiatan", max_length=250, required=False)
    men = forms.IntegerField(label="Peserta laki-laki", min_value=0, max_value=9999, required=False)
    women = forms.IntegerField(label="Peserta perempuan", min_value=0, max_value=9999, required=False)
    result = forms.CharField(label="Hasil", max_length=500, required=False)

    def __init__(self, *args: Any, villages: Any, first: dt.date, last: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = villages  # type: ignore[attr-defined]
        self.fields["village"].queryset = Area.objects.villages()  # type: ignore[attr-defined]
        self.fields["village"].choices = villages  # type: ignore[attr-defined]
        self.allowed = {str(code) for code, _ in villages if code}
        self.fields["on"].earliest, self.fields["on"].latest = first, last  # type: ignore[attr-defined]

    def clean_village(self) -> Area | None:
        village = self.cleaned_data["village"]
        if village is not None and village.code not in self.allowed:
            raise ValidationError("Pilih desa yang Anda dampingi.")
        return village

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("what") and not data.get("on") and "on" not in self.errors:
            self.add_error("on", "Isi tanggal kegiatan.")
        if data.get("on") and not data.get("what"):
            self.add_error("what", "Isi kegiatannya.")
        return data


class ProblemForm(forms.Form):
    """One problem and what is done about it; an empty row is left out."""

    problem = forms.CharField(label="Masalah", max_length=500, required=False)
    follow_up = forms.CharField(label="Tindak lanjut", max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("follow_up") and not data.get("problem"):
            self.add_error("problem", "Isi masalahnya.")
        return data


Activities: type[BaseFormSet] = formset_factory(ActivityForm, extra=2, max_num=40, validate_max=True)
Problems: type[BaseFormSet] = formset_factory(ProblemForm, extra=2, max_num=20, validate_max=True)


class WriteForm(MoveForm):
    """The whole report in one form: activities, problems, plan, notes, photos."""

    plan = forms.CharField(
        label="Rencana bulan depan", required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Contoh: mendampingi Musdes pertanggungjawaban di dua desa.",
    )  # fmt: skip
    notes = forms.CharField(
        label="Catatan dan rekomendasi", required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 3})
    )
    photos = ImagesUploadField(
        label="Tambah foto", required=False, max_files=MOST_PHOTOS,
        help_text=f"Paling banyak {MOST_PHOTOS} foto dalam satu laporan; foto dikecilkan sendiri.",
    )  # fmt: skip
    caption = forms.CharField(
        label="Keterangan foto baru",
        required=False,
        max_length=200,
        help_text="Contoh: Musdes Desa Kuta, 5 Oktober 2026.",
    )

    def __init__(self, *args: Any, document: FacilitatorReport, user: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"plan": document.plan, "notes": document.notes} | (kwargs.get("initial") or {})
        super().__init__(*args, document=document, user=user, **kwargs)
        data = args[0] if args else None
        villages = Area.objects.buyers().within(document.territories())
        choices = [("", "Bukan di desa"), *((area.code, area.label) for area in villages)]
        period = document.period
        given = {"villages": choices, "first": period.first, "last": period.last}
        rows = list(document.activities.values("on", "village", "what", "men", "women", "result"))
        self.activities = Activities(data, prefix="kegiatan", initial=rows, form_kwargs=given)
        self.problems = Problems(data, prefix="masalah", initial=list(document.problems.values("problem", "follow_up")))
        for form in self.activities:
            form.is_first_blank = form.prefix == f"kegiatan-{len(rows)}"
        self.kept = list(document.photos.select_related("file"))
        self.fields["drop"] = forms.MultipleChoiceField(
            label="Hapus foto", required=False, widget=forms.CheckboxSelectMultiple,
            choices=[(str(photo.pk), photo.caption or photo.file.name) for photo in self.kept],
        )  # fmt: skip

    def is_valid(self) -> bool:
        parts = [super().is_valid(), self.activities.is_valid(), self.problems.is_valid()]
        return all(parts)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        count = len(self.kept) - len(data.get("drop") or []) + len(data.get("photos") or [])
        if count > MOST_PHOTOS:
            self.add_error("photos", f"Paling banyak {MOST_PHOTOS} foto dalam satu laporan. Hapus foto lain dahulu.")
        return data

    def arguments(self) -> dict[str, Any]:
        """What `write` takes; photos are made small and kept."""
        data = self.cleaned_data
        activities = [
            (row["on"], row["village"], row["what"], row["men"] or 0, row["women"] or 0, row["result"])
            for row in (form.cleaned_data for form in self.activities)
            if row.get("what")
        ]
        return {
            "activities": sorted(activities, key=lambda row: row[0]),
            "problems": [
                (row["problem"], row["follow_up"])
                for row in (form.cleaned_data for form in self.problems)
                if row.get("problem")
            ],
            "plan": data["plan"],
            "notes": data["notes"],
            "photos": [(small(photo).store(by=self.user), data["caption"]) for photo in data["photos"]],
            "dropped": [int(pk) for pk in data["drop"]],
        }
