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
from core.clock import database_now, local_today
from core.formats import desimal, rupiah
from core.forms import Line, MoveForm, RupiahField
from core.once import OnceForm
from transactions.candidates import candidates, label_of
from transactions.models import Method, Need, ProcurementRule, Quotation, Sourcing
from transactions.models.planning.joint import spendable

FROM_AGENDA = "Dari buku agenda desa. Boleh dikosongkan; pada surat tercetak titik-titik untuk ditulis tangan."


class MomentField(forms.DateTimeField):
    """A moment in the village's zone, from now (by the database's clock) to a year ahead."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})

    def validate(self, value: Any) -> None:
        super().validate(value)
        now = database_now() if value else None
        if value and now and not now < value < now + datetime.timedelta(days=366):
            raise ValidationError("Waktu ini harus di masa depan, paling lama satu tahun dari sekarang.")


class DeadlineField(MomentField):
    """Until when offers are taken."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Batas waktu penawaran", **kwargs)


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
        required=False,
        help_text="Untuk lelang tidak perlu memilih: semua penyedia terdaftar boleh ikut.",
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
        self.ceiling = spendable(need) or 0
        self.fields["hps"].help_text = f"Paling banyak sebesar pagu anggaran, {rupiah(self.ceiling)}."
        self.fields["days"].validators.append(MinValueValidator(1))
        self.fields["deadline"].help_text = f"Waktu {need.village.zone_name}."

    @property
    def rule(self) -> ProcurementRule:
        """The rule that it runs under: its own once it has begun, else that of today."""
        if self.instance.pk:
            return self.instance.rule
        return ProcurementRule.objects.in_force(self.need.village.regency_code, on=local_today(self.need.village))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        hps = data.get("hps") if "hps" in self.fields else self.instance.hps
        if hps and self.rule.method_for(hps) != Method.TENDER and not data.get("services"):
            self.add_error("services", "Pilih sedikitnya satu layanan.")
        return data

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
        if (failed := need.sourcings.filter(state="failed").first()) is not None:  # the last: begin from what it said
            return proposal | {"scope": failed.scope, "days": failed.days, "hps": min(failed.hps, spendable(need) or 0)}
        if service := need.service:
            proposal |= {"services": [service.pk], "scope": service.deliverables, "days": service.duration_days}
        return proposal

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        super().__init__(*args, need=need, **kwargs)
        self.instance.need = need
        if not self.initial.get("hps"):
            self.initial["hps"] = min(need.estimate, spendable(need) or need.estimate)


class AmendSourcingForm(SourcingFields):
    """The draft, changed. Bound to a copy, so that the move works on the row as it stands."""

    def __init__(self, *args: Any, document: Sourcing, user: Any, **kwargs: Any) -> None:
        invited = list(document.invitations.values_list("service", flat=True))
        initial = {"services": invited} | kwargs.pop("initial", {})
        copy = Sourcing.objects.get(pk=document.pk)
        super().__init__(*args, instance=copy, initial=initial, need=document.need, **kwargs)
        if document.items.exists():  # their sum, which is changed with them
            del self.fields["hps"]

    def arguments(self) -> dict[str, Any]:
        data = {"hps": self.instance.hps} | self.cleaned_data
        return {name: data[name] for name in ("scope", "hps", "days", "deadline", "services")}


class AwardForm(MoveForm):
    """Qualified offers, the lowest first; and the numbers of the letters, which the village's agenda gives."""

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
    number = Line(label="Nomor surat penetapan pemenang", max_length=60, required=False, help_text=FROM_AGENDA)
    on = forms.DateField(label="Tanggal surat penetapan", required=False)
    notice_number = Line(label="Nomor pengumuman pemenang", max_length=60, required=False, help_text=FROM_AGENDA)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = local_today(self.document.need.village)
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
