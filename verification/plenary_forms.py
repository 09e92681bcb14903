"""What the Pokja types for a plenary: the sitting, its report, its decree. Choices come from the sitting itself."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django import forms

from core.clock import today
from core.forms import IndonesianDateField, Line, MoveForm, ReasonForm, ScanUploadField
from core.once import OnceForm
from core.validators import validate_plain_text
from regions.models import Area
from verification.models import Application, Plenary, PlenaryItem, PokjaMember, directory_numbers
from verification.models.plenary import MOST, usual_outcome

SHOWN = 300  # candidates on one page, the longest waiting first
DAY = dt.timedelta(days=1)


class Applications(forms.ModelMultipleChoiceField):
    """Some of the candidates, by public code; the template draws them as a table."""

    default_error_messages = {
        "required": "Pilih sedikitnya satu permohonan.",
        "invalid_choice": "Permohonan %(value)s tidak sedang menunggu rapat. Muat ulang halaman.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Application.objects.none(), to_field_name="code", label="Permohonan", **kwargs)


class Candidates(forms.Form):
    """Of a form with `applications`: the rows to choose from, each with whether it is ticked."""

    def offer(self, plenary: Plenary) -> None:
        self.fields["applications"].queryset = plenary.candidates()

    def rows(self) -> list[dict[str, Any]]:
        ticked = {str(code) for code in (self["applications"].value() or [])}
        found = self.fields["applications"].queryset[:SHOWN]
        return [
            {"application": row, "ticked": row.code in ticked, "lists": usual_outcome(row) == PlenaryItem.Outcome.LIST}
            for row in found
        ]

    most = MOST

    def total(self) -> int:
        return self.fields["applications"].queryset.count()


class SittingForm(forms.Form):
    held_on = IndonesianDateField(
        label="Tanggal rapat", help_text="Boleh tanggal yang akan datang; berita acara dibuat setelah rapat."
    )
    place = Line(label="Tempat", max_length=150, help_text="Contoh: Aula Dinas PMD.")


class ConveneForm(OnceForm, Candidates, SittingForm):
    """A sitting with its first applications."""

    applications = Applications()

    def __init__(self, *args: Any, regency: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regency = regency
        self.offer(Plenary(regency=regency))

    def make(self) -> Plenary:
        data = self.cleaned_data
        plenary = Plenary(regency=self.regency, held_on=data["held_on"], place=data["place"])
        plenary.convene(by=self.user, applications=list(data["applications"]))
        return plenary


class AmendForm(SittingForm, MoveForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"held_on": self.document.held_on, "place": self.document.place, **self.initial}


class AddForm(Candidates, MoveForm):
    applications = Applications()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(self.document)


class RemoveForm(MoveForm):
    application = forms.ModelChoiceField(
        Application.objects.none(), to_field_name="code", label="Permohonan", empty_label="Pilih permohonan"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Application.objects.filter(plenary_items__plenary=self.document).select_related("provider")
        self.fields["application"].queryset = rows.order_by("provider__name")
        self.fields["application"].label_from_instance = lambda row: row.provider.name


class MinuteForm(MoveForm):
    """The report's number, who was there, and who is put off. After a reopening what was typed before is there."""

    minutes_number = Line(
        label="Nomor berita acara", max_length=100, help_text="Seperti pada buku agenda. Contoh: 07/BA-P2KTD/2026."
    )
    present = forms.ModelMultipleChoiceField(
        PokjaMember.objects.none(), to_field_name="code", label="Anggota yang hadir",
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Centang siapa yang hadir."},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seated = self.document.seated()
        field = self.fields["present"]
        field.queryset = PokjaMember.objects.filter(pk__in=[one.pk for one in seated]).select_related("user")
        field.label_from_instance = lambda one: f"{one.user}, {one.get_position_display()} ({one.body})"
        field.help_text = f"Kuorum {self.document.quorum()} dari {len(seated)} anggota."
        before = self.document.events().filter(verb="minute").last()
        self.initial = {
            "minutes_number": before.data.get("minutes_number", "") if before else "",
            "present": [row.member.code for row in self.document.attendances.select_related("member")],
            **self.initial,
        }
        self.lines = self.document.lines()
        for line in self.lines:
            self.fields[f"tunda-{line.application.code}"] = Line(
                label=f"Alasan penundaan {line.application.provider.name}", max_length=500, required=False,
                initial=line.note,
            )  # fmt: skip

    def rows(self) -> list[tuple[PlenaryItem, str, Any]]:
        """(line, what was proposed, its field)."""
        return [
            (
                line,
                str(PlenaryItem.Outcome(usual_outcome(line.application)).label),
                self[f"tunda-{line.application.code}"],
            )
            for line in self.lines
        ]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        reasons = {line.application.code: data[f"tunda-{line.application.code}"] for line in self.lines}
        return {
            "minutes_number": data["minutes_number"],
            "present": list(data["present"]),
            "deferred": {code: why for code, why in reasons.items() if why},
        }


class ScanForm(MoveForm):
    scan = ScanUploadField(label="Pindaian berita acara bertanda tangan")


class ReopenForm(ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "Apa yang salah pada berita acara. Tersimpan pada riwayat rapat."
        self.fields["reason"].validators.append(validate_plain_text)


class DecreeForm(MoveForm):
    """The decree as it stands on paper, and a directory number for each who is listed."""

    decree_number = Line(label="Nomor keputusan", max_length=100, help_text="Seperti tertulis pada surat keputusan.")
    decree_date = IndonesianDateField(label="Tanggal keputusan", latest=today)
    valid_until = IndonesianDateField(label="Terdaftar sampai", earliest=lambda: today() + DAY)
    refusal = forms.CharField(
        label="Alasan penolakan bagi yang tidak layak", required=False, max_length=2000,
        validators=[validate_plain_text], widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Dibaca pemohon. Bila kosong, dipakai alasan nilai kesepakatan masing-masing.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plenary: Plenary = self.document
        self.fields["decree_date"].earliest = plenary.held_on
        self.listed = directory_numbers.to_number(plenary)
        self.rejected = [line for line in plenary.lines() if line.outcome == PlenaryItem.Outcome.REJECT]
        months = plenary.rule.validity_months
        self.initial = {"decree_date": today(), "valid_until": after(today(), months), **self.initial}
        self.fields["valid_until"].help_text = f"Aturan daerah: {months} bulan."
        if not self.listed:
            del self.fields["valid_until"]
        if not self.rejected:
            del self.fields["refusal"]
        proposals = directory_numbers.proposals(plenary, year=today().year)
        for application in self.listed:
            self.fields[f"nomor-{application.code}"] = Line(
                label=f"Nomor direktori {application.provider.name}", max_length=60, required=False,
                initial=proposals[application.code],
            )  # fmt: skip

    def numbers(self) -> dict[str, str]:
        given = self.cleaned_data
        return {row.code: directory_numbers.tidy(given.get(f"nomor-{row.code}") or "") for row in self.listed}

    def rows(self) -> list[tuple[Application, Any]]:
        return [(row, self[f"nomor-{row.code}"]) for row in self.listed]

    def plain(self) -> list[Any]:
        """The fields above the table of numbers."""
        return [self[name] for name in self.fields if not name.startswith("nomor-")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for code, problem in directory_numbers.problems(self.document, self.numbers()).items():
            self.add_error(f"nomor-{code}", problem)
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "decree_number": data["decree_number"],
            "decree_date": data["decree_date"],
            "valid_until": data.get("valid_until"),
            "numbers": self.numbers(),
            "refusal": data.get("refusal", ""),
        }


def after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or that month's last."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


MOVE_FORMS: dict[str, type[forms.Form]] = {
    "amend": AmendForm,
    "add": AddForm,
    "remove": RemoveForm,
    "minute": MinuteForm,
    "attach_scan": ScanForm,
    "reopen": ReopenForm,
    "decree": DecreeForm,
}
