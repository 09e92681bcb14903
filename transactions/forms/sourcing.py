"""Whom to ask, until when, and who is chosen."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import Service
from core.formats import desimal, rupiah
from core.forms import MoveForm, RupiahField
from core.once import OnceForm
from transactions.candidates import candidates, label_of
from transactions.models import Method, Need, Quotation, Sourcing
from transactions.models.joint import whole_ceiling

WORDS = {"rows": 4}


class DeadlineField(forms.DateTimeField):
    """A moment in the village's zone, from now to a year ahead."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Batas waktu penawaran", **kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        now = timezone.now()
        if value and not now < value < now + datetime.timedelta(days=366):
            raise ValidationError("Batas waktu harus di masa depan, paling lama satu tahun dari sekarang.")


class SourcingFields(forms.ModelForm):
    """The package and whom to ask. Candidates are open services that reach the village.

    `again(post)` gives what was typed so far, for a page that shows other candidates.
    """

    hps = RupiahField(label="Harga perkiraan sendiri (HPS)", min_value=1)
    deadline = DeadlineField()
    cari = forms.CharField(label="Cari layanan atau penyedia lain", max_length=100, required=False)
    services = forms.ModelMultipleChoiceField(
        label="Undang penyedia layanan ini",
        queryset=Service.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Pilih sedikitnya satu layanan."},
    )

    class Meta:
        model = Sourcing
        fields = ("scope", "hps", "days", "deadline")
        widgets = {"scope": forms.Textarea(attrs={"rows": 6})}
        labels = {"days": "Jangka waktu pelaksanaan (hari kalender)"}
        help_texts = {"scope": "Apa yang dikerjakan, keluarannya, dan apa yang disediakan desa."}

    field_order = ("scope", "hps", "days", "deadline", "cari", "services")

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.need = need
        typed: Any = self.data  # a QueryDict once bound
        asked = typed if self.is_bound else self.initial
        chosen = typed.getlist("services") if self.is_bound else self.initial.get("services", [])
        found, self.found_count = candidates(need, words=str(asked.get("cari") or "")[:100], chosen=chosen)
        self.found = list(found)
        services: Any = self.fields["services"]
        services.queryset, services.label_from_instance = found, label_of
        self.fields["hps"].help_text = f"Paling banyak sebesar pagu anggaran, {rupiah(whole_ceiling(need) or 0)}."
        self.fields["days"].validators.append(MinValueValidator(1))
        self.fields["deadline"].help_text = f"Waktu {need.village.zone_name}."

    @staticmethod
    def again(post: Any) -> dict[str, Any]:
        """What was typed, as initial values."""
        typed = {name: post.get(name, "") for name in ("scope", "hps", "days", "deadline", "cari")}
        return {**typed, "services": post.getlist("services")}


class SourcingForm(OnceForm, SourcingFields):
    """A new sourcing."""

    @staticmethod
    def proposed(need: Need) -> dict[str, Any]:
        """A start to write on: what the service it began with promises, and a week to answer."""
        later = timezone.localtime(timezone=need.village.tzinfo) + datetime.timedelta(days=7)
        proposal: dict[str, Any] = {
            "services": [],
            "deadline": later.replace(hour=16, minute=0, second=0, microsecond=0),
        }
        if service := need.service:
            proposal |= {"services": [service.pk], "scope": service.deliverables, "days": service.duration_days}
        return proposal

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        super().__init__(*args, need=need, **kwargs)
        self.instance.need = need
        if not self.initial.get("hps"):
            self.initial["hps"] = min(need.estimate, whole_ceiling(need) or need.estimate)


class AmendSourcingForm(SourcingFields):
    """The draft, changed. Bound to a copy, so that the move works on the row as it stands."""

    def __init__(self, *args: Any, document: Sourcing, user: Any, **kwargs: Any) -> None:
        invited = list(document.invitations.values_list("service", flat=True))
        initial = {"services": invited} | kwargs.pop("initial", {})
        copy = Sourcing.objects.get(pk=document.pk)
        super().__init__(*args, instance=copy, initial=initial, need=document.need, **kwargs)

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {name: data[name] for name in ("scope", "hps", "days", "deadline", "services")}


class DeadlineForm(MoveForm):
    """Sending the invitations fixes the deadline, so it is asked once more."""

    deadline = DeadlineField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sourcing = self.document
        self.fields["deadline"].initial = sourcing.deadline
        least = (
            "" if sourcing.method == Method.DIRECT else f", paling singkat {sourcing.rule.min_hours} jam dari sekarang"
        )
        self.fields[
            "deadline"
        ].help_text = (
            f"Waktu {sourcing.need.village.zone_name}{least}. Setelah dikirim, batas waktu tidak dapat diubah."
        )


class AwardForm(MoveForm):
    """Qualified offers, the lowest first."""

    quotation = forms.ModelChoiceField(
        label="Pemenang", queryset=Quotation.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    reason = forms.CharField(
        label="Alasan bila bukan yang terendah",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Wajib bila Anda tidak menetapkan penawaran terendah yang memenuhi syarat.",
    )

    related = forms.ChoiceField(
        label="Apakah ada hubungan keluarga, kepemilikan, atau usaha antara pemenang dan pejabat desa?",
        choices=[("tidak", "Tidak ada"), ("ada", "Ada")],
        widget=forms.RadioSelect,
        help_text="Pejabat desa: Kepala Desa, perangkat desa, anggota TPK, dan BPD. Pernyataan ini masuk berkas.",
    )
    tie = forms.CharField(
        label="Bila ada, jelaskan hubungannya", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["quotation"]
        final = Coalesce("negotiated_price", "price")
        readable = Quotation.objects.visible_to(self.user).filter(sourcing=self.document, state="qualified")
        field.queryset = readable.select_related("provider").order_by(final, "pk")
        field.label_from_instance = self.label_of
        if field.queryset.count() < 2:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("related") == "ada" and not data.get("tie"):
            self.add_error("tie", "Jelaskan siapa dan hubungannya apa.")
        return data

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        return found | {"tie": found.pop("tie") if found.pop("related") == "ada" else ""}

    def label_of(self, quotation: Quotation) -> str:
        """Provider, final price with its share of the HPS, days."""
        share = desimal(round(quotation.final_price * 100 / self.document.hps, 1))
        return (
            f"{quotation.provider.name} – {rupiah(quotation.final_price)} ({share} % dari HPS), {quotation.days} hari"
        )
