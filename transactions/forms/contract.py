"""The contract, the work and its hand-over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.formats import rupiah, tanggal_sedang
from core.forms import ImagesUploadField, IndonesianDateField, MoveForm, PDFUploadField, RupiahField
from core.once import OnceForm
from transactions.forms.sheet import PagesUploadField
from transactions.models import Addendum, Cause, Conditions, Kind
from transactions.models.contract.conditions import AT_ONCE, PROVIDERS_FAULT, Dispute, FineBase
from transactions.models.contract.contract import IN_FORCE, IN_WORK

WORDS = {"rows": 4}
SHORT = {Kind.ORDER: "SP", Kind.SPK: "SPK", Kind.AGREEMENT: "SPJ"}  # of the number's example


class IssueForm(MoveForm):
    """Number and days from the village's agenda, and what both agreed on beside the work and its price."""

    ROWS = range(1, 6)

    number = forms.CharField(label="Nomor", max_length=100)
    signed_on = IndonesianDateField(label="Tanggal")
    starts_on = IndonesianDateField(label="Mulai pelaksanaan")
    invitation_number = forms.CharField(label="Nomor surat permintaan penawaran", max_length=100, required=False)
    invitation_on = IndonesianDateField(label="Tanggal surat permintaan penawaran", required=False)
    award_number = forms.CharField(label="Nomor penetapan pemenang", max_length=100, required=False)
    award_on = IndonesianDateField(label="Tanggal penetapan pemenang", required=False)
    fine_base = forms.ChoiceField(
        label="Denda keterlambatan dihitung dari", choices=FineBase.choices, initial=FineBase.WHOLE
    )
    warranty_days = forms.IntegerField(
        label="Garansi",
        min_value=0,
        max_value=1825,
        initial=0,
        help_text="Hari kalender sesudah serah terima; 0 bila tidak ada.",
    )
    maintenance_percent = forms.IntegerField(
        label="Jaminan pemeliharaan", min_value=0, max_value=10, initial=0,
        help_text="Persen dari nilai kontrak; biasanya 5 untuk pekerjaan konstruksi, 0 untuk jasa lain.",
    )  # fmt: skip
    dispute = forms.ChoiceField(
        label="Perselisihan yang tidak selesai dengan musyawarah dibawa ke",
        choices=Dispute.choices,
        initial=Dispute.COURT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract = self.document
        self.fields["number"].label = f"Nomor {contract.get_kind_display()}"
        self.fields["number"].help_text = f"Dari buku agenda desa. Contoh: 027/05/{SHORT[contract.kind]}/2026"
        self.fields["signed_on"].label = f"Tanggal {contract.get_kind_display()}"
        sourcing = contract.sourcing
        for name in ("number", "signed_on", "starts_on"):  # typed before, where it is written anew
            self.fields[name].initial = getattr(contract, name) or None
        known = {"invitation_number": sourcing.request_number, "invitation_on": sourcing.request_on}
        for name, value in {**known, "award_number": sourcing.award_number, "award_on": sourcing.award_on}.items():
            self.fields[name].initial = value or None
        self._add_termins()
        if said := contract.recalled():
            self._begin_with(said)

    def _begin_with(self, said: dict[str, Any]) -> None:
        """What was typed for the text that was taken back."""
        agreed = said["conditions"]
        typed = {
            "fine_base": said["fine"]["base"],
            "warranty_days": agreed["warranty_days"],
            "maintenance_percent": agreed["maintenance_percent"],
            "dispute": next(key for key, label in Dispute.choices if label == agreed["dispute"]),
            **{
                f"{paper}_{part}": agreed[paper][part] for paper in ("invitation", "award") for part in ("number", "on")
            },
            **dict.fromkeys(f"{part}_{row}" for row in self.ROWS for part in ("percent", "condition")),
        }
        for termin in said["termins"]:
            row = termin["number"]
            typed |= {f"percent_{row}": termin["percent"], f"condition_{row}": termin["condition"]}
        for name, value in typed.items():
            self.fields[name].initial = value

    def _add_termins(self) -> None:
        for row in self.ROWS:
            self.fields[f"percent_{row}"] = forms.IntegerField(
                label=f"Termin {row}: persen",
                min_value=1,
                max_value=100,
                required=False,
                initial=100 if row == 1 else None,
            )
            self.fields[f"condition_{row}"] = forms.CharField(
                label=f"Termin {row}: syarat", max_length=200, required=False, initial=AT_ONCE if row == 1 else None,
                help_text="Contoh: Sesudah 50 % pekerjaan diperiksa dan diterima",
            )  # fmt: skip

    @property
    def termin_rows(self) -> list[tuple[Any, Any]]:
        """The plan's rows for the page: percent and condition."""
        return [(self[f"percent_{row}"], self[f"condition_{row}"]) for row in self.ROWS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for row in self.ROWS:
            percent, condition = data.get(f"percent_{row}"), data.get(f"condition_{row}")
            if bool(percent) != bool(condition):
                self.add_error(f"condition_{row}" if percent else f"percent_{row}", "Isi persen dan syaratnya.")
        total = sum(data.get(f"percent_{row}") or 0 for row in self.ROWS)
        if total != 100 and not self.errors:
            raise ValidationError(f"Jumlah termin harus tepat 100 persen, sekarang {total} persen.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        rows = [(data.pop(f"percent_{row}"), data.pop(f"condition_{row}")) for row in self.ROWS]
        named = {name: data.pop(name) for name in ("number", "signed_on", "starts_on")}
        agreed = Conditions(termins=tuple((percent, text) for percent, text in rows if percent), **data)
        return {**named, "conditions": agreed}


class ScanForm(MoveForm):
    scan = PagesUploadField(label="Pindaian atau foto dokumen yang sudah ditandatangani")


class ProgressForm(MoveForm):
    percent = forms.IntegerField(label="Kemajuan (persen)", min_value=0, max_value=100)
    text = forms.CharField(label="Apa yang sudah dikerjakan", widget=forms.Textarea(attrs=WORDS), max_length=2000)
    photos = ImagesUploadField(label="Foto pekerjaan", required=False, max_files=6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["percent"].initial = self.document.percent
        self.fields["percent"].help_text = f"Terakhir dilaporkan {self.document.percent} persen."


class TrainingForm(MoveForm):
    """One meeting of those who learn."""

    held_on = IndonesianDateField(label="Tanggal")
    topic = forms.CharField(label="Materi", max_length=200, help_text="Contoh: Menyusun laporan laba rugi BUM Desa")
    place = forms.CharField(label="Tempat", max_length=150, help_text="Contoh: Aula kantor desa")
    men = forms.IntegerField(label="Peserta laki-laki", min_value=0, max_value=5000, initial=0)
    women = forms.IntegerField(label="Peserta perempuan", min_value=0, max_value=5000, initial=0)
    attendance = PagesUploadField(label="Pindaian daftar hadir", required=False)
    material = PDFUploadField(label="Bahan pelatihan", required=False)
    photos = ImagesUploadField(label="Foto pertemuan", required=False, max_files=6)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not (data["men"] or data["women"]):
            raise ValidationError("Isi jumlah peserta.")
        return data


class InspectionForm(MoveForm):
    percent = forms.IntegerField(
        label="Bagian pekerjaan yang diperiksa (persen)", min_value=1, max_value=100,
        help_text="100 untuk seluruh pekerjaan; kurang dari itu bila satu termin dibayar sesudah sebagian diterima.",
    )  # fmt: skip
    note = forms.CharField(
        label="Keterangan", widget=forms.Textarea(attrs=WORDS), max_length=1000, required=False,
        help_text="Apa yang sudah selesai dan di mana dapat dilihat.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["percent"].initial = self.document.percent


class MinutesFields(MoveForm):
    """Number and day of the berita acara pemeriksaan."""

    number = forms.CharField(
        label="Nomor berita acara pemeriksaan",
        max_length=100,
        help_text="Dari buku agenda desa. Contoh: 028/04/BAP/2026",
    )
    on = IndonesianDateField(label="Tanggal pemeriksaan")


class AcceptForm(MinutesFields):
    note = forms.CharField(
        label="Hasil pemeriksaan",
        widget=forms.Textarea(attrs=WORDS),
        max_length=1000,
        help_text="Apa yang diperiksa dan sesuai dengan kontrak.",
    )
    field_order = ("note", "number", "on")


class RepairForm(MinutesFields):
    reason = forms.CharField(
        label="Temuan yang harus diperbaiki",
        widget=forms.Textarea(attrs=WORDS),
        max_length=1000,
        help_text="Dibaca oleh penyedia. Tulis apa yang belum sesuai dan bagaimana seharusnya.",
    )
    due_on = IndonesianDateField(label="Diperbaiki paling lambat")
    field_order = ("reason", "due_on", "number", "on")


class FineFields(MoveForm):
    """The fine that the contract asks for, and the reason where less is taken."""

    fine = RupiahField(label="Denda", required=False)
    fine_reason = forms.CharField(
        label="Alasan denda lebih rendah",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
        help_text="Hanya bila denda lebih rendah daripada menurut kontrak.",
    )

    def proposed(self) -> tuple[int, int]:
        """Days late and the fine for them, as the contract says."""
        contract = self.document
        return contract.fine_by(contract.finished_on or timezone.localdate(timezone=contract.village.tzinfo))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days, self.proposal = self.proposed()
        self.fields["fine"].initial = self.proposal
        self.fields["fine"].help_text = f"Terlambat {self.days} hari; menurut kontrak {rupiah(self.proposal)}."
        if not self.proposal:
            del self.fields["fine"], self.fields["fine_reason"]


class HandOverForm(FineFields):
    number = forms.CharField(
        label="Nomor BAST", max_length=100, help_text="Dari buku agenda desa. Contoh: 028/05/BAST/2026"
    )
    on = IndonesianDateField(label="Tanggal serah terima")
    place = forms.CharField(label="Tempat", max_length=150, help_text="Contoh: Kantor Desa")
    field_order = ("number", "on", "place", "fine", "fine_reason")


class HeadHandOverForm(MoveForm):
    number = forms.CharField(
        label="Nomor BAST kepada Kepala Desa",
        max_length=100,
        help_text="Dari buku agenda desa. Contoh: 028/06/BAST/2026",
    )
    on = IndonesianDateField(label="Tanggal serah terima")
    place = forms.CharField(label="Tempat", max_length=150, help_text="Contoh: Kantor Desa")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract = self.document
        known = {
            "number": contract.head_handover_number,
            "on": contract.head_handover_on,
            "place": contract.head_handover_place,
        }
        self.initial = {**known, **self.initial}


class TerminateForm(FineFields):
    """Why it ends, and what of the work is paid."""

    cause = forms.ChoiceField(label="Sebab pemutusan", choices=[("", "Pilih sebab"), *Cause.choices])
    reason = forms.CharField(
        label="Penjelasan", widget=forms.Textarea(attrs=WORDS), max_length=1000,
        help_text="Dibaca oleh penyedia. Apa yang terjadi dan peringatan apa yang sudah diberikan.",
    )  # fmt: skip
    percent = forms.IntegerField(label="Pekerjaan yang dibayar (persen)", min_value=0, max_value=100)
    field_order = ("cause", "reason", "percent", "fine", "fine_reason")

    def proposed(self) -> tuple[int, int]:
        """None before both signed, and none besides the one that the BAST decided."""
        return super().proposed() if self.document.state in (*IN_WORK, "inspected") else (0, 0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract = self.document
        self.fields["percent"].initial = contract.accepted_part
        self.fields[
            "percent"
        ].help_text = f"Pekerjaan yang sudah dikerjakan sesuai kontrak tetap dibayar. Sudah diterima {contract.accepted_part} persen."
        if contract.state not in IN_FORCE:
            del self.fields["percent"]
            self.fields["reason"].help_text = "Dibaca oleh penyedia. Mengapa kontrak ini tidak jadi berlaku."
        if "fine" in self.fields:
            self.fields["fine"].help_text += " Hanya berlaku bila sebabnya pada penyedia."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("cause") not in PROVIDERS_FAULT:  # a day that is not the provider's costs nothing
            data["fine"], data["fine_reason"] = None, ""
        return data


class AddendumForm(OnceForm, forms.ModelForm):
    """What both change of the running contract."""

    number = forms.CharField(
        label="Nomor adendum", max_length=100, help_text="Dari buku agenda desa. Contoh: 027/09/ADD/2026"
    )
    signed_on = IndonesianDateField(label="Tanggal adendum")
    reason = forms.CharField(label="Alasan perubahan", widget=forms.Textarea(attrs=WORDS), max_length=2000)
    new_value = RupiahField(
        label="Nilai kontrak menjadi", required=False, help_text="Kosongkan bila nilai tidak berubah."
    )
    new_ends_on = IndonesianDateField(
        label="Selesai pelaksanaan menjadi", required=False, help_text="Kosongkan bila waktu tidak diperpanjang."
    )
    scope = forms.CharField(
        label="Perubahan lingkup pekerjaan", widget=forms.Textarea(attrs=WORDS), max_length=4000, required=False,
        help_text="Apa yang ditambah, dikurangi, atau diganti. Kosongkan bila lingkup tidak berubah.",
    )  # fmt: skip

    class Meta:
        model = Addendum
        fields = ("number", "signed_on", "reason", "new_value", "new_ends_on", "scope")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract, year = self.instance.contract, self.instance.need.fiscal_year
        self.fields["new_ends_on"].help_text = (
            f"Sekarang {tanggal_sedang(contract.ends_on)}; kosongkan bila tidak diperpanjang. Tahun anggaran {year} "
            f"berakhir 31 Desember {year}: pekerjaan yang melewatinya perlu dilanjutkan dengan DPAL."
        )
