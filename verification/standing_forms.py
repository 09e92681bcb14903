"""What a provider types about a listing or a sanction, and what the desk types to impose one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.clock import today
from core.forms import IndonesianDateField, Line, MoveForm, ReasonForm, ScanUploadField
from core.once import OnceForm
from core.validators import validate_plain_text
from verification.models import Sanction


def long_text(label: str, *, hint: str = "", rows: int = 5, limit: int = 2000) -> forms.CharField:
    """Several lines of plain words."""
    return forms.CharField(
        label=label, max_length=limit, validators=[validate_plain_text], help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


# --- the provider -------------------------------------------------------------------------------------
class LightForm(OnceForm, forms.Form):
    """Nothing to type: renewal or new papers begin once, however often the button is pressed."""


class WithdrawForm(forms.Form):
    """Out of the directory, said twice: in words and by a tick."""

    reason = long_text("Alasan mengundurkan diri", hint="Dibaca oleh Pokja.", rows=3, limit=1000)
    sure = forms.BooleanField(
        label="Saya memahami bahwa untuk terdaftar lagi saya harus mengajukan permohonan baru",
        error_messages={"required": "Centang bila Anda sungguh ingin mengundurkan diri."},
    )


class ObjectionForm(MoveForm):
    objection = long_text("Sanggahan", hint="Jelaskan apa yang tidak benar, dan apa yang sebenarnya terjadi.", rows=8)
    file = ScanUploadField(label="Lampiran", required=False)


PROVIDER_FORMS: dict[str, type[forms.Form]] = {"object": ObjectionForm}


# --- the desk -----------------------------------------------------------------------------------------
class ProposeForm(OnceForm, forms.Form):
    """A sanction as a member of the Pokja proposes it."""

    kind = forms.ChoiceField(label="Jenis sanksi", choices=Sanction.Kind.choices, widget=forms.RadioSelect)
    violation = long_text("Pelanggaran", hint="Apa yang terjadi, di mana, dan kapan. Dibaca oleh penyedia.")
    basis_number = Line(label="Nomor berita acara atau surat", max_length=100)
    basis_date = IndonesianDateField(label="Tanggal berita acara atau surat", latest=today)
    starts_on = IndonesianDateField(label="Berlaku mulai", earliest=today)
    ends_on = IndonesianDateField(
        label="Berlaku sampai", required=False, earliest=today,
        help_text="Hari terakhir. Wajib untuk pembekuan dan daftar hitam.",
    )  # fmt: skip
    evidence = ScanUploadField(label="Bukti", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("starts_on"), data.get("ends_on")
        if data.get("kind") in ("freeze", "blacklist") and "ends_on" in data and not ends:
            self.add_error("ends_on", "Isi hari terakhir sanksi.")
        if isinstance(begins, dt.date) and isinstance(ends, dt.date) and ends < begins:
            self.add_error("ends_on", "Hari terakhir harus setelah hari pertama.")
        return data


DESK_FORMS: dict[str, type[forms.Form]] = dict.fromkeys(("drop", "uphold", "grant", "lift", "widen"), ReasonForm)
