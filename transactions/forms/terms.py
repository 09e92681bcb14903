"""The terms of reference (KAK) and the price estimate (HPS) of a package."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.clock import local_today
from core.formats import rupiah
from core.forms import IndonesianDateField, MoveForm, RupiahField
from core.once import OnceForm
from transactions import outline
from transactions.forms.rows import COUNT, Rows, VolumeField, more_rows
from transactions.models import Sourcing, Terms
from transactions.models.planning.joint import spendable
from transactions.models.sourcing.item import Line, said, total_of
from transactions.models.sourcing.terms import MOST_ITEMS, ppn_of, ppn_rate

MOST_STAGES = 20
TEXT = forms.Textarea(attrs={"rows": 5})
SHORT = forms.Textarea(attrs={"rows": 3})


class TermsFields(forms.ModelForm):
    """The KAK: its own words, with scope and days, which are the sourcing's; the stages of work as rows."""

    scope = forms.CharField(
        label="Lingkup pekerjaan",
        max_length=4000,
        widget=TEXT,
        help_text="Komponen atau tahapan pekerjaan.",
    )
    days = forms.IntegerField(label="Jangka waktu (hari kalender)", min_value=1, max_value=1000)
    dated_on = IndonesianDateField(label="Tanggal KAK", required=False)

    class Meta:
        model = Terms
        fields = (*Terms.TEXTS, "number", "dated_on")
        widgets = {
            **dict.fromkeys(("background", "purpose", "specification"), TEXT),
            **dict.fromkeys(("output", "from_village", "progress_reports", "final_report"), SHORT),
        }
        help_texts = {
            "output": "Apa yang harus dihasilkan, dengan jumlah dan satuannya. Contoh: 25 orang mampu menyusun laporan.",
            "specification": "Tenaga ahli, bahan, dan alat yang harus disediakan penyedia.",
            "from_village": "Peralatan, bahan, tempat, atau pendamping dari desa.",
            "progress_reports": "Kapan dan berapa kali. Contoh: laporan tertulis setiap minggu, disertai foto.",
            "final_report": "Apa yang diserahkan setelah pekerjaan selesai 100 %.",
            "number": "Nomor dari agenda surat desa; boleh diisi kemudian.",
        }

    def __init__(self, *args: Any, sourcing: Sourcing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sourcing = sourcing
        given = self.initial.get("schedule") or []
        self.rows = Rows(self, STAGE, given, most=MOST_STAGES)

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields as the page orders them, under the headings of the KAK."""
        return [
            ("Untuk apa", [self[name] for name in ("background", "purpose", "output", "location")]),
            ("Apa yang dikerjakan", [self[name] for name in ("scope", "specification", "from_village", "days")]),
            ("Laporan", [self["progress_reports"], self["final_report"]]),
            ("Surat", [self["number"], self["dated_on"]]),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        rows = self.rows.cleaned(("stage", "length", "unit"))
        data["schedule"] = [{part: row[part] for part in STAGE} for row in rows]
        on = data.get("dated_on")
        if on and on > local_today(self.sourcing.need.village):
            self.add_error("dated_on", "Tanggal KAK tidak boleh di masa depan.")
        return data

    def values(self) -> dict[str, Any]:
        """The KAK's own fields."""
        return {name: self.cleaned_data[name] for name in (*Terms.TEXTS, "schedule", "number", "dated_on")}


STAGE = {
    "stage": lambda: forms.CharField(label="Tahap", max_length=150),
    "length": lambda: forms.IntegerField(label="Lama", min_value=1, max_value=1000),
    "unit": lambda: forms.ChoiceField(
        label="Satuan", choices=[("", "–"), ("hari", "hari"), ("minggu", "minggu"), ("bulan", "bulan")]
    ),
}


class TermsForm(OnceForm, TermsFields):
    """The first KAK of a package, with what is known already."""

    @staticmethod
    def proposed(sourcing: Sourcing) -> dict[str, Any]:
        return outline.proposed(sourcing)


class AmendTermsForm(TermsFields):
    """The draft, changed. Bound to a copy, so that the move works on the row as it stands."""

    def __init__(self, *args: Any, document: Terms, user: Any, **kwargs: Any) -> None:
        sourcing = document.sourcing
        initial = {"scope": sourcing.scope, "days": sourcing.days, "schedule": document.schedule}
        initial |= kwargs.pop("initial", {})
        copy = Terms.objects.get(pk=document.pk)
        super().__init__(*args, instance=copy, initial=initial, sourcing=sourcing, **kwargs)

    def arguments(self) -> dict[str, Any]:
        return {"scope": self.cleaned_data["scope"], "days": self.cleaned_data["days"], **self.values()}


ITEM = {
    "name": lambda: forms.CharField(label="Uraian", max_length=150),
    "specification": lambda: forms.CharField(
        label="Spesifikasi (boleh kosong)", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    ),
    "volume": lambda: VolumeField(label="Volume"),
    "unit": lambda: forms.CharField(label="Satuan", max_length=30),
    "unit_price": lambda: RupiahField(label="Harga satuan", min_value=1),
}


class PriceForm(MoveForm):
    """The items of the HPS, row by row; what is left empty is no row."""

    tax = forms.ChoiceField(
        label="Pajak", choices=Terms.Tax.choices, widget=forms.RadioSelect, initial=Terms.Tax.INCLUDED
    )
    price_source = forms.CharField(
        label="Dasar penyusunan harga",
        max_length=1000,
        required=False,
        widget=SHORT,
        help_text="Contoh: survei tiga penyedia, standar biaya kabupaten, atau kontrak desa tetangga.",
    )
    hps_number = forms.CharField(label="Nomor HPS", max_length=100, required=False)
    hps_on = IndonesianDateField(label="Tanggal HPS", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms: Terms = self.document
        self.sourcing = terms.sourcing
        for name in ("hps_number", "hps_on"):
            self.fields[name].initial = getattr(terms, name)
        start = begun_from(terms)
        for name in ("tax", "price_source"):
            self.fields[name].initial = getattr(start, name)
        self.rows = Rows(self, ITEM, [as_typed(line) for line in start.lines()], most=MOST_ITEMS)
        self.ceiling = spendable(terms.need)
        self.rate = ppn_rate(local_today(terms.need.village))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["items"] = self.rows.cleaned(("name", "volume", "unit", "unit_price"))
        on = data.get("hps_on")
        if on and on > local_today(self.document.need.village):
            self.add_error("hps_on", "Tanggal HPS tidak boleh di masa depan.")
        if not self.errors:
            self._judge_total(data)
        return data

    def _judge_total(self, data: dict[str, Any]) -> None:
        if not data["items"]:
            raise ValidationError("Isi sedikitnya satu butir HPS.")
        total, ceiling = self.total_of(data), self.ceiling
        if ceiling is not None and total > ceiling:
            raise ValidationError(f"Jumlah HPS {rupiah(total)} melebihi pagu anggaran {rupiah(ceiling)}.")

    def total_of(self, data: dict[str, Any]) -> int:
        rows = enumerate(data["items"], 1)
        lines = [
            Line(n, row["name"], row["specification"], row["volume"], row["unit"], row["unit_price"]) for n, row in rows
        ]
        total = total_of(lines)
        return total + (ppn_of(total, self.rate) if data["tax"] == Terms.Tax.ADDED else 0)

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("items", "tax", "price_source", "hps_number", "hps_on")}


def begun_from(terms: Terms) -> Terms:
    """The estimate that the form starts from: what was typed, else that of the last try of the same need that failed."""
    if terms.sourcing.items.exists():
        return terms
    earlier = Terms.objects.filter(sourcing__need=terms.need, sourcing__state="failed", sourcing__items__isnull=False)
    return earlier.select_related("sourcing__need").order_by("-sourcing").first() or terms


def as_typed(line: Line) -> dict[str, Any]:
    """A line as it stands in the form's fields."""
    return {
        "name": line.name,
        "specification": line.specification,
        "volume": said(line.volume),
        "unit": line.unit,
        "unit_price": line.unit_price,
    }


__all__ = ["COUNT", "AmendTermsForm", "PriceForm", "TermsForm", "more_rows"]
