"""What the Pokja types at its desk."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from core.clock import local_today, today
from core.formats import zone_of
from core.forms import IndonesianDateField, Line, MoveForm
from core.validators import validate_plain_text
from verification.models import Application, Declaration, Interview, SubmittedDocument


def words(label: str, *, rows: int = 4, most: int = 1000, **kwargs: Any) -> forms.CharField:
    """A text of several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, validators=[validate_plain_text], widget=widget, **kwargs)


# --- in the case page ----------------------------------------------------------------------------------
class InPage(forms.Form):
    """One of several forms on a page: its fields' ids are its own."""

    ids: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{self.ids}_%s", **kwargs})


class DeclareForm(InPage):
    """What ties this member to the applicant; `ambil` takes the case at once."""

    ids = "hubungan"

    tie = forms.ChoiceField(
        label="Apakah Anda mempunyai hubungan dengan pemohon?",
        choices=[("none", "Tidak ada hubungan"), *(each for each in Declaration.Tie.choices if each[0] != "none")],
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih ada tidaknya hubungan."},
    )
    note = forms.CharField(
        label="Penjelasan", required=False, max_length=500, validators=[validate_plain_text],
        help_text="Wajib bila memilih hubungan lain.",
    )  # fmt: skip
    ambil = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("tie") == Declaration.Tie.OTHER and not data.get("note") and "note" not in self.errors:
            self.add_error("note", "Jelaskan hubungan itu dengan kata-kata.")
        return data


class JudgeForm(InPage):
    """The verdict on one paper; a reason when it does not conform."""

    ids = "hasil"

    verdict = forms.ChoiceField(
        label="Hasil pemeriksaan",
        choices=[("conforming", "Sesuai"), ("not_conforming", "Tidak sesuai")],
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih sesuai atau tidak sesuai."},
    )
    reason_kind = forms.ChoiceField(
        label="Alasan", required=False, choices=[("", "Pilih alasan"), *SubmittedDocument.Reason.choices]
    )
    reason = words("Penjelasan untuk pemohon", rows=2, most=500, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verdict") == "not_conforming":
            if not data.get("reason_kind"):
                self.add_error("reason_kind", "Pilih alasan mengapa dokumen tidak sesuai.")
            elif data["reason_kind"] == "other" and not data.get("reason"):
                self.add_error("reason", "Tulis alasannya dengan kata-kata.")
        return data


class RemarkForm(InPage):
    """A word for colleagues."""

    ids = "catatan"

    note = words(
        "Catatan untuk rekan", rows=2, help_text="Hanya dibaca anggota Pokja; pemohon tidak pernah melihatnya."
    )


class PointsForm(InPage):
    """A field for each aspect, 0 to 100. Its aspects' keys are the fields' names."""

    ids = "nilai"

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for aspect in application.aspects:
            self.fields[aspect.key] = forms.IntegerField(
                label=aspect.label,
                min_value=0,
                max_value=100,
                help_text=aspect.help,
                widget=forms.NumberInput(attrs={"min": 0, "max": 100, "step": 1, "data-weight": aspect.weight}),
                error_messages={"required": "Isi nilai 0 sampai 100.", "invalid": "Isi angka bulat 0 sampai 100."},
            )
        self.aspects = application.aspects

    def rows(self) -> list[tuple[Any, forms.BoundField]]:
        """Each aspect with its field."""
        return [(aspect, self[aspect.key]) for aspect in self.aspects]

    def points(self) -> dict[str, int]:
        return {aspect.key: self.cleaned_data[aspect.key] for aspect in self.aspects}


class ScoreForm(PointsForm):
    """One member's own points."""

    note = words("Catatan", rows=2, required=False, help_text="Terbuka bagi rekan setelah penilaian ditutup.")


class AgreeForm(PointsForm):
    """The points agreed on, beginning with the rounded averages."""

    reason = words("Alasan kesepakatan", rows=3, help_text="Mengapa nilai ini: dibaca dalam rapat pleno.")


def average(points: list[int]) -> Decimal | None:
    """To one decimal; None without points."""
    return (Decimal(sum(points)) / len(points)).quantize(Decimal("0.1"), ROUND_HALF_UP) if points else None


def rounded(value: Decimal) -> int:
    """A half goes up, as everybody learned."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


# --- forms of moves ------------------------------------------------------------------------------------
class GiveBackForm(MoveForm):
    note = words(
        "Catatan untuk pemohon",
        required=False,
        help_text="Alasan pada tiap dokumen yang tidak sesuai ikut terkirim. Tulis di sini bila ada yang lain.",
    )


class RecheckForm(MoveForm):
    reason = words("Apa yang harus diperiksa kembali")


class RejectForm(MoveForm):
    reason = words("Alasan penolakan", most=2000, help_text="Dibaca oleh pemohon.")
    apply_again_from = IndonesianDateField(
        label="Dapat mengajukan lagi mulai", required=False, earliest=today, help_text="Kosong: kapan saja."
    )


class AssignForm(MoveForm):
    """To whom: a colleague without a tie who declared so. The others stand there, and say why not."""

    member = forms.ChoiceField(label="Pemeriksa baru", widget=forms.RadioSelect)
    reason = words("Alasan pengalihan", rows=2, help_text="Dibaca pemeriksa lama dan baru, dan tercatat di riwayat.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        declared = set(self.document.declarations.current().values_list("member_id", flat=True))
        bench = [user for user in self.document.bench() if user.pk != self.document.checker_id]
        self.members = {str(user.pk): user for user in bench if user.pk in declared}
        self.silent = [str(user) for user in bench if user.pk not in declared]
        self.fields["member"].choices = [(key, str(user)) for key, user in self.members.items()]  # type: ignore[attr-defined]
        if self.silent:
            self.fields["member"].help_text = f"Belum menyatakan benturan kepentingan: {', '.join(self.silent)}."

    def clean_member(self) -> Any:
        return self.members[self.cleaned_data["member"]]


class _ClockField(forms.TimeField):
    """09:00 or 09.00, as people write it."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    input_formats = ("%H:%M", "%H.%M", "%H:%M:%S")


def moment(form: forms.Form, regency: Any) -> dt.datetime | None:
    """Date and time of a form as a moment in the regency's zone."""
    day, clock = form.cleaned_data.get("day"), form.cleaned_data.get("clock")
    return dt.datetime.combine(day, clock, tzinfo=zone_of(regency)) if day and clock else None


def zone_hint(regency: Any) -> str:
    return f"Waktu setempat ({regency.zone_name})."


class ScheduleForm(MoveForm):
    """When, where and how; the applicant is told."""

    day = IndonesianDateField(label="Tanggal")
    clock = _ClockField(label="Jam")
    mode = forms.ChoiceField(label="Cara", choices=Interview.Mode.choices, widget=forms.RadioSelect)
    place = Line(
        label="Tempat atau tautan", max_length=200, help_text="Contoh: Ruang rapat Dinas PMD, atau tautan video."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clock"].help_text = zone_hint(self.document.regency)
        row = self.document.interview
        if row and not row.held_at:
            at = row.scheduled_for.astimezone(zone_of(self.document.regency))
            self.initial = {"day": at.date(), "clock": at.time(), "mode": row.mode, "place": row.place, **self.initial}

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        today = local_today(self.document.regency)
        if day < today:
            raise forms.ValidationError("Tanggal ini sudah lewat.")
        if day > today + dt.timedelta(days=366):
            raise forms.ValidationError("Tanggal ini lebih dari setahun lagi.")
        return day

    def arguments(self) -> dict[str, Any]:
        at = moment(self, self.document.regency)
        return {"at": at, "mode": self.cleaned_data["mode"], "place": self.cleaned_data["place"]}


class RecordForm(MoveForm):
    """What was asked and answered, who was there, and what follows from it."""

    day = IndonesianDateField(label="Tanggal")
    clock = _ClockField(label="Jam")
    present = forms.MultipleChoiceField(
        label="Hadir dari Pokja", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Centang siapa dari Pokja yang hadir."},
    )  # fmt: skip
    applicants = Line(label="Hadir dari penyedia", max_length=300, help_text="Nama dan jabatan, dipisahkan koma.")
    summary = words("Kesimpulan", rows=4, most=3000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        interview = self.document.interview
        self.questions: list[str] = interview.questions if interview else self.document.rule_now.questions
        for number, question in enumerate(self.questions):
            self.fields[f"answer_{number}"] = words(f"{number + 1}. {question}", rows=3, most=2000)
        names = [str(user) for user in self.document.bench()]
        self.fields["present"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        self.fields["clock"].help_text = zone_hint(self.document.regency)
        provider = self.document.provider
        zone = zone_of(self.document.regency)
        now = timezone.now()
        at = (min(interview.held_at or interview.scheduled_for, now) if interview else now).astimezone(zone)
        first = {"day": at.date(), "clock": at.time().replace(second=0, microsecond=0), "present": [str(self.user)]}
        first["applicants"] = f"{provider.person_in_charge} ({provider.position})"
        if interview and interview.held_at:  # held before a recheck: what was written then is there again
            first |= {f"answer_{n}": answer for n, answer in enumerate(interview.answers)}
            first |= {"present": interview.present, "applicants": interview.applicants, "summary": interview.summary}
        self.initial = {**first, **self.initial}
        answers = [f"answer_{number}" for number in range(len(self.questions))]
        self.order_fields(["day", "clock", "present", "applicants", *answers, "summary"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        at = moment(self, self.document.regency)
        if at and at > timezone.now():
            self.add_error("clock", "Waktu wawancara tidak boleh setelah sekarang.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "held_at": moment(self, self.document.regency),
            "present": data["present"],
            "applicants": data["applicants"],
            "answers": [data[f"answer_{number}"] for number in range(len(self.questions))],
            "summary": data["summary"],
        }


MOVE_FORMS: dict[str, type[forms.Form]] = {
    "assign": AssignForm,
    "give_back": GiveBackForm,
    "recheck": RecheckForm,
    "record_interview": RecordForm,
    "reject": RejectForm,
    "schedule_interview": ScheduleForm,
}
