"""The Musdes: its plan, its record from the sheets filled by hand, and its decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Membership, Role
from core.forms import ImagesUploadField, IndonesianDateField, MoveForm, ReasonForm, ScanUploadField
from core.once import OnceForm
from transactions.forms.agenda import AgendaFields
from transactions.forms.rows import Rows
from transactions.forms.sheet import PagesUploadField
from transactions.models import Decision, Duty, Element, Meeting, Responsible

WORDS = {"rows": 4}
HOURS = {"format": "%H:%M", "attrs": {"type": "time"}}


class MeetingFilterForm(forms.Form):
    """What the list of assemblies may be asked. Anything odd is ignored, not an error."""

    q = forms.CharField(label="Cari", max_length=100, required=False)
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "Semua status"), *Meeting.State.choices])
    tahun = forms.IntegerField(label="Tahun", min_value=2020, max_value=2100, required=False)


class PlanFields(AgendaFields):
    """Day, hour, place and what the invitation says."""

    held_on = IndonesianDateField(label="Tanggal musyawarah")

    class Meta:
        model = Meeting
        fields = ("title", "held_on", "starts_at", "place", "invitation_number", "agenda")
        widgets = {"agenda": forms.Textarea(attrs=WORDS), "starts_at": forms.TimeInput(**HOURS)}
        help_texts = {
            "invitation_number": "Dari buku agenda BPD atau desa. Boleh dikosongkan dan ditulis tangan.",
            "agenda": "Satu baris satu acara. Bila dikosongkan: pembukaan, penyampaian, tanya jawab, keputusan, penutup.",
        }


class PlanForm(OnceForm, PlanFields):
    """A new plan."""


class ReplanForm(PlanFields):
    """The plan, changed; another day is a postponement."""

    def __init__(self, *args: Any, document: Meeting, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, instance=Meeting.objects.get(pk=document.pk), **kwargs)
        del self.fields["held_on"]

    def arguments(self) -> dict[str, Any]:
        fields = {name: self.cleaned_data[name] for name in self._meta.fields or () if name != "held_on"}
        return {**fields, "accounts": self.chosen()}


class PostponeForm(ReasonForm):
    to = IndonesianDateField(label="Tanggal baru")
    field_order = ("to", "reason")


class MeetingFields(AgendaFields):
    """The record of the assembly: the paper's fields, attendance by element and sex, questions."""

    TELLS = True
    QUESTIONS = 4
    held_on = IndonesianDateField(label="Tanggal musyawarah")
    ends_at = forms.TimeField(label="Selesai pukul", widget=forms.TimeInput(**HOURS))
    leader = forms.CharField(label="Pimpinan musyawarah", max_length=150)
    note_taker = forms.CharField(label="Notulis", max_length=150)
    note_taker_from = forms.CharField(label="Notulis dari unsur", max_length=100)

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
            "speakers",
            "proceedings",
        )
        widgets = {"starts_at": forms.TimeInput(**HOURS), "proceedings": forms.Textarea(attrs=WORDS)}
        help_texts = {
            "speakers": "Penyedia, PKA, TPK, atau pendamping yang menyampaikan.",
            "proceedings": "Untuk notulen: siapa menyampaikan apa, menurut urutan acara.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask_attendance()
        self._ask_questions()

    def _ask_attendance(self) -> None:
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

    def _ask_questions(self) -> None:
        asked = list(self.instance.questions.all()) if self.instance.pk else []
        self.question_count = max(self.QUESTIONS, len(asked) + 1)
        for number in range(self.question_count):
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

    @property
    def main_fields(self) -> list[Any]:
        return [self[name] for name in self._meta.fields or () if name in self.fields]

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


def proposed(village: str) -> dict[str, Any]:
    """The BPD leads and the secretary takes notes, unless the sheets say otherwise."""
    holders = Membership.objects.current().at(village).select_related("user")
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
        fields = {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.fields}
        more = {"attendance": self.attendance(), "questions": self.questions(), "told": self.told()}
        return {**fields, **more, "accounts": self.chosen()}


class RecordForm(AmendMeetingForm):
    """What was written by hand at the planned assembly; its day is the one that was set."""

    def __init__(self, *args: Any, document: Meeting, user: Any, **kwargs: Any) -> None:
        initial = {k: v for k, v in proposed(document.village_id).items() if not getattr(document, k)}
        super().__init__(*args, document=document, user=user, initial=initial, **kwargs)
        del self.fields["held_on"]


class AttachForm(MoveForm):
    scan = PagesUploadField(label="Pindaian berita acara bertanda tangan", required=False)
    attendance_scan = PagesUploadField(label="Pindaian daftar hadir", required=False)
    notes_scan = PagesUploadField(label="Pindaian notulen", required=False)
    photos = ImagesUploadField(label="Foto musyawarah", required=False, max_files=6)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.get(name) for name in self.fields):
            raise ValidationError("Pilih sedikitnya satu berkas.")
        return data


class SupplementForm(AttachForm):
    """After the decision: only what still lacks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if name in ("scan", "photos") or getattr(self.document, f"{name}_id") is not None:
                del self.fields[name]


DUTY: dict[str, Any] = {
    "what": lambda: forms.CharField(label="Tindak lanjut", max_length=300),
    "who": lambda: forms.CharField(label="Penanggung jawab", max_length=150),
    "responsible": lambda: forms.ChoiceField(
        label="Ditugaskan kepada",
        choices=[("", "Lainnya (hanya nama di atas)"), *Responsible.choices],
        help_text="Tindak lanjut ini tampil di “Perlu tindakan” orang tersebut.",
    ),
    "due": lambda: IndonesianDateField(label="Batas waktu"),
    "blocks": lambda: forms.BooleanField(label="Harus selesai sebelum pembelian ditutup"),
}


class DecideForm(MoveForm):
    """What the assembly decided of each order, and the duties that it gave, as rows."""

    MOST_DUTIES = 80
    minutes_number = forms.CharField(
        label="Nomor berita acara", max_length=100, required=False, help_text="Dari buku agenda BPD atau desa."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        related = ("accountability__contract__sourcing__need", "accountability__contract__provider")
        self.items = list(self.document.items.select_related(*related))
        for item in self.items:
            code = item.accountability.code
            self.fields[f"decision_{code}"] = forms.ChoiceField(
                label="Keputusan", choices=Decision.choices, widget=forms.RadioSelect
            )
            self.fields[f"note_{code}"] = forms.CharField(
                label="Catatan keputusan",
                widget=forms.Textarea(attrs=WORDS),
                max_length=2000,
                required=False,
                help_text="Wajib bila keputusan bukan “Diterima”, kecuali ada tindak lanjut.",
            )
        several = {"order": self._order} if len(self.items) > 1 else {}
        self.rows = Rows(self, {**DUTY, **several}, [], most=self.MOST_DUTIES, blank=4)

    def _order(self) -> forms.Field:
        orders = [(item.accountability.code, item.need.title) for item in self.items]
        return forms.ChoiceField(label="Untuk pembelian", choices=[("", "Pilih pembelian"), *orders])

    @property
    def ruling_rows(self) -> list[tuple[Any, Any, Any]]:
        """(item, bound decision, bound note) of each order."""
        codes = [(item, item.accountability.code) for item in self.items]
        return [(item, self[f"decision_{code}"], self[f"note_{code}"]) for item, code in codes]

    def _duties(self) -> list[Duty]:
        data, needed = self.cleaned_data, [name for name in ("order", "what", "who", "due") if name in self.rows.parts]
        for number in range(self.rows.count):  # whoever is given it by office needs no name
            chosen, who = data.get(f"responsible_{number}"), f"who_{number}"
            if chosen and not data.get(who):
                data[who] = str(Responsible(chosen).label)
        return [
            Duty(
                order=row.get("order") or self.items[0].accountability.code,
                what=row["what"],
                who=row["who"],
                due_on=row["due"],
                responsible=row["responsible"],
                blocks=row["blocks"],
            )
            for row in self.rows.cleaned(needed)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.duties = self._duties()
        given = {duty.order for duty in self.duties}
        for item in self.items if not self.errors else ():
            code = item.accountability.code
            bare = not data.get(f"note_{code}") and code not in given
            if data.get(f"decision_{code}") != Decision.ACCEPTED and bare:
                self.add_error(f"note_{code}", "Tuliskan catatan atau tindak lanjut bila keputusan bukan “Diterima”.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        codes = [item.accountability.code for item in self.items]
        return {
            "rulings": {code: (data[f"decision_{code}"], data[f"note_{code}"]) for code in codes},
            "minutes_number": data["minutes_number"],
            "follow_ups": self.duties,
        }


class FinishForm(MoveForm):
    note = forms.CharField(label="Yang sudah dikerjakan", widget=forms.Textarea(attrs=WORDS), max_length=1000)
    proof = ScanUploadField(label="Bukti", required=False)
