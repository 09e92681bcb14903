"""The village's budget list: typed, corrected, imported, asked for."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django import forms

from accounts import people
from core import sheets
from core.clock import local_today
from core.forms import IndonesianDateField, MoveForm, RupiahField, UploadField
from core.once import OnceForm
from regions.models import Area
from transactions import siskeudes
from transactions.models import Activity, ActivityImport, Field, Funding
from transactions.models.planning.activity import padded

ALL_YEARS = "semua"  # said in so many words: an empty choice falls out of the addresses of further pages
TEMPLATE = re.compile("(Unduh templatnya|Salin tabelnya ke templat).*$")  # which other pages offer
EXPORT = "Ekspor lagi dari Siskeudes, atau isi contoh di bawah “Kolom yang dibaca”."
MOST = 2_000  # rows; a village has a hundred or two in a year


def villages_of(user: Any) -> Any:
    """Where this person keeps the budget list."""
    return Area.objects.within(people.territories(user, *Activity.KEEPERS)).buyers().order_by("code")


def choose_village(form: forms.BaseForm) -> None:
    """Offer the person's own villages; who has one is not asked."""
    villages = villages_of(form.user)  # type: ignore[attr-defined]
    form.fields["village"].queryset = villages  # type: ignore[attr-defined]
    only = list(villages[:2])
    if len(only) == 1:
        form.initial["village"] = only[0].pk
        form.fields["village"].widget = forms.HiddenInput()


class _Figures(forms.ModelForm):
    """What may be corrected: everything but year, code and source, by which an activity is known."""

    ceiling = RupiahField(label="Pagu", help_text="Setelah perubahan APB Desa bila ada. Contoh: 45.000.000")

    class Meta:
        model = Activity
        localized_fields = ("volume",)  # 12,5
        fields = ("name", "subfield", "ceiling", "volume", "unit", "place", "schedule", "officer", "position")
        help_texts = {
            "name": "Seperti dalam APB Desa. Contoh: Peningkatan Kapasitas Perangkat Desa",
            "volume": "Keluaran yang direncanakan. Contoh: 1 atau 12,5",
            "unit": "Contoh: paket, orang, dokumen",
            "schedule": "Contoh: Maret sampai April 2026",
            "officer": "Nama pelaksana kegiatan (PPTKD)",
            "position": "Contoh: Kasi Kesejahteraan",
        }


class ActivityForm(OnceForm, _Figures):
    """An activity typed by hand."""

    class Meta(_Figures.Meta):
        fields = ("village", "fiscal_year", "activity_code", "funding", *_Figures.Meta.fields)  # type: ignore[assignment]
        help_texts = {
            **_Figures.Meta.help_texts,
            "activity_code": "Bidang, sub bidang, dan kegiatan tanpa kode desa. Contoh: 04.03.02",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_village(self)

    def clean_activity_code(self) -> str:
        code = padded(self.cleaned_data["activity_code"])
        if not re.fullmatch(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2,3}", code, re.ASCII):
            raise forms.ValidationError("Tulis seperti 04.03.02.")
        if int(code[:2]) not in Field.values:
            raise forms.ValidationError("Dua angka pertama adalah bidang, 01 sampai 05.")
        self.instance.field = int(code[:2])
        return code

    def _get_validation_exclusions(self) -> set[str]:
        """Without the village no unique constraint is judged here, but by the verb, after the once-key: what is sent
        twice is no duplicate."""
        return {*super()._get_validation_exclusions(), "village"}  # type: ignore[misc]


class AmendActivityForm(_Figures):
    """The activity, corrected. Bound to a copy, so that the move works on the row as it stands."""

    def __init__(self, *args: Any, document: Activity, user: Any, **kwargs: Any) -> None:
        self.user = user
        kwargs["instance"] = Activity.objects.get(pk=document.pk)
        super().__init__(*args, **kwargs)

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data


class TableUploadField(UploadField):
    """A table as XLSX or CSV; what is in it is judged by `core.sheets`."""

    accept = ".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    kinds = "Excel (.xlsx) atau CSV"

    def judge(self, upload: Any) -> Any:
        return upload


class ActivityImportForm(OnceForm, forms.Form):
    """A file from Siskeudes, read when it is sent."""

    village = forms.ModelChoiceField(label="Desa", queryset=Area.objects.none(), empty_label="Pilih desa")
    file = TableUploadField(label="Berkas dari Siskeudes", max_bytes=sheets.MAX_BYTES)
    alias = forms.CharField(
        label="Kode desa di Siskeudes",
        max_length=20,
        required=False,
        help_text="Isi hanya bila Kd_Desa dalam berkas bukan kode wilayah desa Anda. Contoh: 05.2003",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_village(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        upload, village = data.get("file"), data.get("village")
        if upload is not None and village is not None:
            try:
                self.sheet = sheets.read(upload, siskeudes.HEADINGS, most=MOST, kinds=("xlsx", "csv"))
            except forms.ValidationError as problem:
                self.add_error("file", TEMPLATE.sub(EXPORT, str(problem.message)))
        return data

    def read(self) -> ActivityImport:
        """What was read, not yet saved."""
        data = self.cleaned_data
        village, upload = data["village"], data["file"]
        upload.seek(0)
        return ActivityImport(
            village=village,
            file_name=str(upload.name)[-150:],
            sha256=hashlib.sha256(upload.read()).hexdigest(),
            rows=[siskeudes.read_row(line, village=village.pk, alias=data["alias"]) for line in self.sheet.lines],
        )


class ApplyImportForm(MoveForm):
    """What the page showed, so that nothing else is taken over."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ActivityFilterForm(forms.Form):
    """What the list of activities may be asked. Anything odd is ignored, not an error."""

    q = forms.CharField(label="Cari", max_length=100, required=False)
    tahun = forms.TypedChoiceField(
        label="Tahun anggaran",
        required=False,
        coerce=lambda chosen: None if chosen == ALL_YEARS else int(chosen),
        empty_value=None,
    )
    bidang = forms.ChoiceField(label="Bidang", required=False)
    sumber = forms.ChoiceField(label="Sumber dana", required=False)
    desa = forms.CharField(required=False, max_length=13, widget=forms.HiddenInput)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tahun"].choices = [(ALL_YEARS, "Semua tahun"), *((str(year), str(year)) for year in years)]  # type: ignore[attr-defined]
        for name, empty, choices in (
            ("bidang", "Semua bidang", [(str(value), label) for value, label in Field.choices]),
            ("sumber", "Semua sumber", Funding.choices),
        ):
            self.fields[name].choices = [("", empty), *choices]  # type: ignore[attr-defined]


class AnnouncementForm(forms.Form):
    """Number and day from the village's agenda, and the paper."""

    number = forms.CharField(
        label="Nomor pengumuman",
        max_length=100,
        required=False,
        help_text="Dari buku agenda desa; boleh dikosongkan dan ditulis tangan. Contoh: 050/01/2026",
    )
    on = IndonesianDateField(label="Tanggal pengumuman")
    kertas = forms.ChoiceField(label="Kertas", choices=[("A4", "A4"), ("F4", "F4")], widget=forms.RadioSelect)

    def __init__(self, *args: Any, village: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = local_today(village)
        self.fields["kertas"].initial = "A4"
