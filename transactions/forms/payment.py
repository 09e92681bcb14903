"""The payment request (SPP) and its payment."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.formats import rupiah
from core.forms import IndonesianDateField, MoveForm, ReasonForm, RupiahField, ScanUploadField
from core.once import OnceForm
from transactions import tax
from transactions.forms.sheet import PagesUploadField
from transactions.models import PaymentRequest, TaxRate, Work

KEPT = (
    "PDF, atau foto setiap halaman (JPEG, PNG): pilih semuanya sekaligus."
    " Berkas yang sudah tersimpan tetap dipakai bila dikosongkan."
)


class PaymentRequestForm(OnceForm, forms.Form):
    """Begin an SPP: there is nothing to type, but it is made once."""


class CompletePapersForm(MoveForm):
    """Everything the SPP needs; may be filled bit by bit, and is asked for in full when it is filed."""

    number = forms.CharField(
        label="Nomor SPP", max_length=100, required=False, help_text="Dari buku agenda desa. Contoh: 900/07/SPP/2026"
    )
    requested_on = IndonesianDateField(label="Tanggal SPP", required=False)
    work = forms.ChoiceField(
        label="Jenis jasa menurut pajak",
        choices=[("", "Pilih jenis jasa"), *Work.choices],
        required=False,
        help_text="Dipakai untuk perkiraan pajak; angka Kaur Keuangan yang berlaku.",
    )
    bill_number = forms.CharField(label="Nomor tagihan atau kuitansi penyedia", max_length=100, required=False)
    billed_on = IndonesianDateField(label="Tanggal tagihan", required=False)
    bill_amount = RupiahField(label="Jumlah tagihan", required=False)
    bill_scan = PagesUploadField(label="Tagihan atau kuitansi penyedia", required=False, help_text=KEPT)
    statement = PagesUploadField(
        label="Pernyataan tanggung jawab belanja bertanda tangan", required=False, help_text=KEPT
    )
    receipt = PagesUploadField(
        label="Bukti penerimaan barang/jasa",
        required=False,
        help_text=f"BA pemeriksaan atau BAST bertanda tangan. {KEPT}",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("number", "requested_on", "work", "bill_number", "billed_on", "bill_amount"):
            self.fields[name].initial = getattr(self.document, name)
        for name in PaymentRequest.WANTED:
            self.fields[name].left_empty = "boleh menyusul"
        self.fields["bill_amount"].help_text = f"Harus sama dengan nilai termin: {rupiah(self.document.due())}."
        if self.document.is_last and self.document.contract.handover_scan_id:
            self.fields["receipt"].help_text = f"Bila dikosongkan, dipakai pindaian BAST yang sudah ada. {KEPT}"


class BillForm(MoveForm):
    """The provider's bill."""

    bill_number = forms.CharField(label="Nomor tagihan atau kuitansi", max_length=100)
    billed_on = IndonesianDateField(label="Tanggal tagihan")
    bill_amount = RupiahField(label="Jumlah tagihan", min_value=1)
    bill_scan = PagesUploadField(label="Tagihan atau kuitansi bertanda tangan")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bill_amount"].initial = self.document.due()
        self.fields[
            "bill_amount"
        ].help_text = f"Nilai termin ini {rupiah(self.document.due())}, sebelum pajak dan denda."


class CheckForm(MoveForm):
    """The secretary's four answers; a "no" wants its reason, which the manager reads."""

    ANSWERS = (("ya", "Ya"), ("tidak", "Tidak"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, what in PaymentRequest.CHECKS:
            self.fields[key] = forms.ChoiceField(label=what, choices=self.ANSWERS, widget=forms.RadioSelect)
            self.fields[f"{key}_note"] = forms.CharField(
                label="Catatan", max_length=500, required=False, help_text="Wajib diisi bila jawabannya “tidak”."
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for key, _ in PaymentRequest.CHECKS:
            if data.get(key) == "tidak" and not (data.get(f"{key}_note") or "").strip():
                self.add_error(f"{key}_note", "Tuliskan alasannya; Kasi/Kaur membacanya.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "answers": {key: (data[key] == "ya", data[f"{key}_note"] or "") for key, _ in PaymentRequest.CHECKS},
        }


class PaymentForm(MoveForm):
    """The transfer as the treasurer made it; the tax amounts are proposed, and theirs to correct."""

    number = forms.CharField(
        label="Nomor bukti pengeluaran", max_length=100, help_text="Seperti pada kuitansi desa. Contoh: KWT/07/2026"
    )
    paid_on = IndonesianDateField(label="Tanggal pembayaran")
    proof = ScanUploadField(label="Bukti transfer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        estimated = {line.tax: line for line in self.document.estimate(on=self.typed_day())}
        none = [tax.TaxLine(key, label, self.document.amount, 0) for key, label in TaxRate.Tax.choices]
        self.lines = [*estimated.values(), *(line for line in none if line.tax not in estimated)]
        for line in self.lines:
            if line.tax not in estimated:
                self.fields[f"tax_{line.tax}"] = RupiahField(
                    label=f"{line.label} yang dipotong",
                    required=False,
                    help_text="Tidak ada dalam perkiraan; isi hanya bila Anda memotongnya.",
                )
                continue
            example = " Tarif ini data contoh yang belum dicocokkan dengan peraturan." if line.is_example else ""
            self.fields[f"tax_{line.tax}"] = RupiahField(
                label=f"{line.label} yang dipotong",
                initial=line.amount,
                help_text=f"Perkiraan dari dasar {rupiah(line.base)}; ubah sesuai perhitungan Anda.{example}",
            )
        self.order_fields(["number", "paid_on", *(f"tax_{line.tax}" for line in self.lines), "proof"])

    def typed_day(self) -> datetime.date | None:
        """The day of the transfer as far as it was typed: its rates count, also where it is recorded later."""
        if not self.is_bound:
            return self.document.paid_by and self.document.paid_by.paid_on
        try:
            day: datetime.date | None = self.fields["paid_on"].clean(self.data.get("paid_on"))
        except ValidationError:
            return None
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        taken = sum(data.get(f"tax_{line.tax}") or 0 for line in self.lines)
        if taken + self.document.fine > self.document.amount:
            raise ValidationError("Pajak dan denda tidak boleh melebihi nilai pembayaran.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        typed = [(line, data.pop(f"tax_{line.tax}")) for line in self.lines]
        taxes = [tax.TaxLine(line.tax, line.label, line.base, amount) for line, amount in typed if amount is not None]
        return {**data, "taxes": taxes}


class PaymentAmendmentForm(PaymentForm):
    """The record as it stands, to be put right, and why; the earlier one stays in the history."""

    reason = ReasonForm.declared_fields["reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payment = self.document.paid_by
        self.fields["proof"].required, self.fields["proof"].help_text = False, KEPT
        withheld = {row.tax: row.amount for row in payment.taxes.all()}
        for line in self.lines:
            self.fields[f"tax_{line.tax}"].initial = withheld.get(line.tax)
        for name in ("number", "paid_on"):
            self.fields[name].initial = getattr(payment, name)
        self.fields["reason"].label = "Apa yang keliru, dan mengapa"
        self.fields["reason"].help_text = "Dibaca penyedia, Kasi/Kaur, dan pemeriksa."
