"""The letters that a sourcing sends out: the request for offers, the tender's announcement, the opening's minutes."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from django import forms
from django.utils import timezone

from core.clock import database_now, local_today
from core.forms import Line, MoveForm
from transactions.forms.sourcing import FROM_AGENDA, DeadlineField, MomentField
from transactions.models import Method


class AnnounceForm(MoveForm):
    """Sending fixes the deadline, so it is asked once more; and what the letter says besides."""

    deadline = DeadlineField()
    number = Line(label="Nomor surat permintaan penawaran", max_length=60, required=False, help_text=FROM_AGENDA)
    on = forms.DateField(label="Tanggal surat", required=False)
    venue = Line(
        label="Tempat pemasukan dan pembukaan penawaran",
        max_length=200,
        required=False,
        help_text="Contoh: Kantor Desa, Jalan Raya Pujut 1. Penawaran tetap dikirim melalui halaman ini.",
    )
    evaluates_at = MomentField(label="Evaluasi teknis dan biaya", required=False)
    negotiates_at = MomentField(label="Negosiasi", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sourcing, village = self.document, self.document.need.village
        self.invitations = sourcing.invitations.select_related("provider").order_by("pk")
        self.zone = f"Waktu {village.zone_name}"
        self.fields["deadline"].initial = sourcing.deadline
        self.fields["on"].initial = local_today(village)
        self.fields["venue"].initial = f"Kantor {village.label}"
        if sourcing.method == Method.DIRECT:
            self.fields["deadline"].help_text = f"{self.zone}. Setelah dikirim, batas waktu tidak dapat diubah."
            del self.fields["evaluates_at"], self.fields["negotiates_at"]
            return
        hours = sourcing.rule.min_hours
        self.say_least(f"paling singkat {hours} jam dari sekarang" if hours else "di masa depan")
        self.propose(sourcing.deadline)

    def say_least(self, least: str) -> None:
        self.fields["deadline"].help_text = f"{self.zone}, {least}. Setelah dikirim, batas waktu tidak dapat diubah."

    def propose(self, deadline: datetime.datetime) -> None:
        """The day after for each step, in the morning of the village."""
        village = self.document.need.village
        for days, name in enumerate(("evaluates_at", "negotiates_at", "awards_at"), 1):
            if name in self.fields:
                day = timezone.localtime(deadline, village.tzinfo) + datetime.timedelta(days=days)
                self.fields[name].initial = day.replace(hour=9, minute=0, second=0, microsecond=0)
                self.fields[name].help_text = f"{self.zone}."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        names = [name for name in ("deadline", "evaluates_at", "negotiates_at", "awards_at") if data.get(name)]
        for before, after in itertools.pairwise(names):
            if data[after] < data[before]:
                self.add_error(after, f"Tidak boleh sebelum {str(self.fields[before].label).lower()}.")
        return data


class AnnounceTenderForm(AnnounceForm):
    """The tender's announcement: with the dates for questions and for the award."""

    questions_until = MomentField(label="Batas pertanyaan", required=False)
    awards_at = MomentField(label="Penetapan pemenang", required=False)
    field_order = ("deadline", "questions_until", "number", "on", "venue", "evaluates_at", "negotiates_at", "awards_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sourcing = self.document
        rule, village, now = sourcing.rule, sourcing.need.village, database_now()
        self.fields["number"].label = "Nomor pengumuman lelang"
        self.fields["on"].label = "Tanggal pengumuman"
        days, hours = rule.tender_days or 0, rule.question_hours or 0
        least = now + datetime.timedelta(days=days)
        deadline = max(sourcing.deadline, self._at_four(least, village.tzinfo))
        self.fields["deadline"].initial = deadline
        self.say_least(f"paling singkat {days} hari dari sekarang" if days else "di masa depan")
        until = min(self._at_four(now + datetime.timedelta(hours=hours), village.tzinfo), deadline)
        self.fields["questions_until"].initial = until
        earliest = f", paling cepat {hours} jam dari sekarang" if hours else ""
        said = f"{self.zone}{earliest}. Pertanyaan dan jawaban dibaca semua orang."
        self.fields["questions_until"].help_text = said
        self.propose(deadline)

    @staticmethod
    def _at_four(moment: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
        """Four in the afternoon of the day after."""
        day = timezone.localtime(moment, zone) + datetime.timedelta(days=1)
        return day.replace(hour=16, minute=0, second=0, microsecond=0)


class AskOpeningForm(MoveForm):
    """Nothing to type; the page names who can be the second person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seconds = self.document.seconds(self.user)


class OpenForm(MoveForm):
    """Opening: the number of its minutes."""

    number = Line(label="Nomor berita acara pembukaan penawaran", max_length=60, required=False, help_text=FROM_AGENDA)
