"""The provider's offer, and the price talks about it."""

from __future__ import annotations

from typing import Any

from django import forms

from core.clock import local_today
from core.forms import IndonesianDateField, MoveForm, RupiahField, ScanUploadField
from core.once import OnceForm
from transactions.forms.sheet import PagesUploadField
from transactions.models import Quotation, Sourcing
from transactions.models.sourcing.item import said
from transactions.models.sourcing.offer import papers_asked, papers_required

WORDS = {"rows": 4}
TAXED = "Sudah termasuk semua pajak. Contoh: 9.500.000"


class OfferFields(forms.Form):
    """What an offer says: a unit price for each item (or one price where there are none), time, technique, papers."""

    price = RupiahField(label="Harga penawaran", min_value=1, help_text=TAXED)
    days = forms.IntegerField(label="Waktu pelaksanaan (hari kalender)", min_value=1, max_value=1000)
    approach = forms.CharField(
        label="Usulan teknis",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        help_text="Cara kerja, tenaga ahli, jadwal, dan keluaran.",
    )

    def __init__(self, *args: Any, sourcing: Sourcing, kept: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sourcing, self.kept = sourcing, kept or {}
        said = f"Desa meminta paling lama {sourcing.days} hari; penawaran yang lebih lama dapat gugur."
        self.fields["days"].help_text = said
        self.items = list(sourcing.items.all())
        if self.items:
            del self.fields["price"]
        for item in self.items:
            field = RupiahField(label=f"Harga satuan: {item.name}", help_text=f"Per {item.unit}. {TAXED}")
            self.fields[f"price_{item.number}"] = field
        self.asked, needed = papers_asked(sourcing), papers_required(sourcing)
        for kind in self.asked:
            self.fields[f"paper_{kind}"] = ScanUploadField(
                label=str(kind.label),
                required=kind in needed and kind not in self.kept,
                help_text=f"{ScanUploadField.kinds}. Diminta desa; penawaran tanpa berkas ini dapat gugur.",
            )
        self.fields["attachment"] = ScanUploadField(label="Lampiran lain", required=False)

    @property
    def item_rows(self) -> list[tuple[Any, Any]]:
        """Each item with the field of its price."""
        return [(item, self[f"price_{item.number}"]) for item in self.items]

    @property
    def paper_rows(self) -> list[tuple[Any, Any]]:
        """Each asked paper's field, with the file that was sent before."""
        return [(self[f"paper_{kind}"], self.kept.get(kind)) for kind in self.asked]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.items and not self.errors and not any(data[f"price_{item.number}"] for item in self.items):
            self.add_error(f"price_{self.items[0].number}", "Sedikitnya satu harga satuan harus lebih dari nol.")
        return data

    def prices(self) -> dict[int, int] | None:
        """Item's key -> unit price; None where the package is one lump."""
        return {item.pk: self.cleaned_data[f"price_{item.number}"] for item in self.items} or None

    def papers(self) -> dict[str, Any]:
        """Paper -> upload, of those that came."""
        found = {kind.value: self.cleaned_data[f"paper_{kind}"] for kind in self.asked}
        return {kind: upload for kind, upload in found.items() if upload}


class QuotationForm(OnceForm, OfferFields):
    """The first offer."""


class ReviseForm(MoveForm, OfferFields):
    """Another offer in place of the first, before the deadline."""

    def __init__(self, *args: Any, document: Quotation, **kwargs: Any) -> None:
        kept = {paper.kind: paper.file for paper in document.papers.select_related("file")}
        super().__init__(*args, document=document, sourcing=document.sourcing, kept=kept, **kwargs)
        for name in ("price", "days", "approach"):
            if name in self.fields:
                self.fields[name].initial = getattr(document, name)
        offered = document.offered_prices()
        for item in self.items:
            self.fields[f"price_{item.number}"].initial = offered.get(item.pk)

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "price": data.get("price"),
            "prices": self.prices(),
            "days": data["days"],
            "approach": data["approach"],
            "attachment": self._kept(data["attachment"]),
            "papers": {kind: self._kept(upload) for kind, upload in self.papers().items()},
        }


class TalkForm(MoveForm):
    """One turn of the price talks: a price for every item, and a word."""

    note = forms.CharField(
        label="Catatan",
        required=False,
        widget=forms.Textarea(attrs=WORDS),
        max_length=1000,
        help_text="Alasan harga ini.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quotation: Quotation = self.document
        self.talks = quotation.talks()
        last = quotation.last_prices()
        for talk in self.talks:
            limit = talk.offered.unit_price
            field = RupiahField(label=f"Harga satuan: {talk.offered.name}", max_value=limit)
            field.error_messages["max_value"] = "Tidak boleh melebihi harga satuan penawaran, %(limit)s."
            field.initial = last.get(talk.key, limit)
            self.fields[f"price_{talk.offered.number}"] = field

    @property
    def rows(self) -> list[tuple[Any, Any, str]]:
        """Each item's talk, the field of its new price, and its volume in words."""
        return [
            (talk, self[f"price_{talk.offered.number}"], f"{said(talk.offered.volume)} {talk.offered.unit}")
            for talk in self.talks
        ]

    def prices(self) -> dict[int, int]:
        return {talk.key: self.cleaned_data[f"price_{talk.offered.number}"] for talk in self.talks}

    def arguments(self) -> dict[str, Any]:
        return {"prices": self.prices(), "note": self.cleaned_data["note"]}


class MinuteFields(forms.Form):
    """The berita acara of the talks, as the village's agenda has it."""

    number = forms.CharField(
        label="Nomor berita acara", max_length=100, required=False, help_text="Dari agenda surat desa."
    )
    on = IndonesianDateField(label="Tanggal negosiasi", required=False)
    scan = PagesUploadField(label="Pindaian berita acara bertanda tangan", required=False)

    document: Quotation

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on and on > local_today(self.document.sourcing.need.village):
            raise forms.ValidationError("Tanggal negosiasi tidak boleh di masa depan.")
        return on


class MinuteForm(MoveForm, MinuteFields):
    """Number, day and scan, once the price is agreed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].initial = self.document.negotiation_number
        self.fields["on"].initial = self.document.negotiated_on
        if self.document.negotiation_scan_id is not None:  # what both signed stands
            del self.fields["scan"]


class NegotiateForm(MinuteFields, TalkForm):
    """Talks held at a table: the agreed prices, with the berita acara that both signed."""

    field_order = ("number", "on", "scan", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scan"].required = True
        self.fields["scan"].help_text = "Ditandatangani kedua pihak. PDF atau foto."
        self.fields["note"].required = True
        self.fields["note"].help_text = "Apa yang disepakati."

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**super().arguments(), "number": data["number"], "on": data["on"], "scan": self._kept(data["scan"])}
