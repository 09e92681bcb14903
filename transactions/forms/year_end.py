"""The end of a fiscal year: what the list may be asked, and what carrying over needs."""

from __future__ import annotations

from typing import Any

from django import forms

from core.formats import rupiah
from core.forms import IndonesianDateField, MoveForm
from transactions.models import Activity

PARTNERS = "Yang dilanjutkan hanya bagian desa ini; desa peserta melanjutkan bagiannya dalam APB Desanya sendiri."


class CarryOverForm(MoveForm):
    """Number and day of the DPAL; and next year's activity, where the village has its list."""

    dpal_number = forms.CharField(
        label="Nomor DPAL", max_length=100, help_text="Dari dokumen yang disahkan. Contoh: 900/12/DPAL/2026"
    )
    dpal_on = IndonesianDateField(label="Tanggal DPAL")
    activity = forms.ModelChoiceField(
        label="Kegiatan APB Desa yang menampung", queryset=Activity.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.document.shares.living().exists():
            self.fields["dpal_on"].help_text = PARTNERS
        found = self.document.next_activities()
        if not found.exists():
            del self.fields["activity"]
            return
        chosen: Any = self.fields["activity"]
        chosen.queryset = found.order_by("activity_code", "pk")
        chosen.widget = forms.RadioSelect()
        chosen.widget.choices = chosen.choices
        chosen.label_from_instance = lambda row: (
            f"{row.activity_code} {row.name}, {row.get_funding_display()}, sisa {rupiah(row.remaining)}"
        )


class YearEndFilterForm(forms.Form):
    """What the list may be asked. Anything odd is ignored, not an error."""

    STATES = (
        ("", "Belum diputuskan"),
        ("lewat", "Lewat 31 Desember"),
        ("dilanjutkan", "Dilanjutkan (DPAL)"),
        ("dibatalkan", "Dibatalkan"),
    )

    q = forms.CharField(label="Cari", max_length=100, required=False, help_text="Nama kebutuhan, desa, atau kode.")
    keadaan = forms.ChoiceField(label="Keadaan", required=False, choices=STATES)
    tahun = forms.TypedChoiceField(label="Tahun anggaran", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tahun"].choices = [("", "Semua tahun"), *((str(year), str(year)) for year in years)]  # type: ignore[attr-defined]
