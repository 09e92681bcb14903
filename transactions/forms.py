"""Forms of the order: each asks for what one step needs."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import people
from accounts.models import Membership, Role
from catalog.models import Category, Service
from core.formats import desimal, rupiah
from core.forms import ImagesUploadField, IndonesianDateField, MoveForm, RupiahField, ScanUploadField
from core.once import OnceForm
from regions.models import Area
from transactions import tax
from transactions.candidates import candidates, label_of
from transactions.models import Accountability, Element, Funding, Meeting, Method, Need, Quotation, Sourcing

WORDS = {"rows": 4}


# --- need -----------------------------------------------------------------------------------------
class NeedFields(forms.ModelForm):
    """What the village needs. The village comes from the person's memberships."""

    user: Any

    estimate = RupiahField(label="Perkiraan biaya", min_value=1, help_text="Contoh: 12.500.000")

    class Meta:
        model = Need
        fields = (
            "village",
            "title",
            "category",
            "problem",
            "place",
            "men",
            "women",
            "volume",
            "unit",
            "estimate",
            "why_provider",
        )
        widgets = {"problem": forms.Textarea(attrs=WORDS), "why_provider": forms.Textarea(attrs=WORDS)}
        help_texts = {
            "title": "Contoh: Pelatihan pengelola BUM Desa",
            "problem": "Ceritakan apa yang terjadi dan siapa yang terdampak.",
            "place": "Contoh: Dusun Mertak dan Dusun Bumbang",
            "unit": "Contoh: paket, dokumen, orang, bulan",
            "why_provider": "Swakelola didahulukan. Mengapa pekerjaan ini perlu penyedia dari luar desa?",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = people.territories(self.user, *Need.DRAFTERS, *Need.HELPERS)
        villages = Area.objects.within(codes).buyers()
        self.fields["village"].queryset = villages  # type: ignore[attr-defined]
        self.fields["category"].queryset = Category.objects.filter(active=True)  # type: ignore[attr-defined]
        only = list(villages[:2])
        if len(only) == 1:
            self.fields["village"].initial = only[0]
            self.fields["village"].widget = forms.HiddenInput()
        for name in ("men", "women"):
            self.fields[name].required = False

    def clean_men(self) -> int:
        return self.cleaned_data["men"] or 0

    def clean_women(self) -> int:
        return self.cleaned_data["women"] or 0


class NeedForm(OnceForm, NeedFields):
    """A new need."""


class AmendNeedForm(NeedFields):
    """The need, corrected. Bound to a copy, so that the move works on the row as it stands."""

    def __init__(self, *args: Any, document: Need, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, instance=Need.objects.get(pk=document.pk), **kwargs)
        del self.fields["village"]

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data


class AgreeForm(MoveForm):
    musdes_on = IndonesianDateField(label="Tanggal Musdes perencanaan")
    musdes_number = forms.CharField(
        label="Nomor berita acara Musdes",
        max_length=100,
        help_text="Dari buku agenda desa. Contoh: 140/03/BA-Musdes/2026",
    )


class BudgetForm(MoveForm):
    fiscal_year = forms.IntegerField(label="Tahun anggaran", min_value=2015, max_value=2100)
    funding = forms.ChoiceField(label="Sumber dana", choices=Funding.choices)
    activity_code = forms.CharField(
        label="Kode kegiatan/rekening", max_length=40, help_text="Seperti pada APB Desa. Contoh: 4.3.02"
    )
    ceiling = RupiahField(label="Pagu anggaran", min_value=1, help_text="Contoh: 15.000.000")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fiscal_year"].initial = timezone.localdate(timezone=self.document.village.tzinfo).year


class WhyForm(MoveForm):
    reason = forms.CharField(label="Alasan", widget=forms.Textarea(attrs=WORDS), max_length=1000)


# --- sourcing ---------------------------------------------------------------------------------------
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
        asked = self.data if self.is_bound else self.initial
        chosen = self.data.getlist("services") if self.is_bound else self.initial.get("services", [])
        found, self.found_count = candidates(need, words=str(asked.get("cari") or "")[:100], chosen=chosen)
        self.found = list(found)
        services: Any = self.fields["services"]
        services.queryset, services.label_from_instance = found, label_of
        self.fields["hps"].help_text = f"Paling banyak sebesar pagu anggaran, {rupiah(need.ceiling or 0)}."
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
            self.initial["hps"] = min(need.estimate, need.ceiling or need.estimate)


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


class EvaluateForm(MoveForm):
    """One judgement for each quotation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Through `visible_to`: this page is reached by address before the opening, too, and by rivals.
        readable = Quotation.objects.visible_to(self.user).filter(sourcing=self.document, state="sealed")
        self.quotations = list(readable.select_related("provider", "attachment").order_by("price", "pk"))
        for quotation in self.quotations:
            self.fields[f"passes_{quotation.code}"] = forms.ChoiceField(
                label=f"{quotation.provider.name}: administrasi dan teknis",
                choices=[("yes", "Memenuhi syarat"), ("no", "Tidak memenuhi syarat")],
                widget=forms.RadioSelect,
            )
            self.fields[f"reason_{quotation.code}"] = forms.CharField(
                label=f"Catatan untuk {quotation.provider.name}",
                required=False,
                max_length=500,
                help_text="Wajib bila tidak memenuhi syarat; dibaca oleh penyedia.",
            )

    @property
    def rows(self) -> list[tuple[Quotation, Any, Any]]:
        """Each offer with the fields that judge it."""
        return [(q, self[f"passes_{q.code}"], self[f"reason_{q.code}"]) for q in self.quotations]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for quotation in self.quotations:
            if data.get(f"passes_{quotation.code}") == "no" and not data.get(f"reason_{quotation.code}"):
                self.add_error(f"reason_{quotation.code}", "Tuliskan alasan mengapa tidak memenuhi syarat.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "results": {q.code: (data[f"passes_{q.code}"] == "yes", data[f"reason_{q.code}"]) for q in self.quotations}
        }


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["quotation"]
        final = Coalesce("negotiated_price", "price")
        readable = Quotation.objects.visible_to(self.user).filter(sourcing=self.document, state="qualified")
        field.queryset = readable.select_related("provider").order_by(final, "pk")
        field.label_from_instance = self.label_of
        if field.queryset.count() < 2:
            del self.fields["reason"]

    def label_of(self, quotation: Quotation) -> str:
        """Provider, final price with its share of the HPS, days."""
        share = desimal(round(quotation.final_price * 100 / self.document.hps, 1))
        return (
            f"{quotation.provider.name} – {rupiah(quotation.final_price)} ({share} % dari HPS), {quotation.days} hari"
        )


# --- quotation --------------------------------------------------------------------------------------
class QuotationFields(forms.Form):
    """What an offer says."""

    price = RupiahField(label="Harga penawaran", min_value=1, help_text="Sudah termasuk pajak. Contoh: 9.500.000")
    days = forms.IntegerField(label="Waktu pelaksanaan (hari kalender)", min_value=1, max_value=1000)
    approach = forms.CharField(
        label="Usulan teknis",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        help_text="Cara kerja, tenaga ahli, jadwal, dan keluaran.",
    )
    attachment = ScanUploadField(label="Lampiran penawaran", required=False)


class QuotationForm(OnceForm, QuotationFields):
    """The first offer."""


class ReviseForm(MoveForm, QuotationFields):
    """Another offer in place of the first, before the deadline."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("price", "days", "approach"):
            self.fields[name].initial = getattr(self.document, name)


class NegotiateForm(MoveForm):
    price = RupiahField(label="Harga hasil negosiasi", min_value=1)
    note = forms.CharField(
        label="Catatan negosiasi", widget=forms.Textarea(attrs=WORDS), max_length=1000, help_text="Apa yang disepakati."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"].initial = self.document.final_price


# --- contract ---------------------------------------------------------------------------------------
class IssueForm(MoveForm):
    number = forms.CharField(
        label="Nomor SPK", max_length=100, help_text="Dari buku agenda desa. Contoh: 027/05/SPK/2026"
    )
    signed_on = IndonesianDateField(label="Tanggal SPK")
    starts_on = IndonesianDateField(label="Mulai pelaksanaan")


class ScanForm(MoveForm):
    scan = ScanUploadField(label="Pindaian atau foto dokumen yang sudah ditandatangani")


class ProgressForm(MoveForm):
    percent = forms.IntegerField(label="Kemajuan (persen)", min_value=0, max_value=100)
    text = forms.CharField(label="Apa yang sudah dikerjakan", widget=forms.Textarea(attrs=WORDS), max_length=2000)
    photos = ImagesUploadField(label="Foto pekerjaan", required=False, max_files=6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["percent"].initial = self.document.percent
        self.fields["percent"].help_text = f"Terakhir dilaporkan {self.document.percent} persen."


class AcceptForm(MoveForm):
    note = forms.CharField(
        label="Hasil pemeriksaan",
        widget=forms.Textarea(attrs=WORDS),
        max_length=1000,
        help_text="Apa yang diperiksa dan sesuai dengan SPK.",
    )


class HandOverForm(MoveForm):
    number = forms.CharField(label="Nomor BAST", max_length=100, help_text="Dari buku agenda desa.")
    on = IndonesianDateField(label="Tanggal serah terima")
    place = forms.CharField(label="Tempat", max_length=150, help_text="Contoh: Kantor Desa")


# --- accountability -----------------------------------------------------------------------------------
class PaymentForm(MoveForm):
    """The transfer as the treasurer made it; the tax amounts are proposed, and theirs to correct."""

    number = forms.CharField(label="Nomor bukti pengeluaran", max_length=100)
    paid_on = IndonesianDateField(label="Tanggal pembayaran")
    proof = ScanUploadField(label="Bukti transfer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract = self.document.contract
        today = timezone.localdate(timezone=contract.village.tzinfo)
        self.gross = contract.value
        self.lines = tax.estimate(contract.provider, contract.value, on=today)
        for line in self.lines:
            self.fields[f"tax_{line.tax}"] = RupiahField(
                label=f"{line.label} yang dipotong",
                initial=line.amount,
                help_text="Perkiraan; ubah sesuai perhitungan Kaur Keuangan.",
            )
        self.order_fields(["number", "paid_on", *(f"tax_{line.tax}" for line in self.lines), "proof"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if sum(data.get(f"tax_{line.tax}") or 0 for line in self.lines) >= self.gross:
            raise ValidationError("Jumlah pajak tidak boleh melebihi nilai pembayaran.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        taxes = [tax.TaxLine(line.tax, line.label, line.base, data.pop(f"tax_{line.tax}")) for line in self.lines]
        return {**data, "taxes": taxes}


class MeetingFields(forms.ModelForm):
    """The record of the assembly: the paper's fields, attendance by element and sex, questions."""

    QUESTIONS = 4
    held_on = IndonesianDateField(label="Tanggal musyawarah")

    class Meta:
        model = Meeting
        fields = (
            "title",
            "held_on",
            "starts_at",
            "ends_at",
            "place",
            "leader",
            "leader_from",
            "note_taker",
            "note_taker_from",
            "presented",
        )
        widgets = {
            "presented": forms.Textarea(attrs={"rows": 6}),
            "starts_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "ends_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }
        help_texts = {"presented": "Hasil pekerjaan, biaya dan waktu: rencana dan kenyataan, serta hambatan."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        came = {row.element: row for row in self.instance.attendance.all()} if self.instance.pk else {}
        for element in Element:
            row = came.get(element.value)
            for sex, label in (("men", "laki-laki"), ("women", "perempuan")):
                self.fields[f"{sex}_{element.value}"] = forms.IntegerField(
                    label=f"{element.label}, {label}",
                    required=False,
                    min_value=0,
                    max_value=5000,
                    initial=getattr(row, sex, None),
                )
        asked = list(self.instance.questions.all()) if self.instance.pk else []
        for number in range(max(self.QUESTIONS, len(asked) + 1)):
            row = asked[number] if number < len(asked) else None
            for part, label, length in (
                ("asker", "Penanya", 150),
                ("question", "Pertanyaan atau tanggapan", 1000),
                ("answer", "Jawaban", 1000),
            ):
                self.fields[f"{part}_{number}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=length,
                    initial=getattr(row, part, ""),
                    widget=forms.TextInput() if part == "asker" else forms.Textarea(attrs={"rows": 2}),
                )
        self.question_count = max(self.QUESTIONS, len(asked) + 1)

    @property
    def main_fields(self) -> list[Any]:
        return [self[name] for name in self._meta.fields]

    @property
    def attendance_rows(self) -> list[tuple[str, Any, Any]]:
        """(element, bound field of men, of women) for the table."""
        return [(str(e.label), self[f"men_{e.value}"], self[f"women_{e.value}"]) for e in Element]

    @property
    def question_rows(self) -> list[tuple[Any, Any, Any]]:
        return [(self[f"asker_{n}"], self[f"question_{n}"], self[f"answer_{n}"]) for n in range(self.question_count)]

    def attendance(self) -> list[tuple[str, int, int]]:
        data = self.cleaned_data
        return [(e.value, data.get(f"men_{e.value}") or 0, data.get(f"women_{e.value}") or 0) for e in Element]

    def questions(self) -> list[tuple[str, str, str]]:
        data = self.cleaned_data
        return [
            (data.get(f"asker_{n}", ""), data.get(f"question_{n}", ""), data.get(f"answer_{n}", ""))
            for n in range(self.question_count)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "Jam selesai harus setelah jam mulai.")
        return data


class MeetingForm(OnceForm, MeetingFields):
    """A new record."""

    @staticmethod
    def proposed(account: Accountability) -> dict[str, Any]:
        """The BPD leads and the secretary takes notes, unless the sheets say otherwise."""
        holders = Membership.objects.current().at(account.contract.village_id).select_related("user")
        names = {row.role: row.user.name for row in holders.holding(Role.BPD, Role.VILLAGE_SECRETARY).order_by("-pk")}
        return {
            "leader": names.get(Role.BPD, ""),
            "note_taker": names.get(Role.VILLAGE_SECRETARY, ""),
            "note_taker_from": "Pemerintah Desa",
        }


class AmendMeetingForm(MeetingFields):
    """The draft, changed. Bound to a copy, so that the move works on the row as it stands."""

    def __init__(self, *args: Any, document: Meeting, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, instance=Meeting.objects.get(pk=document.pk), **kwargs)

    def arguments(self) -> dict[str, Any]:
        fields = {name: self.cleaned_data[name] for name in self._meta.fields}
        return {**fields, "attendance": self.attendance(), "questions": self.questions()}


class AttachForm(MoveForm):
    scan = ScanUploadField(label="Pindaian berita acara bertanda tangan", required=False)
    attendance_scan = ScanUploadField(label="Pindaian daftar hadir", required=False)
    photos = ImagesUploadField(label="Foto musyawarah", required=False, max_files=6)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.get(name) for name in ("scan", "attendance_scan", "photos")):
            raise ValidationError("Pilih sedikitnya satu berkas.")
        return data


class DecideForm(MoveForm):
    """What the assembly decided; up to three follow-ups."""

    FOLLOW_UPS = 3
    decision = forms.ChoiceField(label="Keputusan", choices=Meeting.Decision.choices, widget=forms.RadioSelect)
    minutes_number = forms.CharField(
        label="Nomor berita acara", max_length=100, required=False, help_text="Dari buku agenda BPD atau desa."
    )
    note = forms.CharField(
        label="Catatan keputusan",
        widget=forms.Textarea(attrs=WORDS),
        max_length=2000,
        required=False,
        help_text="Wajib bila keputusan bukan “Diterima”, kecuali ada tindak lanjut.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(self.FOLLOW_UPS):
            self.fields[f"what_{number}"] = forms.CharField(
                label=f"Tindak lanjut {number + 1}", max_length=300, required=False
            )
            self.fields[f"who_{number}"] = forms.CharField(label="Penanggung jawab", max_length=150, required=False)
            self.fields[f"due_{number}"] = IndonesianDateField(label="Batas waktu", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in range(self.FOLLOW_UPS):
            parts = [data.get(f"{part}_{number}") for part in ("what", "who", "due")]
            if any(parts) and not all(parts) and not self.errors:
                self.add_error(
                    f"what_{number}",
                    "Isi tindak lanjut, penanggung jawab, dan batas waktunya, atau kosongkan ketiganya.",
                )
        if data.get("decision") not in (None, "accepted") and not data.get("note") and not data.get("what_0"):
            self.add_error("note", "Tuliskan catatan atau tindak lanjut bila keputusan bukan “Diterima”.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        rows = [(data[f"what_{n}"], data[f"who_{n}"], data[f"due_{n}"]) for n in range(self.FOLLOW_UPS)]
        return {
            "decision": data["decision"],
            "minutes_number": data["minutes_number"],
            "note": data["note"],
            "follow_ups": [row for row in rows if row[0]],
        }


# --- the list -----------------------------------------------------------------------------------------
class OrderFilterForm(forms.Form):
    """What the list of orders may be asked. Anything odd is ignored, not an error."""

    q = forms.CharField(label="Cari", max_length=100, required=False)
    tahap = forms.ChoiceField(
        label="Tahap",
        required=False,
        choices=[
            ("", "Semua tahap"),
            ("kebutuhan", "Kebutuhan"),
            ("pengadaan", "Pengadaan"),
            ("kontrak", "Kontrak dan pelaksanaan"),
            ("pertanggungjawaban", "Pertanggungjawaban"),
            ("selesai", "Selesai"),
            ("batal", "Batal atau putus"),
        ],
    )
    tahun = forms.IntegerField(label="Tahun dicatat", min_value=2020, max_value=2100, required=False)
