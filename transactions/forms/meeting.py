"""The record of the Musdes: from the sheets filled by hand to the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Membership, Role
from core.forms import ImagesUploadField, IndonesianDateField, MoveForm, ScanUploadField
from core.once import OnceForm
from transactions.models import Accountability, Element, Meeting

WORDS = {"rows": 4}


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
        return [self[name] for name in self._meta.fields or ()]

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
        fields = {name: self.cleaned_data[name] for name in self._meta.fields or ()}
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

    @property
    def follow_up_rows(self) -> list[tuple[Any, Any, Any]]:
        return [(self[f"what_{n}"], self[f"who_{n}"], self[f"due_{n}"]) for n in range(self.FOLLOW_UPS)]

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
