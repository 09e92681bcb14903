"""How each opened offer is judged: administration, technique, price."""

from __future__ import annotations

from typing import Any

from django import forms

from core.clock import local_today
from core.forms import IndonesianDateField, MoveForm
from transactions.models import Quotation
from transactions.models.sourcing.evaluation import PARTS, Judgement, permille_of
from transactions.models.sourcing.offer import papers_asked

MEETS = [("yes", "Memenuhi"), ("no", "Tidak memenuhi")]
HINTS = {
    "administration": "Wajib bila tidak memenuhi, atau bila ada berkas yang kurang tetapi tetap diterima.",
    "technical": "Spesifikasi, tenaga ahli, dan jadwal dibandingkan dengan KAK. Wajib bila tidak memenuhi.",
    "price": "Harga di atas HPS masih dapat dinegosiasikan. Wajib bila tidak memenuhi.",
}


class EvaluateForm(MoveForm):
    """Every offer in its three parts; a part that fails says why. The berita acara's number is the village's own."""

    number = forms.CharField(
        label="Nomor berita acara", max_length=100, required=False, help_text="Dari agenda surat desa."
    )
    held_on = IndonesianDateField(label="Tanggal evaluasi", required=False)
    place = forms.CharField(label="Tempat", max_length=150, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sourcing = self.document
        self.fields["held_on"].initial = local_today(sourcing.need.village)
        # Through `visible_to`: this page is reached by address before the opening, too, and by rivals.
        readable = Quotation.objects.visible_to(self.user).filter(sourcing=sourcing, state="sealed")
        self.quotations = list(
            readable.select_related("provider", "attachment", "sourcing__need")
            .prefetch_related("items", "papers__file", "steps")
            .order_by("price", "pk")
        )
        self.asked = papers_asked(sourcing)
        for quotation in self.quotations:
            self._ask_about(quotation)

    def _ask_about(self, quotation: Quotation) -> None:
        who = quotation.provider.name
        for kind in self.came_of(quotation):
            self.fields[f"paper_{kind}_{quotation.code}"] = choice(f"{who}: {kind.label}")
        for part, name in PARTS.items():
            self.fields[f"{part}_{quotation.code}"] = choice(f"{who}: {name.lower()}")
            self.fields[f"{part}_note_{quotation.code}"] = forms.CharField(
                label=f"Catatan {name.lower()} untuk {who}",
                required=False,
                max_length=500,
                help_text=HINTS[part],
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def came_of(self, quotation: Quotation) -> list[Any]:
        """The asked papers that this offer brought."""
        came = {paper.kind for paper in quotation.papers.all()}
        return [kind for kind in self.asked if kind.value in came]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each offer, from the lowest price, with the fields that judge it."""
        return [
            {
                "quotation": quotation,
                "percent": permille_of(quotation.price, self.document.hps) / 10,
                "is_above": quotation.price > self.document.hps,
                "is_longer": quotation.days > self.document.days,
                "papers": [
                    (kind.label, self[f"paper_{kind}_{quotation.code}"] if kind in self.came_of(quotation) else None)
                    for kind in self.asked
                ],
                "parts": [
                    (name, self[f"{part}_{quotation.code}"], self[f"{part}_note_{quotation.code}"])
                    for part, name in PARTS.items()
                ],
            }
            for quotation in self.quotations
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        on = data.get("held_on")
        if on and on > local_today(self.document.need.village):
            self.add_error("held_on", "Tanggal evaluasi tidak boleh di masa depan.")
        for quotation in self.quotations:
            self._judge_notes(quotation, data)
        return data

    def _judge_notes(self, quotation: Quotation, data: dict[str, Any]) -> None:
        for part in PARTS:
            noted = (data.get(f"{part}_note_{quotation.code}") or "").strip()
            if data.get(f"{part}_{quotation.code}") == "no" and not noted:
                self.add_error(f"{part}_note_{quotation.code}", "Tuliskan alasan mengapa tidak memenuhi syarat.")
        lacks = any(kind not in self.came_of(quotation) for kind in self.asked)
        lacks = lacks or any(data.get(f"paper_{kind}_{quotation.code}") == "no" for kind in self.asked)
        passes = data.get(f"administration_{quotation.code}") == "yes"
        if lacks and passes and not (data.get(f"administration_note_{quotation.code}") or "").strip():
            reason = "Ada berkas yang tidak ada atau tidak memenuhi. Tuliskan mengapa administrasi tetap diterima."
            self.add_error(f"administration_note_{quotation.code}", reason)

    def judgement_of(self, quotation: Quotation) -> Judgement:
        data, code = self.cleaned_data, quotation.code
        said: dict[str, Any] = {part: data[f"{part}_{code}"] == "yes" for part in PARTS}
        said |= {f"{part}_note": data[f"{part}_note_{code}"].strip() for part in PARTS}
        papers = {kind.value: data[f"paper_{kind}_{code}"] == "yes" for kind in self.came_of(quotation)}
        return Judgement(**said, papers=papers)

    def arguments(self) -> dict[str, Any]:
        results = {quotation.code: self.judgement_of(quotation) for quotation in self.quotations}
        return {"results": results, **{name: self.cleaned_data[name] for name in ("number", "held_on", "place")}}


def choice(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=MEETS, widget=forms.RadioSelect)
